//! Integers written as other integers that are the same modulo r, in their low bits, or in a packed lane.

use std::sync::atomic::{AtomicBool, Ordering};

use ark_ff::{BigInteger, Field, PrimeField};
use zksensor_circuits::statement::{Rule, Statement};
use zksensor_circuits::trace::Site;
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::{Outputs, Policy, PolicyId, layout};
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{World, aggregate, forged, reading, run};

/// A position with a 22nd bit selects the same leaf, and would count it again in the chunk above.
#[test]
fn a_position_beyond_the_registry() {
    let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
    (inputs.chunk_bits, inputs.chunk) = (21, 1);
    let beyond = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "position" && site.instance < 5 {
            values[0] += field::power_of_two(21);
        }
    };
    forged(aggregate(), (&inputs, &witness), beyond)
        .assert_refused_by(Rule::MEMBERSHIP, "positions of 22 bits");
}

/// 2^chunk bits is made of the bits of the public field: those of the field plus r would make a chunk of twice the size.
#[test]
fn a_chunk_of_other_bits() {
    let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
    // Positions 1000 to 1400 span two chunks of 2^10, and r ends in a bit that is set.
    (inputs.chunk_bits, inputs.chunk) = (10, 0);
    let mut alias = Fr::MODULUS;
    alias.add_with_carry(&10u64.into());
    let done = AtomicBool::new(false);
    let other_bits = |site: &Site<'_>, values: &mut [Fr]| {
        let is_size = site.name == "bit" && site.path.last() == Some(&Rule::CHUNK.scope());
        if is_size && !done.swap(true, Ordering::SeqCst) {
            for (index, value) in values.iter_mut().enumerate() {
                *value = Fr::from(alias.get_bit(index + 1));
            }
        }
    };
    let verdict = forged(aggregate(), (&inputs, &witness), other_bits);
    verdict.assert_refused_by(Rule::CHUNK, "the bits of another integer");
    assert!(done.into_inner(), "the hook saw the bits");
}

/// Values so far above the policy's range that the greatest of them has a 41st bit: its low bits are in range.
#[test]
fn values_beyond_the_width_of_a_range() {
    let beyond = Fleet::LOW + (1 << layout::VALUE_SPAN_BITS);
    let mut world = World::aggregate(5);
    world.values(&[beyond - 1, beyond, beyond, beyond - 1, beyond]);
    let (inputs, witness) = world.aggregate_claim();
    // C7 is the rule, and `check` says so; what is published of the extremes fits no field, and is not asked for.
    run(aggregate(), "values of 41 bits", (inputs, witness), Rule::VALUE);
}

/// A value below the claimed minimum is a difference near r: its low bits are those of a small one, where a policy's range is
/// as wide as it may be.
#[test]
fn a_value_below_the_claimed_minimum() {
    let widest = (1 << layout::VALUE_SPAN_BITS) - 1;
    let mut world = World::new(5, FleetOptions { outputs: EXTREMES, ..Default::default() });
    world.policy(|parts| parts.high = parts.low + widest);
    let values = [1000, 2000, 3000, 4000, widest].map(|above| Fleet::LOW + above);
    world.values(&values);
    let (mut inputs, witness) = world.aggregate_claim();
    inputs.minimum = 2000;
    let second_least = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "minimum and maximum" {
            values[0] = Fr::from(2000u64);
        }
    };
    let verdict = forged(aggregate(), (&inputs, &witness), second_least);
    verdict.assert_refused_by(Rule::VALUE, "a minimum that one value is below");
}

/// Both extremes are published.
const EXTREMES: Outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };

/// Neighbours in a lane of the policy id, the upper one first, and the width of the lower one.
const NEIGHBOURS: [(&str, &str, u32); 8] = [
    ("low", "high", layout::HIGH_BITS),
    ("high", "maximum accuracy", layout::ACCURACY_BITS),
    ("maximum accuracy", "origin", layout::TIME_BITS),
    ("origin", "length", layout::EPOCH_LENGTH_BITS),
    ("length", "k", layout::K_BITS),
    ("schema", "channel", layout::CHANNEL_BITS),
    ("channel", "device class", layout::DEVICE_CLASS_BITS),
    ("device class", "outputs", layout::FLAG_BITS),
];

/// One part less by one and the next more by its whole width: the same lane, so the same id, for another policy.
fn assert_no_part_borrows<S: Statement>(kit: &Conformance<S>, claim: &(S::Inputs, S::Witness)) {
    for (upper, lower, width) in NEIGHBOURS {
        for (sign, name) in
            [(Fr::ONE, "the lower part is too wide"), (-Fr::ONE, "the lower part is negative")]
        {
            let borrow = |site: &Site<'_>, values: &mut [Fr]| {
                if site.path.last() != Some(&Rule::POLICY.scope()) {
                } else if site.name == upper {
                    values[0] -= sign;
                } else if site.name == lower {
                    values[0] += sign * field::power_of_two(width);
                }
            };
            let verdict = forged(kit, (&claim.0, &claim.1), borrow);
            verdict.assert_refused_by(Rule::POLICY, &format!("{upper} and {lower}: {name}"));
        }
    }
}

#[test]
fn no_part_of_a_policy_borrows_from_the_next() {
    assert_no_part_borrows(reading(), &World::reading().reading_claim());
    assert_no_part_borrows(aggregate(), &World::aggregate(5).aggregate_claim());
}

/// A schema less by 1/2^22 leaves room for another output in the policy's lane below it. The reading's schema is the policy's
/// and not ranged by itself: in the signed lane 2^42 more sequence numbers make up for it.
#[test]
fn a_schema_is_no_fraction() {
    let below = layout::CHANNEL_BITS + layout::DEVICE_CLASS_BITS + layout::FLAG_BITS;
    let fraction = field::power_of_two(below).inverse().unwrap();
    let (inputs, witness) = World::reading().reading_claim();
    let shifted = |site: &Site<'_>, values: &mut [Fr]| match site.name {
        "schema" => values[0] -= fraction,
        "outputs" => values[0] += Fr::ONE,
        // The sequence's 64 bits begin 208 - 64 = 144 bits up, the schema's 208 bits up.
        "sequence" => values[0] += field::power_of_two(208 - below - 144),
        _ => {}
    };
    let verdict = forged(reading(), (&inputs, &witness), shifted);
    verdict.assert_refused_by(Rule::POLICY, "a schema that is no integer");
}

/// The id of a policy whose high is this far from its low.
fn with_span(policy: &Policy, span: i64) -> PolicyId {
    let mut lanes = policy.lanes();
    let parts = policy.parts();
    let change = field::from_i64(parts.low + span - parts.high);
    let shift = layout::ACCURACY_BITS + layout::TIME_BITS + layout::EPOCH_LENGTH_BITS + layout::K_BITS;
    lanes[2] += change * field::power_of_two(shift);
    PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes))
}

/// A range that ends before it begins, or is wider than a difference of values: no policy has it, and no circuit opens it.
#[test]
fn no_range_is_inverted_or_too_wide() {
    for span in [-1, -1000, -(Fleet::HIGH - Fleet::LOW), 1 << layout::VALUE_SPAN_BITS] {
        let high = field::from_i64(Fleet::LOW + span) + field::from_i64(layout::VALUE_OFFSET);
        let other_high = |site: &Site<'_>, values: &mut [Fr]| {
            if site.path.last() == Some(&Rule::POLICY.scope()) && site.name == "high" {
                values[0] = high;
            }
        };
        let name = format!("high is low + {span}");
        let mut world = World::reading();
        world.values(&[Fleet::LOW]);
        let (mut inputs, witness) = world.reading_claim();
        inputs.policy_id = with_span(&witness.policy, span);
        assert!(inputs.to_words().is_ok());
        forged(reading(), (&inputs, &witness), other_high).assert_refused_by(Rule::POLICY, &name);

        let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
        inputs.policy_id = with_span(&witness.policy, span);
        forged(aggregate(), (&inputs, &witness), other_high).assert_refused_by(Rule::POLICY, &name);
    }
}
