//! `histogram`: claims at the edge of a rule that hold.

use zksensor_circuits::statement::histogram::Histogram;
use zksensor_circuits::statement::{Binding, Claim, Statement};
use zksensor_model::histogram::{BINS, Counts, HistogramRules};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::histogram_bad::binned;
use super::kit::{CAPACITY, TRIANGLES, Tested, World, run};

fn good(name: &'static str, world: &World) {
    run(Histogram::kit(), name, Histogram::claim(world, Binding::NONE), None);
}

/// Every bin, by its least value and its greatest, a full proof and one reading.
#[test]
fn every_bin_at_both_ends() {
    let edges = (0..BINS as i64).flat_map(|bin| [10 * bin, if bin == 15 { 1_000 } else { 10 * bin + 9 }]);
    let edges: Vec<i64> = edges.collect();
    for values in edges.chunks(CAPACITY) {
        good("the ends of bins", &binned(values, 10));
    }
    for value in [0, 9, 10, 150, 1_000] {
        good("one reading", &binned(&[value], 10));
    }
    good("all in one bin", &binned(&[42; CAPACITY], 10));
}

/// The bins are those of the values, whatever the width: more bins than the range has, and a last one that has nearly all.
#[test]
fn widths() {
    let values = [0, 1, 14, 15, 16, 500, 999, 1_000];
    for width in [1, 2, 62, 63, 64, 66, 67, 1_000, 1_001, (1 << 40) - 1] {
        let world = binned(&values, width);
        let (inputs, _) = Histogram::claim(&world, Binding::NONE);
        let bins = world.fleet.policy.histogram_bins().unwrap();
        assert_eq!(Counts::of(bins, &values), Some(Counts::new(bins, inputs.bins())));
        assert_eq!(inputs.bins().iter().map(|count| u32::from(*count)).sum::<u32>(), inputs.count);
        good("a width", &world);
    }
}

#[test]
fn the_widest_ranges() {
    let limit = 1i64 << 40;
    for (low, high) in
        [(-limit, -1), (0, limit - 1), (-limit / 2, limit / 2 - 1), (-limit, -limit), (limit - 1, limit - 1)]
    {
        for width in [1, 1 << 36, (1 << 36) - 1, (1 << 40) - 1] {
            let mut world = binned(&[0; 3], width);
            world.policy(|parts| (parts.low, parts.high) = (low, high));
            let middle = low + (high - low) / 2;
            good("the widest ranges", world.values(&[low, middle, high]));
        }
    }
}

/// The registry as it is used: positions by the permutation of the enrolment counter, sorted.
#[test]
fn through_the_registry() {
    let fleet = Fleet::new(&FleetOptions::of::<Histogram>());
    for count in [CAPACITY, 5] {
        let witness = fleet.aggregate(count);
        let inputs = witness.histogram(Fleet::EPOCH, Binding::NONE);
        run(Histogram::kit(), "enrolled in a registry", (inputs, witness), None);
    }
}

#[test]
fn one_reading() {
    let alone = binned(&[1_000], 10);
    let kit = Conformance::new(Histogram::new(1, TRIANGLES, Fleet::LEVELS.into()).unwrap());
    run(&kit, "capacity 1", Histogram::claim(&alone, Binding::NONE), None);
    let (inputs, witness) = Histogram::claim(&binned(&[1, 2], 10), Binding::NONE);
    assert!(kit.statement().check(&inputs, &witness).is_err());
}

/// What the proof is bound to is no rule's business: the proof itself is what ties it.
#[test]
fn any_binding() {
    let binding = Binding::new(137, [1; 20], [2; 20], &Histogram::kit().statement().id());
    run(Histogram::kit(), "bound", Histogram::claim(&binned(&[1, 2, 3], 10), binding), None);
}

/// A policy of another width has another id, and what it publishes beside the bins is nothing.
#[test]
fn a_policy_has_a_width_and_no_outputs() {
    let world = binned(&[1, 2, 3], 10);
    let parts = *world.fleet.policy.parts();
    let mut other = binned(&[1, 2, 3], 10);
    other.policy(|parts| parts.parameters = HistogramRules::new(11).unwrap().parameters());
    assert_ne!(world.fleet.policy.id(), other.fleet.policy.id());
    assert!(!parts.family.has_outputs() && parts.outputs.flags() == 0);
}
