//! A private sum: what many sensors measured together, with noise that nobody chose.

mod attacks;
mod page;
mod report;
mod scene;

use std::time::Instant;

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor::page::Page;
use zksensor_circuits::statement::private_sum::PrivateSum;

use self::report::Report;
use self::scene::Scene;
use super::DemoError;
use super::proven::{Honest, Proven};
use crate::backend::CircuitBackend;
use crate::output::Output;

/// What was proven, and of which fleet.
pub(super) struct Shown<B: CircuitBackend> {
    scene: Scene,
    pub(super) report: Report<B>,
}

impl<B: CircuitBackend> Shown<B> {
    /// What the prover sees, as a page.
    pub(super) fn page(&self) -> Page {
        page::page(&self.scene, &self.report)
    }
}

/// Seals the exact sum of the made-up sensors, draws a beacon, proves the sum with its noise, and has attacks on it refused.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(super) fn demonstrate<B: CircuitBackend>(output: &Output) -> Result<Shown<B>, DemoError> {
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
    let report = Report {
        shape: scene.statement,
        exact: scene.witness.seal.sum(),
        policy: scene.fleet.policy,
        proven,
    };
    Ok(Shown { scene, report })
}
