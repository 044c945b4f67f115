//! A private sum: what many sensors measured together, with noise that nobody chose.

mod attacks;
mod report;
mod scene;

use std::time::Instant;

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor_circuits::statement::private_sum::PrivateSum;

use self::report::Report;
use self::scene::Scene;
use super::DemoError;
use super::proven::{Honest, Proven};
use crate::backend::CircuitBackend;
use crate::output::Output;

/// Seals the exact sum of the made-up sensors, draws a beacon, proves the sum with its noise, and has attacks on it refused.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(super) fn demonstrate<B: CircuitBackend>(output: &Output) -> Result<Report<B>, DemoError> {
    let start = Instant::now();
    // 64 bits are enough for devices that do not exist; the key of a proof draws its own randomness.
    let scene = Scene::new(OsRng.next_u64())?;
    let made = start.elapsed();
    let proven = Proven::<PrivateSum, B>::new(
        Honest {
            statement: &scene.statement,
            inputs: scene.inputs,
            witness: &scene.witness,
            attacks: attacks::all(&scene)?,
            lie: attacks::exact_sum(&scene),
            policy: scene.fleet.policy,
            fence: scene.fleet.fence.clone(),
            made,
        },
        output,
    )?;
    Ok(Report { shape: scene.statement, exact: scene.witness.seal.sum(), policy: scene.fleet.policy, proven })
}
