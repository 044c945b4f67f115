//! A key for both sides.

use ark_bn254::Bn254;
use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::Statement;
use zksensor_prover::{ProveError, ProvingKey, insecure_setup};

/// A proving key as arkworks has it.
pub type ArkKey = ark_groth16::ProvingKey<Bn254>;

/// Makes one key for a statement, as we have it and as arkworks has it.
///
/// # Security
/// As [`insecure_setup`]: whoever makes it can forge.
///
/// # Errors
/// As [`insecure_setup`].
pub fn keys<S: Statement, R: RngCore + CryptoRng + ?Sized>(
    statement: &S,
    rng: &mut R,
) -> Result<(ProvingKey, ArkKey), ProveError> {
    let key = insecure_setup(statement, rng, &())?;
    let ark = key.as_ark().clone();
    Ok((key, ark))
}
