//! The transcript: Keccak256 over words of 32 bytes, as snark-verifier's `EvmTranscript`, so that a contract hashes what lies in its
//! calldata.
//!
//! What is absorbed is appended to a buffer, numbers as they are encoded and points by both coordinates. A challenge is the hash of
//! the buffer, modulo r, and the hash is the buffer from then on; a buffer that is such a hash alone is followed by the byte 1 when it is
//! hashed again.

use std::io;

use halo2_proofs::halo2curves::bn256::{Fr as Scalar, G1Affine};
use halo2_proofs::halo2curves::ff::FromUniformBytes as _;
use halo2_proofs::halo2curves::group::prime::PrimeCurveAffine as _;
use halo2_proofs::transcript::{EncodedChallenge, Transcript, TranscriptRead, TranscriptWrite};
use sha3::{Digest, Keccak256};

use crate::bytes::{G1_BYTES, WORD, number, put_g1, read_g1, word};
use crate::error::ProofError;

/// A challenge of the verifier: 256 bits of a hash, modulo r.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge(Scalar);

impl EncodedChallenge<G1Affine> for Challenge {
    type Input = [u8; WORD];

    fn new(hash: &[u8; WORD]) -> Self {
        let mut wide = [0; 2 * WORD];
        for (to, from) in wide.iter_mut().zip(hash.iter().rev()) {
            *to = *from;
        }
        Challenge(Scalar::from_uniform_bytes(&wide))
    }

    fn get_scalar(&self) -> Scalar {
        self.0
    }
}

/// What was absorbed since the last challenge, behind that one's hash.
#[derive(Default)]
struct Buffer(Vec<u8>);

impl Buffer {
    fn squeeze(&mut self) -> Challenge {
        if self.0.len() == WORD {
            self.0.push(1);
        }
        let hash: [u8; WORD] = Keccak256::digest(&self.0).into();
        self.0.clear();
        self.0.extend_from_slice(&hash);
        Challenge::new(&hash)
    }

    fn point(&mut self, point: &G1Affine) -> io::Result<()> {
        if bool::from(point.is_identity()) {
            return Err(io::Error::other("a transcript has no point at infinity"));
        }
        put_g1(&mut self.0, point);
        Ok(())
    }

    fn scalar(&mut self, scalar: &Scalar) {
        self.0.extend_from_slice(&word(scalar));
    }
}

/// A prover's side: writes a proof. Points are 64 bytes, x and y, numbers 32, big-endian; no point at infinity is written.
#[derive(Default)]
pub struct ProofWriter {
    buffer: Buffer,
    proof: Vec<u8>,
}

impl ProofWriter {
    /// The bytes of the proof.
    pub fn finish(self) -> Vec<u8> {
        self.proof
    }
}

impl Transcript<G1Affine, Challenge> for ProofWriter {
    fn squeeze_challenge(&mut self) -> Challenge {
        self.buffer.squeeze()
    }

    fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.buffer.point(&point)
    }

    fn common_scalar(&mut self, scalar: Scalar) -> io::Result<()> {
        self.buffer.scalar(&scalar);
        Ok(())
    }
}

impl TranscriptWrite<G1Affine, Challenge> for ProofWriter {
    fn write_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.common_point(point)?;
        put_g1(&mut self.proof, &point);
        Ok(())
    }

    fn write_scalar(&mut self, scalar: Scalar) -> io::Result<()> {
        self.common_scalar(scalar)?;
        self.proof.extend_from_slice(&word(&scalar));
        Ok(())
    }
}

/// A verifier's side: reads a proof, and keeps what is wrong with its bytes, as halo2 does not.
pub(crate) struct ProofReader<'p> {
    buffer: Buffer,
    proof: &'p [u8],
    at: usize,
    wrong: Option<ProofError>,
}

impl<'p> ProofReader<'p> {
    pub(crate) fn new(proof: &'p [u8]) -> Self {
        ProofReader { buffer: Buffer::default(), proof, at: 0, wrong: None }
    }

    /// What is wrong with the bytes, of which all have to be read: bytes that nothing was asked of are refused.
    pub(crate) fn finish(self) -> Result<(), ProofError> {
        match self.wrong {
            Some(wrong) => Err(wrong),
            None if self.at != self.proof.len() => {
                Err(ProofError::Length { wanted: self.at, got: self.proof.len() })
            }
            None => Ok(()),
        }
    }

    fn take<const N: usize>(&mut self) -> io::Result<&'p [u8; N]> {
        match self.proof.get(self.at..).and_then(|rest| rest.first_chunk()) {
            Some(chunk) => {
                self.at += N;
                Ok(chunk)
            }
            None => Err(self.refuse(ProofError::Length { wanted: self.at + N, got: self.proof.len() })),
        }
    }

    fn refuse(&mut self, wrong: ProofError) -> io::Error {
        let error = io::Error::other(wrong.to_string());
        self.wrong.get_or_insert(wrong);
        error
    }
}

impl Transcript<G1Affine, Challenge> for ProofReader<'_> {
    fn squeeze_challenge(&mut self) -> Challenge {
        self.buffer.squeeze()
    }

    fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.buffer.point(&point)
    }

    fn common_scalar(&mut self, scalar: Scalar) -> io::Result<()> {
        self.buffer.scalar(&scalar);
        Ok(())
    }
}

impl TranscriptRead<G1Affine, Challenge> for ProofReader<'_> {
    fn read_point(&mut self) -> io::Result<G1Affine> {
        let offset = self.at;
        let bytes = self.take::<G1_BYTES>()?;
        let point = read_g1(bytes).map_err(|reason| self.refuse(ProofError::Point { offset, reason }))?;
        self.common_point(point)?;
        Ok(point)
    }

    fn read_scalar(&mut self) -> io::Result<Scalar> {
        let offset = self.at;
        let bytes = self.take::<WORD>()?;
        let scalar = number(bytes).ok_or_else(|| self.refuse(ProofError::NotCanonical { offset }))?;
        self.common_scalar(scalar)?;
        Ok(scalar)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// keccak256 of nothing, and of that and the byte 1: published digests, modulo r.
    #[test]
    fn challenges_are_hashes_modulo_r() {
        let mut writer = ProofWriter::default();
        let hash: [u8; 32] = Keccak256::digest([]).into();
        assert_eq!(writer.squeeze_challenge(), Challenge::new(&hash));
        let next: [u8; 32] = Keccak256::digest([&hash[..], &[1]].concat()).into();
        assert_eq!(writer.squeeze_challenge(), Challenge::new(&next));
        let mut one = [0; 32];
        one[31] = 1;
        writer.write_scalar(Scalar::one()).unwrap();
        let last: [u8; 32] = Keccak256::digest([next, one].concat()).into();
        assert_eq!(writer.squeeze_challenge(), Challenge::new(&last));
        assert_eq!(writer.finish(), one);
        // 2^256 - 1
        let half = Scalar::from([0, 0, 1, 0]);
        assert_eq!(Challenge::new(&[0xff; 32]).get_scalar(), half * half - Scalar::one());
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let generator = G1Affine::generator();
        let mut writer = ProofWriter::default();
        writer.write_point(generator).unwrap();
        writer.write_scalar(-Scalar::one()).unwrap();
        let challenge = writer.squeeze_challenge();
        assert!(writer.write_point(G1Affine::default()).is_err());
        let proof = writer.finish();
        let mut reader = ProofReader::new(&proof);
        assert_eq!(reader.read_point().unwrap(), generator);
        assert_eq!(reader.read_scalar().unwrap(), -Scalar::one());
        assert_eq!(reader.squeeze_challenge(), challenge);
        assert!(reader.read_scalar().is_err());
        assert_eq!(reader.finish(), Err(ProofError::Length { wanted: 128, got: 96 }));
        let reader = ProofReader::new(&proof);
        assert_eq!(reader.finish(), Err(ProofError::Length { wanted: 0, got: 96 }));
    }
}
