//! Which readings an aggregate takes: one of each device that obeys the policy, as many as a proof holds.

use std::fmt;

use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::{Chunk, Registry};

use super::seats::Seats;
use super::{Assemble, AssembleError, Assembled, Refusal, RefusalReason, Take};
use crate::statement::aggregate::{Aggregate, AggregateWitness, check_chunk};
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

/// Takes the readings of an aggregate. Its `Debug` shows how many there are.
pub struct AggregateAssembly<'r> {
    statement: Aggregate,
    witness: AggregateWitness,
    take: Take,
    seats: Seats<'r, EnrolledReading>,
}

impl<'r> AggregateAssembly<'r> {
    /// Takes readings that obey `policy` with `fence`, by devices of `registry`, for the epoch and chunk of `target`, at most as
    /// many as a proof of `statement` holds.
    pub fn new(
        statement: Aggregate,
        policy: Policy,
        fence: Fence,
        registry: &'r Registry,
        target: AggregateTarget,
    ) -> Self {
        let witness =
            AggregateWitness { policy, fence, cap: registry.cap(target.chunk), readings: Vec::new() };
        let seats = Seats::new(registry, target, statement.capacity());
        AggregateAssembly { statement, witness, take: Take::First, seats }
    }

    /// Takes this one of each device's good readings, in place of the first.
    #[must_use]
    pub fn taking(self, take: Take) -> Self {
        AggregateAssembly { take, ..self }
    }
}

impl Assemble for AggregateAssembly<'_> {
    type Statement = Aggregate;
    type Signed = SignedReading;

    fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
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

    fn len(&self) -> usize {
        self.seats.len()
    }

    fn passed_over(&self) -> u64 {
        self.seats.passed_over()
    }

    fn finish(self) -> Result<Assembled<Aggregate>, AssembleError> {
        let AggregateTarget { epoch, chunk, binding } = *self.seats.target();
        let readings = self.seats.into_taken(self.witness.policy.parts().k)?;
        check_chunk(&self.statement, chunk)?;
        let witness = AggregateWitness { readings, ..self.witness };
        let inputs = witness.inputs(epoch, binding);
        Ok(Assembled { statement: self.statement, inputs, witness })
    }
}

impl fmt::Debug for AggregateAssembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateAssembly").field("taken", &self.seats.len()).finish_non_exhaustive()
    }
}
