//! The chain: router, registry, feed, adapter and cover, and those who use them.

use serde_json::{Value, json};
use zksensor::solidity::evm::{Address, Chain, Evm, EvmError, Receipt};
use zksensor::solidity::feed::aggregates::{self, Round};
use zksensor::solidity::feed::{
    AdapterSetup, CoverSetup, FeedSetup, Network, PolicyTerms, Roles, SALT, Statistic,
};
use zksensor::solidity::{ContractKey, Deployment};

use super::Failure;
use super::town::{CHUNK_BITS, K, Proven, Town};

/// Made-up accounts.
pub(crate) const ROLES: Roles =
    Roles { owner: Address([0xa0; 20]), guardian: Address([0xa1; 20]), registrar: Address([0xa2; 20]) };
pub(crate) const AGGREGATOR: Address = Address([0xa3; 20]);
/// Is authorised, too.
pub(crate) const RIVAL: Address = Address([0xa4; 20]);
/// Is not.
pub(crate) const STRANGER: Address = Address([0xa5; 20]);
pub(crate) const INSURED: Address = Address([0xa6; 20]);
pub(crate) const INSURER: Address = Address([0xa7; 20]);
/// What is paid, in wei: 1,000 POL.
pub(crate) const PAYMENT: u128 = 1_000_000_000_000_000_000_000;
/// The chain begins at this hour.
const FIRST_HOUR: u64 = 14;
/// From a post until it counts, and an epoch.
const HOUR_S: u64 = 3600;

/// Everything that is deployed, and what was refused so far.
pub(crate) struct Polygon {
    network: Network,
    key_id: [u8; 32],
    pub(crate) feed: Address,
    pub(crate) adapter: Address,
    pub(crate) refused: Vec<Value>,
    pub(crate) lines: String,
}

impl Polygon {
    /// Where the registry will be: so that a policy can name it.
    pub(crate) fn registry_address() -> Address {
        Network::predicted(&ROLES, HOUR_S).1
    }

    pub(crate) fn new(town: &Town) -> Result<Self, Failure> {
        let mut network = Network::new(Chain::Amoy, ROLES, HOUR_S)?;
        let key = ContractKey::new(town.prover.verifier().key())?;
        network.add_verifier(&Deployment::verifier(&key)?)?;
        let setup = FeedSetup {
            router: network.router.address,
            registry: network.registry.address,
            owner: ROLES.owner,
            guardian: ROLES.guardian,
            window_ms: 1000 * HOUR_S,
            min_count: K as u32,
            chunk_bits: CHUNK_BITS,
            decimals: 2,
            terms: PolicyTerms::of(town.policy.model())?,
            description: "Temperature of a town".to_owned(),
        };
        let feed = network.deploy_feed(&setup)?;
        let mean = AdapterSetup { feed: feed.address, statistic: Statistic::Mean, extra_decimals: 3 };
        let adapter = network.evm.deploy(&mean.init_code())?.address;
        network.evm.set_balance(&INSURER, PAYMENT);
        let lines = format!(
            "14:00  router, registry and feed are deployed: {}, {} and {} gas\n",
            network.router.gas, network.registry.gas, feed.gas
        );
        let mut polygon =
            Polygon { network, key_id: key.id(), feed: feed.address, adapter, refused: Vec::new(), lines };
        // The contract computes the policy's id itself, and so does the circuit.
        let id = polygon.ask(feed.address, &aggregates::policy_id())?;
        if aggregates::decode_policy_id(&id)? != town.policy.id().to_field() {
            return Err("the feed has another policy than the town".into());
        }
        for aggregator in [AGGREGATOR, RIVAL] {
            let grant = aggregates::set_aggregator(&aggregator, 0, u32::MAX);
            polygon.send(ROLES.owner, feed.address, &grant)?;
        }
        Ok(polygon)
    }

    /// Lets time go on, to so many minutes after an hour of the day.
    pub(crate) fn at(&mut self, hour: u64, minute: u64) {
        self.network.evm.set_time(Evm::START + HOUR_S * (hour - FIRST_HOUR) + 60 * minute);
    }

    /// A line of the story.
    pub(crate) fn say(&mut self, line: &str) {
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    pub(crate) fn send(&mut self, from: Address, to: Address, data: &[u8]) -> Result<Receipt, EvmError> {
        self.network.send(&from, &to, data)
    }

    pub(crate) fn registry(&self) -> Address {
        self.network.registry.address
    }

    /// What a call returns.
    pub(crate) fn ask(&mut self, to: Address, data: &[u8]) -> Result<Vec<u8>, EvmError> {
        Ok(self.network.evm.call(&to, data)?.output)
    }

    /// Submits an aggregate; its right and its credit are `aggregator`'s.
    pub(crate) fn submit(
        &mut self,
        proven: &Proven,
        aggregator: Address,
        root_index: u64,
    ) -> Result<Receipt, EvmError> {
        let (proof, inputs) = proven;
        let data = aggregates::submit(&self.key_id, proof, inputs, &aggregator, root_index);
        self.send(aggregator, self.feed, &data)
    }

    pub(crate) fn submit_batch(&mut self, proven: &[Proven], root_index: u64) -> Result<Receipt, EvmError> {
        let data = aggregates::submit_batch(&self.key_id, proven, &AGGREGATOR, root_index);
        self.send(AGGREGATOR, self.feed, &data)
    }

    pub(crate) fn round(&mut self, epoch: u32) -> Result<Round, Failure> {
        Ok(aggregates::decode_round(&self.ask(self.feed, &aggregates::round(epoch))?)?)
    }

    /// A cover of an epoch, by the feed: it has what the insurer pays in.
    pub(crate) fn insure(&mut self, epoch: u32, threshold: i64) -> Result<Address, EvmError> {
        let cover = self.cover(epoch, threshold).init_code();
        Ok(self.network.evm.create2(&INSURER, PAYMENT, &SALT, &cover)?.address)
    }

    /// The same, only to see that it is refused: the factory would swallow the reason.
    pub(crate) fn insure_begun(&mut self, epoch: u32, threshold: i64) -> Result<(), EvmError> {
        let cover = self.cover(epoch, threshold).init_code();
        self.network.evm.deploy(&cover).map(drop)
    }

    fn cover(&self, epoch: u32, threshold: i64) -> CoverSetup {
        let (insured, insurer) = (INSURED, INSURER);
        let min_count = 2 * K as u32;
        CoverSetup { feed: self.feed, epoch, threshold, min_count, grace_s: 24 * HOUR_S, insured, insurer }
    }

    pub(crate) fn balance(&self, of: Address) -> u128 {
        self.network.evm.balance(&of)
    }

    /// What has to be refused, by the name of the error.
    pub(crate) fn refuse<T>(
        &mut self,
        what: &str,
        wanted: &str,
        result: Result<T, EvmError>,
    ) -> Result<(), Failure> {
        let Err(error) = result else { return Err(format!("{what} was not refused").into()) };
        let Some(revert) = error.revert() else { return Err(format!("{what}: {error}").into()) };
        if revert.name() != Some(wanted) {
            return Err(format!("{what}: expected {wanted}, got {revert}").into());
        }
        self.lines.push_str(&format!("       refused: {what}: {revert}\n"));
        self.refused.push(json!({ "what": what, "error": wanted }));
        Ok(())
    }
}
