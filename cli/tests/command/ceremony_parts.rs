//! `ceremony new` that was ended goes on where it was: the key is the same, and nothing is taken that does not hold.

use std::fs;
use std::ops::Range;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use sha3::{Digest, Keccak256};

use crate::snapshots::Snapshots;
use crate::workshop::Workshop;

const NEW: &str = "ceremony new --statement reading --ptau toy.ptau --out 0.zkey";
const PARTS: &str = "0.zkey.part";
/// `zksensor parts`, a byte, and of what they are parts.
const HEADER: usize = 15 + 32;

#[test]
fn a_run_that_was_ended_goes_on() {
    let workshop = Workshop::new("ceremony-parts");
    workshop.good("ceremony toy --power 14 --insecure --out toy.ptau");
    let all = ended_with_all_parts(&workshop);
    others_are_not_taken(&workshop);
    another_works(&workshop);
    workshop.put(PARTS, &all);
    let said = goes_on(&workshop, 4);
    assert!(!said.contains("made again"), "{said}");
    workshop.put(PARTS, hostile(&all));
    let said = goes_on(&workshop, 1);
    for part in ["joined-0", "a-0"] {
        assert!(said.contains(&format!("the part {part} is damaged, or not of this statement")), "{said}");
    }
    workshop.done();
}

/// Runs it to its end, with as many parts of before. What it says on standard error.
fn goes_on(workshop: &Workshop, resumed: usize) -> String {
    let output = workshop.run(&format!("{NEW} --json"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&value["parts"], &value["parts_resumed"]), (&4.into(), &resumed.into()), "{said}");
    assert!(workshop.get("0.zkey") == workshop.get("wanted.zkey"), "another key");
    assert!(!workshop.0.join(PARTS).exists(), "parts are left");
    fs::remove_file(workshop.0.join("0.zkey")).unwrap();
    said
}

/// A file of somebody, and parts of other work: refused before any work, and left as they are.
fn others_are_not_taken(workshop: &Workshop) {
    workshop.put(PARTS, "what somebody noted");
    assert!(workshop.refused(NEW).contains("expected parts of the first key of a ceremony, got"));
    assert!(workshop.refused(&format!("{NEW} --force")).contains("got"));
    assert_eq!(workshop.text(PARTS), "what somebody noted");
    let others = [&b"zksensor parts\x01"[..], &[7; 32]].concat();
    workshop.put(PARTS, &others);
    assert_eq!(workshop.run(NEW).status.code(), Some(3));
    assert!(workshop.refused(NEW).contains("got those of another statement, of other powers of tau"));
    assert!(workshop.get(PARTS) == others && !workshop.0.join("0.zkey").exists());
    fs::remove_file(workshop.0.join(PARTS)).unwrap();
}

/// A run that is ended before its file of parts has its head, within that, and within the key when all parts are there. The parts; the key
/// is `wanted.zkey`.
fn ended_with_all_parts(workshop: &Workshop) -> Vec<u8> {
    let watched = Snapshots::of(workshop, workshop.watched(&format!("{NEW} --json")));
    let made: Value = serde_json::from_slice(&watched.output.stdout).unwrap();
    assert_eq!((&made["parts"], &made["parts_resumed"]), (&4.into(), &0.into()));
    assert!(!workshop.0.join(PARTS).exists());
    fs::rename(workshop.0.join("0.zkey"), workshop.0.join("wanted.zkey")).unwrap();
    let parts = |step| fs::read(watched.at(step).join(PARTS)).ok();
    let sizes: Vec<Option<usize>> =
        (1..=watched.steps).map(|step| parts(step).map(|parts| parts.len())).collect();
    // Half of the head was written.
    assert!(
        sizes.contains(&Some(0)) && sizes.iter().flatten().any(|size| *size > 0 && *size < HEADER),
        "{sizes:?}"
    );
    let mut last = (1..=watched.steps).filter(|step| !watched.at(*step).join("0.zkey").exists());
    let all = parts(last.next_back().unwrap()).unwrap();
    assert_eq!(found(&all).len(), 4);
    all
}

/// While one works, another is refused.
fn another_works(workshop: &Workshop) {
    let mut first = workshop.command(NEW).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while fs::metadata(workshop.0.join(PARTS)).map_or(0, |parts| parts.len()) < HEADER as u64 {
        assert!(start.elapsed() < Duration::from_secs(300));
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = workshop.refused(NEW);
    assert!(said.contains("that nobody else is changing, but ") && said.contains("holds the file"), "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(!workshop.0.join("0.zkey").exists());
}

/// The name and the bytes of each part.
fn found(file: &[u8]) -> Vec<(String, Range<usize>)> {
    let (mut found, mut at) = (Vec::new(), HEADER);
    while at < file.len() {
        let name = at + 1..at + 1 + usize::from(file[at]);
        let size = u64::from_le_bytes(file[name.end..name.end + 8].try_into().unwrap());
        let bytes = name.end + 8..name.end + 8 + usize::try_from(size).unwrap();
        at = bytes.end + 32;
        found.push((String::from_utf8(file[name].to_vec()).unwrap(), bytes));
    }
    assert_eq!(at, file.len());
    found
}

/// With a bit of one part altered; two points of another in each other's place, and the digest of that; and the last cut off.
fn hostile(all: &[u8]) -> Vec<u8> {
    let mut file = all.to_vec();
    let parts = found(all);
    let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["joined-0", "a-0", "b-g1-0", "b-g2-0"]);
    let [(_, joined), (name, a), _, (_, last)] = <[_; 4]>::try_from(parts).unwrap();
    file[joined.start + 1000] ^= 4;
    let points: Vec<&[u8]> = all[a.clone()].chunks(64).collect();
    let mut swapped = points.clone();
    let other = points.iter().position(|point| *point != points[0]).unwrap();
    swapped.swap(0, other);
    file[a.clone()].copy_from_slice(&swapped.concat());
    let digest = Keccak256::new_with_prefix(&file[15..HEADER])
        .chain_update(&file[a.start - 8 - name.len() - 1..a.end])
        .finalize();
    file[a.end..a.end + 32].copy_from_slice(&digest);
    file.truncate(last.end);
    file
}
