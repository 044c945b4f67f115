//! Whether snarkjs agrees with a ceremony, where it is: in a clone of this repository whose oracles are installed.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// What snarkjs is asked about.
pub(super) struct Question<'a> {
    pub(super) rows: &'a Path,
    pub(super) powers: &'a Path,
    pub(super) key: &'a Path,
    /// The verifying key and a proof with its public signals, in its JSON.
    pub(super) proof: [Value; 3],
}

/// Where the script and the packages are. Only `cargo run` says where this repository is: a command that somebody installed runs no
/// script of whatever folder it is in.
fn folder() -> Result<PathBuf, &'static str> {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let root = manifest.as_deref().and_then(Path::parent).ok_or("this is not `cargo run` in a clone")?;
    let folder = root.join("tests/oracles/node");
    if !folder.join("node_modules/snarkjs").is_dir() {
        return Err("`npm ci` was not run in tests/oracles/node");
    }
    Ok(folder)
}

/// Whether it holds the key for one of this ceremony, and the proof for one under it.
///
/// # Errors
/// Why nobody was asked.
pub(super) fn agrees(question: &Question<'_>) -> Result<bool, &'static str> {
    let folder = folder()?;
    let mut node = Command::new("node");
    node.arg("snarkjs.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = node.spawn().map_err(|_| "there is no `node`")?;
    let Question { rows, powers, key, proof: [verifying, proof, signals] } = question;
    let requests = [
        json!({ "op": "ceremony", "r1cs": rows, "ptau": powers, "zkey": key }),
        json!({ "op": "verify", "key": verifying, "cases": [{ "proof": proof, "publicSignals": signals }] }),
    ];
    let asked = child
        .stdin
        .take()
        .is_some_and(|mut stdin| requests.iter().all(|request| writeln!(stdin, "{request}").is_ok()));
    let answers = child.stdout.take().map(|stdout| BufReader::new(stdout).lines().map_while(Result::ok));
    let answers: Vec<Value> =
        answers.into_iter().flatten().filter_map(|line| serde_json::from_str(&line).ok()).collect();
    let ended = child.wait().is_ok_and(|status| status.success());
    match (asked && ended, &answers[..]) {
        (true, [ceremony, proofs]) => Ok(*ceremony == json!(true) && *proofs == json!([true])),
        _ => Err("`node` ended without an answer"),
    }
}
