//! What is sent to a router.

use alloy_sol_types::SolCall;

use super::abi::VerifierRouter::addCall;
use super::setup::alloy;
use crate::Address;
use crate::key_contract::Word;

/// Calldata with which the owner adds a verifier that has this code hash, as [`Deployment::code_hash`](crate::Deployment::code_hash) has it.
pub fn add(verifier: &Address, code_hash: &Word) -> Vec<u8> {
    addCall { verifier: alloy(verifier), codeHash: code_hash.into() }.abi_encode()
}
