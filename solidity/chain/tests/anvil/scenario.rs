//! What has no right to be an answer, with real proofs: each is refused by its own error, and what is right is answered once it is final.

use serde_json::json;
use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::solidity::feed::{aggregates, router};
use zksensor::solidity::{Address, create2};
use zksensor_chain::{Claimed, Proven};

use crate::run;
use crate::scene::{Scene, rival};
use crate::world::{SALT, operator, shown};

#[test]
fn whatever_is_not_right_is_refused_by_its_own_error() {
    let Some(scene) = Scene::begin("refused") else { return };
    let world = scene.world;
    let Wrong { altered, shifted } = Wrong::of(&world.five);
    let elsewhere = scene.prove(&world.town.registry, Address([7; 20]), operator());
    let (others, _) = world.town.with_invented().unwrap();
    let other_root = scene.prove(&others, scene.feed(), operator());
    run(async {
        let (five, operator) = (&world.five, operator());
        for (what, wanted, came) in [
            (
                "a proof of five that is said to be of six",
                "ProofRejected",
                scene.submit(&altered, &operator, 0).await,
            ),
            ("of another sum", "ProofRejected", scene.submit(&shifted, &operator, 0).await),
            ("for another feed", "ProofRejected", scene.submit(&elsewhere, &operator, 0).await),
            ("for a stranger's credit", "AggregatorUnknown", scene.submit(five, &Address([9; 20]), 0).await),
            (
                "of stations that were never posted",
                "RootOther",
                scene.submit(&other_root, &operator, 0).await,
            ),
            ("by a post that there is not", "IndexOther", scene.submit(five, &operator, 1).await),
        ] {
            assert_eq!(came, wanted, "{what}");
        }
        let other_key = aggregates::submit(&[7; 32], &five.proof, &shown(five), &operator, 0);
        assert_eq!(scene.refusal(scene.feed(), other_key).await, "RouteUnknown");

        // Who has the right has no credit for a proof of somebody else.
        assert_eq!(scene.submit(five, &rival(), 0).await, "ProofRejected");
        assert_eq!(scene.submit(five, &operator, 0).await, "accepted");

        // A key that was frozen is frozen for what is proven already, too.
        scene.send(&world.address("router"), &router::freeze(&world.key_id, "a test"));
        assert_eq!(scene.submit(five, &operator, 0).await, "RouteFrozen");
    });
}

#[test]
fn an_answer_is_one_once_nothing_can_change_it() {
    let Some(scene) = Scene::begin("answer") else { return };
    let world = scene.world;
    let parts = world.blueprint().parts().unwrap();
    let adapter = parts.iter().find(|part| part.name == "adapter").unwrap();
    scene.send(&create2::FACTORY, &adapter.call(&SALT).data);
    let adapter = adapter.address(&SALT);
    let ask = aggregates::latest_round_data;
    run(async {
        let Proven { proof, .. } = &world.five;
        let data = aggregates::submit(&world.key_id, proof, &shown(&world.five), &operator(), 0);
        scene.send(&scene.feed(), &data);
        assert_eq!(scene.submit(&world.five, &operator(), 0).await, "NotMore", "the same once more");
        // The window is open: there is an aggregate, and no answer.
        assert!(scene.refusal(adapter, ask()).await.contains("No data present"));
        scene.anvil.at(17, 59);
        assert!(scene.refusal(adapter, ask()).await.contains("No data present"));

        scene.anvil.at(18, 0);
        assert_eq!(scene.submit(&world.ten, &operator(), 0).await, "WindowShut", "more, and too late");
        let call =
            json!([{ "to": adapter.to_string(), "data": zksensor::model::hex::encode(&ask()) }, "latest"]);
        let answer = scene.anvil.ask("eth_call", call);
        let output = zksensor::model::hex::decode_all(answer.as_str().unwrap()).unwrap();
        let answer = aggregates::decode_latest_round_data(&output).unwrap();
        // Of hundredths of a degree the adapter has three digits more.
        let AggregateInputs { sum, count, .. } = shown(&world.five);
        assert_eq!(answer.answer, i128::from(sum) * 1000 / i128::from(count));
        assert_eq!(answer.round_id, 1, "the first epoch");
        let check = scene.node.feed(&scene.feed(), 1).await.unwrap();
        assert_eq!(check.latest, Some(0));
    });
}

/// The same proof, of what it does not show.
struct Wrong {
    altered: Proven,
    shifted: Proven,
}

impl Wrong {
    fn of(five: &Proven) -> Wrong {
        let (mut count, mut sum) = (shown(five), shown(five));
        count.count += 1;
        sum.sum += 1;
        let of = |inputs| Proven { inputs: Claimed::Aggregate(inputs), ..five.clone() };
        Wrong { altered: of(count), shifted: of(sum) }
    }
}
