//! What hides the witness in a proof.

use std::fmt;

use ark_ff::UniformRand;
use rand::{CryptoRng, RngCore};
use zeroize::Zeroize;
use zksensor_model::field::Fr;

/// The two random elements of one proof (eprint 2016/260, section 3.2). It is spent by the proof, cannot be copied, and is
/// wiped when it goes.
///
/// # Security
/// Two proofs under the same blinding show the difference of what they hide, and a blinding that somebody else knows hides
/// nothing: draw each from a generator that never repeats.
pub struct Blinding {
    pub(crate) r: Fr,
    pub(crate) s: Fr,
}

impl Blinding {
    /// Draws the blinding of one proof; `rng` is free again after that.
    pub fn draw<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Blinding { r: Fr::rand(rng), s: Fr::rand(rng) }
    }
}

impl Drop for Blinding {
    fn drop(&mut self) {
        self.r.zeroize();
        self.s.zeroize();
    }
}

impl fmt::Debug for Blinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blinding").finish_non_exhaustive()
    }
}
