//! The section `[histogram]`.

use zksensor_model::histogram::HistogramRulesError;

use super::*;

const SECTION: &str = "[histogram]
bin_width = 6_250
";

/// The text of a policy for histograms, with this section.
fn text(section: &str) -> String {
    let text = TEXT
        .replace("family = \"aggregate\"", "family = \"histogram\"")
        .replace("version = 2", "version = 1");
    let is_output =
        |line: &&str| !["sum_of_squares", "minimum", "maximum"].iter().any(|key| line.starts_with(key));
    text.lines().filter(is_output).map(|line| format!("{line}\n")).collect::<String>() + section
}

#[test]
fn the_width_arrives_and_another_is_another_policy() {
    let read = document(&text(SECTION), None).unwrap();
    assert_eq!(read.policy.histogram_rules().map(|rules| rules.bin_width()), Some(6_250));
    assert_eq!((read.policy.survey_rules(), read.quantum), (None, Quantum::EXACT));
    let other = document(&text(&SECTION.replace("6_250", "6_251")), None).unwrap();
    assert_ne!(other.policy.id(), read.policy.id());
}

#[test]
fn a_section_is_of_its_family_alone() {
    let refused = |text: &str| from_toml(text, None).unwrap_err();
    let wrong = |section, is_wanted, got| PolicyTomlError::Section { section, is_wanted, got };
    assert_eq!(refused(&text("")), wrong("histogram", true, "none"));
    assert_eq!(refused(&format!("{TEXT}{SECTION}")), wrong("histogram", false, "one"));
    let both = text(&format!("parameters = \"0x{:064x}\"\n{SECTION}", 7));
    assert_eq!(refused(&both), wrong("histogram", true, "both"));
    let instead = text(&format!("parameters = \"0x{:064x}\"\n", 7));
    assert_eq!(refused(&instead), wrong("histogram", true, "none"));
}

#[test]
fn what_does_not_fit_is_named() {
    let whole = text(SECTION);
    for (from, to, wanted) in [
        (
            "bin_width = 6_250",
            "bin_width = 0",
            "`histogram`: expected bin_width from 1 to 1099511627775, got 0",
        ),
        (
            "bin_width = 6_250",
            "bin_width = 1_099_511_627_776",
            "`histogram`: expected bin_width from 1 to 1099511627775, got 1099511627776",
        ),
        ("bin_width = 6_250", "bin_width = -1", "expected u64"),
        ("bin_width = 6_250", "width = 1", "unknown field `width`"),
        ("bin_width = 6_250", "", "missing field `bin_width`"),
        ("[histogram]", "minimum = true\n[histogram]", "expected no outputs for the statement histogram"),
        ("k = 8", "k = 4", "expected k of at least 5, got 4"),
    ] {
        assert!(whole.contains(from), "{from}");
        let message = from_toml(&whole.replace(from, to), None).unwrap_err().to_string();
        assert!(message.contains(wanted), "{to}: {message}");
    }
    let refused = from_toml(&whole.replace("6_250", "0"), None);
    assert_eq!(refused, Err(HistogramSectionError(HistogramRulesError::Width { got: 0 }).into()));
}
