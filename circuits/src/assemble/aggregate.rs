//! Which readings an aggregate takes: the first of each device that obeys the policy, as many as a proof holds.

use std::collections::BTreeMap;
use std::fmt;

use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::{Chunk, Position, Registry};

use super::{Assemble, AssembleError, Assembled, Refusal, RefusalReason};
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
    registry: &'r Registry,
    witness: AggregateWitness,
    target: AggregateTarget,
    taken: BTreeMap<Position, (u64, EnrolledReading)>,
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
        AggregateAssembly { statement, registry, witness, target, taken: BTreeMap::new() }
    }
}

impl Assemble for AggregateAssembly<'_> {
    type Statement = Aggregate;
    type Signed = SignedReading;

    fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        let refuse = |reason| Refusal { row, reason };
        let position = self.registry.position_of(signed.key()).ok_or(refuse(RefusalReason::NotEnrolled))?;
        let chunk = self.target.chunk;
        if chunk.offset(position).is_none() {
            return Err(refuse(RefusalReason::Chunk { position, chunk }));
        }
        let membership =
            self.registry.membership(position).expect("the key's position is that of a registered device");
        let reading = EnrolledReading::new(signed, &membership);
        self.witness
            .check_reading(self.target.epoch, &reading)
            .map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        let (capacity, full) = (self.statement.capacity(), self.taken.len() >= self.statement.capacity());
        match self.taken.get(&position) {
            Some((taken, _)) => Err(refuse(RefusalReason::Again { taken: *taken })),
            None if full => Err(refuse(RefusalReason::Full { capacity })),
            None => {
                self.taken.insert(position, (row, reading));
                Ok(())
            }
        }
    }

    fn len(&self) -> usize {
        self.taken.len()
    }

    fn finish(self) -> Result<Assembled<Aggregate>, AssembleError> {
        let (wanted, got) = (self.witness.policy.parts().k, self.taken.len());
        if got == 0 || got < wanted as usize {
            return Err(AssembleError::TooFew { wanted, got });
        }
        check_chunk(&self.statement, self.target.chunk).map_err(AssembleError::Violation)?;
        let readings = self.taken.into_values().map(|(_, reading)| reading).collect();
        let witness = AggregateWitness { readings, ..self.witness };
        Ok(Assembled {
            statement: self.statement,
            inputs: witness.inputs(self.target.epoch, self.target.binding),
            witness,
        })
    }
}

impl fmt::Debug for AggregateAssembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateAssembly").field("taken", &self.taken.len()).finish_non_exhaustive()
    }
}
