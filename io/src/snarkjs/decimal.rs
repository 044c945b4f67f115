//! Decimal text as field elements and as coordinates of points. Nothing is reduced.

use ark_bn254::{Fq, Fq2, Fq6, Fq12, G1Affine, G2Affine};
use ark_ff::{BigInt, Field, PrimeField};
use zksensor_model::field::Fr;

use super::{MemberPath, SnarkjsError};

/// Digits of the moduli. 10^77 is below 2^256, so no number of so many digits overflows four limbs.
const DIGITS: usize = 77;

/// A public signal.
pub(super) fn fr(place: MemberPath, text: &str) -> Result<Fr, SnarkjsError> {
    number(place, text, "r, the scalar field's modulus")
}

/// A point of G1, not checked yet.
#[expect(
    clippy::disallowed_methods,
    reason = "`Affine::new` panics on a bad point; the proof or key that it goes into is checked"
)]
pub(super) fn g1(place: MemberPath, [x, y, z]: &[&str; 3]) -> Result<G1Affine, SnarkjsError> {
    let (x, y) = (fq(place.at(0), x)?, fq(place.at(1), y)?);
    if *z != "1" {
        return Err(SnarkjsError::NotAffine { place: place.at(2) });
    }
    Ok(G1Affine::new_unchecked(x, y))
}

/// A point of the twist, not checked yet.
#[expect(
    clippy::disallowed_methods,
    reason = "`Affine::new` panics on a bad point; the proof or key that it goes into is checked"
)]
pub(super) fn g2(place: MemberPath, [x, y, z]: &[[&str; 2]; 3]) -> Result<G2Affine, SnarkjsError> {
    let (x, y) = (fq2(place.at(0), x)?, fq2(place.at(1), y)?);
    if *z != ["1", "0"] {
        return Err(SnarkjsError::NotAffine { place: place.at(2) });
    }
    Ok(G2Affine::new_unchecked(x, y))
}

/// An element of the pairing's target field.
pub(super) fn fq12(field: &'static str, text: &[[[&str; 2]; 3]; 2]) -> Result<Fq12, SnarkjsError> {
    let fq6 = |half: usize| {
        let part = |index: usize| fq2(MemberPath::new(field, &[half, index]), &text[half][index]);
        Ok::<_, SnarkjsError>(Fq6::new(part(0)?, part(1)?, part(2)?))
    };
    Ok(Fq12::new(fq6(0)?, fq6(1)?))
}

fn fq2(place: MemberPath, [c0, c1]: &[&str; 2]) -> Result<Fq2, SnarkjsError> {
    Ok(Fq2::new(fq(place.at(0), c0)?, fq(place.at(1), c1)?))
}

fn fq(place: MemberPath, text: &str) -> Result<Fq, SnarkjsError> {
    number(place, text, "q, the base field's modulus")
}

/// The one text of each element: digits alone, no leading zero, below the modulus.
fn number<F: PrimeField<BigInt = BigInt<4>> + Field>(
    place: MemberPath,
    text: &str,
    modulus: &'static str,
) -> Result<F, SnarkjsError> {
    let digits = text.as_bytes();
    let leading = digits.len() > 1 && digits[0] == b'0';
    if digits.is_empty() || leading || !digits.iter().all(u8::is_ascii_digit) {
        return Err(SnarkjsError::NotDecimal { place, length: text.len() });
    }
    if digits.len() > DIGITS {
        return Err(SnarkjsError::NotCanonical { place, modulus });
    }
    let mut limbs = [0u64; 4];
    for digit in digits {
        let mut carry = u128::from(digit - b'0');
        for limb in &mut limbs {
            carry += u128::from(*limb) * 10;
            *limb = (carry & u128::from(u64::MAX)) as u64;
            carry >>= 64;
        }
    }
    F::from_bigint(BigInt::new(limbs)).ok_or(SnarkjsError::NotCanonical { place, modulus })
}
