//! A network on its chain, an hour after which it is proven what it was like.

use zksensor::circuits::statement::Claim;
use zksensor::hex;
use zksensor::model::registry::Registry;
use zksensor::solidity::Address;
use zksensor::solidity::feed::aggregates;
use zksensor_chain::{Call, ChainError, Claimed, Node, Proven};

use crate::node::{ACCOUNTS, Anvil};
use crate::town::{K, Wanted};
use crate::world::{CHAIN, LIMITS, World, node, operator, shown};

/// The town on its chain, an hour being over.
pub(crate) struct Scene {
    pub(crate) world: &'static World,
    pub(crate) anvil: Anvil,
    pub(crate) node: Node,
}

/// The second of anvil's accounts, an aggregator as well.
pub(crate) fn rival() -> Address {
    Address(hex::parse(ACCOUNTS[1]).unwrap())
}

impl Scene {
    pub(crate) fn begin(name: &str) -> Option<Scene> {
        let world = World::get();
        let anvil = world.on_chain(name, 1)?;
        let node = node(&anvil);
        // Named before the epoch begins, as aggregators have to be.
        let right = aggregates::set_aggregator(&rival(), 0, u32::MAX);
        anvil.send(ACCOUNTS[0], &world.address("feed").to_string(), &right);
        anvil.at(17, 0);
        Some(Scene { world, anvil, node })
    }

    pub(crate) fn feed(&self) -> Address {
        self.world.address("feed")
    }

    pub(crate) fn send(&self, to: &Address, data: &[u8]) {
        self.anvil.send(ACCOUNTS[0], &to.to_string(), data);
    }

    /// Whether a call of the operator would be taken.
    pub(crate) async fn preview(&self, call: &Call) -> Result<(), ChainError> {
        self.node.preview(CHAIN, &operator(), call, &LIMITS).await.map(drop)
    }

    /// Which error a call is refused with; `accepted` if it is not.
    pub(crate) async fn refusal(&self, to: Address, data: Vec<u8>) -> String {
        let call = Call { what: "a call".to_owned(), to, data };
        match self.preview(&call).await {
            Ok(()) => "accepted".to_owned(),
            Err(ChainError::WouldRevert { revert, .. }) => {
                revert.name().map_or_else(|| revert.to_string(), str::to_owned)
            }
            Err(error) => error.to_string(),
        }
    }

    /// The same of a submission for the credit of somebody, by a post of the registry.
    pub(crate) async fn submit(&self, proven: &Proven, credit: &Address, root: u64) -> String {
        let data = aggregates::submit(&self.world.key_id, &proven.proof, &shown(proven), credit, root);
        self.refusal(self.feed(), data).await
    }

    /// An aggregate of five stations of the first chunk, of this registry and for this feed and recipient.
    pub(crate) fn prove(&self, registry: &Registry, feed: Address, recipient: Address) -> Proven {
        let devices = &self.world.town.chunks[0][..K];
        let wanted = Wanted { registry, devices, epoch: 0, degrees: 20, feed, recipient };
        let (proof, inputs) = self.world.town.prove(&wanted).unwrap();
        Proven {
            statement: self.world.town.prover.statement().id(),
            proof,
            inputs: Claimed::Aggregate(inputs),
        }
    }
}
