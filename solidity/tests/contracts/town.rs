//! What tests of feeds with real proofs begin with: who is who, a registry with the devices of a fleet, and a feed of one policy.

use zksensor_circuits::statement::Statement;
use zksensor_model::policy::{Policy, PolicyParts};
use zksensor_model::reading::{Network as Signed, Reading, UnixMillis};
use zksensor_prover::{Prover, insecure_setup};
use zksensor_solidity::evm::{Address, Chain, Evm};
use zksensor_solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor_solidity::feed::{FeedSetup, Network, PolicyTerms, Roles, aggregates};
use zksensor_solidity::{ContractKey, Deployment};
use zksensor_testkit::Fleet;

use rand_chacha::ChaCha20Rng;

use super::scene::revert;

pub(super) const ROLES: Roles =
    Roles { owner: Address([0x0a; 20]), guardian: Address([0x0b; 20]), registrar: Address([0x0c; 20]) };
pub(super) const AGGREGATOR: Address = Address([0x0d; 20]);
pub(super) const RIVAL: Address = Address([0x0e; 20]);
pub(super) const HOUR_S: u64 = 3600;
pub(super) const ORIGIN_S: u64 = Evm::START + 2 * HOUR_S;
pub(super) const DEVICES: usize = 4;

/// A fleet of [`DEVICES`] in the registry of a chain, its policy for it, and where its feed is.
pub(super) struct Town {
    pub(super) network: Network,
    pub(super) fleet: Fleet,
    pub(super) policy: Policy,
    pub(super) feed: Address,
}

impl Town {
    /// Router and registry with the fleet, and no feed yet.
    pub(super) fn new(fleet: Fleet) -> Town {
        let mut network = Network::new(Chain::Amoy, ROLES, HOUR_S).unwrap();
        let policy = Policy::new(PolicyParts {
            network: Signed::new(Chain::Amoy.id(), network.registry.address.0),
            epoch_origin: millis(1000 * ORIGIN_S),
            epoch_length_ms: 1000 * HOUR_S,
            ..*fleet.policy.parts()
        })
        .unwrap();
        let mut ops = Ops::new();
        fleet.registry.records().for_each(|record| ops.enrol(&record.leaf));
        let post = registry::post(fleet.registry.root(), &NO_PARENT, &ops);
        let at = network.registry.address;
        network.send(&ROLES.registrar, &at, &post).unwrap();
        Town { network, fleet, policy, feed: Address([0; 20]) }
    }

    /// Deploys the feed of these terms, with both aggregators authorised for epoch 0.
    pub(super) fn open(&mut self, terms: PolicyTerms) {
        let setup = FeedSetup {
            router: self.network.router.address,
            registry: self.network.registry.address,
            owner: ROLES.owner,
            guardian: ROLES.guardian,
            window_ms: 1000 * HOUR_S,
            min_count: 2,
            chunk_bits: 3 * Fleet::LEVELS,
            decimals: 3,
            terms,
            description: "Temperature".to_owned(),
        };
        self.feed = self.network.deploy_feed(&setup).unwrap().address;
        assert_eq!(self.feed, Network::address_of(&setup));
        for aggregator in [AGGREGATOR, RIVAL] {
            let grant = aggregates::set_aggregator(&aggregator, 0, 1);
            self.network.send(&ROLES.owner, &self.feed, &grant).unwrap();
        }
    }

    /// A prover whose key the router knows, and the key's id.
    pub(super) fn prover<S: Statement + Copy>(
        &mut self,
        statement: S,
        rng: &mut ChaCha20Rng,
    ) -> (Prover<S>, [u8; 32]) {
        let key = insecure_setup(&statement, rng, &()).unwrap();
        let key_of_contract = ContractKey::new(key.verifying_key()).unwrap();
        self.network.add_verifier(&Deployment::verifier(&key_of_contract).unwrap()).unwrap();
        (Prover::builder(statement, key).build().unwrap(), key_of_contract.id())
    }

    /// Triangles of a shape that holds the fleet's fence.
    pub(super) fn triangles(&self) -> usize {
        self.fleet.fence.triangles().len().next_multiple_of(8)
    }

    /// A reading of a device in the epoch, so many milliseconds after it began.
    pub(super) fn reading(&self, device: usize, after_ms: u64) -> Reading {
        Reading {
            network: self.policy.parts().network,
            time: millis(1000 * ORIGIN_S + after_ms),
            ..self.fleet.reading(device)
        }
    }

    /// Gas of what the feed takes.
    pub(super) fn send(&mut self, from: &Address, data: &[u8]) -> u64 {
        self.network.send(from, &self.feed, data).unwrap().gas
    }

    /// The name of the error that the feed refuses with.
    pub(super) fn refusal(&mut self, from: &Address, data: &[u8]) -> &'static str {
        revert(self.network.send(from, &self.feed, data)).name().expect("an error of the contracts")
    }

    pub(super) fn ask(&mut self, data: &[u8]) -> Vec<u8> {
        self.network.evm.call(&self.feed, data).unwrap().output
    }
}

fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).unwrap()
}
