//! What a network is to be made of, and what of it is refused before a chain is asked.

use zksensor_model::policy::Policy;
use zksensor_model::reading::Network;
use zksensor_solidity::feed::{
    AdapterSetup, FeedSetup, PolicyTerms, RegistrySetup, RouterSetup, StateContract, Statistic, aggregates,
    router,
};
use zksensor_solidity::{Address, Artifact, ContractKey, Deployment, StatementContract, TestChains};

use crate::abi::{AggregateFeed as F, TimelockController, VerifierRouter as V};
use crate::deploy::Part;
use crate::error::ChainError;
use crate::rpc::Node;
use crate::send::Call;
use crate::view::Contract;

/// Seconds of the timelock that owns what is on Polygon: three days.
pub const LEAST_TIMELOCK_S: u64 = 3 * 24 * 3600;
/// Polygon.
const POLYGON: u64 = 137;
const NOBODY: Address = Address([0; 20]);

/// What a network is to be made of.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The chain.
    pub chain: u64,
    /// Another salt makes other addresses of the same.
    pub salt: [u8; 32],
    /// Decides; meant to be a timelock, and on Polygon it has to be one.
    pub owner: Address,
    /// Stops; nobody, if it is 0.
    pub guardian: Address,
    /// Posts roots.
    pub registrar: Address,
    /// Seconds from a post until it counts.
    pub delay_s: u64,
    /// The key of proofs.
    pub key: ContractKey,
    /// The feed, if there is to be one already.
    pub feed: Option<FeedPlan>,
}

/// What a feed is to be.
#[derive(Debug, Clone)]
pub struct FeedPlan {
    /// What is counted.
    pub policy: Policy,
    /// How long after an epoch's end proofs are accepted, in milliseconds.
    pub window_ms: u64,
    /// Least devices of what is counted.
    pub min_count: u32,
    /// Positions of a chunk, as a power of two.
    pub chunk_bits: u8,
    /// What is measured, where.
    pub description: String,
    /// What is answered as prices are, with so many decimals beyond the schema's.
    pub adapter: Option<(Statistic, u8)>,
    /// Who may submit, from the next epoch that begins on.
    pub aggregators: Vec<Address>,
}

impl Blueprint {
    /// The contracts, in the order in which they are deployed: verifier, router, registry, feed, adapter.
    ///
    /// # Errors
    /// [`ChainError::Unfit`] for what the contracts would refuse, or what they could not refuse and nobody should deploy.
    pub fn parts(&self) -> Result<Vec<Part>, ChainError> {
        self.check()?;
        let key = &self.key;
        let wanted = || "the key of a statement of this release".to_owned();
        let unknown = |_| ChainError::Unfit { wanted: wanted(), got: format!("one of {}", key.statement()) };
        let deployment = Deployment::verifier(key).map_err(unknown)?;
        let artifact =
            Artifact::of(&StatementContract::named(key.statement()).map_err(unknown)?).map_err(unknown)?;
        let verifier = Part {
            name: "verifier",
            contract: deployment.contract,
            init_code: deployment.bytecode,
            artifact,
            code_hash: zksensor_model::hex::decode(&deployment.code_hash),
        };
        let mut parts = vec![verifier, self.router(), self.registry()];
        if let Some(plan) = &self.feed {
            let setup = self.setup(plan)?;
            let feed = state("feed", setup.terms.contract(), setup.init_code());
            let at = feed.address(&self.salt);
            parts.push(feed);
            if let Some((statistic, extra_decimals)) = plan.adapter {
                let adapter = AdapterSetup { feed: at, statistic, extra_decimals };
                parts.push(state("adapter", StateContract::MeanAdapter, adapter.init_code()));
            }
        }
        Ok(parts)
    }

    /// Where the registry is or will be: what a policy names.
    pub fn registry_address(&self) -> Address {
        self.registry().address(&self.salt)
    }

    fn router(&self) -> Part {
        let setup = RouterSetup { owner: self.owner, guardian: self.guardian };
        state("router", StateContract::VerifierRouter, setup.init_code())
    }

    fn registry(&self) -> Part {
        let Blueprint { owner, registrar, guardian, delay_s, .. } = *self;
        let setup = RegistrySetup { owner, registrar, guardian, delay_s };
        state("registry", StateContract::SensorRegistry, setup.init_code())
    }

    fn setup(&self, plan: &FeedPlan) -> Result<FeedSetup, ChainError> {
        let terms = PolicyTerms::of(&plan.policy).map_err(|error| ChainError::Unfit {
            wanted: "a policy that a feed counts".to_owned(),
            got: error.to_string(),
        })?;
        let scale =
            plan.policy.channel().and_then(|channel| channel.quantity).map_or(0, |quantity| quantity.scale);
        let decimals = u8::try_from(scale).map_err(|_| ChainError::Unfit {
            wanted: "a schema of at most 255 decimals".to_owned(),
            got: scale.to_string(),
        })?;
        Ok(FeedSetup {
            router: self.router().address(&self.salt),
            registry: self.registry_address(),
            owner: self.owner,
            guardian: self.guardian,
            window_ms: plan.window_ms,
            min_count: plan.min_count,
            chunk_bits: plan.chunk_bits,
            decimals,
            terms,
            description: plan.description.clone(),
        })
    }

    fn check(&self) -> Result<(), ChainError> {
        let is_test = TestChains::IDS.contains(&self.chain);
        ensure(self.owner != NOBODY, || ("an owner", "nobody".to_owned()))?;
        ensure(is_test || !self.key.is_insecure(), || {
            (
                "a key of a ceremony, as this is no test chain",
                format!("an INSECURE one on chain {}", self.chain),
            )
        })?;
        ensure(is_test || self.delay_s > 0, || ("a delay of roots of at least an epoch", "none".to_owned()))?;
        ensure(is_test || self.guardian != NOBODY, || {
            ("a guardian, who can stop what is wrong at once", "nobody".to_owned())
        })?;
        let Some(plan) = &self.feed else { return Ok(()) };
        let parts = plan.policy.parts();
        let title = format!("{}/v{}", parts.family.name(), parts.statement_version);
        ensure(self.key.statement().starts_with(&format!("{title}/")), || {
            ("a key of the policy's statement", format!("one of {} for {title}", self.key.statement()))
        })?;
        let registry = self.registry_address();
        ensure(parts.network == Network::new(self.chain, registry.0), || {
            let wanted = "a policy whose chain_id and registry are those of this deployment";
            (wanted, format!("another; they are {} and {registry}", self.chain))
        })?;
        let delay_ms = self.delay_s.saturating_mul(1000);
        ensure(is_test || delay_ms >= parts.epoch_length_ms, || {
            let wanted =
                "a delay of roots of an epoch or longer: keys enrolled in it could sign backdated readings";
            (wanted, format!("{delay_ms} ms for epochs of {} ms", parts.epoch_length_ms))
        })?;
        ensure((1..=parts.epoch_length_ms).contains(&plan.window_ms), || {
            ("a window no longer than an epoch", format!("{} ms", plan.window_ms))
        })?;
        ensure(plan.min_count >= parts.k, || {
            ("a least count of k or more", format!("{} for k {}", plan.min_count, parts.k))
        })?;
        let bits = plan.chunk_bits;
        let fits =
            (6..=21).contains(&bits) && bits.is_multiple_of(3) && (bits == 21 || parts.outputs.flags() == 0);
        ensure(fits, || {
            let wanted = "chunks of 6, 9, .. or 21 bits, 21 where more than sum and count is published";
            (wanted, bits.to_string())
        })
    }
}

fn ensure(holds: bool, fault: impl FnOnce() -> (&'static str, String)) -> Result<(), ChainError> {
    if holds {
        return Ok(());
    }
    let (wanted, got) = fault();
    Err(ChainError::Unfit { wanted: wanted.to_owned(), got })
}

fn state(name: &'static str, contract: StateContract, init_code: Vec<u8>) -> Part {
    Part {
        name,
        contract: contract.name().to_owned(),
        init_code,
        artifact: contract.artifact(),
        code_hash: None,
    }
}

impl Node {
    /// Requires what of roles a chain alone knows: on Polygon the owner is a timelock of three days or more.
    ///
    /// # Errors
    /// [`ChainError::Unfit`].
    pub async fn check_roles(&self, blueprint: &Blueprint) -> Result<(), ChainError> {
        if blueprint.chain != POLYGON {
            return Ok(());
        }
        let timelock = Contract { node: self, name: "a timelock", address: blueprint.owner };
        let seconds = match timelock.number(&TimelockController::getMinDelayCall {}).await {
            Ok(seconds) => seconds,
            Err(ChainError::View { .. } | ChainError::OtherContract { .. }) => 0,
            Err(error) => return Err(error),
        };
        ensure(seconds >= LEAST_TIMELOCK_S, || {
            let wanted = "an owner that is a timelock of three days or more, as this is Polygon";
            (wanted, format!("{}, which takes {seconds} s", blueprint.owner))
        })
    }

    /// What the owner has to call once everything is deployed: adds the key to the router, and names aggregators. What is so already is left
    /// out. `first_epoch` is that from which on aggregators count.
    ///
    /// # Errors
    /// What the node does not answer.
    pub async fn owner_calls(&self, blueprint: &Blueprint, parts: &[Part]) -> Result<Vec<Call>, ChainError> {
        let at = |name: &str| {
            parts.iter().find(|part| part.name == name).map(|part| part.address(&blueprint.salt))
        };
        let mut calls = Vec::new();
        let (Some(verifier), Some(router)) = (at("verifier"), at("router")) else { return Ok(calls) };
        let code_hash = parts.iter().find_map(|part| part.code_hash).unwrap_or_default();
        let contract = Contract { node: self, name: "a router", address: router };
        let is_added = match contract.ask(&V::routeOfCall { keyId: blueprint.key.id().into() }).await {
            Ok(route) => !route.verifier.is_zero(),
            Err(ChainError::OtherContract { .. }) => false,
            Err(error) => return Err(error),
        };
        if !is_added {
            let (what, data) =
                ("the key's place in the router".to_owned(), router::add(&verifier, &code_hash));
            calls.push(Call { what, to: router, data });
        }
        let (Some(plan), Some(feed)) = (&blueprint.feed, at("feed")) else { return Ok(calls) };
        let contract = Contract { node: self, name: "a feed", address: feed };
        let parts = plan.policy.parts();
        let now_ms = self.head().await?.timestamp.to::<u64>().saturating_mul(1000);
        let begun = now_ms.saturating_sub(parts.epoch_origin.get()).div_ceil(parts.epoch_length_ms.max(1));
        let first = u32::try_from(begun).unwrap_or(u32::MAX);
        for aggregator in &plan.aggregators {
            let ask = F::aggregatorOfCall { aggregator: aggregator.0.into() };
            let granted = match contract.ask(&ask).await {
                Ok(grant) => grant.until > first,
                Err(ChainError::OtherContract { .. }) => false,
                Err(error) => return Err(error),
            };
            if !granted {
                let what = format!("the right of {aggregator} to submit, from epoch {first} on");
                calls.push(Call {
                    what,
                    to: feed,
                    data: aggregates::set_aggregator(aggregator, first, u32::MAX),
                });
            }
        }
        Ok(calls)
    }
}
