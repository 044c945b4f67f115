//! What stands in the place of a proof.

use sha3::{Digest, Keccak256};
use zksensor_model::field::{self, Fr};
use zksensor_model::hex;

use crate::error::ProofError;
use crate::key::{MockKey, word};

/// Bytes of a mock: as many as of a proof of Groth16, so that calldata is as long.
pub const MOCK_BYTES: usize = 256;
/// Bytes of its digest; zeros follow.
const DIGEST: usize = 32;

/// A digest of a key's id and of public inputs, which anybody computes. It shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MockProof {
    digest: [u8; DIGEST],
}

impl MockProof {
    /// The mock of these packed public inputs, be they a claim that holds or not: keccak256(abi.encode(key id, inputs)), as
    /// `proofFor` of `MockVerifier.sol`.
    pub fn of(key: &MockKey, words: &[Fr]) -> MockProof {
        let mut hasher = Keccak256::new();
        hasher.update(key.key_id().digest());
        hasher.update(word(64)); // where the inputs lie
        hasher.update(word(words.len() as u64));
        for input in words {
            hasher.update(field::to_be_bytes(input));
        }
        MockProof { digest: hasher.finalize().into() }
    }

    /// The digest, and zeros: what `MockVerifier.sol` takes. No verifier of Groth16 does: the second coordinate of the first point
    /// would be 0, and a curve of odd order has no such point.
    pub fn to_bytes(&self) -> [u8; MOCK_BYTES] {
        let mut bytes = [0; MOCK_BYTES];
        bytes[..DIGEST].copy_from_slice(&self.digest);
        bytes
    }

    /// Reads what [`MockProof::to_bytes`] writes, and nothing else.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<MockProof, ProofError> {
        let bytes: &[u8; MOCK_BYTES] =
            bytes.try_into().map_err(|_| ProofError::Length { wanted: MOCK_BYTES, got: bytes.len() })?;
        let (digest, tail) = bytes.split_first_chunk().expect("a mock is longer than a digest");
        match tail.iter().position(|byte| *byte != 0) {
            Some(at) => Err(ProofError::Tail { at: DIGEST + at }),
            None => Ok(MockProof { digest: *digest }),
        }
    }

    /// [`MockProof::to_bytes`] as `0x` and lower-case digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.to_bytes())
    }

    /// Reads what [`MockProof::to_hex`] writes; upper-case digits are accepted.
    ///
    /// # Errors
    /// [`ProofError::Hex`] for any other text, and as [`MockProof::from_bytes`].
    pub fn from_hex(text: &str) -> Result<MockProof, ProofError> {
        MockProof::from_bytes(&hex::decode_all(text).ok_or(ProofError::Hex { got: text.len() })?)
    }
}
