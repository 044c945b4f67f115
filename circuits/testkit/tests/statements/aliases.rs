//! Integers written as other integers that are the same modulo r, in their low bits, or in a packed lane.

use ark_ff::Field;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Binding, Rule, Statement};
use zksensor_circuits::trace::Site;
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::{Outputs, Policy, PolicyId, encoding};
use zksensor_model::preimages::PolicyRanges;
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_model::reading::Location;
use zksensor_model::rule::Scope;
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{World, aggregate, epoch, forged, millis, reading, run};

/// An offset with a tenth bit selects the same leaf: it would count the device again, behind all others.
#[test]
fn an_offset_beyond_the_chunk() {
    let (inputs, witness) = World::aggregate(5).aggregate_claim();
    let beyond = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "offset" && site.instance < 5 {
            values[0] += field::power_of_two(9);
        }
    };
    forged(aggregate(), (&inputs, &witness), beyond).assert_refused_by(Rule::CHUNK, "offsets of ten bits");
}

/// Values so far above the policy's range that the greatest of them has a 41st bit: its low bits are in range.
#[test]
fn values_beyond_the_width_of_a_range() {
    let beyond = Fleet::LOW + (1 << encoding::VALUE_SPAN_BITS);
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
    let widest = (1 << encoding::VALUE_SPAN_BITS) - 1;
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

/// Neighbours in a packed lane, the upper one first, and the width of the lower one.
type Neighbours = (&'static str, &'static str, u32);

/// In the lanes of the policy id.
const POLICY_PARTS: [Neighbours; 8] = [
    ("low", "high", PolicyRanges::PARTS.high.bits()),
    ("high", "maximum accuracy", encoding::ACCURACY_BITS),
    ("maximum accuracy", "origin", encoding::TIME_BITS),
    ("origin", "length", encoding::EPOCH_LENGTH_BITS),
    ("length", "k", encoding::K_BITS),
    ("schema", "channel", encoding::CHANNEL_BITS),
    ("channel", "device class", encoding::DEVICE_CLASS_BITS),
    ("device class", "outputs", encoding::FLAG_BITS),
];

/// In the signed header.
const READING_PARTS: [Neighbours; 4] = [
    ("sequence", "time", encoding::TIME_BITS),
    ("time", "latitude", 32),
    ("latitude", "longitude", 32),
    ("longitude", "accuracy", encoding::ACCURACY_BITS),
];

/// The upper part less by `amount`, and the lower one more by as much: the same lane, so the same hash. In an aggregate it is
/// the first reading's.
fn assert_no_loan<S: Statement>(
    kit: &Conformance<S>,
    claim: &(S::Inputs, S::Witness),
    (upper, lower, width): Neighbours,
    scope: Scope,
) {
    let unit = field::power_of_two(width);
    let fraction = unit.inverse().unwrap();
    for (amount, name) in [
        (Fr::ONE, "the lower part is too wide"),
        (-Fr::ONE, "the lower part is negative"),
        (fraction, "the upper part is a fraction"),
        (-fraction, "the upper part is a fraction, and the lower one less"),
    ] {
        let borrow = |site: &Site<'_>, values: &mut [Fr]| {
            if site.path.last() != Some(&scope) || site.instance > 0 {
            } else if site.name == upper {
                values[0] -= amount;
            } else if site.name == lower {
                values[0] += amount * unit;
            }
        };
        let verdict = forged(kit, (&claim.0, &claim.1), borrow);
        let name = format!("{upper} and {lower}: {name}");
        match scope {
            // A part that is no longer an integer may be refused by whatever it is compared with first.
            Scope::Rule(rule) if amount * amount == Fr::ONE => verdict.assert_refused_by(rule, &name),
            _ => verdict.assert_refused(&name),
        }
    }
}

#[test]
fn no_part_of_a_policy_borrows_from_the_next() {
    let (alone, together) = (World::reading().reading_claim(), World::aggregate(5).aggregate_claim());
    for parts in POLICY_PARTS {
        assert_no_loan(reading(), &alone, parts, Rule::POLICY.into());
        assert_no_loan(aggregate(), &together, parts, Rule::POLICY.into());
    }
}

#[test]
fn no_part_of_a_reading_borrows_from_the_next() {
    let midway = |mut world: World| {
        // In the midst of its epoch: a comparison is decided by the first digits that differ.
        let (start, end) = epoch(&world);
        let time = millis(start + (end - start) / 2);
        world.edit(0, |reading| (reading.sequence, reading.time) = (7, time));
        world
    };
    let alone = midway(World::reading()).reading_claim();
    let together = midway(World::aggregate(5)).aggregate_claim();
    for parts in READING_PARTS {
        assert_no_loan(reading(), &alone, parts, Scope::Part("fields"));
        assert_no_loan(aggregate(), &together, parts, Scope::Part("fields"));
    }
}

/// Sides of a triangle whose corners differ by multiples of this hide fractions of a coordinate from the half-plane tests.
pub(super) const SIDE: i32 = 1 << 20;

/// Readings at one place in a fence of one triangle with sides of [`SIDE`].
pub(super) fn in_triangle(mut world: World) -> World {
    let (y, x) = (480 * SIDE, 110 * SIDE);
    let triangle = Triangle::try_from([[y, x], [y, x + SIDE], [y + SIDE, x + SIDE]]).unwrap();
    world.fleet.fence = Fence::new(vec![triangle]).unwrap();
    let (root, inside) =
        (world.fleet.fence.root(), Location::from_e7(y + SIDE / 4, x + SIDE / 4 * 3).unwrap());
    world.policy(|parts| parts.fence = root);
    for member in 0..world.members.len() {
        world.edit(member, |reading| reading.location = inside);
    }
    world
}

/// The lane of the header is the signed one, and its first reading is refused: `amount` of the lower part is added, and as
/// much of the upper one taken away, both statements.
fn assert_no_fraction(world: impl Fn(World) -> World, (upper, lower, width): Neighbours, amount: i64) {
    let part = field::from_i64(amount) * field::power_of_two(width).inverse().unwrap();
    let shifted = |site: &Site<'_>, values: &mut [Fr]| {
        if site.instance > 0 || !Scope::is_innermost(site.path, "fields") {
        } else if site.name == upper {
            values[0] -= part;
        } else if site.name == lower {
            values[0] += field::from_i64(amount);
        }
    };
    let name = format!("a fraction of {upper} for {amount} of {lower}");
    let alone = world(in_triangle(World::reading())).reading_claim();
    forged(reading(), (&alone.0, &alone.1), shifted).assert_refused(&name);
    let together = world(in_triangle(World::aggregate(5))).aggregate_claim();
    forged(aggregate(), (&together.0, &together.1), shifted).assert_refused(&name);
}

/// A thousandth of a unit of latitude is worth four sides of longitude: from outside into the triangle.
#[test]
fn no_place_is_a_fraction_of_a_unit_away() {
    let west = |mut world: World| {
        let inside = world.members[0].reading.location;
        let outside = Location::from_e7(inside.latitude(), inside.longitude() - 4 * SIDE).unwrap();
        world.edit(0, |reading| reading.location = outside);
        world
    };
    assert_no_fraction(west, ("latitude", "longitude", 32), i64::from(4 * SIDE));
}

/// A millionth of a unit of longitude is worth 4.096 metres of accuracy.
#[test]
fn no_accuracy_is_a_fraction_of_a_unit_better() {
    let worse = |mut world: World| {
        let least = world.fleet.policy.parts().max_accuracy_mm;
        world.edit(0, |reading| reading.accuracy_mm = least + 4096);
        world
    };
    assert_no_fraction(worse, ("longitude", "accuracy", encoding::ACCURACY_BITS), -4096);
}

/// A value more by one, and the other half of its lane less by as much as the lane then has too much.
#[test]
fn no_value_borrows_from_its_lane() {
    let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
    inputs.sum += 1;
    let weight = field::power_of_two(64);
    let in_low_half = witness.policy.parts().channel % 2 == 1;
    let loan = if in_low_half { weight.inverse().unwrap() } else { weight };
    let borrow = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "halves" && site.instance == 0 {
            values[0] += Fr::ONE;
            values[1] -= loan;
        }
    };
    let verdict = forged(aggregate(), (&inputs, &witness), borrow);
    verdict.assert_refused_by(Rule::VALUE, "a half of more than 64 bits");
}

/// An epoch that begins 2^48 ms later than one of the readings, under an origin that is 2^48 less: the lane of the policy lends
/// them to the accuracy.
#[test]
fn no_epoch_begins_before_the_time_that_there_is() {
    const LENGTH: u64 = 1 << 39;
    let time = World::reading().members[0].reading.time.get();
    let epoch = u32::try_from(time / LENGTH).unwrap();
    let later = epoch + (1 << (encoding::TIME_BITS - LENGTH.ilog2()));
    let long = |mut world: World| {
        world.policy(|parts| (parts.epoch_origin, parts.epoch_length_ms) = (millis(0), LENGTH));
        world
    };
    let earlier = |site: &Site<'_>, values: &mut [Fr]| match site.name {
        _ if !Scope::is_innermost(site.path, Rule::POLICY) => {}
        "origin" => values[0] -= field::power_of_two(encoding::TIME_BITS),
        "maximum accuracy" => values[0] += Fr::ONE,
        _ => {}
    };
    let (_, witness) = long(World::reading()).reading_claim();
    assert!(SingleReading.check(&witness.inputs(epoch, Binding::NONE), &witness).is_ok());
    let inputs = witness.inputs(later, Binding::NONE);
    forged(reading(), (&inputs, &witness), earlier).assert_refused_by(Rule::POLICY, "a later epoch, alone");
    let (_, witness) = long(World::aggregate(5)).aggregate_claim();
    let inputs = witness.inputs(later, Binding::NONE);
    forged(aggregate(), (&inputs, &witness), earlier).assert_refused_by(Rule::POLICY, "a later epoch");
}

/// A schema less by 1/2^22 leaves room for another output in the policy's lane below it. The reading's schema is the policy's
/// and not ranged by itself: in the signed lane 2^42 more sequence numbers make up for it.
#[test]
fn a_schema_is_no_fraction() {
    let below = encoding::CHANNEL_BITS + encoding::DEVICE_CLASS_BITS + encoding::FLAG_BITS;
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
    let shift =
        encoding::ACCURACY_BITS + encoding::TIME_BITS + encoding::EPOCH_LENGTH_BITS + encoding::K_BITS;
    lanes[2] += change * field::power_of_two(shift);
    PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes))
}

/// A range that ends before it begins, or is wider than a difference of values: no policy has it, and no circuit opens it.
#[test]
fn no_range_is_inverted_or_too_wide() {
    for span in [-1, -1000, -(Fleet::HIGH - Fleet::LOW), 1 << encoding::VALUE_SPAN_BITS] {
        let high = field::from_i64(Fleet::LOW + span) + field::from_i64(encoding::VALUE_OFFSET);
        let other_high = |site: &Site<'_>, values: &mut [Fr]| {
            if Scope::is_innermost(site.path, Rule::POLICY) && site.name == "high" {
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
