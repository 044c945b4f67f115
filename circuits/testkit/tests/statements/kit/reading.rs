//! `reading` under test.

use std::sync::OnceLock;

use zksensor_circuits::statement::reading::{ReadingWitness, SingleReading};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::device::Identity;
use zksensor_model::field::Fr;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions};

use super::tested::Tested;
use super::{World, salt};

impl Tested for SingleReading {
    fn kit() -> &'static Conformance<Self> {
        static KIT: OnceLock<Conformance<SingleReading>> = OnceLock::new();
        KIT.get_or_init(|| Conformance::new(SingleReading))
    }

    fn small() -> Self {
        SingleReading
    }

    /// Of the first member.
    fn claim(world: &World, binding: Binding) -> ClaimOf<Self> {
        let enrolled = world.enrolled().swap_remove(0);
        let secret = world.fleet.secrets[world.members[0].device].clone();
        let witness = ReadingWitness::new(world.fleet.policy, &world.fleet.fence, enrolled, secret, salt(1));
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }

    fn good() -> World {
        World::reading()
    }

    fn telling() -> ClaimOf<Self> {
        Self::claim(&World::reading(), Binding::new(137, [1; 20], [2; 20], &SingleReading.id()))
    }

    fn sparse() -> World {
        World::reading()
    }

    /// Every half of every lane at the ends of the policy's range.
    fn own_worlds() -> Vec<World> {
        let mut worlds = Vec::new();
        for channel in 0..4 {
            for value in [Fleet::LOW, -1, 0, Fleet::HIGH] {
                let mut world = World::new(1, FleetOptions { channel, ..Self::options() });
                world.values(&[value]);
                worlds.push(world);
            }
        }
        worlds
    }

    fn own_bad() -> Vec<ClaimOf<Self>> {
        let mut world = World::reading();
        world.members[0].leaf.identity = Identity::from_field(Fr::from(0u64));
        vec![Self::claim(&world, Binding::NONE)]
    }
}
