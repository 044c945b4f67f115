//! Costs against their budgets and their golden file; layouts against theirs.
//!
//! `cargo run -p xtask -- update` writes the golden files anew.

use zksensor_testkit::costs;
use zksensor_testkit::layouts_json;

fn golden(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../goldens").join(name);
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn costs_are_within_their_budgets() {
    let costs::CostSummary { gadgets, statements } = costs::summary().unwrap();
    assert!(gadgets.eddsa <= 3300, "{gadgets:?}");
    assert!(gadgets.membership <= 3000, "{gadgets:?}");
    assert!(gadgets.fence_32 <= 420 + 32, "{gadgets:?}");
    assert!(statements.named("aggregate_64").unwrap().per_each().unwrap() <= 5200.0, "{statements:?}");
    assert!(statements.named("aggregate_64_c2").unwrap().per_each().unwrap() <= 4800.0, "{statements:?}");
    for survey in ["survey_16x28", "survey_16x28_quality"] {
        assert!(statements.named(survey).unwrap().per_each().unwrap() <= 1050.0, "{statements:?}");
    }
    assert!(statements.named("track_126").unwrap().per_each().unwrap() <= 1150.0, "{statements:?}");
    assert!(statements.named("reading").unwrap().total() <= 11_200, "{statements:?}");
}

#[test]
fn costs_are_the_golden_ones() {
    let measured = costs::to_csv(&costs::table().unwrap());
    assert_eq!(
        measured,
        golden("cost.csv"),
        "if meant: cargo run -p xtask -- update, and a line in CHANGELOG's Circuit"
    );
}

#[test]
fn the_summary_is_what_the_command_prints() {
    let summary = costs::summary().unwrap();
    let json = serde_json::to_value(&summary).unwrap();
    assert_eq!(json["gadgets"]["eddsa"], summary.gadgets.eddsa);
    assert!(json["gadgets"]["membership"].is_u64() && json["gadgets"]["fence_32"].is_u64());
    assert!(json["statements"]["reading"]["total"].is_u64());
    assert!(json["statements"]["aggregate_64"]["total"].is_u64());
    assert!(json["statements"]["aggregate_64"]["per_reading"].is_f64());
}

#[test]
fn layouts_are_the_golden_ones() {
    let json = layouts_json();
    assert_eq!(
        json,
        golden("layouts.json"),
        "if meant: cargo run -p xtask -- update, and a line in CHANGELOG's Circuit"
    );
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed["aggregate/v2"]["words"], 4);
    assert_eq!(parsed["reading/v2"]["fields"][0]["name"], "registry_root");
}
