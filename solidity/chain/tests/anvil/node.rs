//! A chain on this machine: anvil, as chain 80002.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::CHAIN;

/// anvil's accounts of its usual words have these keys; the first two.
pub(crate) const KEYS: [&str; 2] = [
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
];
pub(crate) const ACCOUNTS: [&str; 2] =
    ["0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"];
/// 14:00 of the day of the town's first epoch, which begins at 16:00.
pub(crate) const START_S: u64 = 1_779_372_000;

/// A node that ends with its value, and a folder beside it.
pub(crate) struct Anvil {
    child: Child,
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
}

impl Anvil {
    /// Starts one, whose blocks are final once `behind` twice came after them; `None`, loudly, where anvil is not installed.
    pub(crate) fn start(name: &str, behind: u32) -> Option<Anvil> {
        Anvil::start_as(name, behind, CHAIN)
    }

    /// The same of another chain.
    pub(crate) fn start_as(name: &str, behind: u32, chain: u64) -> Option<Anvil> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Some(binary) = binary() else {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|wanted| wanted.contains("node"));
            assert!(
                !required,
                "ZKSENSOR_REQUIRE asks for node, but there is no anvil: run `npm ci` in solidity/"
            );
            // Past the capture of the harness, so that nobody takes it for a test that ran.
            let mut stderr = std::io::stderr().lock();
            let _ = writeln!(stderr, "skipped: {name}: there is no anvil: run `npm ci` in solidity/");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("zksensor-chain-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let log = folder.join("anvil.log");
        let child = Command::new(binary)
            .args([
                "--chain-id",
                &chain.to_string(),
                "--hardfork",
                "cancun",
                "--port",
                "0",
                "--block-time",
                "1",
                "--mixed-mining",
            ])
            .args(["--timestamp", &START_S.to_string(), "--slots-in-an-epoch", &behind.to_string()])
            .stdin(Stdio::null())
            .stdout(File::create(&log).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut anvil = Anvil { child, url: String::new(), folder };
        let start = Instant::now();
        while anvil.url.is_empty() {
            assert!(start.elapsed() < Duration::from_secs(60), "anvil did not start");
            sleep(Duration::from_millis(50));
            let said = fs::read_to_string(&log).unwrap();
            if let Some(line) = said.lines().find_map(|line| line.strip_prefix("Listening on ")) {
                anvil.url = format!("http://{line}");
            }
        }
        Some(anvil)
    }

    /// What it answers to a method, be it an error.
    pub(crate) fn try_ask(&self, method: &str, params: Value) -> Value {
        post(&self.url, &json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
    }

    /// What it answers to a method; an error ends the test.
    pub(crate) fn ask(&self, method: &str, params: Value) -> Value {
        let answer = self.try_ask(method, params);
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].clone()
    }

    /// Sends from an account that anvil signs for, and requires success.
    pub(crate) fn send(&self, from: &str, to: &str, data: &[u8]) {
        self.pay(from, to, data, 0);
    }

    /// The same with an amount of wei.
    pub(crate) fn pay(&self, from: &str, to: &str, data: &[u8], value: u128) {
        let (data, value) = (zksensor::model::hex::encode(data), format!("{value:#x}"));
        let call = json!({ "from": from, "to": to, "data": data, "value": value, "gas": "0x989680" });
        let hash = self.ask("eth_sendTransaction", json!([call]));
        let start = Instant::now();
        loop {
            let receipt = self.ask("eth_getTransactionReceipt", json!([hash]));
            if !receipt.is_null() {
                assert_eq!(receipt["status"], "0x1", "{receipt}");
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "{hash} is not included");
            sleep(Duration::from_millis(50));
        }
    }

    /// Lets time go on to so many minutes after an hour of the day.
    pub(crate) fn at(&self, hour: u64, minute: u64) {
        let time = START_S + 3600 * (hour - 14) + 60 * minute;
        self.ask("evm_setNextBlockTimestamp", json!([time]));
        self.ask("evm_mine", json!([]));
    }

    /// Makes blocks by themselves, or not.
    pub(crate) fn mine(&self, on: bool) {
        self.ask("evm_setAutomine", json!([on]));
        self.ask("anvil_setIntervalMining", json!([u8::from(on)]));
    }

    /// Makes some blocks, so that none of what came before is in those that a test takes back.
    pub(crate) fn settle(&self) {
        self.ask("anvil_mine", json!(["0x5"]));
    }

    /// Takes back the last blocks; what was in them is not included any more.
    pub(crate) fn reorganise(&self, depth: u64) {
        self.ask("anvil_reorg", json!([depth, []]));
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn binary() -> Option<PathBuf> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/@foundry-rs");
    let of_packages = fs::read_dir(packages).ok().into_iter().flatten().flatten();
    let found = of_packages.map(|package| package.path().join("bin/anvil")).find(|path| path.is_file());
    let on_path = || {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .map(|folder| folder.join("anvil"))
            .find(|path| path.is_file())
    };
    found.or_else(on_path)
}

/// A question by HTTP in its plainest form.
fn post(url: &str, question: &Value) -> Value {
    let host = url.strip_prefix("http://").unwrap();
    let body = question.to_string();
    let mut stream = TcpStream::connect(host).unwrap();
    let head =
        format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nconnection: close\r\n");
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
}
