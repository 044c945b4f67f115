//! The one scalar field of the project, and every conversion into and out of it.
//!
//! `Fr` is the scalar field of BN254 (order r, 254 bits): the field of the circuits, of circomlib's Poseidon and the base
//! field of BabyJubJub. Values from outside enter through [`from_be_bytes`] or [`parse_hex`], which refuse what is not
//! canonical; nothing here reduces modulo r.
//!
//! ```
//! use zksensor_model::field::{self, Fr};
//! let packed = field::pack(&[(Fr::from(5u64), 8), (Fr::from(1u64), 16)]);
//! assert_eq!(packed, Fr::from((5u64 << 16) + 1));
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use sha3::{Digest, Keccak256};

use crate::hex;

pub use ark_bn254::Fr;

/// Why bytes or text are not a field element.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// The value is r or larger.
    #[error("expected a field element below the BN254 scalar modulus, got {hex}; reduce it before encoding")]
    NotCanonical {
        /// The value that came, big-endian hexadecimal.
        hex: String,
    },
    /// The text is not `0x` and 64 hexadecimal digits.
    #[error("expected `0x` followed by 64 hexadecimal digits, got {length} characters that do not fit")]
    NotHex {
        /// Length of the text that came, in bytes.
        length: usize,
    },
}

/// 2^`exponent` as a field element.
///
/// # Panics
/// If `exponent` is 254 or more: there is no such element.
pub fn power_of_two(exponent: u32) -> Fr {
    assert!(exponent < 254, "2^{exponent} is not below r");
    let mut limbs = [0u64; 4];
    limbs[(exponent / 64) as usize] = 1 << (exponent % 64);
    Fr::from_bigint(ark_ff::BigInt::new(limbs)).expect("2^253 is below r")
}

/// Joins values into one element, the first-named in the most significant bits.
///
/// Every value must lie below 2^width; callers hold typed values, so that is theirs to know.
///
/// # Panics
/// If the widths sum to more than 253 bits: values would overlap.
pub fn pack(parts: &[(Fr, u32)]) -> Fr {
    let total = parts.iter().fold(0u32, |total, (_, width)| total.saturating_add(*width));
    assert!(total <= 253, "parts of {total} bits do not fit an element");
    parts.iter().fold(Fr::ZERO, |packed, (value, width)| packed * power_of_two(*width) + value)
}

/// The element as 32 big-endian bytes.
pub fn to_be_bytes(value: &Fr) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    bytes.copy_from_slice(&value.into_bigint().to_bytes_be());
    bytes
}

/// The element behind 32 big-endian bytes.
///
/// # Errors
/// [`FieldError::NotCanonical`] if the value is not below r.
pub fn from_be_bytes(bytes: &[u8; 32]) -> Result<Fr, FieldError> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_be_bytes(chunk.try_into().expect("chunks of eight bytes"));
    }
    Fr::from_bigint(ark_ff::BigInt::new(limbs))
        .ok_or_else(|| FieldError::NotCanonical { hex: hex::encode(bytes) })
}

/// `0x` and 64 lower-case digits, big-endian.
pub fn to_hex(value: &Fr) -> String {
    hex::encode(&to_be_bytes(value))
}

/// Reads what [`to_hex`] writes; upper-case digits are accepted.
///
/// # Errors
/// [`FieldError::NotHex`] or [`FieldError::NotCanonical`].
pub fn parse_hex(text: &str) -> Result<Fr, FieldError> {
    from_be_bytes(&hex::decode(text).ok_or(FieldError::NotHex { length: text.len() })?)
}

/// The value as an integer, if it is below 2^128.
pub fn to_u128(value: &Fr) -> Option<u128> {
    let limbs = value.into_bigint().0;
    (limbs[2] == 0 && limbs[3] == 0).then(|| u128::from(limbs[0]) | u128::from(limbs[1]) << 64)
}

/// The value as an integer, if it is below 2^64.
pub fn to_u64(value: &Fr) -> Option<u64> {
    to_u128(value).and_then(|value| u64::try_from(value).ok())
}

/// A signed integer as a field element (a negative one as r - |v|).
pub fn from_i64(value: i64) -> Fr {
    let magnitude = Fr::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

/// Bits 0 to `width` - 1 of the canonical representative, least significant first.
pub fn bits_le(value: &Fr, width: usize) -> Vec<bool> {
    let integer = value.into_bigint();
    (0..width).map(|index| integer.get_bit(index)).collect()
}

/// Bits `shift` to `shift + width - 1` of the canonical representative.
pub fn bit_field(word: &Fr, shift: u32, width: u32) -> Fr {
    let bits = bits_le(word, (shift + width) as usize);
    bits[shift as usize..].iter().rev().fold(Fr::ZERO, |value, bit| value.double() + Fr::from(*bit))
}

/// Number of bits of the canonical representative (0 for zero).
pub fn bit_length(value: &Fr) -> u32 {
    value.into_bigint().num_bits()
}

/// The low 248 bits of keccak256 of `bytes`.
pub fn keccak248(bytes: &[u8]) -> Fr {
    let mut digest: [u8; 32] = Keccak256::digest(bytes).into();
    digest[0] = 0;
    from_be_bytes(&digest).expect("248 bits are below r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_round_trips_and_refuses_the_modulus() {
        let value = -Fr::from(7u64);
        assert_eq!(parse_hex(&to_hex(&value)), Ok(value));
        let modulus = "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
        assert!(matches!(parse_hex(modulus), Err(FieldError::NotCanonical { .. })));
        assert!(matches!(parse_hex("0x12"), Err(FieldError::NotHex { length: 4 })));
        assert!(matches!(
            parse_hex("0xé00000000000000000000000000000000000000000000000000000000000000"),
            Err(FieldError::NotHex { .. })
        ));
    }

    #[test]
    fn integers_convert_both_ways() {
        assert_eq!(to_u128(&Fr::from(u128::MAX)), Some(u128::MAX));
        assert_eq!(to_u128(&power_of_two(128)), None);
        assert_eq!(from_i64(-3) + Fr::from(3u64), Fr::ZERO);
        assert_eq!(bits_le(&Fr::from(6u64), 4), [false, true, true, false]);
    }
}
