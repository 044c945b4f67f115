//! Verifying keys of halo2 for a contract: one bytecode verifies proofs of every statement, and the key is another contract's code.

use std::ops::Deref;

use alloy_primitives::U256;
use zksensor_verifier_halo2::VerifyingKey;

use crate::error::RenderError;
use crate::key_contract::{KeyContract, MAX_INPUTS, Origin, Word};

/// A verifying key of halo2 for a contract. Its words are [`VerifyingKey::contract_words`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halo2ContractKey {
    key: KeyContract,
    k: u8,
}

impl Deref for Halo2ContractKey {
    type Target = KeyContract;

    fn deref(&self) -> &KeyContract {
        &self.key
    }
}

impl Halo2ContractKey {
    /// The words of a key.
    ///
    /// # Errors
    /// [`RenderError::PublicInputs`] if the key has more public inputs than a contract takes.
    pub fn new(key: &VerifyingKey) -> Result<Self, RenderError> {
        let got = key.public_inputs();
        if got > MAX_INPUTS {
            return Err(RenderError::PublicInputs { limit: MAX_INPUTS, got });
        }
        let origin = if key.is_insecure() { Origin::OneMachine } else { Origin::Unsaid };
        let held = KeyContract::new(key.statement(), origin, got, key.contract_words());
        Ok(Halo2ContractKey { key: held, k: key.k() })
    }

    /// What the verifier's constructor computes of the number of rows, in the order in which it declares them: k, the root of unity omega
    /// of order 2^k, 1 / omega, 1 / 2^k.
    pub(crate) fn domain(&self) -> [Word; 4] {
        let [omega, inverse, size_inverse] = zksensor_verifier_halo2::rows(self.k);
        [U256::from(self.k).to_be_bytes(), omega, inverse, size_inverse]
    }
}
