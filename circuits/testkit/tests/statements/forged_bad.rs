//! Hints forged at every bad vector: no hint, and no pair of hints of one scope, makes a circuit take a claim that does not
//! hold.

use std::collections::BTreeSet;
use std::io::Write;

use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_testkit::{Conformance, ForgedBad, Forger, Target, Vector};

use super::bad::{Bad, BadVisitor, each_bad};
use super::kit::{collect, reading};

/// Rules of `reading` that have bad vectors.
const RULES: usize = 14;

/// How many values of a hint that make the same rows fail are joined with a second hint, where not all are.
const ALIKE: usize = 4;

/// Forges at every vector that a rule refuses; returns how many there are. What is accepted fails.
fn forge<S: Statement>(
    kit: &Conformance<S>,
    vectors: &[Vector<S>],
    alike: usize,
    total: &mut ForgedBad,
) -> usize {
    let bad: Vec<&Vector<S>> = vectors.iter().filter(|vector| vector.refused_by.is_some()).collect();
    let first = Forger::of_bad(kit, &bad[0].inputs, &bad[0].witness);
    let mut accepted = Vec::new();
    for vector in &bad {
        let forged = first.of_another(&vector.inputs, &vector.witness).forge_bad_alike(alike);
        for targets in &forged.accepted {
            let names: Vec<String> = targets.iter().map(Target::to_string).collect();
            accepted.push(format!("{}: {}", vector.name, names.join(", ")));
        }
        total.add(forged);
    }
    if !accepted.is_empty() {
        report(bad.len(), total);
        panic!("{}: false claims accepted: {accepted:#?}", kit.statement().id());
    }
    bad.len()
}

/// Not `eprintln`, which the harness keeps to itself when a test passes.
fn report(vectors: usize, total: &ForgedBad) {
    let ForgedBad { forged, propagated, accepted } = total;
    let mut out = std::io::stderr();
    writeln!(out, r#"FORGED_BAD {{"vectors":{vectors},"forged":{forged},"accepted":{}}}"#, accepted.len())
        .unwrap();
    writeln!(out, "forged at bad vectors: {propagated} propagated").unwrap();
}

/// One bad vector of every rule of `reading`.
#[test]
fn no_hint_makes_a_bad_vector_good() {
    let mut total = ForgedBad::default();
    let mut seen = BTreeSet::new();
    let mut bad = collect(SingleReading::BAD);
    bad.retain(|vector| seen.insert(vector.refused_by));
    let vectors = forge(reading(), &bad, ALIKE, &mut total);
    assert!(vectors >= RULES, "{vectors} bad vectors");
    assert!(total.forged > 0);
    report(vectors, &total);
}

/// Every bad vector of every statement.
#[test]
#[ignore = "ten minutes"]
fn no_hint_makes_any_bad_vector_good() {
    #[derive(Default)]
    struct All(ForgedBad, usize);
    impl BadVisitor for All {
        fn visit<S: Bad>(&mut self) {
            self.1 += forge(S::kit(), &collect(S::BAD), usize::MAX, &mut self.0);
        }
    }
    let mut all = All::default();
    each_bad(&mut all);
    report(all.1, &all.0);
}
