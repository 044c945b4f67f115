//! The page on published bugs answers every one, with tests that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

const PAGE: &str = "docs/published-bugs.md";
const CLAIMS: &str = "SECURITY.md";
const FOLDERS: &[&str] =
    &["src", "tests", "circuits", "verifier", "prover", "solidity/tests", "io", "cli", "node", "examples"];
const BUGS: usize = 110;

/// Every Rust file below `folder`, with its text.
fn rust_files(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                rust_files(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}

/// The numbers and answers of the tables' rows.
fn rows(page: &str) -> Vec<(usize, &str)> {
    page.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
            let number = cells[0].parse().ok()?;
            assert_eq!(cells.len(), 3, "row {number}");
            Some((number, cells[2]))
        })
        .collect()
}

/// The `file::function` between backticks of an answer.
fn named_tests(answer: &str) -> impl Iterator<Item = (&str, &str)> {
    answer.split('`').skip(1).step_by(2).filter_map(|code| code.rsplit_once("::"))
}

/// Names of the tests that a text has by `tests_of!`, which makes a test of each for one statement.
fn made(text: &str) -> impl Iterator<Item = &str> {
    let lists = text.split("tests_of! {").skip(1).filter_map(|rest| rest.split_once('}')?.0.split_once(':'));
    lists.flat_map(|(_, names)| names.split_whitespace())
}

/// Whether the text has a function of this name with `#[test]` among the attributes above it, or a list that has one made.
fn has_test(text: &str, function: &str) -> bool {
    if made(text).any(|name| name == function) {
        return true;
    }
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let head = format!("fn {function}(");
    lines.iter().enumerate().any(|(at, line)| {
        let of_module = line.strip_prefix("pub(super) ").unwrap_or(line);
        of_module.starts_with(&head)
            && lines[..at]
                .iter()
                .rev()
                .take_while(|line| line.starts_with("#["))
                .any(|line| *line == "#[test]")
    })
}

#[test]
fn tests_are_found_where_they_are() {
    let text = "#[test]\nfn one() {}\n\nfn two() {}\n\ntests_of! {\n    Aggregate: three four\n    five\n}\n";
    let found: Vec<_> =
        ["one", "two", "three", "five", "Aggregate:"].into_iter().map(|name| has_test(text, name)).collect();
    assert_eq!(found, [true, false, true, true, false]);
    assert!(!has_test("macro_rules! tests_of {\n    ($statement:ident: $($name:ident)*) => {}\n}\n", "name"));
}

#[test]
fn published_bugs_name_tests_that_exist() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let rows = rows(&page);
    let numbers: BTreeSet<usize> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(rows.len(), BUGS);
    assert_eq!(numbers, (1..=BUGS).collect());

    let mut files = Vec::new();
    for folder in FOLDERS {
        rust_files(&root().join(folder), &mut files);
    }
    let mut missing = Vec::new();
    let mut found = 0;
    for (number, answer) in rows {
        assert!(!answer.trim().is_empty(), "bug {number} has no answer");
        for (file, function) in named_tests(answer) {
            if files.iter().any(|(path, text)| path.ends_with(file) && has_test(text, function)) {
                found += 1;
            } else {
                missing.push(format!("bug {number}: {file}::{function}"));
            }
        }
    }
    assert!(missing.is_empty(), "{PAGE} names tests that do not exist: {missing:#?}");
    assert!(found > BUGS, "{found} tests are named");
}

/// The table of claims at the end of the security policy.
#[test]
fn claims_name_tests_that_exist() {
    let page = fs::read_to_string(root().join(CLAIMS)).unwrap();
    let (_, table) = page.split_once("## Claims and the tests that show them").unwrap();
    let rows: Vec<&str> =
        table.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| claim |")).collect();
    let mut files = Vec::new();
    for folder in FOLDERS {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(rows.len() > 12, "{} claims", rows.len());
    for row in rows {
        let tests: Vec<_> = named_tests(row).collect();
        assert!(!tests.is_empty(), "no test is named: {row}");
        for (file, function) in tests {
            let found = files.iter().any(|(path, text)| path.ends_with(file) && has_test(text, function));
            assert!(found, "{CLAIMS} names {file}::{function}, which does not exist");
        }
    }
}
