//! Whether many points of G2 have order r, in a tenth of the time of asking each.
//!
//! The twist has r * h points, and the smallest prime factor of h is 10,069. If a point lies outside the subgroup, a sum
//! of multiples by independent 16-bit coefficients lies inside with chance at most 7 / 2^16: among 10,069 successive
//! coefficients one at most brings the sum back. Ten sums leave less than 2^-131. The coefficients come out of keccak256
//! of the key's digest, so that whoever makes a key would have to search for one that fools them.

use ark_bn254::{G2Affine, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use sha3::{Digest, Keccak256};
use zksensor_engine as engine;

const SUMS: u8 = 10;
const COEFFICIENTS_A_HASH: usize = 16;

/// Every point is on the twist and of order r (or the identity). `seed` commits to the points.
pub(crate) fn all_in_g2(points: &[G2Affine], seed: &[u8]) -> bool {
    const CHUNK: usize = 1 << 12;
    let on_curve = engine::map(points.len().div_ceil(CHUNK), |chunk| {
        points[chunk * CHUNK..].iter().take(CHUNK).all(G2Affine::is_on_curve)
    });
    // One sum after the other, each on all threads: they take no memory to speak of.
    on_curve.into_iter().all(|on_curve| on_curve)
        && (0..SUMS).all(|sum| {
            G2Projective::msm_u16(points, &coefficients(points.len(), seed, sum))
                .into_affine()
                .is_in_correct_subgroup_assuming_on_curve()
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
    use ark_ff::Field;

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
        assert!(all_in_g2(&points, b"seed"));
        assert!(all_in_g2(&[], b"seed"));
        for position in [0, 17, 39] {
            let mut bad = points.clone();
            bad[position] = outside();
            assert!(!all_in_g2(&bad, b"seed"));
        }
        // Two bad points that cancel in a plain sum.
        let mut pair = points.clone();
        pair[3] = outside();
        pair[4] = -outside();
        assert!(!all_in_g2(&pair, b"seed"));
        let mut off = points;
        off[5].y += Fq2::ONE;
        assert!(!all_in_g2(&off, b"seed"));
    }
}
