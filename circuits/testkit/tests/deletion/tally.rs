//! Every row of every statement.

use std::io::Write;
use std::time::Instant;

use zksensor_circuits::statement::{Binding, Scope, Statement};
use zksensor_testkit::{Conformance, Deletions, Forger, Notice};

use super::kit::{Tested, TestedVisitor, each_tested};
use super::reasons::reason;
use super::{SHARED, signatures, vectors, worlds};

/// Rows of each statement that are deleted, at least.
const DELETIONS: usize = 1_000;
/// Claims of each statement at which hints are forged; all are looked at for rigidity.
const FORGED: usize = 1;

/// What came of one statement.
struct Outcome {
    seconds: f64,
    deleted: usize,
    counts: Vec<(Notice, usize)>,
    survivors: Vec<String>,
}

impl Outcome {
    fn new(name: &str, deletions: &Deletions<'_>, start: Instant) -> Self {
        let survivors: Vec<String> = deletions
            .survivors()
            .iter()
            .map(|survivor| {
                let place = format!("{name}: {} #{}", Scope::join(&survivor.path), survivor.nth);
                format!("{place}: {}", reason(name, survivor).unwrap_or("NO REASON"))
            })
            .collect();
        let outcome = Outcome {
            seconds: start.elapsed().as_secs_f64(),
            deleted: deletions.rows(),
            counts: Notice::ALL.map(|notice| (notice, deletions.count(notice))).to_vec(),
            survivors,
        };
        assert!(outcome.deleted >= DELETIONS, "{name}: {} rows", outcome.deleted);
        outcome
    }
}

fn look<'k, S: Statement>(
    kit: &'k Conformance<S>,
    claims: Vec<(S::Inputs, S::Witness)>,
    unrolled: &[(&'static str, usize)],
    elsewhere: &[&'static str],
    forged: usize,
) -> Deletions<'k> {
    let mut deletions = Deletions::unrolled(kit.circuit(), unrolled);
    deletions.leave(elsewhere);
    let forgers: Vec<Forger<'_, S>> =
        claims.iter().map(|(inputs, witness)| Forger::new(kit, inputs, witness)).collect();
    for forger in &forgers {
        deletions.by_rigidity(forger.honest());
    }
    for forger in &forgers[..forged.min(forgers.len())] {
        deletions.by_forgery(forger);
    }
    deletions
}

/// What came of every statement that is asked for.
struct Outcomes {
    wanted: fn(&str) -> bool,
    forged: usize,
    found: Vec<(String, Outcome)>,
}

impl TestedVisitor for Outcomes {
    fn visit<S: Tested>(&mut self) {
        let start = Instant::now();
        if !(self.wanted)(&S::small().id().name) {
            return;
        }
        let kit = Conformance::new(S::small());
        let claims = worlds::of::<S>().iter().map(|world| S::claim(world, Binding::NONE)).collect();
        let elsewhere = if self.forged == FORGED { S::ELSEWHERE } else { &[] };
        let mut deletions = look(&kit, claims, &kit.statement().unrolled(), elsewhere, self.forged);
        vectors::look_at(&kit, &mut deletions);
        if elsewhere.is_empty() {
            signatures::look_at(&kit, &mut deletions);
        }
        let name = kit.statement().id().name.into_owned();
        let outcome = Outcome::new(&name, &deletions, start);
        self.found.push((name, outcome));
    }
}

/// At least 99 of 100 rows are noticed, and what survives has a reason.
fn look_at(wanted: fn(&str) -> bool, forged: usize) {
    let mut outcomes = Outcomes { wanted, forged, found: Vec::new() };
    each_tested(&mut outcomes);
    assert!(!outcomes.found.is_empty());
    let mut out = std::io::stderr();
    let deleted: usize = outcomes.found.iter().map(|(_, outcome)| outcome.deleted).sum();
    let survivors: Vec<&String> = outcomes.found.iter().flat_map(|(_, outcome)| &outcome.survivors).collect();
    let noticed = deleted - survivors.len();
    let quoted: Vec<String> = survivors.iter().map(|survivor| format!("{survivor:?}")).collect();
    writeln!(
        out,
        r#"DELETION {{"deleted":{deleted},"noticed":{noticed},"survivors":[{}]}}"#,
        quoted.join(",")
    )
    .unwrap();
    for (name, outcome) in &outcomes.found {
        let Outcome { seconds, deleted, counts, .. } = outcome;
        writeln!(out, "deletion of {deleted} rows of {name} in {seconds:.0} s: {counts:?}").unwrap();
        let survivors = outcome.survivors.len();
        assert!(survivors * 100 <= outcome.deleted, "{name}: {survivors} survivors");
    }
    let unexplained: Vec<&&String> =
        survivors.iter().filter(|survivor| survivor.ends_with("NO REASON")).collect();
    assert!(unexplained.is_empty(), "rows that nobody misses, for no known reason: {unexplained:#?}");
}

#[test]
fn every_row_is_missed() {
    look_at(|name| SHARED.contains(&name), FORGED);
}

/// The other statements, where a circuit changed.
#[test]
#[ignore = "four minutes"]
fn every_row_of_the_larger_statements_is_missed() {
    look_at(|name| !SHARED.contains(&name), FORGED);
}

/// As above with hints forged at every claim.
#[test]
#[ignore = "ten minutes"]
fn every_row_is_missed_at_every_claim() {
    look_at(|_| true, usize::MAX);
}
