//! `.ptau`: powers of tau, phase 1, as circom's tools write them.
//!
//! | section | what it holds |
//! |---|---|
//! | 1 | length of a coordinate, modulus of the base field, power P, power of the ceremony that the file was cut from |
//! | 2 | tau^i in G1, 2^(P+1) - 1 of them |
//! | 3, 4, 5 | tau^i in G2, alpha tau^i in G1, beta tau^i in G1, 2^P each |
//! | 6 | beta in G2 |
//! | 7 | the contributions |
//! | 12 to 15 | if it is prepared: of 2 to 5 the Lagrange polynomials at tau, of every size from 1 to 2^P, in 12 to 2^(P+1) |
//!
//! A file is read in parts: opening it reads the header and the contributions, [`Ptau::powers`] what a circuit needs.

mod contribution;
mod kzg;
mod powers;
mod published;
mod toy;

use std::io::{self, Read, Seek, SeekFrom, Write};

use ark_bn254::{Fq, G1Affine, G2Affine};

use crate::digest::FileDigest;
use crate::error::CeremonyError;
use crate::point::Point;
use crate::r1cs::modulus;
use crate::sections::{Format, Sections};

pub use contribution::PtauContribution;
pub use kzg::KzgPowers;
pub use powers::Powers;
pub(crate) use powers::{affine, projective};
pub use published::{PUBLISHED, Published};
pub use toy::toy_ptau;

const HEADER: u32 = 1;
const TAU_G1: u32 = 2;
const TAU_G2: u32 = 3;
const ALPHA_G1: u32 = 4;
const BETA_G1: u32 = 5;
const BETA_G2: u32 = 6;
const CONTRIBUTIONS: u32 = 7;
/// What is added to the number of a section for that of its Lagrange polynomials.
const PREPARED: u32 = 10;
/// The field has roots of unity of the order 2^28, and H takes those of twice the size of a circuit.
pub(crate) const MOST_POWER: u32 = 28;

/// Powers of tau, of which the header and the contributions were read.
pub struct Ptau<R> {
    sections: Sections<R>,
    power: u32,
    is_prepared: bool,
    is_trusted: bool,
    contributions: Vec<PtauContribution>,
}

impl<R: Read + Seek> Ptau<R> {
    /// Reads the header and the contributions, and holds the lengths of all sections against the power.
    ///
    /// # Errors
    /// [`CeremonyError::File`] and [`CeremonyError::Section`] for what is not of the format; [`CeremonyError::System`] if the reader fails.
    pub fn open(reader: R) -> Result<Self, CeremonyError> {
        let mut sections = Sections::open(reader, Format::Ptau)?;
        let power = header(&mut sections)?;
        let count = 1u64 << power;
        let (g1, g2) = (G1Affine::BYTES as u64, G2Affine::BYTES as u64);
        sections.expect_size(TAU_G1, (2 * count - 1) * g1)?;
        sections.expect_size(TAU_G2, count * g2)?;
        sections.expect_size(ALPHA_G1, count * g1)?;
        sections.expect_size(BETA_G1, count * g1)?;
        sections.expect_size(BETA_G2, g2)?;
        let is_prepared = sections.has(TAU_G1 + PREPARED);
        let raw = [HEADER, TAU_G1, TAU_G2, ALPHA_G1, BETA_G1, BETA_G2, CONTRIBUTIONS];
        if is_prepared {
            sections.expect_size(TAU_G1 + PREPARED, (4 * count - 1) * g1)?;
            sections.expect_size(TAU_G2 + PREPARED, (2 * count - 1) * g2)?;
            sections.expect_size(ALPHA_G1 + PREPARED, (2 * count - 1) * g1)?;
            sections.expect_size(BETA_G1 + PREPARED, (2 * count - 1) * g1)?;
            let prepared = [TAU_G1, TAU_G2, ALPHA_G1, BETA_G1].map(|section| section + PREPARED);
            sections.expect_only(&[&raw[..], &prepared].concat())?;
        } else {
            sections.expect_only(&raw)?;
        }
        let contributions = contribution::read(&mut sections)?;
        Ok(Ptau { sections, power, is_prepared, is_trusted: false, contributions })
    }

    /// The file serves circuits of up to 2 to this power of constraints.
    pub fn power(&self) -> u32 {
        self.power
    }

    /// Whether the Lagrange polynomials are there.
    pub fn is_prepared(&self) -> bool {
        self.is_prepared
    }

    /// Who contributed, as the file says.
    pub fn contributions(&self) -> &[PtauContribution] {
        &self.contributions
    }

    /// Whether the file was held against a digest: what is made of others is INSECURE.
    pub fn is_trusted(&self) -> bool {
        self.is_trusted
    }

    /// Holds the whole file against a digest ([`ptau_digest`]) that the caller trusts, as one that a ceremony published. That the points are
    /// powers of one number says nothing of who knows it, and who contributed is what the file says: a key of powers that were not held
    /// against a digest stays INSECURE.
    ///
    /// # Errors
    /// [`CeremonyError::Digest`] if the file is another; [`CeremonyError::NoPowersContribution`] if it lists no contribution;
    /// [`CeremonyError::System`] if the reader fails.
    pub fn trusted(self, digest: &[u8; 64]) -> Result<Self, CeremonyError> {
        self.held_against(|got| got == digest, || digits(digest))
    }

    /// As [`Ptau::trusted`], against those of the Perpetual Powers of Tau ([`PUBLISHED`]).
    ///
    /// # Errors
    /// As [`Ptau::trusted`].
    pub fn published(self) -> Result<Self, CeremonyError> {
        self.held_against(|got| Published::of(got).is_some(), || "one of the published".to_owned())
    }

    fn held_against(
        mut self,
        is_it: impl FnOnce(&[u8; 64]) -> bool,
        wanted: impl FnOnce() -> String,
    ) -> Result<Self, CeremonyError> {
        if self.contributions.is_empty() {
            return Err(CeremonyError::NoPowersContribution);
        }
        let got = ptau_digest(self.sections.reader())?;
        if !is_it(&got) {
            return Err(CeremonyError::Digest { wanted: wanted(), got: digits(&got) });
        }
        self.is_trusted = true;
        Ok(self)
    }
}

/// As lists of digests have them, without `0x`.
fn digits(digest: &[u8; 64]) -> String {
    zksensor_model::hex::encode(digest).split_off(2)
}

/// The power.
fn header<R: Read + Seek>(sections: &mut Sections<R>) -> Result<u32, CeremonyError> {
    let prime = modulus::<Fq>();
    sections.expect_size(HEADER, prime.len() as u64 + 8)?;
    let bytes = sections.bytes(HEADER, 0, prime.len() as u64 + 8)?;
    let (field, powers) = bytes.split_at(prime.len());
    if field != prime {
        return Err(sections.fault(HEADER, 0, "expected 32 and the modulus of BN254's base field"));
    }
    let word = |at: usize| u32::from_le_bytes(powers[at..at + 4].try_into().expect("four bytes"));
    let (power, of_ceremony) = (word(0), word(4));
    let at = prime.len() as u64;
    if !(1..=MOST_POWER).contains(&power) {
        return Err(sections.fault(HEADER, at, "expected a power of 1 to 28"));
    }
    if of_ceremony < power || of_ceremony > MOST_POWER {
        return Err(sections.fault(
            HEADER,
            at + 4,
            "expected the ceremony's power, at least that of the file and at most 28",
        ));
    }
    Ok(power)
}

/// The digest of a whole file that lists of powers of tau publish: BLAKE2b-512. It reads all of it.
///
/// # Errors
/// The reader's.
pub fn ptau_digest(mut reader: impl Read + Seek) -> io::Result<[u8; 64]> {
    reader.seek(SeekFrom::Start(0))?;
    let (mut digest, mut buffer) = (FileDigest::default(), vec![0; 1 << 20]);
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(digest.finish()),
            read => digest.write_all(&buffer[..read])?,
        }
    }
}
