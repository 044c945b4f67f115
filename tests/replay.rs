//! Every seed and every input that once broke a decoder, through the targets of `fuzz/`; and that the seeds are what this
//! release writes. `UPDATE_GOLDEN=1` writes them.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use zksensor::import::FORMATS;

#[path = "fuzz/amplifiers.rs"]
mod amplifiers;
#[path = "fuzz/seeds.rs"]
mod seeds;
#[path = "fuzz/targets.rs"]
mod targets;

/// The most bytes of a seed.
const MAX_SEED: usize = 50_000;

/// Every target and every format of readings, in the order of their names.
fn names() -> Vec<&'static str> {
    let targets = targets::TARGETS.iter().map(|(name, _)| *name);
    let mut names: Vec<&str> = targets.chain(FORMATS.iter().map(|format| format.about().name)).collect();
    names.sort_unstable();
    names
}

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(target)
}

/// The files of a folder by name; none if there is no folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let file =
        |path: PathBuf| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap());
    entries.map(|entry| file(entry.unwrap().path())).collect()
}

#[test]
fn seeds_and_regressions_replay() {
    for target in names() {
        let run = |input: &[u8]| targets::run(target, input);
        run(b""); // builds what is built once
        let seeds = files(&folder("seeds", target));
        assert!(!seeds.is_empty(), "{target} has no seeds; run with UPDATE_GOLDEN=1");
        for (name, input) in seeds.iter().chain(&files(&folder("regressions", target))) {
            let replayed = std::panic::catch_unwind(|| run(input));
            assert!(replayed.is_ok(), "{target} fails on {name}, see above");
        }
    }
}

#[test]
fn every_target_is_a_program_of_fuzz() {
    let sources = files(&folder("fuzz_targets", ""));
    let names: Vec<&str> = sources.keys().map(|name| name.strip_suffix(".rs").unwrap()).collect();
    assert_eq!(names, self::names());
}

#[test]
fn seeds_are_what_this_release_writes() {
    let seeds = seeds::all();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let _ = fs::remove_dir_all(folder("seeds", ""));
        for (target, name, bytes) in &seeds {
            fs::create_dir_all(folder("seeds", target)).unwrap();
            fs::write(folder("seeds", target).join(name), bytes).unwrap();
        }
    }
    for target in names() {
        let wanted = seeds.iter().filter(|(other, ..)| *other == target);
        let wanted: BTreeMap<String, Vec<u8>> =
            wanted.map(|(_, name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
        assert!(wanted.values().all(|bytes| bytes.len() <= MAX_SEED), "a seed of {target} is large");
        let found = files(&folder("seeds", target));
        assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "seeds of {target}");
        for (name, bytes) in &wanted {
            assert!(found[name] == *bytes, "seed {name} of {target} differs; UPDATE_GOLDEN=1 writes it");
        }
    }
}

/// Large inputs made of what costs a decoder most for each byte.
#[test]
fn memory_is_bounded_on_what_amplifies_most() {
    let mut failed = Vec::new();
    for (target, name, input) in amplifiers::all() {
        targets::run(target, b""); // builds what is built once
        if std::panic::catch_unwind(|| targets::run(target, &input)).is_err() {
            failed.push(format!("{target}: {name}, {} bytes", input.len()));
        }
    }
    assert!(failed.is_empty(), "see above: {failed:#?}");
}
