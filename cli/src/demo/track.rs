//! A ride: how far and for how long is public, where is not.

mod attacks;
mod report;
mod scene;

use std::time::Instant;

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor_circuits::statement::track::Track;

use self::report::Report;
use self::scene::Scene;
use super::DemoError;
use super::proven::{Honest, Proven};
use crate::backend::CircuitBackend;
use crate::output::Output;

/// Proves what a made-up ride shows, and has attacks on it refused.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(super) fn demonstrate<B: CircuitBackend>(output: &Output) -> Result<Report<B>, DemoError> {
    let start = Instant::now();
    // 64 bits are enough for a device that does not exist; the key of a proof draws its own randomness.
    let scene = Scene::new(OsRng.next_u64())?;
    let made = start.elapsed();
    let proven = Proven::<Track, B>::new(
        Honest {
            statement: &scene.statement,
            inputs: scene.inputs,
            witness: &scene.witness,
            attacks: attacks::all(&scene),
            lie: attacks::longer_way(&scene),
            policy: scene.fleet.policy,
            fence: scene.fleet.fence.clone(),
            made,
        },
        output,
    )?;
    Ok(Report {
        capacity: scene.statement.samples(),
        samples: scene.readings.len(),
        policy: scene.fleet.policy,
        quantum: Scene::QUANTUM,
        true_distance_m: scene.true_distance_m(),
        left_out: scene.left_out(),
        proven,
    })
}
