//! Sources, artifacts and settings belong together.

use zksensor_model::layout::{Field, Layout, Width};
use zksensor_solidity::feed::StateContract;
use zksensor_solidity::{
    Artifact, COMPILER, EVM_VERSION, GENERATED, HALO2_VERIFIER, KEYED_VERIFIER, OPTIMIZER_RUNS, RenderError,
    STATE_OPTIMIZER_RUNS, Sources, StatementContract, VENDORED, standard_json,
};

/// What the headers of checked-in sources say made them.
const COMMAND: &str = "cargo run --release -p xtask -- update";

#[test]
fn artifacts_are_those_of_the_sources() {
    let keyed = Sources::keyed();
    assert_eq!(keyed.contract(), KEYED_VERIFIER);
    assert!(Artifact::keyed().is_of(&keyed));
    let halo2 = Sources::halo2();
    assert_eq!(halo2.contract(), HALO2_VERIFIER);
    assert!(Artifact::halo2().is_of(&halo2) && !Artifact::halo2().is_of(&keyed));
    assert_eq!(Artifact::halo2().compiler, COMPILER);
    for contract in StatementContract::all() {
        let sources = Sources::statement(&contract, COMMAND, false).unwrap();
        let artifact = Artifact::of(&contract).unwrap();
        assert!(artifact.is_of(&sources), "{}", contract.title());
        assert!(!artifact.is_of(&keyed));
        assert_eq!(artifact.compiler, COMPILER);
    }
}

#[test]
fn artifacts_of_contracts_that_hold_state_are_those_of_the_sources() {
    let known: serde_json::Value =
        serde_json::from_str(include_str!("../../artifacts/state.standard.json")).unwrap();
    let vendored = |path: &str| known["sources"][path]["content"].as_str().map(str::to_owned);
    for contract in StateContract::ALL {
        let sources = Sources::state(contract, COMMAND, &vendored).unwrap();
        assert_eq!(standard_json(&sources), known, "state.standard.json");
        let artifact = contract.artifact();
        assert!(artifact.is_of(&sources), "{}", contract.name());
        assert_eq!((artifact.contract.as_str(), artifact.compiler.as_str()), (contract.name(), COMPILER));
        assert!(sources.files().any(|(path, _)| path == sources.path()));
        // They deploy on Ethereum, too, which takes no more.
        assert!(artifact.runtime_code.len() < 24_576, "{}", contract.name());
    }
    let missing = Sources::state(StateContract::SensorRegistry, COMMAND, &|_| None);
    assert_eq!(
        missing.unwrap_err().to_string(),
        format!("there is no text of {}; run `npm ci` in solidity/", VENDORED[0])
    );
}

#[test]
fn a_contract_for_an_insecure_key_says_so() {
    for contract in StatementContract::all() {
        let sources = Sources::statement(&contract, "a command", true).unwrap();
        assert!(sources.contract().ends_with("INSECURE"));
        let (path, text) = sources.files().next().unwrap();
        assert_eq!(path, format!("{GENERATED}{}.sol", sources.contract()));
        assert!(text.contains(&format!("contract {} is IStatementVerifier", sources.contract())));
        assert!(text.contains("INSECURE: one machine made the key") && text.contains("`a command`"));
        let secure = contract.render_verifier("a command", false).unwrap();
        assert!(!secure.contains("one machine made the key that"));
    }
}

#[test]
fn the_standard_json_holds_every_file_that_is_imported() {
    let statements = StatementContract::all().into_iter();
    let statements = statements.map(|contract| Sources::statement(&contract, COMMAND, false).unwrap());
    for sources in statements.chain([Sources::keyed(), Sources::halo2()]) {
        let json = standard_json(&sources);
        for (path, text) in sources.files() {
            assert_eq!(json["sources"][path]["content"], text);
            for import in text.lines().filter(|line| line.starts_with("import ")) {
                let (_, import) = import.trim_end_matches("\";").split_once("from \"").unwrap();
                let mut imported: Vec<&str> = path.split('/').collect();
                imported.pop();
                for part in import.split('/').filter(|part| *part != ".") {
                    match part {
                        ".." => drop(imported.pop()),
                        part => imported.push(part),
                    }
                }
                let imported = imported.join("/");
                assert!(json["sources"][&imported].is_object(), "{path} imports {imported}");
            }
        }
        assert_eq!(json["settings"]["evmVersion"], EVM_VERSION);
    }
}

#[test]
fn foundry_compiles_with_the_settings_of_the_artifacts() {
    let text = include_str!("../../foundry.toml").replace("_000", "000");
    let has = |line: &str| assert!(text.lines().any(|of| of.trim() == line), "foundry.toml lacks `{line}`");
    has(&format!("evm_version = \"{EVM_VERSION}\""));
    has(&format!("optimizer_runs = {OPTIMIZER_RUNS}"));
    has("via_ir = true");
    has("optimizer = true");
    has(&format!("{{ paths = \"contracts/feed/**\", optimizer_runs = {STATE_OPTIMIZER_RUNS} }},"));
    has("bytecode_hash = \"none\"");
    has("cbor_metadata = false");
    let package: serde_json::Value = serde_json::from_str(include_str!("../../package.json")).unwrap();
    assert_eq!(package["devDependencies"]["solc"], COMPILER);
}

#[test]
fn a_layout_that_solidity_cannot_hold_is_refused() {
    use zksensor_solidity::StatementContract as Contract;
    const NARROW: &[Field] =
        &[Field { name: "wide", width: Width::Bits(40), offset: None, solidity: "uint32" }];
    const UNSIGNED: &[Field] =
        &[Field { name: "sum", width: Width::Bits(62), offset: Some(61), solidity: "uint64" }];
    const ODD: &[Field] = &[Field { name: "odd", width: Width::Bits(7), offset: None, solidity: "uint7" }];
    for fields in [NARROW, UNSIGNED, ODD] {
        let contract = Contract::with_layout("odd", 1, Layout::new(fields));
        let refused = contract.render_library("a command");
        assert!(matches!(refused, Err(RenderError::FieldType { .. })), "{fields:?}");
    }
    assert!(Contract::named("odd/v1").is_err() && Contract::named("").is_err());
    assert_eq!(Contract::named("reading/v2").unwrap().verifier(false), "ReadingV2Groth16Verifier");
}
