//! What a worker needs to prove a claim, as a node writes it.
//!
//! ```json
//! { "format": "zksensor-job/v2", "statement": "aggregate-v2-64x32x3", "public_inputs": ["0x...", ...], "policy": { "low": -4000, ... },
//!   "fence": [[[481000000, 115000000], ...], ...], "snapshot": { "root": "0x...", ... }, "signed": ["0x...", ...] }
//! ```
//!
//! The snapshot has the device of each reading or frame, in their order. All of it is checked when it is read: what comes out is a claim that
//! holds, of the statement of the key that it is for. Which samples of a frame count is not in it: the most that may, as the node chose them.

mod claims;
mod names;
mod policy;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;
use zksensor::circuits::statement::Job;
use zksensor::model::fence::Fence;
use zksensor::model::field::{self, Fr};
use zksensor::model::layout::PublicInputs as _;
use zksensor::model::registry::Snapshot;

pub use self::claims::Tasked;
use self::claims::{Parts, Secret};
pub use self::names::{JobId, KeyName};
use self::policy::PolicyText;

const FORMAT: &str = "zksensor-job/v2";

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
    pub fn new<S: Tasked>(job: &Job<S>, key_id: &str) -> Self {
        let assignment = job.assignment();
        let id = JobId::of(job, key_id);
        let Parts { policy, fence, cap, devices } = S::parts(assignment.witness());
        let (members, signed): (Vec<_>, Vec<_>) = devices.into_iter().unzip();
        let snapshot = Snapshot::new(cap, members);
        let document = Document {
            format: FORMAT.to_owned(),
            statement: job.statement().id().to_string(),
            public_inputs: assignment.words().iter().map(field::to_hex).collect(),
            policy: PolicyText::of(&policy),
            fence,
            snapshot: snapshot.expect("the devices of a claim that holds are of one chunk, in order"),
            signed,
        };
        // Large enough, so that it is not copied as it grows.
        let of_each = document.signed.iter().map(|secret| 8192 + secret.len()).sum::<usize>();
        let mut bytes = Zeroizing::new(Vec::with_capacity((32 << 10) + of_each));
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
    pub fn read<S: Tasked>(statement: &S, document: &[u8]) -> Result<Job<S>, TaskError> {
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
        let policy = document.policy.policy(S::FAMILY, &fence).ok_or_else(part("the policy"))?;
        let (of_a_device, inputs) = (part("what a device signed"), part("a public input"));
        let members = document.snapshot.members();
        if members.len() != document.signed.len() {
            return Err(of_a_device());
        }
        let devices = members.iter().cloned().zip(document.signed).collect();
        let cap = document.snapshot.cap().clone();
        let witness = S::witness(Parts { policy, fence, cap, devices }).ok_or_else(of_a_device)?;
        let words = document.public_inputs.iter().map(|word| field::parse_hex(word).ok());
        let words = words.collect::<Option<Vec<Fr>>>().ok_or_else(&inputs)?;
        let words = S::Inputs::from_words(&words).map_err(|_| inputs())?;
        Job::new(*statement, words, witness).map_err(|violation| TaskError::Claim {
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
    /// Readings or frames.
    signed: Vec<Secret>,
}
