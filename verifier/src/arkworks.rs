//! Bytes as arkworks serializes points: little-endian, flags in the last byte, real part first, compressed or not. Nothing is
//! read in this form; it is told apart, so that an error can name it.

use ark_bn254::{Fq, Fq2, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};

use crate::bytes::{self, G1_BYTES, G2_BYTES};

const COORDINATE: usize = 32;
/// The flags in the last byte: infinity, and the larger of both y.
const FLAGS: u8 = 0xc0;
/// Bytes before the points of IC: how many there are.
const COUNT: usize = 8;

/// Whether bytes are a proof of arkworks: its three points, and nothing else.
pub(crate) fn is_proof(bytes: &[u8]) -> bool {
    match bytes.len() {
        length if length == 2 * G1_BYTES + G2_BYTES => {
            let (a, rest) = bytes.split_at(G1_BYTES);
            let (b, c) = rest.split_at(G2_BYTES);
            is_g1(a) && is_g2(b) && is_g1(c)
        }
        length if length == G1_BYTES + G2_BYTES / 2 => {
            let (a, rest) = bytes.split_at(COORDINATE);
            let (b, c) = rest.split_at(2 * COORDINATE);
            is_g1(a) && is_g2(b) && is_g1(c)
        }
        _ => false,
    }
}

/// Whether bytes are a verifying key of arkworks: alpha, beta, gamma, delta, a count and so many points.
pub(crate) fn is_key(bytes: &[u8]) -> bool {
    let of = |g1: usize, g2: usize| {
        let (points, rest) = bytes.split_at_checked(g1 + 3 * g2)?;
        let (count, ic) = rest.split_first_chunk::<COUNT>()?;
        let fits = u64::from_le_bytes(*count).checked_mul(g1 as u64) == Some(ic.len() as u64);
        let (alpha, others) = points.split_at(g1);
        Some(fits && is_g1(alpha) && others.chunks_exact(g2).all(is_g2))
    };
    of(G1_BYTES, G2_BYTES) == Some(true) || of(G1_BYTES / 2, G2_BYTES / 2) == Some(true)
}

/// A point of G1, of 64 bytes or of 32.
fn is_g1(bytes: &[u8]) -> bool {
    let turned = reversed(bytes, COORDINATE);
    match <[u8; G1_BYTES]>::try_from(&turned[..]) {
        Ok(point) => bytes::g1(&point).is_ok(),
        Err(_) => element(&turned).is_some_and(has_y1),
    }
}

/// A point of the twist, of 128 bytes or of 64.
fn is_g2(bytes: &[u8]) -> bool {
    let turned = reversed(bytes, 2 * COORDINATE);
    match <[u8; G2_BYTES]>::try_from(&turned[..]) {
        Ok(point) => bytes::g2(&point).is_ok(),
        Err(_) => {
            let (c1, c0) = turned.split_at(COORDINATE);
            element(c0).zip(element(c1)).is_some_and(|(c0, c1)| has_y2(Fq2::new(c0, c1)))
        }
    }
}

/// Each coordinate from behind, which is how the EVM writes it, and the flags of the last one cleared.
fn reversed(bytes: &[u8], coordinate: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last &= !FLAGS;
    }
    bytes.chunks_mut(coordinate).for_each(<[u8]>::reverse);
    bytes
}

fn element(bytes: &[u8]) -> Option<Fq> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_be_bytes(chunk.try_into().ok()?);
    }
    Fq::from_bigint(BigInt::new(limbs))
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing is made of the point; only whether there is one is asked"
)]
fn has_y1(x: Fq) -> bool {
    G1Affine::get_ys_from_x_unchecked(x).is_some()
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing is made of the point; only whether there is one is asked"
)]
fn has_y2(x: Fq2) -> bool {
    G2Affine::get_ys_from_x_unchecked(x).is_some()
}
