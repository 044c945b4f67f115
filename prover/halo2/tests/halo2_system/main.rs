//! Setup, proof and verification under halo2, and what is refused.
#![allow(clippy::unwrap_used, reason = "tests")]

mod keys;
mod powers;
mod proofs;
mod reading;
mod root;
mod srs;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}
