//! A bad vector of every rule, as the statements' tests have them, and the chains of products that refuse them.

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::{Rule, Statement};
use zksensor_model::device::Identity;
use zksensor_model::field::Fr;
use zksensor_model::policy::{Outputs, StatementFamily};
use zksensor_model::reading::{Location, Network};
use zksensor_testkit::{Conformance, Deletions, Fleet, FleetOptions, Forger, IN_HOLE};

use super::kit::{World, epoch, millis, reading};

type Change = fn(&mut World);

/// What is wrong with a reading.
const CHANGES: [Change; 12] = [
    |world| time(world, epoch(world).0 - 1),
    |world| time(world, epoch(world).1),
    |world| time(world, 0),
    |world| value(world, Fleet::LOW - 1),
    |world| value(world, Fleet::HIGH + 1),
    |world| value(world, Fleet::HIGH - (1 << 40)),
    |world| {
        world.edit(0, |reading| reading.accuracy_mm = Fleet::MAX_ACCURACY + 1);
    },
    |world| world.members[0].leaf.attributes.class = 8,
    |world| world.members[0].leaf.attributes.expiry = world.members[0].reading.time,
    |world| {
        world.edit(0, |reading| reading.network = Network::new(137, [0x11; 20]));
    },
    |world| {
        world.edit(0, |reading| reading.schema ^= 1 << 31);
    },
    |world| {
        world.edit(0, |reading| reading.location = Location::new(IN_HOLE.0, IN_HOLE.1).unwrap());
    },
];

fn time(world: &mut World, time: u64) {
    world.edit(0, |reading| reading.time = millis(time));
}

fn value(world: &mut World, value: i64) {
    world.values(&[value]);
}

/// The scopes of a rule that compares or publishes.
fn compares(path: &[&'static str]) -> bool {
    let readings = [Rule::EPOCH, Rule::VALUE, Rule::ACCURACY, Rule::EXPIRY, Rule::CLASS];
    let totals = [Rule::SUM, Rule::SUM_OF_SQUARES, Rule::MINIMUM, Rule::MAXIMUM];
    [&readings[..], &totals[..]].concat().iter().any(|rule| path.contains(&rule.scope()))
}

fn look<S: Statement>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>) {
    deletions.by_vector(&forger.assignment(&[]));
    deletions.by_products(forger, &[], compares);
}

/// The bad vectors of one reading.
pub(super) fn readings(deletions: &mut Deletions<'_>) {
    let options = FleetOptions { family: StatementFamily::Reading, k: 1, ..FleetOptions::default() };
    for change in CHANGES {
        let mut world = World::new(1, options.clone());
        change(&mut world);
        let (inputs, witness) = world.reading_claim();
        look(deletions, &Forger::of_bad(reading(), &inputs, &witness));
    }
    let mut world = World::reading();
    world.members[0].leaf.identity = Identity::from_field(Fr::from(0u64));
    let (inputs, witness) = world.reading_claim();
    look(deletions, &Forger::of_bad(reading(), &inputs, &witness));
}

/// The bad vectors of an aggregate: of its first reading, and of its statistics.
pub(super) fn aggregates(kit: &Conformance<Aggregate>, deletions: &mut Deletions<'_>) {
    let outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
    let options = FleetOptions { k: 1, outputs, ..FleetOptions::default() };
    for change in CHANGES {
        let mut world = World::new(1, options.clone());
        change(&mut world);
        let (inputs, witness) = world.aggregate_claim();
        look(deletions, &Forger::of_bad(kit, &inputs, &witness));
    }
    let mut world = World::new(2, options.clone());
    let (inputs, witness) = world.values(&[1_000, 2_000]).aggregate_claim();
    for inputs in [
        AggregateInputs { sum: inputs.sum + 1, ..inputs },
        AggregateInputs { sum_of_squares: 1, ..inputs },
        AggregateInputs { minimum: inputs.minimum + 1, ..inputs },
        AggregateInputs { maximum: inputs.maximum + 1, ..inputs },
        AggregateInputs { count: 1, ..inputs },
        AggregateInputs { count: 3, ..inputs },
    ] {
        look(deletions, &Forger::of_bad(kit, &inputs, &witness));
    }
    // What a hook switches off or counts twice.
    for count in [1, 2] {
        let (inputs, witness) = World::new(count, options.clone()).aggregate_claim();
        let forger = Forger::new(kit, &inputs, &witness);
        for target in forger.targets().filter(|target| target.name == "active") {
            for value in [0u64, 2] {
                deletions.by_vector(&forger.assignment(&[(&target, &[Fr::from(value)])]));
            }
        }
    }
    // Extremes that no reading attains, and that nobody asked for.
    let mut world = World::new(1, FleetOptions { k: 1, ..FleetOptions::default() });
    let (inputs, witness) = world.values(&[1_000]).aggregate_claim();
    let forger = Forger::new(kit, &inputs, &witness);
    let target = forger.hints().into_iter().find(|target| target.name == "minimum and maximum").unwrap();
    let [minimum, maximum] = forger.values(&target) else { unreachable!("two extremes") };
    let one = Fr::from(1u64);
    for extremes in [[*minimum - one, *maximum], [*minimum, *maximum + one]] {
        deletions.by_vector(&forger.assignment(&[(&target, &extremes)]));
    }
}
