//! The bytes of a verifying key.

use sha3::{Digest, Keccak256};
use zksensor_verifier::PointError;
use zksensor_verifier::names::{GROTH16_VERIFYING_KEY, HALO2_VERIFYING_KEY as MAGIC};

use super::{KeyPoints, VerifyingKey, commitments};
use crate::bytes::{G1_BYTES, G2_BYTES, put_g1, put_g2, read_g1, read_g2};
use crate::error::KeyError;
use crate::table::{check_rows, system};

const VERSION: u8 = 2;
const ROWS: usize = 1;
const COUNT_BYTES: usize = 4;
const DIGEST_BYTES: usize = 32;
/// Version, flag, length of the id.
const MARKS: usize = 3;
/// Before the id, and between it and the commitments.
const FIXED_BYTES: usize = MAGIC.len() + MARKS + ROWS + COUNT_BYTES + G2_BYTES;

pub(super) fn digest(body: &[u8]) -> [u8; DIGEST_BYTES] {
    Keccak256::digest(body).into()
}

impl VerifyingKey {
    /// The canonical bytes without the digest.
    pub(super) fn body(&self) -> Vec<u8> {
        let id = self.statement.to_string();
        let length = u8::try_from(id.len()).expect("the id was checked to fit");
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&[VERSION, u8::from(self.insecure), length]);
        out.extend_from_slice(id.as_bytes());
        out.push(self.k);
        out.extend_from_slice(&self.public_inputs.to_be_bytes());
        put_g2(&mut out, &self.points.s_g2);
        for point in self.points.fixed.iter().chain(&self.points.copies) {
            put_g1(&mut out, point);
        }
        out
    }

    /// Header, length, digest, then the points: nothing is computed on bytes of another length.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, KeyError> {
        let got = bytes.len();
        let cut = |wanted: usize| move || KeyError::Length { wanted, got };
        let least = FIXED_BYTES + DIGEST_BYTES;
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(if bytes.starts_with(GROTH16_VERIFYING_KEY) {
                KeyError::Groth16
            } else {
                KeyError::Magic
            });
        };
        let (&[version, flag, length], rest) = rest.split_first_chunk().ok_or_else(cut(least))?;
        if version != VERSION {
            return Err(KeyError::Version { wanted: VERSION, got: version });
        }
        let insecure = match flag {
            0 => false,
            1 => true,
            got => return Err(KeyError::Flag { got }),
        };
        let least = least + usize::from(length);
        let (id, rest) = rest.split_at_checked(length.into()).ok_or_else(cut(least))?;
        let (&[k], rest) = rest.split_first_chunk::<ROWS>().ok_or_else(cut(least))?;
        check_rows(k)?;
        let (public_inputs, points) = rest.split_first_chunk::<COUNT_BYTES>().ok_or_else(cut(least))?;
        let (fixed, copies) = commitments(&system());
        let wanted = least + (fixed + copies) * G1_BYTES;
        if wanted != got {
            return Err(cut(wanted)());
        }
        let (body, trailer) = bytes.split_at(got - DIGEST_BYTES);
        if digest(body) != trailer {
            return Err(KeyError::Digest);
        }
        let statement = std::str::from_utf8(id).ok().and_then(|text| text.parse().ok());
        let statement =
            statement.ok_or_else(|| KeyError::StatementId { got: id.escape_ascii().to_string() })?;
        let points = elements(points, fixed, copies)?;
        VerifyingKey::new(&statement, insecure, k, u32::from_be_bytes(*public_inputs) as usize, points)
    }
}

/// The points, of which there are enough.
fn elements(bytes: &[u8], fixed: usize, copies: usize) -> Result<KeyPoints, KeyError> {
    let at = |index| move |reason: PointError| KeyError::Point { index, reason };
    let (s_g2, rest) = bytes.split_first_chunk::<G2_BYTES>().expect("the length was checked");
    let (points, _) = rest.as_chunks::<G1_BYTES>();
    let s_g2 = read_g2(s_g2).map_err(at(0))?;
    let read = |(index, bytes): (usize, &[u8; G1_BYTES])| read_g1(bytes).map_err(at(index + 1));
    let mut points =
        points.iter().take(fixed + copies).enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let copies = points.split_off(fixed);
    Ok(KeyPoints { s_g2, fixed: points, copies })
}
