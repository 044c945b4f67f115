//! Every hint of both statements.

use std::collections::BTreeSet;
use std::io::Write;

use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_model::policy::{Outputs, StatementFamily};
use zksensor_testkit::{Conformance, Fleet, FleetOptions, Forged, Forger, Target};

use super::kit::{TRIANGLES, World, reading};

/// Hostile values that each hint is overridden by, at least.
const VALUES: usize = 10;
/// Overrides in all, at least.
const FORGERIES: usize = 5_000;
/// Readings of the aggregate: one that counts and one that does not.
const CAPACITY: usize = 2;

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

fn kit() -> Conformance<Aggregate> {
    Conformance::new(Aggregate::new(CAPACITY, TRIANGLES).unwrap())
}

/// One reading in two slots, its extremes published.
fn half_full() -> World {
    let outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
    World::new(1, FleetOptions { k: 1, outputs, ..FleetOptions::default() })
}

#[test]
fn no_hint_can_be_forged() {
    let mut forged = forge(reading(), &World::reading().reading_claim());
    forged.add(forge(&kit(), &half_full().aggregate_claim()));
    assert!(forged.forged() >= FORGERIES);
    report(&forged);
}

/// As above at many claims; and with the witness program run for every override of `reading`, and of what `aggregate` has
/// outside of its blocks.
#[test]
#[ignore = "ten minutes"]
fn no_hint_can_be_forged_at_many_claims() {
    let mut forged = Forged::default();
    let options = FleetOptions { family: StatementFamily::Reading, k: 1, ..FleetOptions::default() };
    for (seed, value) in (200..).zip([Fleet::LOW, -1, 0, 1, Fleet::HIGH]) {
        for channel in 0..4 {
            let mut world = World::new(1, FleetOptions { channel, seed, ..options.clone() });
            forged.add(forge(reading(), &world.values(&[value]).reading_claim()));
        }
    }
    let kit = kit();
    for seed in 300..305 {
        let mut world = World::new(CAPACITY, FleetOptions { k: 1, seed, ..FleetOptions::default() });
        forged.add(forge(&kit, &world.values(&[7, 5]).aggregate_claim()));
    }
    forged.add(forge_all_the_way(reading(), &World::reading().reading_claim()));
    forged.add(forge_all_the_way(&kit, &half_full().aggregate_claim()));
    report(&forged);
}
