//! A script of `node/` that runs for long and answers one line of JSON with another.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// Where the scripts are.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/node")
}

/// Whether there is Node, with the packages; if not, that is said.
pub(super) fn installed() -> bool {
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let installed = node && folder().join("node_modules").is_dir();
    if !installed {
        let why = "there is no `node`, or no `npm ci` was run in tests/oracles/node";
        super::skip("node", "circomlibjs, zk-kit and snarkjs as oracles", why);
    }
    installed
}

/// A process. It ends when this is dropped.
pub(super) struct Node {
    name: &'static str,
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Node {
    pub(super) fn start(name: &'static str) -> Node {
        let mut command = Command::new("node");
        command.arg(name).current_dir(folder()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (requests, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Node { name, child, requests, answers: BufReader::new(answers) }
    }

    /// The name of the script.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// The answer to a request.
    pub(super) fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer)
            .unwrap_or_else(|error| panic!("{} answers {answer:?} to {}: {error}", self.name, request["op"]))
    }

    /// The verdicts on cases, in their order.
    pub(super) fn verify(&mut self, request: &Value) -> Vec<bool> {
        let verdicts: Vec<bool> = serde_json::from_value(self.ask(request)).unwrap();
        assert_eq!(Some(verdicts.len()), request["cases"].as_array().map(Vec::len), "{}", self.name);
        verdicts
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
