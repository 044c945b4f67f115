//! `aggregate`: a statistic of the readings of N different devices, at least k of them.
//!
//! Rules C1 to C19 of [`crate::statement`]. Slots, chunk and fence are as in [`super::readings`].

mod totals;

pub use zksensor_model::claim::aggregate::{Aggregate, AggregateFields, AggregateInputs, MAX_CAPACITY};

use super::many::native::{self, Released};
use super::readings::{self, Common, CommonVars, FromReadings, ReadingsWitness};
use super::{Binding, InputVars, Statement, Violation};
use crate::gadgets::{Gadgets, SynthesisError};
use zksensor_model::claim::aggregate::SUM_OFFSET;

/// What the aggregator knows.
pub type AggregateWitness = ReadingsWitness;

impl AggregateWitness {
    /// The public inputs of an aggregate that hold for a witness, in this epoch and for this binding. Whether its readings obey the rules
    /// is for [`Statement::check`].
    pub fn inputs(&self, epoch: u32, binding: Binding) -> AggregateInputs {
        let Common { registry_root, policy_id, epoch, chunk_bits, chunk, count } = self.common(epoch);
        let Released { sum, sum_of_squares, minimum, maximum } =
            native::released(&self.values(), self.policy.parts());
        AggregateInputs {
            registry_root,
            policy_id,
            epoch,
            chunk_bits,
            chunk,
            count,
            sum,
            sum_of_squares,
            minimum,
            maximum,
            binding,
        }
    }
}

impl FromReadings for Aggregate {
    fn inputs_of(witness: &ReadingsWitness, epoch: u32, binding: Binding) -> AggregateInputs {
        witness.inputs(epoch, binding)
    }
}

impl Statement for Aggregate {
    type Witness = AggregateWitness;

    fn check(&self, inputs: &AggregateInputs, witness: &AggregateWitness) -> Result<(), Violation> {
        let &AggregateInputs { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        let claimed = Common { registry_root, policy_id, epoch, chunk_bits, chunk, count };
        witness.check(self, &claimed)?; // C1 to C15
        let &AggregateInputs { sum, sum_of_squares, minimum, maximum, .. } = inputs;
        let claimed = Released { sum, sum_of_squares, minimum, maximum };
        native::check_released(&claimed, &witness.values(), witness.policy.parts()) // C16 to C19
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Aggregate>,
        witness: Option<&AggregateWitness>,
    ) -> Result<(), SynthesisError> {
        let AggregateFields { registry_root, policy_id, epoch, chunk_bits, chunk, .. } = inputs;
        let common = CommonVars { registry_root, policy_id, epoch, chunk_bits, chunk };
        let opened = readings::open(self, g, &common, witness)?; // C1 to C6, C8 to C14
        totals::statistics(g, inputs, opened) // C7, C15 to C19
    }
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
