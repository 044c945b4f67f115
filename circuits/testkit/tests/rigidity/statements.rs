//! Witnesses of the two statements: the edges of each rule, and random readings.

use rand_chacha::rand_core::RngCore;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::policy::{Outputs, StatementFamily};
use zksensor_model::reading::{Location, PayloadHash};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{self, TRIANGLES, World, aggregate, epoch, millis, reading, seeded};
use super::tally::Tally;

/// Readings of the aggregate.
const CAPACITY: usize = 2;
/// Corners, edges and the hole's edge of the fleet's fence, and one point inside.
const BORDER: [(i32, i32); 6] = [
    (481_000_000, 115_000_000),
    (481_000_000, 115_333_333),
    (481_100_000, 115_200_001),
    (481_300_000, 115_500_000),
    (481_300_000, 116_000_000),
    (481_050_000, 115_700_000),
];

/// Both statements; returns how many.
pub(super) fn look_at_all(tally: &mut Tally) -> usize {
    tally.look("reading", reading(), readings().iter().map(World::reading_claim));
    let kit = Conformance::new(Aggregate::new(CAPACITY, TRIANGLES).unwrap());
    let claims = aggregates().into_iter().map(|world| {
        let (mut inputs, witness) = world.aggregate_claim();
        inputs.binding = Binding::new(137, [1; 20], [2; 20], &kit.statement().id());
        (inputs, witness)
    });
    tally.look("aggregate", &kit, claims);
    let squares = sums_of_squares();
    tally.look_some("aggregate, wide", aggregate(), squares.iter().map(World::aggregate_claim));
    2
}

/// Every half of every lane at the ends of the policy's range, and what all statements share.
fn readings() -> Vec<World> {
    let options = FleetOptions { family: StatementFamily::Reading, k: 1, ..FleetOptions::default() };
    let mut worlds = Vec::new();
    for channel in 0..4 {
        for value in [Fleet::LOW, -1, 0, Fleet::HIGH] {
            let mut world = World::new(1, FleetOptions { channel, ..options.clone() });
            world.values(&[value]);
            worlds.push(world);
        }
    }
    worlds.extend(shared(1, &options));
    worlds
}

/// The extremes published or not, full and with an unused slot, equal values, and what all statements share.
fn aggregates() -> Vec<World> {
    let options = FleetOptions { k: 1, ..FleetOptions::default() };
    let mut worlds = Vec::new();
    for flags in 0..4u8 {
        let outputs = Outputs { sum_of_squares: false, minimum: flags & 2 != 0, maximum: flags & 1 != 0 };
        for values in [&[Fleet::LOW, Fleet::HIGH][..], &[7, 7], &[Fleet::HIGH]] {
            let mut world = World::new(values.len(), FleetOptions { outputs, ..options.clone() });
            world.values(values);
            worlds.push(world);
        }
    }
    for channel in 0..4 {
        worlds.push(World::new(CAPACITY, FleetOptions { channel, ..options.clone() }));
    }
    worlds.extend(shared(CAPACITY, &options));
    worlds
}

/// No policy asks for the sum of squares of fewer than eight readings.
fn sums_of_squares() -> Vec<World> {
    let outputs = Outputs { sum_of_squares: true, minimum: true, maximum: true };
    let mut world = World::with_outputs(outputs);
    let mut worlds = vec![world.clone()];
    for value in [Fleet::LOW, 0, Fleet::HIGH] {
        worlds.push(world.values(&[value; kit::CAPACITY]).clone());
    }
    worlds
}

/// Edges of position, place, time, class and accuracy, and random readings of random keys.
fn shared(count: usize, options: &FleetOptions) -> Vec<World> {
    let good = World::new(count, options.clone());
    let (start, end) = epoch(&good);
    let mut worlds = Vec::new();
    for position in [0, 7, (1 << 15) - 1, (1 << 21) - 2] {
        let mut world = good.clone();
        for (member, position) in world.members.iter_mut().zip(position..) {
            member.position = position;
        }
        worlds.push(world);
    }
    for (latitude, longitude) in BORDER {
        let mut world = good.clone();
        world.edit(0, |reading| reading.location = Location::new(latitude, longitude).unwrap());
        worlds.push(world);
    }
    for time in [start, end - 1] {
        let mut world = good.clone();
        world.members[0].leaf.attributes.expiry = millis(time + 1);
        world.edit(0, |reading| {
            (reading.time, reading.accuracy_mm) = (millis(time), Fleet::MAX_ACCURACY);
            reading.channels[1..].copy_from_slice(&[i64::MIN, i64::MAX, 0]);
            (reading.sequence, reading.payload_hash) = (u64::MAX, PayloadHash::NONE);
        });
        worlds.push(world);
    }
    for class in [0, u16::MAX] {
        let mut any = World::new(count, FleetOptions { device_class: None, ..options.clone() });
        any.members[0].leaf.attributes.class = class;
        worlds.push(any);
    }
    let mut rng = seeded(41);
    for seed in 100..106 {
        let mut world = World::new(count, FleetOptions { seed, ..options.clone() });
        let span = u32::try_from(Fleet::HIGH - Fleet::LOW).unwrap();
        let values: Vec<i64> = (0..count).map(|_| Fleet::LOW + i64::from(rng.next_u32() % span)).collect();
        for member in &mut world.members {
            member.reading.channels = [0; 4].map(|_: i64| rng.next_u64().cast_signed());
            member.reading.sequence = rng.next_u64();
            member.reading.time = millis(start + rng.next_u64() % (end - start));
            member.position += rng.next_u32() % 100;
        }
        world.values(&values);
        worlds.push(world);
    }
    worlds
}
