//! What is proven comes to the feed once, whatever happens on the way.

use std::time::Duration;

use zksensor::model::hex;
use zksensor::solidity::Address;
use zksensor::solidity::feed::aggregates;
use zksensor_chain::{ChainError, Event, Limits, Outbox, Setup, Signer, Waiting};
use zksensor_node::core::Core;
use zksensor_node::view::{EpochState, Show};

use crate::node::{ACCOUNTS, Anvil};
use crate::station::{COIN, Station, epoch};
use crate::town::{K, MOST, Wanted};
use crate::world::{CHAIN, GWEI, LIMITS, node};

/// Devices and chunks that the feed has of the first epoch, and whether it is open.
fn on_chain(anvil: &Anvil, station: &Station) -> (u32, u32) {
    let (node, feed) = (node(anvil), station.world.address("feed"));
    let state = zksensor_chain::block_on(node.feed(&feed, 3)).unwrap().unwrap();
    let round = state.epochs.iter().find(|epoch| epoch.epoch == 0).unwrap().round;
    (round.count, round.chunks)
}

#[test]
fn the_chunks_of_an_epoch_are_one_transaction_and_final() {
    let Some(station) = Station::new("node", 1) else { return };
    let core = station.start();
    station.hour(&core, 2);
    let before = station.sent();
    let ended = station.end(&core);
    assert_eq!((ended.state, ended.proven, ended.reason.clone()), (EpochState::Final, 2, None), "{ended:?}");
    assert_eq!(station.sent(), before + 1, "both chunks fit into one");
    assert_eq!(on_chain(&station.anvil, &station), (2 * K as u32, 2));
    for proof in core.view().proofs {
        let (gas, fee) = proof.gas.zip(proof.fee_gwei).unwrap();
        assert!(gas > 150_000 && gas < 450_000, "a part of the gas: {gas}");
        assert!(fee > gas / 10 && fee < 1000 * gas, "{fee} of 10^-9 for {gas} gas");
    }
    assert!(
        station.has_said("sent the proofs of 2 chunks of epoch 0") && station.has_said("is final in block")
    );
    // A node that lost its store brings it again, and it is there.
    drop(core);
    std::fs::remove_file(station.anvil.folder.join("node.redb")).unwrap();
    let core = station.start();
    station.hour_again(&core);
    assert_eq!(station.end(&core).state, EpochState::Final);
    assert_eq!(station.sent(), before + 1);
}

#[test]
fn blocks_that_are_taken_back_are_noticed_and_nothing_is_sent_twice() {
    let Some(station) = Station::new("node: blocks taken back", 5) else { return };
    let core = station.start();
    station.hour(&core, 1);
    let before = station.sent();
    station.until(&core, "it is not included", |_| station.has_said("included in block"));
    station.anvil.mine(false);
    station.anvil.reorganise(3);
    station.until(&core, "nobody notices", |_| station.has_said("fell out of the chain"));
    assert_eq!(epoch(&core).state, EpochState::Proven, "it is on its way again");
    station.anvil.mine(true);
    assert_eq!(station.end(&core).state, EpochState::Final);
    assert_eq!((station.sent(), on_chain(&station.anvil, &station)), (before + 1, (K as u32, 1)));
    assert!(core.view().proofs[0].gas.is_some());
}

/// Steps a node until its transaction was handed in, and ends it there.
pub(crate) fn ended_in_the_middle(station: &Station) {
    let core = station.start();
    station.hour(&core, 1);
    station.anvil.mine(false);
    station.until(&core, "it is not sent", |_| station.has_said("sent the proof of chunk"));
    drop(core);
}

#[test]
fn a_node_that_was_ended_goes_on_with_what_it_sent() {
    let Some(station) = Station::new("node: ended", 1) else { return };
    let before = station.sent();
    ended_in_the_middle(&station);
    // What was handed in is lost, too, as after a restart of the chain's node.
    station.anvil.ask("anvil_dropAllTransactions", serde_json::json!([]));
    station.anvil.mine(true);
    let core = station.start();
    let ended = station.end(&core);
    assert_eq!((ended.state, station.sent()), (EpochState::Final, before + 1), "{ended:?}");
    assert!(station.has_said("going on with it"));
    assert!(core.view().proofs[0].fee_gwei.is_some(), "what it cost is known though another process sent it");
}

#[test]
fn what_is_left_lying_is_sent_for_more_within_the_limits() {
    let Some(mut station) = Station::new("node: price", 1) else { return };
    station.replace_after = Duration::from_secs(1);
    let before = station.sent();
    ended_in_the_middle(&station);
    let core = station.start();
    station.until(&core, "it is not sent for more", |_| station.has_said("sent again for at most"));
    station.anvil.mine(true);
    let ended = station.end(&core);
    assert_eq!((ended.state, station.sent()), (EpochState::Final, before + 1), "{ended:?}");
    // The receipt that the proof has is of the first price.
    assert!(core.view().proofs[0].gas.is_some());
}

#[test]
fn a_chain_that_is_away_is_waited_for_and_nothing_else() {
    let Some(mut station) = Station::new("node: no chain", 1) else { return };
    // Nobody listens there.
    station.url = "http://127.0.0.1:9/secret".to_owned();
    let core = station.start();
    station.hour(&core, 1);
    station.until(&core, "nothing is said", |core| epoch(core).reason.is_some());
    let away = epoch(&core);
    assert_eq!((away.state, away.proven), (EpochState::Proven, 1));
    assert_eq!(away.reason.as_deref(), Some("the node of the chain does not answer"));
    assert!(station.has_said("127.0.0.1:9") && !station.has_said("secret"));
    // Readings are taken meanwhile, and asking takes no longer than it does.
    station.at(17, 5);
    drop(core);
    station.url.clone_from(&station.anvil.url);
    let core = station.start();
    assert_eq!(station.end(&core).state, EpochState::Final);
}

/// Somebody brings more devices of the chunk while the node's own transaction waits, and comes first in its block.
#[test]
fn what_is_refused_in_its_block_is_paid_for_and_what_came_first_counts() {
    let Some(station) = Station::new("node: overtaken in the block", 1) else { return };
    let (rival, feed) = (Address(zksensor::hex::parse(ACCOUNTS[1]).unwrap()), station.world.address("feed"));
    let right = aggregates::set_aggregator(&rival, 0, u32::MAX);
    station.anvil.send(ACCOUNTS[0], &feed.to_string(), &right);
    ended_in_the_middle(&station);
    let (town, key_id) = (&station.world.town, &station.world.key_id);
    let devices = &town.chunks[0][..MOST];
    let wanted = Wanted { registry: &town.registry, devices, epoch: 0, degrees: 20, feed, recipient: rival };
    let (proof, inputs) = town.prove(&wanted).unwrap();
    let data = hex::encode(&aggregates::submit(key_id, &proof, &inputs, &rival, 0));
    let fee = format!("{:#x}", 300 * GWEI);
    let sent = serde_json::json!([{
        "from": ACCOUNTS[1], "to": feed.to_string(), "data": data, "gas": "0x989680", "maxFeePerGas": fee, "maxPriorityFeePerGas": fee,
    }]);
    station.anvil.ask("eth_sendTransaction", sent);
    let core = station.start();
    station.anvil.mine(true);
    let ended = station.end(&core);
    assert_eq!(ended.state, EpochState::Final, "{ended:?}");
    assert!(station.has_said("refused: NotMore") && station.has_said("its gas is spent"));
    assert_eq!(on_chain(&station.anvil, &station), (MOST as u32, 1));
    // It cost something, and not all that was reserved.
    let spent = station.spent();
    assert!(spent > 0 && spent < COIN / 10, "{spent}");
    assert_eq!(core.view().proofs[0].gas, None, "the node's own transaction brought nothing");
}

async fn other_sender(station: &Station) -> Result<Outbox, ChainError> {
    let keystore = station.anvil.folder.join("keystore.json");
    let signer = Signer::of_keystore_with(&keystore, "a password")?;
    let folder = &station.anvil.folder.join("deployments");
    let waiting = Waiting { lock: Duration::ZERO, ..Waiting::default() };
    let tell = Box::new(|_: &Event| {});
    let limits: Limits = LIMITS;
    let setup = Setup { chain: CHAIN, signer, limits, waiting, folder, tell };
    Outbox::open(node(&station.anvil), setup).await.map(|(outbox, _)| outbox)
}

#[test]
fn a_command_and_a_node_of_one_account_never_send_at_once() {
    let Some(station) = Station::new("node: two senders", 1) else { return };
    let other = zksensor_chain::block_on(other_sender(&station)).unwrap().unwrap();
    let core: Core = station.start();
    station.hour(&core, 1);
    station.until(&core, "nothing is said", |core| epoch(core).reason.is_some());
    let reason = epoch(&core).reason.unwrap();
    assert_eq!(reason, "something else on the machine sends from the account");
    drop(other);
    assert_eq!(station.end(&core).state, EpochState::Final);
    // And now the node has it.
    let refused = zksensor_chain::block_on(other_sender(&station)).unwrap().unwrap_err();
    assert!(matches!(refused, ChainError::Locked { .. }), "{refused}");
}
