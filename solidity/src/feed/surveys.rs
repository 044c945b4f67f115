//! What is sent to a feed of surveys, and what it answers beside what every feed does ([`aggregates`](super::aggregates)).

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use zksensor_model::claim::survey::SurveyInputs;
use zksensor_verifier::Proof;

use super::abi::Survey;
use super::abi::SurveyFeed::{devicesCall, devicesOfCall, submitBatchCall, submitCall};
use super::setup::alloy;
use crate::Address;
use crate::calldata::word;
use crate::error::OutputError;
use crate::key_contract::Word;

/// Calldata of `submit`. The proof is bound to the feed and to the aggregator; anybody may send it.
pub fn submit(
    key_id: &Word,
    proof: &Proof,
    inputs: &SurveyInputs,
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

/// Calldata of `submitBatch`: surveys of one epoch, chunk after chunk in rising order.
pub fn submit_batch(
    key_id: &Word,
    items: &[(Proof, SurveyInputs)],
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

/// Calldata of `devices`: of how many devices the answer of an epoch is.
pub fn devices(epoch: u32) -> Vec<u8> {
    devicesCall { epoch }.abi_encode()
}

/// Calldata of `devicesOf`: how many devices are stored for a chunk.
pub fn devices_of(epoch: u32, chunk: u32) -> Vec<u8> {
    devicesOfCall { epoch, index: chunk }.abi_encode()
}

/// What `devices` or `devicesOf` returned.
///
/// # Errors
/// [`OutputError`] if it is none.
pub fn decode_devices(output: &[u8]) -> Result<u32, OutputError> {
    let wrong = OutputError { call: "devices", got: output.len() };
    devicesCall::abi_decode_returns_validate(output).map_err(|_| wrong)
}

/// The struct of the contract: without the binding, which it computes.
fn typed(inputs: &SurveyInputs) -> Survey {
    Survey {
        registryRoot: word(&inputs.registry_root.to_field()),
        policyId: word(&inputs.policy_id.to_field()),
        epoch: inputs.epoch,
        chunkBits: inputs.chunk_bits,
        chunk: inputs.chunk,
        devices: inputs.devices,
        counted: inputs.counted,
        leftOut: inputs.left_out,
        sum: inputs.sum,
        minimum: inputs.minimum,
        maximum: inputs.maximum,
        sumOfSquares: inputs.sum_of_squares,
    }
}
