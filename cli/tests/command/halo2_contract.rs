//! Contracts for proofs of halo2: what `export` writes of a key, and what `estimate` measures.

use zksensor::solidity::{Artifact, Deployment, KeyDeployment};

use crate::workshop::{Workshop, device, policy};

const KEY: &str = "keys/reading-v2.halo2.INSECURE";
/// Bytes of a proof, and words of public inputs of a reading.
const PROOF: usize = 3_392;
const INPUTS: usize = 5;

#[test]
fn a_key_and_its_proofs_for_a_chain() {
    let workshop = Workshop::new("halo2-contract");
    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 0, "2026-01-01T02:00:00Z,48.11,11.51,2.5,20.5");
    workshop.good("setup --statement reading --backend halo2 --insecure --out-dir keys");
    let export = format!("export keyed --key {KEY}.vk --out-dir out");
    let made = workshop.good(&export);
    assert_eq!((&made["contract"], &made["backend"]), (&"KeyedHalo2Verifier".into(), &"halo2".into()));
    let key: KeyDeployment = serde_json::from_str(&workshop.text("out/key-deployment.json")).unwrap();
    // Header, k, inputs, start, s G2, 20 and 11 commitments; init code is ten bytes before that.
    assert_eq!(key.code.len(), 34 + 32 * (3 + 4 + 2 * (20 + 11)));
    assert_eq!((&key.bytecode[10..], key.insecure), (&key.code[..], true));
    assert_eq!((key.code[34 + 31], key.code[34 + 63]), (13, INPUTS as u8));
    let address = "4444444444444444444444444444444444444444";
    workshop.good(&format!("{export} --key-address 0x{address} --force"));
    let deployment: Deployment = serde_json::from_str(&workshop.text("out/deployment.json")).unwrap();
    let init_code = Artifact::halo2().init_code;
    assert_eq!(deployment.bytecode, [&init_code[..], &deployment.constructor_arguments].concat());
    assert_eq!((&deployment.key_id, &deployment.contract), (&key.key_id, &"KeyedHalo2Verifier".to_owned()));
    // From the standard input, which is there once, as from its file.
    let piped = std::fs::File::open(workshop.0.join(format!("{KEY}.vk"))).unwrap();
    let export = workshop.command("export keyed --key - --out-dir piped").stdin(piped).output().unwrap();
    assert!(export.status.success(), "{export:?}");
    assert_eq!(workshop.get("piped/key-deployment.json"), workshop.get("out/key-deployment.json"));
    let standard = workshop.good(&format!("export standard-json --key {KEY}.vk --out standard.json"));
    assert_eq!(standard["contract"], "contracts/core/halo2/KeyedHalo2Verifier.sol:KeyedHalo2Verifier");
    let same = workshop.good("export standard-json --keyed --backend halo2");
    assert_eq!(same["standard_json"], standard["standard_json"]);
    assert!(
        workshop
            .refused("export standard-json --statement reading/v2 --backend halo2")
            .contains("cannot be used with")
    );
    for kind in ["solidity", "snarkjs"] {
        let message = workshop.refused(&format!("export {kind} --key {KEY}.vk --out-dir none"));
        assert!(
            message.contains("expected a verifying key of groth16, got a verifying key of halo2"),
            "{message}"
        );
    }

    let prove = format!(
        "prove --key {KEY}.pk --policy policy.toml --fence fence.geojson --registry reg.bin --readings r0.ndjson --epoch 2 --device d0.json"
    );
    workshop.good(&format!("{prove} --out proof.json"));
    let made = workshop.good(&format!("export calldata --proof proof.json --key {KEY}.vk"));
    assert_eq!((&made["function"], &made["backend"]), (&"verify(bytes,uint256[])".into(), &"halo2".into()));
    // Selector, two offsets, a length, the proof, a count, words.
    let bytes = 4 + 32 * (3 + 1 + INPUTS) + PROOF;
    assert_eq!(made["data"].as_str().unwrap().len(), 2 + 2 * bytes);
    let batch = workshop.good("export calldata --proof proof.json proof.json");
    assert_eq!((&batch["function"], &batch["proofs"]), (&"verifyBatch(bytes,uint256[])".into(), &2.into()));
    assert_eq!(batch["data"].as_str().unwrap().len(), 2 + 2 * (bytes + PROOF + 32 * INPUTS));
    workshop.done();
}

#[test]
fn gas_and_proving_are_measured() {
    let workshop = Workshop::new("halo2-estimate");
    let estimate = workshop.good("estimate --backend halo2 --statement reading");
    assert_eq!((&estimate["backend"], &estimate["k"]), (&"halo2".into(), &13.into()));
    assert_eq!((&estimate["rows"], &estimate["cells"]), (&8_141.into(), &54_342.into()));
    assert_eq!(estimate["proof_bytes"], PROOF);
    for path in ["parameters_ms", "setup_ms", "prove_ms", "verify_ms", "threads", "proving_key_bytes"] {
        assert!(estimate[path].as_f64().is_some_and(|value| value > 0.0), "{path} in {estimate}");
    }
    let gas = &estimate["gas"];
    assert_eq!((&gas["chain"], &gas["backend"]), (&"polygon".into(), &"halo2".into()));
    // 55 multiplications and additions and a pairing of two alone, on either schedule.
    let of = |path: &str| gas.pointer(path).and_then(serde_json::Value::as_u64).unwrap();
    let (polygon, ethereum) = (55 * 13_140 + 186_000, 55 * 6_150 + 113_000);
    assert!((polygon..1_070_000).contains(&of("/verify")), "{gas}");
    assert!((ethereum..630_000).contains(&of("/ethereum/verify")), "{gas}");
    workshop.done();
}
