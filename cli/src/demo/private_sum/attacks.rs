//! False claims about a private sum.

use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs, PrivateSumWitness};
use zksensor_circuits::statement::readings::ReadingsWitness;
use zksensor_circuits::statement::{EnrolledReading, Rule};
use zksensor_model::claim::private_sum::{SEAL, SUM};
use zksensor_model::noise::Beacon;
use zksensor_model::reading::Reading;
use zksensor_testkit::OUTSIDE;

use super::super::DemoError;
use super::super::attack::Attack;
use super::super::made_up::location;
use super::scene::{Scene, inputs, sealed};

/// Every attack that has a witness.
pub(super) fn all(scene: &Scene) -> Result<Vec<Attack<PrivateSum>>, DemoError> {
    Ok(vec![
        exact_sum(scene),
        another_secret(scene)?,
        another_beacon(scene)?,
        other_data(scene)?,
        outside(scene)?,
    ])
}

/// The exact sum is published, without its noise.
pub(super) fn exact_sum(scene: &Scene) -> Attack<PrivateSum> {
    Attack {
        name: "exact_sum",
        story: "the exact sum in the place of the one with noise",
        rule: SUM,
        inputs: with_other(scene, scene.witness.seal.sum()),
        witness: scene.witness.clone(),
    }
}

/// The honest inputs with another sum: by chance, once in some hundred thousand times, it is the honest one, and then it is one more.
fn with_other(scene: &Scene, sum: i64) -> PrivateSumInputs {
    let sum = if sum == scene.inputs.sum { sum + 1 } else { sum };
    PrivateSumInputs { sum, ..scene.inputs }
}

/// Another secret, for a noise that suits better, under the seal that was posted.
fn another_secret(scene: &Scene) -> Result<Attack<PrivateSum>, DemoError> {
    let witness = sealed(scene.witness.readings.clone());
    let claimed = inputs(&witness, scene.beacon, scene.binding)?;
    Ok(Attack {
        name: "another_secret",
        story: "the noise of another secret than the sealed one",
        rule: SEAL,
        inputs: PrivateSumInputs { seal: scene.inputs.seal, ..claimed },
        witness,
    })
}

/// The noise of a beacon that suits better, under the one that came.
fn another_beacon(scene: &Scene) -> Result<Attack<PrivateSum>, DemoError> {
    let other = Beacon::of_randomness(&[0x5a; 32]);
    let PrivateSumInputs { sum, .. } = inputs(&scene.witness, other, scene.binding)?;
    Ok(Attack {
        name: "another_beacon",
        story: "the noise of another beacon than the one that came",
        rule: SUM,
        inputs: with_other(scene, sum),
        witness: scene.witness.clone(),
    })
}

/// A sensor left out after the sum was sealed.
fn other_data(scene: &Scene) -> Result<Attack<PrivateSum>, DemoError> {
    let mut readings = scene.witness.readings.clone();
    readings.readings.pop();
    let witness = PrivateSumWitness { readings, seal: scene.witness.seal.clone() };
    Ok(Attack {
        name: "other_data",
        story: "one sensor fewer than was sealed",
        rule: SEAL,
        inputs: inputs(&witness, scene.beacon, scene.binding)?,
        witness,
    })
}

/// A reading from beyond the fence's concave corner, sealed with the others.
fn outside(scene: &Scene) -> Result<Attack<PrivateSum>, DemoError> {
    let place = |reading: Reading| Reading { location: location(OUTSIDE), ..reading };
    let mut readings: Vec<EnrolledReading> = scene.witness.readings.readings.clone();
    let last = readings.last_mut().expect("the scene has readings");
    let device =
        (0..scene.fleet.positions.len()).find(|index| scene.fleet.positions[*index] == last.position);
    let device = device.expect("a device of the fleet");
    *last = scene.fleet.enrolled(device, &place(*last.signed.reading()));
    let witness = sealed(ReadingsWitness { readings, ..scene.witness.readings.clone() });
    Ok(Attack {
        name: "reading_beyond_corner",
        story: "one taken beyond the fence's concave corner, sealed with the others",
        rule: Rule::FENCE,
        inputs: inputs(&witness, scene.beacon, scene.binding)?,
        witness,
    })
}
