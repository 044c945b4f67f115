//! Replays `vectors/*.json` through the public API: a good case gives exactly what is written, a bad one an error.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

#[path = "vectors/frames.rs"]
mod frames;
#[path = "vectors/hashes.rs"]
mod hashes;
#[path = "vectors/signed.rs"]
mod signed;
#[path = "vectors/trees.rs"]
mod trees;
#[path = "vectors/typed.rs"]
mod typed;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One file.
struct Vectors {
    good: Vec<Value>,
    bad: Vec<Value>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

fn document(name: &str) -> Value {
    let path = folder().join(name).with_extension("json");
    serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()
}

fn vectors(name: &str) -> Vectors {
    let mut document = document(name);
    let mut cases = |kind: &str| match document[kind].take() {
        Value::Array(cases) if !cases.is_empty() => cases,
        _ => panic!("{name} has no {kind} cases"),
    };
    Vectors { good: cases("good"), bad: cases("bad") }
}

fn text<'v>(case: &'v Value, field: &str) -> &'v str {
    case[field].as_str().unwrap_or_else(|| panic!("`{field}` of {case} is text"))
}

/// No file without a replay.
#[test]
fn every_file_is_replayed() {
    let replayed: Vec<&str> = hashes::FILES
        .into_iter()
        .chain(["preimages", "device_keys", "signatures", "signed_readings", "signed_frames", "merkle_paths"])
        .collect();
    let mut found = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            assert!(replayed.contains(&path.file_stem().unwrap().to_str().unwrap()), "{}", path.display());
            found += 1;
        }
    }
    assert_eq!(found, replayed.len());
}
