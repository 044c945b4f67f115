//! A bad vector of every rule, as the statements' tests have them, and the chains of products that refuse them.

use zksensor_circuits::statement::{Binding, Rule, Scope};
use zksensor_model::reading::{Location, Network};
use zksensor_testkit::{Conformance, Deletions, Fleet, Forger, IN_HOLE};

use super::kit::{Lies, Tested, World, epoch, millis};

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
        world.edit(0, |reading| reading.location = Location::from_e7(IN_HOLE.0, IN_HOLE.1).unwrap());
    },
];

fn time(world: &mut World, time: u64) {
    world.edit(0, |reading| reading.time = millis(time));
}

fn value(world: &mut World, value: i64) {
    world.values(&[value]);
}

/// Whether a row is of a rule that compares or publishes.
fn compares<S: Tested>(path: &[Scope]) -> bool {
    let readings = [Rule::EPOCH, Rule::VALUE, Rule::ACCURACY, Rule::EXPIRY, Rule::CLASS];
    let totals = [Rule::SUM, Rule::SUM_OF_SQUARES, Rule::MINIMUM, Rule::MAXIMUM];
    readings.iter().chain(&totals).chain(S::COMPARES).any(|rule| path.contains(&Scope::Rule(*rule)))
}

fn look<S: Tested>(deletions: &mut Deletions<'_>, forger: &Forger<'_, S>) {
    deletions.by_vector(&forger.assignment(&[]));
    deletions.by_products(forger, &[], compares::<S>);
}

/// The bad vectors of a statement's first reading, and those of its own rules.
pub(super) fn look_at<S: Tested>(kit: &Conformance<S>, deletions: &mut Deletions<'_>) {
    for change in CHANGES {
        let mut world = S::sparse();
        change(&mut world);
        let (inputs, witness) = S::claim(&world, Binding::NONE);
        look(deletions, &Forger::of_bad(kit, &inputs, &witness));
    }
    for (inputs, witness) in S::own_bad() {
        look(deletions, &Forger::of_bad(kit, &inputs, &witness));
    }
    for (number, Lies { claim: (inputs, witness), overrides, chain }) in S::own_lies().into_iter().enumerate()
    {
        let forger = match kit.statement().check(&inputs, &witness) {
            Ok(()) => Forger::new(kit, &inputs, &witness),
            // Of what an override makes of it.
            Err(_) => Forger::of_bad(kit, &inputs, &witness),
        };
        let lies = overrides(&forger);
        assert!(!lies.is_empty(), "the lies with number {number} are of no wire");
        let lies: Vec<Vec<_>> = lies
            .iter()
            .map(|lie| lie.iter().map(|(target, values)| (target, &values[..])).collect())
            .collect();
        deletions.by_lies(&forger, &lies);
        if let Some(rule) = chain {
            for lie in &lies {
                deletions.by_products(&forger, lie, |path| Scope::is_innermost(path, rule));
            }
        }
    }
}
