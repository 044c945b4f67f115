//! A fixed station proves how long of an hour it was up, inside the cell that it declared, and
//! hides where in the cell it stands.
//!
//! Each function is what one party does: the station [signs](sign) what its receiver wrote and
//! [proves](prove) what that shows, and whoever pays [verifies](verify). The registrar enrols the
//! station's [leaf](Station::leaf).

use std::error::Error;

use zksensor::circuits::assemble::{Assemble, OwnDevice, ReadingTarget, TrackAssembly};
use zksensor::circuits::statement::track::Track;
use zksensor::circuits::statement::{Binding, track::TrackInputs};
use zksensor::files::{DeviceFile, ProofFile};
use zksensor::import::{FrameCuts, FrameCutter, NmeaReader, RangeError, Target};
use zksensor::io::policy::{PolicyDocument, document};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::fence::Fence;
use zksensor::model::frame::{FrameLink, MAX_FRAME_SAMPLES, SAMPLES_A_STEP, SignedFrame};
use zksensor::model::policy::Policy;
use zksensor::model::reading::UnixMillis;
use zksensor::model::registry::{Registry, RegistryRoot};
use zksensor::model::schema::GNSS_STATION;
use zksensor::model::track::Quantum;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::rand::rngs::OsRng;
use zksensor::verifier::{KeyId, VerifyingKey, inputs_from_words};

/// Why something was refused: the message says what was wanted, and what came.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What is asked every hour: `policy.toml`, about the cells in `cell.txt`. The project publishes
/// both.
#[derive(Debug, Clone)]
pub struct Question {
    policy: Policy,
    quantum: Quantum,
    fence: Fence,
}

impl Question {
    /// Reads the two files.
    pub fn load() -> Result<Question, Failure> {
        let fence = zksensor::prelude::Fence::parse(include_bytes!("../cell.txt"))?
            .model()
            .clone();
        let PolicyDocument {
            policy, quantum, ..
        } = document(include_str!("../policy.toml"), Some(&fence))?;
        Ok(Question {
            policy,
            quantum,
            fence,
        })
    }

    /// The number of the hour that holds a time.
    pub fn epoch_of(&self, time: UnixMillis) -> Result<u32, Failure> {
        Ok(self
            .policy
            .epoch_of(time)
            .ok_or("expected a time in an epoch of the policy, got one before the first")?)
    }
}

/// A station: what it signs with, and the secret behind its identity.
#[derive(Debug, Clone)]
pub struct Station(DeviceFile);

impl Station {
    /// A new one, with secrets of the system's generator. [`DeviceFile::save`] and
    /// [`DeviceFile::load`] keep them in a file.
    pub fn generate() -> Station {
        let attributes = Attributes {
            class: 0,
            expiry: UnixMillis::MAX,
            owner: 0,
        };
        Station(DeviceFile::new(
            DeviceKey::generate(&mut OsRng),
            DeviceSecret::generate(&mut OsRng),
            attributes,
        ))
    }

    /// What the registrar enrols: nothing secret.
    pub fn leaf(&self) -> Leaf {
        self.0.leaf()
    }
}

/// The station signs the fixes of its receiver's log, up to the end of their hour or of a frame, as
/// one frame. A fix that the receiver itself calls invalid is none.
pub fn sign(station: &Station, question: &Question, nmea: &str) -> Result<SignedFrame, Failure> {
    let network = question.policy.parts().network;
    let target = Target {
        network,
        schema: &GNSS_STATION,
        first_sequence: 0,
    };
    let cuts = FrameCuts {
        samples: MAX_FRAME_SAMPLES,
        span_ms: None,
        policy: Some(question.policy),
    };
    let mut cutter = FrameCutter::new(cuts, 0, FrameLink::NONE);
    let mut frame = None;
    for row in
        NmeaReader::new(nmea.as_bytes(), &target, RangeError::default()).filter_map(Result::ok)
    {
        frame = cutter.push(&row.reading)?;
        if frame.is_some() {
            break;
        }
    }
    let frame = frame
        .or_else(|| cutter.finish())
        .ok_or("expected a log with a fix, got none")?;
    Ok(station.0.key().sign_frame(frame))
}

/// What the station publishes of an hour.
#[derive(Debug)]
pub struct Published {
    /// What the proof is checked with. It is made here, for development; a network has one from a
    /// ceremony.
    pub key: VerifyingKey,
    /// The proof, with the numbers that it is about.
    pub proof: ProofFile,
}

/// The station proves what its frame shows of an epoch. Where it stands stays its own.
pub fn prove(
    station: &Station,
    question: &Question,
    registry: &Registry,
    frame: SignedFrame,
) -> Result<Published, Failure> {
    let start = frame.frame().time(0);
    let statement = Track::new(
        frame
            .frame()
            .samples()
            .len()
            .next_multiple_of(SAMPLES_A_STEP),
    )?;
    let key = *station.0.key().public();
    let position = registry
        .position_of(&key)
        .ok_or("expected a registry with this station, got one without; enrol its leaf")?;
    let device = OwnDevice {
        key,
        secret: station.0.secret().clone(),
        membership: Some(registry.membership(position)?),
    };
    let target = ReadingTarget {
        epoch: question.epoch_of(start)?,
        binding: Binding::NONE,
    };
    let Question {
        policy,
        quantum,
        fence,
    } = question.clone();
    let mut assembly = TrackAssembly::new(statement, policy, fence, device, target, quantum);
    assembly.offer(1, frame)?;
    let job = assembly.job()?;

    let prover =
        Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let (assignment, key) = (job.assignment(), prover.verifier().key().clone());
    let proof = prover.prove(&assignment, &mut OsRng)?;
    let words = assignment.words().to_vec();
    let proof = ProofFile::new(&statement, key.key_id(), proof, words)?;
    Ok(Published { key, proof })
}

/// What whoever pays knows before any proof comes: from those who publish it, never from the proof.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The hour that is asked about.
    pub epoch: u32,
    /// The registrar's, at the hour's start.
    pub root: RegistryRoot,
    /// Of the key that the project published.
    pub key_id: KeyId,
}

/// How long a station was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uptime {
    /// Slots of the hour with a good fix, at the least.
    pub slots: u16,
    /// Slots that the hour has.
    pub of: u64,
    /// Good fixes, at the least.
    pub fixes: u16,
    /// Fixes of the frame that are not counted, at the most.
    pub left_out: u16,
    /// How far it went, at the least, in centimetres: 0 of a station that stands still.
    pub distance_cm: u32,
}

/// Whoever pays: the uptime that a proof shows, if it holds and is about what was asked. Each of
/// the five is compared, or a proof of another hour, of a station that somebody made up, or under a
/// key that somebody can forge with would do.
pub fn verify(
    question: &Question,
    known: &Known,
    published: &Published,
) -> Result<Uptime, Failure> {
    let Published { key, proof } = published;
    if key.key_id() != known.key_id {
        return Err(format!("expected the key {}, got {}", known.key_id, key.key_id()).into());
    }
    proof.verify(key.clone())?;
    let shown: TrackInputs = inputs_from_words(proof.words())?;
    for (what, is_the_one) in [
        ("policy", shown.policy_id == question.policy.id()),
        ("registry root", shown.registry_root == known.root),
        ("epoch", shown.epoch == known.epoch),
        ("binding", shown.binding == Binding::NONE),
    ] {
        if !is_the_one {
            return Err(format!(
                "expected a proof of the {what} that was asked about, got one of another"
            )
            .into());
        }
    }
    let length = question.policy.parts().epoch_length_ms;
    Ok(Uptime {
        slots: shown.slots,
        of: question
            .policy
            .track_rules()
            .map_or(0, |rules| rules.slots(length)),
        fixes: shown.samples,
        left_out: shown.left_out,
        distance_cm: shown.distance_cm,
    })
}
