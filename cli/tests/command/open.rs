//! The command `open`: what it shows when it is asked, and what it keeps.

use serde_json::{Value, json};

use crate::workshop::{Workshop, device, policy};

/// A proof of one reading with its opening, and another pair.
fn proven(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 0, "2026-01-01T02:30:00.250Z,48.1137913,11.5167891,2.5,-21.5");
    workshop.good("setup --statement reading --insecure --out-dir keys");
    for name in ["p", "q"] {
        workshop.good(&format!(
            "prove --key keys/reading-v2.INSECURE.pk --policy policy.toml --fence fence.geojson --readings r0.ndjson \
             --device d0.json --registry reg.bin --epoch 2 --out {name}.json --opening {name}-opening.json"
        ));
    }
    workshop
}

#[test]
fn an_opening_shows_what_is_asked_for_and_nothing_else() {
    let workshop = proven("open");
    let open = "open --proof p.json --opening p-opening.json";
    let verified = "--key keys/reading-v2.INSECURE.vk";
    let facts = workshop.good(open);
    let proof: Value = serde_json::from_str(&workshop.text("p.json")).unwrap();
    assert_eq!(
        (&facts["opens"], &facts["verified"], &facts["revealed"]),
        (&true.into(), &false.into(), &json!({}))
    );
    assert_eq!(facts["commitment"], proof["fields"]["commitment"]);
    for part in ["value", "place", "time", "accuracy", "device", "sequence", "payload", "value3"] {
        assert!(facts["parts"].as_array().unwrap().contains(&part.into()), "{part}: {facts}");
    }
    let plain = |line: &str| {
        let output = workshop.run(line);
        assert!(output.status.success(), "{line}: {output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (out, said) = plain(open);
    assert!(
        out.starts_with("the opening opens the commitment 0x")
            && said.contains("the proof itself was not verified")
    );
    for secret in ["48.11", "481137913", "-21", "02:30", "1767234600250"] {
        assert!(!out.contains(secret) && !said.contains(secret), "{out}{said}");
    }
    let key = facts["commitment"].as_str().unwrap();
    let device = workshop.good("inspect d0.json")["leaf"]["key"].as_str().unwrap().to_owned();
    for (part, text) in [
        ("value", "-21500"),
        ("place", "48.1137913 11.5167891"),
        ("time", "2026-01-01T02:30:00.250Z"),
        ("accuracy", "2500 mm"),
        ("device", &device),
        ("sequence", "0"),
        ("payload", &format!("0x{}", "0".repeat(64))),
        ("value1", "0"),
    ] {
        let (out, said) = plain(&format!("{open} {verified} --reveal {part} --quiet"));
        assert_eq!(out, format!("{text}\n"), "{part}");
        assert!(!said.contains("verified") && !said.contains(text), "{said}");
    }
    let both = workshop.good(&format!("{open} {verified} --reveal place --reveal value"));
    assert_eq!(both["verified"], true);
    let value = json!({ "channel": "value", "value": null, "unit": null, "fixed_point": "-21500" });
    assert_eq!(
        both["revealed"],
        json!({ "place": { "latitude_e7": 481_137_913, "longitude_e7": 115_167_891 }, "value": value })
    );
    let with = format!("{open} --policy policy.toml --fence fence.geojson --reveal value");
    assert_eq!(workshop.good(&with)["revealed"]["value"], value);
    let facts = workshop.good("inspect p-opening.json");
    assert_eq!((&facts["kind"], facts["commitment"].as_str()), (&"opening".into(), Some(key)));
    workshop.done();
}

#[test]
fn what_does_not_belong_together_is_refused_without_a_secret() {
    let workshop = proven("open-refused");
    let opening = workshop.text("p-opening.json");
    let altered = opening.replace("\"accuracy_mm\": 2500", "\"accuracy_mm\": 2501");
    assert_ne!(altered, opening);
    workshop.put("altered.json", altered);
    let salt = |text: &str| serde_json::from_str::<Value>(text).unwrap()["salt"].as_str().unwrap().to_owned();
    workshop.put("salted.json", opening.replace(&salt(&opening), &salt(&workshop.text("q-opening.json"))));
    workshop.put("other.toml", policy("reading", 1).replace("60_000", "50_000"));
    let proof: Value = serde_json::from_str(&workshop.text("p.json")).unwrap();
    let root = proof["fields"]["registry_root"].as_str().unwrap();
    let id = proof["fields"]["policy_id"].as_str().unwrap();
    workshop.put("false.json", workshop.text("p.json").replace(root, id));
    let open = "open --proof p.json --opening p-opening.json";
    for (line, wanted, status) in [
        (
            "open --proof q.json --opening p-opening.json --reveal place".to_owned(),
            "which the proof has, got one of 0x",
            4,
        ),
        (open.replace("p-opening", "altered"), "a part is not of its form", 3),
        (open.replace("p-opening", "salted"), "as reading and salt beside it have it", 3),
        (
            open.replace("p-opening.json", "d0.json"),
            "expected the opening of a commitment, got a device key",
            3,
        ),
        (open.replace("p-opening.json", "p.json"), "expected the opening of a commitment, got a proof", 3),
        (format!("{open} --policy other.toml --fence fence.geojson"), "which the proof has, got 0x", 5),
        (format!("{open} --reveal everything"), "expected one of value, place, time", 2),
        (
            open.replace("p.json", "false.json") + " --key keys/reading-v2.INSECURE.vk --reveal time",
            "does not show this statement",
            4,
        ),
    ] {
        let message = workshop.refused(&line);
        assert!(message.contains(wanted), "{line}: {message}");
        let output = workshop.run(&line);
        assert_eq!(output.status.code(), Some(status), "{line}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.stdout.is_empty() && !said.contains("481137913") && !said.contains(&salt(&opening)[2..]),
            "{said}"
        );
    }
    workshop.done();
}
