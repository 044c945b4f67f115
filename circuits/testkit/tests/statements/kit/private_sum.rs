//! `private-sum` under test.

#[path = "private_sum_lies.rs"]
mod lies;

use std::sync::OnceLock;

use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs, PrivateSumWitness};
use zksensor_circuits::statement::{Binding, Claim, Rule, Scope};
use zksensor_model::claim::private_sum::SEAL;
use zksensor_model::field::Fr;
use zksensor_model::noise::{NoiseRules, Seal};
use zksensor_model::registry::Chunk;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions, Specimen};

use super::tested::{Lies, Tested};
use super::{CAPACITY, TRIANGLES, World};

/// `count` readings, k = 1.
fn world(count: usize) -> World {
    World::new(count, PrivateSum::options())
}

/// Under a policy with this scale.
fn scaled(count: usize, bits: u8) -> World {
    let mut world = world(count);
    world.policy(|parts| parts.parameters = NoiseRules::new(bits).unwrap().parameters());
    world
}

impl Tested for PrivateSum {
    /// The block of a reading is that of `aggregate`.
    const ELSEWHERE: &'static [&'static str] = &["reading"];

    const COMPARES: &'static [Rule] = &[SEAL];

    fn kit() -> &'static Conformance<Self> {
        static KIT: OnceLock<Conformance<PrivateSum>> = OnceLock::new();
        KIT.get_or_init(|| {
            Conformance::new(PrivateSum::new(CAPACITY, TRIANGLES, Fleet::LEVELS.into()).unwrap())
        })
    }

    fn small() -> Self {
        PrivateSum::new(2, TRIANGLES, Fleet::LEVELS.into()).unwrap()
    }

    /// A cap that is the leaves, and a chunk that is the registry.
    fn branches() -> Vec<Self> {
        [Fleet::LEVELS, Chunk::LEAST_LEVELS, Chunk::MOST_LEVELS]
            .map(|levels| PrivateSum::new(2, TRIANGLES, levels.into()).unwrap())
            .into()
    }

    fn claim(world: &World, binding: Binding) -> ClaimOf<Self> {
        let readings = world.aggregate_witness();
        let (sum, count) = readings.exact();
        // Of readings that break a rule there may be no seal: any will do.
        let (secret, salt) = (Fr::from(0x5ec2e7u64), Fr::from(0x5a17u64));
        let of = |sum, count| Seal::from_parts(secret, salt, sum, count);
        let seal = of(sum, count).or_else(|_| of(0, 0)).unwrap();
        let witness = PrivateSumWitness { readings, seal };
        (Self::inputs_of(&witness, binding), witness)
    }

    fn good() -> World {
        World::new(5, FleetOptions::of::<PrivateSum>())
    }

    fn telling() -> ClaimOf<Self> {
        let world = World::new(CAPACITY, FleetOptions::of::<PrivateSum>());
        let binding = Binding::new(137, [1; 20], [2; 20], &Self::kit().statement().id());
        Self::claim(&world, binding)
    }

    fn sparse() -> World {
        world(1)
    }

    fn unused() -> World {
        World::new(6, FleetOptions::of::<PrivateSum>())
    }

    /// Every digit masked that can be, and none; and every channel.
    fn own_worlds() -> Vec<World> {
        let mut worlds: Vec<World> = [0, 1, 40].map(|bits| scaled(2, bits)).into();
        for channel in 0..4 {
            worlds.push(World::new(2, FleetOptions { channel, ..Self::options() }));
        }
        worlds
    }

    /// Another sum, seal or beacon than the one that goes with the others.
    fn own_bad() -> Vec<ClaimOf<Self>> {
        let (inputs, witness) = Self::claim(&world(2), Binding::NONE);
        let mut bad = Vec::new();
        for sum in [inputs.sum + 1, inputs.sum - 1, witness.seal.sum()] {
            bad.push((PrivateSumInputs { sum, ..inputs }, witness.clone()));
        }
        let (secret, salt, sum, count) = witness.seal.to_parts();
        let with = |seal| PrivateSumWitness { seal, ..witness.clone() };
        for (secret, salt) in [(secret, secret), (salt, salt)] {
            bad.push((inputs, with(Seal::from_parts(secret, salt, sum, count).unwrap())));
        }
        for (sum, count) in [(sum + 1, count), (sum, count - 1)] {
            let other = with(witness.seal.of_other(sum, count).unwrap());
            bad.push((Self::inputs_of(&other, Binding::NONE), other));
        }
        bad
    }

    fn own_lies() -> Vec<Lies<Self>> {
        // What a hook switches off or counts twice.
        let mut lies: Vec<Lies<Self>> = [1, 2]
            .map(|count| {
                let claim = Self::claim(&world(count), Binding::NONE);
                Lies::of(claim, "active", |_| [0u64, 2].map(|value| vec![Fr::from(value)]).into())
            })
            .into();
        // Booleans that say the scale and are no booleans, or too many.
        lies.push(Lies::of_one_hot(Self::claim(&scaled(1, 10), Binding::NONE), "is scale"));
        // At high a value is its range's end.
        let mut highest = world(2);
        let claim = Self::claim(highest.values(&[Fleet::HIGH; 2]), Binding::NONE);
        lies.push(Lies::fractions(claim, |target| Scope::is_innermost(&target.path, Rule::VALUE)));
        lies.extend(lies::all());
        lies
    }
}
