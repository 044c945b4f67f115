//! The demo's ride: one device on a street in the L with a square hole, five samples of which show nothing.

use zksensor::circuits::assemble::{Assemble, OwnDevice, ReadingTarget, TrackAssembly};
use zksensor_circuits::statement::Claim;
use zksensor_circuits::statement::track::{EnrolledFrame, Track, TrackInputs, TrackWitness};
use zksensor_model::policy::{Policy, PolicyParts};
use zksensor_model::reading::Reading;
use zksensor_model::track::{Choice, Quantum, Scales, TrackParts, TrackRules};
use zksensor_testkit::{Fleet, FleetOptions, IN_FENCE, IN_HOLE, OUTSIDE};

use super::super::DemoError;
use super::super::made_up::{self, location, millis};

/// Samples of a frame at the most.
const CAPACITY: usize = 35;
/// Samples of the ride.
pub(super) const SAMPLES: usize = 32;
/// Between two samples, in milliseconds.
const EVERY: u64 = 5_000;
/// The sample before which the device was off for a minute.
pub(super) const AFTER_PAUSE: usize = 16;
/// Samples that show nothing, and why.
const ODD: [(usize, &str); 5] = [
    (4, "taken in the hole of the fence"),
    (9, "of a receiver that jumped by two kilometres"),
    (13, "whose place is known to 10 m and 1 mm only"),
    (21, "taken beyond the fence's concave corner"),
    (26, "of a value above the policy's range"),
];

/// Everything before the proof.
pub(super) struct Scene {
    pub(super) fleet: Fleet,
    pub(super) statement: Track,
    pub(super) readings: Vec<Reading>,
    pub(super) inputs: TrackInputs,
    pub(super) witness: TrackWitness,
}

impl Scene {
    /// Claims are rounded to 100 m and 10 s.
    pub(super) const QUANTUM: Quantum = Quantum { distance_cm: 10_000, observed_ms: 10_000 };

    /// Makes keys from `seed`, enrols, rides, signs, and takes what shows the most.
    ///
    /// # Errors
    /// If the ride shows nothing, which is a defect.
    pub(super) fn new(seed: u64) -> Result<Scene, DemoError> {
        let mut fleet = Fleet::new(&FleetOptions { devices: 2, seed, ..FleetOptions::of::<Track>() });
        fleet.policy = policy(&fleet);
        let statement = Track::new(CAPACITY).expect("a multiple of seven");
        let readings: Vec<Reading> = (0..SAMPLES).map(|index| sample(&fleet, seed, index)).collect();
        let membership = fleet.registry.membership(fleet.positions[0]).expect("the device is enrolled");
        let (key, secret) = (*fleet.keys[0].public(), fleet.secrets[0].clone());
        let device = OwnDevice { key, secret, membership: Some(membership) };
        let binding = made_up::binding(&statement.id());
        let target = ReadingTarget { epoch: Fleet::EPOCH, binding };
        let mut assembly =
            TrackAssembly::new(statement, fleet.policy, fleet.fence.clone(), device, target, Self::QUANTUM);
        assembly.offer(1, fleet.frame(0, &readings))?;
        let assembled = assembly.finish()?;
        Ok(Scene { inputs: assembled.inputs, witness: assembled.witness, fleet, statement, readings })
    }

    /// The witness of these samples of the device, signed again, of which those are counted that honestly are.
    pub(super) fn resigned(&self, readings: &[Reading]) -> TrackWitness {
        let membership = self.fleet.registry.membership(self.fleet.positions[0]).expect("it is enrolled");
        let signed = self.fleet.frame(0, readings);
        self.claim(EnrolledFrame::new(signed, &membership), self.witness.choices.clone())
    }

    /// The witness of this frame and these choices.
    pub(super) fn claim(&self, frame: EnrolledFrame, choices: Vec<Choice>) -> TrackWitness {
        let secret = self.witness.secret.clone();
        TrackWitness::new(self.fleet.policy, &self.fleet.fence, frame, choices, secret)
    }

    /// What is known of the samples that are not counted.
    pub(super) fn left_out(&self) -> Vec<String> {
        let left_out = |index: usize| !self.witness.choices[index].is_counted();
        let odd: Vec<String> =
            ODD.iter().filter(|(index, _)| left_out(*index)).map(|(_, what)| format!("one {what}")).collect();
        let others = (0..SAMPLES).filter(|index| left_out(*index)).count() - odd.len();
        let steps = format!("{others} more, whose steps would cost more jitter than they show");
        odd.into_iter().chain((others > 0).then_some(steps)).collect()
    }

    /// Along the street, from the first sample to the last without the pause.
    pub(super) fn true_distance_m(&self) -> f64 {
        // 1e-7 degree of longitude here, on the ellipsoid.
        const METRES: f64 = 0.007_448_4;
        f64::from(STRIDE) * METRES * (SAMPLES - 2) as f64
    }
}

/// Units of longitude between two samples: 22 metres, so 4.5 m/s.
const STRIDE: i32 = 3_000;

/// The policy of the fleet, for rides of up to 25 m/s.
fn policy(fleet: &Fleet) -> Policy {
    let rules = TrackRules::new(TrackParts {
        top_speed_mm_s: 25_000,
        longest_gap_ms: 30_000,
        jitter_mm: 6_000,
        scales: Scales::over(&fleet.fence).expect("far from the poles"),
        slot_ms: 60_000,
        least_samples: 10,
        most_left_out: 24,
    });
    let parameters = rules.expect("our own are good").parameters();
    Policy::new(PolicyParts { parameters, ..*fleet.policy.parts() }).expect("of our own parts")
}

/// What the device measures, in the order of time.
fn sample(fleet: &Fleet, seed: u64, index: usize) -> Reading {
    let step = i32::try_from(index).expect("below 32");
    let start = i32::try_from(seed % 10_000).expect("below 10,000");
    let on_street = (IN_FENCE.0, IN_FENCE.1 - start - STRIDE * step);
    let good = fleet.reading(index);
    let pause = if index < AFTER_PAUSE { 0 } else { 60_000 };
    let time = fleet.reading(0).time.get() + 600_000 + EVERY * index as u64 + pause;
    let reading = Reading { location: location(on_street), time: millis(time), ..good };
    match ODD.iter().position(|(odd, _)| *odd == index) {
        Some(0) => Reading { location: location(IN_HOLE), ..reading },
        Some(1) => Reading { location: location((IN_FENCE.0, on_street.1 - 270_000)), ..reading },
        Some(2) => Reading { accuracy_mm: Fleet::MAX_ACCURACY + 1, ..reading },
        Some(3) => Reading { location: location(OUTSIDE), ..reading },
        Some(_) => Reading { channels: [Fleet::HIGH + 1, 0, 0, 0], ..reading },
        None => reading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_circuits::statement::Statement;

    #[test]
    fn the_ride_is_shown_and_no_more() {
        for seed in [0, 1, 9_999, u64::MAX] {
            let scene = Scene::new(seed).unwrap();
            scene.statement.check(&scene.inputs, &scene.witness).unwrap();
            assert!(ODD.iter().all(|(odd, _)| !scene.witness.choices[*odd].is_counted()), "seed {seed}");
            let (distance, most) = (f64::from(scene.inputs.distance_cm) / 100.0, scene.true_distance_m());
            assert!(distance <= most && distance > 0.6 * most, "{distance} m of {most} m");
            assert!(scene.inputs.legs >= 2, "a pause begins a new leg");
        }
    }
}
