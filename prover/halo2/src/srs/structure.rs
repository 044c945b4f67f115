//! Whether points are parameters: powers of one secret, and the Lagrange polynomials of them.
//!
//! Both are random linear combinations, by numbers that the digest of the bytes gives. Of points that were written before it, a false
//! combination holds with a probability of a few in r.

use halo2_proofs::SerdeFormat;
use halo2_proofs::arithmetic::best_multiexp;
use halo2_proofs::halo2curves::bn256::{Bn256, Fr as Scalar, G1, G1Affine, G2Affine, pairing};
use halo2_proofs::halo2curves::ff::Field as _;
use halo2_proofs::halo2curves::serde::SerdeObject as _;
use halo2_proofs::poly::EvaluationDomain;
use halo2_proofs::poly::commitment::{Blind, Params as _, ParamsProver as _};
use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::error::SrsError;

/// The Lagrange polynomials at s, which the library shows in its bytes alone: k, and both lists.
pub(super) fn lagrange(params: &ParamsKZG<Bn256>) -> Vec<G1Affine> {
    let mut bytes = Vec::new();
    params.write_custom(&mut bytes, SerdeFormat::RawBytes).expect("memory takes everything");
    let rows = params.get_g().len();
    let size = G1Affine::default().to_raw_bytes().len();
    let points = bytes[size_of::<u32>() + rows * size..].chunks_exact(size).take(rows);
    points.map(|bytes| G1Affine::from_raw_bytes(bytes).expect("a point that the library wrote")).collect()
}

pub(super) fn check(params: &ParamsKZG<Bn256>, digest: [u8; 32]) -> Result<(), SrsError> {
    let mut rng = ChaCha20Rng::from_seed(digest);
    let powers = params.get_g();
    let random: Vec<Scalar> = powers.iter().map(|_| Scalar::random(&mut rng)).collect();

    // s^0 = 1, and e(sum of r_i s^(i + 1) G1, G2) = e(sum of r_i s^i G1, s G2).
    let wrong = |what| Err(SrsError::Structure { what });
    if powers[0] != G1Affine::generator() {
        return wrong("powers of a secret from the generator on");
    }
    let combined = |points: &[G1Affine]| G1Affine::from(best_multiexp(&random[1..], points));
    let (high, low) = (combined(&powers[1..]), combined(&powers[..powers.len() - 1]));
    if pairing(&high, &G2Affine::generator()) != pairing(&low, &params.s_g2()) {
        return wrong("powers of one secret");
    }

    // A polynomial by its values, and by its coefficients.
    let domain = EvaluationDomain::new(2, params.k());
    let values = domain.lagrange_from_vec(random);
    let by_values: G1 = params.commit_lagrange(&values, Blind::default());
    if by_values != params.commit(&domain.lagrange_to_coeff(values), Blind::default()) {
        return wrong("the Lagrange polynomials of their powers");
    }
    Ok(())
}
