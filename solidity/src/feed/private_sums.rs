//! What is sent to a feed of private sums, and what it answers beside what every feed does ([`aggregates`](super::aggregates)).
//!
//! ```text
//! end of the epoch .. deadline   seal        data and secret are fixed, by the aggregator itself
//! deadline                       beacons     a block is drawn, and recorded
//! deadline .. end of the window  submit      one release a chunk, of what was sealed and the beacon
//! ```

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use zksensor_model::claim::private_sum::PrivateSumInputs;
use zksensor_model::field;
use zksensor_model::noise::SealId;
use zksensor_verifier::Proof;

use super::abi::PrivateFeed::{deadlineOfCall, sealCall, sealOfCall, submitCall};
use super::abi::PrivateSum;
use super::setup::alloy;
use crate::Address;
use crate::calldata::word;
use crate::error::OutputError;
use crate::key_contract::Word;

/// A seal that a feed has, and who may open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// The seal.
    pub seal: SealId,
    /// Who sealed, and is the one whose release is taken.
    pub aggregator: Address,
}

/// Calldata of `seal`. The aggregator itself sends it.
pub fn seal(epoch: u32, chunk: u32, seal: &SealId) -> Vec<u8> {
    sealCall { epoch, index: chunk, sealId: word(&seal.to_field()) }.abi_encode()
}

/// Calldata of `submit`. The proof is bound to the feed and to the aggregator who sealed; anybody may send it.
pub fn submit(
    key_id: &Word,
    proof: &Proof,
    inputs: &PrivateSumInputs,
    aggregator: &Address,
    root_index: u64,
) -> Vec<u8> {
    submitCall {
        keyId: key_id.into(),
        proof: Bytes::copy_from_slice(&proof.to_bytes()),
        inputs: typed(inputs),
        aggregator: alloy(aggregator),
        rootIndex: U256::from(root_index),
    }
    .abi_encode()
}

/// Calldata of `deadlineOf`.
pub fn deadline_of(epoch: u32) -> Vec<u8> {
    deadlineOfCall { epoch }.abi_encode()
}

/// Calldata of `sealOf`.
pub fn seal_of(epoch: u32, chunk: u32) -> Vec<u8> {
    sealOfCall { epoch, index: chunk }.abi_encode()
}

/// The deadline that `deadlineOf` returned, in Unix milliseconds: the moment of the beacon.
///
/// # Errors
/// [`OutputError`] if it is none.
pub fn decode_deadline(output: &[u8]) -> Result<u64, OutputError> {
    let wrong = || OutputError { call: "deadlineOf", got: output.len() };
    let deadline = deadlineOfCall::abi_decode_returns_validate(output).map_err(|_| wrong())?;
    u64::try_from(deadline).map_err(|_| wrong())
}

/// What `sealOf` returned; `None` if nobody sealed the chunk.
///
/// # Errors
/// [`OutputError`] if it is no seal.
pub fn decode_seal(output: &[u8]) -> Result<Option<Sealed>, OutputError> {
    let wrong = || OutputError { call: "sealOf", got: output.len() };
    let found = sealOfCall::abi_decode_returns_validate(output).map_err(|_| wrong())?;
    if found.sealId == U256::ZERO {
        return Ok(None);
    }
    let seal = field::from_be_bytes(&found.sealId.to_be_bytes()).map_err(|_| wrong())?;
    Ok(Some(Sealed { seal: SealId::from_field(seal), aggregator: Address(found.aggregator.into()) }))
}

/// The struct of the contract: without the binding, which it computes.
fn typed(inputs: &PrivateSumInputs) -> PrivateSum {
    PrivateSum {
        registryRoot: word(&inputs.registry_root.to_field()),
        policyId: word(&inputs.policy_id.to_field()),
        seal: word(&inputs.seal.to_field()),
        beacon: word(&inputs.beacon.to_field()),
        epoch: inputs.epoch,
        chunkBits: inputs.chunk_bits,
        chunk: inputs.chunk,
        count: inputs.count,
        sum: inputs.sum,
    }
}
