//! What may be paid is not exceeded, and an epoch that cannot be paid for ends with that reason.

use zksensor_chain::{Budget, Coins};
use zksensor_node::clock::Clock;
use zksensor_node::view::{EpochState, Show};

use crate::station::{COIN, Station, epoch};
use crate::world::GWEI;

#[test]
fn nothing_is_sent_beyond_the_budget_of_a_day() {
    let Some(mut station) = Station::new("node: budget", 1) else { return };
    station.a_day = Coins(1000);
    let core = station.start();
    station.hour(&core, 1);
    let before = station.sent();
    station.until(&core, "nothing is said", |core| epoch(core).reason.is_some());
    let reason = epoch(&core).reason.unwrap();
    assert!(reason.contains("what is left of the day's budget of 0.000000000000001 POL"), "{reason}");
    // When the window is shut it is over, and both reasons are there.
    station.at(18, 5);
    let ended = station.end(&core);
    let reason = ended.reason.clone().unwrap();
    assert_eq!((ended.state, station.sent()), (EpochState::Ended, before), "{ended:?}");
    assert!(
        reason.starts_with("the feed's window for this epoch is shut; before: ") && reason.contains("budget"),
        "{reason}"
    );
}

#[test]
fn a_batch_that_may_cost_too_much_is_cut() {
    let Some(mut station) = Station::new("node: halves", 1) else { return };
    // At 25 to 27 gwei, with a quarter more gas than it takes, one proof may cost 0.011 POL, and two together more than 0.013.
    station.cost = Coins(COIN * 12 / 1000);
    let core = station.start();
    station.hour(&core, 2);
    let before = station.sent();
    let ended = station.end(&core);
    assert_eq!(ended.state, EpochState::Final, "{ended:?}");
    assert_eq!(station.sent(), before + 2, "one transaction a chunk");
    assert!(core.view().proofs.iter().all(|proof| proof.fee_gwei.is_some()));
}

/// The same where it is the day's budget that is short: what it pays for is sent, and the rest says why it is not.
#[test]
fn a_batch_that_the_days_budget_does_not_pay_is_cut_too() {
    let Some(mut station) = Station::new("node: half of a day", 1) else { return };
    station.a_day = Coins(COIN * 12 / 1000);
    let core = station.start();
    station.hour(&core, 2);
    let before = station.sent();
    station.until(&core, "nothing is final", |_| station.has_said("is final in block"));
    station.until(&core, "nothing is said", |core| epoch(core).reason.is_some());
    let reason = epoch(&core).reason.unwrap();
    assert!(reason.contains("what is left of the day's budget"), "{reason}");
    assert_eq!(station.sent(), before + 1);
    assert!(station.spent() <= station.a_day.0);
    station.at(18, 5);
    let ended = station.end(&core);
    assert_eq!((ended.state, ended.proven), (EpochState::Ended, 2), "{ended:?}");
}

#[test]
fn what_was_spent_is_counted_across_processes() {
    let Some(station) = Station::new("node: spent", 1) else { return };
    let core = station.start();
    station.hour(&core, 1);
    assert_eq!(station.end(&core).state, EpochState::Final);
    let fee = u128::from(core.view().proofs[0].fee_gwei.unwrap()) * GWEI;
    drop(core);
    let wei = station.spent();
    assert!(wei <= fee && wei + GWEI > fee, "{wei} and {fee}");
    // A budget of as much leaves nothing, in whichever process.
    assert_eq!(Budget::open(&station.budget(), Coins(wei)).unwrap().left(station.clock.now_ms()), Coins(0));
}
