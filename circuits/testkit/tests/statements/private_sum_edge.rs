//! `private-sum`: claims at the edge of a rule that hold.

use zksensor_circuits::statement::private_sum::PrivateSum;
use zksensor_circuits::statement::{Binding, Claim, Statement};
use zksensor_model::noise::NoiseRules;
use zksensor_testkit::{Conformance, Fleet, FleetOptions, Specimen};

use super::kit::{CAPACITY, TRIANGLES, Tested, World, run};

fn world(count: usize) -> World {
    World::new(count, FleetOptions { k: 1, ..FleetOptions::of::<PrivateSum>() })
}

fn good(name: &'static str, world: &World) {
    run(PrivateSum::kit(), name, PrivateSum::claim(world, Binding::NONE), None);
}

#[test]
fn every_scale() {
    for bits in 0..=40 {
        let mut world = world(2);
        world.policy(|parts| parts.parameters = NoiseRules::new(bits).unwrap().parameters());
        good("a scale", &world);
    }
}

/// The least and the greatest sums that there are, and the narrowest range.
#[test]
fn the_widest_ranges() {
    let limit = 1i64 << 40;
    for (low, high) in [
        (-limit, -1),
        (0, limit - 1),
        (-limit / 2, limit / 2 - 1),
        (-limit, -limit + 1),
        (limit - 2, limit - 1),
    ] {
        for end in [low, high] {
            let mut world = world(CAPACITY);
            world.policy(|parts| (parts.low, parts.high) = (low, high));
            good("the widest ranges", world.values(&[end; CAPACITY]));
        }
    }
}

/// The registry as it is used: positions by the permutation of the enrolment counter, sorted.
#[test]
fn through_the_registry() {
    for count in [CAPACITY, 5] {
        good("enrolled in a registry", &World::new(count, FleetOptions::of::<PrivateSum>()));
    }
}

#[test]
fn one_reading() {
    let kit = Conformance::new(PrivateSum::new(1, TRIANGLES, Fleet::LEVELS.into()).unwrap());
    run(&kit, "capacity 1", PrivateSum::claim(&world(1), Binding::NONE), None);
    let (inputs, witness) = PrivateSum::claim(&world(2), Binding::NONE);
    assert!(kit.statement().check(&inputs, &witness).is_err());
}

/// What the proof is bound to is no rule's business: the proof itself is what ties it.
#[test]
fn any_binding() {
    let (_, witness) = PrivateSum::claim(&world(3), Binding::NONE);
    let binding = Binding::new(137, [1; 20], [2; 20], &PrivateSum::kit().statement().id());
    run(PrivateSum::kit(), "bound", (PrivateSum::inputs_of(&witness, binding), witness), None);
}
