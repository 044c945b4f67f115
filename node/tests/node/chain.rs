//! Proofs on a chain in memory, with the real contracts: sent once, sent again when blocks are taken back, and final in the end.

use std::sync::Arc;

use zksensor_node::core::Core;
use zksensor_node::intake::Answer;
use zksensor_node::place::Place;
use zksensor_node::toy::{BLOCK_S, DELAY_S, Toy, ToyFeed};
use zksensor_node::view::{EpochState, EpochView, Show};

use super::scene;
use crate::scene::{
    CONFIRMATIONS, GRACE, LENGTH, NAMES, ORIGIN, Scene, chain, inputs_of, rule, send, settle, town,
};

fn start(scene: &Scene, feeds: &[ToyFeed; 2]) -> Core {
    scene.start_with(scene.store(), |policy| Box::new(feeds[policy].clone()) as Box<dyn Place>)
}

fn at(scene: &Scene, toy: &Toy, time: u64) {
    scene.clock.set(time);
    toy.set_time(time);
}

/// Sends every reading of an epoch, and lets its grace pass.
fn fill(scene: &Scene, toy: &Toy, core: &Core, epoch: u32) {
    let end = ORIGIN + u64::from(epoch + 1) * LENGTH;
    at(scene, toy, end - 1);
    for signed in town().readings.iter().filter(|signed| signed.epoch == epoch) {
        assert!(matches!(send(core, &signed.bytes), Answer::Accepted | Answer::Refused { .. }));
    }
    at(scene, toy, end + GRACE);
}

fn of(core: &Core, policy: &str, epoch: u32) -> EpochView {
    let view = core.view();
    view.epochs.into_iter().find(|of| of.policy == policy && of.epoch == epoch).unwrap()
}

/// What the node looks for again is due a second later.
fn go_on(scene: &Scene, toy: &Toy, core: &Core, seconds: u64) {
    use zksensor_node::clock::Clock;
    at(scene, toy, scene.clock.now_ms() + 1000 * seconds);
    settle(core);
}

#[test]
fn every_epoch_is_on_chain_and_final_after_its_confirmations() {
    let (scene, (toy, feeds)) = (scene(), chain());
    let core = start(&scene, &feeds);
    for epoch in 0..2 {
        fill(&scene, &toy, &core, epoch);
        settle(&core);
        assert_eq!(of(&core, NAMES[0], epoch).state, EpochState::Proven);
        go_on(&scene, &toy, &core, BLOCK_S * CONFIRMATIONS - BLOCK_S);
        assert_eq!(of(&core, NAMES[0], epoch).state, EpochState::Proven, "a block too early");
        go_on(&scene, &toy, &core, BLOCK_S);
        for (name, feed) in NAMES.iter().zip(&feeds) {
            assert_eq!(of(&core, name, epoch).state, EpochState::Final);
            let round = toy.round(feed, epoch).unwrap();
            assert_eq!((round.count, round.chunks), (if *name == "air" { 10 } else { round.count }, 2));
        }
    }
    assert_eq!(toy.sent(), (8, 0));
    assert!(core.view().proofs.iter().all(|proof| proof.gas.is_some_and(|gas| gas > 21_000)));
}

#[test]
fn what_is_in_blocks_that_are_taken_back_is_sent_again_and_counts_once() {
    let (scene, (toy, feeds)) = (scene(), chain());
    let core = start(&scene, &feeds);
    fill(&scene, &toy, &core, 0);
    settle(&core);
    let before = toy.round(&feeds[0], 0).unwrap();
    for _ in 0..3 {
        go_on(&scene, &toy, &core, 2);
        toy.reorganise(157);
        assert_eq!(toy.round(&feeds[0], 0).unwrap().count, 0, "it was not taken back");
        go_on(&scene, &toy, &core, 2);
        let again = toy.round(&feeds[0], 0).unwrap();
        assert_eq!((again.count, again.sum, again.chunks), (before.count, before.sum, before.chunks));
    }
    go_on(&scene, &toy, &core, BLOCK_S * CONFIRMATIONS);
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Final);
    assert_eq!(toy.sent(), (4 * 4, 0));
    assert_eq!(scene.prover.made.lock().unwrap().len(), 4, "nothing is proven again for it");
}

#[test]
fn what_somebody_else_brought_after_blocks_were_taken_back_is_final_by_its_own_block() {
    use zksensor_node::place::{Parcel, Whereabouts};
    let (scene, (toy, mut feeds)) = (scene(), chain());
    let core = start(&scene, &feeds);
    fill(&scene, &toy, &core, 0);
    settle(&core);
    let file = core.proofs(NAMES[0], 0).unwrap().remove(0);
    let inputs = inputs_of(&file);
    let parcel = Parcel { policy: NAMES[0], epoch: 0, chunk: inputs.chunk, file: &file };
    let first = feeds[0].bring(&[parcel]).remove(0).unwrap().receipt;
    go_on(&scene, &toy, &core, 2);
    toy.reorganise(157);
    drop(core);
    // An hour's hundred blocks later it is brought again, and the old receipt says nothing of that.
    at(&scene, &toy, ORIGIN + LENGTH + GRACE + 200_000);
    assert_eq!(feeds[0].look(&parcel, &first).unwrap(), Whereabouts::Lost);
    feeds[0].bring(&[parcel]).remove(0).unwrap();
    at(&scene, &toy, ORIGIN + LENGTH + GRACE + 200_000 + 1000 * BLOCK_S * (CONFIRMATIONS - 1));
    assert_eq!(
        feeds[0].look(&parcel, &first).unwrap(),
        Whereabouts::Pending,
        "by the first receipt it is final"
    );
    at(&scene, &toy, ORIGIN + LENGTH + GRACE + 200_000 + 1000 * BLOCK_S * CONFIRMATIONS);
    assert_eq!(feeds[0].look(&parcel, &first).unwrap(), Whereabouts::Final(None));
}

#[test]
fn another_root_on_the_chain_is_waited_for_until_the_window_is_shut() {
    let (scene, (toy, feeds)) = (scene(), chain());
    // The node knows of no revocation that the chain has.
    let revoked = town().without(2);
    let position = town().registry.position_of(town().devices[2].0.public()).unwrap();
    let core = start(&scene, &feeds);
    at(&scene, &toy, ORIGIN + LENGTH / 2);
    toy.revoke(position, revoked.root()).unwrap();
    fill(&scene, &toy, &core, 0);
    settle(&core);
    assert_eq!(toy.sent().1, 0);
    let view = of(&core, NAMES[0], 0);
    assert_eq!(view.state, EpochState::Proven, "it was given up while the window is open: {view:?}");
    assert!(view.reason.unwrap().contains("another root"));
    at(&scene, &toy, ORIGIN + 2 * LENGTH);
    settle(&core);
    let view = of(&core, NAMES[0], 0);
    assert_eq!(view.state, EpochState::Ended);
    assert!(view.reason.unwrap().contains("window"));
}

#[test]
fn a_feed_that_is_shut_is_sent_nothing_and_the_epoch_ends_with_that_reason() {
    let (scene, (toy, feeds)) = (scene(), chain());
    let core = start(&scene, &feeds);
    fill(&scene, &toy, &core, 0);
    // Nobody was there while the window was open.
    at(&scene, &toy, ORIGIN + 2 * LENGTH);
    settle(&core);
    let view = of(&core, NAMES[0], 0);
    assert_eq!((view.state, view.proven), (EpochState::Ended, 2));
    assert!(view.reason.unwrap().contains("window"));
    assert_eq!(toy.sent(), (0, 0));
}

#[test]
fn a_node_whose_clock_is_ahead_waits_for_the_chain() {
    let (scene, (toy, feeds)) = (scene(), chain());
    let core = start(&scene, &feeds);
    fill(&scene, &toy, &core, 0);
    let (toy, feeds) = chain();
    drop(core);
    let core = start(&scene, &feeds);
    toy.set_time(ORIGIN + LENGTH - 2_000);
    settle(&core);
    assert_eq!(toy.sent(), (0, 0));
    assert!(of(&core, NAMES[0], 0).reason.unwrap().contains("not over on the chain"));
    at(&scene, &toy, ORIGIN + LENGTH + 2 * GRACE);
    settle(&core);
    assert_eq!(toy.sent(), (4, 0));
}

#[test]
fn a_device_that_is_revoked_before_the_end_of_an_epoch_is_in_no_proof_that_the_chain_takes() {
    let (mut scene, (toy, feeds)) = (scene(), chain());
    let revoked = Arc::new(town().without(2));
    let position = town().registry.position_of(town().devices[2].0.public()).unwrap();
    let posted = ORIGIN + LENGTH / 2;
    scene.registries.0.push((posted + 1000 * DELAY_S, revoked.clone()));
    let core = start(&scene, &feeds);
    at(&scene, &toy, posted);
    toy.revoke(position, revoked.root()).unwrap();
    fill(&scene, &toy, &core, 0);
    settle(&core);
    let round = toy.round(&feeds[0], 0).unwrap();
    assert_eq!((round.count, round.chunks), (9, 2));
    assert_eq!(rule(&send(&core, &town().sign(2, ORIGIN + 2 * LENGTH / 3, 2_100, 1))), "C4");
}
