//! The header of a key.

use std::io::{Read, Seek};

use ark_bn254::{Fq, G1Affine, G2Affine};
use zksensor_model::field::Fr;

use super::{HEADER, PROTOCOL};
use crate::error::CeremonyError;
use crate::point::Point;
use crate::ptau::MOST_POWER;
use crate::r1cs::modulus;
use crate::sections::Sections;

/// The number of the proof system.
pub(crate) const GROTH16: u32 = 1;

/// Sizes, and the points that a verifier needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) columns: u32,
    pub(crate) publics: u32,
    pub(crate) domain: u32,
    pub(crate) alpha_g1: G1Affine,
    pub(crate) beta_g1: G1Affine,
    pub(crate) beta_g2: G2Affine,
    pub(crate) gamma_g2: G2Affine,
    pub(crate) delta_g1: G1Affine,
    pub(crate) delta_g2: G2Affine,
}

/// Both moduli with their lengths, and three sizes.
const SIZES: usize = 2 * 36;
const POINTS: usize = SIZES + 12;
const BYTES: usize = POINTS + 3 * G1Affine::BYTES + 3 * G2Affine::BYTES;

impl Header {
    pub(crate) fn read<R: Read + Seek>(sections: &mut Sections<R>) -> Result<Self, CeremonyError> {
        sections.expect_size(PROTOCOL, 4)?;
        if sections.bytes(PROTOCOL, 0, 4)? != GROTH16.to_le_bytes() {
            return Err(sections.fault(
                PROTOCOL,
                0,
                "expected a key of Groth16, got one of another proof system",
            ));
        }
        sections.expect_size(HEADER, BYTES as u64)?;
        let bytes = sections.bytes(HEADER, 0, BYTES as u64)?;
        Header::decode(&bytes).map_err(|(at, reason)| sections.fault(HEADER, at as u64, reason))
    }

    fn decode(bytes: &[u8]) -> Result<Self, (usize, &'static str)> {
        if bytes[..SIZES] != [modulus::<Fq>(), modulus::<Fr>()].concat() {
            return Err((0, "expected the moduli of BN254"));
        }
        let word = |at: usize| u32::from_le_bytes(bytes[SIZES + at..][..4].try_into().expect("four bytes"));
        let (columns, publics, domain) = (word(0), word(4), word(8));
        if publics >= columns {
            return Err((SIZES, "expected more columns than public inputs"));
        }
        if !domain.is_power_of_two() || !(2..1 << MOST_POWER).contains(&domain) {
            return Err((SIZES + 8, "expected a domain of 2^1 to 2^27 points"));
        }
        let mut at = POINTS;
        Ok(Header {
            columns,
            publics,
            domain,
            alpha_g1: next(bytes, &mut at)?,
            beta_g1: next(bytes, &mut at)?,
            beta_g2: next(bytes, &mut at)?,
            gamma_g2: next(bytes, &mut at)?,
            delta_g1: next(bytes, &mut at)?,
            delta_g2: next(bytes, &mut at)?,
        })
    }

    /// As [`Header::read`] reads.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = [modulus::<Fq>(), modulus::<Fr>()].concat();
        for size in [self.columns, self.publics, self.domain] {
            bytes.extend_from_slice(&size.to_le_bytes());
        }
        self.alpha_g1.to_file(&mut bytes);
        self.beta_g1.to_file(&mut bytes);
        self.beta_g2.to_file(&mut bytes);
        self.gamma_g2.to_file(&mut bytes);
        self.delta_g1.to_file(&mut bytes);
        self.delta_g2.to_file(&mut bytes);
        bytes
    }
}

/// The next point, which is not the identity.
fn next<P: Point>(bytes: &[u8], at: &mut usize) -> Result<P, (usize, &'static str)> {
    let point = P::from_file(&bytes[*at..*at + P::BYTES]).map_err(|reason| (*at, reason))?;
    if point.is_zero() {
        return Err((*at, "expected a point that is not the identity"));
    }
    *at += P::BYTES;
    Ok(point)
}
