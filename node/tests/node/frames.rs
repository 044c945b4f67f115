//! Policies of frames: the fullest of each device is proven, beside policies of readings or alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use zksensor::model::claim::survey::Survey;
use zksensor::model::reading::Location;
use zksensor_node::clock::Clock;
use zksensor_node::core::Core;
use zksensor_node::intake::{Answer, Intake, Item};
use zksensor_node::place::Place;
use zksensor_node::prove::{AnyProver, Proves};
use zksensor_node::served::{Served, ServedError, Times};
use zksensor_node::view::{EpochState, Show};

use crate::ride::{FRAMES, RIDE, SignedFrame, Surveyor, inputs_of, inputs_under, of_chunks, ride, send};
use crate::scene::{
    self, GRACE, K, LENGTH, NAMES, OF_FRAMES, ORIGIN, Scene, after_grace, of, rule, settle, town,
};

/// A node with the policy of frames, beside the first of readings if it is to.
struct Station {
    scene: Scene,
    policies: &'static [usize],
}

impl Station {
    fn new() -> Self {
        Station { scene: Scene::new(), policies: &[OF_FRAMES] }
    }

    fn with_readings(self) -> Self {
        Station { policies: &[OF_FRAMES, 0], ..self }
    }

    fn start(&self) -> Core {
        let place = |_| Box::new(self.scene.shelves.clone()) as Box<dyn Place>;
        self.scene.start_of(self.policies, self.scene.store(), place)
    }

    /// Sends every frame of an epoch.
    fn fill(&self, core: &Core, epoch: u32) {
        self.scene.clock.set(ORIGIN + u64::from(epoch + 1) * LENGTH - 1);
        for frame in frames_of(epoch) {
            let wanted = if frame.is_good() { "accepted" } else { "S3" };
            assert_eq!(rule(&send(core, &frame.bytes)), wanted);
        }
    }
}

fn frames_of(epoch: u32) -> impl Iterator<Item = &'static SignedFrame> {
    ride().frames.iter().filter(move |frame| frame.epoch == epoch)
}

fn proven(core: &Core, epoch: u32) -> BTreeMap<u32, (u32, u32, i64)> {
    let files = core.proofs(RIDE, epoch).unwrap();
    let all = files.iter().map(|file| inputs_of(file));
    all.map(|inputs| {
        assert_eq!(inputs.epoch, epoch);
        (inputs.chunk, (inputs.devices, inputs.counted, inputs.sum))
    })
    .collect()
}

#[test]
fn the_fullest_frame_of_each_device_is_proven_and_of_several_the_latest() {
    let station = Station::new();
    let core = station.start();
    station.fill(&core, 0);
    // As full as the fullest, and later: of one device.
    let (samples, outside) = FRAMES[1];
    let later: &'static SignedFrame =
        Box::leak(Box::new(ride().sign(0, ORIGIN + LENGTH - 150_000, (samples, outside), 3_000)));
    assert_eq!(rule(&send(&core, &later.bytes)), "accepted");
    after_grace(&station.scene, 0);
    settle(&core);
    let wanted = of_chunks(frames_of(0).chain([later]));
    assert_eq!(wanted.len(), 2);
    assert_eq!(proven(&core, 0), wanted);
    let view = of(&core, RIDE, 0);
    assert_eq!((view.state, view.proven), (EpochState::Final, 2));
    assert_eq!(station.scene.surveys.surveyor.made.lock().unwrap().len(), 2);
}

#[test]
fn frames_and_readings_are_served_beside_each_other_and_each_by_its_policies() {
    let station = Station::new().with_readings();
    let core = station.start();
    station.fill(&core, 0);
    scene::fill(&station.scene, &core, 0);
    drop(core);
    let core = station.start();
    after_grace(&station.scene, 0);
    settle(&core);
    assert_eq!(proven(&core, 0), of_chunks(frames_of(0)));
    for name in [RIDE, NAMES[0]] {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2), "{name}");
    }
    let good = frames_of(0).filter(|frame| frame.is_good()).count() as u64;
    assert_eq!(of(&core, RIDE, 0).readings, good);
    assert_eq!(of(&core, NAMES[0], 0).readings, 30);
    assert_eq!(core.view().accepted, good + 30);
}

#[test]
fn what_no_policy_is_about_is_refused_by_its_kind() {
    let reading = &town().readings[0];
    let station = Station::new();
    station.scene.clock.set(reading.time);
    assert_eq!(rule(&scene::send(&station.start(), &reading.bytes)), "readings");
    let scene = Scene::new();
    scene.clock.set(ORIGIN + LENGTH - 1);
    assert_eq!(rule(&send(&scene.start(), &ride().frames[0].bytes)), "frames");
}

#[test]
fn each_rule_refuses_by_its_code_and_says_nothing_of_the_frame() {
    let station = Station::new();
    station.scene.clock.set(ORIGIN + LENGTH / 2);
    let core = station.start();
    let start = ORIGIN + 10_000;
    let frame = |samples, outside| ride().sign_of(0, ride().frame(start, (samples, outside), 2000));
    let mut altered = frame(9, 0);
    altered[60] ^= 1;
    let stranger = zksensor::model::device::DeviceKey::from_seed([scene::ENROLLED_ELSEWHERE; 32]);
    let cases = [
        ("C3", altered),
        ("C4", stranger.sign_frame(ride().frame(start, (9, 0), 2000)).encode()),
        ("C6", ride().sign_of(0, ride().frame(ORIGIN - 1, (9, 0), 2000))),
        ("S1", frame(15, 0)),
        ("S3", frame(8, 4)),
        ("S4", frame(10, 4)),
        // The last sample is ahead, and the first is not.
        ("early", ride().sign_of(0, ride().frame(ORIGIN + LENGTH / 2 - 60_000, (9, 0), 2000))),
        ("malformed", vec![1; 40]),
        ("malformed", frame(9, 0)[..frame(8, 0).len()].to_vec()),
        ("malformed", [frame(9, 0), vec![0; 32]].concat()),
        ("malformed", town().sign(0, start, 2000, 3)),
    ];
    for (wanted, bytes) in &cases {
        let answer = send(&core, bytes);
        assert_eq!(rule(&answer), *wanted);
        let Answer::Refused { reason, .. } = answer else { unreachable!() };
        for secret in ["481500000", "125500000", "48.15", "2000"] {
            assert!(!reason.contains(secret), "{reason}");
        }
    }
    assert_eq!((core.view().accepted, core.view().refused.values().sum::<u64>()), (0, cases.len() as u64));
    let good = frame(9, 0);
    assert_eq!(rule(&send(&core, &good)), "accepted");
    assert_eq!(rule(&send(&core, &good)), "duplicate");
    let elsewhere = Location::from_e7(481_500_000, 125_500_000).unwrap();
    assert!(!ride().fence.triangles().iter().any(|triangle| triangle.contains(&elsewhere)));
}

#[test]
fn a_frame_is_of_the_epoch_of_its_first_sample_and_has_to_end_in_it() {
    let station = Station::new();
    let core = station.start();
    station.scene.clock.set(ORIGIN + LENGTH + 200_000);
    // Its header says an earlier time than its first sample has.
    let shifted = |start: u64, by: u32| {
        let frame = ride().frame(start, (9, 0), 2000);
        let samples = frame.samples().iter();
        let samples = samples
            .map(|sample| zksensor::model::frame::Sample { offset_ms: sample.offset_ms + by, ..*sample });
        let frame = zksensor::model::frame::Frame::new(*frame.header(), samples.collect()).unwrap();
        ride().sign_of(0, frame)
    };
    assert_eq!(
        rule(&send(&core, &shifted(ORIGIN + LENGTH - 1, 0))),
        "C6",
        "its last sample is of the next epoch"
    );
    let across = shifted(ORIGIN + LENGTH - 5_000, 5_000);
    assert_eq!(rule(&send(&core, &across)), "accepted");
    assert_eq!((of(&core, RIDE, 1).readings, core.view().epochs.len()), (1, 1));
}

#[test]
fn of_two_frames_of_one_number_the_first_counts_and_both_are_evidence() {
    let station = Station::new().with_readings();
    station.scene.clock.set(ORIGIN + LENGTH / 2);
    let core = station.start();
    let start = ORIGIN + 10_000;
    // Of two lengths, so that where the second begins is not what the first would say.
    let [one, other, third] =
        [7, 9, 11].map(|samples| ride().sign_of(0, ride().frame(start, (samples, 0), 2000)));
    // A reading of the same number is something else.
    let reading = town().sign(0, start, 2100, start);
    assert_eq!(rule(&scene::send(&core, &reading)), "accepted");
    assert_eq!(rule(&send(&core, &one)), "accepted");
    assert_eq!(rule(&send(&core, &other)), "equivocation");
    assert_eq!(rule(&send(&core, &third)), "equivocation");
    assert_eq!(rule(&send(&core, &one)), "duplicate");
    let second = town().sign(0, start, 2101, start);
    assert_eq!(rule(&scene::send(&core, &second)), "equivocation");
    station.scene.disk.crash();
    drop(core);
    let core = station.start();
    assert_eq!(core.evidence().unwrap(), [[reading, second], [one, other]]);
    assert_eq!(core.view().equivocations, 2);
}

#[test]
fn frames_are_erased_when_their_own_policies_are_done_with_them() {
    let station = Station { scene: Scene { retention_ms: 0, ..Scene::new() }, policies: &[OF_FRAMES, 0] };
    let core = station.start();
    station.fill(&core, 0);
    scene::fill(&station.scene, &core, 0);
    // The readings cannot be proven yet.
    *station.scene.prover.fails.lock().unwrap() = 1_000;
    after_grace(&station.scene, 0);
    settle(&core);
    assert_eq!(of(&core, RIDE, 0).state, EpochState::Final);
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Proving);
    let is_known = |item: Item| core.take(vec![item]).unwrap().remove(0) == Answer::Duplicate;
    let frame = || Item::Frame(frames_of(0).next().unwrap().bytes.clone());
    let reading = || Item::Reading(town().readings[0].bytes.clone());
    assert!(!is_known(frame()), "it was erased");
    assert!(is_known(reading()), "an epoch needs it");
    *station.scene.prover.fails.lock().unwrap() = 0;
    station.scene.clock.set(ORIGIN + 30 * LENGTH);
    settle(&core);
    assert_eq!(of(&core, NAMES[0], 0).state, EpochState::Final);
    assert!(!is_known(reading()));
}

#[test]
fn more_devices_than_a_proof_holds_leave_those_with_the_emptiest_frames_out() {
    let station = Station::new();
    let small = Survey::new(K as usize, 14, 8, 2, false).unwrap();
    let key = zksensor::mock::MockKey::new(&zksensor::model::claim::Claim::id(&small));
    let prover = zksensor::prover::ProverBuilder::<Survey, zksensor::mock::Mock>::new(small, key.clone())
        .build()
        .unwrap();
    let prover: Arc<dyn Proves<Survey>> = Arc::new(zksensor_node::prove::Local(Arc::new(prover)));
    let times = Times { grace_ms: GRACE, retention_ms: LENGTH, ahead_ms: 5_000 };
    let parts = (ride().policy, ride().fence.clone());
    let served = Served::new(RIDE, parts, times, prover, Box::new(station.scene.shelves.clone())).unwrap();
    let core = Core::new(
        station.scene.store(),
        vec![served],
        Box::new(station.scene.registries.clone()),
        station.scene.clock.clone() as Arc<dyn Clock>,
        100,
    );
    station.scene.clock.set(ORIGIN + LENGTH - 1);
    let (_, chunk) = town().devices[0];
    let of_chunk: Vec<usize> =
        (0..town().devices.len()).filter(|device| town().devices[*device].1 == chunk).collect();
    // Each device has one more sample than the one before.
    for (samples, device) in (6..).zip(&of_chunk) {
        let frame = ride().frame(ORIGIN + 1_000, (samples, 0), 2000);
        assert_eq!(rule(&send(&core, &ride().sign_of(*device, frame))), "accepted");
    }
    after_grace(&station.scene, 0);
    settle(&core);
    let counted: u32 = (6..).take(of_chunk.len()).skip(of_chunk.len() - K as usize).sum();
    let shelves = station.scene.shelves.0.lock().unwrap();
    let [file] = shelves.values().collect::<Vec<_>>()[..] else { panic!("one chunk") };
    let inputs = inputs_under(key, file);
    assert_eq!((inputs.devices, inputs.counted), (K, counted));
}

#[test]
fn a_policy_and_a_key_of_different_statements_are_refused() {
    let times = Times { grace_ms: GRACE, retention_ms: LENGTH, ahead_ms: 5_000 };
    let scene = Scene::new();
    let place = || Box::new(scene.shelves.clone());
    let of_frames = || (ride().policy, ride().fence.clone());
    let of_readings = || (*town().policies[0].model(), town().policies[0].fence().model().clone());
    let surveyor: Arc<dyn Proves<Survey>> = Arc::new(Surveyor::new());
    let aggregates: AnyProver = scene.proves.clone().into();
    let wrong = Served::new("x", of_frames(), times, aggregates, place()).unwrap_err();
    assert!(matches!(wrong, ServedError::Statement { wanted: "aggregate", got: "survey", .. }), "{wrong}");
    let wrong = Served::new("x", of_readings(), times, surveyor, place()).unwrap_err();
    assert!(matches!(wrong, ServedError::Statement { wanted: "survey", got: "aggregate", .. }), "{wrong}");
    let quality = Survey::new(8, 14, 8, 2, true).unwrap();
    let keyless: Arc<dyn Proves<Survey>> = Arc::new(zksensor_node::prove::Keyless(quality));
    let wrong = Served::new("x", of_frames(), times, keyless, place()).unwrap_err();
    assert!(matches!(wrong, ServedError::Quality { asked: false, .. }), "{wrong}");
}
