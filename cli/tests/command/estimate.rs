//! `estimate`: what is measured, and which shapes it refuses.

use serde_json::Value;

use crate::workshop::Workshop;

/// A positive number of the object, by its path.
fn positive(value: &Value, path: &str) -> f64 {
    let number = value.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path} in {value}"));
    assert!(number > 0.0, "{path} is {number}");
    number
}

#[test]
fn gas_is_that_of_polygon_beside_ethereum() {
    let workshop = Workshop::new("estimate-gas");
    let gas = workshop.good("estimate --gas");
    assert_eq!((&gas["chain"], &gas["backend"]), (&"polygon".into(), &"groth16".into()));
    let keys: Vec<&String> = gas.as_object().unwrap().keys().collect();
    assert_eq!(keys[..7], ["chain", "backend", "verify", "verify_keyed", "batch", "per_reading", "ethereum"]);
    let of_a_feed = [
        "submit_first",
        "submit_replacing",
        "submit_extras",
        "submit_chunk",
        "submit_batch_10",
        "refused_before_proof",
        "latest_round_data",
        "post_alone",
        "post_per_leaf_1000",
        "add_verifier",
        "deploy_router",
        "deploy_registry",
        "deploy_feed",
        "deploy_adapter",
    ];
    let of_others = [
        "survey_first",
        "survey_replacing",
        "deploy_survey_feed",
        "seal",
        "draw_beacon",
        "record_beacon",
        "release",
        "deploy_private_feed",
        "deploy_beacon",
    ];
    assert_eq!(keys[7..21], of_a_feed);
    assert_eq!(keys[21..30], of_others);
    assert_eq!(keys[30..], ["targets"]);
    for name in of_a_feed.into_iter().chain(of_others) {
        positive(&gas, &format!("/{name}"));
    }
    // Of two, and of other feeds, nobody said what they are meant to cost.
    let targets: Vec<&String> = gas["targets"].as_object().unwrap().keys().collect();
    let said = of_a_feed.iter().filter(|name| !["add_verifier", "deploy_adapter"].contains(name));
    assert!(targets.iter().eq(said), "{targets:?}");
    let verify = positive(&gas, "/verify");
    // Four pairs and four multiplications alone.
    let precompiles = 67_500.0 + 4.0 * 51_000.0 + 4.0 * (12_600.0 + 540.0);
    assert!(verify > 21_000.0 + precompiles && verify < 360_000.0);
    assert!(positive(&gas, "/verify_keyed") > verify && positive(&gas, "/ethereum/verify") < verify);
    assert!(positive(&gas, "/batch/50") < positive(&gas, "/batch/20"));
    assert!(positive(&gas, "/batch/20") < positive(&gas, "/batch/10"));
    assert_eq!(positive(&gas, "/per_reading/64"), (verify / 64.0).ceil());
    workshop.done();
}

#[test]
fn a_reading_has_five_public_inputs_and_pays_for_them() {
    let workshop = Workshop::new("estimate-reading");
    let estimate = workshop.good("estimate --statement reading");
    assert_eq!(estimate["statement"], "reading/v2");
    assert_eq!((&estimate["readings"], &estimate["domain"]), (&1.into(), &16_384.into()));
    for path in ["/constraints", "/proving_key_bytes", "/setup_ms", "/prove_ms", "/verify_ms", "/threads"] {
        positive(&estimate, path);
    }
    assert!(positive(&estimate, "/gas/verify") > 360_000.0);
    assert_eq!(estimate["gas"]["per_reading"]["1"], estimate["gas"]["verify"]);
    workshop.done();
}

#[test]
fn shapes_that_there_are_not_are_refused() {
    let workshop = Workshop::new("estimate-shapes");
    let message = workshop.refused("estimate --statement reading --capacity 4");
    assert_eq!(message, "expected no shape with reading, got --capacity");
    let message = workshop.refused("estimate --capacity 0");
    assert!(message.contains("expected capacity from 1 to 4096 readings, got 0"), "{message}");
    for levels in [1, 8] {
        let message = workshop.refused(&format!("estimate --levels {levels}"));
        let wanted = format!("expected levels from 2 to 7 levels of a chunk, got {levels}");
        assert!(message.contains(&wanted), "{message}");
    }
    let message = workshop.refused("estimate --capacity 65 --levels 2");
    assert!(message.contains("expected at most 64 readings with chunks of 2 levels"), "{message}");
    let message = workshop.refused("estimate --capacity 1 --triangles 8");
    assert!(
        message.contains("expected a shape of 16 triangles or more, as many as the made-up fence has, got 8"),
        "{message}"
    );
    workshop.done();
}
