//! Which readings an aggregate or a histogram takes: one of each device that obeys the policy, as many as a proof holds.

use std::fmt;

use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::{Chunk, Registry};

use super::seats::Seats;
use super::{Assemble, AssembleError, Assembled, Refusal, RefusalReason, Take};
use crate::statement::aggregate::Aggregate;
use crate::statement::histogram::Histogram;
use crate::statement::readings::{FromReadings, OfReadings, ReadingsWitness, check_chunk};
use crate::statement::{Binding, EnrolledReading};

/// What an aggregate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AggregateTarget {
    /// The epoch.
    pub epoch: u32,
    /// The chunk, of as many levels as the statement's shape says.
    pub chunk: Chunk,
    /// Chain, contract, recipient.
    pub binding: Binding,
}

/// Takes the readings of a statement about one of each device. Its `Debug` shows how many there are.
pub struct OneEachAssembly<'r, S> {
    statement: S,
    witness: ReadingsWitness,
    take: Take,
    seats: Seats<'r, EnrolledReading>,
}

/// Takes the readings of an aggregate.
pub type AggregateAssembly<'r> = OneEachAssembly<'r, Aggregate>;

/// Takes the readings of a histogram.
pub type HistogramAssembly<'r> = OneEachAssembly<'r, Histogram>;

impl<'r, S: OfReadings> OneEachAssembly<'r, S> {
    /// Takes readings that obey `policy` with `fence`, by devices of `registry`, for the epoch and chunk of `target`, at most as
    /// many as a proof of `statement` holds.
    pub fn new(
        statement: S,
        policy: Policy,
        fence: Fence,
        registry: &'r Registry,
        target: AggregateTarget,
    ) -> Self {
        let witness =
            ReadingsWitness { policy, fence, cap: registry.cap(target.chunk), readings: Vec::new() };
        let seats = Seats::new(registry, target, statement.shape().capacity());
        OneEachAssembly { statement, witness, take: Take::First, seats }
    }

    /// Takes this one of each device's good readings, in place of the first.
    #[must_use]
    pub fn taking(self, take: Take) -> Self {
        OneEachAssembly { take, ..self }
    }

    /// As [`Assemble::offer`].
    pub(super) fn offer_reading(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        let refuse = |reason| Refusal { row, reason };
        let membership = self.seats.membership(signed.key()).map_err(refuse)?;
        let reading = EnrolledReading::new(signed, &membership);
        let epoch = self.seats.target().epoch;
        self.witness
            .check_reading(epoch, &reading)
            .map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        let rank = self.take.rank(&self.witness.policy, epoch, reading.signed.reading().time);
        self.seats.take(reading.position, (row, rank), reading).map_err(refuse)
    }

    /// As [`Assemble::len`].
    pub(super) fn taken(&self) -> usize {
        self.seats.len()
    }

    /// As [`Assemble::passed_over`].
    pub(super) fn passed(&self) -> u64 {
        self.seats.passed_over()
    }

    /// What was taken, if it is of k devices or more, and what for.
    pub(super) fn into_taken(self) -> Result<(S, ReadingsWitness, AggregateTarget), AssembleError> {
        let target = *self.seats.target();
        let readings = self.seats.into_taken(self.witness.policy.parts().k)?;
        check_chunk(&self.statement, target.chunk)?;
        Ok((self.statement, ReadingsWitness { readings, ..self.witness }, target))
    }
}

impl<S: FromReadings> Assemble for OneEachAssembly<'_, S> {
    type Statement = S;
    type Signed = SignedReading;

    fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        self.offer_reading(row, signed)
    }

    fn len(&self) -> usize {
        self.taken()
    }

    fn passed_over(&self) -> u64 {
        self.passed()
    }

    fn finish(self) -> Result<Assembled<S>, AssembleError> {
        let (statement, witness, AggregateTarget { epoch, binding, .. }) = self.into_taken()?;
        let inputs = S::inputs_of(&witness, epoch, binding);
        Ok(Assembled { statement, inputs, witness })
    }
}

impl<S> fmt::Debug for OneEachAssembly<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneEachAssembly").field("taken", &self.seats.len()).finish_non_exhaustive()
    }
}
