//! `aggregate`: claims at the edge of a rule that hold.

use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Binding, Claim, Statement};
use zksensor_model::policy::Outputs;
use zksensor_model::reading::{Location, PayloadHash};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{CAPACITY, TRIANGLES, World, aggregate, epoch, millis, run};

fn good(name: &'static str, world: &World) {
    run(aggregate(), name, world.aggregate_claim(), None);
}

#[test]
fn full_and_part_filled() {
    good("full", &World::aggregate(CAPACITY));
    good("k readings", &World::aggregate(5));
    good(
        "every channel extreme but the policy's",
        World::aggregate(5).edit(1, |reading| {
            reading.channels = [0, i64::MIN, i64::MAX, i64::MIN];
            (reading.sequence, reading.payload_hash) = (u64::MAX, PayloadHash::NONE);
        }),
    );
}

/// The registry as it is used: positions by the permutation of the enrolment counter, sorted.
#[test]
fn through_the_registry() {
    let fleet = Fleet::new(&FleetOptions::default());
    for count in [CAPACITY, 5] {
        let witness = fleet.aggregate(count);
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        run(aggregate(), "enrolled in a registry", (inputs, witness), None);
    }
}

#[test]
fn values() {
    let (low, high) = (Fleet::LOW, Fleet::HIGH);
    let mut world = World::aggregate(5);
    good("low and high", world.values(&[low, high, low, high, 0]));
    good("all low", world.values(&[low; 5]));
    good("all high", world.values(&[high; 5]));
    good("all equal", world.values(&[17; 5]));
    good("negative", world.values(&[-1, -2, -3, -39_999, -40_000]));
    assert!(world.aggregate_claim().0.sum < 0);
    for channel in 0..4 {
        let mut world = World::new(5, FleetOptions { channel, ..FleetOptions::default() });
        good("another channel", world.values(&[low, high, -1, 0, 1]));
    }
}

#[test]
fn the_widest_policies() {
    let limit = 1i64 << 40;
    for (low, high) in
        [(-limit, -1), (0, limit - 1), (-limit / 2, limit / 2 - 1), (-limit, -limit), (limit - 1, limit - 1)]
    {
        let outputs = Outputs { sum_of_squares: true, minimum: true, maximum: true };
        let mut world = World::with_outputs(outputs);
        world.policy(|parts| (parts.low, parts.high) = (low, high));
        good("every value at high: the greatest sum of squares", world.values(&[high; CAPACITY]));
        let span = (high - low) as u128;
        assert_eq!(world.aggregate_claim().0.sum_of_squares, CAPACITY as u128 * span * span);
        good("every value at low", world.values(&[low; CAPACITY]));
        good("both ends", world.values(&[low, high, high, low, low, high, low, high]));
    }
}

#[test]
fn times() {
    let mut world = World::aggregate(5);
    let (start, end) = epoch(&world);
    world.edit(0, |reading| reading.time = millis(start)).edit(1, |reading| reading.time = millis(end - 1));
    good("first and last millisecond of the epoch", &world);
    world.members[0].leaf.attributes.expiry = millis(start + 1);
    world.members[1].leaf.attributes.expiry = millis(end);
    good("expiry one after the time", &world);
    world.members[2].leaf.attributes.expiry = millis((1 << 48) - 1);
    good("the last expiry", &world);
}

/// The last epoch ends at 2^48 exactly.
#[test]
fn the_last_epoch() {
    let mut world = World::aggregate(5);
    let length = 1000;
    world.policy(|parts| {
        parts.epoch_origin = millis((1 << 48) - length * (u64::from(Fleet::EPOCH) + 1));
        parts.epoch_length_ms = length;
    });
    for member in &mut world.members {
        member.leaf.attributes.expiry = millis((1 << 48) - 1);
        member.reading.time = millis((1 << 48) - 2);
    }
    good("the last millisecond but one of all", &world);
}

#[test]
fn the_first_epoch_and_the_longest() {
    let mut world = World::aggregate(5);
    world.policy(|parts| (parts.epoch_origin, parts.epoch_length_ms) = (millis(0), (1 << 40) - 1));
    for member in &mut world.members {
        member.leaf.attributes.expiry = millis((1 << 48) - 1);
        member.reading.time = millis(2 * ((1 << 40) - 1));
    }
    good("the longest epochs", &world);
    for member in &mut world.members {
        member.reading.time = millis(0);
    }
    let witness = world.aggregate_witness();
    let inputs = witness.inputs(0, Binding::NONE);
    run(aggregate(), "the first millisecond of all", (inputs, witness), None);
}

#[test]
fn accuracy_class_owner() {
    let mut world = World::aggregate(5);
    good("accuracy at the maximum", world.edit(0, |reading| reading.accuracy_mm = Fleet::MAX_ACCURACY));
    world.edit(1, |reading| reading.accuracy_mm = 1);
    world.members[2].leaf.attributes.owner = u128::MAX;
    world.members[3].leaf.attributes.owner = 0;
    good("extreme owners", &world);
    world.policy(|parts| parts.max_accuracy_mm = u32::MAX);
    good("unknown accuracy where any will do", world.edit(2, |reading| reading.accuracy_mm = u32::MAX));

    let mut any = World::new(5, FleetOptions { device_class: None, ..FleetOptions::default() });
    for (member, class) in any.members.iter_mut().zip([0, 1, 8, 0x8000, u16::MAX]) {
        member.leaf.attributes.class = class;
    }
    good("any class", &any);
    for class in [0, u16::MAX] {
        let mut one = World::new(5, FleetOptions { device_class: Some(class), ..FleetOptions::default() });
        for member in &mut one.members {
            member.leaf.attributes.class = class;
        }
        good("an extreme class", &one);
    }
}

#[test]
fn positions_in_a_chunk() {
    let top = (1u32 << 21) - 1;
    for (name, positions) in [
        ("full at both ends", [512u32, 513, 700, 1022, 1023]),
        ("the first chunk", [0, 1, 2, 8, 511]),
        ("the last chunk", [top - 511, top - 7, top - 2, top - 1, top]),
        ("one leaf node", [1024, 1025, 1026, 1030, 1031]),
    ] {
        let mut world = World::aggregate(5);
        for (member, position) in world.members.iter_mut().zip(positions) {
            member.position = position;
        }
        good(name, &world);
    }
    for position in [0, 77, 511, 512, top] {
        let mut alone = World::new(1, FleetOptions { k: 1, ..FleetOptions::default() });
        alone.members[0].position = position;
        good("one position", &alone);
    }
}

#[test]
fn one_reading() {
    let alone = World::new(1, FleetOptions { k: 1, ..FleetOptions::default() });
    good("count 1 with k = 1", &alone);
    let kit = Conformance::new(Aggregate::new(1, TRIANGLES, Fleet::LEVELS.into()).unwrap());
    run(&kit, "capacity 1", alone.aggregate_claim(), None);
    let (inputs, witness) = World::new(2, FleetOptions { k: 1, ..FleetOptions::default() }).aggregate_claim();
    assert!(kit.statement().check(&inputs, &witness).is_err());
}

#[test]
fn every_combination_of_outputs() {
    for flags in 0..8u8 {
        let outputs =
            Outputs { sum_of_squares: flags & 4 != 0, minimum: flags & 2 != 0, maximum: flags & 1 != 0 };
        let world = World::with_outputs(outputs);
        let (inputs, witness) = world.aggregate_claim();
        assert_eq!(inputs.sum_of_squares != 0, outputs.sum_of_squares);
        assert_eq!(inputs.maximum != 0, outputs.maximum);
        run(aggregate(), "a combination of outputs", (inputs, witness), None);
    }
}

/// What the proof is bound to is no rule's business: the proof itself is what ties it.
#[test]
fn any_binding() {
    let (mut inputs, witness) = World::aggregate(5).aggregate_claim();
    inputs.binding = Binding::new(137, [1; 20], [2; 20], &aggregate().statement().id());
    run(aggregate(), "bound", (inputs, witness), None);
}

/// Corners, edges and the hole's edge are inside; one unit further is not.
#[test]
fn the_border_of_the_fence() {
    use zksensor_circuits::statement::Rule;
    // The L of the fleet: 48.10 to 48.13 by 11.50 to 11.60 and 48.10 to 48.17 by 11.50 to 11.55, hole 48.11 to 48.12 by
    // 11.51 to 11.53.
    let (south, west, east) = (481_000_000, 115_000_000, 116_000_000);
    let inside = [
        (south, west),
        (south, east),
        (481_300_000, east),
        (481_700_000, west),
        (481_700_000, 115_500_000),
        (481_300_000, 115_500_000),
        (south, 115_333_333),
        (481_234_567, west),
        (481_300_000, 115_700_000),
        (481_500_000, 115_500_000),
        (481_100_000, 115_100_000),
        (481_200_000, 115_300_000),
        (481_100_000, 115_200_001),
        (481_150_000, 115_300_000),
    ];
    let outside = [
        (south - 1, 115_333_333),
        (481_234_567, west - 1),
        (481_300_001, 115_700_000),
        (481_500_000, 115_500_001),
        (481_700_001, 115_250_000),
        (481_100_001, 115_100_001),
        (481_199_999, 115_299_999),
        (481_100_001, 115_200_001),
        (481_150_000, 115_299_999),
    ];
    let set = |world: &mut World, member: usize, (latitude, longitude): (i32, i32)| {
        world.edit(member, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
    };
    for points in inside.chunks(5) {
        let mut world = World::aggregate(5);
        for (member, point) in points.iter().enumerate() {
            set(&mut world, member, *point);
        }
        good("on the border", &world);
    }
    for point in outside {
        let mut world = World::aggregate(5);
        set(&mut world, 2, point);
        run(aggregate(), "one unit off", world.aggregate_claim(), Rule::FENCE);
    }
}
