//! Source mutants: every assertion of the gadgets and statements is switched off, one at a time, and some test other than the
//! golden of costs has to fail.
//!
//! A mutant runs in a process of its own, as the kits of these tests are compiled once a process: this binary again, with
//! `ZKSENSOR_MUTANT` naming the assertion and a filter naming the tests. By hand, all tests can be run against one mutant so.
//! The tests that are likeliest to notice come first; a mutant that none of them notices is a finding.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use zksensor_circuits::mutants::{Assertion, VARIABLE, record};
use zksensor_circuits::statement::{Binding, Statement};
use zksensor_model::layout::PublicInputs;
use zksensor_model::rule::Scope;
use zksensor_r1cs::{Sequential, compile};
use zksensor_testkit::{Conformance, freedom_csv, rigidity};

use super::kit::{Tested, TestedVisitor, each_tested};

/// Tests that look at a mutant: what the statements refuse, what moves, and what hooks and hints can do.
const STATEMENT: [&[&str]; 7] = [
    &[
        "statements::aggregate_bad",
        "statements::aliases",
        "statements::histogram_bad",
        "statements::private_sum_bad",
        "statements::reading_bad",
        "statements::survey_bad",
        "statements::survey_own_bad",
        "statements::survey_totals_bad",
        "statements::track_bad",
    ],
    &["statements::mutants::no_wire_moves", "statements::mutants::nothing_is_freer"],
    &[
        "statements::forged::",
        "statements::aggregate_edge",
        "statements::histogram_edge",
        "statements::private_sum_edge",
        "statements::reading_edge",
        "statements::survey_edge",
        "statements::public_inputs",
    ],
    &["statements::signatures", "statements::fences", "statements::lies"],
    &["statements::wider"],
    &["statements::forged_bad::"],
    &["statements::shapes::every_chunk_agrees"],
];
/// Relations that look at a mutant of a gadget before all that, by the beginning of its file.
const GADGETS: [(&str, &[&[&str]]); 7] = [
    ("gadgets/eddsa", &[&["statements::relations::laws"], &["statements::relations::signature"]]),
    ("gadgets/compare", &[&["statements::relations::order"]]),
    ("gadgets/inverse", &[&["statements::relations::inverse"]]),
    ("gadgets/fence", &[&["statements::relations::triangle"]]),
    ("gadgets/membership", &[&["statements::relations::words"], &["statements::relations::trees"]]),
    ("gadgets/unpack", &[&["statements::relations::words"]]),
    ("gadgets.rs", &[&["statements::relations::words"]]),
];
/// Bad vectors that are the likeliest to notice a mutant of a statement, by the beginning of its file: one statement's take a fifth of
/// the time of all.
const OWN: [(&str, &[&str]); 13] = [
    ("statement/aggregate", &["statements::aggregate_bad"]),
    ("statement/histogram", &["statements::histogram_bad"]),
    ("statement/private_sum", &["statements::private_sum_bad"]),
    ("statement/readings", &["statements::aggregate_bad"]),
    ("statement/many", &["statements::aggregate_bad"]),
    ("statement/many", SURVEY),
    ("statement/survey", SURVEY),
    ("statement/track", TRACK),
    ("statement/frame", TRACK),
    ("statement/frame", SURVEY),
    ("statement/enrolled", &["statements::reading_bad"]),
    ("statement/policy_vars", &["statements::reading_bad"]),
    ("statement/one", &["statements::reading_bad"]),
];
const TRACK: &[&str] = &[
    "statements::track_bad",
    "statements::steps_of_track",
    "statements::aliases_of_frames",
    "statements::loans_of_frames",
    "statements::lies",
];
const SURVEY: &[&str] = &[
    "statements::survey_bad",
    "statements::survey_own_bad",
    "statements::survey_totals_bad",
    "statements::extremes_of_survey",
    "statements::aliases_of_frames",
    "statements::loans_of_frames",
    "statements::lies",
];
/// An assertion that others imply, and why.
struct Implied {
    file: &'static str,
    /// The call, as its source begins: no other in the file begins so.
    call: &'static str,
    /// Where: what two statements have in common may be implied in one of them alone.
    of: fn(&Assertion) -> bool,
    /// How often it is there: statements that have it in common, each once.
    times: usize,
    reason: &'static str,
}

fn anywhere(_: &Assertion) -> bool {
    true
}

fn in_survey(site: &Assertion) -> bool {
    site.scopes.first().is_some_and(|scope| *scope == Scope::Part("device"))
}

fn in_track(site: &Assertion) -> bool {
    !in_survey(site)
}

/// They are not run: what an assertion leaves loose may be its own hint alone.
const IMPLIED: [Implied; 13] = [
    Implied {
        file: "statement/frame/sample.rs",
        call: "assert_product(&absent, counted.var()",
        of: anywhere,
        times: 2,
        reason: "what is counted is there: a sample that is not is the element 0, so that its accuracy is 0, and C8 refuses that of one \
                 that is counted",
    },
    Implied {
        file: "statement/frame/sample.rs",
        call: "assert_bool(&counted)",
        of: anywhere,
        times: 2,
        reason: "whether a sample is counted is a bit: C8 asks for an i with accuracy i = counted and (1 - counted) i = 0, so counted is 1, \
                 or i is 0 and so is counted",
    },
    Implied {
        file: "statement/frame.rs",
        call: "assert_range(&time, encoding::TIME_BITS)",
        of: in_track,
        times: 1,
        reason: "the times of a track have 48 bits: a counted sample is in a slot, less than 2^48 ms after the epoch's start, so that the \
                 low bits of one with 49 are before it; and the first and the last of the frame are within 2^32 ms of it",
    },
    Implied {
        file: "statement/frame/chain.rs",
        call: "assert_equal(first.present.var()",
        of: in_survey,
        times: 1,
        reason: "the first sample of a device is there: one is counted, as every policy wants one (S3), and none is behind one that \
                 is not; what the dummy signs has one",
    },
    Implied {
        file: "gadgets/eddsa/ladder.rs",
        call: "assert_nonzero(g, &run)",
        of: anywhere,
        times: 1,
        reason: "u(mP) != u(P) in the last steps: a ladder comes there through O only, where the step before has no solution \
                 (`eddsa/exceptions.rs::fifty_five_digests_are_refused_and_all_in_the_last_steps`)",
    },
    Implied {
        file: "statement/aggregate/totals.rs",
        call: "assert_range(&spread,",
        of: anywhere,
        times: 1,
        reason: "maximum - minimum has 40 bits: by C19 it is some y, and every y has",
    },
    Implied {
        file: "statement/survey/values.rs",
        call: "assert_range(&spread,",
        of: anywhere,
        times: 1,
        reason: "maximum - minimum has 40 bits: by C19 it is some y of the device, and every y has",
    },
    Implied {
        file: "statement/survey/values.rs",
        call: "assert_range(&twice, VALUE_BITS + 1)",
        of: anywhere,
        times: 1,
        reason: "twice the largest step has 41 bits: the step is a part of a lane, of 40",
    },
    Implied {
        file: "statement/track/steps.rs",
        call: "assert_range(&root[0], LENGTH_BITS)",
        of: anywhere,
        times: 1,
        reason: "m has 27 bits: T3 asks for 27 of m - jitter or of jitter - 1 - m, so that m is an integer, 2^20 (2 m + 1) is not below 0, \
                 so that it is not either, and m^2 is what the step's square allows",
    },
    Implied {
        file: "statement/policy_vars.rs",
        call: "witness_part(g, \"low\",",
        of: anywhere,
        times: 1,
        reason: "low + 2^40 has 41 bits: it is high less a span of 40 bits, and so an integer of which the lane, that it is on top \
                 of, has one",
    },
    Implied {
        file: "statement/policy_vars.rs",
        call: "witness_part(g, \"high\",",
        of: anywhere,
        times: 1,
        reason: "high + 2^40 has 41 bits: it is low and a span of 40 bits, and 2^41 more, which low could lend, are no such span",
    },
    Implied {
        file: "statement/policy_vars.rs",
        call: "assert_range(&start,",
        of: anywhere,
        times: 1,
        reason: "the epoch's first millisecond has 48 bits: it is not beyond the last, which has",
    },
    Implied {
        file: "statement/policy_vars.rs",
        call: "assert_range(&last,",
        of: anywhere,
        times: 1,
        reason: "the epoch's last millisecond has 48 bits: the first has, and an epoch is shorter than 2^40 ms, so that of one \
                 that ends beyond 2^48 the low bits of the last are below the first, and C6 admits no time",
    },
];
/// Set to anything, each mutant is told as it ends.
const VERBOSE: &str = "ZKSENSOR_MUTANTS_VERBOSE";
/// The number of the first mutant, to go on where a run was ended.
const FROM: &str = "ZKSENSOR_MUTANTS_FROM";
/// Beginnings of files with a comma between: the mutants of these alone.
const OF: &str = "ZKSENSOR_MUTANTS_OF";
/// Fewest mutants that there are.
const LEAST: usize = 90;

/// Every assertion that the statements come by, but for those that others imply.
fn sites() -> Vec<Assertion> {
    struct Compile;
    impl TestedVisitor for Compile {
        fn visit<S: Tested>(&mut self) {
            for statement in S::branches() {
                compile(&statement).unwrap();
            }
        }
    }
    let sites = record(|| each_tested(&mut Compile));
    let ours = |site: &Assertion| site.file.starts_with("gadgets") || site.file.starts_with("statement");
    let mut kept: Vec<Assertion> = sites.into_iter().filter(ours).collect();
    for Implied { file, call, of, times, .. } in IMPLIED {
        let before = kept.len();
        kept.retain(|site| !(site.file == file && source_of(site).starts_with(call) && of(site)));
        assert_eq!(before - kept.len(), times, "a reason is for one assertion: {file}, {call}");
    }
    kept
}

/// The source from the call on that an assertion stands for.
fn source_of(site: &Assertion) -> String {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../src").join(site.file);
    let source = std::fs::read_to_string(file).unwrap();
    let (line, column) = (site.line as usize, site.column as usize);
    source.lines().nth(line - 1).unwrap().chars().skip(column - 1).collect()
}

/// The stages in the order in which they look at a mutant.
fn stages(site: &Assertion) -> Vec<&'static [&'static str]> {
    let relations = GADGETS.iter().filter(|(file, _)| site.file.starts_with(file));
    let own = OWN.iter().filter(|(file, _)| site.file.starts_with(file)).map(|(_, filters)| filters);
    relations.flat_map(|(_, stages)| stages.iter()).chain(own).chain(&STATEMENT).copied().collect()
}

/// Whether a test of this binary fails with the assertion off.
fn notices(site: &Assertion, filters: &[&str]) -> bool {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(filters)
        .args(["--test-threads", "1"])
        .env(VARIABLE, site.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    !status.success()
}

/// The first stage that notices a mutant.
fn killer(site: &Assertion) -> Option<&'static [&'static str]> {
    stages(site).into_iter().find(|filters| notices(site, filters))
}

/// Without a mutant, every stage passes: a test that fails anyway notices nothing.
#[test]
#[ignore = "as long as all the tests that it runs"]
fn the_stages_pass_without_a_mutant() {
    let nothing = Assertion { file: "none", line: 0, column: 0, operation: "none", scopes: vec![] };
    let relations = GADGETS.iter().flat_map(|(_, stages)| stages.iter());
    for filters in STATEMENT.iter().chain(relations).chain(OWN.iter().map(|(_, filters)| filters)) {
        assert!(!notices(&nothing, filters), "{filters:?}");
    }
}

fn kill(sites: &[Assertion]) -> BTreeMap<String, usize> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new((BTreeMap::new(), Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(site) = sites.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let start = Instant::now();
                    let killer = killer(site);
                    if std::env::var_os(VERBOSE).is_some() {
                        eprintln!("{site}: {killer:?} in {:?}", start.elapsed());
                    }
                    let mut found = found.lock().unwrap();
                    match killer {
                        Some(filters) => *found.0.entry(filters.join(" ")).or_default() += 1,
                        None => found.1.push(site.to_string()),
                    }
                }
            });
        }
    });
    let (killers, survivors): (BTreeMap<String, usize>, Vec<String>) = found.into_inner().unwrap();
    let quoted: Vec<String> = survivors.iter().map(|survivor| format!("{survivor:?}")).collect();
    // Not `eprintln`, which the harness keeps to itself when a test passes.
    let mut out = std::io::stderr();
    writeln!(
        out,
        r#"MUTANTS {{"mutants":{},"killed":{},"survivors":[{}]}}"#,
        sites.len(),
        sites.len() - survivors.len(),
        quoted.join(",")
    )
    .unwrap();
    for Implied { file, reason, .. } in IMPLIED {
        writeln!(out, "implied by others, in {file}: {reason}").unwrap();
    }
    assert!(survivors.is_empty(), "assertions that nobody misses: {survivors:#?}");
    killers
}

/// A gadget that no relation is about is noticed by the statements alone, which may not care about all that it promises.
#[test]
fn every_gadget_is_held_to_a_relation() {
    let gadgets = sites().into_iter().filter(|site| site.file.starts_with("gadgets"));
    let none: Vec<_> =
        gadgets.filter(|site| !GADGETS.iter().any(|(file, _)| site.file.starts_with(file))).collect();
    assert!(none.is_empty(), "assertions of gadgets without a relation: {none:#?}");
}

/// All of them.
#[test]
#[ignore = "an hour"]
fn every_assertion_is_missed() {
    let from = std::env::var(FROM).ok().and_then(|from| from.parse().ok()).unwrap_or(0);
    let of = std::env::var(OF).unwrap_or_default();
    let of = |site: &Assertion| of.split(',').any(|file| site.file.starts_with(file));
    let sites = sites();
    assert!(sites.len() >= LEAST, "{} assertions", sites.len());
    let sites: Vec<Assertion> = sites.into_iter().filter(of).collect();
    let killers = kill(&sites[from..]);
    let mut out = std::io::stderr();
    writeln!(out, "mutants were noticed by {killers:?}").unwrap();
}

/// The detector for links: the prover has as much choice as the golden file says.
#[test]
fn nothing_is_freer() {
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../goldens/freedom.csv");
    assert_eq!(freedom_csv(), std::fs::read_to_string(golden).unwrap());
}

/// The detector for wires: at a claim of every statement with slots unused, all published, nothing moves.
#[test]
fn no_wire_moves() {
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            let mut world = S::unused();
            look(S::kit(), S::claim(world.values(&[7, 8, 5, 9, 1, 3]), Binding::NONE));
        }
    }
    each_tested(&mut Look);
}

fn look<S: Statement>(kit: &Conformance<S>, (inputs, witness): (S::Inputs, S::Witness)) {
    let words = inputs.to_words().unwrap();
    let assignment = kit.circuit().assign(kit.statement(), &words, &witness, &Sequential, None).unwrap();
    let found = rigidity(kit.circuit(), &assignment);
    assert_eq!((found.nullity, &found.unbound), (0, &vec![]), "{:?}", found.loose);
}
