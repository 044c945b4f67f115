//! `ZKSENSOR_PROVER=mock`: the same commands without a setup and a proof, and what refuses to take one for the other.

use serde_json::Value;

use crate::workshop::{Workshop, aggregate, device, keys, policy, verify_line};

const KEY: &str = "mock/aggregate-v2-8x8x3.MOCK";

/// Runs with mocks asked for: whether it succeeded, and its one line of JSON.
fn mocked(workshop: &Workshop, line: &str) -> (bool, Value) {
    let output = workshop.run_with(&format!("{line} --json"), "ZKSENSOR_PROVER", "mock");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{line}: {text}");
    (output.status.success(), serde_json::from_str(&text).unwrap())
}

fn good(workshop: &Workshop, line: &str) -> Value {
    let (success, value) = mocked(workshop, line);
    assert!(success, "{line}: {value}");
    value
}

fn refused(workshop: &Workshop, line: &str) -> (String, String) {
    let (success, value) = mocked(workshop, line);
    assert!(!success, "{line}: {value}");
    let text = |part: &str| value["error"][part].as_str().unwrap().to_owned();
    (text("message"), text("help"))
}

fn prove_line(readings: &str, more: &str) -> String {
    format!(
        "prove --key {KEY}.pk --policy policy.toml --fence fence.geojson --registry reg.bin --readings {readings} --epoch 2 {more}"
    )
}

/// Five devices with a reading each, keys of mocks, and a mock of their aggregate beside the proof.
fn both(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    aggregate(&workshop);
    let made = good(&workshop, "setup --statement aggregate --capacity 8 --triangles 8 --out-dir mock");
    assert_eq!((&made["backend"], &made["insecure"]), (&"mock".into(), &true.into()));
    assert!(made["proving_key"].as_str().unwrap().ends_with("aggregate-v2-8x8x3.MOCK.pk"), "{made}");
    assert!(made["layout"].is_string());
    workshop
}

const FIVE: &str = "r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson";

#[test]
fn the_commands_run_on_mocks_and_show_what_proofs_show() {
    let workshop = both("mock");
    let made = good(&workshop, &prove_line(FIVE, "--out mock.json"));
    assert_eq!((&made["backend"], &made["insecure"]), (&"mock".into(), &true.into()));
    let verified = workshop.good(&verify_line("proof.json"));
    let verify = format!("verify --key {KEY}.vk --proof mock.json");
    let with = format!("{verify} --policy policy.toml --fence fence.geojson --expect epoch=2");
    let mock = good(&workshop, &with);
    assert_eq!(mock["fields"], verified["fields"], "the same claim");
    assert_eq!((&mock["verified"], &mock["backend"]), (&true.into(), &"mock".into()));
    assert!(mock["meaning"]["text"].is_string());
    let output = workshop.run_with(&verify, "ZKSENSOR_PROVER", "mock");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("this is a MOCK") && said.contains("nothing is proven"), "{said}");

    assert!(refused(&workshop, &format!("{verify} --require-secure")).0.contains("insecure key"));
    assert!(refused(&workshop, &format!("{verify} --expect epoch=3")).0.contains("its epoch is 2, not 3"));
    let call = good(&workshop, &format!("export calldata --proof mock.json --key {KEY}.vk"));
    assert_eq!((&call["function"], &call["verified"]), (&"verify(bytes,uint256[])".into(), &true.into()));
    let facts = workshop.good("inspect mock.json");
    assert_eq!((&facts["kind"], &facts["backend"]), (&"mock".into(), &"mock".into()));
    assert_eq!(facts["verified"], "never: a mock proves nothing");
    assert_eq!(workshop.good(&format!("inspect {KEY}.pk"))["proves"], "nothing");

    // A claim that does not hold has no mock.
    let (message, _) = refused(&workshop, &prove_line("r0.ndjson r1.ndjson", "--out few.json"));
    assert!(message.contains("C15") || message.contains("5"), "{message}");
    assert!(!workshop.0.join("few.json").exists());
    let mut lie: Value = serde_json::from_str(&workshop.text("mock.json")).unwrap();
    lie["fields"]["epoch"] = 3.into();
    workshop.put("lie.json", lie.to_string());
    refused(&workshop, &verify.replace("mock.json", "lie.json"));
    workshop.done();
}

#[test]
fn all_chunks_and_the_own_device_have_mocks_too() {
    let workshop = both("mock-more");
    let all = prove_line(FIVE, "--all-chunks --out-dir proofs");
    assert_eq!(good(&workshop, &all)["backend"], "mock");
    let kept = workshop.text("proofs/epoch-2-chunk-0.json");
    good(&workshop, &all);
    assert_eq!(workshop.text("proofs/epoch-2-chunk-0.json"), kept);

    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 7, "2026-01-01T02:00:00Z,48.11,11.51,2.5,20.5");
    good(&workshop, "setup --statement reading --out-dir mock");
    let own = "--device d7.json --opening opening.json --out own.json";
    let line = prove_line("r7.ndjson", own).replace("aggregate-v2-8x8x3", "reading-v2");
    assert_eq!(good(&workshop, &line)["backend"], "mock");
    let open = "open --proof own.json --opening opening.json --key mock/reading-v2.MOCK.vk --reveal sequence";
    assert_eq!(good(&workshop, open)["verified"], true);
    assert!(workshop.refused(open).contains("a mock, which proves nothing"));
    workshop.done();
}

#[test]
fn without_the_variable_nothing_takes_a_mock_and_with_it_nothing_else() {
    let workshop = both("mock-refused");
    good(&workshop, &prove_line(FIVE, "--out mock.json"));
    let keys = keys();
    let is_mock = |line: &str| {
        let (_, value) = workshop.json(line);
        let error = &value["error"];
        let message = error["message"].as_str().unwrap_or_else(|| panic!("{line}: {value}"));
        assert!(message.contains("mock"), "{line}: {message}");
        assert!(error["help"].as_str().unwrap().contains("ZKSENSOR_PROVER=mock"), "{line}: {value}");
    };
    is_mock(&format!("verify --key {KEY}.vk --proof mock.json"));
    is_mock(&verify_line("mock.json"));
    is_mock(&prove_line(FIVE, "--out p.json"));
    is_mock("export calldata --proof mock.json");
    is_mock(&format!("export solidity --key {KEY}.vk --out-dir contracts"));
    is_mock(&format!(
        "report --proof mock.json --key {keys}/aggregate-v2-8x8x3.INSECURE.vk --policy policy.toml --fence fence.geojson --html r.html"
    ));
    assert!(!workshop.0.join("p.json").exists() && !workshop.0.join("contracts").exists());

    for line in [
        verify_line("proof.json"),
        format!("verify --key {KEY}.vk --proof proof.json"),
        prove_line(FIVE, "--out p.json")
            .replace(&format!("{KEY}.pk"), &format!("{keys}/aggregate-v2-8x8x3.INSECURE.pk")),
        "export calldata --proof proof.json".to_owned(),
    ] {
        let (message, help) = refused(&workshop, &line);
        assert!(
            message.contains("mock") && help.contains("ZKSENSOR_PROVER=mock"),
            "{line}: {message}: {help}"
        );
    }
    let (message, help) = refused(&workshop, &format!("export solidity --key {KEY}.vk --out-dir contracts"));
    assert!(
        message.contains("ZKSENSOR_PROVER=mock") && help.contains("MockVerifier.sol"),
        "{message}: {help}"
    );

    let (message, _) = refused(
        &workshop,
        "report --proof mock.json --policy policy.toml --fence fence.geojson --html r.html",
    );
    assert!(message.contains("a mock shows nothing"), "{message}");

    for slip in ["Mock", "mocks", "0"] {
        let output =
            workshop.run_with(&format!("{} --json", verify_line("proof.json")), "ZKSENSOR_PROVER", slip);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(2), "{slip}: {text}");
        assert!(text.contains("expected `local` or `mock` in ZKSENSOR_PROVER"), "{text}");
    }
    let output = workshop.run_with(&verify_line("proof.json"), "ZKSENSOR_PROVER", "local");
    assert!(output.status.success());
    workshop.done();
}
