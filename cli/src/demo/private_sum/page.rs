//! What the prover of the demo sees, as a page: the exact sum, and where the noise moved it.

use zksensor::page::{Mark, Noised, Outcome, Page, Private};
use zksensor_model::amount::Amount;
use zksensor_testkit::Fleet;

use super::report::Report;
use super::scene::Scene;
use crate::backend::CircuitBackend;

/// The page of a scene.
pub(super) fn page<B: CircuitBackend>(scene: &Scene, report: &Report<B>) -> Page {
    let proven = &report.proven;
    let policy = scene.fleet.policy;
    let amount =
        |value: i64| policy.channel().map_or(Amount::new(value, 0, ""), |channel| channel.amount(value));
    let scale = policy.noise_rules().map_or(1, |rules| 1 << rules.scale_bits());
    let readings = &scene.witness.readings.readings;
    let marks = readings
        .iter()
        .map(|reading| Mark { location: reading.signed.reading().location, outcome: Outcome::Counted });
    Page {
        title: format!("{} sensors, one sum with noise", readings.len()),
        summary: format!(
            "The sum of {} readings is published with noise that nobody chose: the aggregator sealed it before the beacon was known, and the \
             proof of {} bytes shows that what is published is the sealed sum and the noise that both make.",
            readings.len(),
            proven.proof_bytes
        ),
        private: Private {
            fence: scene.fleet.fence.clone(),
            policy,
            epoch: Fleet::EPOCH,
            marks: marks.collect(),
            noised: Some(Noised {
                exact: amount(scene.witness.seal.sum()),
                published: amount(scene.inputs.sum),
                scale: amount(scale),
            }),
            made_up: true,
        },
        public: None,
        phases: proven.times.phases.clone(),
        attacks: proven.refused_attacks(),
    }
}
