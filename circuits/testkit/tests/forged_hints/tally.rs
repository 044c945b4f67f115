//! Every hint of every statement.

use std::collections::BTreeSet;
use std::io::Write;

use zksensor_circuits::statement::{Binding, Statement};
use zksensor_testkit::{Conformance, Fleet, FleetOptions, Forged, Forger, Target};

use super::kit::{Tested, TestedVisitor, World, each_tested};

/// Hostile values that each hint is overridden by, at least.
const VALUES: usize = 10;
/// Overrides in all, at least.
const FORGERIES: usize = 5_000;

/// Forges every hint of a claim; nothing false may be accepted.
fn forge<S: Statement>(kit: &Conformance<S>, claim: &(S::Inputs, S::Witness)) -> Forged {
    let forger = Forger::new(kit, &claim.0, &claim.1);
    let forged = forger.forge_hints(false);
    assert_eq!(forged.hints, forger.hints().len());
    assert_sound(kit, forged)
}

/// As [`forge`] with the witness program run for every override, of the hints outside of blocks.
fn forge_all_the_way<S: Statement>(kit: &Conformance<S>, claim: &(S::Inputs, S::Witness)) -> Forged {
    let forger = Forger::new(kit, &claim.0, &claim.1);
    let forged = forger.forge_some(true, |target, _| target.instance.is_none());
    assert_eq!(forged.propagated, forged.forged());
    assert_sound(kit, forged)
}

fn assert_sound<S: Statement>(kit: &Conformance<S>, forged: Forged) -> Forged {
    assert!(forged.fewest >= VALUES, "{}: a hint with {} overrides", kit.statement().id(), forged.fewest);
    let broken: Vec<String> =
        forged.broken.iter().map(|(target, hostile)| format!("{target}: {:?}", hostile.family)).collect();
    assert!(broken.is_empty(), "{}: false claims accepted: {broken:?}", kit.statement().id());
    forged
}

/// Not `eprintln`, which the harness keeps to itself when a test passes.
fn report(forged: &Forged) {
    let accepted = forged.broken.len();
    let (hints, total) = (forged.hints, forged.forged());
    let mut out = std::io::stderr();
    writeln!(out, r#"FORGED {{"hints":{hints},"forged":{total},"accepted":{accepted}}}"#).unwrap();
    let same: BTreeSet<String> = forged.same.iter().map(Target::to_string).collect();
    writeln!(
        out,
        "forged hints: {} propagated, {} said the same in another way at {same:?}, {} other truths; {:?}",
        forged.propagated,
        forged.same.len(),
        forged.truths,
        forged.families
    )
    .unwrap();
}

/// Forges at the claim of every statement that leaves most unused.
#[derive(Default)]
struct Sparse(Forged);

impl TestedVisitor for Sparse {
    fn visit<S: Tested>(&mut self) {
        self.0.add(forge(&Conformance::new(S::small()), &S::claim(&S::sparse(), Binding::NONE)));
    }
}

#[test]
fn no_hint_can_be_forged() {
    let mut sparse = Sparse::default();
    each_tested(&mut sparse);
    assert!(sparse.0.forged() >= FORGERIES);
    report(&sparse.0);
}

/// Forges at claims of every statement that differ in value and channel, and all the way at the sparse one.
#[derive(Default)]
struct Many(Forged);

impl TestedVisitor for Many {
    fn visit<S: Tested>(&mut self) {
        let kit = Conformance::new(S::small());
        let count = S::room();
        for (seed, value) in (200..).zip([Fleet::LOW, -1, 0, 1, Fleet::HIGH]) {
            for channel in 0..S::CHANNELS {
                let mut world = World::new(count, FleetOptions { channel, seed, ..S::options() });
                world.values(&[value, 5]);
                self.0.add(forge(&kit, &S::claim(&world, Binding::NONE)));
            }
        }
        self.0.add(forge_all_the_way(&kit, &S::claim(&S::sparse(), Binding::NONE)));
    }
}

/// As above at many claims; and with the witness program run for every override of what is outside of blocks.
#[test]
#[ignore = "half an hour"]
fn no_hint_can_be_forged_at_many_claims() {
    let mut many = Many::default();
    each_tested(&mut many);
    report(&many.0);
}
