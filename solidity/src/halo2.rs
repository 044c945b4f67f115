//! Verifying keys of halo2 for a contract: one bytecode verifies proofs of every statement, and the key is another contract's code.

use alloy_primitives::U256;
use zksensor_verifier_halo2::VerifyingKey;

use crate::error::RenderError;
use crate::key::{ContractKey, MAX_INPUTS, Word};

/// A verifying key of halo2 for a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halo2ContractKey {
    key: ContractKey,
    k: u8,
    public_inputs: usize,
}

impl Halo2ContractKey {
    /// The words of a key.
    ///
    /// # Errors
    /// [`RenderError::PublicInputs`] if the key has more public inputs than a contract takes.
    pub fn new(key: &VerifyingKey) -> Result<Self, RenderError> {
        let public_inputs = key.public_inputs();
        if public_inputs > MAX_INPUTS {
            return Err(RenderError::PublicInputs { limit: MAX_INPUTS, got: public_inputs });
        }
        let key_words = ContractKey::of_words(key.statement(), key.is_insecure(), key.contract_words());
        Ok(Halo2ContractKey { key: key_words, k: key.k(), public_inputs })
    }

    /// Statement, flag and words, with what follows from them: id, and the code of the contract that holds the key.
    pub fn code(&self) -> &ContractKey {
        &self.key
    }

    /// Packed public inputs of the statement.
    pub fn public_inputs(&self) -> usize {
        self.public_inputs
    }

    /// What the verifier's constructor computes of the number of rows, in the order in which it declares them: k, the root of unity omega
    /// of order 2^k, 1 / omega, 1 / 2^k.
    pub(crate) fn domain(&self) -> [Word; 4] {
        let [omega, inverse, size_inverse] = zksensor_verifier_halo2::rows(self.k);
        [U256::from(self.k).to_be_bytes(), omega, inverse, size_inverse]
    }
}
