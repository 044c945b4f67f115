//! What a proof means: `prove`, and `verify --policy`, in words and units.

use serde_json::json;

use crate::workshop::{Workshop, aggregate, policy, prove_line, verify_line};

const SENTENCE: &str = "2500, mean value of 5 devices (at least 5), inside fence.geojson, from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z";

#[test]
fn a_proof_is_told_in_the_units_of_its_policy() {
    let workshop = Workshop::new("meaning");
    workshop.put("policy.toml", policy("aggregate", 5) + "minimum = true\n");
    aggregate(&workshop);
    let proven = workshop.good(&prove_line("r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson", "--force"));
    let verify = format!("{} --policy policy.toml --fence fence.geojson", verify_line("proof.json"));
    let verified = workshop.good(&verify);
    assert_eq!(verified["meaning"], proven["meaning"]);
    assert_eq!(
        verified["meaning"],
        json!({
            "text": SENTENCE, "channel": "value", "from": "2026-01-01T02:00:00Z", "until": "2026-01-01T03:00:00Z",
            "mean": { "value": "2500" }, "sum": { "value": "12500" }, "minimum": { "value": "500" }, "maximum": null,
            "deviation": null, "devices": 5, "least_devices": 5,
        })
    );
    // The public input is 40,500 above the low of the policy, and 0 where nothing was asked for.
    assert_eq!(
        (&verified["fields"]["minimum"], &verified["fields"]["maximum"]),
        (&"40500".into(), &"0".into())
    );
    let text = String::from_utf8(workshop.run(&verify).stdout).unwrap();
    for line in [SENTENCE, "  minimum         500", "  maximum         not asked for"] {
        assert!(text.lines().any(|came| came == line), "{line}: {text}");
    }
    assert!(workshop.good(&verify_line("proof.json"))["meaning"].is_null());
}

#[test]
fn a_proof_of_another_policy_is_refused() {
    let workshop = Workshop::new("meaning-other");
    aggregate(&workshop);
    workshop.put("other.toml", policy("aggregate", 6));
    workshop.put("reading.toml", policy("reading", 1));
    let verify = format!("{} --fence fence.geojson --policy", verify_line("proof.json"));
    for (other, wanted) in [
        ("other.toml", "the proof holds, but not of the policy: expected public inputs of the policy 0x"),
        ("reading.toml", "the proof holds, but not of the policy: expected public inputs of reading/v2"),
    ] {
        let message = workshop.refused(&format!("{verify} {other}"));
        assert!(message.starts_with(wanted), "{message}");
        assert_eq!(workshop.run(&format!("{verify} {other}")).status.code(), Some(5));
    }
    // The fence is another one, or there is none.
    workshop.put("small.geojson", workshop.text("fence.geojson").replace("48.17", "48.16"));
    let small = format!("{} --policy policy.toml --fence small.geojson", verify_line("proof.json"));
    assert_eq!(workshop.run(&small).status.code(), Some(5));
    let none = format!("{} --policy policy.toml", verify_line("proof.json"));
    assert_eq!(workshop.run(&none).status.code(), Some(3));
    let alone = format!("{} --fence fence.geojson", verify_line("proof.json"));
    assert_eq!(workshop.run(&alone).status.code(), Some(2));
}

/// `inspect --policy` says the same of what nobody has verified.
#[test]
fn a_file_says_what_it_claims() {
    let workshop = Workshop::new("meaning-claimed");
    workshop.put("policy.toml", policy("aggregate", 5) + "minimum = true\n");
    aggregate(&workshop);
    workshop.good(&prove_line("r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson", "--force"));
    let inspect = "inspect proof.json --policy policy.toml --fence fence.geojson";
    let facts = workshop.good(inspect);
    let verified =
        workshop.good(&format!("{} --policy policy.toml --fence fence.geojson", verify_line("proof.json")));
    assert_eq!(facts["meaning"], verified["meaning"]);
    assert_eq!(facts["verified"], "no: run zksensor verify");
    let text = String::from_utf8(workshop.run(inspect).stdout).unwrap();
    for line in [format!("  text               {SENTENCE}"), "  maximum            not asked for".to_owned()]
    {
        assert!(text.lines().any(|came| came == line), "{line}: {text}");
    }
    // Without a policy there is none of it.
    assert!(workshop.good("inspect proof.json").get("meaning").is_none());

    workshop.put("other.toml", policy("aggregate", 6));
    let other = inspect.replace("policy.toml", "other.toml");
    let message = workshop.refused(&other);
    assert!(message.starts_with("proof.json: expected public inputs of the policy 0x"), "{message}");
    assert_eq!(workshop.run(&other).status.code(), Some(5));
    let message = workshop.refused(&inspect.replace("proof.json", "reg.bin"));
    assert!(message.starts_with("reg.bin: expected a proof with --policy, got a registry"), "{message}");
    for usage in ["inspect proof.json --fence fence.geojson", "inspect --costs --policy policy.toml"] {
        assert_eq!(workshop.run(usage).status.code(), Some(2), "{usage}");
    }
}
