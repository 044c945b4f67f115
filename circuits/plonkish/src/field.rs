//! The scalar field as halo2 has it, there and back: the same field by another crate.

use ark_ff::{BigInt, PrimeField as _};
use halo2_proofs::halo2curves::ff::PrimeField as _;
use zksensor_model::field::Fr;

pub use zksensor_plonkish_table::Scalar;

/// The element, for halo2.
pub fn to_scalar(value: &Fr) -> Scalar {
    Scalar::from(value.into_bigint().0)
}

/// The element, from halo2.
pub fn from_scalar(value: &Scalar) -> Fr {
    Fr::from_bigint(BigInt::new(limbs(value))).expect("both crates have one modulus")
}

/// The canonical representative by its 64-bit limbs, least significant first.
pub(crate) fn limbs(value: &Scalar) -> [u64; 4] {
    let bytes = value.to_repr();
    std::array::from_fn(|limb| {
        bytes[8 * limb..8 * limb + 8].iter().rev().fold(0, |limb, byte| limb << 8 | u64::from(*byte))
    })
}

/// Bits of the canonical representative, 0 for zero.
pub(crate) fn bit_length(value: &Scalar) -> u32 {
    let limbs = limbs(value);
    let zeros = limbs.iter().rev().scan(true, |leading, limb| {
        let zeros = leading.then(|| limb.leading_zeros());
        *leading &= *limb == 0;
        zeros
    });
    256 - zeros.sum::<u32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field};
    use zksensor_model::field;

    #[test]
    fn elements_go_there_and_back() {
        let values = [Fr::ZERO, Fr::ONE, -Fr::ONE, field::power_of_two(64), field::power_of_two(253)];
        for value in values.into_iter().chain((0..254).map(|bits| field::power_of_two(bits) - Fr::ONE)) {
            let scalar = to_scalar(&value);
            assert_eq!(from_scalar(&scalar), value);
            assert_eq!(bit_length(&scalar), field::bit_length(&value), "{value}");
            assert_eq!(to_scalar(&(value + value)), scalar + scalar);
            assert_eq!(to_scalar(&(value * value)), scalar * scalar);
        }
    }
}
