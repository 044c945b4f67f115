//! `histogram` under test.

use std::sync::OnceLock;

use zksensor_circuits::statement::histogram::Histogram;
use zksensor_circuits::statement::{Binding, Claim, Rule, Scope};
use zksensor_model::claim::histogram::OF_BINS;
use zksensor_model::field::Fr;
use zksensor_model::histogram::{BINS, HistogramRules};
use zksensor_model::registry::Chunk;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions};

use super::tested::{Lies, Tested};
use super::{CAPACITY, TRIANGLES, World};

/// `count` readings, k = 1.
fn world(count: usize) -> World {
    World::new(count, Histogram::options())
}

/// Values of these readings, from low on.
fn above(values: &[i64]) -> World {
    let mut world = world(values.len());
    let values: Vec<i64> = values.iter().map(|value| Fleet::LOW + value).collect();
    world.values(&values);
    world
}

impl Tested for Histogram {
    /// The block of a reading is that of `aggregate`.
    const ELSEWHERE: &'static [&'static str] = &["reading"];

    const COMPARES: &'static [Rule] = &[OF_BINS];

    fn kit() -> &'static Conformance<Self> {
        static KIT: OnceLock<Conformance<Histogram>> = OnceLock::new();
        KIT.get_or_init(|| {
            Conformance::new(Histogram::new(CAPACITY, TRIANGLES, Fleet::LEVELS.into()).unwrap())
        })
    }

    fn small() -> Self {
        Histogram::new(2, TRIANGLES, Fleet::LEVELS.into()).unwrap()
    }

    /// A cap that is the leaves, and a chunk that is the registry.
    fn branches() -> Vec<Self> {
        [Fleet::LEVELS, Chunk::LEAST_LEVELS, Chunk::MOST_LEVELS]
            .map(|levels| Histogram::new(2, TRIANGLES, levels.into()).unwrap())
            .into()
    }

    fn claim(world: &World, binding: Binding) -> ClaimOf<Self> {
        let witness = world.aggregate_witness();
        (witness.histogram(Fleet::EPOCH, binding), witness)
    }

    fn good() -> World {
        World::new(5, FleetOptions::of::<Histogram>())
    }

    /// Eight readings in different bins, so that every bin says something: it has a reading or it has none.
    fn telling() -> ClaimOf<Self> {
        let mut world = World::new(CAPACITY, FleetOptions::of::<Histogram>());
        world.values(&[0, 1, 3, 5, 8, 11, 14, 15].map(|bin: i64| Fleet::LOW + 6_000 * bin + 77));
        let binding = Binding::new(137, [1; 20], [2; 20], &Self::kit().statement().id());
        Self::claim(&world, binding)
    }

    fn sparse() -> World {
        world(1)
    }

    fn unused() -> World {
        World::new(6, FleetOptions::of::<Histogram>())
    }

    /// Both ends of bins, the last one's among them, full and with an unused slot; and every channel.
    fn own_worlds() -> Vec<World> {
        let span = Fleet::HIGH - Fleet::LOW;
        let mut worlds: Vec<World> =
            [&[0, span][..], &[5_999, 6_000], &[89_999, 90_000], &[7, 7], &[0], &[span]].map(above).into();
        let mut narrow = above(&[0, 16]);
        narrow.policy(|parts| parts.parameters = HistogramRules::new(1).unwrap().parameters());
        worlds.push(narrow);
        for channel in 0..4 {
            worlds.push(World::new(2, FleetOptions { channel, ..Self::options() }));
        }
        worlds
    }

    /// Of its bins.
    fn own_bad() -> Vec<ClaimOf<Self>> {
        let (inputs, witness) = Self::claim(&above(&[5_999, 90_000]), Binding::NONE);
        let mut lies = Vec::new();
        for (from, to) in [(0, 1), (15, 14), (0, 15), (15, 0)] {
            let mut bins = inputs.bins();
            (bins[from], bins[to]) = (bins[from] - 1, bins[to] + 1);
            lies.push(bins);
        }
        for bin in 0..BINS {
            let mut bins = inputs.bins();
            bins[bin] += 1;
            lies.push(bins);
        }
        lies.push([0; BINS]);
        lies.into_iter().map(|bins| (inputs.with_bins(bins), witness.clone())).collect()
    }

    fn own_lies() -> Vec<Lies<Self>> {
        // What a hook switches off or counts twice.
        let mut lies: Vec<Lies<Self>> = [1, 2]
            .map(|count| {
                let claim = Self::claim(&world(count), Binding::NONE);
                Lies::of(claim, "active", |_| [0u64, 2].map(|value| vec![Fr::from(value)]).into())
            })
            .into();
        // Booleans that say the bin and are no booleans, or too many.
        let claim = Self::claim(&above(&[18_000, 23_999]), Binding::NONE);
        lies.push(Lies::of_one_hot(claim, "in bin"));
        // At high a value is its range's end and in the last bin, which has none.
        let span = Fleet::HIGH - Fleet::LOW;
        lies.push(Lies::fractions(Self::claim(&above(&[span, span]), Binding::NONE), |target| {
            Scope::is_innermost(&target.path, Rule::VALUE) || Scope::is_innermost(&target.path, "bin")
        }));
        lies
    }
}
