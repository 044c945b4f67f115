//! `aggregate`: a statistic of the readings of N different devices, at least k of them.
//!
//! Rules C1 to C19 of [`crate::statement`]. Slots fill from 0; a slot beyond the readings holds a dummy that adds nothing.
//!
//! All readings are of one chunk, 8^levels positions, whose width the shape fixes. The 64 nodes two levels below the *chunk's* root
//! (its cap) are hashed once and selected from by the top six bits of where in the chunk a device is; one path leads from the
//! chunk's root to the registry's, at the digits of the public chunk. So a reading shows levels - 2 levels of its own. The same
//! bits of the offset go to the path, to the selection and to the order. The fence's triangles are hashed once and one is
//! selected by each reading.

mod slots;
mod totals;

use std::fmt;

use zksensor_model::claim::aggregate::SUM_OFFSET;
pub use zksensor_model::claim::aggregate::{Aggregate, AggregateFields, AggregateInputs, MAX_CAPACITY};
use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::registry::{Chunk, ChunkCap, Position};

use self::slots::{Exports, Shared};
use super::enrolled::{self, EnrolledReading};
use super::many::native::{self, Released};
use super::many::{self, Slot};
use super::policy_vars::{self, BlockPolicy};
use super::{Binding, InputVars, Statement, Violation, ensure};
use crate::gadgets::{Gadgets, SynthesisError, WithLists};

/// What the aggregator knows. Its `Debug` shows how many readings there are.
#[derive(Clone)]
pub struct AggregateWitness {
    /// The policy.
    pub policy: Policy,
    /// Its fence.
    pub fence: Fence,
    /// What joins the devices of the chunk to the registry root.
    pub cap: ChunkCap,
    /// The readings, in the order of their positions.
    pub readings: Vec<EnrolledReading>,
}

impl fmt::Debug for AggregateWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateWitness").field("readings", &self.readings.len()).finish_non_exhaustive()
    }
}

impl AggregateWitness {
    /// The public inputs that hold for a witness, in this epoch and for this binding. Whether its readings obey the rules is for
    /// [`Statement::check`].
    pub fn inputs(&self, epoch: u32, binding: Binding) -> AggregateInputs {
        let chunk = self.cap.chunk();
        let values = self.values();
        let Released { sum, sum_of_squares, minimum, maximum } =
            native::released(&values, self.policy.parts());
        AggregateInputs {
            registry_root: self.cap.root(),
            policy_id: self.policy.id(),
            epoch,
            chunk_bits: native::bits_of(chunk),
            chunk: chunk.index(),
            count: u32::try_from(values.len()).unwrap_or(u32::MAX),
            sum,
            sum_of_squares,
            minimum,
            maximum,
            binding,
        }
    }

    fn values(&self) -> Vec<i64> {
        self.readings.iter().map(|reading| reading.value(&self.policy)).collect()
    }

    /// Whether one reading obeys every rule that is about a reading alone, C3 to C12 and C14: whether it may join
    /// [`AggregateWitness::readings`] in this epoch. It need not be among them; a violation calls it reading 0. The
    /// registry is the one of the cap.
    ///
    /// # Errors
    /// The first rule that does not hold, in the order in which [`Statement::check`] looks at them: signature, epoch, value,
    /// accuracy, class, expiry, network, schema, chunk, membership, fence.
    pub fn check_reading(&self, epoch: u32, reading: &EnrolledReading) -> Result<(), Violation> {
        self.check_slot(0, reading, super::epoch_bounds(&self.policy, epoch)?, true)
    }

    /// C3 to C12 and C14 for reading number `index`. `epoch` is (first millisecond, first after), `in_root` whether the cap leads
    /// to the registry root.
    fn check_slot(
        &self,
        index: usize,
        reading: &EnrolledReading,
        epoch: (u64, u64),
        in_root: bool,
    ) -> Result<(), Violation> {
        enrolled::check(index, reading, &self.policy, epoch)?; // C3, C6 to C12
        let leaf = reading.leaf().hash();
        native::check_seat(index, (&self.cap, in_root), leaf, reading.position, &reading.path)?; // C14, C4
        let location = &reading.signed.reading().location;
        ensure(self.fence.locate(location).is_some(), || Violation::Fence { reading: index }) // C5
    }
}

impl Statement for Aggregate {
    type Witness = AggregateWitness;

    fn check(&self, inputs: &AggregateInputs, witness: &AggregateWitness) -> Result<(), Violation> {
        let of_epoch = (inputs.policy_id, inputs.epoch);
        let (policy, fence) = (&witness.policy, &witness.fence);
        let epoch = native::check_policy::<Aggregate>(of_epoch, policy, fence, self.triangles())?; // C1
        let readings = &witness.readings;
        ensure((1..=self.capacity()).contains(&readings.len()), || Violation::Activity {
            capacity: self.capacity(),
            got: readings.len(),
        })?; // C2
        native::check_chunk(self.first_chunk(), inputs.chunk_bits, inputs.chunk)?; // C14
        let chunk = (inputs.chunk_bits, inputs.chunk);
        let in_root = native::is_cap_of(&witness.cap, inputs.registry_root, chunk);
        for (index, reading) in readings.iter().enumerate() {
            witness.check_slot(index, reading, epoch, in_root)?; // C3 to C12, C14
        }
        let positions: Vec<Position> = readings.iter().map(|reading| reading.position).collect();
        native::check_order(&positions)?; // C13
        native::check_count(inputs.count, readings.len(), policy.parts().k)?; // C15
        let &AggregateInputs { sum, sum_of_squares, minimum, maximum, .. } = inputs;
        let claimed = Released { sum, sum_of_squares, minimum, maximum };
        native::check_released(&claimed, &witness.values(), policy.parts()) // C16 to C19
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Aggregate>,
        witness: Option<&AggregateWitness>,
    ) -> Result<(), SynthesisError> {
        let chunk = self.first_chunk();
        let values = witness.map(|witness| slots::slots(self, witness));

        // C1. The policy, and its fence as packed triangles.
        let policy = policy_vars::open::<Aggregate, G>(
            g,
            inputs.policy_id.var(),
            &inputs.epoch.bounded()?,
            witness.map(|witness| &witness.policy),
        )?;
        let fence = witness.map(|witness| &witness.fence);
        let triangles = many::open_fence(g, &policy.fence_root, self.triangles(), fence)?;

        // C14, but for the readings. The shape has the width of a chunk; the chunk is one of those that there are.
        let index = many::chunk(g, &inputs.chunk_bits, &inputs.chunk, chunk)?;

        // C4, upper part. The cap leads to the root, at the digits of the chunk.
        let cap = witness.map(|witness| &witness.cap);
        let cap = many::open_cap(g, chunk, index, inputs.registry_root.var(), cap)?;

        type Imports<V> = WithLists<BlockPolicy<V>, V, 2>;
        let imports = WithLists { fixed: policy.block.clone(), lists: [triangles, cap] };
        let slots = g.repeat_as("reading", self.capacity(), &imports, |g, index, imports| {
            let Imports::<G::Var> { fixed: policy, lists: [triangles, cap] } = imports;
            let shared = Shared { chunk, triangles: &triangles, cap: &cap };
            shared.synthesize(g, &policy, values.as_ref().map(|values| &values[index]))
        })?;
        let all: Vec<Slot<'_, G::Var>> = slots.iter().map(Exports::slot).collect();
        many::activity(g, &all)?;
        many::order(g, chunk, &all)?;
        totals::statistics(g, inputs, &policy, slots)
    }
}

/// C14 of a chunk: it is as wide as those of the shape.
pub(crate) fn check_chunk(statement: &Aggregate, chunk: Chunk) -> Result<(), Violation> {
    native::check_chunk(statement.first_chunk(), native::bits_of(chunk), chunk.index())
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::layout::PublicInputs;

    #[test]
    fn four_words() {
        assert_eq!(AggregateInputs::layout().words(), 4);
    }
}
