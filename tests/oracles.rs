//! Programs that nobody here wrote, asked whether they agree: circomlibjs, @zk-kit/eddsa-poseidon and snarkjs (Node, see
//! `oracles/node`), the crate `geo`, and exact integer geometry written for these tests alone.
//!
//! Needs Node with `npm ci` run in `tests/oracles/node`, and real outlines; what is not there is skipped, loudly, and fails
//! where `ZKSENSOR_REQUIRE` names `node` or `data`. The last line that it writes counts the comparisons.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

#[path = "oracles/ceremony.rs"]
mod ceremony;
#[path = "oracles/ceremony_attacks.rs"]
mod ceremony_attacks;
#[path = "oracles/ceremony_forgeries.rs"]
mod ceremony_forgeries;
#[path = "oracles/ceremony_parts.rs"]
mod ceremony_parts;
#[path = "oracles/fences.rs"]
mod fences;
#[path = "oracles/geometry.rs"]
mod geometry;
#[path = "oracles/groth16.rs"]
mod groth16;
#[path = "oracles/node.rs"]
mod node;
#[path = "oracles/outlines.rs"]
mod outlines;
#[path = "oracles/poseidon.rs"]
mod poseidon;
#[path = "oracles/signatures.rs"]
mod signatures;
#[path = "oracles/vectors.rs"]
mod vectors;

use std::io::Write;
use std::panic::resume_unwind;
use std::thread::{self, ScopedJoinHandle};

use node::Node;

/// Whether `ZKSENSOR_REQUIRE` asks for `what`; if it does not, says on standard error that `skipped` is not tested.
fn skip(what: &str, skipped: &str, why: &str) {
    let required = std::env::var("ZKSENSOR_REQUIRE")
        .is_ok_and(|wanted| wanted.split(',').any(|item| item.trim() == what));
    assert!(!required, "ZKSENSOR_REQUIRE asks for {what}: {why}");
    // Straight to standard error: libtest captures `eprintln!`.
    std::io::stderr().write_all(format!("skipped: {skipped}: {why}\n").as_bytes()).unwrap();
}

/// Comparisons with each oracle. A disagreement fails where it is found, with both opinions, so that none is left here.
#[test]
fn everybody_agrees() {
    let node = node::installed();
    let asked = |script: &'static str, compare: fn(&mut Node) -> usize| {
        move || if node { compare(&mut Node::start(script)) } else { 0 }
    };
    let (circomlibjs, zk_kit, snarkjs, ceremony, geo_points) = thread::scope(|scope| {
        let circomlibjs = scope.spawn(asked("circomlibjs.mjs", |oracle| {
            signatures::compare(oracle) + poseidon::compare(oracle)
        }));
        let published = scope.spawn(asked("vectors.mjs", vectors::compare));
        let zk_kit = scope.spawn(asked("zk_kit.mjs", signatures::compare));
        let snarkjs = scope.spawn(asked("snarkjs.mjs", groth16::compare));
        let ceremony = scope.spawn(asked("snarkjs.mjs", ceremony::compare));
        let outlines = outlines::all();
        let points = geometry::compare(&outlines);
        fences::compare(&outlines);
        (joined(circomlibjs) + joined(published), joined(zk_kit), joined(snarkjs), joined(ceremony), points)
    });
    // Not `println`, which the harness keeps to itself when a test passes.
    writeln!(
        std::io::stdout(),
        r#"ORACLES {{"circomlibjs":{circomlibjs},"zk_kit":{zk_kit},"snarkjs":{snarkjs},"ceremony":{ceremony},"geo_points":{geo_points},"disagreements":0}}"#
    )
    .unwrap();
}

/// What a thread found; its panic is ours.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}
