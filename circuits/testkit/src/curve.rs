//! Points and scalars of hostile signatures.

use ark_ff::{AdditiveGroup, Field};

use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::{Point, Scalar};

/// The canonical integer of an element, mod l, bit by bit: not by the reduction that signatures are checked with.
pub fn modulo_l(value: &Fr) -> Scalar {
    bits_modulo_l(field::bits_le(value, 254).into_iter().rev())
}

/// The integer of these bits, most significant first, mod l.
pub(super) fn bits_modulo_l(bits: impl Iterator<Item = bool>) -> Scalar {
    bits.fold(Scalar::ZERO, |sum, bit| sum.double() + if bit { Scalar::ONE } else { Scalar::ZERO })
}

/// The eight points whose order divides 8, as the multiples 0 to 7 of one of order 8.
pub fn small_order() -> [Point; 8] {
    let generator = (2u64..).find_map(|y| {
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&y.to_le_bytes());
        let point = Point::unpack(&bytes).ok()?;
        // l P is P without its part of prime order.
        let small = point.mul(&-Scalar::ONE).add(&point);
        (!small.double().double().is_identity()).then_some(small)
    });
    let generator = generator.expect("every other point has such a part");
    let mut sum = Point::IDENTITY;
    std::array::from_fn(|_| {
        let next = sum.add(&generator);
        std::mem::replace(&mut sum, next)
    })
}
