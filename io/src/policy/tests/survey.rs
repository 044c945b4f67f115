//! The section `[survey]`.

use proptest::prelude::*;
use zksensor_model::survey::{Quality, SurveyParts, SurveyRulesError};

use super::track::{SCALES, SECTION as TRACK};
use super::*;

const SECTION: &str = "[survey]
least_samples = 10
most_left_out = 20
";
const QUALITY: &str = "least_spread = 2
largest_step = 500
";

/// The text of a policy for surveys, with this section.
fn text(section: &str) -> String {
    TEXT.replace("family = \"aggregate\"", "family = \"survey\"").replace("version = 2", "version = 1")
        + section
}

#[test]
fn every_key_arrives() {
    for (section, quality) in [
        (SECTION.to_owned(), None),
        (format!("{SECTION}{QUALITY}"), Some(Quality { least_spread: 2, largest_step: 500 })),
    ] {
        let read = document(&text(&section), None).unwrap();
        let parts = SurveyParts { least_samples: 10, most_left_out: 20, quality };
        assert_eq!(read.policy.survey_rules().map(|rules| *rules.parts()), Some(parts));
        assert_eq!(read.policy.track_rules(), None);
        assert_eq!(read.quantum, Quantum::EXACT);
    }
}

/// Each part is in the id, and quality is asked for with both of its keys.
#[test]
fn another_value_is_another_policy() {
    let whole = text(&format!("{SECTION}{QUALITY}"));
    let id = from_toml(&whole, None).unwrap().id();
    assert_ne!(from_toml(&text(SECTION), None).unwrap().id(), id);
    for key in ["least_samples", "most_left_out", "least_spread", "largest_step"] {
        let line = whole.lines().find(|line| line.starts_with(key)).unwrap();
        let other = from_toml(&whole.replace(line, &format!("{key} = 7_001")), None).unwrap();
        assert_ne!(other.id(), id, "{key}");
        let refused = from_toml(&whole.replace(line, ""), None).unwrap_err();
        match key {
            "least_spread" | "largest_step" => assert_eq!(refused, SurveySectionError::OneOfQuality.into()),
            _ => assert!(refused.to_string().contains(&format!("missing field `{key}`")), "{refused}"),
        }
    }
}

/// Of every family, with every set of sections: only its own, and no parameters beside it.
#[test]
fn a_section_is_of_its_family_alone() {
    let refused = |text: &str| from_toml(text, None).unwrap_err();
    let wrong = |section, is_wanted, got| PolicyTomlError::Section { section, is_wanted, got };
    assert_eq!(refused(&text("")), wrong("survey", true, "none"));
    assert_eq!(refused(&text(&format!("{TRACK}{SCALES}"))), wrong("track", false, "one"));
    assert_eq!(refused(&text(&format!("{SECTION}{TRACK}{SCALES}"))), wrong("track", false, "one"));
    assert_eq!(refused(&format!("{TEXT}{SECTION}")), wrong("survey", false, "one"));
    let both = text(&format!("parameters = \"0x{:064x}\"\n{SECTION}", 7));
    assert_eq!(refused(&both), wrong("survey", true, "both"));
    let instead = text(&format!("parameters = \"0x{:064x}\"\n", 7));
    assert_eq!(refused(&instead), wrong("survey", true, "none"));
    let message = refused(&instead).to_string();
    assert_eq!(
        message,
        "expected a section [survey] for the statement survey, and no `statement.parameters`, got none"
    );
    let message = refused(&format!("{TEXT}{SECTION}")).to_string();
    assert_eq!(message, "expected no section [survey] but for the statement survey, got one");
}

/// What the model refuses is refused by its name, and what a policy of frames may not ask for.
#[test]
fn parts_that_do_not_fit_are_named() {
    let whole = text(&format!("{SECTION}{QUALITY}"));
    for (from, to, wanted) in [
        (
            "least_samples = 10",
            "least_samples = 0",
            "`survey`: expected least_samples from 1 to 65535, got 0",
        ),
        ("most_left_out = 20", "most_left_out = 65_536", "expected u16"),
        (
            "largest_step = 500",
            "largest_step = 0",
            "`survey`: expected largest_step from 1 to 1099511627775, got 0",
        ),
        (
            "least_spread = 2",
            "least_spread = 1_099_511_627_776",
            "`survey`: expected least_spread from 0 to 1099511627775, got 1099511627776",
        ),
        ("least_spread = 2", "least_spread = -1", "expected u64"),
        (
            "least_spread = 2",
            "least_spread = 100_001",
            "expected a least spread of at most high - low, which is 100000",
        ),
        ("least_spread = 2", "spread = 2", "unknown field `spread`"),
        ("channel = 2", "channel = 3", "expected a channel from 0 to 2 for the statement survey, got 3"),
        ("k = 8", "k = 4", "k"),
    ] {
        assert!(whole.contains(from), "{from}");
        let message = from_toml(&whole.replace(from, to), None).unwrap_err().to_string();
        assert!(message.contains(wanted), "{to}: {message}");
    }
    let rules = SurveyRulesError::Part { part: "least_samples", least: 1, most: 65_535, got: 0 };
    assert_eq!(
        from_toml(&whole.replace("samples = 10", "samples = 0"), None),
        Err(SurveySectionError::Rules(rules).into())
    );
}

proptest! {
    #[test]
    fn damaged_sections_never_panic(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut text: Vec<char> = text(&format!("{SECTION}{QUALITY}")).chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let _ = document(&text.into_iter().collect::<String>(), None);
    }
}
