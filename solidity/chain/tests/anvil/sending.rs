//! One number at a time, whatever happens on the way.

use std::thread;
use std::time::{Duration, Instant};

use zksensor_chain::{ChainError, Event, Outbox, Setup, Signer, Waiting};

use crate::node::Anvil;
use crate::run;
use crate::sender::{Said, WAITING, outbox};
use crate::world::{CHAIN, LIMITS, World, call, node};

/// Waits until something was said.
fn wait_for(said: &Said, what: impl Fn(&Event) -> bool) {
    let start = Instant::now();
    while !said.lock().unwrap().iter().any(&what) {
        assert!(start.elapsed() < Duration::from_secs(40), "{:?}", said.lock().unwrap());
        thread::sleep(Duration::from_millis(20));
    }
}

/// Takes back the block that something is included in, as soon as it is, and lets the chain go on once that was noticed.
pub(crate) fn reorganise(anvil: &Anvil, said: &Said) {
    taken_back(anvil, said, || anvil.reorganise(3));
}

fn taken_back(anvil: &Anvil, said: &Said, take: impl FnOnce()) {
    wait_for(said, |event| matches!(event, Event::Included(_)));
    // Without a block of its own making, so that it is seen to be missing.
    anvil.mine(false);
    take();
    wait_for(said, |event| matches!(event, Event::Reorganised(_)));
    anvil.mine(true);
}

fn ready(name: &str, behind: u32) -> Option<Anvil> {
    let anvil = World::get().on_chain(name, behind)?;
    anvil.at(17, 0);
    anvil.settle();
    Some(anvil)
}

#[test]
fn a_submission_that_falls_out_of_the_chain_is_sent_again() {
    let world = World::get();
    let Some(anvil) = ready("reorganisation", 5) else { return };
    let submission = world.submission(&[&world.five]);
    let (outbox, said, planned) = run(async {
        let (outbox, said, _) = outbox(&anvil, 0, WAITING).await.unwrap();
        (outbox, said, call(&node(&anvil), &submission).await)
    });
    let sent = thread::scope(|scope| {
        scope.spawn(|| reorganise(&anvil, &said));
        run(outbox.submit(&submission, &planned)).unwrap().unwrap()
    });
    assert_eq!((sent.reorganised, sent.raised), (1, 0));
    let plan = run(node(&anvil).plan(&submission)).unwrap();
    assert_eq!(plan.call, None);
}

/// As a node that was restored from what it had before.
#[test]
fn a_submission_that_a_node_forgets_is_sent_again() {
    let world = World::get();
    let Some(anvil) = ready("restored node", 5) else { return };
    let before = anvil.ask("evm_snapshot", serde_json::json!([]));
    let submission = world.submission(&[&world.five]);
    let (outbox, said, planned) = run(async {
        let (outbox, said, _) = outbox(&anvil, 0, WAITING).await.unwrap();
        (outbox, said, call(&node(&anvil), &submission).await)
    });
    let sent = thread::scope(|scope| {
        scope.spawn(|| {
            taken_back(&anvil, &said, || {
                assert_eq!(anvil.ask("evm_revert", serde_json::json!([before])), true);
            });
        });
        run(outbox.submit(&submission, &planned)).unwrap().unwrap()
    });
    assert_eq!((sent.reorganised, sent.raised), (1, 0));
    assert_eq!(run(node(&anvil).plan(&submission)).unwrap().call, None);
}

#[test]
fn what_is_left_lying_is_sent_for_more() {
    let world = World::get();
    let Some(anvil) = ready("price", 1) else { return };
    let submission = world.submission(&[&world.five]);
    let waiting = Waiting { replace_after: Duration::from_secs(1), ..WAITING };
    let (outbox, said, planned) = run(async {
        let (outbox, said, _) = outbox(&anvil, 0, waiting).await.unwrap();
        (outbox, said, call(&node(&anvil), &submission).await)
    });
    anvil.mine(false);
    let sent = thread::scope(|scope| {
        scope.spawn(|| {
            wait_for(&said, |event| matches!(event, Event::Raised(_)));
            anvil.mine(true);
        });
        run(outbox.submit(&submission, &planned)).unwrap().unwrap()
    });
    assert!(sent.raised >= 1 && sent.reorganised == 0, "{sent:?}");
}

#[test]
fn a_command_that_was_ended_in_the_middle_is_gone_on_with() {
    let world = World::get();
    let Some(anvil) = ready("ended", 1) else { return };
    let submission = world.submission(&[&world.five]);
    run(async {
        let node = node(&anvil);
        let impatient = Waiting { total: Duration::ZERO, ..WAITING };
        let (first, ..) = outbox(&anvil, 0, impatient).await.unwrap();
        anvil.mine(false);
        let error = first.submit(&submission, &call(&node, &submission).await).await.unwrap_err();
        assert!(matches!(error, ChainError::NotYet { awaited: "included", .. }), "{error}");
        drop(first);
        // What was handed in is lost, too, as after a restart of the node.
        let waiting = anvil.ask("txpool_content", serde_json::json!([]));
        assert!(waiting["pending"].as_object().is_some_and(|accounts| accounts.len() == 1), "{waiting}");
        anvil.ask("anvil_dropAllTransactions", serde_json::json!([]));
        anvil.mine(true);
        let (second, said, finished) = outbox(&anvil, 0, WAITING).await.unwrap();
        assert!(matches!(said.lock().unwrap()[0], Event::Resumed(_)));
        assert!(finished.is_some_and(|sent| sent.raised == 0));
        assert_eq!(node.plan(&submission).await.unwrap().call, None);
        drop(second);
        // Nothing is under way any more.
        assert!(outbox(&anvil, 0, WAITING).await.unwrap().2.is_none());
    });
}

#[test]
fn two_at_once_send_one_after_the_other() {
    let world = World::get();
    let Some(anvil) = ready("two", 1) else { return };
    let submission = world.submission(&[&world.five]);
    run(async {
        let (_first, ..) = outbox(&anvil, 0, WAITING).await.unwrap();
        let error = outbox(&anvil, 0, WAITING).await.unwrap_err();
        assert!(matches!(error, ChainError::Locked { .. }), "{error}");
    });
    // Each with its own view of the feed: whoever comes second finds that it is there.
    let patient = Waiting { lock: Duration::from_secs(40), ..WAITING };
    let one = || {
        run(async {
            let (outbox, ..) = outbox(&anvil, 0, patient).await.unwrap();
            match outbox.node().plan(&submission).await.unwrap().call {
                Some(call) => outbox.submit(&submission, &call).await.unwrap(),
                None => None,
            }
        })
    };
    let sent = thread::scope(|scope| {
        let both = [scope.spawn(one), scope.spawn(one)];
        both.map(|thread| thread.join().unwrap())
    });
    assert_eq!(sent.iter().flatten().count(), 1, "{sent:?}");
}

#[test]
fn nothing_is_signed_for_another_chain_or_with_another_password() {
    let Some(anvil) = Anvil::start("other chain", 1) else { return };
    run(async {
        let (keystore, password) = anvil.keystore(0);
        let signer = Signer::of_keystore(&keystore, &password).unwrap();
        let folder = anvil.folder.join("deployments");
        let setup = Setup {
            chain: 137,
            signer,
            limits: LIMITS,
            waiting: WAITING,
            folder: &folder,
            tell: Box::new(|_| {}),
        };
        let error = Outbox::open(node(&anvil), setup).await.unwrap_err();
        assert!(matches!(error, ChainError::OtherChain { wanted: 137, got: CHAIN, .. }), "{error}");
        assert!(!folder.exists());
        std::fs::write(&password, "another password\n").unwrap();
        let error = Signer::of_keystore(&keystore, &password).unwrap_err();
        assert!(matches!(error, ChainError::Password { .. }), "{error}");
    });
}

#[test]
fn limits_hold_before_anything_is_signed() {
    let world = World::get();
    let Some(anvil) = ready("limits", 1) else { return };
    run(async {
        let node = node(&anvil);
        let call = call(&node, &world.submission(&[&world.five])).await;
        let from = crate::world::operator();
        let preview = |limits| {
            let (node, call) = (&node, &call);
            async move { node.preview(CHAIN, &from, call, &limits).await }
        };
        let mut cheap = LIMITS;
        cheap.fee.0 = 24 * crate::world::GWEI;
        assert!(matches!(preview(cheap).await, Err(ChainError::FeeTooHigh { .. })));
        let mut poor = LIMITS;
        poor.cost.0 = 1000;
        assert!(matches!(preview(poor).await, Err(ChainError::TooDear { .. })));
        let good = preview(LIMITS).await.unwrap();
        assert!(good.gas > 200_000 && good.cost < good.most);
    });
}
