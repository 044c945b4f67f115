//! False claims about a ride.

use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::track::{EnrolledFrame, Nullifier, Track, TrackInputs, TrackWitness};
use zksensor_model::claim::track as rules;
use zksensor_model::field::Fr;
use zksensor_model::reading::Reading;
use zksensor_model::track::Choice;
use zksensor_testkit::Fleet;

use super::super::attack::Attack;
use super::super::made_up::{forged, millis, other_network};
use super::scene::{AFTER_PAUSE, SAMPLES, Scene};

type About = (&'static str, &'static str, Rule);

/// Every attack that has a witness.
pub(super) fn all(scene: &Scene) -> Vec<Attack<Track>> {
    let leg = |index, about| counted(scene, index, Choice::Starts, about);
    let step = |index, about| counted(scene, index, Choice::Continues, about);
    vec![
        forged_sample(scene),
        outsider_device(scene),
        leg(4, ("sample_in_hole", "a sample counted that was taken in the fence's hole", Rule::FENCE)),
        leg(21, ("sample_beyond_corner", "one beyond the fence's concave corner", Rule::FENCE)),
        ride_of_before(scene),
        leg(26, ("implausible_value", "one with a value above the policy's range", Rule::VALUE)),
        leg(13, ("coarse_location", "one whose location is 1 mm too coarse", Rule::ACCURACY)),
        wrong_network(scene),
        two_at_one_time(scene),
        step(9, ("jump", "two kilometres in five seconds, counted as a way", rules::STEP)),
        step(AFTER_PAUSE, ("bridged_pause", "a way through the minute when the device was off", rules::STEP)),
        hidden_samples(scene),
        somebody_elses_device(scene),
        second_nullifier(scene),
    ]
}

/// The honest ride, said to be longer by as much as claims are rounded to.
pub(super) fn longer_way(scene: &Scene) -> Attack<Track> {
    let distance_cm = scene.inputs.distance_cm + Scene::QUANTUM.distance_cm;
    let inputs = TrackInputs { distance_cm, ..scene.inputs };
    let about = ("longer_way", "the honest proof beside a way that is 100 m longer", rules::DISTANCE);
    lie(about, inputs, scene.witness.clone())
}

fn lie((name, story, rule): About, inputs: TrackInputs, witness: TrackWitness) -> Attack<Track> {
    Attack { name, story, rule, inputs, witness }
}

/// The claim that the public inputs say what this witness shows.
fn claim(scene: &Scene, about: About, witness: TrackWitness) -> Attack<Track> {
    lie(about, witness.inputs(Fleet::EPOCH, scene.inputs.binding), witness)
}

/// The honest ride with one more sample, or one that is counted otherwise; the next one starts a leg.
fn counted(scene: &Scene, index: usize, choice: Choice, about: About) -> Attack<Track> {
    let mut choices = scene.witness.choices.clone();
    choices[index] = choice;
    if let Some(next) = choices[index + 1..].iter_mut().find(|choice| choice.is_counted()) {
        *next = Choice::Starts;
    }
    claim(scene, about, scene.claim(scene.witness.frame.clone(), choices))
}

/// The samples, changed and signed again by the device itself.
fn resigned(scene: &Scene, about: About, change: impl Fn(usize, Reading) -> Reading) -> Attack<Track> {
    let readings: Vec<Reading> =
        scene.readings.iter().enumerate().map(|(index, reading)| change(index, *reading)).collect();
    claim(scene, about, scene.resigned(&readings))
}

fn forged_sample(scene: &Scene) -> Attack<Track> {
    let mut readings = scene.readings.clone();
    readings[1].channels[0] += 1;
    let (honest, altered) = (&scene.witness.frame, scene.fleet.frame(0, &readings));
    let frame = EnrolledFrame { signed: forged(&honest.signed, &altered), ..honest.clone() };
    let witness = scene.claim(frame, scene.witness.choices.clone());
    claim(scene, ("forged_sample", "a sample changed after the frame was signed", Rule::SIGNATURE), witness)
}

fn outsider_device(scene: &Scene) -> Attack<Track> {
    let mut frame = scene.witness.frame.clone();
    frame.attributes.owner ^= 1;
    let witness = scene.claim(frame, scene.witness.choices.clone());
    // Under the root of the registry: no other one is known to who verifies.
    let inputs = TrackInputs { registry_root: scene.inputs.registry_root, ..scene.inputs };
    lie(("other_owner", "the device, said to be of another owner", Rule::MEMBERSHIP), inputs, witness)
}

fn ride_of_before(scene: &Scene) -> Attack<Track> {
    let about = ("ride_of_before", "a ride two hours before the epoch", Rule::EPOCH);
    resigned(scene, about, |_, reading| Reading { time: millis(reading.time.get() - 7_200_000), ..reading })
}

fn wrong_network(scene: &Scene) -> Attack<Track> {
    let about = ("wrong_network", "a frame signed for another chain", Rule::NETWORK);
    resigned(scene, about, |_, reading| Reading { network: other_network(), ..reading })
}

/// Two samples at one time, both counted: a device that is in two places.
fn two_at_one_time(scene: &Scene) -> Attack<Track> {
    let counted: Vec<usize> =
        (0..SAMPLES).filter(|index| scene.witness.choices[*index].is_counted()).collect();
    let (first, second) = (counted[0], counted[1]);
    let time = scene.readings[first].time;
    let about = ("two_at_one_time", "two samples of one moment", rules::ORDER);
    resigned(
        scene,
        about,
        |index, reading| if index == second { Reading { time, ..reading } } else { reading },
    )
}

/// One sample fewer left out than is.
fn hidden_samples(scene: &Scene) -> Attack<Track> {
    let left_out = scene.inputs.left_out - 1;
    let about = ("hidden_sample", "one left-out sample that is not spoken of", rules::LEFT_OUT);
    lie(about, TrackInputs { left_out, ..scene.inputs }, scene.witness.clone())
}

fn somebody_elses_device(scene: &Scene) -> Attack<Track> {
    let witness = TrackWitness { secret: scene.fleet.secrets[1].clone(), ..scene.witness.clone() };
    claim(
        scene,
        ("somebody_elses_device", "a frame of a device whose secret is not known", Rule::IDENTITY),
        witness,
    )
}

fn second_nullifier(scene: &Scene) -> Attack<Track> {
    let nullifier = Nullifier::from_field(scene.inputs.nullifier.to_field() + Fr::from(1u64));
    let about = ("second_nullifier", "the ride again, under another nullifier", Rule::NULLIFIER);
    lie(about, TrackInputs { nullifier, ..scene.inputs }, scene.witness.clone())
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
        let attacks: Vec<_> = all(&scene).into_iter().chain([longer_way(&scene)]).collect();
        let refusals = under_each_backend(&attacks, &scene.statement);
        assert_eq!(refusals.len(), 15);
        let honest = claim(&scene, ("honest", "", rules::DISTANCE), scene.witness.clone());
        let circuit = compile(&scene.statement).unwrap();
        assert!(honest.run::<Groth16>(&scene.statement, &circuit).is_err(), "an honest claim is no attack");
    }
}
