//! What a contract developer installs: a package of npm, `@zksensor/contracts`, which is a library of Foundry as it lies.
//!
//! The published one has every contract; what is exported for a key has the verifier of that key in place of the others. Both have
//! the same paths, so a contract that imports one compiles with the other.

use std::collections::BTreeMap;

use alloy_primitives::hex;
use serde_json::{Value, json};

use crate::artifact::Artifact;
use crate::error::RenderError;
use crate::feed::StateContract;
use crate::model::StatementContract;
use crate::source::{OPENZEPPELIN, Sources, state_files};

/// Name of the package of npm.
pub const PACKAGE: &str = "@zksensor/contracts";
/// Where the interfaces of contracts lie, as JSON.
pub const ABIS: &str = "abi/";

/// An example that is compiled with whatever uses it.
const CONSUMER: &str = "contracts/examples/AggregateConsumer.sol";
/// What is in the package beside contracts.
const TEXTS: [(&str, &str); 5] = [
    ("README.md", include_str!("../package/README.md")),
    ("foundry.toml", include_str!("../package/foundry.toml")),
    ("remappings.npm.txt", include_str!("../package/remappings.npm.txt")),
    ("LICENSE-MIT", include_str!("../LICENSE-MIT")),
    ("LICENSE-APACHE", include_str!("../LICENSE-APACHE")),
];

macro_rules! abis {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../abi/", $name, ".json")))),*]
    };
}
/// Of what has no version of a statement in its name.
const NAMED: &[(&str, &str)] = abis![
    "AggregateFeed" "AggregatorV3Interface" "BlockBeacon" "HeatCover" "IAggregateFeed" "IBeacon" "IPrivateFeed" "IStatementVerifier"
    "ISurveyFeed" "KeyedGroth16Verifier" "KeyedHalo2Verifier" "MeanAdapter" "MockVerifier" "PrivateFeed" "ReadingGate" "SensorRegistry" "SurveyFeed" "VerifierRouter"
];
/// What contracts import that are deployed by somebody else.
const INTERFACES: [&str; 6] = [
    "AggregatorV3Interface",
    "IAggregateFeed",
    "IBeacon",
    "IPrivateFeed",
    "IStatementVerifier",
    "ISurveyFeed",
];
macro_rules! verifiers {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        /// Of the verifiers of the statements.
        const VERIFIERS: &[(&str, &str)] = &[$((
            concat!($title, "V", $version, "Groth16Verifier"),
            include_str!(concat!("../abi/", $title, "V", $version, "Groth16Verifier.json")),
        )),*];
    };
}
zksensor_model::statements!(verifiers);

/// The files of a package, by their paths in it.
///
/// ```
/// let package = zksensor_solidity::Package::published("the command").unwrap();
/// let manifest = package.files().find(|(path, _)| *path == "package.json").unwrap().1;
/// assert!(manifest.contains("\"@zksensor/contracts\""));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    files: BTreeMap<String, String>,
}

impl Package {
    /// The package that is published: every contract. `command` is what the headers of generated sources say made them.
    ///
    /// # Errors
    /// As [`Sources::statement`].
    pub fn published(command: &str) -> Result<Self, RenderError> {
        let mut package = Package::of_state(command, false)?;
        for contract in StatementContract::all() {
            package.add(&Sources::statement(&contract, command, false)?, &Artifact::of(&contract)?);
        }
        package.add(&Sources::keyed(), &Artifact::keyed());
        package.add(&Sources::halo2(), &Artifact::halo2());
        Ok(package)
    }

    /// The package for a key of one statement: its verifier, named as an insecure one or not, in place of all others, and what holds
    /// state. Its manifest is private, so that it is not published under the name of the other.
    ///
    /// # Errors
    /// As [`Package::published`].
    pub fn of_statement(
        contract: &StatementContract,
        insecure: bool,
        command: &str,
    ) -> Result<Self, RenderError> {
        let mut package = Package::of_state(command, true)?;
        package.add(&Sources::statement(contract, command, insecure)?, &Artifact::of(contract)?);
        Ok(package)
    }

    /// Paths and texts, in the order of the paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn of_state(command: &str, private: bool) -> Result<Self, RenderError> {
        let mut files: BTreeMap<String, String> = state_files(command)?.into_iter().collect();
        files.insert(
            CONSUMER.to_owned(),
            include_str!("../contracts/examples/AggregateConsumer.sol").to_owned(),
        );
        files.extend(TEXTS.map(|(path, text)| (path.to_owned(), text.to_owned())));
        files.insert("package.json".to_owned(), pretty(&manifest(private)));
        let mut package = Package { files };
        for name in INTERFACES {
            package.add_abi(name, abi(name));
        }
        for contract in StateContract::ALL {
            package.add_contract(contract.name(), &contract.path(), &contract.artifact());
        }
        Ok(package)
    }

    /// The sources of a verifier, and what it was compiled to.
    fn add(&mut self, sources: &Sources, artifact: &Artifact) {
        self.files.extend(sources.files().map(|(path, text)| (path.to_owned(), text.to_owned())));
        self.add_contract(sources.contract(), sources.path(), artifact);
    }

    /// The interface and the code of a contract, which may have another name than what was compiled.
    fn add_contract(&mut self, name: &str, path: &str, artifact: &Artifact) {
        let abi = abi(&artifact.contract);
        self.add_abi(name, abi);
        let abi: Value = serde_json::from_str(abi).expect("checked in as JSON, and compared in CI");
        let text = pretty(&json!({
            "_format": "hh-sol-artifact-1",
            "contractName": name,
            "sourceName": path,
            "abi": abi,
            "bytecode": hex::encode_prefixed(&artifact.init_code),
            "deployedBytecode": hex::encode_prefixed(&artifact.runtime_code),
            "linkReferences": {},
            "deployedLinkReferences": {},
        }));
        self.files.insert(format!("artifacts/{name}.json"), text);
    }

    fn add_abi(&mut self, name: &str, abi: &str) {
        self.files.insert(format!("{ABIS}{name}.json"), abi.to_owned());
    }
}

/// What is checked in for a contract or an interface.
fn abi(name: &str) -> &'static str {
    let mut all = NAMED.iter().chain(VERIFIERS);
    let found = all.find(|(of, _)| *of == name);
    found.map(|(_, abi)| *abi).expect("every contract and interface is in the lists above")
}

fn manifest(private: bool) -> Value {
    let mut manifest = json!({
        "name": PACKAGE,
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Verifiers of zero-knowledge proofs of sensor readings, and the registry and feeds that other contracts read",
        "license": env!("CARGO_PKG_LICENSE"),
        "repository": { "type": "git", "url": concat!("git+", env!("CARGO_PKG_REPOSITORY"), ".git") },
        "keywords": ["solidity", "zero-knowledge", "groth16", "oracle", "sensors", "depin"],
        "files": ["contracts", "abi", "artifacts", "foundry.toml", "remappings.npm.txt", "LICENSE-MIT", "LICENSE-APACHE"],
        "dependencies": { "@openzeppelin/contracts": format!("^{OPENZEPPELIN}") },
    });
    if private {
        manifest["private"] = true.into();
    } else {
        manifest["publishConfig"] = json!({ "access": "public" });
    }
    manifest
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAND: &str = "the test";

    fn texts(package: &Package) -> BTreeMap<&str, &str> {
        package.files().collect()
    }

    /// Where an import of `path` leads.
    fn resolved(path: &str, import: &str) -> String {
        let mut parts: Vec<&str> = path.split('/').collect();
        parts.pop();
        for part in import.split('/') {
            match part {
                "." => {}
                ".." => drop(parts.pop()),
                _ => parts.push(part),
            }
        }
        parts.join("/")
    }

    /// How many imports lead to files of the package; all others are of OpenZeppelin's.
    fn imports(files: &BTreeMap<&str, &str>) -> usize {
        let mut own = 0;
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".sol")) {
            for line in text.lines().filter(|line| line.starts_with("import ")) {
                let import = line.split('"').nth(1).unwrap();
                if import.starts_with('.') {
                    assert!(files.contains_key(&*resolved(path, import)), "{path}: {line}");
                    own += 1;
                } else {
                    assert!(crate::VENDORED.contains(&import), "{path}: {line}");
                }
            }
        }
        own
    }

    #[test]
    fn every_contract_comes_with_what_it_imports_its_interface_and_its_code() {
        let package = Package::published(COMMAND).unwrap();
        let files = texts(&package);
        assert!(imports(&files) > 60);
        let artifacts: Vec<&str> = files.keys().filter_map(|path| path.strip_prefix("artifacts/")).collect();
        assert_eq!(artifacts.len(), StateContract::ALL.len() + StatementContract::all().len() + 2);
        for name in &artifacts {
            let artifact: Value = serde_json::from_str(files[&*format!("artifacts/{name}")]).unwrap();
            let abi: Value = serde_json::from_str(files[&*format!("{ABIS}{name}")]).unwrap();
            assert_eq!(artifact["abi"], abi, "{name}");
            assert!(files.contains_key(artifact["sourceName"].as_str().unwrap()), "{name}");
            assert!(artifact["bytecode"].as_str().unwrap().len() > 1000, "{name}");
        }
        assert_eq!(
            files.keys().filter(|path| path.starts_with(ABIS)).count(),
            artifacts.len() + INTERFACES.len()
        );
        let manifest: Value = serde_json::from_str(files["package.json"]).unwrap();
        assert_eq!(
            (&manifest["private"], &manifest["version"]),
            (&Value::Null, &env!("CARGO_PKG_VERSION").into())
        );
    }

    #[test]
    fn a_key_brings_its_verifier_in_place_of_the_others() {
        let contract = StatementContract::named("survey/v1/64x32x3").unwrap();
        let package = Package::of_statement(&contract, true, COMMAND).unwrap();
        let files = texts(&package);
        assert!(imports(&files) > 30);
        let verifiers: Vec<_> =
            files.keys().filter(|path| path.contains("Groth16Verifier")).copied().collect();
        let name = "SurveyV1Groth16VerifierINSECURE";
        assert_eq!(
            verifiers,
            [
                format!("abi/{name}.json"),
                format!("artifacts/{name}.json"),
                format!("contracts/generated/{name}.sol")
            ]
        );
        let artifact: Value = serde_json::from_str(files[verifiers[1]]).unwrap();
        assert_eq!(
            (&artifact["contractName"], &artifact["sourceName"]),
            (&name.into(), &verifiers[2].into())
        );
        let manifest: Value = serde_json::from_str(files["package.json"]).unwrap();
        assert_eq!(manifest["private"], true);
    }

    /// The manifests that install what is compiled here name the same version of what is imported.
    #[test]
    fn openzeppelin_is_of_the_version_that_was_compiled() {
        let ours: Value = serde_json::from_str(include_str!("../package.json")).unwrap();
        assert_eq!(ours["dependencies"]["@openzeppelin/contracts"], OPENZEPPELIN);
    }

    /// What the text of the package says of compiler and settings is what was compiled with.
    #[test]
    fn the_readme_names_the_settings() {
        let readme = TEXTS[0].1;
        for fact in [
            format!("solc {}", crate::COMPILER),
            format!("`{}`", crate::EVM_VERSION),
            "1,000,000".to_owned(),
            crate::STATE_OPTIMIZER_RUNS.to_string(),
            format!("@openzeppelin/contracts` {OPENZEPPELIN}"),
        ] {
            assert!(readme.contains(&fact), "{fact}");
        }
        assert_eq!(crate::OPTIMIZER_RUNS, 1_000_000);
    }
}
