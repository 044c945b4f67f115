//! Parameters from one machine's randomness: for development.

use std::io::{self, Write};

use halo2_proofs::poly::kzg::commitment::ParamsKZG;
use sha3::{Digest, Keccak256};
use zksensor_prover::rand::{CryptoRng, RngCore};

use super::{Srs, encoding};
use crate::error::SrsError;

impl Srs {
    /// Makes parameters for 2^k rows.
    ///
    /// # Security
    /// Whoever sees this process's memory, or guesses `rng`, opens commitments as they like, and so proves anything under any key of
    /// these parameters: halo2 does not wipe the secret. They say so in their bytes, and keys of them in their ids. Production parameters
    /// come from a ceremony.
    ///
    /// # Errors
    /// [`SrsError::Rows`] for a k out of [`Srs::LEAST_K`] and [`Srs::MOST_K`].
    pub fn insecure_setup<R: RngCore + CryptoRng + ?Sized>(k: u8, rng: &mut R) -> Result<Self, SrsError> {
        encoding::check_rows(k)?;
        let mut srs = Srs { params: ParamsKZG::setup(k.into(), rng), insecure: true, digest: [0; 32] };
        let mut hashing = Hashing(Keccak256::new());
        encoding::body(&srs, &mut hashing).expect("hashing cannot fail");
        srs.digest = hashing.0.finalize().into();
        Ok(srs)
    }
}

/// Hashes what is written.
struct Hashing(Keccak256);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
