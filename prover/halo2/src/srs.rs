//! The parameters of KZG: powers of a secret s that nobody may know, for so many rows and any circuit.

mod encoding;
#[cfg(feature = "insecure-setup")]
mod insecure;
mod powers;
mod structure;

use std::fmt;
use std::io::{self, Read, Write};

use halo2_proofs::halo2curves::bn256::Bn256;
use halo2_proofs::poly::commitment::Params as _;
use halo2_proofs::poly::kzg::commitment::ParamsKZG;

use crate::error::SrsError;
#[cfg(feature = "insecure-setup")]
use powers::to_g1;

/// Parameters for 2^k rows: s^i G1, the Lagrange polynomials of the domain at s in G1, s G2.
#[derive(Clone)]
pub struct Srs {
    params: ParamsKZG<Bn256>,
    insecure: bool,
    digest: [u8; 32],
}

impl Srs {
    /// The least k of parameters: tables of fewer rows do not hold those that blind.
    pub const LEAST_K: u8 = 5;
    /// The largest: 2^25 rows take 4 GiB.
    pub const MOST_K: u8 = 25;

    /// Binary logarithm of the number of rows.
    pub fn k(&self) -> u32 {
        self.params.k()
    }

    /// Whether one machine made them: whoever ran that can forge. For development only.
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// keccak256 of the canonical bytes without their last 32, which are this digest.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// For halo2.
    pub(crate) fn params(&self) -> &ParamsKZG<Bn256> {
        &self.params
    }

    /// How many bytes [`Srs::write`] writes.
    pub fn length(&self) -> u64 {
        encoding::length(self.k())
    }

    /// Writes the canonical bytes:
    ///
    /// ```text
    /// zksensor-halo2-srs                 18
    /// version of the encoding            1, which is 1
    /// whether it is insecure             1, 0 or 1
    /// k                                  1
    /// s^i G1, i below 2^k                64 each, as the EVM writes points
    /// L_i(s) G1, i below 2^k             64 each
    /// s G2                               128
    /// keccak256 of all before            32
    /// ```
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        encoding::write(self, writer)
    }

    /// Reads what [`Srs::write`] writes, and nothing else, from a reader that has exactly `length` bytes; little more is in memory than
    /// the points. Every point is checked, that the powers are those of one secret, and that the Lagrange polynomials are of them.
    ///
    /// # Security
    /// No check tells who knows the secret. That parameters are not insecure is what whoever wrote the bytes says: compare
    /// [`Srs::digest`] with one that you trust.
    ///
    /// # Errors
    /// [`SrsError`] says what is wrong.
    pub fn read(reader: impl Read, length: u64) -> Result<Self, SrsError> {
        encoding::read(reader, length)
    }
}

/// What they are, and none of their points.
impl fmt::Debug for Srs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Srs")
            .field("k", &self.k())
            .field("insecure", &self.insecure)
            .field("digest", &zksensor_model::hex::encode(&self.digest))
            .finish_non_exhaustive()
    }
}
