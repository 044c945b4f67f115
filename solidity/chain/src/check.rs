//! Whether a verifier verifies, asked of the contract itself.

use alloy_primitives::Address as AlloyAddress;
use zksensor_model::field::Fr;
use zksensor_solidity::{Address, Revert, calldata};
use zksensor_verifier::Proof;

use crate::error::ChainError;
use crate::rpc::{At, Node};

impl Node {
    /// Requires that a verifier accepts a proof that holds, and refuses the same with other public inputs, and with a part of another in it.
    ///
    /// # Errors
    /// [`ChainError::View`] if it refuses the proof, [`ChainError::Lie`] if it accepts an altered one.
    pub async fn check_verifier(
        &self,
        verifier: &Address,
        proof: &Proof,
        inputs: &[Fr],
    ) -> Result<(), ChainError> {
        let good = self.verified(verifier, &calldata::verify(proof, inputs)).await?;
        good.map_err(|revert| ChainError::View { what: "verify", at: *verifier, revert })?;
        let mut altered = inputs.to_vec();
        if let Some(last) = altered.last_mut() {
            *last += Fr::from(1u64);
        }
        // Points of the curve, in each other's places.
        let exchanged = Proof::new(proof.c(), proof.b(), proof.a());
        let mut cases = vec![calldata::verify(proof, &altered)];
        cases.extend(exchanged.ok().map(|exchanged| calldata::verify(&exchanged, inputs)));
        for data in cases {
            match self.verified(verifier, &data).await? {
                Err(revert) if revert.name() == Some("ProofRejected") => {}
                got => {
                    return Err(ChainError::Lie {
                        host: self.host().to_owned(),
                        wanted: format!("ProofRejected of the verifier at {verifier} for an altered proof"),
                        got: got.map_or_else(|revert| revert.to_string(), |()| "that it holds".to_owned()),
                    });
                }
            }
        }
        Ok(())
    }

    async fn verified(&self, verifier: &Address, data: &[u8]) -> Result<Result<(), Revert>, ChainError> {
        let answer = self.call(None, AlloyAddress::from(verifier.0), data, At::Latest).await?;
        match answer {
            Ok(output) if output.is_empty() => Ok(Ok(())),
            Ok(output) => Err(ChainError::OtherContract {
                wanted: "a verifier",
                at: *verifier,
                call: "verify",
                got: output.len(),
            }),
            Err(revert) => Ok(Err(revert)),
        }
    }
}
