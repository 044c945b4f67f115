//! The contributions that powers of tau list.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};

use super::CONTRIBUTIONS;
use crate::error::CeremonyError;
use crate::parameters::Parameters;
use crate::point::Point;
use crate::sections::Sections;

/// A contribution to phase 1, as a file lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PtauContribution {
    parameters: Parameters,
    next_challenge: [u8; 64],
    after: After,
}

/// The first powers after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct After {
    pub(super) tau_g1: G1Affine,
    pub(super) tau_g2: G2Affine,
    pub(super) alpha_g1: G1Affine,
    pub(super) beta_g1: G1Affine,
    pub(super) beta_g2: G2Affine,
}

impl PtauContribution {
    /// The name that it gives itself, which nothing vouches for.
    pub fn name(&self) -> Option<&str> {
        self.parameters.name.as_deref()
    }

    /// Whether it is a beacon.
    pub fn is_beacon(&self) -> bool {
        self.parameters.beacon.is_some()
    }

    /// The digest of the powers after it: the challenge of the next contributor, which ceremonies publish.
    pub fn next_challenge(&self) -> [u8; 64] {
        self.next_challenge
    }

    pub(super) fn after(&self) -> &After {
        &self.after
    }
}

/// s and s x in G1 of tau, alpha and beta, and x in G2.
const KEY: u64 = (6 * G1Affine::BYTES + 3 * G2Affine::BYTES) as u64;
/// Three points of G1 and two of G2 that the powers are after it.
const AFTER: u64 = (3 * G1Affine::BYTES + 2 * G2Affine::BYTES) as u64;
/// The state of a hash that is not finished.
const PARTIAL_HASH: u64 = 216;
const CHALLENGE: u64 = 64;
/// All before the parameters: points, hashes, the kind and the parameters' length.
const FIXED: u64 = AFTER + KEY + PARTIAL_HASH + CHALLENGE + 8;

/// All of them. What is reserved is bounded by the bytes that came.
pub(super) fn read<R: Read + Seek>(
    sections: &mut Sections<R>,
) -> Result<Vec<PtauContribution>, CeremonyError> {
    let count = sections.bytes(CONTRIBUTIONS, 0, 4)?;
    let count = u32::from_le_bytes(count.try_into().expect("four bytes"));
    let (mut contributions, mut at) = (Vec::new(), 4);
    for _ in 0..count {
        let bytes = sections.bytes(CONTRIBUTIONS, at, FIXED)?;
        let after =
            after(&bytes).map_err(|(offset, reason)| sections.fault(CONTRIBUTIONS, at + offset, reason))?;
        let challenge = (FIXED - 8 - CHALLENGE) as usize;
        let next_challenge = bytes[challenge..challenge + CHALLENGE as usize].try_into().expect("64 bytes");
        let (parameters, length) = Parameters::read(sections, CONTRIBUTIONS, at + FIXED - 8)?;
        contributions.push(PtauContribution { parameters, next_challenge, after });
        at += FIXED - 8 + length;
    }
    sections.expect_size(CONTRIBUTIONS, at)?;
    Ok(contributions)
}

fn after(bytes: &[u8]) -> Result<After, (u64, &'static str)> {
    let mut at = 0;
    Ok(After {
        tau_g1: next(bytes, &mut at)?,
        tau_g2: next(bytes, &mut at)?,
        alpha_g1: next(bytes, &mut at)?,
        beta_g1: next(bytes, &mut at)?,
        beta_g2: next(bytes, &mut at)?,
    })
}

fn next<P: Point>(bytes: &[u8], at: &mut usize) -> Result<P, (u64, &'static str)> {
    let point = P::from_file(&bytes[*at..*at + P::BYTES]).map_err(|reason| (*at as u64, reason))?;
    *at += P::BYTES;
    Ok(point)
}
