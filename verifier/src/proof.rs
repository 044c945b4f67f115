//! A proof and its one encoding.

use ark_bn254::{G1Affine, G2Affine};
use zksensor_model::hex;

use crate::arkworks;
use crate::bytes::{self, G1_BYTES, G2_BYTES};
use crate::error::{PointError, ProofElement, ProofError};

/// A Groth16 proof over BN254: A and C in G1, B in G2, none of them the identity, all of order r.
///
/// # Security
/// Proofs can be rerandomised: whoever holds one makes others for the same public inputs. Never use a proof, or its
/// hash, as the key against replay; a nullifier, or the epoch and chunk, is.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
}

impl Proof {
    /// Bytes of an encoded proof.
    pub const BYTES: usize = 2 * G1_BYTES + G2_BYTES;

    /// Checks the elements A, B and C of a proof.
    ///
    /// # Errors
    /// [`ProofError::Point`] names the first element that is the identity, off its curve or of another order.
    pub fn new(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Self, ProofError> {
        bytes::check_g1(&a).map_err(at(ProofElement::A))?;
        bytes::check_g2(&b).map_err(at(ProofElement::B))?;
        bytes::check_g1(&c).map_err(at(ProofElement::C))?;
        Ok(Proof { a, b, c })
    }

    /// The point A.
    pub fn a(&self) -> G1Affine {
        self.a
    }

    /// The point B.
    pub fn b(&self) -> G2Affine {
        self.b
    }

    /// The point C.
    pub fn c(&self) -> G1Affine {
        self.c
    }

    /// 256 bytes, as the EVM's pairing precompile takes points: A.x, A.y; B.x.c1, B.x.c0, B.y.c1, B.y.c0; C.x, C.y; each
    /// of 32 bytes, big-endian.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut out = Vec::with_capacity(Self::BYTES);
        bytes::put_g1(&mut out, &self.a);
        bytes::put_g2(&mut out, &self.b);
        bytes::put_g1(&mut out, &self.c);
        out.try_into().expect("two points of 64 bytes and one of 128")
    }

    /// Reads what [`Proof::to_bytes`] writes, and nothing else.
    ///
    /// # Errors
    /// [`ProofError::Length`] for any other number of bytes; [`ProofError::Point`] names the first element with a
    /// coordinate of q or more, off its curve, of another order, or at infinity; [`ProofError::Arkworks`] if the bytes are a
    /// proof in the form of arkworks.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        Self::decode(bytes).map_err(|error| match arkworks::is_proof(bytes) {
            true => ProofError::Arkworks { got: bytes.len() },
            false => error,
        })
    }

    fn decode(bytes: &[u8]) -> Result<Self, ProofError> {
        let wrong_length = || ProofError::Length { wanted: Self::BYTES, got: bytes.len() };
        if bytes.len() != Self::BYTES {
            return Err(wrong_length());
        }
        let (a, rest) = bytes.split_first_chunk::<G1_BYTES>().ok_or_else(wrong_length)?;
        let (b, rest) = rest.split_first_chunk::<G2_BYTES>().ok_or_else(wrong_length)?;
        let (c, _) = rest.split_first_chunk::<G1_BYTES>().ok_or_else(wrong_length)?;
        Ok(Proof {
            a: bytes::g1(a).map_err(at(ProofElement::A))?,
            b: bytes::g2(b).map_err(at(ProofElement::B))?,
            c: bytes::g1(c).map_err(at(ProofElement::C))?,
        })
    }

    /// [`Proof::to_bytes`] as `0x` and 512 lower-case digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.to_bytes())
    }

    /// Reads what [`Proof::to_hex`] writes; upper-case digits are accepted.
    ///
    /// # Errors
    /// [`ProofError::Hex`] for any other text, and as [`Proof::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, ProofError> {
        let wrong = ProofError::Hex { wanted: 2 * Self::BYTES, got: text.len() };
        match hex::decode::<{ Self::BYTES }>(text) {
            Some(bytes) => Proof::from_bytes(&bytes),
            // A compressed one of arkworks has half as many.
            None => match hex::decode::<{ Self::BYTES / 2 }>(text).map(|bytes| Proof::from_bytes(&bytes)) {
                Some(Err(error @ ProofError::Arkworks { .. })) => Err(error),
                _ => Err(wrong),
            },
        }
    }
}

fn at(element: ProofElement) -> impl Fn(PointError) -> ProofError {
    move |reason| ProofError::Point { element, reason }
}
