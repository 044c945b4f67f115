//! Parameters from one machine's randomness: for development.

use halo2_proofs::halo2curves::bn256::{Fr as Scalar, G2Affine};
use halo2_proofs::halo2curves::ff::PrimeField as _;
use zeroize::Zeroizing;
use zksensor_model::ark_bn254::{self, Fr};
use zksensor_model::ark_ff::{Field, One, PrimeField, UniformRand, Zero};
use zksensor_plonkish::from_scalar;
use zksensor_prover::engine::FixedBase;
use zksensor_prover::rand::{CryptoRng, RngCore};
use zksensor_verifier_halo2::parameters;

use super::{Srs, encoding, to_g1};
use crate::error::SrsError;

impl Srs {
    /// Makes parameters for 2^k rows. What the secret gives is wiped behind it.
    ///
    /// # Security
    /// Whoever sees this process's memory meanwhile, or guesses `rng`, opens commitments as they like, and so proves anything under any key
    /// of these parameters. They say so in their bytes, and keys of them in their ids. Production parameters come from a ceremony.
    ///
    /// # Errors
    /// [`SrsError::Rows`] for a k out of [`Srs::LEAST_K`] and [`Srs::MOST_K`].
    pub fn insecure_setup<R: RngCore + CryptoRng + ?Sized>(k: u8, rng: &mut R) -> Result<Self, SrsError> {
        encoding::check_rows(k)?;
        let (k, rows) = (u32::from(k), 1usize << k);
        let secret = Secret::draw(k, rng);
        // The generator of EIP-196, and of halo2.
        let base = FixedBase::new(ark_bn254::G1Affine::new(1u64.into(), 2u64.into()), 2 * rows);
        let points = |scalars: Zeroizing<Vec<Fr>>| base.multiples(&scalars).iter().map(to_g1).collect();
        let (powers, lagrange) = (points(secret.powers(rows)), points(secret.lagrange(k, rows)));
        let params = parameters(k, powers, lagrange, secret.in_g2());
        Ok(encoding::sealed(params, true))
    }
}

/// What nobody may know, and whoever makes parameters alone does.
struct Secret {
    s: Zeroizing<Fr>,
}

impl Secret {
    /// Neither 0 nor on the domain of 2^k rows, where the Lagrange polynomials are 0 and 1.
    fn draw<R: RngCore + CryptoRng + ?Sized>(k: u32, rng: &mut R) -> Self {
        loop {
            let s = Zeroizing::new(Fr::rand(rng));
            if !s.is_zero() && !s.pow([1u64 << k]).is_one() {
                return Secret { s };
            }
        }
    }

    /// s^i.
    fn powers(&self, rows: usize) -> Zeroizing<Vec<Fr>> {
        let mut powers = Zeroizing::new(Vec::with_capacity(rows));
        let mut power = Zeroizing::new(Fr::one());
        for _ in 0..rows {
            powers.push(*power);
            *power *= *self.s;
        }
        powers
    }

    /// L_i(s) = (s^n - 1) / n * w^i / (s - w^i), w being halo2's root of unity of order n = 2^k.
    fn lagrange(&self, k: u32, rows: usize) -> Zeroizing<Vec<Fr>> {
        let mut root = from_scalar(&Scalar::ROOT_OF_UNITY);
        for _ in k..Scalar::S {
            root = root.square();
        }
        let domain: Vec<Fr> =
            std::iter::successors(Some(Fr::one()), |point| Some(*point * root)).take(rows).collect();
        let mut values = Zeroizing::new(Vec::with_capacity(rows));
        for point in &domain {
            values.push(*self.s - point);
        }
        invert_all(&mut values);
        let n = Fr::from(1u64 << k).inverse().expect("2^k is not 0");
        let shared = Zeroizing::new((self.s.pow([1u64 << k]) - Fr::one()) * n);
        for (value, point) in values.iter_mut().zip(&domain) {
            *value *= *shared * point;
        }
        values
    }

    /// s G2.
    fn in_g2(&self) -> G2Affine {
        let s = Scalar::from(self.s.into_bigint().0);
        (G2Affine::generator() * s).into()
    }
}

/// Inverts values, none of which is 0, and leaves nothing of them in memory, which `ark_ff::batch_inversion` does.
fn invert_all(values: &mut [Fr]) {
    let mut before = Zeroizing::new(Vec::with_capacity(values.len()));
    let mut product = Zeroizing::new(Fr::one());
    for value in &*values {
        before.push(*product);
        *product *= value;
    }
    let mut inverse = Zeroizing::new(product.inverse().expect("a secret off the domain leaves no value 0"));
    for (value, before) in values.iter_mut().zip(&*before).rev() {
        let inverted = *inverse * before;
        *inverse *= &*value;
        *value = inverted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_inverted() {
        for count in [1u64, 2, 9] {
            let values: Vec<Fr> = (1..=count).map(|value| Fr::from(value * value + 3)).collect();
            let mut inverted = values.clone();
            invert_all(&mut inverted);
            assert!(values.iter().zip(&inverted).all(|(value, inverse)| (*value * inverse).is_one()));
        }
    }
}
