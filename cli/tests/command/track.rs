//! `prove` of a track: from a table of fixes to a verified claim, and what is refused on the way.

#[cfg(unix)]
use std::fs;

use serde_json::Value;

#[cfg(unix)]
use crate::pages::{blocks, read, run};
use crate::workshop::{Workshop, policy, track_policy};

const TRACK: &str = "prove --statement track --key keys/track-v1-14.INSECURE.pk --policy policy.toml --fence fence.geojson --device d.json";
const VERIFY: &str = "verify --key keys/track-v1-14.INSECURE.vk";

/// A device that went north for two minutes from 02:10 on, 111 m each ten seconds; once its receiver jumped, and once it was outside
/// of the fence. Its frame is f.ndjson.
fn workshop(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("policy.toml", track_policy());
    workshop.good("device new --out d.json --leaf-out l.json --class 7");
    workshop.good("registry enrol --registry reg.bin --leaf l.json");
    let fix = |index: u32| {
        let (minute, second) = (10 + index / 6, index % 6 * 10);
        let place = match index {
            5 => "48.165,11.51".to_owned(),
            8 => format!("{},11.7", 48.11 + 0.001 * f64::from(index)),
            _ => format!("{:.3},11.51", 48.11 + 0.001 * f64::from(index)),
        };
        format!("2026-01-01T02:{minute}:{second:02}Z,{place},2.5,21.5\n")
    };
    workshop.put("t.csv", "t,y,x,a,v\n".to_owned() + &(0..12).map(fix).collect::<String>());
    sign(&workshop, "d.json", "f.ndjson");
    workshop.good("setup --statement track --samples 14 --insecure --out-dir keys");
    workshop
}

fn sign(workshop: &Workshop, key: &str, out: &str) {
    let signed = workshop.good(&format!(
        "device sign --key {key} --policy policy.toml --fence fence.geojson --csv t.csv --scale 3 --frame \
         --columns time=t,lat=y,lon=x,accuracy_m=a,value=v --out {out}"
    ));
    assert_eq!((&signed["frames"], &signed["samples"]), (&1.into(), &12.into()));
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("not a number: {value}"))
}

#[test]
fn from_fixes_to_a_verified_claim() {
    let workshop = workshop("track");
    let proved =
        workshop.good(&format!("{TRACK} --registry reg.bin --frames f.ndjson --epoch 2 --out p.json"));
    assert_eq!(
        (&proved["statement"], &proved["frames"], &proved["refused"]),
        (&"track/v1/14".into(), &1.into(), &0.into())
    );
    assert!(proved.get("readings").is_none());
    let verified = workshop.good(&format!("{VERIFY} --proof p.json --expect epoch=2"));
    let fields = &verified["fields"];
    assert_eq!(fields, &proved["fields"]);
    let id = workshop.good("policy id --policy policy.toml --fence fence.geojson")["policy_id"].clone();
    assert_eq!(fields["policy_id"], id);
    // 11 steps of 111.2 m, without the jitter of those that are claimed.
    let distance = number(&fields["distance_cm"]);
    assert!((100_000..122_400).contains(&distance) && distance.is_multiple_of(10_000), "{fields}");
    let observed = number(&fields["observed_ms"]);
    assert!((60_000..=110_000).contains(&observed) && observed.is_multiple_of(10_000), "{fields}");
    let (samples, left_out) = (number(&fields["samples"]), number(&fields["left_out"]));
    assert!(samples + left_out == 12 && left_out >= 2, "{fields}");
    assert_eq!((number(&fields["legs"]), number(&fields["slots"])), (1, 2), "{fields}");

    more_is_not_shown(&workshop, distance);
    its_membership_serves_and_a_device_has_one_nullifier(&workshop, &fields["nullifier"]);
    what_does_not_belong_is_refused(&workshop);
    workshop.good("inspect p.json");
    workshop.good("export calldata --proof p.json --key keys/track-v1-14.INSECURE.vk --out call.txt");
    workshop.good("export solidity --key keys/track-v1-14.INSECURE.vk --out-dir contracts");
    assert!(workshop.0.join("contracts/contracts/generated/TrackV1.sol").is_file());
    workshop.done();
}

fn more_is_not_shown(workshop: &Workshop, distance: u64) {
    let proof = workshop.text("p.json");
    let from = format!("\"distance_cm\": {distance}");
    assert!(proof.contains(&from), "{proof}");
    workshop.put("more.json", proof.replace(&from, &format!("\"distance_cm\": {}", distance + 1)));
    let message = workshop.refused(&format!("{VERIFY} --proof more.json"));
    assert!(message.contains("field `distance_cm`"), "{message}");
}

fn its_membership_serves_and_a_device_has_one_nullifier(workshop: &Workshop, nullifier: &Value) {
    let position = workshop.good("registry find --registry reg.bin --leaf l.json")["position"].clone();
    workshop.good(&format!("registry prove --registry reg.bin --position {position} --out m.json"));
    let again = workshop
        .good(&format!("{TRACK} --membership m.json --frames f.ndjson f.ndjson --epoch 2 --out q.json"));
    assert_eq!(&again["fields"]["nullifier"], nullifier);
    assert_eq!((&again["frames"], &again["passed_over"]), (&2.into(), &1.into()));
}

fn what_does_not_belong_is_refused(workshop: &Workshop) {
    let refused = |line: &str| workshop.refused(&format!("{line} --out none.json"));
    let registry = format!("{TRACK} --registry reg.bin");
    let message = refused(&format!("{registry} --frames f.ndjson --epoch 3"));
    assert!(
        message.starts_with("expected a frame of the device that obeys the policy") && message.contains("C6"),
        "{message}"
    );

    let frames = workshop.text("f.ndjson");
    assert!(frames.contains("\"offset_ms\":10000"), "{frames}");
    workshop.put("altered.ndjson", frames.replace("\"offset_ms\":10000", "\"offset_ms\":10001"));
    let message = refused(&format!("{registry} --frames altered.ndjson --epoch 2"));
    assert!(message.contains("refused by C3"), "{message}");
    let beside =
        workshop.good(&format!("{registry} --frames altered.ndjson f.ndjson --epoch 2 --out beside.json"));
    assert_eq!((&beside["frames"], &beside["refused"]), (&2.into(), &1.into()));

    workshop.good("device new --out other.json");
    sign(workshop, "other.json", "other.ndjson");
    let message = refused(&format!("{registry} --frames other.ndjson --epoch 2"));
    assert!(message.contains("was not signed by this device"), "{message}");

    let message = refused(&format!("{registry} --readings f.ndjson --epoch 2"));
    assert_eq!(message, "expected --frames to prove track/v1/14, got --readings");
    let message = refused(&format!("{registry} --frames f.ndjson --epoch 2 --opening o.json"));
    assert_eq!(message, "expected no --opening to prove track/v1/14, which takes none");
    let message = refused(&format!(
        "{} --registry reg.bin --frames f.ndjson --epoch 2",
        TRACK.replace(" --device d.json", "")
    ));
    assert_eq!(message, "expected --device to prove track/v1/14, got none");
    let message = refused(&format!("{registry} --frames f.ndjson --epoch 2 --chunk 0"));
    assert_eq!(message, "expected no --chunk to prove track/v1/14, which takes none");
    let message = refused(&format!("{registry} --frames t.csv --epoch 2"));
    assert!(message.contains("t.csv: expected signed frames"), "{message}");

    workshop.put("reading.toml", policy("reading", 1));
    let message = refused(&format!(
        "{} --registry reg.bin --frames f.ndjson --epoch 2",
        TRACK.replace("policy.toml", "reading.toml")
    ));
    assert!(message.contains("C1"), "{message}");
    workshop.good("setup --statement reading --insecure --out-dir keys");
    let reading = TRACK
        .replace("track-v1-14", "reading-v2")
        .replace("track", "reading")
        .replace("policy.toml", "reading.toml");
    let message = refused(&format!("{reading} --registry reg.bin --frames f.ndjson --epoch 2"));
    assert_eq!(message, "expected --readings to prove reading/v2, got --frames");
    assert!(!workshop.0.join("none.json").exists());
}

/// The page's own words: what it warns of is said there.
#[cfg(unix)]
#[test]
fn the_steps_of_the_page_run() {
    let workshop = Workshop::new("track-page");
    fs::remove_file(workshop.0.join("policy.toml")).unwrap();
    let steps = blocks(&read("docs/track.md"), "sh").concat();
    assert!(steps.contains("zksensor prove ") && steps.contains("zksensor verify "), "{steps}");
    let said = run(&workshop, &steps);
    assert_eq!(said.matches("warning").count(), said.matches("INSECURE").count() + 1, "{said}");
    assert!(said.contains("the registry says nothing of 2026-01-01T02:00:00"), "{said}");
    let shown = workshop.good("inspect proof.json");
    assert_eq!((number(&shown["fields"]["samples"]), number(&shown["fields"]["left_out"])), (3, 3));
    workshop.done();
}

#[test]
fn a_policy_for_tracks_is_checked_against_its_fence() {
    let workshop = Workshop::new("track-policy");
    workshop.put("policy.toml", track_policy());
    let check = "policy check --policy policy.toml --fence fence.geojson";
    let good = workshop.good(check);
    assert_eq!(good["warnings"], Value::Array(Vec::new()));
    let track = &good["track"];
    assert!(number(&track["shortfall_ppm"]) < 3000, "seven hundredths of a degree: {good}");
    assert_eq!((number(&track["slots"]), number(&track["round_distance_cm"])), (60, 10_000));

    for (from, to, wanted) in [
        ("jitter_mm = 10_000", "jitter_mm = 9_999", "less than four times the largest accuracy, 10000"),
        ("least_samples = 2", "least_samples = 1", "a claim of one sample"),
        (
            "round_distance_cm = 10_000",
            "round_distance_cm = 1",
            "round_distance_cm is 1, which rounds nothing",
        ),
        (
            "round_observed_ms = 10_000",
            "round_observed_ms = 1",
            "round_observed_ms is 1, which rounds nothing",
        ),
    ] {
        assert!(track_policy().contains(from), "{from}");
        workshop.put("policy.toml", track_policy().replace(from, to));
        let warned = workshop.good(check)["warnings"].clone();
        assert!(
            warned.as_array().unwrap().len() == 1 && warned.to_string().contains(wanted),
            "{to}: {warned}"
        );
    }

    workshop.put("policy.toml", track_policy());
    workshop.put(
        "tall.geojson",
        r#"{"type":"Polygon","coordinates":[[[11.0,45.0],[11.5,45.0],[11.5,49.0],[11.0,49.0],[11.0,45.0]]]}"#,
    );
    let tall = "policy check --policy policy.toml --fence tall.geojson";
    let message = workshop.refused(tall);
    assert!(message.contains("less than 5 % short in the fence, got up to 7."), "{message}");
    assert!(message.contains("too far apart from south to north"), "{message}");
    let allowed = workshop.good(&format!("{tall} --allow-short-distances"));
    assert!(number(&allowed["track"]["shortfall_ppm"]) > 50_000, "{allowed}");
    workshop.done();
}

#[test]
fn scales_are_those_of_the_fence_or_named() {
    let workshop = Workshop::new("track-scales");
    workshop.put("policy.toml", track_policy());
    let good = workshop.good("policy check --policy policy.toml --fence fence.geojson");
    let track = &good["track"];

    // The root in the place of the fence, with the scales that were shown.
    let (root, latitude, longitude) = (
        workshop.good("policy fence --fence fence.geojson")["fence_root"].as_str().unwrap().to_owned(),
        number(&track["latitude_scale"]),
        number(&track["longitude_scale"]),
    );
    let named = format!(
        "{}latitude_scale = {latitude}\nlongitude_scale = {longitude}\n[fence]\nroot = \"{root}\"\n",
        track_policy()
    );
    workshop.put("named.toml", &named);
    let without = workshop.good("policy check --policy named.toml");
    assert_eq!(without["policy_id"], good["policy_id"]);
    assert!(without["warnings"].to_string().contains("pass --fence to see whether the scales"), "{without}");
    workshop.put(
        "long.toml",
        named.replace(&format!("longitude_scale = {longitude}"), "longitude_scale = 9_000"),
    );
    let message = workshop.refused("policy check --policy long.toml --fence fence.geojson");
    assert!(message.contains(&format!("expected a scale of longitude of at most {longitude}")), "{message}");
    workshop.put("bare.toml", track_policy() + &format!("[fence]\nroot = \"{root}\"\n"));
    let message = workshop.refused("policy check --policy bare.toml");
    assert!(
        message.contains("`track.latitude_scale` and `track.longitude_scale`, or the fence itself"),
        "{message}"
    );
    workshop
        .put("short.toml", named.replace(&format!("latitude_scale = {latitude}"), "latitude_scale = 10_000"));
    let message = workshop.refused("policy check --policy short.toml --fence fence.geojson");
    assert!(message.contains(&format!("those of the fence are {latitude} and {longitude}")), "{message}");
    workshop.done();
}
