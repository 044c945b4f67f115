//! What a worker needs to prove a claim, as a node writes it.
//!
//! ```json
//! { "format": "zksensor-job/v1", "statement": "aggregate-v2-64x32x3", "public_inputs": ["0x...", ...], "policy": { "low": -4000, ... },
//!   "fence": [[[481000000, 115000000], ...], ...], "snapshot": { "root": "0x...", ... }, "readings": ["0x...", ...] }
//! ```
//!
//! The snapshot has the device of each reading, in the order of the readings. All of it is checked when it is read: what comes out is a claim that
//! holds, of the statement of the key that it is for.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateInputs, AggregateWitness};
use zksensor::circuits::statement::{EnrolledReading, Job};
use zksensor::model::claim::{Claim as _, ClaimFamily as _};
use zksensor::model::fence::Fence;
use zksensor::model::field::{self, Fr};
use zksensor::model::layout::PublicInputs as _;
use zksensor::model::policy::{Outputs, Parameters, Policy, PolicyParts};
use zksensor::model::reading::{Network, SIGNED_READING_LENGTH, SignedReading, UnixMillis};
use zksensor::model::registry::{DeviceMembership, Snapshot};

const FORMAT: &str = "zksensor-job/v1";

macro_rules! digests {
    ($($(#[$attribute:meta])* $name:ident($bytes:literal);)*) => {$(
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// Of these bytes.
            pub fn from_bytes(bytes: [u8; $bytes]) -> Self {
                $name(bytes)
            }

            /// Reads what is shown.
            pub fn parse(text: &str) -> Option<Self> {
                let is_shown = text.len() == 2 * $bytes && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let bytes = zksensor::hex::parse(&format!("0x{text}")).ok().filter(|_| is_shown)?;
                Some($name(bytes))
            }
        }

        /// Hexadecimal digits: a word of a subject.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(&text).ok_or_else(|| serde::de::Error::custom("expected hexadecimal digits, got something else"))
            }
        }
    )*};
}

digests! {
    /// A job: the same for whoever has this claim proven under this key.
    JobId(32);
    /// A proving key, by its id.
    KeyName(16);
}

impl JobId {
    /// The id of a claim that is proven under the key with this id.
    pub fn of(job: &Job<Aggregate>, key_id: &str) -> Self {
        let words: Vec<[u8; 32]> = job.assignment().words().iter().map(field::to_be_bytes).collect();
        JobId(hashed(b"zksensor node/v1 job", &[key_id.as_bytes(), words.as_flattened()]))
    }

    /// A job that nobody has.
    pub(super) const PROBE: JobId = JobId([0; 32]);
}

impl KeyName {
    /// The name of the key with this id.
    pub fn of(key_id: &str) -> Self {
        let digest: [u8; 32] = hashed(b"zksensor node/v1 key", &[key_id.as_bytes()]);
        KeyName(*digest.first_chunk().expect("a name is shorter than a digest"))
    }
}

fn hashed(domain: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    hasher.update(domain);
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Why a worker does not prove what it was given. Nothing that is in it is said.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TaskError {
    /// It is no job, or one of another release.
    #[error(
        "expected a job as {FORMAT} has it, got something else; run one release of the node and of the workers"
    )]
    Form,
    /// It is for another key.
    #[error("expected a job of {wanted}, as the key is, got one of another statement")]
    Statement {
        /// Of the key.
        wanted: String,
    },
    /// A part of it is not what it says.
    #[error("{part} of the job: expected one that holds, got another")]
    Part {
        /// Which.
        part: &'static str,
    },
    /// The claim does not hold.
    #[error("the claim does not hold: rule {rule}")]
    Claim {
        /// The first rule that does not.
        rule: String,
    },
}

/// A claim on its way to a worker.
pub struct Task {
    /// Its id.
    pub id: JobId,
    document: Zeroizing<Vec<u8>>,
}

impl Task {
    /// What is said of this claim, to be proven under the key with this id.
    pub fn new(job: &Job<Aggregate>, key_id: &str) -> Self {
        let assignment = job.assignment();
        let witness = assignment.witness();
        let id = JobId::of(job, key_id);
        let root = witness.cap.root();
        let member = |reading: &EnrolledReading| {
            DeviceMembership::new(reading.position, reading.leaf(), reading.path, root)
                .expect("the readings of a claim that holds are of the registry")
        };
        let members = witness.readings.iter().map(member).collect();
        let snapshot = Snapshot::new(witness.cap.clone(), members);
        let document = Document {
            format: FORMAT.to_owned(),
            statement: job.statement().id().to_string(),
            public_inputs: assignment.words().iter().map(field::to_hex).collect(),
            policy: PolicyText::of(&witness.policy),
            fence: witness.fence.clone(),
            snapshot: snapshot.expect("the readings of a claim that holds are of one chunk, in order"),
            readings: witness.readings.iter().map(|reading| Secret::of(&reading.signed)).collect(),
        };
        // Large enough, so that it is not copied as it grows.
        let mut bytes = Zeroizing::new(Vec::with_capacity((32 << 10) + 8192 * witness.readings.len()));
        serde_json::to_writer(&mut *bytes, &document).expect("the parts are JSON, and memory takes them");
        Task { id, document: bytes }
    }

    /// The witness, with all that proving takes.
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// The claim of a document, which holds, if it is of this statement.
    ///
    /// # Errors
    /// [`TaskError`].
    pub fn read(statement: &Aggregate, document: &[u8]) -> Result<Job<Aggregate>, TaskError> {
        let document: Document = serde_json::from_slice(document).map_err(|_| TaskError::Form)?;
        if document.format != FORMAT {
            return Err(TaskError::Form);
        }
        let wanted = statement.id().to_string();
        if document.statement != wanted {
            return Err(TaskError::Statement { wanted });
        }
        let part = |part| move || TaskError::Part { part };
        let fence = document.fence;
        let policy = document.policy.policy(&fence).ok_or_else(part("the policy"))?;
        let members = document.snapshot.members();
        if members.len() != document.readings.len() {
            return Err(part("a reading")());
        }
        let readings = document.readings.iter().zip(members);
        let readings = readings.map(|(reading, member)| {
            reading
                .signed()
                .filter(|signed| *signed.key() == member.leaf().key)
                .map(|signed| EnrolledReading::new(signed, member))
        });
        let readings = readings.collect::<Option<Vec<_>>>().ok_or_else(part("a reading"))?;
        let inputs = part("a public input");
        let words = document.public_inputs.iter().map(|word| field::parse_hex(word).ok());
        let words = words.collect::<Option<Vec<Fr>>>().ok_or_else(&inputs)?;
        let inputs = AggregateInputs::from_words(&words).map_err(|_| inputs())?;
        let cap = document.snapshot.cap().clone();
        let witness = AggregateWitness { policy, fence, cap, readings };
        Job::new(*statement, inputs, witness).map_err(|violation| TaskError::Claim {
            rule: violation.rule().map_or_else(|| "of the layout".to_owned(), |rule| rule.to_string()),
        })
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    statement: String,
    public_inputs: Vec<String>,
    policy: PolicyText,
    fence: Fence,
    snapshot: Snapshot,
    readings: Vec<Secret>,
}

/// A signed reading in hexadecimal digits.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Secret(String);

impl Secret {
    fn of(signed: &SignedReading) -> Self {
        let bytes = Zeroizing::new(signed.encode());
        let mut text = String::with_capacity(2 + 2 * bytes.len());
        text.push_str("0x");
        for byte in bytes.iter() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).expect("four bits are a digit"));
            }
        }
        Secret(text)
    }

    fn signed(&self) -> Option<SignedReading> {
        let bytes: Zeroizing<[u8; SIGNED_READING_LENGTH]> =
            Zeroizing::new(zksensor::hex::parse(&self.0).ok()?);
        SignedReading::decode(&*bytes).ok()
    }
}

/// A policy of an aggregate but for its fence.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyText {
    network: String,
    low: i64,
    high: i64,
    max_accuracy_mm: u32,
    epoch_origin: UnixMillis,
    epoch_length_ms: u64,
    k: u32,
    statement_version: u16,
    schema: u32,
    channel: u8,
    device_class: Option<u16>,
    sum_of_squares: bool,
    minimum: bool,
    maximum: bool,
    insecure_small_k: bool,
}

impl PolicyText {
    fn of(policy: &Policy) -> Self {
        let &PolicyParts {
            network,
            fence: _,
            low,
            high,
            max_accuracy_mm,
            epoch_origin,
            epoch_length_ms,
            k,
            family: _,
            statement_version,
            schema,
            channel,
            device_class,
            outputs: Outputs { sum_of_squares, minimum, maximum },
            parameters: _,
            insecure_small_k,
        } = policy.parts();
        PolicyText {
            network: field::to_hex(&network.to_field()),
            low,
            high,
            max_accuracy_mm,
            epoch_origin,
            epoch_length_ms,
            k,
            statement_version,
            schema,
            channel,
            device_class,
            sum_of_squares,
            minimum,
            maximum,
            insecure_small_k,
        }
    }

    fn policy(&self, fence: &Fence) -> Option<Policy> {
        let network = Network::from_field(field::parse_hex(&self.network).ok()?).ok()?;
        let &PolicyText { low, high, max_accuracy_mm, epoch_origin, epoch_length_ms, k, .. } = self;
        let &PolicyText { statement_version, schema, channel, device_class, .. } = self;
        let &PolicyText { sum_of_squares, minimum, maximum, insecure_small_k, .. } = self;
        let parts = PolicyParts {
            network,
            fence: fence.root(),
            low,
            high,
            max_accuracy_mm,
            epoch_origin,
            epoch_length_ms,
            k,
            family: Aggregate::FAMILY,
            statement_version,
            schema,
            channel,
            device_class,
            outputs: Outputs { sum_of_squares, minimum, maximum },
            parameters: Parameters::NONE,
            insecure_small_k,
        };
        Policy::new(parts).ok()
    }
}
