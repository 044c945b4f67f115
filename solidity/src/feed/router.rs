//! What is sent to a router.

use alloy_primitives::Bytes;
use alloy_sol_types::SolCall;
use zksensor_model::field::Fr;
use zksensor_verifier::Proof;

use super::abi::VerifierRouter::{addCall, freezeByProofCall, freezeCall};
use super::setup::alloy;
use crate::Address;
use crate::calldata::word;
use crate::key_contract::Word;

/// Calldata with which the owner adds a verifier that has this code hash, as [`Deployment::code_hash`](crate::Deployment::code_hash) has it.
pub fn add(verifier: &Address, code_hash: &Word) -> Vec<u8> {
    addCall { verifier: alloy(verifier), codeHash: code_hash.into() }.abi_encode()
}

/// Calldata with which guardian or owner ends a key, for ever.
pub fn freeze(key_id: &Word, reason: &str) -> Vec<u8> {
    freezeCall { keyId: key_id.into(), reason: reason.to_owned() }.abi_encode()
}

/// Calldata with which anybody ends a key, for ever, who has a proof of public inputs that no witness has, such as a mean of nobody.
pub fn freeze_by_proof(key_id: &Word, proof: &Proof, words: &[Fr]) -> Vec<u8> {
    let (proof, words) = (Bytes::copy_from_slice(&proof.to_bytes()), words.iter().map(word).collect());
    freezeByProofCall { keyId: key_id.into(), proof, words }.abi_encode()
}
