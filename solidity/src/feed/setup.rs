//! Init code with the arguments of each constructor. Roles are arguments and never who sends, so that an address is known before
//! ([`create2`](crate::create2)).

use alloy_primitives::{Address as AlloyAddress, U256};
use alloy_sol_types::SolConstructor;
use zksensor_model::claim::StatementId;

use super::abi::{
    self, AggregateFeed, HeatCover, MeanAdapter, MockVerifier, PrivateFeed, SensorRegistry, SurveyFeed,
    VerifierRouter,
};
use super::terms::Terms;
use super::{PolicyTerms, StateContract};
use crate::Address;

/// What a router is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouterSetup {
    /// Adds keys; meant to be a timelock.
    pub owner: Address,
    /// May freeze a key; nobody, if it is 0.
    pub guardian: Address,
}

/// What a registry is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrySetup {
    /// Names registrar and guardian; meant to be a timelock.
    pub owner: Address,
    /// Posts roots.
    pub registrar: Address,
    /// May take a root back that does not count yet; nobody, if it is 0.
    pub guardian: Address,
    /// Seconds between a post and the moment from which it counts: at least the longest epoch of a feed.
    pub delay_s: u64,
}

/// What a feed is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSetup {
    /// Which keys count.
    pub router: Address,
    /// Which devices are there.
    pub registry: Address,
    /// Names aggregators; meant to be a timelock.
    pub owner: Address,
    /// May pause, and declare an epoch void before it is final; nobody, if it is 0.
    pub guardian: Address,
    /// How long after an epoch's end proofs are accepted, in milliseconds: 1 to the epoch's length.
    pub window_ms: u64,
    /// Least devices of what is counted, at least k.
    pub min_count: u32,
    /// Positions of a chunk, as a power of two: 6, 9, .. 21; three for each of the levels of the statement's shape.
    pub chunk_bits: u8,
    /// Decimals of the schema's fixed point.
    pub decimals: u8,
    /// The policy.
    pub terms: PolicyTerms,
    /// What is measured, where.
    pub description: String,
}

/// When the seals of a feed of private sums end, and what is random then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing {
    /// Where the beacon of a deadline comes from: a [`BlockBeacon`](StateContract::BlockBeacon), or whatever answers as it does.
    pub beacon: Address,
    /// How long after an epoch's end seals are accepted, in milliseconds: 1 or more, and less than the feed's window.
    pub window_ms: u64,
}

/// What a verifier of mocks is made with; it deploys to test chains alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MockSetup {
    /// The statement.
    pub statement: StatementId,
    /// Its public inputs, in words.
    pub words: u32,
}

/// What an adapter answers. The numbers are those of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Sum by count, rounded down.
    Mean = 0,
    /// Sum of the values.
    Sum = 1,
    /// Values that are counted: readings, one a device, or samples of a survey.
    Count = 2,
    /// Least value, of a policy that publishes it.
    Minimum = 3,
    /// Greatest value, of a policy that publishes it.
    Maximum = 4,
}

/// What an adapter is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdapterSetup {
    /// Where answers come from.
    pub feed: Address,
    /// Which of them.
    pub statistic: Statistic,
    /// Decimals beyond the schema's.
    pub extra_decimals: u8,
}

/// What the example `HeatCover` is made with; what it pays is the value of the transaction that deploys it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoverSetup {
    /// Where the answer comes from.
    pub feed: Address,
    /// The epoch that is insured; it has not begun.
    pub epoch: u32,
    /// The mean that has to be exceeded, in the schema's fixed point.
    pub threshold: i64,
    /// An answer of fewer readings is none.
    pub min_count: u32,
    /// Seconds from the epoch's being final until what is paid goes back if there is no answer.
    pub grace_s: u64,
    /// Who is paid if the mean is above.
    pub insured: Address,
    /// Who is paid if not.
    pub insurer: Address,
}

impl RouterSetup {
    /// Data of the transaction that deploys it.
    pub fn init_code(&self) -> Vec<u8> {
        let RouterSetup { owner, guardian } = self;
        let call = VerifierRouter::constructorCall { owner: alloy(owner), guardian: alloy(guardian) };
        with(StateContract::VerifierRouter, &call)
    }
}

impl RegistrySetup {
    /// Data of the transaction that deploys it.
    pub fn init_code(&self) -> Vec<u8> {
        let RegistrySetup { owner, registrar, guardian, delay_s } = self;
        let call = SensorRegistry::constructorCall {
            owner: alloy(owner),
            registrar: alloy(registrar),
            guardian: alloy(guardian),
            delay: U256::from(*delay_s),
        };
        with(StateContract::SensorRegistry, &call)
    }
}

impl FeedSetup {
    /// Data of the transaction that deploys it.
    pub fn init_code(&self) -> Vec<u8> {
        let setup = abi::Setup {
            router: alloy(&self.router),
            registry: alloy(&self.registry),
            owner: alloy(&self.owner),
            guardian: alloy(&self.guardian),
            windowMs: self.window_ms,
            minCount: self.min_count,
            chunkBits: self.chunk_bits,
            decimals: self.decimals,
        };
        let (contract, description) = (self.terms.contract(), self.description.clone());
        match self.terms.0.clone() {
            Terms::Aggregate(terms) => {
                with(contract, &AggregateFeed::constructorCall { setup, terms, description })
            }
            Terms::Survey(terms) => {
                with(contract, &SurveyFeed::constructorCall { setup, terms, description })
            }
            Terms::Private(terms, sealing) => {
                let sealing = abi::SealingOf { beacon: alloy(&sealing.beacon), windowMs: sealing.window_ms };
                with(contract, &PrivateFeed::constructorCall { setup, sealing, terms, description })
            }
        }
    }
}

impl MockSetup {
    /// Data of the transaction that deploys it.
    pub fn init_code(&self) -> Vec<u8> {
        let (text, family) = (self.statement.to_string(), self.statement.title());
        let shape = text.strip_prefix(&family).unwrap_or_default().to_owned();
        let call = MockVerifier::constructorCall { family, shape, inputs: U256::from(self.words) };
        with(StateContract::MockVerifier, &call)
    }
}

impl AdapterSetup {
    /// Data of the transaction that deploys it.
    pub fn init_code(&self) -> Vec<u8> {
        let call = MeanAdapter::constructorCall {
            feed: alloy(&self.feed),
            statistic: self.statistic as u8,
            extra: self.extra_decimals,
        };
        with(StateContract::MeanAdapter, &call)
    }
}

impl CoverSetup {
    /// Data of the transaction that deploys it.
    pub fn init_code(&self) -> Vec<u8> {
        let call = HeatCover::constructorCall {
            feed: alloy(&self.feed),
            epoch: self.epoch,
            threshold: self.threshold,
            minCount: self.min_count,
            grace: U256::from(self.grace_s),
            insured: alloy(&self.insured),
            insurer: alloy(&self.insurer),
        };
        with(StateContract::HeatCover, &call)
    }
}

fn with(contract: StateContract, call: &impl SolConstructor) -> Vec<u8> {
    [contract.artifact().init_code, call.abi_encode()].concat()
}

pub(super) fn alloy(address: &Address) -> AlloyAddress {
    AlloyAddress::from(address.0)
}
