//! `histogram`: a bad vector of every rule, and bins that no honest prover says.

use ark_ff::Field as _;
use zksensor_circuits::statement::histogram::{Histogram, HistogramInputs};
use zksensor_circuits::statement::readings::ReadingsWitness;
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_circuits::trace::Site;
use zksensor_model::claim::histogram::OF_BINS;
use zksensor_model::field::{self, Fr};
use zksensor_model::histogram::{BINS, HistogramRules, MOST_WIDTH};
use zksensor_model::policy::PolicyId;
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_testkit::{ClaimOf, Fleet, FleetOptions};

use super::bad::Bad;
use super::kit::{Tested, World, forged, run};
use super::one_each_bad::{Common, OneEach, tests_of};

impl OneEach for Histogram {
    fn common(inputs: &mut HistogramInputs) -> Common<'_> {
        let HistogramInputs { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        Common { registry_root, policy_id, epoch, chunk_bits, chunk, count }
    }

    fn readings(witness: &mut ReadingsWitness) -> &mut ReadingsWitness {
        witness
    }

    fn of_readings(readings: ReadingsWitness) -> ClaimOf<Self> {
        (readings.histogram(Fleet::EPOCH, Binding::NONE), readings)
    }

    fn say_of_values(inputs: &mut HistogramInputs, others: &HistogramInputs) {
        *inputs = inputs.with_bins(others.bins());
    }
}

/// The tests here whose vectors need no hook.
impl Bad for Histogram {
    #[rustfmt::skip]
    const BAD: &'static [fn()] = &[
        bad_c1, bad_c1_a_fence_larger_than_the_circuit, bad_c1_another_width, bad_c2, bad_c3, bad_c4, bad_c5, bad_c6,
        bad_c7, bad_c8, bad_c9, bad_c10, bad_c11, bad_c12, bad_c13, bad_c14, bad_c15, bad_h1,
    ];
}

tests_of! {
    Histogram: bad_c1 bad_c1_a_fence_larger_than_the_circuit bad_c2 bad_c2_too_many_readings bad_c2_gaps
    bad_c2_activity_is_boolean bad_c3 bad_c4 bad_c5 bad_c6 bad_c7 bad_c8 bad_c9 bad_c10 bad_c11 bad_c12 bad_c13
    bad_c14 bad_c15
}

/// Width of a bin in most vectors here: bins of ten from 0 on, and the last one up to 1000.
const WIDTH: u64 = 10;
const HIGH: i64 = 1_000;

/// Devices with these values under a policy with bins of this width.
pub(super) fn binned(values: &[i64], width: u64) -> World {
    let mut world = World::new(values.len(), FleetOptions { k: 1, ..FleetOptions::of::<Histogram>() });
    let parameters = HistogramRules::new(width).unwrap().parameters();
    world.policy(|parts| (parts.low, parts.high, parts.parameters) = (0, HIGH, parameters));
    world.values(values);
    world
}

fn claim(world: &World) -> ClaimOf<Histogram> {
    Histogram::claim(world, Binding::NONE)
}

/// Bins with so many readings.
fn bins(of: &[(usize, u16)]) -> [u16; BINS] {
    let mut bins = [0; BINS];
    for (bin, count) in of {
        bins[*bin] += count;
    }
    bins
}

/// A key of bins is none of a policy of others: the same values, another width in the claim's policy than in the witness.
#[test]
fn bad_c1_another_width() {
    let world = binned(&[5, 15, 25], WIDTH);
    for width in [WIDTH - 1, WIDTH + 1, 1, MOST_WIDTH] {
        let (mut inputs, _) = claim(&binned(&[5, 15, 25], width));
        let (others, witness) = claim(&world);
        inputs.registry_root = others.registry_root;
        run(Histogram::kit(), "the policy of other bins", (inputs, witness), Rule::POLICY);
    }
}

/// The claim of whoever says that the parameters of a policy are these, with an id to match.
fn with_parameters(parameters: Fr, world: &World) -> (ClaimOf<Histogram>, impl Fn(&Site<'_>, &mut [Fr])) {
    let (mut inputs, witness) = claim(world);
    let mut lanes = world.fleet.policy.lanes();
    lanes[4] = parameters;
    inputs.policy_id = PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes));
    let says = move |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "parameters" {
            values[0] = parameters;
        }
    };
    ((inputs, witness), says)
}

/// No policy has a width of 0, or one of more than 40 bits, but an id can be of one.
#[test]
fn no_width_is_0_or_wraps() {
    let world = binned(&[5, 15, 995], WIDTH);
    let ((inputs, witness), says) = with_parameters(Fr::from(WIDTH), &world);
    assert!(forged(Histogram::kit(), (&inputs, &witness), says).accepted("the width that it is"));
    for width in
        [Fr::from(0u64), field::power_of_two(40), -Fr::from(WIDTH), Fr::from(2u64).inverse().unwrap()]
    {
        let ((inputs, witness), says) = with_parameters(width, &world);
        for bins in [bins(&[(15, 3)]), bins(&[(0, 3)]), inputs.bins()] {
            let inputs = inputs.with_bins(bins);
            let verdict = forged(Histogram::kit(), (&inputs, &witness), &says);
            verdict.assert_refused_by(Rule::POLICY, "no width");
        }
    }
}

#[test]
fn bad_h1() {
    let world = binned(&[0, 9, 10, 149, 150, 1_000], WIDTH);
    let (inputs, witness) = claim(&world);
    assert_eq!(inputs.bins(), bins(&[(0, 2), (1, 1), (14, 1), (15, 2)]));
    run(Histogram::kit(), "both ends of bins", (inputs, witness.clone()), None);
    for (name, of) in [
        ("one moved up", bins(&[(0, 1), (1, 2), (14, 1), (15, 2)])),
        ("one moved down", bins(&[(0, 3), (14, 1), (15, 2)])),
        ("one moved into the last", bins(&[(0, 2), (1, 1), (15, 3)])),
        ("one moved out of the last", bins(&[(0, 2), (1, 1), (14, 2), (15, 1)])),
        ("one left out", bins(&[(0, 2), (1, 1), (14, 1), (15, 1)])),
        ("one more", bins(&[(0, 2), (1, 1), (14, 1), (15, 2), (7, 1)])),
        ("none at all", [0; BINS]),
        ("an unused slot in the first bin", bins(&[(0, 3), (1, 1), (14, 1), (15, 2)])),
        ("the greatest numbers", [u16::MAX; BINS]),
    ] {
        run(Histogram::kit(), name, (inputs.with_bins(of), witness.clone()), OF_BINS);
    }
}

/// A claim of these bins, whose prover says of slot `slot` that its booleans are these.
fn forge(world: &World, slot: usize, booleans: &[(usize, Fr)], claimed: [u16; BINS]) -> super::kit::Verdict {
    let (inputs, witness) = claim(world);
    let mut wires = [Fr::from(0u64); BINS];
    for (bin, value) in booleans {
        wires[*bin] = *value;
    }
    // The hints of slots come in their order, once a backend.
    let seen = std::sync::atomic::AtomicUsize::new(0);
    let slots = Histogram::kit().statement().capacity();
    let says = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "in bin" && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % slots == slot {
            values.copy_from_slice(&wires);
        }
    };
    let verdict = forged(Histogram::kit(), (&inputs.with_bins(claimed), &witness), says);
    assert_eq!(seen.into_inner(), 2 * slots, "a hint of each slot in both backends");
    verdict
}

/// Whatever booleans a prover says, with public bins to match: the value is in the bin that it is in, once.
#[test]
fn no_booleans_say_another_bin() {
    let one = Fr::from(1u64);
    let half = Fr::from(2u64).inverse().unwrap();
    // Bin 1 has 10 to 19; slot 1 is looked at, slot 0 stays in bin 3.
    let others = (3, 1);
    for value in [10, 15, 19] {
        let world = binned(&[35, value], WIDTH);
        assert!(forge(&world, 1, &[(1, one)], bins(&[others, (1, 1)])).accepted("the bin that it is in"));
        for bin in (0..BINS).filter(|bin| *bin != 1) {
            forge(&world, 1, &[(bin, one)], bins(&[others, (bin, 1)]))
                .assert_refused_by(OF_BINS, "another bin");
        }
        for (name, booleans, claimed) in [
            ("two hots", vec![(0, one), (1, one)], bins(&[others, (0, 1), (1, 1)])),
            ("two hots of the same sum of indices", vec![(0, one), (1, one)], bins(&[others, (1, 1)])),
            ("none", vec![], bins(&[others])),
            ("twice in its bin", vec![(1, one + one)], bins(&[others, (1, 2)])),
            ("0 + 2 - 1", vec![(0, one), (2, one), (1, -one)], bins(&[others, (0, 1), (2, 1)])),
            ("halves of 0 and 2", vec![(0, half), (2, half)], bins(&[others])),
            ("-1 in bin 1 and two in bin 0", vec![(1, -one), (0, one + one)], bins(&[others, (0, 2)])),
        ] {
            forge(&world, 1, &booleans, claimed).assert_refused_by(OF_BINS, name);
        }
    }
}

/// remainder = width is the next bin, and remainder = -1 the one before.
#[test]
fn a_remainder_is_below_the_width_and_not_below_0() {
    let one = Fr::from(1u64);
    for bin in 0..BINS - 1 {
        let edge = i64::try_from(bin as u64 * WIDTH).unwrap();
        let next = edge + i64::try_from(WIDTH).unwrap();
        for (value, is_in) in [(edge, true), (next - 1, true), (next, false), (edge - 1, false)] {
            if value < 0 {
                continue;
            }
            let verdict = forge(&binned(&[value], WIDTH), 0, &[(bin, one)], bins(&[(bin, 1)]));
            if is_in {
                assert!(verdict.accepted("in the bin"), "{value} in {bin}");
            } else {
                verdict.assert_refused_by(OF_BINS, "the bin beside it");
            }
        }
    }
}

/// The last bin is open above, and nothing below its edge is in it.
#[test]
fn the_last_bin_is_no_way_out() {
    let (one, last, edge) = (Fr::from(1u64), BINS - 1, 150);
    for value in [edge, edge + 9, edge + 10, HIGH] {
        let world = binned(&[value], WIDTH);
        assert!(forge(&world, 0, &[(last, one)], bins(&[(last, 1)])).accepted("in the last bin"), "{value}");
        for bin in [0, 14] {
            forge(&world, 0, &[(bin, one)], bins(&[(bin, 1)])).assert_refused_by(OF_BINS, "a closed bin");
        }
    }
    for value in [0, 75, edge - 1] {
        let world = binned(&[value], WIDTH);
        forge(&world, 0, &[(last, one)], bins(&[(last, 1)])).assert_refused_by(OF_BINS, "below the last bin");
        // Nor does a last bin that is not one free the remainder of another.
        let bin = usize::try_from(value).unwrap() / 10;
        let other = if bin == 0 { 1 } else { bin - 1 };
        let booleans = [(last, one), (other, one), (bin, -one)];
        let verdict = forge(&world, 0, &booleans, bins(&[(other, 1)]));
        verdict.assert_refused_by(OF_BINS, "the last bin and another");
    }
}

/// An unused slot is in no bin, whatever its reading is and whatever its booleans say.
#[test]
fn an_unused_slot_is_in_no_bin() {
    let one = Fr::from(1u64);
    let world = binned(&[35, 45], WIDTH);
    let honest = [(3, 1), (4, 1)];
    assert!(forge(&world, 2, &[], bins(&honest)).accepted("in none"));
    for bin in 0..BINS {
        let with_it = bins(&[honest[0], honest[1], (bin, 1)]);
        for claimed in [with_it, bins(&honest)] {
            forge(&world, 2, &[(bin, one)], claimed).assert_refused_by(OF_BINS, "an unused slot in a bin");
        }
        // In one bin and out of another, that the number of readings stays.
        let moved = [(bin, one), ((bin + 1) % BINS, -one)];
        forge(&world, 2, &moved, bins(&honest))
            .assert_refused_by(OF_BINS, "a reading moved by an unused slot");
    }
}

/// With the widest bins and the widest range no product of bin and width comes near the field's order, and a value has one bin still.
#[test]
fn the_widest_bins_do_not_wrap() {
    let one = Fr::from(1u64);
    let limit = 1i64 << 40;
    for width in [MOST_WIDTH, MOST_WIDTH - 1, 1 << 39, (1 << 36) + 1, 1 << 36, (1 << 36) - 1, 1] {
        let wide = |value: i64| {
            let mut world = binned(&[value], width);
            world.policy(|parts| (parts.low, parts.high) = (0, limit - 1));
            world
        };
        for value in [0, limit / 2, limit - 1] {
            let world = wide(value);
            let bin = world.fleet.policy.histogram_bins().unwrap().of(value).unwrap();
            run(Histogram::kit(), "the widest bins", claim(&world), None);
            for other in (0..BINS).filter(|other| *other != bin) {
                forge(&world, 0, &[(other, one)], bins(&[(other, 1)]))
                    .assert_refused_by(OF_BINS, "another bin");
            }
        }
    }
}
