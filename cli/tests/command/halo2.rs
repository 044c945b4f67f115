//! `--backend halo2`: from parameters to a verified proof, and files of one proof system where the other's are wanted.

use crate::workshop::{Workshop, aggregate, device, keys, policy};

const KEYS: &str = "keys/reading-v2.halo2.INSECURE";

fn prove_line(key: &str, more: &str) -> String {
    format!(
        "prove --key {key} --policy policy.toml --fence fence.geojson --registry reg.bin --readings r0.ndjson --epoch 2 \
         --device d0.json --opening opening.json {more}"
    )
}

/// Keys of a reading, and a proof under them.
fn proven(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 0, "2026-01-01T02:00:00Z,48.11,11.51,2.5,20.5");
    let message = workshop.refused("setup --statement reading --backend halo2 --out-dir keys");
    assert!(message.contains("expected --insecure"), "{message}");
    let made = workshop.good("setup --statement reading --backend halo2 --insecure --out-dir keys");
    assert_eq!(
        (&made["backend"], &made["k"], &made["srs_made"]),
        (&"halo2".into(), &13.into(), &true.into())
    );
    assert!(made["key_id"].as_str().unwrap().starts_with("INSECURE-0x"));
    let proven = workshop.good(&prove_line(&format!("{KEYS}.pk"), "--out proof.json"));
    assert_eq!((&proven["backend"], &proven["insecure"]), (&"halo2".into(), &true.into()));
    workshop
}

/// What a refusal says to do.
fn help(workshop: &Workshop, line: &str) -> String {
    let (_, value) = workshop.json(line);
    value["error"]["help"].as_str().unwrap().to_owned()
}

#[test]
fn from_parameters_to_a_verified_proof() {
    let workshop = proven("halo2");
    let verify = format!("verify --key {KEYS}.vk --proof proof.json");
    let verified =
        workshop.good(&format!("{verify} --policy policy.toml --fence fence.geojson --expect epoch=2"));
    assert_eq!((&verified["verified"], &verified["backend"]), (&true.into(), &"halo2".into()));
    assert!(verified["meaning"]["text"].is_string());
    workshop.good(&format!("{verify} --backend halo2"));
    assert!(workshop.refused(&format!("{verify} --require-secure")).contains("insecure key"));
    assert!(workshop.refused(&format!("{verify} --expect epoch=3")).contains("its epoch is 2"));
    let opened = workshop.good("open --proof proof.json --opening opening.json --reveal sequence");
    assert_eq!(opened["opens"], true);
    workshop.good(&format!("open --proof proof.json --opening opening.json --key {KEYS}.vk"));

    // What is altered is refused: a coordinate of the proof, its first points in each other's place, a public input with its field.
    let proof = workshop.text("proof.json");
    const POINT: usize = 2 * 64;
    let start = proof.find("\"proof\": \"0x").unwrap() + "\"proof\": \"0x".len();
    let (head, [one, two, rest]) = (&proof[..start], [0, 1, 2].map(|at| &proof[start + POINT * at..]));
    let (first, second) = (&one[..POINT], &two[..POINT]);
    for (points, said) in [
        (
            ["f".repeat(POINT / 2).as_str(), &first[POINT / 2..], second].concat(),
            "the point at byte 0 of the proof has a coordinate that is not below the base field's modulus",
        ),
        ([second, first].concat(), "the proof does not show this statement for these public inputs"),
    ] {
        workshop.put("altered.json", [head, &points, rest].concat());
        let message = workshop.refused(&verify.replace("proof.json", "altered.json"));
        assert!(message.contains(said), "{message}");
    }
    workshop.put("altered.json", proof.replace("\"epoch\": 2", "\"epoch\": 3"));
    assert!(workshop.refused(&verify.replace("proof.json", "altered.json")).contains("field `epoch`"));

    // The same parameters make the same key, and are not made again.
    let again = workshop.good("setup --statement reading --backend halo2 --insecure --out-dir keys --force");
    let facts = workshop.good(&format!("inspect {KEYS}.vk"));
    assert_eq!((&again["srs_made"], &again["key_id"]), (&false.into(), &facts["key_id"]));
    assert_eq!((&facts["backend"], &facts["rows"]), (&"halo2".into(), &8_141.into()));
    assert_eq!(workshop.good(&format!("inspect {KEYS}.pk"))["srs"]["digest"], again["srs_digest"]);
    let srs = workshop.good("inspect keys/halo2-k13.INSECURE.srs");
    assert_eq!((&srs["srs"]["k"], &srs["srs"]["insecure"]), (&13.into(), &true.into()));
    assert_eq!(workshop.good("inspect proof.json")["backend"], "halo2");
    let line = "setup --statement reading --backend halo2 --srs keys/halo2-k13.INSECURE.srs --out-dir other";
    assert!(workshop.refused(line).contains("one machine made"));
    assert_eq!(workshop.good(&format!("{line} --insecure"))["key_id"], facts["key_id"]);
    workshop.done();
}

/// Commands with a file of the other proof system, what they want, and what they get. `key` and `theirs` are of Groth16.
fn lines(key: &str, theirs: &str) -> Vec<(String, &'static str, &'static str)> {
    let prove = |key: &str, backend: &str| prove_line(key, &format!("--out none.json --backend {backend}"));
    let prove = |key: &str, backend: &str| prove(key, backend).replace("opening.json", "none-opening.json");
    vec![
        (format!("verify --key {KEYS}.vk --proof {theirs}"), "proof of halo2", "a proof of groth16"),
        (format!("verify --key {key}.vk --proof proof.json"), "proof of groth16", "a proof of halo2"),
        (
            format!("verify --backend groth16 --key {KEYS}.vk --proof proof.json"),
            "verifying key of groth16",
            "key of halo2",
        ),
        (
            format!("verify --backend halo2 --key {key}.vk --proof {theirs}"),
            "verifying key of halo2",
            "key of groth16",
        ),
        (prove(&format!("{KEYS}.pk"), "groth16"), "proving key of groth16", "a proving key of halo2"),
        (prove(&format!("{key}.pk"), "halo2"), "proving key of halo2", "a proving key of groth16"),
        (
            format!("open --proof proof.json --opening opening.json --key {key}.vk"),
            "verifying key of halo2",
            "key of groth16",
        ),
        (
            format!("export solidity --key {KEYS}.vk --out-dir none"),
            "verifying key of groth16",
            "key of halo2",
        ),
        (
            format!("export snarkjs --key {KEYS}.vk --out-dir none"),
            "verifying key of groth16",
            "key of halo2",
        ),
        (
            format!("export snarkjs --key {key}.vk --proof proof.json --out-dir none"),
            "proof of groth16",
            "of halo2",
        ),
        (format!("export calldata --proof {theirs} proof.json"), "proof of groth16", "a proof of halo2"),
        (format!("export calldata --proof proof.json {theirs}"), "proof of halo2", "a proof of groth16"),
        (
            format!("export calldata --proof proof.json --key {key}.vk"),
            "verifying key of halo2",
            "key of groth16",
        ),
        (
            format!("export calldata --proof {theirs} --key {KEYS}.vk"),
            "verifying key of groth16",
            "key of halo2",
        ),
        (
            format!("verify --snarkjs --key {KEYS}.vk --proof p.json --public p.json"),
            "file of snarkjs",
            "key of halo2",
        ),
    ]
}

/// Every command that reads such a file, with the other's.
#[test]
fn the_other_systems_files_are_named() {
    let workshop = proven("halo2-other");
    let groth16 = Workshop::new("halo2-groth16");
    aggregate(&groth16);
    let (key, theirs) = (format!("{}/aggregate-v2-8x8x3.INSECURE", keys()), groth16.0.join("proof.json"));
    let theirs = theirs.to_str().unwrap();
    for (line, wanted, got) in lines(&key, theirs) {
        let message = workshop.refused(&line);
        assert!(message.contains(&format!("{wanted}, got")) && message.contains(got), "{line}: {message}");
        let help = help(&workshop, &line);
        assert!(help.contains("of one proof system") && help.contains("--backend"), "{line}: {help}");
    }
    assert!(!workshop.0.join("none.json").exists() && !workshop.0.join("none-opening.json").exists());
    groth16.done();
    workshop.done();
}

#[test]
fn options_that_one_system_has_are_refused_with_the_other() {
    let workshop = Workshop::new("halo2-options");
    for (line, wanted) in [
        (
            "setup --statement reading --insecure --out-dir none --srs s",
            "expected no --srs, --ptau or --ptau-digest with --backend groth16",
        ),
        (
            "setup --statement reading --backend halo2 --insecure --out-dir none --srs policy.toml",
            "expected parameters (SRS)",
        ),
        ("demo --backend halo2 --statement survey --private page.html", "expected no --private"),
        ("demo --backend plonk", "[possible values: groth16, halo2]"),
    ] {
        let message = workshop.refused(line);
        assert!(message.contains(wanted), "{line}: {message}");
    }
    workshop.done();
}
