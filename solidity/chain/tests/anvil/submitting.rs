//! Aggregates to a feed.

use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor_chain::{ChainError, Claimed, Finality};

use crate::run;
use crate::sender::{WAITING, outbox};
use crate::world::{CHAIN, LIMITS, World, call, node, operator, refusal, shown};

#[test]
fn what_is_submitted_is_there_once_and_is_read() {
    let world = World::get();
    let Some(anvil) = world.on_chain("submit", 1) else { return };
    let feed = world.address("feed");
    run(async {
        let node = node(&anvil);
        let submission = world.submission(&[&world.five]);
        // Before the epoch is over the feed refuses, and nothing is sent.
        anvil.at(16, 30);
        let early = call(&node, &submission).await;
        let error = node.preview(CHAIN, &operator(), &early, &LIMITS).await.unwrap_err();
        assert_eq!(refusal(&error), Some("WindowShut"), "{error}");

        anvil.at(17, 0);
        let (outbox, _, finished) = outbox(&anvil, 0, WAITING).await.unwrap();
        assert_eq!(finished, None);
        let planned = call(&node, &submission).await;
        let sent = outbox.submit(&submission, &planned).await.unwrap().unwrap();
        assert_eq!((sent.finality, sent.raised, sent.reorganised), (Finality::Finalized, 0, 0));
        assert!(sent.gas > 200_000 && sent.cost.0 > 0, "{sent:?}");

        // Again: nothing is left to do.
        let plan = node.plan(&submission).await.unwrap();
        assert_eq!((plan.call, plan.there), (None, vec![world.five.inputs.chunk()]));
        // A batch leaves out what is there; ten replace five.
        let both = world.submission(&[&world.second, &world.five]);
        let plan = node.plan(&both).await.unwrap();
        assert_eq!(
            (plan.sent, plan.there),
            (vec![world.second.inputs.chunk()], vec![world.five.inputs.chunk()])
        );
        let batch = world.submission(&[&world.second, &world.ten]);
        let planned = call(&node, &batch).await;
        outbox.submit(&batch, &planned).await.unwrap().unwrap();
        // Five in place of ten are refused, by name.
        let error = outbox.send(&call(&node, &submission).await).await.unwrap_err();
        assert_eq!(refusal(&error), Some("NotMore"), "{error}");

        let state = node.feed(&feed, 3).await.unwrap();
        let round = state.epochs.iter().find(|epoch| epoch.epoch == 0).unwrap().round;
        let counts = world.ten.inputs.count() + world.second.inputs.count();
        assert_eq!((round.count, round.chunks, round.is_final), (counts, 2, false));
        assert_eq!((state.latest, state.paused, state.registry.posts), (None, false, 1));
        assert_eq!(state.registry.active.unwrap().index, 0);
        anvil.at(18, 0);
        assert_eq!(node.feed(&feed, 3).await.unwrap().latest, Some(0));
        // And when nothing can be submitted any more, what is there is still success.
        assert_eq!(node.plan(&batch).await.unwrap().call, None);
    });
}

#[test]
fn what_the_feed_would_never_take_is_refused_before_it_is_asked() {
    let world = World::get();
    let Some(anvil) = world.on_chain("unfit", 1) else { return };
    run(async {
        let node = node(&anvil);
        anvil.at(17, 0);
        let good = world.submission(&[&world.five]);
        let mut other_chain = good.clone();
        other_chain.chain = 137;
        let mut other_aggregator = good.clone();
        other_aggregator.aggregator.0[0] ^= 1;
        let mut other_key = good.clone();
        other_key.key_id[0] ^= 1;
        let mut other_root = good.clone();
        let root = zksensor::model::registry::Registry::new().root();
        other_root.proven[0].inputs =
            Claimed::Aggregate(AggregateInputs { registry_root: root, ..shown(&world.five) });
        let twice = world.submission(&[&world.five, &world.ten]);
        let none = world.submission(&[]);
        for (what, submission) in [
            ("a proof for chain 137", other_chain),
            ("the aggregator", other_aggregator),
            ("a key that the router", other_key),
            ("a proof against the root", other_root),
            ("one proof for each chunk", twice),
            ("a proof", none),
        ] {
            let error = node.plan(&submission).await.unwrap_err();
            let is_unfit = matches!(&error, ChainError::Unfit { wanted, .. } if wanted.contains(what));
            assert!(is_unfit, "{what}: {error}");
        }
        // No feed, and something else that is none.
        let mut nowhere = good.clone();
        nowhere.feed.0 = [7; 20];
        assert!(matches!(node.plan(&nowhere).await, Err(ChainError::NoCode { .. })));
        nowhere.feed = world.address("registry");
        let error = node.plan(&nowhere).await.unwrap_err();
        assert!(matches!(error, ChainError::View { .. } | ChainError::OtherContract { .. }), "{error}");
    });
}
