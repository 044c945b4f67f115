//! What the devices of the town say over time: frames, and a policy over them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use zksensor::circuits::statement::Job;
use zksensor::circuits::statement::survey::{Survey, SurveyInputs};
use zksensor::mock::{Mock, MockKey, MockProof};
use zksensor::model::claim::{Claim as _, ClaimFamily as _};
use zksensor::model::fence::Fence;
use zksensor::model::frame::{Frame, FrameHeader, FrameLink, Sample};
use zksensor::model::layout::PublicInputs as _;
use zksensor::model::policy::{Policy, PolicyParts};
use zksensor::model::reading::{Location, PayloadHash, UnixMillis};
use zksensor::model::schema::ABSENT;
use zksensor::model::survey::{SurveyParts, SurveyRules};
use zksensor::prover::{Cancel, ProverBuilder};
use zksensor_node::core::Core;
use zksensor_node::intake::{Answer, Intake, Item};
use zksensor_node::prove::{Local, NoProof, Proves};

use crate::scene::{EPOCHS, LENGTH, ORIGIN, town};

/// The name of its policy.
pub(crate) const RIDE: &str = "ride";
/// Samples of a device that have to count, and those that need not.
pub(crate) const LEAST: u16 = 5;
const LEFT_OUT: u16 = 3;
/// How many samples each frame of an epoch has, and how many of them lie outside the fence: the second is the fullest, and the last is not enough.
pub(crate) const FRAMES: [(u32, u32); 4] = [(7, 0), (12, 3), (8, 0), (6, 2)];

/// A frame that a device signed.
pub(crate) struct SignedFrame {
    pub(crate) device: usize,
    pub(crate) epoch: u32,
    /// Of its first sample, and its sequence number.
    pub(crate) start: u64,
    /// Of its last sample.
    pub(crate) time: u64,
    /// Values of its samples that lie inside.
    pub(crate) values: Vec<i64>,
    pub(crate) bytes: Vec<u8>,
}

impl SignedFrame {
    /// Whether it is one that the policy takes.
    pub(crate) fn is_good(&self) -> bool {
        self.values.len() >= usize::from(LEAST)
    }
}

pub(crate) struct Ride {
    pub(crate) policy: Policy,
    pub(crate) fence: Fence,
    pub(crate) frames: Vec<SignedFrame>,
}

/// The statement of the policy.
pub(crate) fn survey() -> Survey {
    Survey::new(8, 14, 8, 2, false).unwrap()
}

/// The same for all tests.
pub(crate) fn ride() -> &'static Ride {
    static RIDE: OnceLock<Ride> = OnceLock::new();
    RIDE.get_or_init(|| {
        let air = &town().policies[0];
        let rules = SurveyParts { least_samples: LEAST, most_left_out: LEFT_OUT, quality: None };
        let policy = Policy::new(PolicyParts {
            family: Survey::FAMILY,
            statement_version: Survey::VERSION,
            parameters: SurveyRules::new(rules).unwrap().parameters(),
            ..*air.model().parts()
        });
        let mut ride =
            Ride { policy: policy.unwrap(), fence: air.fence().model().clone(), frames: Vec::new() };
        for epoch in 0..EPOCHS {
            for device in 0..town().devices.len() {
                for (nth, (samples, outside)) in (0..).zip(FRAMES) {
                    let start = ORIGIN + u64::from(epoch) * LENGTH + 20_000 + nth * 130_000 + device as u64;
                    let frame =
                        ride.sign(device, start, (samples, outside), 100 * nth as i64 + device as i64);
                    ride.frames.push(SignedFrame { epoch, ..frame });
                }
            }
        }
        ride
    })
}

impl Ride {
    /// A frame of samples ten seconds apart, of which the first lie outside the fence.
    pub(crate) fn frame(&self, start: u64, (samples, outside): (u32, u32), value: i64) -> Frame {
        let parts = self.policy.parts();
        let header = FrameHeader {
            network: parts.network,
            schema: parts.schema,
            sequence: start,
            start: UnixMillis::new(start).unwrap(),
            link: FrameLink::NONE,
            payload_hash: PayloadHash::NONE,
        };
        let sample = |nth: u32| {
            let longitude = if nth < outside { 125_500_000 } else { 115_500_000 };
            let mut channels = [ABSENT; 3];
            channels[usize::from(parts.channel)] = value + i64::from(nth);
            let location = Location::from_e7(481_500_000, longitude).unwrap();
            Sample { offset_ms: 10_000 * nth, location, accuracy_mm: 1000, channels }
        };
        Frame::new(header, (0..samples).map(sample).collect()).unwrap()
    }

    pub(crate) fn sign(
        &self,
        device: usize,
        start: u64,
        (samples, outside): (u32, u32),
        value: i64,
    ) -> SignedFrame {
        let frame = self.frame(start, (samples, outside), value);
        let time = frame.time(frame.samples().len() - 1).get();
        let values = (outside..samples).map(|nth| value + i64::from(nth)).collect();
        let bytes = self.sign_of(device, frame);
        SignedFrame { device, epoch: 0, start, time, values, bytes }
    }

    pub(crate) fn sign_of(&self, device: usize, frame: Frame) -> Vec<u8> {
        town().devices[device].0.sign_frame(frame).encode()
    }
}

/// Devices, counted samples and sum of each chunk, of the fullest of these frames of each device, of several the latest.
pub(crate) fn of_chunks<'f>(
    frames: impl IntoIterator<Item = &'f SignedFrame>,
) -> BTreeMap<u32, (u32, u32, i64)> {
    let mut best = BTreeMap::<usize, &SignedFrame>::new();
    for frame in frames.into_iter().filter(|frame| frame.is_good()) {
        let of_device = best.entry(frame.device).or_insert(frame);
        if (of_device.values.len(), of_device.time) < (frame.values.len(), frame.time) {
            *of_device = frame;
        }
    }
    let mut chunks = BTreeMap::<u32, (u32, u32, i64)>::new();
    for frame in best.into_values() {
        let chunk = chunks.entry(town().devices[frame.device].1).or_default();
        chunk.0 += 1;
        chunk.1 += u32::try_from(frame.values.len()).unwrap();
        chunk.2 += frame.values.iter().sum::<i64>();
    }
    chunks
}

pub(crate) fn send(core: &Core, bytes: &[u8]) -> Answer {
    core.take(vec![Item::Frame(bytes.to_vec())]).unwrap().remove(0)
}

/// What its mocks are made and verified with.
pub(crate) fn key() -> MockKey {
    MockKey::new(&survey().id())
}

/// Who makes proofs of surveys, and who is asked for them.
#[derive(Clone)]
pub(crate) struct Surveys {
    pub(crate) surveyor: Surveyor,
    /// What the node asks.
    pub(crate) proves: Arc<dyn Proves<Survey>>,
    /// What it got.
    pub(crate) returned: Arc<Mutex<Vec<SurveyInputs>>>,
}

impl Surveys {
    /// With a prover in the node's own process.
    pub(crate) fn new() -> Self {
        let surveyor = Surveyor::new();
        Surveys { proves: Arc::new(surveyor.clone()), surveyor, returned: Arc::default() }
    }

    /// What a node is served with.
    pub(crate) fn asked(&self) -> Arc<dyn Proves<Survey>> {
        Arc::new(self.clone())
    }
}

impl Proves<Survey> for Surveys {
    fn statement(&self) -> Survey {
        self.proves.statement()
    }

    fn prove(&self, job: &Job<Survey>, cancel: &Cancel) -> Result<String, NoProof> {
        let file = self.proves.prove(job, cancel)?;
        self.returned.lock().unwrap().push(*job.inputs());
        Ok(file)
    }
}

/// Makes mocks, and remembers of what.
#[derive(Clone)]
pub(crate) struct Surveyor {
    local: Arc<Local<Survey, Mock>>,
    pub(crate) made: Arc<Mutex<Vec<SurveyInputs>>>,
}

impl Surveyor {
    pub(crate) fn new() -> Self {
        let prover = ProverBuilder::<Survey, Mock>::new(survey(), key()).build().unwrap();
        Surveyor { local: Arc::new(Local(Arc::new(prover))), made: Arc::default() }
    }
}

impl Proves<Survey> for Surveyor {
    fn statement(&self) -> Survey {
        survey()
    }

    fn prove(&self, job: &Job<Survey>, cancel: &Cancel) -> Result<String, NoProof> {
        self.made.lock().unwrap().push(*job.inputs());
        self.local.prove(job, cancel)
    }
}

/// The public inputs of a proof in a file.
pub(crate) fn inputs_of(file: &str) -> SurveyInputs {
    inputs_under(key(), file)
}

/// The same under the key of another shape.
pub(crate) fn inputs_under(key: MockKey, file: &str) -> SurveyInputs {
    let file = zksensor::files::ProofFile::<MockProof>::decode("proof".as_ref(), file.as_bytes()).unwrap();
    file.clone().verify(key).unwrap();
    SurveyInputs::from_words(file.words()).unwrap()
}
