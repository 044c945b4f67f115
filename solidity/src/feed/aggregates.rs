//! What is sent to a feed and to its adapter, and what they answer.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use zksensor_model::claim::aggregate::AggregateInputs;
use zksensor_model::field::{self, Fr};
use zksensor_verifier::Proof;

use super::abi::AggregateFeed::{
    POLICY_IDCall, chunkCall, roundCall, setAggregatorCall, submitBatchCall, submitCall,
};
use super::abi::{Aggregate, MeanAdapter::latestRoundDataCall};
use super::setup::alloy;
use crate::Address;
use crate::calldata::word;
use crate::error::OutputError;
use crate::key_contract::Word;

/// An epoch of a feed, in whatever state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Sum of the values, in the schema's fixed point.
    pub sum: i128,
    /// Values that are counted: readings, one a device, or samples of a survey; 0 if nothing came in.
    pub count: u32,
    /// Chunks of the registry that they are of.
    pub chunks: u32,
    /// Whether nothing changes any more.
    pub is_final: bool,
    /// Whether the guardian declared it void.
    pub voided: bool,
}

/// An answer of an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The epoch's number plus one.
    pub round_id: u128,
    /// The statistic, with the adapter's decimals; it may be 0 or less.
    pub answer: i128,
    /// Start of the epoch, in Unix seconds.
    pub started_at: u64,
    /// End of the epoch, in Unix seconds: the age of the data.
    pub updated_at: u64,
}

/// Calldata of `submit`. The proof is bound to the feed and to the aggregator; anybody may send it.
pub fn submit(
    key_id: &Word,
    proof: &Proof,
    inputs: &AggregateInputs,
    aggregator: &Address,
    root_index: u64,
) -> Vec<u8> {
    submit_bytes(key_id, &proof.to_bytes(), inputs, aggregator, root_index)
}

/// As [`submit`], of the bytes of a proof, or on a test chain of a mock.
pub fn submit_bytes(
    key_id: &Word,
    proof: &[u8],
    inputs: &AggregateInputs,
    aggregator: &Address,
    root_index: u64,
) -> Vec<u8> {
    submitCall {
        keyId: key_id.into(),
        proof: Bytes::copy_from_slice(proof),
        inputs: typed(inputs),
        aggregator: alloy(aggregator),
        rootIndex: U256::from(root_index),
    }
    .abi_encode()
}

/// Calldata of `submitBatch`: aggregates of one epoch, chunk after chunk in rising order.
pub fn submit_batch(
    key_id: &Word,
    items: &[(Proof, AggregateInputs)],
    aggregator: &Address,
    root_index: u64,
) -> Vec<u8> {
    let proofs: Vec<u8> = items.iter().flat_map(|(proof, _)| proof.to_bytes()).collect();
    submitBatchCall {
        keyId: key_id.into(),
        proofs: proofs.into(),
        inputs: items.iter().map(|(_, inputs)| typed(inputs)).collect(),
        aggregator: alloy(aggregator),
        rootIndex: U256::from(root_index),
    }
    .abi_encode()
}

/// Calldata with which the owner authorises an aggregator for epochs from `from` on, below `until`.
pub fn set_aggregator(aggregator: &Address, from: u32, until: u32) -> Vec<u8> {
    setAggregatorCall { aggregator: alloy(aggregator), from, until }.abi_encode()
}

/// Calldata of `POLICY_ID`.
pub fn policy_id() -> Vec<u8> {
    POLICY_IDCall {}.abi_encode()
}

/// What `POLICY_ID` returned.
///
/// # Errors
/// [`OutputError`] if it is no field element.
pub fn decode_policy_id(output: &[u8]) -> Result<Fr, OutputError> {
    let wrong = OutputError { call: "POLICY_ID", got: output.len() };
    let word = POLICY_IDCall::abi_decode_returns_validate(output).map_err(|_| wrong.clone())?;
    field::from_be_bytes(&word.to_be_bytes()).map_err(|_| wrong)
}

/// Calldata of `round`.
pub fn round(epoch: u32) -> Vec<u8> {
    roundCall { epoch }.abi_encode()
}

/// What `round` returned.
///
/// # Errors
/// [`OutputError`] if it is none.
pub fn decode_round(output: &[u8]) -> Result<Round, OutputError> {
    let wrong = OutputError { call: "round", got: output.len() };
    let round = roundCall::abi_decode_returns_validate(output).map_err(|_| wrong.clone())?;
    Ok(Round {
        sum: i128::try_from(round.sum).map_err(|_| wrong)?,
        count: round.count,
        chunks: round.chunks.to(),
        is_final: round.isFinal,
        voided: round.voided,
    })
}

/// Calldata of `chunk`.
pub fn chunk(epoch: u32, index: u32) -> Vec<u8> {
    chunkCall { epoch, index }.abi_encode()
}

/// What `chunk` returned: sum and count of what is stored, 0 both if nothing came in.
///
/// # Errors
/// [`OutputError`] if it is none.
pub fn decode_chunk(output: &[u8]) -> Result<(i128, u32), OutputError> {
    let wrong = OutputError { call: "chunk", got: output.len() };
    let chunk = chunkCall::abi_decode_returns_validate(output).map_err(|_| wrong.clone())?;
    Ok((i128::try_from(chunk.sum).map_err(|_| wrong)?, chunk.count))
}

/// Calldata of `latestRoundData`, of an adapter.
pub fn latest_round_data() -> Vec<u8> {
    latestRoundDataCall {}.abi_encode()
}

/// What `latestRoundData` returned.
///
/// # Errors
/// [`OutputError`] if it is none, or beyond what a feed of this release answers.
pub fn decode_latest_round_data(output: &[u8]) -> Result<Answer, OutputError> {
    let wrong = OutputError { call: "latestRoundData", got: output.len() };
    let data = latestRoundDataCall::abi_decode_returns_validate(output).map_err(|_| wrong.clone())?;
    let seconds = |time: U256| u64::try_from(time).map_err(|_| wrong.clone());
    Ok(Answer {
        round_id: data.roundId.to(),
        answer: i128::try_from(data.answer).map_err(|_| wrong.clone())?,
        started_at: seconds(data.startedAt)?,
        updated_at: seconds(data.updatedAt)?,
    })
}

/// The struct of the contract: without the binding, which it computes.
fn typed(inputs: &AggregateInputs) -> Aggregate {
    Aggregate {
        registryRoot: word(&inputs.registry_root.to_field()),
        policyId: word(&inputs.policy_id.to_field()),
        epoch: inputs.epoch,
        chunkBits: inputs.chunk_bits,
        chunk: inputs.chunk,
        count: inputs.count,
        sum: inputs.sum,
        sumOfSquares: inputs.sum_of_squares,
        minimum: inputs.minimum,
        maximum: inputs.maximum,
    }
}
