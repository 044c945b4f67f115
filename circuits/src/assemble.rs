//! Which readings an aggregate takes: the first of each device that obeys the policy; the others are refused with the rule.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use crate::statement::aggregate::{AggregateFrame, AggregateWitness};
use crate::statement::{EnrolledReading, Rule, Violation};
use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::{Position, Registry};

/// Takes readings one by one.
///
/// Memory is bounded by the number of devices, whatever the number of readings.
pub struct Admission<'r> {
    registry: &'r Registry,
    witness: AggregateWitness,
    frame: AggregateFrame,
    taken: BTreeMap<Position, (u64, EnrolledReading)>,
}

/// Why a reading is not in the aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The caller's number of the reading.
    pub row: u64,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a reading is not in the aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// Its signature does not hold.
    Signature,
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
        chunk: u32,
    },
    /// Another reading of its device was taken.
    Again {
        /// Number of the reading that was taken.
        taken: u64,
    },
}

impl<'r> Admission<'r> {
    /// Takes readings that obey `policy` with `fence`, by devices of `registry`, for the epoch and chunk of `frame`.
    pub fn new(policy: Policy, fence: Fence, registry: &'r Registry, frame: AggregateFrame) -> Admission<'r> {
        let witness = AggregateWitness { policy, fence, cap: registry.cap(), readings: Vec::new() };
        Admission { registry, witness, frame, taken: BTreeMap::new() }
    }

    /// Takes the reading, number `row` of the caller's, or says why not.
    ///
    /// # Errors
    /// [`Refusal`] with the first rule that does not hold.
    pub fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        let refuse = |reason| Refusal { row, reason };
        let position = self.registry.position_of(signed.key()).ok_or(refuse(RefusalReason::NotEnrolled))?;
        let chunk = self.frame.chunk;
        if position.get().checked_shr(u32::from(self.frame.chunk_bits)).unwrap_or(0) != chunk {
            return Err(refuse(RefusalReason::Chunk { position, chunk }));
        }
        let membership =
            self.registry.membership(position).expect("the key's position is that of a registered device");
        let reading = EnrolledReading::new(signed, &membership);
        self.witness
            .check_reading(self.frame.epoch, &reading)
            .map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        match self.taken.entry(position) {
            Entry::Occupied(entry) => Err(refuse(RefusalReason::Again { taken: entry.get().0 })),
            Entry::Vacant(entry) => {
                entry.insert((row, reading));
                Ok(())
            }
        }
    }

    /// Readings taken so far, one a device.
    pub fn len(&self) -> usize {
        self.taken.len()
    }

    /// Whether none was taken.
    pub fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }

    /// The witness of an aggregate of the readings that were taken.
    pub fn finish(self) -> AggregateWitness {
        let readings = self.taken.into_values().map(|(_, reading)| reading).collect();
        AggregateWitness { readings, ..self.witness }
    }
}

impl Refusal {
    /// The refusal of a reading whose signature does not hold, which no [`SignedReading`] has.
    pub fn signature(row: u64) -> Refusal {
        Refusal { row, reason: RefusalReason::Signature }
    }

    /// The rule that refuses it; `None` for a policy that the epoch does not fit.
    pub fn rule(&self) -> Option<Rule> {
        match &self.reason {
            RefusalReason::Signature | RefusalReason::OtherDevice => Some(Rule::SIGNATURE),
            RefusalReason::NotEnrolled => Some(Rule::MEMBERSHIP),
            RefusalReason::Violation(violation) => violation.rule(),
            RefusalReason::Chunk { .. } => Some(Rule::CHUNK),
            RefusalReason::Again { .. } => Some(Rule::ORDER),
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
                    "C14: the device of reading {row} is at position {position}, which is not in chunk {chunk}"
                )
            }
            RefusalReason::Again { taken } => {
                write!(
                    f,
                    "C13: reading {row} is of the device of reading {taken}, which was taken; one reading a device"
                )
            }
        }
    }
}

impl std::error::Error for Refusal {}
