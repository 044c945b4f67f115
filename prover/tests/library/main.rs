//! The prover as whoever links it meets it.
#![allow(clippy::unwrap_used, reason = "tests")]

mod batch;
mod binding;
mod disagreement;
mod folded;
mod hostile_keys;
mod jobs;
mod keys;
mod proofs;
mod queue;
mod square;
mod system;

use ark_bn254::{Fq2, G2Affine};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A point of the twist that is not of order r.
#[expect(clippy::disallowed_methods, reason = "a hostile vector")]
fn outside_the_subgroup() -> G2Affine {
    let at = |x: u64| G2Affine::get_point_from_x_unchecked(Fq2::from(x), true);
    (1..).filter_map(at).find(|point| !point.is_in_correct_subgroup_assuming_on_curve()).unwrap()
}
