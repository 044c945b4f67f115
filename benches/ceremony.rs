//! The steps of a ceremony of `reading`, by this project and by snarkjs, from the same powers of tau and rows: the first key, a contribution,
//! and the verification of all of it.
//!
//! snarkjs runs in one process of Node for all of them, so that its start is not counted. Where there is no Node, or `npm ci` was not run in
//! `tests/oracles/node`, that is said and it is not measured.
//!
//! `cargo bench --bench ceremony -- contribute` measures what matches.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "a bench that fails should stop")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use zksensor::circuits::statement::reading::SingleReading;
use zksensor::r1cs::{self, Circuit};
use zksensor_ceremony::{Initial, Ptau, Zkey, rows_of, toy_ptau, write_r1cs};

/// The files of a ceremony, in a folder that goes at the end.
struct Files {
    folder: PathBuf,
    circuit: Circuit,
}

impl Files {
    /// Rows, powers of tau, the first key and a contribution to it.
    fn new() -> Files {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ceremony-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = Files { folder, circuit: r1cs::compile(&SingleReading).unwrap() };
        write_r1cs(&files.circuit, files.create("rows.r1cs")).unwrap();
        let power = rows_of(&files.circuit).next_power_of_two().trailing_zeros();
        toy_ptau(power, &mut ChaCha20Rng::seed_from_u64(1), files.create("toy.ptau")).unwrap();
        files.first("0.zkey");
        files.contribute("0.zkey", "1.zkey");
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn create(&self, name: &str) -> BufWriter<File> {
        BufWriter::new(File::create(self.path(name)).unwrap())
    }

    fn open(&self, name: &str) -> BufReader<File> {
        BufReader::new(File::open(self.path(name)).unwrap())
    }

    fn initial(&self) -> Initial {
        let powers = Ptau::open(self.open("toy.ptau")).unwrap().powers(rows_of(&self.circuit)).unwrap();
        Initial::new(&self.circuit, powers).unwrap()
    }

    fn first(&self, to: &str) {
        self.initial().write(self.create(to)).unwrap();
    }

    fn contribute(&self, from: &str, to: &str) {
        let mut zkey = Zkey::open(self.open(from)).unwrap();
        zkey.contribute("bench", b"typed", self.create(to)).unwrap();
    }

    fn verify(&self, name: &str) {
        assert_eq!(Zkey::open(self.open(name)).unwrap().verify(&self.initial()).unwrap().secrets(), 1);
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// snarkjs, which answers a line of JSON with another.
struct Snarkjs {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Snarkjs {
    /// None where it is not installed.
    fn start() -> Option<Snarkjs> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/node");
        if !folder.join("node_modules/snarkjs").is_dir() {
            return None;
        }
        let mut node = Command::new("node");
        node.arg("snarkjs.mjs")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = node.spawn().ok()?;
        let (requests, answers) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Snarkjs { child, requests, answers })
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.requests, "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }
}

impl Drop for Snarkjs {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let files = Files::new();
    let mut snarkjs = Snarkjs::start();
    if snarkjs.is_none() {
        eprintln!(
            "skipped: snarkjs beside us: there is no `node`, or no `npm ci` was run in tests/oracles/node"
        );
    }
    let [rows, powers, first, last, next] =
        ["rows.r1cs", "toy.ptau", "0.zkey", "1.zkey", "next.zkey"].map(|name| files.path(name));
    let steps: [(&str, &dyn Fn(), Value); 3] = [
        (
            "first",
            &|| files.first("next.zkey"),
            json!({ "op": "first", "r1cs": rows, "ptau": powers, "zkey": next }),
        ),
        (
            "contribute",
            &|| files.contribute("0.zkey", "next.zkey"),
            json!({ "op": "contribute", "from": first, "to": next, "name": "bench" }),
        ),
        (
            "verify",
            &|| files.verify("1.zkey"),
            json!({ "op": "ceremony", "r1cs": rows, "ptau": powers, "zkey": last }),
        ),
    ];
    for (step, ours, theirs) in steps {
        let mut group = criterion.benchmark_group(format!("ceremony/{step}"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
        group.bench_function("zksensor", |b| b.iter(ours));
        if let Some(snarkjs) = &mut snarkjs {
            group.bench_function("snarkjs", |b| {
                b.iter(|| {
                    let answer = snarkjs.ask(&theirs);
                    assert!(answer == true || answer.is_string(), "snarkjs on {step}: {answer}");
                });
            });
        }
        group.finish();
    }
    criterion.final_summary();
}
