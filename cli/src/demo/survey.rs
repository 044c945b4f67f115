//! A survey: the mean of many samples of many sensors is public, none of them is.

mod attacks;
mod report;
mod scene;

use std::time::Instant;

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor_circuits::statement::survey::Survey;

use self::report::Report;
use self::scene::Scene;
use super::DemoError;
use super::proven::{Honest, Proven};
use crate::backend::CircuitBackend;
use crate::output::Output;

/// Proves a statistic of the made-up sensors, and has attacks on it refused.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(super) fn demonstrate<B: CircuitBackend>(output: &Output) -> Result<Report<B>, DemoError> {
    let start = Instant::now();
    // 64 bits are enough for devices that do not exist; the key of a proof draws its own randomness.
    let scene = Scene::new(OsRng.next_u64())?;
    let made = start.elapsed();
    let proven = Proven::<Survey, B>::new(
        Honest {
            statement: &scene.statement,
            inputs: scene.inputs,
            witness: &scene.witness,
            attacks: attacks::all(&scene),
            lie: attacks::inflated_sum(&scene),
            policy: scene.fleet.policy,
            fence: scene.fleet.fence.clone(),
            made,
        },
        output,
    )?;
    Ok(Report {
        shape: scene.statement,
        sensors: scene.readings.len(),
        samples: scene.readings.iter().map(Vec::len).max().unwrap_or_default(),
        policy: scene.fleet.policy,
        left_out: scene.left_out(),
        refused_frames: scene.refused,
        proven,
    })
}
