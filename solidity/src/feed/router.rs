//! What is sent to a router.

use alloy_sol_types::SolCall;

use super::abi::VerifierRouter::{addCall, freezeCall};
use super::setup::alloy;
use crate::Address;
use crate::key::Word;

/// Calldata with which the owner adds a verifier that has this code hash, as [`Deployment::code_hash`](crate::Deployment::code_hash) has it.
pub fn add(verifier: &Address, code_hash: &Word) -> Vec<u8> {
    addCall { verifier: alloy(verifier), codeHash: code_hash.into() }.abi_encode()
}

/// Calldata with which guardian or owner stop a key for ever.
pub fn freeze(key_id: &Word, reason: &str) -> Vec<u8> {
    freezeCall { keyId: key_id.into(), reason: reason.to_owned() }.abi_encode()
}
