//! Which registry counts: the last that was posted a delay before the epoch began, and of which nothing was taken back.

use zksensor::model::registry::{Position, Registry};
use zksensor::solidity::feed::registry::{self, NO_PARENT};
use zksensor_chain::changes;

use crate::node::ACCOUNTS;
use crate::run;
use crate::scene::Scene;
use crate::world::{World, enrolled, node, operator};

/// The town on a chain where a second registry is posted, with a station less, none of the five.
fn posted_twice(name: &str) -> Option<(Scene, Registry)> {
    let world = World::get();
    let anvil = world.on_chain(name, 1)?;
    let whole = &world.town.registry;
    let mut less = whole.clone();
    let of_the_second_chunk = world.town.chunks[1][0].leaf();
    let place = whole.records().position(|record| record.leaf == of_the_second_chunk).unwrap();
    less.revoke(Position::of_enrolment(place as u32).unwrap()).unwrap();
    let parent = registry::digest(whole.root(), &NO_PARENT, &enrolled(whole));
    let post = registry::post(less.root(), &parent, &changes(whole, &less));
    anvil.send(ACCOUNTS[0], &world.address("registry").to_string(), &post);
    Some((Scene { world, node: node(&anvil), anvil }, less))
}

#[test]
fn an_older_root_is_not_the_one_that_counts() {
    let Some((scene, less)) = posted_twice("older root") else { return };
    scene.anvil.at(17, 0);
    let newer = scene.prove(&less, scene.feed(), operator());
    run(async {
        let older = &scene.world.five;
        assert_eq!(scene.submit(older, &operator(), 1).await, "RootOther", "said to be of the newer");
        assert_eq!(scene.submit(older, &operator(), 0).await, "IndexOther", "with the older post");
        assert_eq!(scene.submit(&newer, &operator(), 0).await, "IndexOther");
        assert_eq!(scene.submit(&newer, &operator(), 1).await, "accepted");
    });
}

#[test]
fn a_root_that_was_taken_back_counts_for_nothing() {
    let Some((scene, less)) = posted_twice("root taken back") else { return };
    let newer = scene.prove(&less, scene.feed(), operator());
    scene.send(&scene.world.address("registry"), &registry::veto(1, "not ours"));
    scene.anvil.at(17, 0);
    run(async {
        assert_eq!(scene.submit(&newer, &operator(), 1).await, "IndexOther");
        assert_eq!(scene.submit(&newer, &operator(), 0).await, "RootOther");
        assert_eq!(scene.submit(&scene.world.five, &operator(), 0).await, "accepted");
    });
}
