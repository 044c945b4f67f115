//! Scalars and points out of 32 bytes, as circom's tools draw them: words of ChaCha20, whose key is the bytes as eight big-endian words.
//!
//! A field element is four words of 64 bits, of which the high half is drawn first, cut to 254 bits until it is below the modulus, **and that
//! is its Montgomery form**. A point is an x, and a bit that says which of the two y, until there is one; in G2 times the cofactor.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G1Projective, G2Affine, G2Projective, g1, g2};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

use crate::point::{Coordinate, ELEMENT, on_curve, scalar_from_montgomery};

/// The stream.
pub(crate) struct Draw(ChaCha20Rng);

impl Draw {
    /// From the first 32 bytes of a hash.
    pub(crate) fn new(hash: &[u8]) -> Self {
        let mut key = [0; 32];
        for (word, bytes) in key.chunks_exact_mut(4).zip(hash.chunks_exact(4)) {
            word.copy_from_slice(bytes);
            word.reverse();
        }
        Draw(ChaCha20Rng::from_seed(key))
    }

    /// From a beacon that was hashed 2^iterations times with SHA-256.
    pub(crate) fn of_beacon(beacon: &[u8], iterations: u8) -> Self {
        let mut hash = beacon.to_vec();
        for _ in 0..1u64 << iterations {
            hash = Sha256::digest(&hash).to_vec();
        }
        Draw::new(&hash)
    }

    fn element(&mut self) -> [u8; ELEMENT] {
        let mut bytes = [0; ELEMENT];
        for limb in bytes.chunks_exact_mut(8) {
            let high = u64::from(self.0.next_u32());
            let low = u64::from(self.0.next_u32());
            limb.copy_from_slice(&(high << 32 | low).to_le_bytes());
        }
        bytes[ELEMENT - 1] &= 0x3f;
        bytes
    }

    pub(crate) fn scalar(&mut self) -> Fr {
        loop {
            if let Some(value) = scalar_from_montgomery(&self.element()) {
                return value;
            }
        }
    }

    fn coordinate(&mut self) -> Fq {
        loop {
            if let Some(value) = Fq::from_file(&self.element()) {
                return value;
            }
        }
    }

    pub(crate) fn g1(&mut self) -> G1Affine {
        self.point::<g1::Config>(Draw::coordinate)
    }

    pub(crate) fn g2(&mut self) -> G2Affine {
        let point = self.point::<g2::Config>(|draw| Fq2::new(draw.coordinate(), draw.coordinate()));
        point.mul_by_cofactor_to_group().into_affine()
    }

    fn point<C: SWCurveConfig<BaseField: Coordinate>>(
        &mut self,
        coordinate: impl Fn(&mut Draw) -> C::BaseField,
    ) -> Affine<C> {
        loop {
            let x = coordinate(self);
            let greatest = self.0.next_u32() & 1 == 1;
            let Some(y) = (x.square() * x + C::COEFF_B).sqrt() else { continue };
            let y = if y.is_negative() == greatest { y } else { -y };
            return on_curve(x, y).expect("y is a root of the equation");
        }
    }
}

/// A random point and its multiple by a secret, in G1.
pub(crate) fn multiple_g1(point: G1Affine, by: &Fr) -> G1Affine {
    let product: G1Projective = point * by;
    product.into_affine()
}

/// As [`multiple_g1`], in G2.
pub(crate) fn multiple_g2(point: G2Affine, by: &Fr) -> G2Affine {
    let product: G2Projective = point * by;
    product.into_affine()
}
