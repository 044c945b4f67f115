//! `.zkey`: a proving key of Groth16 as circom's tools write it, with the contributions that made it.
//!
//! | section | what it holds |
//! |---|---|
//! | 1 | 1, for Groth16 |
//! | 2 | both moduli with their lengths; columns, public inputs, size of the domain; alpha and beta in G1, beta, gamma in G2, delta in both |
//! | 3 | IC: of the constant one and each public input (beta u + alpha v + w) / gamma |
//! | 4 | the entries of A and B: matrix, row, column, value times 2^512; behind the constraints a row of A for each public input |
//! | 5, 6, 7 | A in G1, B in G1, B in G2, of each column |
//! | 8 | L: of each column of the witness (beta u + alpha v + w) / delta |
//! | 9 | H: the Lagrange polynomials of twice the domain at tau, at the points that are not of the domain, by delta |
//! | 10 | digest of the circuit, and the contributions |

mod contribution;
mod header;

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};

use crate::error::CeremonyError;
use crate::point::Point;
use crate::sections::{Format, Sections};

pub(crate) use contribution::{Chain, PublicKey};
pub use contribution::{Contribution, Kind};
pub(crate) use header::{GROTH16, Header};

pub(crate) const PROTOCOL: u32 = 1;
pub(crate) const HEADER: u32 = 2;
pub(crate) const IC: u32 = 3;
pub(crate) const COEFFICIENTS: u32 = 4;
pub(crate) const A: u32 = 5;
pub(crate) const B_G1: u32 = 6;
pub(crate) const B_G2: u32 = 7;
pub(crate) const L: u32 = 8;
pub(crate) const H: u32 = 9;
pub(crate) const CONTRIBUTIONS: u32 = 10;

/// A proving key in circom's form, of which header and contributions were read. Points are read, and checked, when they are asked for.
pub struct Zkey<R> {
    pub(crate) sections: Sections<R>,
    pub(crate) header: Header,
    pub(crate) chain: Chain,
}

impl<R: Read + Seek> Zkey<R> {
    /// Reads header and contributions, and holds the lengths of all sections against the header. Nothing is said of whether the contributions
    /// follow from each other.
    ///
    /// # Errors
    /// [`CeremonyError::File`] and [`CeremonyError::Section`] for what is not of the format; [`CeremonyError::System`] if the reader fails.
    pub fn open(reader: R) -> Result<Self, CeremonyError> {
        let mut sections = Sections::open(reader, Format::Zkey)?;
        sections.expect_only(&[PROTOCOL, HEADER, IC, COEFFICIENTS, A, B_G1, B_G2, L, H, CONTRIBUTIONS])?;
        let header = Header::read(&mut sections)?;
        let columns = u64::from(header.columns);
        let inputs = u64::from(header.publics) + 1;
        let (g1, g2) = (G1Affine::BYTES as u64, G2Affine::BYTES as u64);
        let sizes = [
            (IC, inputs * g1),
            (A, columns * g1),
            (B_G1, columns * g1),
            (B_G2, columns * g2),
            (L, (columns - inputs) * g1),
            (H, u64::from(header.domain) * g1),
        ];
        for (section, wanted) in sizes {
            sections.expect_size(section, wanted)?;
        }
        let count = sections.bytes(COEFFICIENTS, 0, 4)?;
        let count = u32::from_le_bytes(count.try_into().expect("four bytes"));
        sections.expect_size(COEFFICIENTS, 4 + u64::from(count) * ENTRY)?;
        let chain = Chain::read(&mut sections)?;
        Ok(Zkey { sections, header, chain })
    }

    /// The digest of the circuit and the powers of tau, which everybody's tools print as the circuit hash.
    pub fn circuit_digest(&self) -> [u8; 64] {
        self.chain.circuit
    }

    /// Columns of the circuit: the constant one, public inputs and witness.
    pub fn columns(&self) -> u32 {
        self.header.columns
    }

    /// Packed public inputs.
    pub fn public_inputs(&self) -> u32 {
        self.header.publics
    }

    /// Rows that the key has room for, a power of two.
    pub fn domain(&self) -> u32 {
        self.header.domain
    }

    /// The contributions, as the file lists them.
    pub fn contributions(&self) -> &[Contribution] {
        &self.chain.contributions
    }

    /// Reads every point of every section: each is on its curve and of order r.
    ///
    /// # Errors
    /// [`CeremonyError::Section`] for the first that is not.
    pub fn check_points(&mut self) -> Result<(), CeremonyError> {
        for section in [IC, A, B_G1, L, H] {
            self.each_part(section, |_: Vec<G1Affine>| Ok(()))?;
        }
        self.each_part(B_G2, |_: Vec<G2Affine>| Ok(()))
    }

    /// Goes through the points of a section, a few thousand at a time.
    pub(crate) fn each_part<P: Point>(
        &mut self,
        section: u32,
        mut part: impl FnMut(Vec<P>) -> Result<(), CeremonyError>,
    ) -> Result<(), CeremonyError> {
        let count = self.sections.size(section)? / P::BYTES as u64;
        for from in (0..count).step_by(crate::sections::AT_A_TIME as usize) {
            let points = self.sections.points(section, from, crate::sections::AT_A_TIME.min(count - from))?;
            part(points)?;
        }
        Ok(())
    }

    /// All points of a section.
    pub(crate) fn all<P: Point>(&mut self, section: u32) -> Result<Vec<P>, CeremonyError> {
        let count = self.sections.size(section)? / P::BYTES as u64;
        self.sections.points(section, 0, count)
    }
}

/// Bytes of an entry of a matrix.
pub(crate) const ENTRY: u64 = 44;
