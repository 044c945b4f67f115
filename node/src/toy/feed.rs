//! A feed on a chain in memory, as a place for proofs.

use serde::Deserialize;
use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::model::claim::{Binding, StatementId};
use zksensor::model::field::{self, Fr};
use zksensor::model::hex;
use zksensor::model::layout::PublicInputs;
use zksensor::model::policy::Policy;
use zksensor::solidity::evm::{Address, EvmError};
use zksensor::solidity::feed::{aggregates, registry};

use super::{AGGREGATOR, Ask, State, Toy};
use crate::place::{Brought, NotBrought, Paid, Parcel, Place, Whereabouts};

/// What the contracts say of a proof itself, now and at any time. Whatever else they say may pass while the window is open.
const NEVER: [&str; 9] = [
    "ProofRejected",
    "PairingRefused",
    "ProofLength",
    "ElementInvalid",
    "InputNotCanonical",
    "InputCount",
    "PolicyOther",
    "OtherPolicy",
    "ChunkOther",
];

/// A feed.
#[derive(Clone, Debug)]
pub struct ToyFeed {
    chain: Toy,
    feed: Address,
    policy: Policy,
    window_ms: u64,
}

/// What a transaction takes of a proof's file.
#[derive(Deserialize)]
struct File {
    proof: String,
    public_inputs: Vec<String>,
}

/// A proof as it goes into calldata.
struct Submission {
    proof: Vec<u8>,
    inputs: AggregateInputs,
}

impl Submission {
    fn of(file: &str) -> Option<Submission> {
        let File { proof, public_inputs } = serde_json::from_str(file).ok()?;
        let words =
            public_inputs.iter().map(|word| field::parse_hex(word).ok()).collect::<Option<Vec<Fr>>>()?;
        let inputs = AggregateInputs::from_words(&words).ok()?;
        Some(Submission { proof: hex::decode_all(&proof)?, inputs })
    }
}

impl ToyFeed {
    pub(super) fn new(chain: Toy, feed: Address, policy: Policy, window_ms: u64) -> Self {
        ToyFeed { chain, feed, policy, window_ms }
    }

    /// Where it is.
    pub fn address(&self) -> Address {
        self.feed
    }

    /// The same feed on another chain, on which it is, too.
    pub fn on(&self, chain: Toy) -> Self {
        ToyFeed { chain, ..self.clone() }
    }

    /// Sum and count that are stored for a chunk.
    fn chunk(&self, state: &impl Ask, epoch: u32, chunk: u32) -> Result<(i128, u32), NotBrought> {
        let output =
            state.ask(&self.feed, &aggregates::chunk(epoch, chunk)).map_err(|error| later(&error))?;
        aggregates::decode_chunk(&output).map_err(|error| NotBrought::Later(error.to_string()))
    }

    /// Whether the feed has it.
    fn has(&self, state: &impl Ask, inputs: &AggregateInputs) -> Result<bool, NotBrought> {
        let (_, count) = self.chunk(state, inputs.epoch, inputs.chunk)?;
        Ok(count >= inputs.count)
    }

    /// Whether the epoch's window is open, and which post of the registry counts.
    fn root_index(&self, state: &State, inputs: &AggregateInputs) -> Result<u64, NotBrought> {
        let end = self.policy.epoch_end_ms(inputs.epoch);
        let end = end.ok_or_else(|| NotBrought::Never("the policy has no such epoch".to_owned()))?;
        let now = 1000 * state.time;
        if now < end {
            return Err(NotBrought::Later("the epoch is not over on the chain".to_owned()));
        }
        if now >= end + self.window_ms {
            return Err(NotBrought::Never("the feed's window for this epoch is shut".to_owned()));
        }
        let registry = state.network.registry.address;
        let output = state.ask(&registry, &registry::find_root(end)).map_err(|error| later(&error))?;
        let found =
            registry::decode_find_root(&output).map_err(|error| NotBrought::Later(error.to_string()))?;
        let (index, root) = found;
        if root != inputs.registry_root.to_field() {
            // A post may be on its way, or in blocks that were taken back: the window says when that is over.
            let reason = "the chain has another root of the registry for this epoch than the proof";
            return Err(NotBrought::Later(reason.to_owned()));
        }
        Ok(index)
    }
}

fn later(error: &EvmError) -> NotBrought {
    NotBrought::Later(error.to_string())
}

impl Place for ToyFeed {
    fn binding(&self, statement: &StatementId) -> Binding {
        Binding::new(Toy::chain_id(), self.feed.0, AGGREGATOR.0, statement)
    }

    fn bring(&mut self, parcels: &[Parcel<'_>]) -> Vec<Result<Brought, NotBrought>> {
        parcels.iter().map(|parcel| self.put(parcel)).collect()
    }

    /// The receipt is the block that it was brought in, which blocks that are taken back make untrue: what is final is asked of the chain as it was so
    /// many blocks ago.
    fn look(&mut self, parcel: &Parcel<'_>, _: &str) -> Result<Whereabouts, NotBrought> {
        let Some(Submission { inputs, .. }) = Submission::of(parcel.file) else {
            return Ok(Whereabouts::Lost);
        };
        let state = self.chain.lock();
        if !self.has(&*state, &inputs)? {
            return Ok(Whereabouts::Lost);
        }
        let is_final = match state.confirmed() {
            Some(confirmed) => self.has(&confirmed, &inputs)?,
            None => false,
        };
        Ok(if is_final { Whereabouts::Final(None) } else { Whereabouts::Pending })
    }
}

impl ToyFeed {
    fn put(&self, parcel: &Parcel<'_>) -> Result<Brought, NotBrought> {
        let submission = Submission::of(parcel.file);
        let submission =
            submission.ok_or_else(|| NotBrought::Never("the file is no proof of an aggregate".to_owned()))?;
        let Submission { proof, inputs } = submission;
        let mut state = self.chain.lock();
        if self.has(&*state, &inputs)? {
            // When it came in nobody says: it is final when it would be if that was now.
            return Ok(Brought { receipt: state.head.to_string(), paid: None, is_final: false });
        }
        let index = self.root_index(&state, &inputs)?;
        let data = aggregates::submit_bytes(&state.key_id, &proof, &inputs, &AGGREGATOR, index);
        let tried = state.dry_run(&AGGREGATOR, &self.feed, &data);
        if let Err(error) = tried {
            let name = error.revert().and_then(|revert| revert.name().map(str::to_owned));
            return Err(match name.as_deref() {
                Some(name) if NEVER.contains(&name) => NotBrought::Never(error.to_string()),
                _ => later(&error),
            });
        }
        let receipt = state.transact(&AGGREGATOR, &self.feed, &data).map_err(|error| later(&error))?;
        let paid = Paid { gas: receipt.gas, fee_gwei: None };
        Ok(Brought { receipt: state.head.to_string(), paid: Some(paid), is_final: false })
    }
}
