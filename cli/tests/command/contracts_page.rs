//! The page for contract developers says what is.

use zksensor::solidity::Revert;

use crate::pages::{blocks, read};
#[cfg(unix)]
use crate::{pages::run, workshop::Workshop};

const PAGE: &str = "docs/contracts.md";

#[test]
fn the_quoted_contract_is_the_tested_one() {
    let quoted = blocks(&read(PAGE), "solidity");
    assert_eq!(quoted, [read("solidity/contracts/examples/AggregateConsumer.sol")]);
}

#[test]
fn every_error_is_explained() {
    let page = read(PAGE);
    let interface = read("solidity/contracts/core/IStatementVerifier.sol");
    let wanted: Vec<&str> = interface
        .lines()
        .filter_map(|line| line.trim().strip_prefix("error ")?.split_once('('))
        .map(|(name, _)| name)
        .collect();
    let (_, section) = page.split_once("\n## Errors\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches(['|', ' ']).split(" | ").collect())
        .collect();
    let names: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    assert!(wanted.len() > 10);
    assert_eq!(names, wanted);
    for row in &rows {
        assert_eq!(row.len(), 4, "{row:?}");
        let selector = row[1].trim_matches('`').strip_prefix("0x").unwrap();
        assert_eq!(decoded(selector), row[0].trim_matches('`'));
    }
}

/// The name of the error with this selector, whatever it takes: up to two words, a text and two words, or two texts.
fn decoded(selector: &str) -> &'static str {
    let bodies: [&[u8]; 3] = [&[0, 0], &[96, 0, 0, 0], &[64, 96, 0, 0]];
    let name = bodies.iter().find_map(|words| {
        let selector = (0..8).step_by(2).map(|at| u8::from_str_radix(&selector[at..at + 2], 16).unwrap());
        let words = words.iter().flat_map(|word| [[0; 31].as_slice(), &[*word]].concat());
        Revert::decode(&selector.chain(words).collect::<Vec<u8>>()).name()
    });
    name.unwrap_or_else(|| panic!("no error has the selector {selector}"))
}

#[test]
fn gas_has_its_place() {
    let page = read(PAGE);
    let (before, rest) = page.split_once("\n<!-- gas begin -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- gas end -->\n").unwrap();
    assert!(!before.contains("gas end") && after.contains("](gas.svg)"));
}

/// The steps of the operator's page, then those of this one that need no chain.
#[cfg(unix)]
#[test]
fn steps_without_a_chain_run() {
    let workshop = Workshop::new("contracts-page");
    let steps = ["docs/operator.md", PAGE].map(|page| blocks(&read(page), "sh").concat());
    assert!(steps[1].matches("zksensor export ").count() >= 5, "{}", steps[1]);
    run(&workshop, &steps.concat());
    for file in ["verifier/deployment.json", "keyed/key-deployment.json", "batch.json", "standard.json"] {
        assert!(workshop.0.join(file).is_file(), "{file}");
    }
    workshop.done();
}
