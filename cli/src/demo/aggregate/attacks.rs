//! False claims about an aggregate.

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::{EnrolledReading, Rule};
use zksensor_model::device::{DeviceKey, DeviceSecret};
use zksensor_model::reading::{Reading, SignedReading};
use zksensor_testkit::Fleet;

use super::super::attack::Attack;
use super::super::made_up::other_network;
use super::scene::Scene;

/// Every attack that has a witness.
pub(super) fn all(scene: &Scene) -> Vec<Attack<Aggregate>> {
    let mut attacks = vec![
        forged_signature(scene),
        outsider_device(scene),
        sneaked_in(scene, 0, "reading_in_hole", "a reading taken in the fence's hole", Rule::FENCE),
        sneaked_in(
            scene,
            1,
            "reading_beyond_corner",
            "one taken beyond the fence's concave corner",
            Rule::FENCE,
        ),
        sneaked_in(scene, 2, "stale_reading", "one taken two hours before the epoch", Rule::EPOCH),
        sneaked_in(scene, 3, "implausible_value", "one with a value above the policy's range", Rule::VALUE),
    ];
    let coarse = |reading: Reading| Reading { accuracy_mm: Fleet::MAX_ACCURACY + 1, ..reading };
    attacks.push(resigned(
        scene,
        "coarse_location",
        "one whose location is 1 mm too coarse",
        Rule::ACCURACY,
        coarse,
    ));
    let elsewhere = |reading: Reading| Reading { network: other_network(), ..reading };
    attacks.push(resigned(scene, "wrong_network", "one signed for another chain", Rule::NETWORK, elsewhere));
    let other = |reading: Reading| Reading { schema: Fleet::SCHEMA + 1, ..reading };
    attacks.push(resigned(scene, "wrong_schema", "one of another kind of sensor", Rule::SCHEMA, other));
    attacks.extend([same_device_twice(scene), too_few_devices(scene), inflated_sum(scene)]);
    attacks
}

/// The claim that the public inputs say what these readings do.
fn claim(
    scene: &Scene,
    (name, story, rule): (&'static str, &'static str, Rule),
    readings: Vec<EnrolledReading>,
) -> Attack<Aggregate> {
    let witness = scene.fleet.aggregate_of(readings);
    let inputs = witness.inputs(Fleet::EPOCH, scene.binding);
    Attack { name, story, rule, inputs, witness }
}

/// The honest readings, one of them replaced by what `change` makes of it.
fn replaced(scene: &Scene, change: impl FnOnce(&EnrolledReading) -> EnrolledReading) -> Vec<EnrolledReading> {
    let mut readings = scene.witness.readings.clone();
    let last = readings.last_mut().expect("the scene has readings");
    *last = change(last);
    readings
}

fn forged_signature(scene: &Scene) -> Attack<Aggregate> {
    let readings = replaced(scene, |honest| {
        let (signed, mut reading) = (&honest.signed, *honest.signed.reading());
        reading.channels[0] = Fleet::HIGH;
        // Nothing but a test or an attacker puts a signature beside what it does not sign.
        let signed = SignedReading::insecure_unverified(reading, *signed.key(), *signed.signature());
        EnrolledReading { signed, ..honest.clone() }
    });
    claim(scene, ("forged_signature", "a value changed after it was signed", Rule::SIGNATURE), readings)
}

fn outsider_device(scene: &Scene) -> Attack<Aggregate> {
    let readings = replaced(scene, |honest| {
        let key = DeviceKey::from_seed([0x5a; 32]);
        let secret = DeviceSecret::from_be_bytes(&[0x0a; 32]).expect("below the modulus");
        let signed = key.sign(honest.signed.reading()).expect("the accuracy is not 0");
        EnrolledReading { signed, identity: secret.identity(), ..honest.clone() }
    });
    claim(
        scene,
        ("outsider_device", "a device that nobody enrolled, on another's place", Rule::MEMBERSHIP),
        readings,
    )
}

/// The honest readings, one of them replaced by a reading that the operator left out.
fn sneaked_in(
    scene: &Scene,
    index: usize,
    name: &'static str,
    story: &'static str,
    rule: Rule,
) -> Attack<Aggregate> {
    let readings = replaced(scene, |_| scene.left_out[index].reading.clone());
    claim(scene, (name, story, rule), readings)
}

/// The honest readings, the one of the first device changed and signed again by the device itself.
fn resigned(
    scene: &Scene,
    name: &'static str,
    story: &'static str,
    rule: Rule,
    change: impl FnOnce(Reading) -> Reading,
) -> Attack<Aggregate> {
    let fleet = &scene.fleet;
    let reading = fleet.enrolled(0, &change(fleet.reading(0)));
    let others = scene.witness.readings.iter().filter(|other| other.position != reading.position).cloned();
    let readings = others.chain([reading.clone()]).collect();
    claim(scene, (name, story, rule), readings)
}

fn same_device_twice(scene: &Scene) -> Attack<Aggregate> {
    let fleet = &scene.fleet;
    let again = fleet.enrolled(0, &Reading { sequence: 1_000, ..fleet.reading(0) });
    let replaced_one = scene.witness.readings.iter().position(|reading| reading.position != again.position);
    let mut readings = scene.witness.readings.clone();
    readings[replaced_one.expect("there are other devices")] = again;
    claim(scene, ("same_device_twice", "two readings of one device", Rule::ORDER), readings)
}

fn too_few_devices(scene: &Scene) -> Attack<Aggregate> {
    let few = scene.fleet.policy.parts().k as usize - 1;
    let readings = scene.witness.readings[..few].to_vec();
    claim(scene, ("too_few_devices", "one device fewer than the policy's k", Rule::COUNT), readings)
}

/// The honest readings under a public sum that is not theirs.
pub(super) fn inflated_sum(scene: &Scene) -> Attack<Aggregate> {
    let honest = claim(
        scene,
        ("inflated_sum", "a public sum that is too high by 1", Rule::SUM),
        scene.witness.readings.clone(),
    );
    Attack { inputs: AggregateInputs { sum: honest.inputs.sum + 1, ..honest.inputs }, ..honest }
}

#[cfg(test)]
mod tests {
    use super::super::super::DemoError;
    use super::super::super::attack::under_each_backend;
    use super::*;
    use zksensor::prover::Groth16;
    use zksensor_r1cs::compile;

    #[test]
    fn every_attack_is_refused_by_the_check_and_by_the_circuit() {
        let scene = Scene::new(2);
        let refusals = under_each_backend(&all(&scene), &scene.statement);
        assert_eq!(refusals.len(), 12);
        let forged = serde_json::to_string(&refusals[0]).unwrap();
        assert_eq!(
            forged,
            r#"{"attack":"forged_signature","rule":"C3","stage":"check","circuit_refused":true}"#
        );
    }

    #[test]
    fn an_honest_claim_is_no_attack() {
        let scene = Scene::new(3);
        let circuit = compile(&scene.statement).unwrap();
        let honest = claim(&scene, ("honest", "", Rule::SUM), scene.witness.readings.clone());
        let error = honest.run::<Groth16>(&scene.statement, &circuit).unwrap_err();
        assert!(
            matches!(error, DemoError::NotRefused { attack: "honest", by: "native check", .. }),
            "{error}"
        );
    }
}
