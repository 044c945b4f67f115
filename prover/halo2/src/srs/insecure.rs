//! Parameters from one machine's randomness: for development.

use halo2_proofs::halo2curves::bn256::{Fr as Scalar, G2Affine};
use halo2_proofs::halo2curves::ff::PrimeField as _;
use zeroize::Zeroizing;
use zksensor_model::ark_bn254::{self, Fr};
use zksensor_model::ark_ff::{Field, One, PrimeField, UniformRand, Zero, batch_inversion};
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
        let base = FixedBase::new(secret.g1, 2 * rows);
        let points = |scalars: Zeroizing<Vec<Fr>>| base.multiples(&scalars).iter().map(to_g1).collect();
        let (powers, lagrange) = (points(secret.powers(rows)), points(secret.lagrange(k, rows)));
        let params = parameters(k, powers, lagrange, secret.in_g2());
        Ok(encoding::sealed(params, true))
    }
}

/// What nobody may know, and whoever makes parameters alone does.
struct Secret {
    s: Zeroizing<Fr>,
    g1: ark_bn254::G1Affine,
}

impl Secret {
    /// Neither 0 nor on the domain of 2^k rows, where the Lagrange polynomials are 0 and 1.
    fn draw<R: RngCore + CryptoRng + ?Sized>(k: u32, rng: &mut R) -> Self {
        loop {
            let s = Zeroizing::new(Fr::rand(rng));
            if !s.is_zero() && !s.pow([1u64 << k]).is_one() {
                // The generator of EIP-196, and of halo2.
                let g1 = ark_bn254::G1Affine::new(1u64.into(), 2u64.into());
                return Secret { s, g1 };
            }
        }
    }

    /// s^i.
    fn powers(&self, rows: usize) -> Zeroizing<Vec<Fr>> {
        let powers = std::iter::successors(Some(Fr::one()), |power| Some(*power * *self.s));
        Zeroizing::new(powers.take(rows).collect())
    }

    /// L_i(s) = (s^n - 1) / n * w^i / (s - w^i), w being halo2's root of unity of order n = 2^k.
    fn lagrange(&self, k: u32, rows: usize) -> Zeroizing<Vec<Fr>> {
        let mut root = from_scalar(&Scalar::ROOT_OF_UNITY);
        for _ in k..Scalar::S {
            root = root.square();
        }
        let domain: Vec<Fr> =
            std::iter::successors(Some(Fr::one()), |point| Some(*point * root)).take(rows).collect();
        let mut values = Zeroizing::new(domain.iter().map(|point| *self.s - point).collect::<Vec<_>>());
        batch_inversion(&mut values);
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
