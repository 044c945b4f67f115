//! `export snarkjs` and `verify --snarkjs`: out, back in, and what is refused.

use serde_json::{Value, json};

use crate::workshop::{Workshop, device, policy};

const KEY: &str = "keys/aggregate-v2-1x8x3.INSECURE.vk";
const VERIFY: &str = "verify --snarkjs --key out/verification_key.INSECURE.json --proof out/proof.json --public out/public.json";

/// A key and a proof of one reading, p.json.
fn with_proof(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.good("setup --statement aggregate --capacity 1 --triangles 8 --insecure --out-dir keys");
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    device(&workshop, 0, "2026-01-01T02:00:00Z,48.11,11.51,2.5,21.5");
    workshop.good(
        "prove --key keys/aggregate-v2-1x8x3.INSECURE.pk --policy policy.toml --fence fence.geojson \
         --registry reg.bin --readings r0.ndjson --epoch 2 --out p.json",
    );
    workshop
}

/// Order of the scalar field.
const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

#[test]
fn files_go_out_and_come_back() {
    let workshop = with_proof("snarkjs");
    let made = workshop.good(&format!("export snarkjs --key {KEY} --out-dir key-alone"));
    assert_eq!((&made["statement"], &made["verified"]), (&"aggregate/v2/1x8x3".into(), &false.into()));
    assert_eq!(made["files"], json!(["key-alone/verification_key.INSECURE.json"]));
    let made = workshop.good(&format!("export snarkjs --key {KEY} --proof p.json --out-dir out"));
    assert_eq!((&made["insecure"], &made["verified"]), (&true.into(), &true.into()));
    let files = ["out/verification_key.INSECURE.json", "out/proof.json", "out/public.json"];
    assert_eq!(made["files"], json!(files));

    let verified = workshop.good(VERIFY);
    assert_eq!(
        (&verified["verified"], &verified["format"], &verified["statement"]),
        (&true.into(), &"snarkjs".into(), &Value::Null)
    );
    let public: Value = serde_json::from_str(&workshop.text("out/public.json")).unwrap();
    assert_eq!((&verified["public"], public.as_array().unwrap().len()), (&public, 4));
    let shown = workshop.run(VERIFY);
    let (shown, warning) =
        (String::from_utf8(shown.stdout).unwrap(), String::from_utf8(shown.stderr).unwrap());
    assert!(shown.contains(public[0].as_str().unwrap()), "{shown}");
    assert!(warning.contains("no statement gives the public signals a meaning"), "{warning}");

    // Other signals, another proof, no signals.
    let public = workshop.text("out/public.json");
    let mut large: Value = serde_json::from_str(&public).unwrap();
    large[0] = R.into();
    workshop.put("out/public.json", large.to_string());
    assert!(workshop.refused(VERIFY).contains("out/public.json: `public[0]`: expected a number below r"));
    workshop.put("out/public.json", json!(["1", "2", "3", "4"]).to_string());
    assert!(workshop.refused(VERIFY).contains("does not show this statement for these public inputs"));
    workshop.put("out/public.json", "[\"1\"]");
    assert!(workshop.refused(VERIFY).contains("expected 4 public inputs, got 1"));
    workshop.put("out/public.json", &public);
    let proof: Value = serde_json::from_str(&workshop.text("out/proof.json")).unwrap();
    let mut other = proof.clone();
    other["pi_c"] = other["pi_a"].clone();
    workshop.put("out/proof.json", other.to_string());
    assert!(workshop.refused(VERIFY).contains("does not show this statement"));
    other["pi_c"][1] = "4".into();
    workshop.put("out/proof.json", other.to_string());
    assert!(workshop.refused(VERIFY).contains("out/proof.json: proof element C is not on the curve"));
    workshop.put("out/proof.json", proof.to_string());
    workshop.good(VERIFY);
    workshop.done();
}

#[test]
fn what_does_not_fit_is_refused() {
    let workshop = with_proof("snarkjs-refused");
    let export = format!("export snarkjs --key {KEY} --proof p.json --out-dir out");
    // A proof that does not hold is not exported.
    let file = workshop.text("p.json");
    let proof: Value = serde_json::from_str(&file).unwrap();
    let (root, id) =
        (proof["fields"]["registry_root"].as_str().unwrap(), proof["fields"]["policy_id"].as_str().unwrap());
    workshop.put("p.json", file.replace(root, id));
    let message = workshop.refused(&export);
    assert!(message.starts_with("p.json: the proof does not show this statement"), "{message}");
    assert!(!workshop.0.join("out").exists());
    workshop.put("p.json", file);
    workshop.good(&export);
    let message = workshop.refused(&export);
    assert!(message.contains("expected a new file for a file of snarkjs"), "{message}");
    workshop.good(&format!("{export} --force"));

    // Nobody contributed to a key whose gamma and delta are one: what to do is said.
    let mut key: Value = serde_json::from_str(&workshop.text("out/verification_key.INSECURE.json")).unwrap();
    key["vk_delta_2"] = key["vk_gamma_2"].clone();
    workshop.put("unfinished.json", key.to_string());
    let (_, said) = workshop.json(&VERIFY.replace("out/verification_key.INSECURE.json", "unfinished.json"));
    assert!(said["error"]["help"].as_str().unwrap().contains("`snarkjs zkey contribute`"), "{said}");
    for help in ["export snarkjs --help", "verify --help"] {
        let text = String::from_utf8(workshop.run(help).stdout).unwrap();
        for name in ["verification_key.json", "verification_key.INSECURE.json", "proof.json", "public.json"] {
            assert!(text.contains(name), "{help}: {name}: {text}");
        }
    }

    for (line, wanted) in [
        ("verify --snarkjs --key k --proof p".to_owned(), "--public"),
        ("verify --public x --key k --proof p".to_owned(), "--snarkjs"),
        (format!("{VERIFY} --expect epoch=2"), "cannot be used with"),
        (format!("{VERIFY} --require-secure"), "cannot be used with"),
        (VERIFY.replace("out/proof", "out/none"), "none.json: expected to read a file of snarkjs"),
        (VERIFY.replace("out/verification_key.INSECURE.json", KEY), "expected a file as snarkjs writes it"),
        (VERIFY.replace("out/verification_key.INSECURE", "out/proof"), "unknown field `pi_a`"),
        (VERIFY.replace("out/public.json", "d0.json"), "expected a file of snarkjs, got a device key"),
    ] {
        let message = workshop.refused(&line);
        assert!(message.contains(wanted), "{line}: {message}");
    }
    workshop.done();
}
