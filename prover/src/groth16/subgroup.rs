//! Whether many points of G2 have order r, in a tenth of the time of asking each.
//!
//! The twist has r * h points, and the smallest prime factor of h is 10,069. If a point lies outside the subgroup, a sum
//! of multiples by independent 16-bit coefficients lies inside with chance at most 7 / 2^16: among 10,069 successive
//! coefficients one at most brings the sum back. Ten sums leave less than 2^-131. The coefficients come out of keccak256
//! of the key's digest, so that whoever makes a key would have to search for one that fools them.

use ark_bn254::{G2Affine, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::AdditiveGroup;
use sha3::{Digest, Keccak256};
use zksensor_engine::{Query, sum_g2};
use zksensor_model::field::Fr;

const SUMS: u8 = 10;
const COEFFICIENTS_A_HASH: usize = 16;
/// Points that are summed at once.
const A_PART: usize = 1 << 13;

/// Every point, all of which are on the twist, is of order r (or the identity). `seed` commits to the points.
///
/// A sum of the engine adds and doubles points by the law of the curve: of small coefficients it is what it says for points of any order.
pub(crate) fn all_in_g2(points: &Query<G2Affine>, seed: &[u8]) -> bool {
    (0..SUMS).all(|sum| {
        // One part after the other, each on all threads, so that a sum takes no memory to speak of.
        let mut scalars = vec![Fr::ZERO; points.len()];
        let mut total = G2Projective::ZERO;
        let coefficients = coefficients(points.len(), seed, sum);
        for from in (0..points.len()).step_by(A_PART) {
            let part = from..points.len().min(from + A_PART);
            for (scalar, coefficient) in scalars[part.clone()].iter_mut().zip(&coefficients[part.clone()]) {
                *scalar = Fr::from(*coefficient);
            }
            total += sum_g2(points, &scalars);
            scalars[part].fill(Fr::ZERO);
        }
        total.into_affine().is_in_correct_subgroup_assuming_on_curve()
    })
}

fn coefficients(count: usize, seed: &[u8], sum: u8) -> Vec<u16> {
    let hashes = (0..count.div_ceil(COEFFICIENTS_A_HASH) as u64).flat_map(|block| {
        let digest: [u8; 32] = Keccak256::new()
            .chain_update(seed)
            .chain_update([sum])
            .chain_update(block.to_be_bytes())
            .finalize()
            .into();
        digest
    });
    let bytes: Vec<u8> = hashes.take(2 * count).collect();
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Fq2;
    use ark_ec::AffineRepr;
    use zksensor_engine::Kernel;

    /// A point of the twist that is not of order r.
    #[allow(clippy::disallowed_methods, reason = "a point outside of the subgroup is what is wanted")]
    fn outside() -> G2Affine {
        (1u64..)
            .filter_map(|x| {
                G2Affine::get_point_from_x_unchecked(Fq2::from(x), false)
                    .filter(|point| !point.is_in_correct_subgroup_assuming_on_curve())
            })
            .next()
            .expect("most points are")
    }

    #[test]
    fn one_point_outside_is_noticed_wherever_it_is() {
        let generator = G2Affine::generator();
        let mut points: Vec<G2Affine> =
            (1u64..40).map(|k| (generator * ark_bn254::Fr::from(k)).into_affine()).collect();
        points.push(G2Affine::zero());
        let all_in_g2 = |points: &[G2Affine]| {
            let of = |kernel| super::all_in_g2(&Query::on(kernel, points, 0), b"seed");
            let said: Vec<bool> = Kernel::all().into_iter().map(of).collect();
            assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
            said[0]
        };
        assert!(all_in_g2(&points));
        assert!(all_in_g2(&[]));
        for position in [0, 17, 39] {
            let mut bad = points.clone();
            bad[position] = outside();
            assert!(!all_in_g2(&bad));
        }
        // Two bad points that cancel in a plain sum.
        let mut pair = points.clone();
        pair[3] = outside();
        pair[4] = -outside();
        assert!(!all_in_g2(&pair));
        // Many, of all sizes of digits and buckets.
        let many: Vec<G2Affine> = points.iter().cycle().take(5_000).copied().collect();
        assert!(all_in_g2(&many));
        for position in [0, 1_234, 4_999] {
            let mut bad = many.clone();
            bad[position] = outside();
            assert!(!all_in_g2(&bad));
        }
    }
}
