//! The contributions of a key: each says what delta is after it, and shows that whoever made it knew the factor.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};
use blake2::{Blake2b512, Digest};

use super::CONTRIBUTIONS;
use crate::error::CeremonyError;
use crate::parameters::{Beacon, Parameters};
use crate::point::{Point, hashed};
use crate::sections::Sections;

/// What a contribution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Somebody's secret.
    Secret,
    /// Public randomness, which anybody can compute again.
    Beacon(&'a Beacon),
}

/// A contribution to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    pub(crate) key: PublicKey,
    pub(crate) parameters: Parameters,
}

impl Contribution {
    /// The name that it gives itself. No hash of circom's tools is of it; the digest of our transcripts is.
    pub fn name(&self) -> Option<&str> {
        self.parameters.name.as_deref()
    }

    /// A secret, or a beacon.
    pub fn kind(&self) -> Kind<'_> {
        self.parameters.beacon.as_ref().map_or(Kind::Secret, Kind::Beacon)
    }

    /// What whoever contributes publishes, and everybody's tools print as the contribution hash.
    pub fn hash(&self) -> [u8; 64] {
        let mut hash = Blake2b512::new();
        self.key.hash_into(&mut hash);
        hash.finalize().into()
    }
}

/// delta after it, and s, s x in G1 and p x in G2 with p a point that s and s x and all before them choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicKey {
    pub(crate) delta_after: G1Affine,
    pub(crate) s: G1Affine,
    pub(crate) sx: G1Affine,
    pub(crate) px: G2Affine,
    pub(crate) transcript: [u8; 64],
}

impl PublicKey {
    pub(crate) fn hash_into(&self, hash: &mut Blake2b512) {
        for point in [&self.delta_after, &self.s, &self.sx] {
            hash.update(hashed(point));
        }
        hash.update(hashed(&self.px));
        hash.update(self.transcript);
    }
}

/// Section 10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) circuit: [u8; 64],
    pub(crate) contributions: Vec<Contribution>,
}

/// Points and transcript.
const KEY: u64 = (3 * G1Affine::BYTES + G2Affine::BYTES + 64) as u64;

impl Chain {
    pub(crate) fn read<R: Read + Seek>(sections: &mut Sections<R>) -> Result<Self, CeremonyError> {
        let head = sections.bytes(CONTRIBUTIONS, 0, 68)?;
        let circuit = head[..64].try_into().expect("64 bytes");
        let count = u32::from_le_bytes(head[64..].try_into().expect("four bytes"));
        let (mut contributions, mut at) = (Vec::new(), 68);
        for _ in 0..count {
            let bytes = sections.bytes(CONTRIBUTIONS, at, KEY)?;
            let key =
                key(&bytes).map_err(|(offset, reason)| sections.fault(CONTRIBUTIONS, at + offset, reason))?;
            let (parameters, length) = Parameters::read(sections, CONTRIBUTIONS, at + KEY)?;
            contributions.push(Contribution { key, parameters });
            at += KEY + length;
        }
        sections.expect_size(CONTRIBUTIONS, at)?;
        Ok(Chain { circuit, contributions })
    }

    /// As [`Chain::read`] reads.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.circuit.to_vec();
        let count = u32::try_from(self.contributions.len()).expect("it was read from as many bytes");
        bytes.extend_from_slice(&count.to_le_bytes());
        for Contribution { key, parameters } in &self.contributions {
            [key.delta_after, key.s, key.sx].iter().for_each(|point| point.to_file(&mut bytes));
            key.px.to_file(&mut bytes);
            bytes.extend_from_slice(&key.transcript);
            parameters.write(&mut bytes);
        }
        bytes
    }
}

fn key(bytes: &[u8]) -> Result<PublicKey, (u64, &'static str)> {
    let mut at = 0;
    Ok(PublicKey {
        delta_after: next(bytes, &mut at)?,
        s: next(bytes, &mut at)?,
        sx: next(bytes, &mut at)?,
        px: next(bytes, &mut at)?,
        transcript: bytes[at..at + 64].try_into().expect("64 bytes"),
    })
}

/// The next point, which is not the identity.
fn next<P: Point>(bytes: &[u8], at: &mut usize) -> Result<P, (u64, &'static str)> {
    let point = P::from_file(&bytes[*at..*at + P::BYTES]).map_err(|reason| (*at as u64, reason))?;
    if point.is_zero() {
        return Err((*at as u64, "expected a point that is not the identity"));
    }
    *at += P::BYTES;
    Ok(point)
}
