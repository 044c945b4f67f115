//! `aggregate` under test.

use std::sync::OnceLock;

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::field::Fr;
use zksensor_model::policy::Outputs;
use zksensor_model::registry::Chunk;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions};

use super::tested::{Lies, Tested};
use super::{CAPACITY, TRIANGLES, World};

/// The extremes, which any number of readings may publish.
const EXTREMES: Outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
const ALL: Outputs = Outputs { sum_of_squares: true, ..EXTREMES };

/// `count` readings, k = 1.
fn world(count: usize, outputs: Outputs) -> World {
    World::new(count, FleetOptions { outputs, ..Aggregate::options() })
}

impl Tested for Aggregate {
    fn kit() -> &'static Conformance<Self> {
        static KIT: OnceLock<Conformance<Aggregate>> = OnceLock::new();
        KIT.get_or_init(|| {
            Conformance::new(Aggregate::new(CAPACITY, TRIANGLES, Fleet::LEVELS.into()).unwrap())
        })
    }

    fn small() -> Self {
        Aggregate::new(2, TRIANGLES, Fleet::LEVELS.into()).unwrap()
    }

    /// A cap that is the leaves, and a chunk that is the registry.
    fn branches() -> Vec<Self> {
        [Fleet::LEVELS, Chunk::LEAST_LEVELS, Chunk::MOST_LEVELS]
            .map(|levels| Aggregate::new(2, TRIANGLES, levels.into()).unwrap())
            .into()
    }

    fn claim(world: &World, binding: Binding) -> ClaimOf<Self> {
        let witness = world.aggregate_witness();
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }

    fn good() -> World {
        World::aggregate(5)
    }

    /// Eight readings, every output asked for.
    fn telling() -> ClaimOf<Self> {
        let mut world = World::with_outputs(ALL);
        world.values(&[100, 200, 300, 400, 500, 600, 700, 800]);
        let binding = Binding::new(137, [1; 20], [2; 20], &Self::kit().statement().id());
        Self::claim(&world, binding)
    }

    fn sparse() -> World {
        world(1, EXTREMES)
    }

    fn unused() -> World {
        World::new(6, FleetOptions { outputs: EXTREMES, ..FleetOptions::default() })
    }

    /// The extremes published or not, full and with an unused slot, equal values; and every channel.
    fn own_worlds() -> Vec<World> {
        let mut worlds = Vec::new();
        for flags in 0..4u8 {
            let outputs = Outputs { sum_of_squares: false, minimum: flags & 2 != 0, maximum: flags & 1 != 0 };
            for values in [&[Fleet::LOW, Fleet::HIGH][..], &[7, 7], &[Fleet::HIGH]] {
                let mut world = world(values.len(), outputs);
                world.values(values);
                worlds.push(world);
            }
        }
        for channel in 0..4 {
            worlds.push(World::new(2, FleetOptions { channel, ..Self::options() }));
        }
        worlds
    }

    /// No policy asks for the sum of squares of fewer than eight readings.
    fn own_large_worlds() -> Vec<World> {
        let mut world = World::with_outputs(ALL);
        let mut worlds = vec![world.clone()];
        for value in [Fleet::LOW, 0, Fleet::HIGH] {
            worlds.push(world.values(&[value; CAPACITY]).clone());
        }
        worlds
    }

    /// Of its statistics.
    fn own_bad() -> Vec<ClaimOf<Self>> {
        let mut world = world(2, EXTREMES);
        let (inputs, witness) = Self::claim(world.values(&[1_000, 2_000]), Binding::NONE);
        [
            AggregateInputs { sum: inputs.sum + 1, ..inputs },
            AggregateInputs { sum_of_squares: 1, ..inputs },
            AggregateInputs { minimum: inputs.minimum + 1, ..inputs },
            AggregateInputs { maximum: inputs.maximum + 1, ..inputs },
            AggregateInputs { count: 1, ..inputs },
            AggregateInputs { count: 3, ..inputs },
        ]
        .map(|inputs| (inputs, witness.clone()))
        .into()
    }

    fn own_lies() -> Vec<Lies<Self>> {
        // What a hook switches off or counts twice.
        let mut lies: Vec<Lies<Self>> = [1, 2]
            .map(|count| {
                let claim = Self::claim(&world(count, EXTREMES), Binding::NONE);
                Lies::of(claim, "active", |_| [0u64, 2].map(|value| vec![Fr::from(value)]).into())
            })
            .into();
        // Extremes that no reading attains, and that nobody asked for.
        let mut alone = World::new(1, Self::options());
        let claim = Self::claim(alone.values(&[1_000]), Binding::NONE);
        lies.push(Lies::of(claim, "minimum and maximum", |honest| {
            let (one, minimum, maximum) = (Fr::from(1u64), honest[0], honest[1]);
            vec![vec![minimum - one, maximum], vec![minimum, maximum + one]]
        }));
        lies
    }
}
