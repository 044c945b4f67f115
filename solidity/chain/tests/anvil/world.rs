//! The town of the example `feed`, with its contracts on a chain of its own for each test. Keys and proofs are made once.

use std::sync::OnceLock;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::statement::Claim;
use zksensor::hex;
use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::model::registry::Registry;
use zksensor::solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor::solidity::feed::{
    FeedSetup, PolicyTerms, RegistrySetup, RouterSetup, StateContract, Statistic, aggregates, router,
};
use zksensor::solidity::{Address, Artifact, ContractKey, Deployment, StatementContract, create2};
use zksensor_chain::{
    Blueprint, Call, ChainError, Claimed, Coins, FeedPlan, Gwei, Limits, Node, Part, Proven, Submission,
};

use crate::node::{ACCOUNTS, Anvil};
use crate::town::{CHUNK_BITS, K, MOST, Town, Wanted};

pub(crate) const CHAIN: u64 = 80_002;
pub(crate) const SALT: [u8; 32] = [0; 32];
pub(crate) const GWEI: u128 = 1_000_000_000;
pub(crate) const LIMITS: Limits = Limits { fee: Gwei(500 * GWEI), cost: Coins(10 * GWEI * GWEI) };
const HOUR_S: u64 = 3600;
/// What the key is made with. Nobody may know it; a test does, to forge.
pub(crate) const SEED: [u8; 32] = [7; 32];

/// What is the same on every chain.
pub(crate) struct World {
    pub(crate) town: Town,
    pub(crate) parts: Vec<Part>,
    pub(crate) deployment: Deployment,
    pub(crate) key_id: [u8; 32],
    /// Of the first hour: five of the first chunk, ten of it, and five of the second.
    pub(crate) five: Proven,
    pub(crate) ten: Proven,
    pub(crate) second: Proven,
}

/// The first of anvil's accounts has every right here, and credit for what is submitted.
pub(crate) fn operator() -> Address {
    Address(hex::parse(ACCOUNTS[0]).unwrap())
}

impl World {
    /// Made by the first test that asks.
    pub(crate) fn get() -> &'static World {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(World::new)
    }

    fn new() -> World {
        let owner = operator();
        let registry =
            RegistrySetup { owner, registrar: owner, guardian: owner, delay_s: HOUR_S }.init_code();
        let town = Town::new(create2::address(&SALT, &registry), &mut ChaCha20Rng::from_seed(SEED)).unwrap();
        let key = ContractKey::new(town.prover.verifier().key()).unwrap();
        let deployment = Deployment::verifier(&key).unwrap();
        let verifier = verifier(&key);
        let router =
            part("router", StateContract::VerifierRouter, RouterSetup { owner, guardian: owner }.init_code());
        let registry = part("registry", StateContract::SensorRegistry, registry);
        let setup = FeedSetup {
            router: router.address(&SALT),
            registry: registry.address(&SALT),
            owner,
            guardian: owner,
            window_ms: 1000 * HOUR_S,
            min_count: K as u32,
            chunk_bits: CHUNK_BITS,
            decimals: 2,
            terms: PolicyTerms::of(town.policy.model()).unwrap(),
            description: "Temperature of a town".to_owned(),
        };
        let feed = part("feed", StateContract::AggregateFeed, setup.init_code());
        let at = feed.address(&SALT);
        let prove = |chunk: usize, count: usize| {
            let devices = &town.chunks[chunk][..count];
            let wanted = Wanted {
                registry: &town.registry,
                devices,
                epoch: 0,
                degrees: 20,
                feed: at,
                recipient: owner,
            };
            let (proof, inputs) = town.prove(&wanted).unwrap();
            Proven { statement: town.prover.statement().id(), proof, inputs: Claimed::Aggregate(inputs) }
        };
        let (five, ten, second) = (prove(0, K), prove(0, MOST), prove(1, K));
        let parts = vec![verifier, router, registry, feed];
        World { key_id: key.id(), town, parts, deployment, five, ten, second }
    }

    pub(crate) fn part(&self, name: &str) -> &Part {
        self.parts.iter().find(|part| part.name == name).unwrap()
    }

    pub(crate) fn address(&self, name: &str) -> Address {
        self.part(name).address(&SALT)
    }

    /// The same network, as the library plans it.
    pub(crate) fn blueprint(&self) -> Blueprint {
        let owner = operator();
        let plan = FeedPlan {
            policy: *self.town.policy.model(),
            window_ms: 1000 * HOUR_S,
            min_count: K as u32,
            chunk_bits: CHUNK_BITS,
            description: "Temperature of a town".to_owned(),
            adapter: Some((Statistic::Mean, 3)),
            aggregators: vec![owner],
        };
        let key = ContractKey::new(self.town.prover.verifier().key()).unwrap();
        let (guardian, registrar, feed) = (owner, owner, Some(plan));
        Blueprint { chain: CHAIN, salt: SALT, owner, guardian, registrar, delay_s: HOUR_S, key, feed }
    }

    /// A chain with all of it, at 14:00; the town's stations are posted, and the operator is an aggregator.
    pub(crate) fn on_chain(&self, name: &str, behind: u32) -> Option<Anvil> {
        let anvil = self.without_posts(name, behind)?;
        let post = registry::post(self.town.registry.root(), &NO_PARENT, &enrolled(&self.town.registry));
        anvil.send(ACCOUNTS[0], &self.address("registry").to_string(), &post);
        anvil.settle();
        Some(anvil)
    }

    /// The same without the stations.
    pub(crate) fn without_posts(&self, name: &str, behind: u32) -> Option<Anvil> {
        let anvil = Anvil::start(name, behind)?;
        let send = |to: &Address, data: &[u8]| anvil.send(ACCOUNTS[0], &to.to_string(), data);
        for part in &self.parts {
            send(&create2::FACTORY, &part.call(&SALT).data);
        }
        let code_hash = hex::parse(&self.deployment.code_hash).unwrap();
        send(&self.address("router"), &router::add(&self.address("verifier"), &code_hash));
        send(&self.address("feed"), &aggregates::set_aggregator(&operator(), 0, u32::MAX));
        anvil.settle();
        Some(anvil)
    }

    pub(crate) fn submission(&self, proven: &[&Proven]) -> Submission {
        Submission {
            chain: CHAIN,
            feed: self.address("feed"),
            aggregator: operator(),
            key_id: self.key_id,
            proven: proven.iter().map(|proven| (*proven).clone()).collect(),
        }
    }
}

/// A contract that holds state, made by this code.
pub(crate) fn part(name: &'static str, contract: StateContract, init_code: Vec<u8>) -> Part {
    let artifact = contract.artifact();
    Part { name, contract: contract.name().to_owned(), init_code, artifact, code_hash: None }
}

/// The verifier of a key.
pub(crate) fn verifier(key: &ContractKey) -> Part {
    let deployment = Deployment::verifier(key).unwrap();
    Part {
        name: "verifier",
        contract: deployment.contract,
        init_code: deployment.bytecode,
        artifact: Artifact::of(&StatementContract::named(key.statement()).unwrap()).unwrap(),
        code_hash: hex::parse(&deployment.code_hash).ok(),
    }
}

/// The changes that make a tree of nothing.
pub(crate) fn enrolled(registry: &Registry) -> Ops {
    let mut ops = Ops::new();
    registry.records().for_each(|record| ops.enrol(&record.leaf));
    ops
}

pub(crate) fn node(anvil: &Anvil) -> Node {
    Node::new(&anvil.url, Duration::from_secs(10)).unwrap()
}

/// The call of a plan that has one.
pub(crate) async fn call(node: &Node, submission: &Submission) -> Call {
    node.plan(submission).await.unwrap().call.expect("something is to be sent")
}

/// What an aggregate shows.
pub(crate) fn shown(proven: &Proven) -> AggregateInputs {
    match proven.inputs {
        Claimed::Aggregate(inputs) => inputs,
        Claimed::Survey(_) => panic!("the town proves aggregates"),
    }
}

/// The name of the error that a contract refuses with.
pub(crate) fn refusal(error: &ChainError) -> Option<&'static str> {
    match error {
        ChainError::WouldRevert { revert, .. } => revert.name(),
        _ => None,
    }
}
