//! Many proofs against one key, by a random linear combination.
//!
//! With r_i random, the M equations e(A_i, B_i) = e(alpha, beta) e(IC(x_i), gamma) e(C_i, delta), each raised to r_i and
//! multiplied, become one of M + 3 pairings:
//!
//! ```text
//! product of e(r_i A_i, B_i) = e(sum r_i alpha, beta) e(sum r_i IC(x_i), gamma) e(sum r_i C_i, delta)
//! ```
//!
//! All points have order r, so if an equation fails, at most one value of its r_i out of 2^128 makes the product hold.

use ark_bn254::{Bn254, G1Affine, G1Projective};
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ec::scalar_mul::variable_base::VariableBaseMSM;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field};
use rand::{CryptoRng, RngCore};
use zksensor_model::claim::Claim;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;

use crate::equation::{G1Prepared, G2Prepared};
use crate::error::VerifyError;
use crate::inputs::inputs_from_words;
use crate::proof::Proof;
use crate::verify::Verifier;

/// Proofs in one Miller loop: a prepared B takes about 20 kB, so a batch of any size takes little memory.
const LOOP_PROOFS: usize = 32;

impl<S: Claim> Verifier<S> {
    /// Accepts all of the proofs, or refuses the batch. Each proof costs one pairing and the batch three more, with one
    /// final exponentiation.
    ///
    /// The same proof may stand in it twice.
    ///
    /// # Errors
    /// [`VerifyError::EmptyBatch`] without any proof, so that nothing shown is never taken for something shown;
    /// [`VerifyError::BatchInputs`] names the item whose public inputs are refused; [`VerifyError::BatchRejected`] if at
    /// least one proof does not hold, and does not say which; [`VerifyError::Randomness`] if `rng` is broken.
    ///
    /// # Security
    /// `rng` must be unpredictable to whoever made the proofs: someone who knows the coefficients can make two false
    /// proofs that cancel. Never pass a seeded one outside tests.
    pub fn verify_batch<R: RngCore + CryptoRng + ?Sized>(
        &self,
        items: &[(Proof, S::Inputs)],
        rng: &mut R,
    ) -> Result<(), VerifyError> {
        if items.is_empty() {
            return Err(VerifyError::EmptyBatch);
        }
        let words = items
            .iter()
            .enumerate()
            .map(|(item, (_, inputs))| {
                checked_words(inputs)
                    .map_err(|reason| VerifyError::BatchInputs { item, reason: Box::new(reason) })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let coefficients = items.iter().map(|_| coefficient(rng)).collect::<Result<Vec<_>, _>>()?;

        let product =
            self.left_side(items, &coefficients).0 * self.right_side(items, &words, &coefficients).0;
        match Bn254::final_exponentiation(MillerLoopOutput(product)) {
            Some(product) if product.0 == <Bn254 as Pairing>::TargetField::ONE => Ok(()),
            _ => Err(VerifyError::BatchRejected { proofs: items.len() }),
        }
    }

    /// The product of e(r_i A_i, B_i), before the final exponentiation.
    fn left_side(&self, items: &[(Proof, S::Inputs)], coefficients: &[Fr]) -> MillerLoopOutput<Bn254> {
        let mut product = <Bn254 as Pairing>::TargetField::ONE;
        for (items, coefficients) in items.chunks(LOOP_PROOFS).zip(coefficients.chunks(LOOP_PROOFS)) {
            let scaled: Vec<G1Projective> = items
                .iter()
                .zip(coefficients)
                .map(|((proof, _), coefficient)| proof.a() * *coefficient)
                .collect();
            let left = G1Projective::normalize_batch(&scaled).into_iter().map(G1Prepared::from);
            let right = items.iter().map(|(proof, _)| G2Prepared::from(proof.b()));
            product *= Bn254::multi_miller_loop(left, right).0;
        }
        MillerLoopOutput(product)
    }

    /// The inverse of the right side, before the final exponentiation.
    fn right_side(
        &self,
        items: &[(Proof, S::Inputs)],
        words: &[Vec<Fr>],
        coefficients: &[Fr],
    ) -> MillerLoopOutput<Bn254> {
        let (key, equation) = (self.key.points(), &self.equation);
        let total: Fr = coefficients.iter().sum();

        // sum of r_i IC(x_i) = (sum of r_i) IC[0] + sum over j of (sum over i of r_i x_ij) IC[j + 1]
        let mut scalars = vec![Fr::ZERO; key.gamma_abc_g1.len()];
        scalars[0] = total;
        for (words, coefficient) in words.iter().zip(coefficients) {
            for (scalar, word) in scalars[1..].iter_mut().zip(words) {
                *scalar += *coefficient * word;
            }
        }
        let public = sum(&key.gamma_abc_g1, &scalars);
        let c: Vec<G1Affine> = items.iter().map(|(proof, _)| proof.c()).collect();
        let points = [key.alpha_g1.into_group() * total, public, sum(&c, coefficients)];
        let left = G1Projective::normalize_batch(&points).into_iter().map(G1Prepared::from);
        Bn254::multi_miller_loop(
            left,
            [equation.minus_beta.clone(), equation.minus_gamma.clone(), equation.minus_delta.clone()],
        )
    }
}

fn checked_words<I: PublicInputs>(inputs: &I) -> Result<Vec<Fr>, VerifyError> {
    let words = inputs.to_words()?;
    inputs_from_words::<I>(&words)?;
    Ok(words)
}

/// 128 random bits, not all zero.
fn coefficient<R: RngCore + ?Sized>(rng: &mut R) -> Result<Fr, VerifyError> {
    let mut bytes = [0u8; 16];
    rng.fill_bytes(&mut bytes);
    match u128::from_le_bytes(bytes) {
        0 => Err(VerifyError::Randomness),
        bits => Ok(Fr::from(bits)),
    }
}

fn sum(points: &[G1Affine], scalars: &[Fr]) -> G1Projective {
    G1Projective::msm(points, scalars).expect("there is one scalar for each point")
}
