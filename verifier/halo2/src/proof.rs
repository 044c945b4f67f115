//! A proof and its one encoding.

use zksensor_model::hex;

use crate::bytes::WORD;
use crate::error::ProofError;

/// A proof of halo2: commitments and openings as the argument writes them, points 64 bytes, numbers 32, big-endian.
///
/// How long it is, and where in it points are, follows from a key: a [`Verifier`](crate::Verifier) holds it to that.
///
/// # Security
/// Never use a proof, or its hash, as the key against replay: whoever can prove a claim makes any number of proofs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof(Vec<u8>);

impl Proof {
    /// No key has a proof of more bytes.
    pub const MOST_BYTES: usize = 1 << 15;

    /// Bytes of a proof of Groth16, for whose verifier the other crate is.
    const GROTH16_BYTES: usize = zksensor_verifier::Proof::BYTES;

    /// Takes the bytes of a proof, of a length that a proof can have.
    ///
    /// # Errors
    /// [`ProofError::Groth16`] for 256 bytes, which a proof of Groth16 has; [`ProofError::Words`] for a length that no proof has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        let got = bytes.len();
        if got == Self::GROTH16_BYTES {
            return Err(ProofError::Groth16);
        }
        if got == 0 || got > Self::MOST_BYTES || !got.is_multiple_of(WORD) {
            return Err(ProofError::Words { most: Self::MOST_BYTES, got });
        }
        Ok(Proof(bytes.to_vec()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as `0x` and lower-case digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.0)
    }

    /// Reads what [`Proof::to_hex`] writes; upper-case digits are accepted.
    ///
    /// # Errors
    /// [`ProofError::Hex`] for any other text, and as [`Proof::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, ProofError> {
        let got = text.len();
        let longest = 2 + 2 * Self::MOST_BYTES;
        let bytes = if got > longest { None } else { hex::decode_all(text) };
        Proof::from_bytes(&bytes.ok_or(ProofError::Hex { got })?)
    }
}
