//! Witnesses of the statements: the edges of each rule, and random readings.

use rand_chacha::rand_core::RngCore;
use zksensor_circuits::statement::Binding;
use zksensor_model::reading::{Location, PayloadHash};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{APART, Tested, TestedVisitor, World, each_tested, epoch, millis, seeded};
use super::tally::Tally;

/// Corners, edges and the hole's edge of the fleet's fence, and one point inside.
const BORDER: [(i32, i32); 6] = [
    (481_000_000, 115_000_000),
    (481_000_000, 115_333_333),
    (481_100_000, 115_200_001),
    (481_300_000, 115_500_000),
    (481_300_000, 116_000_000),
    (481_050_000, 115_700_000),
];

/// Every statement; returns how many.
pub(super) fn look_at_all(tally: &mut Tally) -> usize {
    struct Look<'t>(&'t mut Tally, usize);
    impl TestedVisitor for Look<'_> {
        fn visit<S: Tested>(&mut self) {
            let kit = Conformance::new(S::small());
            let id = kit.statement().id();
            let binding = Binding::new(137, [1; 20], [2; 20], &id);
            let worlds: Vec<World> =
                S::own_worlds().into_iter().chain(shared(S::room(), &S::options())).collect();
            self.0.look(&id.name, &kit, worlds.iter().map(|world| S::claim(world, binding)));
            let large = S::own_large_worlds();
            self.0.look_some(&id.name, S::kit(), large.iter().map(|world| S::claim(world, binding)));
            self.1 += 1;
        }
    }
    let mut look = Look(tally, 0);
    each_tested(&mut look);
    look.1
}

/// Edges of position, place, time, class and accuracy, and random readings of random keys.
fn shared(count: usize, options: &FleetOptions) -> Vec<World> {
    let good = World::new(count, options.clone());
    let (start, end) = epoch(&good);
    let mut worlds = Vec::new();
    for position in [0, 7, (1 << 15) - 4, (1 << 21) - 4] {
        let mut world = good.clone();
        for (member, position) in world.members.iter_mut().zip(position..) {
            member.position = position;
        }
        worlds.push(world);
    }
    for (latitude, longitude) in BORDER {
        let mut world = good.clone();
        world.edit(0, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
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
            member.position += rng.next_u32() % APART;
        }
        world.values(&values);
        worlds.push(world);
    }
    worlds
}
