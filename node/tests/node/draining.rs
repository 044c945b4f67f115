//! A node that an operator empties: what it took comes to its end, and nothing more is taken.

use zksensor_node::core::Core;
use zksensor_node::intake::{Intake, IntakeError, Item};
use zksensor_node::operator::{LeftState, Operate};
use zksensor_node::view::{EpochState, Show};

use crate::scene::{GRACE, LENGTH, NAMES, ORIGIN, Scene, after_grace, fill, of, rule, send, settle, town};

/// Of what is left: policy, epoch, what, and of how much.
fn left(core: &Core) -> Vec<(String, u32, LeftState, u64)> {
    let left = core.left().unwrap();
    left.epochs.into_iter().map(|of| (of.policy, of.epoch, of.state, of.count)).collect()
}

fn of_each(epoch: u32, state: LeftState, counts: [u64; 2]) -> Vec<(String, u32, LeftState, u64)> {
    NAMES.iter().zip(counts).map(|(name, count)| ((*name).to_owned(), epoch, state, count)).collect()
}

/// Readings of each policy's epoch 0.
fn readings(core: &Core) -> [u64; 2] {
    NAMES.map(|name| of(core, name, 0).readings)
}

#[test]
fn what_is_closed_is_proven_and_brought_while_readings_are_refused() {
    let scene = Scene::new();
    let core = scene.start();
    fill(&scene, &core, 0);
    let taken = readings(&core);
    after_grace(&scene, 0);
    core.quiesce();
    let late = town().sign(0, ORIGIN + LENGTH + 5_000, 2_100, 77);
    assert_eq!(core.take(vec![Item::Reading(late.clone())]), Err(IntakeError::Draining));
    let view = core.view();
    assert!(!view.ready && view.waiting_for.iter().any(|what| what.contains("drained")), "{view:?}");

    assert_eq!(left(&core), of_each(0, LeftState::Closing, taken));
    assert_eq!(core.keep().unwrap().closed, 2);
    assert_eq!(left(&core), of_each(0, LeftState::Proving, [2, 2]));
    for _ in 0..4 {
        assert!(!core.left().unwrap().is_done());
        core.prove_one().unwrap();
    }
    assert_eq!(left(&core), of_each(0, LeftState::Bringing, [2, 2]));
    settle(&core);
    let after = core.left().unwrap();
    assert!(after.is_done() && after.epochs.is_empty() && !after.takes, "{after:?}");
    assert_eq!((core.view().outbox, scene.shelves.0.lock().unwrap().len()), (0, 4));

    core.resume();
    assert!(core.view().ready && core.left().unwrap().takes);
    assert_eq!(rule(&send(&core, &late)), "accepted");
}

#[test]
fn an_epoch_that_is_open_is_named_and_goes_on_after_the_next_start() {
    let scene = Scene::new();
    let core = scene.start();
    fill(&scene, &core, 0);
    fill(&scene, &core, 1);
    after_grace(&scene, 0);
    core.quiesce();
    settle(&core);
    let open = core.left().unwrap();
    assert!(open.is_done(), "{open:?}");
    for (left, name) in open.epochs.iter().zip(NAMES) {
        let closes = (ORIGIN + 2 * LENGTH + GRACE) / 1000;
        assert_eq!((&*left.policy, left.epoch, left.closes), (name, 1, Some(closes)));
        assert_eq!((left.state, left.count), (LeftState::Open, of(&core, name, 1).readings));
    }
    drop(core);
    let core = scene.start();
    assert!(core.takes(), "a node that is started takes readings");
    after_grace(&scene, 1);
    settle(&core);
    for (name, epoch) in NAMES.into_iter().flat_map(|name| [(name, 0), (name, 1)]) {
        assert_eq!((of(&core, name, epoch).state, of(&core, name, epoch).proven), (EpochState::Final, 2));
    }
}

#[test]
fn an_epoch_whose_grace_ends_while_the_node_is_drained_is_proven_too() {
    let scene = Scene::new();
    let core = scene.start();
    fill(&scene, &core, 0);
    core.quiesce();
    settle(&core);
    assert!(core.left().unwrap().is_done());
    after_grace(&scene, 0);
    assert!(!core.left().unwrap().is_done());
    settle(&core);
    assert_eq!(scene.shelves.0.lock().unwrap().len(), 4);
    assert!(core.left().unwrap().epochs.is_empty());
}

#[test]
fn what_cannot_be_done_now_is_left_with_its_reason() {
    let scene = Scene::new();
    let core = scene.start();
    *scene.prover.fails.lock().unwrap() = 4;
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    core.quiesce();
    settle(&core);
    let left = core.left().unwrap();
    assert!(!left.is_done());
    assert_eq!(left.epochs[0].reason.as_deref(), Some("no memory"));
    assert_eq!(left.epochs[0].to_string(), "air 0 has 2 chunks to prove (no memory)");
    // Being drained cancels nothing: they are made when they are due again.
    scene.clock.set(ORIGIN + LENGTH + GRACE + 10_000);
    settle(&core);
    assert!(core.left().unwrap().epochs.is_empty());
}
