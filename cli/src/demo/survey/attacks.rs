//! False claims about a survey.

use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::survey::{EnrolledFrame, Survey, SurveyDevice, SurveyInputs};
use zksensor_model::claim::survey as rules;
use zksensor_model::device::{DeviceKey, DeviceSecret};
use zksensor_model::reading::Reading;
use zksensor_testkit::Fleet;

use super::super::attack::Attack;
use super::super::made_up::{forged, millis, other_network};
use super::scene::{JUMPING, ODD, STUCK, Scene};

type About = (&'static str, &'static str, Rule);

/// Every attack that has a witness.
pub(super) fn all(scene: &Scene) -> Vec<Attack<Survey>> {
    let odd = |index, about| counted(scene, index, about);
    let bad = |sensor, about| with(scene, about, scene.signed(sensor, &scene.readings[sensor]));
    vec![
        forged_sample(scene),
        outsider_device(scene),
        odd(0, ("sample_in_hole", "a sample counted that was taken in the fence's hole", Rule::FENCE)),
        odd(1, ("sample_beyond_corner", "one beyond the fence's concave corner", Rule::FENCE)),
        frame_of_before(scene),
        odd(3, ("implausible_value", "one with a value above the policy's range", Rule::VALUE)),
        odd(2, ("coarse_location", "one whose location is 1 mm too coarse", Rule::ACCURACY)),
        wrong_network(scene),
        two_at_one_time(scene),
        same_device_twice(scene),
        too_few_devices(scene),
        unseen_sample(scene),
        hidden_sample(scene),
        bad(STUCK, ("stuck_sensor", "a sensor that says the same value for ever", rules::SPREAD)),
        bad(JUMPING, ("jumping_sensor", "a sensor with a loose contact, all of its samples", rules::STEP)),
    ]
}

/// The honest samples under a public sum that is not theirs.
pub(super) fn inflated_sum(scene: &Scene) -> Attack<Survey> {
    let sum = scene.inputs.sum + 1;
    let about = ("inflated_sum", "the honest proof beside a sum that is too high by 1", Rule::SUM);
    lie(scene, about, SurveyInputs { sum, ..scene.inputs })
}

/// The honest samples under these public inputs.
fn lie(scene: &Scene, (name, story, rule): About, inputs: SurveyInputs) -> Attack<Survey> {
    Attack { name, story, rule, inputs, witness: scene.witness.clone() }
}

/// The claim that the public inputs say what these devices show.
fn claim(scene: &Scene, (name, story, rule): About, devices: Vec<SurveyDevice>) -> Attack<Survey> {
    let witness = scene.claim(devices);
    let inputs = witness.inputs(Fleet::EPOCH, scene.inputs.binding);
    Attack { name, story, rule, inputs, witness }
}

/// The honest devices with this one, in its own place if it is one of them.
fn with(scene: &Scene, about: About, device: SurveyDevice) -> Attack<Survey> {
    let position = device.frame.position;
    let others = scene.witness.devices.iter().filter(|other| other.frame.position != position).cloned();
    claim(scene, about, others.chain([device]).collect())
}

/// A sample counted, too, that shows nothing.
fn counted(scene: &Scene, index: usize, about: About) -> Attack<Survey> {
    let (sensor, sample, _) = ODD[index];
    let SurveyDevice { frame, mut counted, .. } = scene.taken(sensor).clone();
    counted[sample] = true;
    with(scene, about, SurveyDevice::new(&scene.fleet.fence, frame, counted))
}

/// The samples of the first sensor, each changed.
fn changed(scene: &Scene, change: impl Fn(usize, Reading) -> Reading) -> Vec<Reading> {
    scene.readings[0].iter().enumerate().map(|(index, reading)| change(index, *reading)).collect()
}

/// The same, signed again by the sensor itself.
fn resigned(scene: &Scene, about: About, change: impl Fn(usize, Reading) -> Reading) -> Attack<Survey> {
    with(scene, about, scene.signed(0, &changed(scene, change)))
}

fn forged_sample(scene: &Scene) -> Attack<Survey> {
    let altered = changed(scene, |index, mut reading| {
        reading.channels[0] += i64::from(index == 1);
        reading
    });
    let honest = &scene.taken(0).frame;
    let mut device = scene.signed(0, &altered);
    device.frame.signed = forged(&honest.signed, &device.frame.signed);
    with(scene, ("forged_sample", "a sample changed after the frame was signed", Rule::SIGNATURE), device)
}

fn outsider_device(scene: &Scene) -> Attack<Survey> {
    let honest = scene.taken(0).clone();
    let key = DeviceKey::from_seed([0x5a; 32]);
    let identity = DeviceSecret::from_be_bytes(&[0x0a; 32]).expect("below the modulus").identity();
    let signed = key.sign_frame(honest.frame.signed.frame().clone());
    let device = SurveyDevice { frame: EnrolledFrame { signed, identity, ..honest.frame }, ..honest };
    let about = ("outsider_device", "a device that nobody enrolled, on another's place", Rule::MEMBERSHIP);
    with(scene, about, device)
}

fn frame_of_before(scene: &Scene) -> Attack<Survey> {
    let about = ("frame_of_before", "a frame two hours before the epoch", Rule::EPOCH);
    resigned(scene, about, |_, reading| Reading { time: millis(reading.time.get() - 7_200_000), ..reading })
}

fn wrong_network(scene: &Scene) -> Attack<Survey> {
    let about = ("wrong_network", "a frame signed for another chain", Rule::NETWORK);
    resigned(scene, about, |_, reading| Reading { network: other_network(), ..reading })
}

/// Two samples at one time, both counted: a way to weigh twice as much.
fn two_at_one_time(scene: &Scene) -> Attack<Survey> {
    let time = scene.readings[0][4].time;
    let about = ("two_at_one_time", "two samples of one moment", rules::TIMES);
    resigned(scene, about, |index, reading| if index == 5 { Reading { time, ..reading } } else { reading })
}

fn same_device_twice(scene: &Scene) -> Attack<Survey> {
    let again = changed(scene, |_, reading| Reading { sequence: 1_000, ..reading });
    let devices = scene.witness.devices.iter().cloned().chain([scene.signed(0, &again)]).collect();
    claim(scene, ("same_device_twice", "two frames of one device", Rule::ORDER), devices)
}

fn too_few_devices(scene: &Scene) -> Attack<Survey> {
    let few = scene.fleet.policy.parts().k as usize - 1;
    let devices = scene.witness.devices[..few].to_vec();
    claim(scene, ("too_few_devices", "one device fewer than the policy's k", Rule::COUNT), devices)
}

/// One sample more counted than is.
fn unseen_sample(scene: &Scene) -> Attack<Survey> {
    let counted = scene.inputs.counted + 1;
    let about = ("unseen_sample", "a number of counted samples that is too high by 1", rules::COUNTED);
    lie(scene, about, SurveyInputs { counted, ..scene.inputs })
}

/// One sample fewer left out than is.
fn hidden_sample(scene: &Scene) -> Attack<Survey> {
    let left_out = scene.inputs.left_out - 1;
    let about = ("hidden_sample", "one left-out sample that is not spoken of", rules::LEFT_OUT);
    lie(scene, about, SurveyInputs { left_out, ..scene.inputs })
}

#[cfg(test)]
mod tests {
    use super::super::super::attack::under_each_backend;
    use super::*;
    use zksensor::prover::Groth16;
    use zksensor_r1cs::compile;

    #[test]
    fn every_attack_is_refused_by_the_check_and_by_the_circuit() {
        let scene = Scene::new(2).unwrap();
        let attacks: Vec<_> = all(&scene).into_iter().chain([inflated_sum(&scene)]).collect();
        let refusals = under_each_backend(&attacks, &scene.statement);
        assert_eq!(refusals.len(), 16);
        let honest = claim(&scene, ("honest", "", Rule::SUM), scene.witness.devices.clone());
        let circuit = compile(&scene.statement).unwrap();
        assert!(honest.run::<Groth16>(&scene.statement, &circuit).is_err(), "an honest claim is no attack");
    }
}
