//! The curve as arkworks computes on it, with circomlib's coefficients and generator (ERC-2494).

use ark_ec::models::CurveConfig;
use ark_ec::twisted_edwards::{Affine, MontCurveConfig, Projective, TECurveConfig};
use ark_ff::{AdditiveGroup, BitIteratorBE, MontFp, Zero};
use subtle::{Choice, ConditionallySelectable};

use super::{BASE8, COFACTOR, EDWARDS_A, EDWARDS_D, MONTGOMERY_A, MONTGOMERY_B, Scalar};
use crate::field::Fr;

/// The group of points.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct EdwardsConfig;

pub(crate) type EdwardsAffine = Affine<EdwardsConfig>;
pub(crate) type EdwardsProjective = Projective<EdwardsConfig>;

impl CurveConfig for EdwardsConfig {
    type BaseField = Fr;
    type ScalarField = Scalar;

    const COFACTOR: &'static [u64] = &[COFACTOR];
    /// 1 / 8 modulo l.
    const COFACTOR_INV: Scalar =
        MontFp!("2394026564107420727433200628387514462817212225638746351800188703329891451411");
}

impl TECurveConfig for EdwardsConfig {
    const COEFF_A: Fr = EDWARDS_A;
    const COEFF_D: Fr = EDWARDS_D;
    const GENERATOR: EdwardsAffine = EdwardsAffine { x: BASE8.x, y: BASE8.y };

    type MontCurveConfig = EdwardsConfig;

    /// A Montgomery ladder over every bit of the scalar, leading zeros too: what it does depends on their number alone.
    fn mul_projective(base: &EdwardsProjective, scalar: &[u64]) -> EdwardsProjective {
        let (mut low, mut high) = (EdwardsProjective::zero(), *base);
        let mut swapped = false;
        for bit in BitIteratorBE::new(scalar) {
            swap_if(swapped ^ bit, &mut low, &mut high);
            swapped = bit;
            high += low;
            low.double_in_place();
        }
        swap_if(swapped, &mut low, &mut high);
        low
    }

    fn mul_affine(base: &EdwardsAffine, scalar: &[u64]) -> EdwardsProjective {
        Self::mul_projective(&EdwardsProjective::from(*base), scalar)
    }
}

impl MontCurveConfig for EdwardsConfig {
    const COEFF_A: Fr = MONTGOMERY_A;
    const COEFF_B: Fr = MONTGOMERY_B;

    type TECurveConfig = EdwardsConfig;
}

/// Swaps the points if `swap`, without a branch.
fn swap_if(swap: bool, a: &mut EdwardsProjective, b: &mut EdwardsProjective) {
    let swap = Choice::from(u8::from(swap));
    for (a, b) in [(&mut a.x, &mut b.x), (&mut a.y, &mut b.y), (&mut a.t, &mut b.t), (&mut a.z, &mut b.z)] {
        for (a, b) in a.0.0.iter_mut().zip(&mut b.0.0) {
            u64::conditional_swap(a, b, swap);
        }
    }
}
