//! `prove` of a survey: from tables of values to a verified statistic of them, and what is refused on the way.

#[cfg(unix)]
use std::fs;

use serde_json::Value;

#[cfg(unix)]
use crate::pages::{blocks, read, run};
use crate::workshop::{Workshop, policy, survey_policy};

const SURVEY: &str = "prove --statement survey --key keys/survey-v1-5x7x8x3x1.INSECURE.pk --policy policy.toml --fence fence.geojson \
                      --registry reg.bin";
const VERIFY: &str = "verify --key keys/survey-v1-5x7x8x3x1.INSECURE.vk";
/// Devices that are enrolled: one that is stuck, and one more than a proof holds.
const DEVICES: usize = 7;
const STUCK: usize = 5;
/// Rows of a device's table.
const ROWS: usize = 6;
/// The row of device 2 that is taken outside of the fence.
const OUTSIDE: (usize, usize) = (2, 3);

/// What a device measures, in thousandths.
fn value(device: usize, row: usize) -> i64 {
    let (device, row) = (device as i64, row as i64);
    if device == STUCK as i64 { 21_000 } else { 20_000 + 100 * device + 7 * row * (row - 4) }
}

/// The devices, with a frame each: f0.ndjson and so on. Frames of epoch 2.
fn workshop(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("policy.toml", survey_policy());
    for device in 0..DEVICES {
        workshop.good(&format!("device new --out d{device}.json --leaf-out l{device}.json --class 7"));
        workshop.good(&format!("registry enrol --registry reg.bin --leaf l{device}.json"));
        let row = |row: usize| {
            let east = if (device, row) == OUTSIDE { 11.7 } else { 11.51 };
            let value = value(device, row) as f64 / 1000.0;
            format!("2026-01-01T02:1{row}:0{device}Z,48.11{device},{east},2.5,{value:.3}\n")
        };
        workshop.put(
            &format!("{device}.csv"),
            "t,y,x,a,v\n".to_owned() + &(0..ROWS).map(row).collect::<String>(),
        );
        let signed = workshop.good(&format!(
            "device sign --key d{device}.json --policy policy.toml --fence fence.geojson --csv {device}.csv --scale 3 --frame \
             --columns time=t,lat=y,lon=x,accuracy_m=a,value=v --out f{device}.ndjson"
        ));
        assert_eq!((&signed["frames"], &signed["samples"]), (&1.into(), &ROWS.into()));
    }
    workshop.good("setup --statement survey --devices 5 --samples 7 --triangles 8 --quality 1 --insecure --out-dir keys");
    workshop
}

/// The files of these devices.
fn frames(devices: impl IntoIterator<Item = usize>) -> String {
    devices.into_iter().map(|device| format!(" f{device}.ndjson")).collect()
}

fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("not a number: {value}"))
}

#[test]
fn from_tables_to_a_verified_statistic() {
    let workshop = workshop("survey");
    let proved = workshop.good(&format!("{SURVEY} --frames{} --epoch 2 --out p.json", frames(0..=STUCK)));
    assert_eq!(
        (&proved["statement"], &proved["frames"], &proved["refused"]),
        (&"survey/v1/5x7x8x3x1".into(), &6.into(), &1.into())
    );
    assert_eq!(proved["refused_rows"][0]["rule"], "S5", "{proved}");
    assert!(proved.get("readings").is_none());
    // As one of all chunks.
    let all = format!("{SURVEY} --frames{} --epoch 2 --all-chunks --out-dir all", frames(0..=STUCK));
    let all = workshop.good(&all);
    assert_eq!(all["chunks"][0]["fields"], proved["fields"]);
    assert_eq!((&all["frames"], &all["refused_rows"]), (&proved["frames"], &proved["refused_rows"]));
    let verified = workshop
        .good(&format!("{VERIFY} --proof p.json --expect epoch=2 --expect devices>=5 --expect left_out<=1"));
    let fields = &verified["fields"];
    assert_eq!(fields, &proved["fields"]);
    let id = workshop.good("policy id --policy policy.toml --fence fence.geojson")["policy_id"].clone();
    assert_eq!(fields["policy_id"], id);
    let all = (0..STUCK).flat_map(|device| (0..ROWS).map(move |row| (device, row)));
    let counted: Vec<i64> =
        all.filter(|sample| *sample != OUTSIDE).map(|(device, row)| value(device, row)).collect();
    let names = ["devices", "counted", "left_out", "sum", "minimum", "maximum", "sum_of_squares"];
    let wanted = [5, counted.len() as i64, 1, counted.iter().sum(), 0, 0, 0];
    assert_eq!(names.map(|name| number(&fields[name])), wanted, "{fields}");

    another_sum_is_not_shown(&workshop, number(&fields["sum"]));
    too_few_and_too_many_are_refused(&workshop);
    what_does_not_belong_is_refused(&workshop);
    workshop.good("inspect p.json");
    workshop.good("export calldata --proof p.json --key keys/survey-v1-5x7x8x3x1.INSECURE.vk --out call.txt");
    workshop.good("export solidity --key keys/survey-v1-5x7x8x3x1.INSECURE.vk --out-dir contracts");
    assert!(workshop.0.join("contracts/contracts/generated/SurveyV1.sol").is_file());
    workshop.done();
}

fn another_sum_is_not_shown(workshop: &Workshop, sum: i64) {
    let proof = workshop.text("p.json");
    let from = format!("\"sum\": \"{sum}\"");
    assert!(proof.contains(&from), "{proof}");
    workshop.put("more.json", proof.replace(&from, &format!("\"sum\": \"{}\"", sum + 1)));
    let message = workshop.refused(&format!("{VERIFY} --proof more.json"));
    assert!(message.contains("field `sum`"), "{message}");
}

fn too_few_and_too_many_are_refused(workshop: &Workshop) {
    let refused =
        |devices: String| workshop.refused(&format!("{SURVEY} --frames{devices} --epoch 2 --out none.json"));
    let message = refused(frames(1..=STUCK));
    assert!(
        message.starts_with(
            "C15: expected at least 5 devices with a frame that obeys the policy, got 4 of 5 frames"
        ) && message.contains("S5"),
        "{message}"
    );
    let message = refused(frames([0, 1, 2, 3, 4, 6]));
    assert_eq!(
        message,
        "C2: expected at most 5 devices with a good frame in the chunk, got one more with frame 6"
    );
    // A device counts once, whichever of its frames comes again.
    let twice = workshop
        .good(&format!("{SURVEY} --frames{} --epoch 2 --out p.json --force", frames([0, 0, 1, 2, 3, 4])));
    assert_eq!((number(&twice["fields"]["devices"]), &twice["passed_over"]), (5, &1.into()));
}

fn what_does_not_belong_is_refused(workshop: &Workshop) {
    let refused = |line: &str| workshop.refused(&format!("{line} --out none.json"));
    let five = frames(0..5);
    let message = refused(&format!("{SURVEY} --frames{five} --epoch 3"));
    assert!(message.starts_with("C15: ") && message.contains("C6"), "{message}");
    let message = refused(&format!("{SURVEY} --readings{five} --epoch 2"));
    assert_eq!(message, "expected --frames to prove survey/v1/5x7x8x3x1, got --readings");
    let message = refused(&format!("{SURVEY} --frames{five} --epoch 2 --device d0.json --opening o.json"));
    assert_eq!(message, "expected no --opening to prove survey/v1/5x7x8x3x1, which takes none");
    let message = refused(&format!("{SURVEY} --frames{five} --epoch 2 --device d0.json"));
    assert_eq!(message, "expected no --device to prove survey/v1/5x7x8x3x1, which takes none");
    let altered = workshop.text("f0.ndjson").replace("\"offset_ms\":60000", "\"offset_ms\":60001");
    workshop.put("altered.ndjson", altered);
    let message = refused(&format!("{SURVEY} --frames altered.ndjson{} --epoch 2", frames(1..5)));
    assert!(message.contains("got 4 of 5 frames; the first was refused by C3"), "{message}");

    // A policy without quality is for keys without, and one of another statement for none of these.
    let without = survey_policy().replace("least_spread = 20\nlargest_step = 100\n", "");
    for (policy, wanted) in [
        (without, "C1: the policy asks for no quality, and the shape of the circuit holds devices to it"),
        (policy("aggregate", 5), "C1: the policy is for another statement or version"),
    ] {
        workshop.put("other.toml", policy);
        let message =
            refused(&format!("{} --frames{five} --epoch 2", SURVEY.replace("policy.toml", "other.toml")));
        assert_eq!(message, wanted);
    }
    let line = "prove --statement aggregate --key keys/survey-v1-5x7x8x3x1.INSECURE.pk --policy policy.toml --fence fence.geojson \
                --registry reg.bin";
    let message = refused(&format!("{line} --frames{five} --epoch 2"));
    assert_eq!(message, "expected a key for aggregate, got one for survey/v1/5x7x8x3x1");
    assert!(!workshop.0.join("none.json").exists());
}

/// The page's own words: what it warns of is said there.
#[cfg(unix)]
#[test]
fn the_steps_of_the_page_run() {
    let workshop = Workshop::new("survey-page");
    fs::remove_file(workshop.0.join("policy.toml")).unwrap();
    let steps = blocks(&read("docs/survey.md"), "sh").concat();
    assert!(steps.contains("zksensor prove ") && steps.contains("zksensor verify "), "{steps}");
    let said = run(&workshop, &steps);
    assert_eq!(said.matches("warning").count(), said.matches("INSECURE").count() + 1, "{said}");
    assert!(said.contains("the registry says nothing of 2026-01-01T03:00:00"), "{said}");
    let fields = workshop.good("inspect proof.json")["fields"].clone();
    assert_eq!(["devices", "counted", "left_out"].map(|name| number(&fields[name])), [5, 19, 1], "{fields}");
    workshop.done();
}

#[test]
fn a_policy_for_surveys_says_what_it_lets_through() {
    let workshop = Workshop::new("survey-policy");
    let check = "policy check --policy policy.toml --fence fence.geojson";
    workshop.put("policy.toml", survey_policy());
    let good = workshop.good(check);
    assert_eq!(good["warnings"], Value::Array(Vec::new()));
    let survey = &good["survey"];
    let names = ["least_samples", "most_left_out", "least_spread", "largest_step"];
    assert_eq!(names.map(|name| number(&survey[name])), [3, 2, 20, 100], "{good}");
    let said = String::from_utf8(workshop.run(check).stdout).unwrap();
    assert!(said.contains("setup --triangles 8 or more") && said.contains("--quality 1"), "{said}");

    for (from, to, wanted) in [
        ("least_spread = 20\nlargest_step = 100\n", "", "no quality is asked for"),
        ("least_spread = 20", "least_spread = 0", "a sensor that is stuck counts"),
        ("largest_step = 100", "largest_step = 100_000", "no two values are further apart than 100000"),
        ("least_samples = 3", "least_samples = 1", "one sample has no spread"),
        ("least_samples = 3", "least_samples = 1_002", "a frame has at most 1001: no frame ever counts"),
        ("most_left_out = 2", "most_left_out = 1_000", "which every frame leaves out at the most"),
        (
            "least_spread = 20\nlargest_step = 100",
            "least_spread = 1_001\nlargest_step = 1",
            "in steps of 1: no frame ever counts",
        ),
    ] {
        assert!(survey_policy().contains(from), "{from}");
        workshop.put("policy.toml", survey_policy().replace(from, to));
        let warned = workshop.good(check)["warnings"].clone();
        assert!(
            warned.as_array().unwrap().len() == 1 && warned.to_string().contains(wanted),
            "{to}: {warned}"
        );
    }
    workshop.put("policy.toml", survey_policy().replace("least_spread = 20", "least_spread = 100_001"));
    let message = workshop.refused(check);
    assert!(message.contains("expected a least spread of at most high - low, which is 100000"), "{message}");
    workshop.put("policy.toml", survey_policy().replace("[survey]", "[track]"));
    let message = workshop.refused(check);
    assert!(message.contains("unknown field `largest_step`"), "{message}");
    workshop.done();
}
