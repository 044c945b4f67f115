//! The section `[private-sum]`.

use zksensor_model::noise::NoiseRulesError;

use super::*;

const SECTION: &str = "[private-sum]
scale_bits = 14
";

/// The text of a policy for private sums, with this section.
fn text(section: &str) -> String {
    let text = TEXT
        .replace("family = \"aggregate\"", "family = \"private-sum\"")
        .replace("version = 2", "version = 1");
    let is_output =
        |line: &&str| !["sum_of_squares", "minimum", "maximum"].iter().any(|key| line.starts_with(key));
    text.lines().filter(is_output).map(|line| format!("{line}\n")).collect::<String>() + section
}

#[test]
fn the_scale_arrives_and_another_is_another_policy() {
    let read = document(&text(SECTION), None).unwrap();
    assert_eq!(read.policy.noise_rules().map(|rules| rules.scale_bits()), Some(14));
    assert_eq!((read.policy.survey_rules(), read.quantum), (None, Quantum::EXACT));
    let other = document(&text(&SECTION.replace("14", "15")), None).unwrap();
    assert_ne!(other.policy.id(), read.policy.id());
}

#[test]
fn a_section_is_of_its_family_alone() {
    let refused = |text: &str| from_toml(text, None).unwrap_err();
    let wrong = |section, is_wanted, got| PolicyTomlError::Section { section, is_wanted, got };
    assert_eq!(refused(&text("")), wrong("private-sum", true, "none"));
    assert_eq!(refused(&format!("{TEXT}{SECTION}")), wrong("private-sum", false, "one"));
    let both = text(&format!("parameters = \"0x{:064x}\"\n{SECTION}", 7));
    assert_eq!(refused(&both), wrong("private-sum", true, "both"));
    let instead = text(&format!("parameters = \"0x{:064x}\"\n", 7));
    assert_eq!(refused(&instead), wrong("private-sum", true, "none"));
}

#[test]
fn what_does_not_fit_is_named() {
    let whole = text(SECTION);
    for (from, to, wanted) in [
        ("scale_bits = 14", "scale_bits = 41", "`private-sum`: expected scale_bits from 0 to 40, got 41"),
        ("scale_bits = 14", "scale_bits = 256", "expected u8"),
        ("scale_bits = 14", "scale_bits = -1", "expected u8"),
        ("scale_bits = 14", "scale = 1", "unknown field `scale`"),
        ("scale_bits = 14", "", "missing field `scale_bits`"),
        (
            "[private-sum]",
            "minimum = true\n[private-sum]",
            "expected no outputs for the statement private-sum",
        ),
        ("k = 8", "k = 4", "expected k of at least 5, got 4"),
    ] {
        assert!(whole.contains(from), "{from}");
        let message = from_toml(&whole.replace(from, to), None).unwrap_err().to_string();
        assert!(message.contains(wanted), "{to}: {message}");
    }
    let refused = from_toml(&whole.replace("bits = 14", "bits = 41"), None);
    assert_eq!(refused, Err(PrivateSumSectionError(NoiseRulesError::Scale { got: 41 }).into()));
}
