//! The sources of a contract, and the standard JSON that compiles them.

use serde_json::{Map, Value, json};

use crate::error::RenderError;
use crate::feed::StateContract;
use crate::model::StatementContract;
use crate::policy::policy_sources;

/// Where the contracts lie that are generated.
pub const GENERATED: &str = "contracts/generated/";
/// The contracts that are not generated.
const INTERFACE: (&str, &str) =
    ("contracts/core/IStatementVerifier.sol", include_str!("../contracts/core/IStatementVerifier.sol"));
const FIELD: (&str, &str) = ("contracts/core/Field.sol", include_str!("../contracts/core/Field.sol"));
const TEST_CHAINS: (&str, &str) =
    ("contracts/core/TestChains.sol", include_str!("../contracts/core/TestChains.sol"));
const GROTH16: (&str, &str) = ("contracts/core/Groth16.sol", include_str!("../contracts/core/Groth16.sol"));
const EXACT_CALLDATA: (&str, &str) =
    ("contracts/core/ExactCalldata.sol", include_str!("../contracts/core/ExactCalldata.sol"));
const KEY_CODE: (&str, &str) = ("contracts/core/KeyCode.sol", include_str!("../contracts/core/KeyCode.sol"));
const KEY_POINTS: (&str, &str) =
    ("contracts/core/KeyPoints.sol", include_str!("../contracts/core/KeyPoints.sol"));
macro_rules! halo2 {
    ($($name:literal)*) => {
        /// The verifier of halo2, which comes first, and its parts.
        const HALO2: &[(&str, &str)] = &[$((
            concat!("contracts/core/halo2/", $name, ".sol"),
            include_str!(concat!("../contracts/core/halo2/", $name, ".sol")),
        )),*];
    };
}
halo2! {
    "KeyedHalo2Verifier" "Halo2" "Halo2Layout" "Halo2Transcript" "Halo2Table" "Halo2Domain" "Halo2Opening" "G1Sum" "Scalar"
}
const KEYED: (&str, &str) =
    ("contracts/core/KeyedGroth16Verifier.sol", include_str!("../contracts/core/KeyedGroth16Verifier.sol"));

/// Name of the contract that verifies every statement.
pub const KEYED_VERIFIER: &str = "KeyedGroth16Verifier";
/// Name of the contract that verifies proofs of halo2, of every statement.
pub const HALO2_VERIFIER: &str = "KeyedHalo2Verifier";
/// The EVM that the contracts are compiled for: Polygon has no later one's instructions.
pub const EVM_VERSION: &str = "cancun";
/// How often a verifier is expected to run: often.
pub const OPTIMIZER_RUNS: u32 = 1_000_000;
/// As of a contract that holds state: what is saved of a call, which is dear by proof and storage, is less than what its code costs.
pub const STATE_OPTIMIZER_RUNS: u32 = 200;

/// What the contracts that hold state import of OpenZeppelin's, as the compiler is told of it: in the npm package `@openzeppelin/contracts`.
pub const VENDORED: [&str; 4] = [
    "@openzeppelin/contracts/access/Ownable.sol",
    "@openzeppelin/contracts/access/Ownable2Step.sol",
    "@openzeppelin/contracts/utils/Context.sol",
    "@openzeppelin/contracts/utils/introspection/IERC165.sol",
];

/// Of which version.
pub const OPENZEPPELIN: &str = "5.6.1";

macro_rules! owned_by_state {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../", $path)))),*]
    };
}
/// The contracts that hold state, and what they are made of.
pub(crate) const STATE: &[(&str, &str)] = owned_by_state![
    "contracts/feed/AggregateFeed.sol",
    "contracts/feed/AggregatePolicy.sol",
    "contracts/feed/AggregatorV3Interface.sol",
    "contracts/feed/BlockBeacon.sol",
    "contracts/feed/Guarded.sol",
    "contracts/feed/IAggregateFeed.sol",
    "contracts/feed/IBeacon.sol",
    "contracts/feed/IPrivateFeed.sol",
    "contracts/feed/ISurveyFeed.sol",
    "contracts/feed/MeanAdapter.sol",
    "contracts/feed/MockVerifier.sol",
    "contracts/feed/PrivateFeed.sol",
    "contracts/feed/PrivatePolicy.sol",
    "contracts/feed/ReadingGate.sol",
    "contracts/feed/SensorRegistry.sol",
    "contracts/feed/StatementFeed.sol",
    "contracts/feed/SurveyFeed.sol",
    "contracts/feed/SurveyPolicy.sol",
    "contracts/feed/VerifierRouter.sol",
    "contracts/examples/HeatCover.sol",
];

/// The sources of one contract and all that it imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    contract: String,
    path: String,
    runs: u32,
    files: Vec<(String, String)>,
}

impl Sources {
    /// The verifier of a statement; its library, which nothing imports, is among the files. `command` is what the headers say
    /// made them.
    ///
    /// # Errors
    /// As [`StatementContract::render_library`] and [`StatementContract::render_verifier`].
    pub fn statement(
        contract: &StatementContract,
        command: &str,
        insecure: bool,
    ) -> Result<Self, RenderError> {
        let verifier = contract.verifier(insecure);
        let files = vec![
            generated(&verifier, contract.render_verifier(command, insecure)?),
            generated(&contract.library(), contract.render_library(command)?),
            owned(GROTH16),
            owned(EXACT_CALLDATA),
            owned(FIELD),
            owned(INTERFACE),
            owned(KEY_CODE),
            owned(KEY_POINTS),
            owned(TEST_CHAINS),
        ];
        Ok(Sources::new(verifier, OPTIMIZER_RUNS, files))
    }

    /// The verifier of every statement.
    pub fn keyed() -> Self {
        let files = [KEYED, GROTH16, EXACT_CALLDATA, FIELD, INTERFACE, KEY_CODE, KEY_POINTS, TEST_CHAINS]
            .map(owned)
            .to_vec();
        Sources::new(KEYED_VERIFIER.to_owned(), OPTIMIZER_RUNS, files)
    }

    /// The verifier of halo2, for every statement.
    pub fn halo2() -> Self {
        let others = [EXACT_CALLDATA, KEY_CODE, KEY_POINTS, FIELD, INTERFACE, TEST_CHAINS];
        let files = HALO2.iter().copied().chain(others).map(owned).collect();
        Sources::new(HALO2_VERIFIER.to_owned(), OPTIMIZER_RUNS, files)
    }

    /// A contract that holds state. All of them are compiled together, so the standard JSON is the same for each. `vendored` has the
    /// text of each path of [`VENDORED`].
    ///
    /// # Errors
    /// [`RenderError::Vendored`] if a text is missing; as [`StatementContract::render_library`].
    pub fn state(
        contract: StateContract,
        command: &str,
        vendored: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, RenderError> {
        let mut files = state_files(command)?;
        for path in VENDORED {
            let text = vendored(path).ok_or(RenderError::Vendored { path })?;
            files.push((path.to_owned(), text));
        }
        let mut sources = Sources::new(contract.name().to_owned(), STATE_OPTIMIZER_RUNS, files);
        sources.path = contract.path();
        Ok(sources)
    }

    /// The contract is in the first file.
    fn new(contract: String, runs: u32, files: Vec<(String, String)>) -> Self {
        Sources { contract, path: files[0].0.clone(), runs, files }
    }

    /// Name of the contract.
    pub fn contract(&self) -> &str {
        &self.contract
    }

    /// The file that holds the contract.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Paths and texts.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// The compiler's input (Solidity documentation, "Compiler Input and Output JSON Description"), which explorers take to
/// show that a deployed contract has these sources.
pub fn standard_json(sources: &Sources) -> Value {
    let files = sources.files().map(|(path, text)| (path.to_owned(), json!({ "content": text })));
    json!({
        "language": "Solidity",
        "sources": files.collect::<Map<_, _>>(),
        "settings": {
            "optimizer": { "enabled": true, "runs": sources.runs },
            "viaIR": true,
            "evmVersion": EVM_VERSION,
            // Without metadata the code depends on the code alone, and not on comments or names.
            "metadata": { "bytecodeHash": "none", "appendCBOR": false },
            "outputSelection": { "*": { "*": [
                "abi",
                "evm.bytecode.object",
                "evm.deployedBytecode.object",
                "evm.deployedBytecode.immutableReferences",
            ] } },
        },
    })
}

/// Paths and texts of the contracts that hold state, and of what they import that is ours.
pub(crate) fn state_files(command: &str) -> Result<Vec<(String, String)>, RenderError> {
    let mut files: Vec<_> = STATE.iter().map(|file| owned(*file)).collect();
    files.extend([FIELD, INTERFACE, TEST_CHAINS].map(owned));
    for library in StatementContract::all() {
        files.push(generated(&library.library(), library.render_library(command)?));
    }
    files.extend(policy_sources(command)?.map(|(name, text)| generated(name, text)));
    Ok(files)
}

fn generated(name: &str, text: String) -> (String, String) {
    (format!("{GENERATED}{name}.sol"), text)
}

fn owned((path, text): (&str, &str)) -> (String, String) {
    (path.to_owned(), text.to_owned())
}
