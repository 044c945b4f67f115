//! arkworks' types at the edge: its keys and proofs, and ours, point by point.

use ark_bn254::Bn254;
use zksensor_verifier::{KeyPoints, Proof, ProofError};

/// A proof as arkworks has it.
pub fn proof_to_ark(proof: &Proof) -> ark_groth16::Proof<Bn254> {
    ark_groth16::Proof { a: proof.a(), b: proof.b(), c: proof.c() }
}

/// A proof of arkworks, checked.
///
/// # Errors
/// As [`Proof::new`].
pub fn proof_from_ark(proof: &ark_groth16::Proof<Bn254>) -> Result<Proof, ProofError> {
    Proof::new(proof.a, proof.b, proof.c)
}

/// The points of a verifying key as arkworks has them.
pub fn key_to_ark(points: &KeyPoints) -> ark_groth16::VerifyingKey<Bn254> {
    let KeyPoints { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 } = points.clone();
    ark_groth16::VerifyingKey { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 }
}

/// The points of a verifying key of arkworks, of which nothing is checked yet.
pub fn key_from_ark(key: &ark_groth16::VerifyingKey<Bn254>) -> KeyPoints {
    let ark_groth16::VerifyingKey { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 } = key.clone();
    KeyPoints { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 }
}
