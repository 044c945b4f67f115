//! `export`: from a key and proofs to what a chain takes.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use zksensor::solidity::{Artifact, Deployment, KeyDeployment, Package, StatementContract, VENDORED};
use zksensor::verifier::{Ceremony, VerifyingKey};

use crate::workshop::{Workshop, device, policy};

const KEY: &str = "keys/aggregate-v2-1x8x3.INSECURE.vk";
/// Of `verify(bytes,uint256[])` and `verifyBatch(bytes,uint256[])`.
const SELECTORS: [&str; 2] = ["9649daae", "24fb8677"];
const PROOF: usize = 256;
const INPUTS: usize = 4;

/// Keys for the smallest aggregate.
fn with_key(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.good("setup --statement aggregate --capacity 1 --triangles 8 --insecure --out-dir keys");
    workshop
}

/// Proofs of one reading: p.json and, bound to a recipient, q.json.
fn with_proofs(name: &str) -> Workshop {
    let workshop = with_key(name);
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    device(&workshop, 0, "2026-01-01T02:00:00Z,48.11,11.51,2.5,21.5");
    let prove = "prove --key keys/aggregate-v2-1x8x3.INSECURE.pk --policy policy.toml --fence fence.geojson \
                 --registry reg.bin --readings r0.ndjson --epoch 2 --out";
    workshop.good(&format!("{prove} p.json"));
    workshop.good(&format!(
        "{prove} q.json --chain-id 80002 --contract 0x2222222222222222222222222222222222222222 \
         --recipient 0x3333333333333333333333333333333333333333"
    ));
    workshop
}

/// The digits of a proof file's proof, and of its public inputs one after the other.
fn digits(workshop: &Workshop, name: &str) -> (String, String) {
    let file: Value = serde_json::from_str(&workshop.text(name)).unwrap();
    let bare = |text: &Value| text.as_str().unwrap().trim_start_matches("0x").to_owned();
    (bare(&file["proof"]), file["public_inputs"].as_array().unwrap().iter().map(bare).collect())
}

fn word(number: usize) -> String {
    format!("{number:064x}")
}

/// The ABI encoding of a call with bytes and words (Solidity documentation, "Formal Specification of the Encoding").
fn encoded(selector: &str, proofs: &str, inputs: &str) -> String {
    let bytes = proofs.len() / 2;
    let head = [word(64), word(96 + bytes), word(bytes)].concat();
    format!("0x{selector}{head}{proofs}{}{inputs}", word(inputs.len() / 64))
}

/// Every source below `folder`/contracts imports only files beside it, or of OpenZeppelin's package; their names.
fn sources(workshop: &Workshop, folder: &str) -> Vec<String> {
    let contracts = workshop.0.join(folder).join("contracts");
    let mut names = Vec::new();
    for inner in fs::read_dir(&contracts).unwrap() {
        let inner = inner.unwrap().path();
        for entry in fs::read_dir(&inner).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            for import in text.lines().filter(|line| line.starts_with("import ")) {
                let target = import.split('"').nth(1).unwrap();
                let is_there = inner.join(target).is_file() || VENDORED.contains(&target);
                assert!(is_there, "{}: {import}", path.display());
            }
            names.push(path.strip_prefix(&contracts).unwrap().to_str().unwrap().to_owned());
        }
    }
    names.sort();
    names
}

#[test]
fn a_contract_of_a_key() {
    let workshop = with_key("export-solidity");
    let made = workshop.good(&format!("export solidity --key {KEY} --out-dir out"));
    assert_eq!(
        (&made["contract"], &made["statement"], &made["insecure"]),
        (&"AggregateV2Groth16VerifierINSECURE".into(), &"aggregate/v2/1x8x3".into(), &true.into())
    );
    let written = sources(&workshop, "out");
    for name in [
        "core/IStatementVerifier.sol",
        "examples/HeatCover.sol",
        "feed/AggregateFeed.sol",
        "feed/MockVerifier.sol",
        "generated/AggregateV2.sol",
        "generated/AggregateV2Groth16VerifierINSECURE.sol",
    ] {
        assert!(written.iter().any(|path| path == name), "{name}");
    }
    // The package of this key, whole.
    let contract = StatementContract::named("aggregate/v2").unwrap();
    let package = Package::of_statement(&contract, true, "zksensor export solidity").unwrap();
    for (path, text) in package.files() {
        assert_eq!(workshop.text(&format!("out/{path}")), text, "{path}");
    }
    assert_eq!(made["files"].as_array().unwrap().len(), package.files().count() + 1);
    let source = workshop.text("out/contracts/generated/AggregateV2Groth16VerifierINSECURE.sol");
    assert!(source.contains("by `zksensor export solidity`"), "{source}");
    assert!(source.contains("contract AggregateV2Groth16VerifierINSECURE is"), "{source}");

    let deployment: Deployment = serde_json::from_str(&workshop.text("out/deployment.json")).unwrap();
    let artifact = Artifact::of(&StatementContract::named("aggregate/v2").unwrap()).unwrap();
    assert_eq!(deployment.bytecode, [&artifact.init_code[..], &deployment.constructor_arguments].concat());
    let facts = workshop.good(&format!("inspect {KEY}"));
    assert_eq!(facts["contract"]["code_hash"], deployment.code_hash.as_str());
    assert_eq!(made["code_hash"], deployment.code_hash.as_str());
    let arguments = plain(&deployment.constructor_arguments);
    // The offset of the statement, 24 words of the key, who made it: one machine; then the statement.
    let id = "aggregate/v2/1x8x3".bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(arguments.starts_with(&word(26 * 32)));
    assert!(arguments.ends_with(&format!("{}{}{id:0<64}", word(1), word(18))), "{arguments}");
    assert_eq!(arguments.len(), 64 * 28);

    // A verifier's functions return what `inspect` shows.
    for kind in ["vk", "pk"] {
        let facts = workshop.good(&format!("inspect keys/aggregate-v2-1x8x3.INSECURE.{kind}"));
        let contract = &facts["contract"];
        assert_eq!(contract["KEY_ID"], deployment.key_id.as_str());
        assert_eq!((&contract["KEY_ID"], &contract["INSECURE"]), (&made["key_id"], &true.into()));
        let none = format!("0x{}", word(0));
        assert_eq!(
            (&contract["TRANSCRIPT"], &made["transcript"]),
            (&none.as_str().into(), &none.as_str().into())
        );
        assert_eq!(deployment.transcript, none);
        // keccak256 of the text.
        let id = "0xb3ef7bf6dbd0404123c8642b2022791ec6c3eb7aaa8ec65baef6a144e8d8a50a";
        assert_eq!(contract["STATEMENT_ID"], id);
    }
    let shown = workshop.run(&format!("export solidity --key {KEY} --out-dir again"));
    let warning = String::from_utf8(shown.stderr).unwrap();
    assert!(warning.starts_with("warning: the key is INSECURE"), "{warning}");
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains(&deployment.key_id)
            && shown.contains(&format!("TRANSCRIPT  {}", deployment.transcript))
    );

    // Without a key there are sources alone.
    let made = workshop.good("export solidity --statement reading/v2 --out-dir reading");
    assert_eq!((&made["contract"], &made["key_id"]), (&"ReadingV2Groth16Verifier".into(), &Value::Null));
    assert_eq!(sources(&workshop, "reading").len(), written.len());
    assert!(workshop.0.join("reading/artifacts/ReadingV2Groth16Verifier.json").is_file());
    assert!(!workshop.0.join("reading/deployment.json").exists());
    workshop.done();
}

/// What a key says of its ceremony is in what is exported of it, and what its key id on chain commits to.
#[test]
fn a_key_of_a_ceremony_is_exported_with_its_transcript() {
    let workshop = with_key("export-ceremony");
    let made = zksensor::files::load_verifying_key(&workshop.0.join(KEY)).unwrap();
    let ceremony = Ceremony::new([0xab; 32], 3).unwrap();
    let key = VerifyingKey::of_ceremony(made.statement(), made.points().clone(), ceremony).unwrap();
    workshop.put("held.vk", key.to_bytes());
    let transcript = format!("0x{}", "ab".repeat(32));
    let facts = workshop.good("inspect held.vk");
    assert_eq!(
        (&facts["contract"]["INSECURE"], &facts["ceremony"]["contributions"]),
        (&false.into(), &3.into())
    );
    assert_eq!(
        (&facts["contract"]["TRANSCRIPT"], &facts["ceremony"]["transcript"]),
        (&transcript.as_str().into(), &transcript.as_str().into())
    );
    let insecure = workshop.good(&format!("inspect {KEY}"));
    assert_ne!(facts["contract"]["KEY_ID"], insecure["contract"]["KEY_ID"]);

    let made = workshop.good("export solidity --key held.vk --out-dir held");
    let deployment: Deployment = serde_json::from_str(&workshop.text("held/deployment.json")).unwrap();
    assert_eq!((deployment.transcript.as_str(), deployment.insecure), (transcript.as_str(), false));
    assert_eq!(
        (&made["transcript"], &made["contract"]),
        (&transcript.as_str().into(), &"AggregateV2Groth16Verifier".into())
    );
    // Behind the words of the key and before the statement.
    let arguments = plain(&deployment.constructor_arguments);
    assert_eq!(arguments[25 * 64..][..64], "ab".repeat(32));

    let made = workshop.good("export keyed --key held.vk --out-dir keyed");
    let of_key: KeyDeployment = serde_json::from_str(&workshop.text("keyed/key-deployment.json")).unwrap();
    assert_eq!((&of_key.transcript, &of_key.key_id), (&transcript, &deployment.key_id));
    assert_eq!(made["transcript"], transcript.as_str());
    // STOP, the flag, the statement's digest, 24 words, the transcript.
    assert!(plain(&of_key.code).starts_with("0002") && plain(&of_key.code).ends_with(&"ab".repeat(32)));
    assert_eq!(of_key.code.len(), 34 + 24 * 32 + 32);
    workshop.done();
}

/// Hex without `0x`.
fn plain(bytes: &[u8]) -> String {
    zksensor::model::hex::encode(bytes).split_off(2)
}

#[test]
fn a_contract_of_a_key_in_another() {
    let workshop = with_key("export-keyed");
    let export = format!("export keyed --key {KEY} --out-dir out");
    let made = workshop.good(&export);
    assert_eq!(
        sources(&workshop, "out"),
        [
            "core/ExactCalldata.sol",
            "core/Field.sol",
            "core/Groth16.sol",
            "core/IStatementVerifier.sol",
            "core/KeyCode.sol",
            "core/KeyPoints.sol",
            "core/KeyedGroth16Verifier.sol",
            "core/TestChains.sol",
        ]
    );
    let key: KeyDeployment = serde_json::from_str(&workshop.text("out/key-deployment.json")).unwrap();
    let facts = workshop.good(&format!("inspect {KEY}"));
    assert_eq!(facts["contract"]["KEY_ID"], key.key_id.as_str());
    assert_eq!(
        (&made["transcript"], key.transcript),
        (&facts["contract"]["TRANSCRIPT"], format!("0x{}", word(0)))
    );
    let statement = facts["contract"]["STATEMENT_ID"].as_str().unwrap().trim_start_matches("0x");
    // STOP, the flag, the statement; then 24 words. Init code is ten bytes before that.
    assert!(plain(&key.code).starts_with(&format!("0001{statement}")));
    assert_eq!(key.code.len(), 34 + 24 * 32);
    assert_eq!(key.bytecode[10..], key.code);
    assert_eq!((&made["key_id"], &made["code_hash"]), (&key.key_id.into(), &key.code_hash.as_str().into()));
    assert!(!workshop.0.join("out/deployment.json").exists());

    let address = "4444444444444444444444444444444444444444";
    let message = workshop.refused(&format!("{export} --key-address 0x{address}"));
    assert!(message.contains("expected a new file for the source of a contract"), "{message}");
    assert!(!workshop.0.join("out/deployment.json").exists());
    workshop.good(&format!("{export} --key-address 0x{address} --force"));
    let deployment: Deployment = serde_json::from_str(&workshop.text("out/deployment.json")).unwrap();
    let arguments = plain(&deployment.constructor_arguments);
    let pinned = format!("{address:0>64}{}{}", key.code_hash.trim_start_matches("0x"), word(96));
    assert!(arguments.starts_with(&pinned), "{arguments}");
    let init_code = Artifact::keyed().init_code;
    assert_eq!(deployment.bytecode, [init_code, deployment.constructor_arguments].concat());
    assert!(workshop.refused(&format!("{export} --key-address 0x44")).contains("40 hexadecimal digits"));
    workshop.done();
}

#[test]
fn calldata_of_proofs() {
    let workshop = with_proofs("export-calldata");
    let (p, q) = (digits(&workshop, "p.json"), digits(&workshop, "q.json"));
    assert_eq!((p.0.len(), p.1.len()), (2 * PROOF, 64 * INPUTS));
    let one = encoded(SELECTORS[0], &p.0, &p.1);
    let shown = workshop.run("export calldata --proof p.json --quiet");
    assert_eq!(String::from_utf8(shown.stdout).unwrap(), format!("{one}\n"));
    let made = workshop.good("export calldata --proof p.json");
    assert_eq!(
        (&made["function"], &made["data"], &made["proofs"]),
        (&"verify(bytes,uint256[])".into(), &one.into(), &1.into())
    );
    assert_eq!((&made["statement"], &made["verified"]), (&"aggregate/v2/1x8x3".into(), &false.into()));

    let two = encoded(SELECTORS[1], &(p.0 + &q.0), &(p.1 + &q.1));
    let made = workshop.good(&format!("export calldata --proof p.json q.json --key {KEY} --out call.json"));
    assert_eq!((&made["function"], &made["proofs"]), (&"verifyBatch(bytes,uint256[])".into(), &2.into()));
    assert_eq!((&made["data"], &made["verified"]), (&two.as_str().into(), &true.into()));
    let call: Value = serde_json::from_str(&workshop.text("call.json")).unwrap();
    assert_eq!(call, serde_json::json!({ "to": null, "data": two }));

    let message = workshop.refused("export calldata --proof p.json --out call.json");
    assert!(message.contains("expected a new file for calldata"), "{message}");
    workshop.good("export calldata --proof p.json --out call.json --force");
    assert_ne!(workshop.text("call.json").len(), two.len());

    // Well formed, but the proof of other inputs: only --key finds that.
    workshop.put(
        "altered.json",
        workshop.text("q.json").replace(&digits(&workshop, "q.json").0, &digits(&workshop, "p.json").0),
    );
    workshop.good("export calldata --proof p.json altered.json");
    let message = workshop.refused(&format!("export calldata --proof p.json altered.json --key {KEY}"));
    assert!(message.starts_with("altered.json: the proof does not show this statement"), "{message}");
    let key_id = workshop.good("inspect p.json")["key_id"].as_str().unwrap().to_owned();
    let other = format!("INSECURE-0x{}", "5".repeat(64));
    workshop.put("other-key.json", workshop.text("q.json").replace(&key_id, &other));
    workshop.put("other-statement.json", workshop.text("q.json").replace("1x8", "2x8"));
    for (name, came) in [("other-key.json", other.as_str()), ("other-statement.json", "aggregate/v2/2x8x3")] {
        let message = workshop.refused(&format!("export calldata --proof p.json {name}"));
        assert!(
            message.starts_with(&format!("{name}: expected a proof of aggregate/v2/1x8x3 under")),
            "{message}"
        );
        assert!(message.contains(came), "{message}");
        let message = workshop.refused(&format!("export calldata --proof {name} --key {KEY}"));
        assert!(message.starts_with(&format!("{name}: ")), "{message}");
    }
    assert!(workshop.refused("export calldata").contains("--proof"));
    assert!(
        workshop.refused("export calldata --proof none.json").contains("none.json: expected to read a proof")
    );
    workshop.done();
}

#[test]
fn what_is_refused_is_not_written() {
    let workshop = with_key("export-refused");
    let solidity = "export solidity --out-dir out";
    for (line, wanted) in [
        (format!("{solidity} --key none.vk"), "none.vk: expected to read a verifying key"),
        (format!("{solidity} --key keys/aggregate-v2-1x8x3.INSECURE.pk"), "expected a verifying key"),
        (solidity.to_owned(), "required"),
        (format!("{solidity} --key {KEY} --statement aggregate/v2"), "cannot be used with"),
        (
            format!("{solidity} --statement aggregate/v9"),
            "one of aggregate/v2, reading/v2, track/v1, survey/v1, histogram/v1, private-sum/v1, got `aggregate/v9`",
        ),
        (format!("{solidity} --statement aggregate/v2/64x32x3"), "got `aggregate/v2/64x32x3`"),
        ("export keyed --out-dir out".to_owned(), "--key"),
        ("export standard-json --statement bogus".to_owned(), "got `bogus`"),
        ("export standard-json".to_owned(), "required"),
        (format!("export standard-json --keyed --key {KEY}"), "cannot be used with"),
    ] {
        let message = workshop.refused(&line);
        assert!(message.contains(wanted), "{line}: {message}");
    }
    assert!(!workshop.0.join("out").exists());

    // One file in the way, and none is written.
    fs::create_dir(workshop.0.join("out")).unwrap();
    workshop.put("out/deployment.json", "mine");
    let message = workshop.refused(&format!("{solidity} --key {KEY}"));
    assert!(message.contains("deployment.json: expected a new file for a deployment"), "{message}");
    assert_eq!(
        (workshop.text("out/deployment.json"), workshop.0.join("out/contracts").exists()),
        ("mine".into(), false)
    );
    workshop.good(&format!("{solidity} --key {KEY} --force"));
    assert!(workshop.text("out/deployment.json").contains("AggregateV2Groth16VerifierINSECURE"));
    workshop.put("file", "");
    let message = workshop.refused(&format!("export solidity --key {KEY} --out-dir file/out"));
    assert!(message.contains("expected a directory for the files"), "{message}");
    workshop.done();
}

#[test]
fn what_explorers_compile_is_what_deploys() {
    let workshop = with_key("export-standard-json");
    let made = workshop.good(&format!("export standard-json --key {KEY} --out of-key.json"));
    let name = "AggregateV2Groth16VerifierINSECURE";
    assert_eq!(made["contract"], format!("contracts/generated/{name}.sol:{name}"));
    let of_key: Value = serde_json::from_str(&workshop.text("of-key.json")).unwrap();
    assert_eq!(of_key, made["standard_json"]);
    assert_eq!(of_key["settings"]["evmVersion"], "cancun");
    // The sources are those that `export solidity` writes.
    workshop.good(&format!("export solidity --key {KEY} --out-dir out"));
    for (path, source) in of_key["sources"].as_object().unwrap() {
        assert_eq!(source["content"], workshop.text(&format!("out/{path}")));
    }
    let shown = workshop.run("export standard-json --keyed");
    let keyed: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(keyed["sources"].as_object().unwrap().len(), 8);
    let of_title = workshop.good("export standard-json --statement reading/v2");
    assert!(
        workshop.refused("export standard-json --keyed --out of-key.json").contains("a compiler's input")
    );

    let artifact = |title| Artifact::of(&StatementContract::named(title).unwrap()).unwrap().init_code;
    let contracts = [
        (&of_key, name, artifact("aggregate/v2")),
        (&of_title["standard_json"], "ReadingV2Groth16Verifier", artifact("reading/v2")),
        (&keyed, "KeyedGroth16Verifier", Artifact::keyed().init_code),
    ];
    for (input, name, wanted) in contracts {
        if let Some(code) = compiled(&workshop, input, name) {
            assert!(
                code == zksensor::model::hex::encode(&wanted),
                "{name} compiles to other code than is deployed"
            );
        }
    }
    workshop.done();
}

/// What the compiler makes of its input, if there is one.
fn compiled(workshop: &Workshop, input: &Value, name: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../solidity");
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    if !node || !folder.join("node_modules").is_dir() {
        let required = std::env::var("ZKSENSOR_REQUIRE")
            .is_ok_and(|value| value.split(',').any(|item| item.trim() == "node"));
        assert!(!required, "ZKSENSOR_REQUIRE asks for node: install it, and run `npm ci` in solidity/");
        let why = "there is no `node`, or no `npm ci` was run in solidity/";
        let skipped = format!("skipped: compiling {name} as exported: {why}\n");
        // Straight to standard error: libtest captures `eprintln!`.
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
        return None;
    }
    let file = format!("{name}.input.json");
    workshop.put(&file, input.to_string());
    let stdin = fs::File::open(workshop.0.join(file)).unwrap();
    let mut solc = Command::new(folder.join("tools/solc"));
    let output = solc.arg("--standard-json").stdin(stdin).output().unwrap();
    let output: Value = serde_json::from_slice(&output.stdout).unwrap();
    let file = output["contracts"].as_object().unwrap().values().find(|file| file[name].is_object()).unwrap();
    let code = &file[name]["evm"]["bytecode"]["object"];
    Some(format!("0x{}", code.as_str().unwrap_or_else(|| panic!("{name}: {}", output["errors"]))))
}
