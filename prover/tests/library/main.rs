//! The prover as whoever links it meets it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod batch;
mod disagreement;
mod jobs;
mod keys;
mod queue;
mod square;
mod system;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}
