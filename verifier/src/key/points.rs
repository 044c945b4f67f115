//! The points of a verifying key.

use ark_bn254::{G1Affine, G2Affine};

/// The points of a Groth16 verifying key over BN254 (Groth 2016, section 3.2), by the names that arkworks has for them.
///
/// # Security
/// Nothing is known of them until a [`crate::VerifyingKey`] or a [`crate::UntypedVerifier`] is made of them.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyPoints {
    /// alpha, in G1.
    pub alpha_g1: G1Affine,
    /// beta, in G2.
    pub beta_g2: G2Affine,
    /// gamma, in G2.
    pub gamma_g2: G2Affine,
    /// delta, in G2.
    pub delta_g2: G2Affine,
    /// IC, in G1: (beta u_i + alpha v_i + w_i) / gamma at tau. First that of the constant 1, then one a public input.
    pub gamma_abc_g1: Vec<G1Affine>,
}
