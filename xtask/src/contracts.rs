//! The generated contracts, and what the compiler makes of all of them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use alloy_primitives::hex;
use serde_json::Value;
use zksensor_solidity::feed::StateContract;
use zksensor_solidity::{
    ABIS, Artifact, COMPILER, GENERATED, KEY_WORDS, Sources, StatementContract, standard_json,
};

use crate::file::Generated;
use crate::policy_contract;

/// What the headers of checked-in sources say made them.
pub(crate) const COMMAND: &str = "cargo run --release -p xtask -- update";
/// The compiler, from the npm package that `npm ci` installs.
const SOLC: &str = "solidity/tools/solc";
/// Where artifacts lie. They are compiled into whatever deploys them, this program among it.
pub(crate) const ARTIFACTS: &str = "solidity/artifacts/";
const MODULES: &str = "solidity/node_modules";
/// The standard JSON of all contracts that hold state; their sources of other packages are read from it where npm's are not installed.
const STATE: &str = "solidity/artifacts/state.standard.json";
/// The interfaces that contracts import, which are compiled with them.
const INTERFACES: [(&str, &str); 6] = [
    ("contracts/core/IStatementVerifier.sol", "IStatementVerifier"),
    ("contracts/feed/AggregatorV3Interface.sol", "AggregatorV3Interface"),
    ("contracts/feed/IAggregateFeed.sol", "IAggregateFeed"),
    ("contracts/feed/IBeacon.sol", "IBeacon"),
    ("contracts/feed/IPrivateFeed.sol", "IPrivateFeed"),
    ("contracts/feed/ISurveyFeed.sol", "ISurveyFeed"),
];

/// The Foundry tests that every statement has.
const TESTS: &str = include_str!("../../solidity/templates/Statement.t.sol");
/// The contract through which they use a library.
const USER: &str = include_str!("../../solidity/templates/User.sol");

/// The libraries, verifiers and Foundry tests of the statements, and the artifacts of all contracts.
pub(crate) fn all(root: &Path) -> Result<Vec<Generated>, String> {
    let failed = |error| format!("a contract does not render: {error}");
    let keyed = Sources::keyed();
    let mut sources = vec![keyed, Sources::halo2()];
    let mut files = Vec::new();
    for contract in StatementContract::all() {
        let of = Sources::statement(&contract, COMMAND, false).map_err(failed)?;
        let made = of.files().filter(|(path, _)| path.starts_with(GENERATED));
        files.extend(made.map(|(path, text)| Generated::new(format!("solidity/{path}"), text)));
        sources.push(of);
        let library = contract.library();
        for (template, kind) in [(TESTS, ".t"), (USER, "User")] {
            let path = format!("solidity/test/generated/{library}{kind}.sol");
            files.push(Generated::new(path, tests(template, &contract)));
        }
    }
    files.extend(policy_contract::all(COMMAND)?);
    let compiler = node(root)?;
    for of in &sources {
        let input = format!("{:#}\n", standard_json(of));
        files.extend(artifacts(root, std::slice::from_ref(of), &[], &input, compiler)?);
        files.push(Generated::new(format!("{ARTIFACTS}{}.standard.json", of.contract()), input));
    }
    files.extend(state(root, compiler)?);
    Ok(files)
}

/// The contracts that hold state: compiled at once.
fn state(root: &Path, compiler: bool) -> Result<Vec<Generated>, String> {
    let failed = |error| format!("a contract does not render: {error}");
    let known: Value = fs::read(root.join(STATE))
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default();
    let vendored = |path: &str| {
        let checked_in = || known["sources"][path]["content"].as_str().map(str::to_owned);
        fs::read_to_string(root.join(MODULES).join(path)).ok().or_else(checked_in)
    };
    let sources: Vec<Sources> = StateContract::ALL
        .into_iter()
        .map(|contract| Sources::state(contract, COMMAND, &vendored).map_err(failed))
        .collect::<Result<_, _>>()?;
    let input = format!("{:#}\n", standard_json(&sources[0]));
    let mut files = artifacts(root, &sources, &INTERFACES, &input, compiler)?;
    files.push(Generated::new(STATE, input));
    Ok(files)
}

/// What contracts of the same sources are compiled to, by one call of the compiler; and what can be called of them, and of
/// `interfaces`.
fn artifacts(
    root: &Path,
    sources: &[Sources],
    interfaces: &[(&str, &str)],
    input: &str,
    compiler: bool,
) -> Result<Vec<Generated>, String> {
    let output = if compiler { Some(compile(root, sources[0].contract(), input)?) } else { None };
    let artifact = |of: &Sources| {
        let path = format!("{ARTIFACTS}{}.json", of.contract());
        let text = match &output {
            Some(output) => artifact(of, output)?,
            None => checked_in(root, of, &path)?,
        };
        Ok(Generated::new(path, text))
    };
    let contracts = sources.iter().map(|of| (of.path(), of.contract()));
    let abis = contracts.chain(interfaces.iter().copied()).map(|(path, name)| {
        let file = format!("solidity/{ABIS}{name}.json");
        let text = match &output {
            Some(output) => abi(path, name, output)?,
            // As the code's sources are compared, these are those of the same run of the compiler.
            None => fs::read_to_string(root.join(&file))
                .map_err(|error| format!("cannot read {file}: {error}"))?,
        };
        Ok(Generated::new(file, text))
    });
    sources.iter().map(artifact).chain(abis).collect()
}

/// What can be called of a contract, as the compiler says it.
fn abi(path: &str, name: &str, output: &Value) -> Result<String, String> {
    let abi = &output["contracts"][path][name]["abi"];
    if abi.as_array().is_none_or(Vec::is_empty) {
        return Err(format!("{name} is not compiled: the compiler returned no interface of it"));
    }
    Ok(format!("{abi:#}\n"))
}

/// A template of the Foundry tests, for a statement.
fn tests(template: &str, contract: &StatementContract) -> String {
    let words = KEY_WORDS + 2 * contract.public_inputs();
    template
        .replace("{{ title }}", &contract.title())
        .replace("{{ command }}", COMMAND)
        .replace("{{ library }}", &contract.library())
        .replace("{{ words }}", &words.to_string())
}

/// Whether the compiler can be run. Without it, artifacts are only compared with their sources, and that is said.
fn node(root: &Path) -> Result<bool, String> {
    let why = if !root.join(MODULES).is_dir() {
        "run `npm ci` in solidity/"
    } else if Command::new("node").arg("--version").stdout(Stdio::null()).status().is_err() {
        "there is no `node` on the PATH"
    } else {
        return Ok(true);
    };
    if env::var("ZKSENSOR_REQUIRE").is_ok_and(|wanted| wanted.split(',').any(|item| item.trim() == "node")) {
        return Err(format!("the contracts cannot be compiled: {why}"));
    }
    eprintln!("skipped: compiling the contracts anew: {why}");
    Ok(false)
}

fn compile(root: &Path, contract: &str, input: &str) -> Result<Value, String> {
    let failed = |reason: &str| format!("{contract} does not compile: {reason}");
    let mut solc = Command::new(root.join(SOLC))
        .arg("--standard-json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&format!("{SOLC}: {error}")))?;
    let mut pipe = solc.stdin.take().ok_or_else(|| failed("no standard input"))?;
    let input = input.to_owned();
    let writer = thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = solc.wait_with_output().map_err(|error| failed(&error.to_string()))?;
    writer
        .join()
        .map_err(|_| failed("the writing thread ended early"))?
        .map_err(|error| failed(&error.to_string()))?;
    let output: Value = serde_json::from_slice(&output.stdout).map_err(|error| failed(&error.to_string()))?;
    if let Some(errors) = output["errors"].as_array().filter(|errors| !errors.is_empty()) {
        let messages = errors.iter().filter_map(|error| error["formattedMessage"].as_str());
        return Err(failed(&messages.collect::<Vec<_>>().join("\n")));
    }
    Ok(output)
}

fn artifact(sources: &Sources, output: &Value) -> Result<String, String> {
    let failed = |reason: &str| format!("{} is not compiled: {reason}", sources.contract());
    let evm = &output["contracts"][sources.path()][sources.contract()]["evm"];
    let code = |which: &str| {
        let text = evm[which]["object"].as_str().unwrap_or_default();
        let bytes = hex::decode(text).ok().filter(|bytes| !bytes.is_empty());
        bytes.ok_or_else(|| failed(&format!("the compiler returned no {which}")))
    };
    let immutables = immutables(&evm["deployedBytecode"]["immutableReferences"])
        .ok_or_else(|| failed("the compiler returned no immutables"))?;
    let artifact = Artifact::new(sources, code("bytecode")?, code("deployedBytecode")?, immutables);
    let text = serde_json::to_string_pretty(&artifact).map_err(|error| failed(&error.to_string()))?;
    Ok(text + "\n")
}

/// Where each immutable goes. The compiler names them by numbers that grow from declaration to declaration.
fn immutables(references: &Value) -> Option<Vec<Vec<usize>>> {
    let mut immutables = Vec::new();
    for (id, places) in references.as_object()? {
        let mut starts = Vec::new();
        for place in places.as_array()? {
            if place["length"].as_u64()? != 32 {
                return None;
            }
            starts.push(usize::try_from(place["start"].as_u64()?).ok()?);
        }
        immutables.push((id.parse::<u64>().ok()?, starts));
    }
    immutables.sort();
    Some(immutables.into_iter().map(|(_, starts)| starts).collect())
}

/// The artifact as it is, if it is of these sources.
fn checked_in(root: &Path, sources: &Sources, path: &str) -> Result<String, String> {
    let text = fs::read_to_string(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))?;
    let artifact: Artifact =
        serde_json::from_str(&text).map_err(|error| format!("{path} is no artifact: {error}"))?;
    if artifact.is_of(sources) && artifact.compiler == COMPILER {
        return Ok(text);
    }
    Err(format!("{path} was compiled from other sources; run `npm ci` in solidity/ and `{COMMAND}`"))
}
