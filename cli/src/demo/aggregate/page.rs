//! What the prover of the demo sees, as a page.

use zksensor::page::{Mark, Outcome, Page, Private};
use zksensor_circuits::statement::EnrolledReading;
use zksensor_testkit::Fleet;

use super::report::Report;
use super::scene::Scene;
use crate::backend::CircuitBackend;

/// The page of a scene.
pub(super) fn page<B: CircuitBackend>(scene: &Scene, report: &Report<B>) -> Page {
    let proven = &report.proven;
    let mark = |reading: &EnrolledReading, outcome| {
        let location = reading.signed.reading().location;
        Mark { location, outcome }
    };
    let counted = scene.witness.readings.iter().map(|reading| mark(reading, Outcome::Counted));
    let left_out = scene.left_out.iter().filter_map(|left| {
        let rule = left.violation.rule()?;
        Some(mark(&left.reading, Outcome::LeftOut(rule)))
    });
    Page {
        title: format!("{} sensors, one proof", report.readings),
        summary: format!(
            "The sum of {} readings, each signed by an enrolled sensor, taken inside the fence and within the hour, is \
             proven in {} bytes. Whoever verifies it learns no place, no time and no single value.",
            report.readings, proven.proof_bytes
        ),
        private: Private {
            fence: scene.fleet.fence.clone(),
            policy: scene.fleet.policy,
            epoch: Fleet::EPOCH,
            marks: counted.chain(left_out).collect(),
            noised: None,
            made_up: true,
        },
        public: None,
        phases: proven.times.phases.clone(),
        attacks: proven.refused_attacks(),
    }
}
