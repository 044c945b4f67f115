//! `reading`: claims at the edge of a rule that hold.

use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Binding, Claim, Rule};
use zksensor_model::reading::Location;
use zksensor_testkit::{Fleet, FleetOptions};

use super::kit::{World, epoch, millis, reading, run};

fn good(name: &'static str, world: &World) {
    run(reading(), name, world.reading_claim(), None);
}

#[test]
fn values_of_every_channel() {
    for channel in 0..4 {
        let options = FleetOptions { channel, ..FleetOptions::of::<SingleReading>() };
        let mut world = World::new(1, options);
        for value in [Fleet::LOW, Fleet::HIGH, -1, 0, 1] {
            good("a value in range", world.values(&[value]));
        }
        for value in [Fleet::LOW - 1, Fleet::HIGH + 1] {
            run(reading(), "one off", world.values(&[value]).reading_claim(), Rule::VALUE);
        }
    }
    let limit = 1i64 << 40;
    for (low, high) in [(-limit, -1), (0, limit - 1), (-limit, -limit), (limit - 1, limit - 1), (5, 5)] {
        let mut world = World::reading();
        world.policy(|parts| (parts.low, parts.high) = (low, high));
        good("low", world.values(&[low]));
        good("high", world.values(&[high]));
        run(reading(), "below", world.values(&[low - 1]).reading_claim(), Rule::VALUE);
        run(reading(), "above", world.values(&[high + 1]).reading_claim(), Rule::VALUE);
    }
}

#[test]
fn times_accuracy_class() {
    let mut world = World::reading();
    let (start, end) = epoch(&world);
    for time in [start, end - 1] {
        world.members[0].leaf.attributes.expiry = millis(time + 1);
        good("an end of the epoch, expiry one after", world.edit(0, |reading| reading.time = millis(time)));
    }
    good("the greatest accuracy", world.edit(0, |reading| reading.accuracy_mm = Fleet::MAX_ACCURACY));
    let options = FleetOptions { device_class: None, ..FleetOptions::of::<SingleReading>() };
    let mut any = World::new(1, options);
    for class in [0, 7, u16::MAX] {
        any.members[0].leaf.attributes.class = class;
        good("any class", &any);
    }
}

#[test]
fn first_and_last_position() {
    for position in [0, 7, 8, (1 << 15) - 1, (1 << 21) - 1] {
        let mut world = World::reading();
        world.members[0].position = position;
        good("a position", &world);
    }
}

#[test]
fn any_binding() {
    let (mut inputs, witness) = World::reading().reading_claim();
    inputs.binding = Binding::new(137, [1; 20], [2; 20], &reading().statement().id());
    run(reading(), "bound", (inputs, witness), None);
}

#[test]
fn the_border_of_the_fence() {
    for (inside, latitude, longitude) in [
        (true, 481_000_000, 115_000_000),
        (true, 481_000_000, 115_333_333),
        (true, 481_100_000, 115_200_001),
        (true, 481_300_000, 115_500_000),
        (false, 480_999_999, 115_333_333),
        (false, 481_100_001, 115_200_001),
        (false, 481_300_001, 115_500_001),
    ] {
        let mut world = World::reading();
        world.edit(0, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
        let refused_by = if inside { None } else { Some(Rule::FENCE) };
        run(reading(), "the border", world.reading_claim(), refused_by);
    }
}

/// What is public does not depend on where the device is, nor on the order of anything but the reading itself.
#[test]
fn nullifiers_and_commitments_do_what_they_say() {
    let mut world = World::reading();
    let (first, _) = world.reading_claim();
    let (second, _) = world.edit(0, |reading| reading.sequence += 1).reading_claim();
    assert_eq!(first.nullifier, second.nullifier, "one a device, policy and epoch");
    assert_ne!(first.commitment, second.commitment);
    let (third, _) = world.policy(|parts| parts.max_accuracy_mm += 1).reading_claim();
    assert_ne!(second.nullifier, third.nullifier, "another policy");
}
