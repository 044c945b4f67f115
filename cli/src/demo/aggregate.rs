//! The sum of sixteen sensors.

mod attacks;
mod page;
mod report;
mod scene;

use std::time::Instant;

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor::page::Page;
use zksensor_circuits::statement::aggregate::Aggregate;

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
    /// What the prover sees of it as a page.
    pub(super) fn page(&self) -> Page {
        page::page(&self.scene, &self.report)
    }
}

/// Proves the sum of the made-up fleet, and has attacks on it refused.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(super) fn demonstrate<B: CircuitBackend>(output: &Output) -> Result<Shown<B>, DemoError> {
    let start = Instant::now();
    // 64 bits are enough for devices that do not exist; the key of a proof draws its own randomness.
    let scene = Scene::new(OsRng.next_u64());
    let made = start.elapsed();
    let proven = Proven::<Aggregate, B>::new(
        Honest {
            statement: &scene.statement,
            inputs: scene.inputs(),
            witness: &scene.witness,
            attacks: attacks::all(&scene),
            lie: attacks::inflated_sum(&scene),
            policy: scene.fleet.policy,
            fence: scene.fleet.fence.clone(),
            made,
        },
        output,
    )?;
    let report = Report {
        capacity: scene.statement.capacity(),
        readings: scene.witness.readings.len(),
        policy: scene.fleet.policy,
        triangles: scene.fleet.fence.triangles().len(),
        devices: scene.fleet.keys.len(),
        left_out: scene.left_out.iter().map(|left| (left.what, left.violation.clone())).collect(),
        proven,
    };
    Ok(Shown { scene, report })
}
