//! What a feed refuses is not sent, keeps nothing else, and is waited for as long as it may change.

use std::time::{Duration, Instant};

use zksensor::files::ProofFile;
use zksensor::verifier::Proof;
use zksensor_node::place::{NotBrought, Parcel, Place, Wanted};
use zksensor_node::view::{EpochState, Show};

use crate::bringing::ended_in_the_middle;
use crate::station::{Station, epoch};
use crate::town::CHUNK_BITS;

/// The proofs of both chunks of the first epoch, made and not brought.
fn proven(station: &mut Station) -> Vec<String> {
    let url = std::mem::replace(&mut station.url, "http://127.0.0.1:9".to_owned());
    let core = station.start();
    station.hour(&core, 2);
    station.until(&core, "they are not proven", |core| core.view().proofs.len() == 2);
    station.url = url;
    let files = core.proofs("town", 0).unwrap();
    assert_eq!(files.len(), 2);
    files
}

fn parcels(files: &[String]) -> Vec<Parcel<'_>> {
    (0..).zip(files).map(|(chunk, file)| Parcel { policy: "town", epoch: 0, chunk, file }).collect()
}

/// What one claims with the proof of the other: each is a proof, of something else.
fn with_proof_of(file: &str, other: &str) -> String {
    let proof_of = |text: &str| {
        let file = ProofFile::<Proof>::decode("a proof".as_ref(), text.as_bytes()).unwrap();
        zksensor::model::hex::encode(&file.proof().to_bytes())
    };
    let altered = file.replace(&proof_of(file), &proof_of(other));
    assert_ne!(altered, file);
    altered
}

#[test]
fn one_that_is_refused_does_not_keep_the_others() {
    let Some(mut station) = Station::new("node: one is refused", 1) else { return };
    let mut files = proven(&mut station);
    files[1] = with_proof_of(&files[1], &files[0]);
    files.push("no proof".to_owned());
    let mut feed = station.feed();
    let before = station.sent();
    let answers = feed.bring(&parcels(&files));
    let sent = answers[0].as_ref().unwrap();
    assert!(sent.receipt.ends_with("/1") && !sent.is_final, "{sent:?}");
    let Err(NotBrought::Later(reason)) = &answers[1] else { panic!("{:?}", answers[1]) };
    assert!(reason.contains("would be refused") && reason.contains("nothing was sent"), "{reason}");
    assert!(matches!(&answers[2], Err(NotBrought::Never(_))), "{:?}", answers[2]);
    // While one is under way nothing else is sent.
    let again = feed.bring(&parcels(&files[..1]));
    assert!(matches!(again[..], [Err(NotBrought::Busy)]), "{again:?}");
    while station.sent() == before {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(station.sent(), before + 1);
}

#[test]
fn a_window_is_shut_when_the_nodes_own_clock_says_so_too() {
    let Some(mut station) = Station::new("node: two clocks", 1) else { return };
    let files = proven(&mut station);
    let mut feed = station.feed();
    // The chain's clock alone may be that of a node that lies.
    station.anvil.at(18, 30);
    let answers = feed.bring(&parcels(&files));
    for answer in &answers {
        let Err(NotBrought::Later(reason)) = answer else { panic!("{answer:?}") };
        assert!(reason.contains("WindowShut") || reason.contains("window"), "{reason}");
    }
    station.clock.set(1000 * (crate::node::START_S + 5 * 3600));
    let answers = feed.bring(&parcels(&files));
    assert!(answers.iter().all(|answer| matches!(answer, Err(NotBrought::Never(_)))), "{answers:?}");
}

#[test]
fn what_does_not_fit_a_feed_is_named_before_anything_runs() {
    let Some(station) = Station::new("node: examined", 1) else { return };
    let policy = station.world.town.policy.model().id().to_string();
    let wanted = Wanted { policy_id: &policy, grace: Duration::from_secs(60), chunk_bits: CHUNK_BITS };
    let mut feed = station.feed();
    assert_eq!(feed.examine(&wanted).unwrap(), Vec::<String>::new());
    for (other, what) in [
        (Wanted { policy_id: "0x00", ..wanted }, "is one of the policy"),
        (
            Wanted { grace: Duration::from_secs(3600), ..wanted },
            "takes proofs for 3600 s after an epoch, and grace_s is 3600",
        ),
        (Wanted { chunk_bits: 9, ..wanted }, "has chunks of 6 bits, and the key's shape has 9"),
    ] {
        let wrong = feed.examine(&other).unwrap();
        assert!(wrong.len() == 1 && wrong[0].contains(what), "{wrong:?}");
    }
    let address = station.world.address("feed").0;
    let mut unknown = zksensor_node::place::ChainFeed::new(station.account(), address, [7; 32]);
    let wrong = unknown.examine(&wanted).unwrap();
    assert!(wrong.len() == 1 && wrong[0].contains("one that was not added"), "{wrong:?}");
    let registry = station.world.address("registry").0;
    let mut other = zksensor_node::place::ChainFeed::new(station.account(), registry, station.world.key_id);
    assert!(other.examine(&wanted).is_err());
}

/// What made a transaction fail in its block, though it was tried before, may be there the next time, too, and each time costs gas.
#[test]
fn after_one_that_was_refused_in_its_block_the_next_is_waited_with() {
    let Some(station) = Station::new("node: refused in its block", 1) else { return };
    let before = station.sent();
    ended_in_the_middle(&station);
    let router = station.world.address("router").to_string();
    let set_code = |code: &serde_json::Value| {
        station.anvil.ask("anvil_setCode", serde_json::json!([router, code]));
    };
    let code = station.anvil.ask("eth_getCode", serde_json::json!([router, "latest"]));
    set_code(&"0xfe".into());
    station.anvil.ask("evm_mine", serde_json::json!([]));
    assert_eq!(station.sent(), before + 1);
    set_code(&code);
    station.anvil.mine(true);
    let core = station.start();
    station.until(&core, "nothing is said of it", |_| station.has_said("its gas is spent"));
    let start = Instant::now();
    station.until(&core, "time stands still", |_| start.elapsed() > Duration::from_secs(4));
    let waits = epoch(&core);
    assert_eq!((waits.state, station.sent()), (EpochState::Proven, before + 1), "{waits:?}");
    assert!(waits.reason.as_deref().is_some_and(|reason| reason.contains("refused")), "{waits:?}");
    assert!(station.spent() > 0, "it was paid for");
    // Whoever starts the node again has looked at what was wrong.
    drop(core);
    let ended = station.end(&station.start());
    assert_eq!((ended.state, station.sent()), (EpochState::Final, before + 2), "{ended:?}");
}
