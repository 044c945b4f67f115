//! The demo's survey: twelve sensors in an L with a square hole, a frame each. One is stuck, one jumps, and four samples of others show
//! nothing.

use zksensor::circuits::assemble::{AggregateTarget, Assemble, Assembled, Refusal, SurveyAssembly};
use zksensor_circuits::statement::Claim;
use zksensor_circuits::statement::survey::{
    EnrolledFrame, Survey, SurveyDevice, SurveyInputs, SurveyWitness,
};
use zksensor_model::policy::{Policy, PolicyParts};
use zksensor_model::reading::Reading;
use zksensor_model::registry::Chunk;
use zksensor_model::survey::{Quality, SurveyParts, SurveyRules};
use zksensor_testkit::{Fleet, FleetOptions, IN_HOLE, OUTSIDE, middle};

use super::super::DemoError;
use super::super::made_up::{self, location, millis};

/// Sensors that are as they should be.
const GOOD: usize = 10;
/// The sensor that is stuck.
pub(super) const STUCK: usize = GOOD;
/// The sensor that jumps.
pub(super) const JUMPING: usize = GOOD + 1;
/// Sensors whose frames are refused, and why.
const BAD: [(usize, &str); 2] = [
    (STUCK, "of a sensor that is stuck"),
    (JUMPING, "of a sensor that jumps: too few of its samples go together"),
];
/// All of them, and as many as a proof holds.
const SENSORS: usize = GOOD + BAD.len();

/// Samples of a frame at the most.
const CAPACITY: usize = 14;
/// Samples of each frame.
const SAMPLES: usize = 12;
/// Between two samples, in milliseconds: a frame is of 44 minutes.
const EVERY: u64 = 240_000;
/// Samples that show nothing: of which sensor, which, and why.
pub(super) const ODD: [(usize, usize, &str); 4] = [
    (1, 4, "taken in the hole of the fence"),
    (2, 7, "taken beyond the fence's concave corner"),
    (4, 3, "whose place is known to 10 m and 1 mm only"),
    (HOT, 5, "of a value above the policy's range"),
];
/// The sensor whose values are near the top of the policy's range.
const HOT: usize = 6;

/// Everything before the proof.
pub(super) struct Scene {
    pub(super) fleet: Fleet,
    pub(super) statement: Survey,
    /// Of each sensor, in the order of enrolment.
    pub(super) readings: Vec<Vec<Reading>>,
    /// Frames that are not taken: whose, and why.
    pub(super) refused: Vec<(&'static str, Refusal)>,
    pub(super) inputs: SurveyInputs,
    pub(super) witness: SurveyWitness,
}

impl Scene {
    /// Makes keys from `seed`, enrols, measures, signs, and takes of each sensor the most samples that go together.
    ///
    /// # Errors
    /// If there is no survey, which is a defect.
    pub(super) fn new(seed: u64) -> Result<Scene, DemoError> {
        let mut fleet = Fleet::new(&FleetOptions { devices: SENSORS, seed, ..FleetOptions::of::<Survey>() });
        fleet.policy = policy(&fleet);
        let triangles = fleet.fence.triangles().len().next_multiple_of(8);
        let statement = Survey::new(SENSORS, CAPACITY, triangles, Fleet::LEVELS.into(), true);
        let statement = statement.expect("a shape of this fence");
        let of_sensor = |sensor| (0..SAMPLES).map(|index| sample(&fleet, seed, sensor, index)).collect();
        let readings: Vec<Vec<Reading>> = (0..SENSORS).map(of_sensor).collect();
        let binding = made_up::binding(&statement.id());
        let target = AggregateTarget { epoch: Fleet::EPOCH, chunk: chunk(), binding };
        let mut assembly =
            SurveyAssembly::new(statement, fleet.policy, fleet.fence.clone(), &fleet.registry, target);
        let mut refused = Vec::new();
        for (sensor, readings) in readings.iter().enumerate() {
            let offered = assembly.offer(sensor as u64, fleet.frame(sensor, readings));
            match BAD.iter().find(|(bad, _)| *bad == sensor) {
                Some((_, what)) => refused.extend(offered.err().map(|refusal| (*what, refusal))),
                None => offered?,
            }
        }
        let Assembled { inputs, witness, .. } = assembly.finish()?;
        Ok(Scene { fleet, statement, readings, refused, inputs, witness })
    }

    /// The sensor with these samples, signed by itself, every one of them counted.
    pub(super) fn signed(&self, sensor: usize, readings: &[Reading]) -> SurveyDevice {
        let membership = self.fleet.registry.membership(self.fleet.positions[sensor]);
        let frame = self.fleet.frame(sensor, readings);
        let frame = EnrolledFrame::new(frame, &membership.expect("the sensor is enrolled"));
        SurveyDevice::new(&self.fleet.fence, frame, vec![true; readings.len()])
    }

    /// What is honestly counted of the sensor.
    pub(super) fn taken(&self, sensor: usize) -> &SurveyDevice {
        let position = self.fleet.positions[sensor];
        let taken = self.witness.devices.iter().find(|device| device.frame.position == position);
        taken.expect("a good sensor is taken")
    }

    /// The witness of these devices.
    pub(super) fn claim(&self, devices: Vec<SurveyDevice>) -> SurveyWitness {
        self.fleet.survey_in(chunk(), devices)
    }

    /// What is known of the samples that are not counted.
    pub(super) fn left_out(&self) -> Vec<&'static str> {
        let left_out = ODD.iter().filter(|(sensor, index, _)| !self.taken(*sensor).counted[*index]);
        left_out.map(|(.., what)| *what).collect()
    }
}

/// Where the sensors are in the registry.
fn chunk() -> Chunk {
    Fleet::chunk(Fleet::LEVELS)
}

/// The policy of the fleet, for sensors that move by 100 and never by more than 500 at once.
fn policy(fleet: &Fleet) -> Policy {
    let quality = Some(Quality { least_spread: 100, largest_step: 500 });
    let rules = SurveyRules::new(SurveyParts { least_samples: 8, most_left_out: 4, quality });
    let parameters = rules.expect("our own are good").parameters();
    Policy::new(PolicyParts { parameters, ..*fleet.policy.parts() }).expect("of our own parts")
}

/// What a sensor measures, in the order of time; each stands in a triangle of the fence.
fn sample(fleet: &Fleet, seed: u64, sensor: usize, index: usize) -> Reading {
    let first = fleet.reading(sensor);
    let triangles = fleet.fence.triangles();
    let reading = Reading {
        time: millis(first.time.get() + EVERY * index as u64),
        location: middle(&triangles[sensor % triangles.len()]),
        channels: [value(seed, sensor, index), 0, 0, 0],
        ..first
    };
    match ODD.iter().position(|(odd, at, _)| (*odd, *at) == (sensor, index)) {
        Some(0) => Reading { location: location(IN_HOLE), ..reading },
        Some(1) => Reading { location: location(OUTSIDE), ..reading },
        Some(2) => Reading { accuracy_mm: Fleet::MAX_ACCURACY + 1, ..reading },
        Some(_) => Reading { channels: [Fleet::HIGH + 1, 0, 0, 0], ..reading },
        None => reading,
    }
}

/// It goes up by 240 and down again; every other one of the sensor that jumps is far above.
fn value(seed: u64, sensor: usize, index: usize) -> i64 {
    let start = i64::try_from(seed % 2_000 + 400 * sensor as u64).expect("below 10,000");
    let start = if sensor == HOT { Fleet::HIGH - 500 } else { 18_000 + start };
    let up = 40 * i64::try_from(index.min(SAMPLES - index)).expect("up to 6");
    match sensor {
        STUCK => start,
        JUMPING if index % 2 == 1 => start + up + 9_000,
        _ => start + up,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_circuits::statement::Statement;
    use zksensor_model::claim::survey as rules;

    #[test]
    fn ten_of_twelve_are_counted_but_for_four_samples() {
        for seed in [0, 1, 9_999, u64::MAX] {
            let scene = Scene::new(seed).unwrap();
            scene.statement.check(&scene.inputs, &scene.witness).unwrap();
            let refused: Vec<_> = scene.refused.iter().map(|(_, refusal)| refusal.rule()).collect();
            assert_eq!(refused, [rules::SPREAD, rules::COUNTED].map(Some), "seed {seed}");
            let numbers = [scene.inputs.devices, scene.inputs.counted, scene.inputs.left_out];
            assert_eq!(numbers.map(|number| number as usize), [GOOD, GOOD * SAMPLES - ODD.len(), ODD.len()]);
            assert_eq!(scene.left_out().len(), ODD.len(), "seed {seed}");
        }
    }
}
