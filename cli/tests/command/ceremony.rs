//! A ceremony through the command: from powers of tau to a proof under its key, and what is refused.

use serde_json::Value;

use crate::workshop::{Workshop, device, policy};

/// What a command that has to fail says, and its exit status.
fn refused(workshop: &Workshop, line: &str, status: i32) -> String {
    assert_eq!(workshop.run(line).status.code(), Some(status), "{line}");
    workshop.refused(line)
}

#[test]
fn from_powers_of_tau_to_a_proof() {
    let workshop = Workshop::new("ceremony");
    workshop.good("ceremony toy --power 14 --insecure --out toy.ptau");
    let source = "--statement reading --ptau toy.ptau";
    let first = workshop.good(&format!("ceremony new {source} --out 0.zkey"));
    assert_eq!((&first["powers"]["trusted"], &first["powers"]["published"]), (&false.into(), &Value::Null));
    workshop.put("dice", "3 1 4 1 5 9 2 6 5 3 5");
    let added = workshop.good("ceremony contribute --zkey 0.zkey --name first --entropy dice --out 1.zkey");
    assert_eq!((&added["number"], &added["typed"]), (&1.into(), &true.into()));
    let beacon = workshop.good("ceremony beacon --zkey 1.zkey --hash 0x00ff --iterations 10 --out 2.zkey");
    let finished = workshop.good(&format!("ceremony finish {source} --zkey 2.zkey --out-dir keys"));
    let steps = finished["contributions"].as_array().unwrap();
    assert_eq!((&steps[0]["hash"], &steps[1]["hash"]), (&added["hash"], &beacon["hash"]));
    assert_eq!((steps.len(), &finished["secrets"], &finished["insecure"]), (2, &1.into(), &true.into()));
    assert_eq!(finished["circuit_hash"], first["circuit_hash"]);

    let record: Value = serde_json::from_str(&workshop.text("keys/ceremony.json")).unwrap();
    assert_eq!(record["contributions"], finished["contributions"]);
    let page = workshop.text("keys/ceremony.html");
    for shown in [&added["hash"], &record["transcript"], &record["files"][1]["blake2b"]] {
        assert!(page.contains(shown.as_str().unwrap()), "{shown}");
    }
    let dice = b"3 1 4 1 5 9";
    for name in ["1.zkey", "keys/ceremony.json", "keys/transcript.bin"] {
        assert!(!workshop.get(name).windows(dice.len()).any(|window| window == dice), "{name}");
    }

    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop.good(
        "prove --statement reading --key keys/reading-v2.INSECURE.pk --policy policy.toml --fence fence.geojson \
         --readings r0.ndjson --device d0.json --registry reg.bin --epoch 2 --out p.json --opening o.json",
    );
    let verify = "verify --key keys/reading-v2.INSECURE.vk --proof p.json";
    workshop.good(verify);
    // As a key of `setup`: nobody vouches for the powers.
    refused(&workshop, &format!("{verify} --require-secure"), 5);
    cut_and_altered_files_are_refused(&workshop);
    workshop.done();
}

fn cut_and_altered_files_are_refused(workshop: &Workshop) {
    let contribute = |more: &str| format!("ceremony contribute --name second --out none.zkey --zkey {more}");
    let bytes = workshop.get("1.zkey");
    workshop.put("cut.zkey", &bytes[..bytes.len() - 1]);
    assert!(refused(workshop, &contribute("cut.zkey"), 3).contains("cut off"));
    assert!(refused(workshop, &contribute("toy.ptau"), 3).contains("got powers of tau (.ptau)"));
    assert!(refused(workshop, &contribute("dice"), 3).contains("expected a proving key (.zkey)"));
    // The contribution's transcript.
    let mut altered = bytes.clone();
    let at = altered.len() - 40;
    altered[at] ^= 1;
    workshop.put("altered.zkey", altered);
    let message = refused(workshop, &contribute("altered.zkey"), 4);
    assert!(message.contains("contribution 1: "), "{message}");
    refused(workshop, &contribute("none"), 7);
    let long = contribute("1.zkey").replace("second", &"n".repeat(65));
    assert!(refused(workshop, &long, 2).contains("at most 64 bytes, got 65"));
    let digest =
        format!("ceremony new --statement reading --ptau toy.ptau --ptau-digest {} --out n", "00".repeat(64));
    assert!(refused(workshop, &digest, 4).contains("somebody contributed to"));
    assert!(!workshop.0.join("none.zkey").exists() && !workshop.0.join("n").exists());
}

#[test]
fn options_that_make_no_ceremony_are_refused() {
    let workshop = Workshop::new("ceremony-options");
    assert!(refused(&workshop, "ceremony toy --power 4 --out t.ptau", 2).contains("expected --insecure"));
    refused(&workshop, "ceremony toy --power 21 --insecure --out t.ptau", 3);
    workshop.good("ceremony toy --power 4 --insecure --out t.ptau");
    let message = refused(&workshop, "ceremony new --statement reading --ptau t.ptau --out 0.zkey", 3);
    assert!(message.contains("expected powers of tau for 2^") && message.contains("2^4"), "{message}");
    for (more, status) in [
        ("--hash 0xf --iterations 10", 2),
        ("--hash ff --iterations 31", 2),
        ("--hash ff --iterations 10", 7),
    ] {
        refused(&workshop, &format!("ceremony beacon --zkey none.zkey --out n.zkey {more}"), status);
    }
    let rows = workshop.good("export r1cs --statement reading --out reading.r1cs");
    assert!(
        workshop.get("reading.r1cs").starts_with(b"r1cs\x01\0\0\0")
            && rows["constraints"].as_u64().unwrap() > 1000
    );
    workshop.done();
}
