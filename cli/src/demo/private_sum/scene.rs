//! The demo's private sum: sixteen sensors, a seal of their exact sum, and a beacon of after it.

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs, PrivateSumWitness};
use zksensor_circuits::statement::readings::ReadingsWitness;
use zksensor_circuits::statement::{Binding, Claim, Violation};
use zksensor_model::claim::private_sum::NOISE;
use zksensor_model::noise::{Beacon, Seal};
use zksensor_testkit::{Fleet, FleetOptions};

use super::super::DemoError;
use super::super::made_up;

/// Sensors, and as many as a proof holds.
const SENSORS: usize = 16;

/// Everything before the proof.
pub(super) struct Scene {
    pub(super) fleet: Fleet,
    pub(super) statement: PrivateSum,
    pub(super) binding: Binding,
    pub(super) beacon: Beacon,
    pub(super) inputs: PrivateSumInputs,
    pub(super) witness: PrivateSumWitness,
}

impl Scene {
    /// Makes keys from `seed`, enrols, signs, seals, and then draws the beacon.
    ///
    /// # Errors
    /// If there is no release, which is a defect, or chance: once in 2^62 times.
    pub(super) fn new(seed: u64) -> Result<Scene, DemoError> {
        let fleet = Fleet::new(&FleetOptions { devices: SENSORS, seed, ..FleetOptions::of::<PrivateSum>() });
        let triangles = fleet.fence.triangles().len().next_multiple_of(8);
        let statement =
            PrivateSum::new(SENSORS, triangles, Fleet::LEVELS.into()).expect("a shape of this fence");
        let binding = made_up::binding(&statement.id());
        let witness = sealed(fleet.aggregate(SENSORS));
        let mut randomness = [0u8; 32];
        OsRng.fill_bytes(&mut randomness);
        let beacon = Beacon::of_randomness(&randomness);
        let inputs = inputs(&witness, beacon, binding)?;
        Ok(Scene { fleet, statement, binding, beacon, inputs, witness })
    }
}

/// Readings with a fresh seal of them.
pub(super) fn sealed(readings: ReadingsWitness) -> PrivateSumWitness {
    let (sum, count) = readings.exact();
    let seal = Seal::draw(sum, count, &mut OsRng).expect("a sum of sixteen readings");
    PrivateSumWitness { readings, seal }
}

/// What follows from a witness under this beacon.
pub(super) fn inputs(
    witness: &PrivateSumWitness,
    beacon: Beacon,
    binding: Binding,
) -> Result<PrivateSumInputs, DemoError> {
    let none = |reason: String| Violation::Own { rule: NOISE, reason: reason.into() };
    Ok(witness.inputs(Fleet::EPOCH, beacon, binding).map_err(|error| none(error.to_string()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_circuits::statement::Statement;

    #[test]
    fn the_sum_is_moved_by_noise_that_differs() {
        let scenes = [0, 1, u64::MAX].map(|seed| Scene::new(seed).unwrap());
        let noises = scenes.each_ref().map(|scene| {
            scene.statement.check(&scene.inputs, &scene.witness).unwrap();
            scene.inputs.sum - scene.witness.seal.sum()
        });
        assert!(noises[0] != noises[1] || noises[1] != noises[2], "{noises:?}");
    }
}
