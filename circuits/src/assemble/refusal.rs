//! Why a reading is not taken.

use std::fmt;

use zksensor_model::reading::ReadingError;
#[cfg(doc)]
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::{Chunk, Position};

use crate::statement::{Rule, Violation};

/// Why a reading is not part of the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The caller's number of the reading.
    pub row: u64,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a reading is not part of the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// Its signature does not hold.
    Signature,
    /// The bytes are no signed reading.
    Malformed(ReadingError),
    /// It is of another device than the prover's own.
    OtherDevice,
    /// No device is registered with the key.
    NotEnrolled,
    /// A rule about a reading alone does not hold.
    Violation(Violation),
    /// Its device is in another chunk.
    Chunk {
        /// Position of the device.
        position: Position,
        /// The chunk of the aggregate.
        chunk: Chunk,
    },
    /// It is good, and another reading of its device was taken.
    Again {
        /// Number of the reading that was taken.
        taken: u64,
    },
    /// It is good, and so is the one that was taken: a claim is about one.
    Second {
        /// Number of the reading that was taken.
        taken: u64,
    },
    /// It is good, and a proof holds no more.
    Full {
        /// Readings that a proof holds.
        capacity: usize,
    },
}

impl RefusalReason {
    /// It is good, and passed over for another of its device.
    pub fn is_passed_over(&self) -> bool {
        matches!(self, RefusalReason::Again { .. } | RefusalReason::Second { .. })
    }
}

impl Refusal {
    /// The refusal of a reading whose signature does not hold, which no [`SignedReading`] has.
    pub fn signature(row: u64) -> Refusal {
        Refusal { row, reason: RefusalReason::Signature }
    }

    /// The refusal of bytes that [`SignedReading::decode`] refuses.
    pub fn undecoded(row: u64, error: ReadingError) -> Refusal {
        match error {
            ReadingError::Signature { .. } => Refusal::signature(row),
            error => Refusal { row, reason: RefusalReason::Malformed(error) },
        }
    }

    /// The rule that refuses it; `None` for a policy that the epoch does not fit, and for what is no reading.
    pub fn rule(&self) -> Option<Rule> {
        match &self.reason {
            RefusalReason::Signature | RefusalReason::OtherDevice => Some(Rule::SIGNATURE),
            RefusalReason::Malformed(_) => None,
            RefusalReason::NotEnrolled => Some(Rule::MEMBERSHIP),
            RefusalReason::Violation(violation) => violation.rule(),
            RefusalReason::Chunk { .. } => Some(Rule::CHUNK),
            RefusalReason::Again { .. } => Some(Rule::ORDER),
            RefusalReason::Second { .. } => Some(Rule::NULLIFIER),
            RefusalReason::Full { .. } => Some(Rule::ACTIVITY),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row;
        match &self.reason {
            RefusalReason::Signature => {
                write!(f, "C3: reading {row} does not carry a valid signature of its key; it was altered")
            }
            RefusalReason::Malformed(error) => write!(f, "reading {row} is none: {error}"),
            RefusalReason::OtherDevice => {
                write!(f, "C3: reading {row} was not signed by this device; pass its own readings")
            }
            RefusalReason::NotEnrolled => {
                write!(
                    f,
                    "C4: the device of reading {row} is not in the registry; enrol it, or use the registry of the epoch"
                )
            }
            RefusalReason::Violation(violation) => {
                let number = usize::try_from(row).unwrap_or(usize::MAX);
                write!(f, "{}", violation.clone().about(number))
            }
            RefusalReason::Chunk { position, chunk } => {
                write!(
                    f,
                    "C14: the device of reading {row} is at position {position}, which is not in {chunk}"
                )
            }
            RefusalReason::Again { taken } => {
                write!(
                    f,
                    "C13: reading {row} is of the device of reading {taken}, which was taken; one reading a device"
                )
            }
            RefusalReason::Second { taken } => {
                write!(
                    f,
                    "C21: reading {row} is passed over for reading {taken}, which was taken; a device proves one reading an epoch"
                )
            }
            RefusalReason::Full { capacity } => {
                write!(
                    f,
                    "C2: reading {row} is of one more device than the {capacity} that a proof holds; take a key of a larger \
                     capacity, or prove smaller chunks"
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}
