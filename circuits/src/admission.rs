//! Which readings an aggregate takes: the first of each device that obeys the policy; the others are refused with the rule.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use zksensor_circuits::statement::aggregate::{AggregateFrame, AggregateWitness};
use zksensor_circuits::statement::{EnrolledReading, Rule, Violation};
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

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_circuits::statement::{Assignment, Binding};
    use zksensor_model::reading::Location;
    use zksensor_model::registry::Registry;
    use zksensor_testkit::{Fleet, FleetOptions, OUTSIDE};

    #[test]
    fn one_good_reading_a_device_is_taken() {
        let fleet = Fleet::new(&FleetOptions { devices: 7, ..FleetOptions::default() });
        let frame = AggregateFrame::whole(Fleet::EPOCH);
        let mut admission = Admission::new(fleet.policy, fleet.fence.clone(), &fleet.registry, frame);
        for index in 0..6 {
            let row = index as u64 + 1;
            assert_eq!(admission.offer(row, fleet.sign(index, &fleet.reading(index))), Ok(()));
        }
        let again = admission.offer(7, fleet.sign(3, &fleet.reading(3))).unwrap_err();
        assert_eq!((again.rule(), again.reason), (Some(Rule::ORDER), RefusalReason::Again { taken: 4 }));
        let location = Location::new(OUTSIDE.0, OUTSIDE.1).unwrap();
        let mut reading = fleet.reading(6);
        reading.location = location;
        let outside = admission.offer(8, fleet.sign(6, &reading)).unwrap_err();
        assert_eq!(outside.to_string(), "C5: the location of reading 8 is outside the fence");
        assert_eq!(admission.len(), 6);

        let statement = fleet.statement(8);
        let witness = admission.finish();
        let inputs = witness.inputs(frame);
        assert_eq!(inputs.count, 6);
        assert!(Assignment::new(&statement, inputs, &witness).is_ok());
    }

    #[test]
    fn strangers_and_other_chunks_are_refused() {
        let fleet = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::default() });
        let signed = fleet.sign(0, &fleet.reading(0));
        let frame = AggregateFrame::whole(Fleet::EPOCH);
        let empty = Registry::new();
        let mut admission = Admission::new(fleet.policy, fleet.fence.clone(), &empty, frame);
        assert_eq!(admission.offer(1, signed).unwrap_err().rule(), Some(Rule::MEMBERSHIP));
        assert!(admission.is_empty());
        let chunk = (fleet.positions[0].get() >> 20) ^ 1;
        let frame = AggregateFrame { chunk_bits: 20, chunk, binding: Binding::NONE, ..frame };
        let mut admission = Admission::new(fleet.policy, fleet.fence.clone(), &fleet.registry, frame);
        assert_eq!(admission.offer(1, signed).unwrap_err().rule(), Some(Rule::CHUNK));
    }
}
