//! Numbers and points as bytes, in the EVM's order (EIP-197, "Encoding"): 32 bytes a coordinate, big-endian, below its modulus; in
//! G2 the imaginary part before the real one. The point at infinity is refused.

use ark_ff::PrimeField as _;
use halo2_proofs::halo2curves::CurveAffine as _;
use halo2_proofs::halo2curves::bn256::{Fq, Fq2, Fr as Scalar, G1Affine, G2Affine};
use halo2_proofs::halo2curves::ff::PrimeField;
use halo2_proofs::halo2curves::group::cofactor::CofactorGroup as _;
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine as _;
use zksensor_model::field::Fr;
use zksensor_verifier::PointError;

/// Bytes of a number.
pub(crate) const WORD: usize = 32;
/// Bytes of a point of G1: x, y.
pub const G1_BYTES: usize = 2 * WORD;
/// Bytes of a point of G2: x.c1, x.c0, y.c1, y.c0.
pub const G2_BYTES: usize = 4 * WORD;

/// The element of the scalar field, for halo2.
pub fn to_scalar(value: &Fr) -> Scalar {
    Scalar::from(value.into_bigint().0)
}

/// A number as 32 bytes, big-endian.
pub(crate) fn word<F: PrimeField<Repr: AsRef<[u8]>>>(value: &F) -> [u8; WORD] {
    let little = value.to_repr();
    std::array::from_fn(|i| little.as_ref()[WORD - 1 - i])
}

/// The number below the modulus behind 32 bytes.
pub(crate) fn number<F: PrimeField<Repr: AsMut<[u8]>>>(bytes: &[u8; WORD]) -> Option<F> {
    let mut little = F::Repr::default();
    for (to, from) in little.as_mut().iter_mut().zip(bytes.iter().rev()) {
        *to = *from;
    }
    F::from_repr(little).into_option()
}

/// Appends a point of G1.
pub fn put_g1(out: &mut Vec<u8>, point: &G1Affine) {
    for coordinate in [&point.x, &point.y] {
        out.extend_from_slice(&word(coordinate));
    }
}

/// Appends a point of G2.
pub fn put_g2(out: &mut Vec<u8>, point: &G2Affine) {
    for coordinate in [&point.x.c1, &point.x.c0, &point.y.c1, &point.y.c0] {
        out.extend_from_slice(&word(coordinate));
    }
}

/// The point of G1 behind its bytes; all points of that curve but the one at infinity have order r.
///
/// # Errors
/// [`PointError`] says what is wrong with it.
pub fn read_g1(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, PointError> {
    let [x, y] = coordinates(bytes)?;
    if x == Fq::zero() && y == Fq::zero() {
        return Err(PointError::Identity);
    }
    G1Affine::from_xy(x, y).into_option().ok_or(PointError::NotOnCurve)
}

/// The point of G2 behind its bytes, of order r.
///
/// # Errors
/// [`PointError`] says what is wrong with it.
pub fn read_g2(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, PointError> {
    let [x1, x0, y1, y0] = coordinates(bytes)?;
    let (x, y) = (Fq2 { c0: x0, c1: x1 }, Fq2 { c0: y0, c1: y1 });
    if [x0, x1, y0, y1].iter().all(|coordinate| *coordinate == Fq::zero()) {
        return Err(PointError::Identity);
    }
    let point = G2Affine::from_xy(x, y).into_option().ok_or(PointError::NotOnCurve)?;
    match bool::from(point.to_curve().is_torsion_free()) {
        true => Ok(point),
        false => Err(PointError::NotInSubgroup),
    }
}

/// `N` coordinates of 32 bytes. Callers pass 32 * `N` bytes.
fn coordinates<const N: usize>(bytes: &[u8]) -> Result<[Fq; N], PointError> {
    let (words, _) = bytes.as_chunks::<WORD>();
    let mut values = [Fq::zero(); N];
    for (value, word) in values.iter_mut().zip(words) {
        *value = number(word).ok_or(PointError::NotCanonical)?;
    }
    Ok(values)
}
