//! Proofs and public inputs as the calldata of a verifier.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::SolCall;
use zksensor_model::field::{self, Fr};
use zksensor_verifier::Proof;

use crate::abi::IStatementVerifier::{verifyBatchCall, verifyCall};
use crate::error::CalldataError;

/// Calldata of `verify(bytes,uint256[])`: selector, ABI encoding, nothing more.
pub fn verify(proof: &Proof, inputs: &[Fr]) -> Vec<u8> {
    verify_bytes(&proof.to_bytes(), inputs)
}

/// [`verify`] for the bytes of a proof of any system.
pub fn verify_bytes(proof: &[u8], inputs: &[Fr]) -> Vec<u8> {
    verifyCall { proof: Bytes::copy_from_slice(proof), inputs: words(inputs).collect() }.abi_encode()
}

/// Calldata of `verifyBatch(bytes,uint256[])`.
///
/// # Errors
/// [`CalldataError::Empty`] without a proof, [`CalldataError::InputCount`] if one has another number of public inputs.
pub fn verify_batch(items: &[(&Proof, &[Fr])]) -> Result<Vec<u8>, CalldataError> {
    let proofs: Vec<[u8; Proof::BYTES]> = items.iter().map(|(proof, _)| proof.to_bytes()).collect();
    let items: Vec<_> = proofs.iter().zip(items).map(|(proof, (_, inputs))| (&proof[..], *inputs)).collect();
    verify_batch_bytes(&items)
}

/// [`verify_batch`] for the bytes of proofs of any system.
///
/// # Errors
/// As [`verify_batch`].
pub fn verify_batch_bytes(items: &[(&[u8], &[Fr])]) -> Result<Vec<u8>, CalldataError> {
    let (_, first) = items.first().ok_or(CalldataError::Empty)?;
    let expected = first.len();
    if let Some(item) = items.iter().position(|(_, inputs)| inputs.len() != expected) {
        return Err(CalldataError::InputCount { item, wanted: expected, got: items[item].1.len() });
    }
    let proofs: Vec<u8> = items.iter().flat_map(|(proof, _)| proof.iter().copied()).collect();
    let inputs = items.iter().flat_map(|(_, inputs)| words(inputs)).collect();
    Ok(verifyBatchCall { proofs: proofs.into(), inputs }.abi_encode())
}

fn words(inputs: &[Fr]) -> impl Iterator<Item = U256> + '_ {
    inputs.iter().map(word)
}

/// A field element as the EVM has it.
pub(crate) fn word(value: &Fr) -> U256 {
    U256::from_be_bytes(field::to_be_bytes(value))
}
