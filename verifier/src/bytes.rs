//! Points as bytes, in the EVM's order (EIP-197, "Encoding"): coordinates of 32 bytes, big-endian, below q; in G2 the
//! imaginary part of a coordinate before the real one. The point at infinity, which EIP-197 writes as zeros, is refused.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, BigInteger, PrimeField};

use crate::error::PointError;

/// Bytes of a point of G1: x, y.
pub(crate) const G1_BYTES: usize = 64;
/// Bytes of a point of G2: x.c1, x.c0, y.c1, y.c0.
pub(crate) const G2_BYTES: usize = 128;

const COORDINATE_BYTES: usize = 32;

/// Appends a point of G1.
pub(crate) fn put_g1(out: &mut Vec<u8>, point: &G1Affine) {
    for coordinate in [point.x, point.y] {
        put(out, &coordinate);
    }
}

/// Appends a point of G2.
pub(crate) fn put_g2(out: &mut Vec<u8>, point: &G2Affine) {
    for coordinate in [point.x.c1, point.x.c0, point.y.c1, point.y.c0] {
        put(out, &coordinate);
    }
}

/// The point of G1 behind its bytes, checked as by [`check_g1`].
pub(crate) fn g1(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, PointError> {
    let [x, y] = coordinates(bytes)?;
    #[expect(clippy::disallowed_methods, reason = "`Affine::new` panics on a bad point; check_g1 follows")]
    let point = G1Affine::new_unchecked(x, y);
    check_g1(&point)?;
    Ok(point)
}

/// The point of G2 behind its bytes, checked as by [`check_g2`].
pub(crate) fn g2(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, PointError> {
    let [x1, x0, y1, y0] = coordinates(bytes)?;
    #[expect(clippy::disallowed_methods, reason = "`Affine::new` panics on a bad point; check_g2 follows")]
    let point = G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1));
    check_g2(&point)?;
    Ok(point)
}

/// On the curve and not the identity; all such points of G1 have order r.
pub(crate) fn check_g1(point: &G1Affine) -> Result<(), PointError> {
    if point.is_zero() {
        return Err(PointError::Identity);
    }
    if !point.is_on_curve() {
        return Err(PointError::NotOnCurve);
    }
    Ok(())
}

/// On the twist, not the identity, of order r.
pub(crate) fn check_g2(point: &G2Affine) -> Result<(), PointError> {
    if point.is_zero() {
        return Err(PointError::Identity);
    }
    if !point.is_on_curve() {
        return Err(PointError::NotOnCurve);
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(PointError::NotInSubgroup);
    }
    Ok(())
}

fn put(out: &mut Vec<u8>, coordinate: &Fq) {
    out.extend_from_slice(&coordinate.into_bigint().to_bytes_be());
}

/// Splits bytes into `N` coordinates, each below q. Callers pass 32 * `N` bytes.
fn coordinates<const N: usize>(bytes: &[u8]) -> Result<[Fq; N], PointError> {
    debug_assert_eq!(bytes.len(), N * COORDINATE_BYTES);
    let mut values = [Fq::from(0u64); N];
    for (value, bytes) in values.iter_mut().zip(bytes.chunks_exact(COORDINATE_BYTES)) {
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_be_bytes(chunk.try_into().expect("chunks of eight bytes"));
        }
        *value = Fq::from_bigint(BigInt::new(limbs)).ok_or(PointError::NotCanonical)?;
    }
    Ok(values)
}
