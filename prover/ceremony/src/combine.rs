//! Sums of points by random numbers, and whether two pairs of points have one ratio.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::UniformRand;
use rand::rngs::OsRng;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use zksensor_engine::{Query, sum_g1, sum_g2};

use crate::error::CeremonyError;

/// A stream that nobody who made a file could foresee.
pub(crate) fn unforeseen() -> Result<ChaCha20Rng, CeremonyError> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed).map_err(|_| CeremonyError::Randomness)?;
    Ok(ChaCha20Rng::from_seed(seed))
}

/// So many numbers of the field, at random.
pub(crate) fn random(rng: &mut ChaCha20Rng, count: usize) -> Vec<Fr> {
    (0..count).map(|_| Fr::rand(rng)).collect()
}

/// The sum of each point by its number.
pub(crate) fn sum1(points: &[G1Affine], by: &[Fr]) -> G1Affine {
    let part = |points, by| sum_g1(&Query::new(points, 0), by);
    let parts = points.chunks(PART).zip(by.chunks(PART));
    parts.map(|(points, by)| part(points, by)).sum::<ark_bn254::G1Projective>().into_affine()
}

/// As [`sum1`], in G2.
pub(crate) fn sum2(points: &[G2Affine], by: &[Fr]) -> G2Affine {
    let part = |points, by| sum_g2(&Query::new(points, 0), by);
    let parts = points.chunks(PART).zip(by.chunks(PART));
    parts.map(|(points, by)| part(points, by)).sum::<ark_bn254::G2Projective>().into_affine()
}

/// Points that are summed at once.
const PART: usize = 1 << 17;

/// Whether b / a in G1 is d / c in G2. Never where one of them is the identity.
pub(crate) fn same_ratio(a: G1Affine, b: G1Affine, c: G2Affine, d: G2Affine) -> bool {
    let all_there = ![a, b].iter().any(AffineRepr::is_zero) && ![c, d].iter().any(AffineRepr::is_zero);
    all_there && Bn254::multi_pairing([a, -b], [d, c]).0 == <Bn254 as Pairing>::TargetField::from(1u64)
}

/// Each point of the first by its number is each of the second, all by one factor: the ratio of `to` to `from` in G2. The number of points is
/// the same; points that are the identity are so in both.
pub(crate) fn all_by_one_factor(
    first: &[G1Affine],
    second: &[G1Affine],
    from: G2Affine,
    to: G2Affine,
    rng: &mut ChaCha20Rng,
) -> bool {
    debug_assert_eq!(first.len(), second.len());
    let by = random(rng, first.len());
    let (first, second) = (sum1(first, &by), sum1(second, &by));
    // Of nothing but identities, or of no point, there is nothing to be said.
    if first.is_zero() || second.is_zero() {
        return first.is_zero() && second.is_zero();
    }
    same_ratio(first, second, from, to)
}

/// Values by rising powers of a number, in place.
pub(crate) fn by_powers(values: &mut [Fr], of: Fr) {
    let mut power = Fr::from(1u64);
    for value in values {
        *value *= power;
        power *= of;
    }
}
