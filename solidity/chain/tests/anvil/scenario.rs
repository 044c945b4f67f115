//! What has no right to be an answer, with real proofs: each is refused by its own error, and what is right is answered once it is final.

use serde_json::json;
use zksensor::circuits::statement::Claim;
use zksensor::hex;
use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::model::registry::Registry;
use zksensor::solidity::feed::aggregates;
use zksensor::solidity::{Address, create2};
use zksensor_chain::{Call, ChainError, Claimed, Node, Proven};

use crate::node::{ACCOUNTS, Anvil};
use crate::run;
use crate::town::{K, Wanted};
use crate::world::{CHAIN, LIMITS, SALT, World, node, operator, shown};

/// The town on its chain, an hour being over.
struct Scene {
    world: &'static World,
    anvil: Anvil,
    node: Node,
}

/// The second of anvil's accounts, an aggregator as well.
fn rival() -> Address {
    Address(hex::parse(ACCOUNTS[1]).unwrap())
}

impl Scene {
    fn begin(name: &str) -> Option<Scene> {
        let world = World::get();
        let anvil = world.on_chain(name, 1)?;
        let node = node(&anvil);
        // Named before the epoch begins, as aggregators have to be.
        let right = aggregates::set_aggregator(&rival(), 0, u32::MAX);
        anvil.send(ACCOUNTS[0], &world.address("feed").to_string(), &right);
        anvil.at(17, 0);
        Some(Scene { world, anvil, node })
    }

    fn feed(&self) -> Address {
        self.world.address("feed")
    }

    fn send(&self, to: &Address, data: &[u8]) {
        self.anvil.send(ACCOUNTS[0], &to.to_string(), data);
    }

    /// Which error a call is refused with; `accepted` if it is not.
    async fn refusal(&self, to: Address, data: Vec<u8>) -> String {
        let call = Call { what: "a call".to_owned(), to, data };
        match self.node.preview(CHAIN, &operator(), &call, &LIMITS).await {
            Ok(_) => "accepted".to_owned(),
            Err(ChainError::WouldRevert { revert, .. }) => {
                revert.name().map_or_else(|| revert.to_string(), str::to_owned)
            }
            Err(error) => error.to_string(),
        }
    }

    /// The same of a submission for the credit of somebody, by a post of the registry.
    async fn submit(&self, proven: &Proven, credit: &Address, root: u64) -> String {
        let data = aggregates::submit(&self.world.key_id, &proven.proof, &shown(proven), credit, root);
        self.refusal(self.feed(), data).await
    }

    /// An aggregate of five stations of the first chunk, of this registry and for this feed and recipient.
    fn prove(&self, registry: &Registry, feed: Address, recipient: Address) -> Proven {
        let devices = &self.world.town.chunks[0][..K];
        let wanted = Wanted { registry, devices, epoch: 0, degrees: 20, feed, recipient };
        let (proof, inputs) = self.world.town.prove(&wanted).unwrap();
        Proven {
            statement: self.world.town.prover.statement().id(),
            proof,
            inputs: Claimed::Aggregate(inputs),
        }
    }

    /// Calls of functions with one word and a text, which the crate underneath has no words for.
    fn word_and_text(signature: &str, word: &[u8; 32], text: &str) -> Vec<u8> {
        use sha3::{Digest, Keccak256};
        let mut data = Keccak256::digest(signature)[..4].to_vec();
        let number = |number: usize| {
            let mut word = [0; 32];
            word[24..].copy_from_slice(&(number as u64).to_be_bytes());
            word
        };
        data.extend_from_slice(word);
        data.extend_from_slice(&number(64));
        data.extend_from_slice(&number(text.len()));
        data.extend_from_slice(text.as_bytes());
        data.resize(4 + 3 * 32 + text.len().next_multiple_of(32), 0);
        data
    }
}

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
        let freeze = Scene::word_and_text("freeze(bytes32,string)", &world.key_id, "a test");
        scene.send(&world.address("router"), &freeze);
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
