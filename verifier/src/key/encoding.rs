//! The canonical bytes of a verifying key. [`VerifyingKey::to_bytes`] has the table.

use sha3::{Digest, Keccak256};

use super::{Ceremony, KeyPoints, Origin, VerifyingKey};
use crate::arkworks;
use crate::bytes::{self, G1_BYTES, G2_BYTES};
use crate::error::{KeyElement, KeyError, PointError};
use crate::names::{GROTH16_VERIFYING_KEY as MAGIC, HALO2_VERIFYING_KEY};

const VERSION: u8 = 1;
const DIGEST_BYTES: usize = 32;
/// Digest of a transcript, number of contributions.
const CEREMONY_BYTES: usize = 32 + 4;
/// Header without the statement's id: magic, version, flag, length of the id, number of public inputs.
const HEADER_BYTES: usize = MAGIC.len() + 1 + 1 + 1 + 4;
const ID_MAX_BYTES: usize = u8::MAX as usize;

/// keccak256.
pub(super) fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    Keccak256::digest(bytes).into()
}

/// Whether an id has room in the encoding.
pub(super) fn fits(id: &str) -> bool {
    id.len() <= ID_MAX_BYTES
}

impl VerifyingKey {
    /// The canonical bytes without the digest.
    pub(super) fn body(&self) -> Vec<u8> {
        let id = self.statement.to_string();
        let id_length = u8::try_from(id.len()).expect("the id was checked to fit");
        let count =
            u32::try_from(self.public_inputs()).expect("the IC points were counted when they were checked");
        let mut out = Vec::with_capacity(HEADER_BYTES + id.len() + points_bytes(self.public_inputs()));
        out.extend_from_slice(MAGIC);
        let flag = match self.origin {
            Origin::Unsaid => 0,
            Origin::Insecure => 1,
            Origin::Ceremony(_) => 2,
        };
        out.extend_from_slice(&[VERSION, flag, id_length]);
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(&count.to_be_bytes());
        bytes::put_g1(&mut out, &self.points.alpha_g1);
        bytes::put_g2(&mut out, &self.points.beta_g2);
        bytes::put_g2(&mut out, &self.points.gamma_g2);
        bytes::put_g2(&mut out, &self.points.delta_g2);
        for point in &self.points.gamma_abc_g1 {
            bytes::put_g1(&mut out, point);
        }
        if let Origin::Ceremony(ceremony) = self.origin {
            out.extend_from_slice(&ceremony.transcript());
            out.extend_from_slice(&ceremony.contributions().to_be_bytes());
        }
        out
    }

    /// Header, length, digest, then the elements: nothing is computed on bytes of another length.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut cursor = Cursor { rest: bytes, total: bytes.len(), smallest: HEADER_BYTES };
        if bytes.first_chunk() != Some(MAGIC) {
            return Err(match bytes {
                bytes if bytes.starts_with(HALO2_VERIFYING_KEY) => KeyError::Halo2,
                bytes if arkworks::is_key(bytes) => KeyError::Arkworks,
                _ => KeyError::Magic,
            });
        }
        let [.., version, flag, id_length] = *cursor.take::<{ MAGIC.len() + 3 }>()?;
        if version != VERSION {
            return Err(KeyError::Version { wanted: VERSION, got: version });
        }
        let ceremony = match flag {
            0 | 1 => 0,
            2 => CEREMONY_BYTES,
            got => return Err(KeyError::Flag { got }),
        };
        cursor.smallest += usize::from(id_length);
        let id = cursor.slice(usize::from(id_length))?;
        let count = u32::from_be_bytes(*cursor.take::<4>()?);

        let expected = (HEADER_BYTES + id.len() + points_bytes(0) + ceremony + DIGEST_BYTES) as u64
            + u64::from(count) * G1_BYTES as u64;
        if expected != bytes.len() as u64 {
            return Err(KeyError::Length { wanted: expected, got: bytes.len() as u64 });
        }
        let (body, trailer) = bytes.split_at(bytes.len() - DIGEST_BYTES);
        if digest(body) != trailer {
            return Err(KeyError::Digest);
        }
        let statement = std::str::from_utf8(id)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| KeyError::StatementId { got: id.escape_ascii().to_string() })?;
        let points = elements(&mut cursor, count)?;
        let origin = match flag {
            0 => Origin::Unsaid,
            1 => Origin::Insecure,
            _ => Origin::Ceremony(read_ceremony(&mut cursor)?),
        };
        Self::checked(statement, points, origin)
    }
}

/// Bytes of alpha, beta, gamma, delta and IC.
fn points_bytes(public_inputs: usize) -> usize {
    G1_BYTES + 3 * G2_BYTES + (public_inputs + 1) * G1_BYTES
}

fn elements(cursor: &mut Cursor<'_>, count: u32) -> Result<KeyPoints, KeyError> {
    let at = |element| move |reason: PointError| KeyError::Point { element, reason };
    let alpha_g1 = bytes::g1(cursor.take()?).map_err(at(KeyElement::Alpha))?;
    let beta_g2 = bytes::g2(cursor.take()?).map_err(at(KeyElement::Beta))?;
    let gamma_g2 = bytes::g2(cursor.take()?).map_err(at(KeyElement::Gamma))?;
    let delta_g2 = bytes::g2(cursor.take()?).map_err(at(KeyElement::Delta))?;
    let gamma_abc_g1 = (0..=count as usize)
        .map(|index| bytes::g1(cursor.take()?).map_err(at(KeyElement::Ic(index))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(KeyPoints { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 })
}

fn read_ceremony(cursor: &mut Cursor<'_>) -> Result<Ceremony, KeyError> {
    let (transcript, contributions) = (*cursor.take()?, u32::from_be_bytes(*cursor.take()?));
    Ceremony::new(transcript, contributions).ok_or(KeyError::NoContribution)
}

/// What has not been read yet.
struct Cursor<'a> {
    rest: &'a [u8],
    total: usize,
    smallest: usize,
}

impl<'a> Cursor<'a> {
    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], KeyError> {
        let (chunk, rest) = self.rest.split_first_chunk().ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(chunk)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8], KeyError> {
        let (slice, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(slice)
    }

    /// The header does not fit, so the least that it could announce is named.
    fn short(&self) -> KeyError {
        let least = self.smallest + points_bytes(0) + DIGEST_BYTES;
        KeyError::Length { wanted: least as u64, got: self.total as u64 }
    }
}
