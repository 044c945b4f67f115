//! The section `[track]`.

use proptest::prelude::*;
use zksensor_model::track::{Scales, ScalesError, TrackParts, TrackRulesError};

use super::*;

pub(super) const SECTION: &str = "[track]
top_speed_mm_s = 70_000
longest_gap_ms = 30_000
jitter_mm = 40_000
slot_ms = 600_000
least_samples = 2
most_left_out = 500
round_distance_cm = 10_000
round_observed_ms = 60_000
";
pub(super) const SCALES: &str = "latitude_scale = 11_370
longitude_scale = 7_500
";

/// The text of a policy for tracks, with this section.
fn text(section: &str) -> String {
    let text =
        TEXT.replace("family = \"aggregate\"", "family = \"track\"").replace("version = 2", "version = 1");
    text.replace("k = 8\nsum_of_squares = true\n", "k = 1\n") + section
}

/// The same, its fence being one that comes with it.
fn of_fence(section: &str) -> String {
    text(section).replace(&format!("[fence]\nroot = \"0x{:064x}\"\n", 7), "")
}

#[test]
fn every_key_arrives() {
    let read = document(&text(&format!("{SECTION}{SCALES}")), None).unwrap();
    let parts = TrackParts {
        top_speed_mm_s: 70_000,
        longest_gap_ms: 30_000,
        jitter_mm: 40_000,
        scales: Scales { latitude: 11_370, longitude: 7_500 },
        slot_ms: 600_000,
        least_samples: 2,
        most_left_out: 500,
    };
    assert_eq!(read.policy.track_rules().map(|rules| *rules.parts()), Some(parts));
    assert_eq!(read.quantum, Quantum { distance_cm: 10_000, observed_ms: 60_000 });
    let other = text(&format!("{SECTION}{SCALES}")).replace("distance_cm = 10_000", "distance_cm = 1");
    assert_eq!(from_toml(&other, None).unwrap().id(), read.policy.id(), "rounding is in no id");
    assert_eq!(document(TEXT, None).unwrap().quantum, Quantum::EXACT);
}

/// Each part is in the id.
#[test]
fn another_value_is_another_policy() {
    let whole = text(&format!("{SECTION}{SCALES}"));
    let id = from_toml(&whole, None).unwrap().id();
    let keys = ["top_speed_mm_s", "longest_gap_ms", "jitter_mm", "slot_ms", "least_samples", "most_left_out"];
    for key in keys.iter().chain(&["latitude_scale", "longitude_scale"]) {
        let line = whole.lines().find(|line| line.starts_with(key)).unwrap();
        let other = from_toml(&whole.replace(line, &format!("{key} = 7_001")), None).unwrap();
        assert_ne!(other.id(), id, "{key}");
        let message = from_toml(&whole.replace(line, ""), None).unwrap_err().to_string();
        let wanted = match key.strip_suffix("_scale") {
            Some(_) => "got one of them".to_owned(),
            None => format!("missing field `{key}`"),
        };
        assert!(message.contains(&wanted), "{message}");
    }
}

#[test]
fn scales_are_those_of_the_fence_or_less() {
    let fence = fence(48);
    let most = Scales::over(&fence).unwrap();
    let scales_of = |section: &str, fence: &Fence| {
        from_toml(&of_fence(section), Some(fence)).map(|policy| policy.track_rules().unwrap().parts().scales)
    };
    assert_eq!(scales_of(SECTION, &fence), Ok(most));
    let named = |latitude: u32, longitude: u32| {
        scales_of(&format!("{SECTION}latitude_scale = {latitude}\nlongitude_scale = {longitude}\n"), &fence)
    };
    assert_eq!(named(most.latitude, most.longitude), Ok(most));
    assert_eq!(named(1, 1), Ok(Scales { latitude: 1, longitude: 1 }));
    for (latitude, longitude, axis, most, got) in [
        (most.latitude + 1, most.longitude, "latitude", most.latitude, most.latitude + 1),
        (most.latitude, most.longitude + 1, "longitude", most.longitude, most.longitude + 1),
    ] {
        let wrong = ScalesError::TooLarge { axis, most, got };
        assert_eq!(named(latitude, longitude), Err(TrackSectionError::Scales(wrong).into()));
    }
    assert!(matches!(named(0, 1), Err(PolicyTomlError::TrackSection(_))));
    let polar = super::fence(89);
    let north = scales_of(SECTION, &polar);
    assert!(north.is_ok(), "a fence that ends a tenth of a degree from the pole: {north:?}");
    assert_eq!(from_toml(&text(SECTION), None), Err(TrackSectionError::NoScales.into()));
}

#[test]
fn a_section_where_none_is_wanted_and_none_where_one_is() {
    let refused = |text: &str| from_toml(text, None).unwrap_err();
    assert_eq!(
        refused(&text("")),
        PolicyTomlError::Section { section: "track", is_wanted: true, got: "none" }
    );
    let aggregate = format!("{TEXT}{SECTION}{SCALES}");
    assert_eq!(
        refused(&aggregate),
        PolicyTomlError::Section { section: "track", is_wanted: false, got: "one" }
    );
    let both = text(&format!("parameters = \"0x{:064x}\"\n{SECTION}{SCALES}", 7));
    assert_eq!(refused(&both), PolicyTomlError::Section { section: "track", is_wanted: true, got: "both" });
    let instead = text(&format!("parameters = \"0x{:064x}\"\n", 7));
    assert_eq!(
        refused(&instead),
        PolicyTomlError::Section { section: "track", is_wanted: true, got: "none" }
    );
    for key in ["round_distance_cm", "round_observed_ms"] {
        let whole = text(&format!("{SECTION}{SCALES}"));
        let line = whole.lines().find(|line| line.starts_with(key)).unwrap();
        let zero = whole.replace(line, &format!("{key} = 0"));
        assert_eq!(refused(&zero), TrackSectionError::Quantum { key }.into());
    }
}

/// What the model refuses is refused by its name, and what a policy of frames may not ask for.
#[test]
fn parts_that_do_not_fit_are_named() {
    let whole = text(&format!("{SECTION}{SCALES}"));
    for (from, to, wanted) in [
        (
            "top_speed_mm_s = 70_000",
            "top_speed_mm_s = 524_288",
            "expected top_speed_mm_s from 1 to 524287, got 524288",
        ),
        ("longest_gap_ms = 30_000", "longest_gap_ms = 0", "expected longest_gap_ms from 1 to 4194303, got 0"),
        ("jitter_mm = 40_000", "jitter_mm = 1_048_576", "expected jitter_mm from 0 to 1048575, got 1048576"),
        ("slot_ms = 600_000", "slot_ms = 0", "expected slot_ms from 1 to 134217727, got 0"),
        ("slot_ms = 600_000", "slot_ms = 1", "expected at most 65536 slots an epoch, got 3600000"),
        ("least_samples = 2", "least_samples = 0", "expected least_samples from 1 to 65535, got 0"),
        ("most_left_out = 500", "most_left_out = 65_536", "expected u16"),
        ("longest_gap_ms = 30_000", "longest_gap_ms = 4_000_000", "lower the longest gap"),
        (
            "latitude_scale = 11_370",
            "latitude_scale = 16_384",
            "expected latitude_scale from 1 to 16383, got 16384",
        ),
        ("channel = 2", "channel = 3", "expected a channel from 0 to 2 for the statement track, got 3"),
        ("k = 1", "k = 2", "k"),
    ] {
        assert!(whole.contains(from), "{from}");
        let message = from_toml(&whole.replace(from, to), None).unwrap_err().to_string();
        assert!(message.contains(wanted), "{to}: {message}");
    }
    let rules = TrackRulesError::Part { part: "slot_ms", least: 1, most: (1 << 27) - 1, got: 0 };
    let message = TrackSectionError::Rules(rules).to_string();
    assert!(message.starts_with("`track`: expected slot_ms"), "{message}");
}

proptest! {
    #[test]
    fn damaged_sections_never_panic(at in any::<prop::sample::Index>(), with in any::<char>(), of in any::<bool>()) {
        let mut text: Vec<char> = of_fence(&format!("{SECTION}{SCALES}")).chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let fence = fence(48);
        let _ = document(&text.into_iter().collect::<String>(), of.then_some(&fence));
    }
}
