//! `aggregate`: a statistic of the readings of N different devices, at least k of them.
//!
//! Rules C1 to C19 of [`crate::statement`]. Slots fill from 0; a slot beyond the readings holds a dummy that adds nothing.
//! The 64 nodes two levels below the registry root (the cap) are hashed once and selected from by the top six bits of a
//! position; the fence's triangles are hashed once and one is selected by each reading.

mod slots;
mod totals;

use std::fmt;

pub use zksensor_model::claim::aggregate::{
    Aggregate, AggregateFields, AggregateFrame, AggregateInputs, MAX_CAPACITY,
};
use zksensor_model::claim::aggregate::{MAX_CHUNK_BITS, POSITION_BITS, SUM_OFFSET};
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::policy::Policy;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAP, RegistryRoot, TREE_DEPTH};

use self::slots::{Shared, padded};
use super::policy_vars::{self, BlockPolicy};
use super::slot::{self, EnrolledReading};
use super::{ClaimFamily, InputVars, PolicyMismatch, Rule, Statement, Violation, ensure};
use crate::gadgets::{Gadgets, SynthesisError, WithLists, fence, membership};

/// Levels of the registry tree below the cap.
const LOWER_LEVELS: usize = TREE_DEPTH - 2;

/// What the aggregator knows. Its `Debug` shows how many readings there are.
#[derive(Clone)]
pub struct AggregateWitness {
    /// The policy.
    pub policy: Policy,
    /// Its fence.
    pub fence: Fence,
    /// The 64 registry nodes two levels below the root.
    pub cap: Box<[Fr; CAP]>,
    /// The readings, in the order of their positions.
    pub readings: Vec<EnrolledReading>,
}

impl fmt::Debug for AggregateWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AggregateWitness").field("readings", &self.readings.len()).finish_non_exhaustive()
    }
}

impl AggregateWitness {
    /// The public inputs that hold for a self. Whether its readings obey the rules is for [`Statement::check`].
    pub fn inputs(&self, frame: AggregateFrame) -> AggregateInputs {
        let parts = self.policy.parts();
        let values: Vec<i64> = self.readings.iter().map(|reading| reading.value(&self.policy)).collect();
        let statistics = Statistics::of(&values, parts.low);
        let asked = |asked: bool, value: u128| if asked { value } else { 0 };
        AggregateInputs {
            registry_root: RegistryRoot::of_cap(&self.cap),
            policy_id: self.policy.id(),
            epoch: frame.epoch,
            chunk_bits: frame.chunk_bits,
            chunk: frame.chunk,
            count: u32::try_from(values.len()).unwrap_or(u32::MAX),
            sum: i64::try_from(statistics.sum).unwrap_or(i64::MAX),
            sum_of_squares: asked(parts.outputs.sum_of_squares, statistics.squares),
            minimum: low_u64(asked(parts.outputs.minimum, statistics.minimum)),
            maximum: low_u64(asked(parts.outputs.maximum, statistics.maximum)),
            binding: frame.binding,
        }
    }

    /// Whether one reading obeys every rule that is about a reading alone, C3 to C12: whether it may join
    /// [`AggregateWitness::readings`] in this epoch. It need not be among them; a violation calls it reading 0. The
    /// registry is the one of the cap.
    ///
    /// # Errors
    /// The first rule that does not hold, in the order in which [`Statement::check`] looks at them: signature, epoch, value,
    /// accuracy, class, expiry, network, schema, membership, fence.
    pub fn check_reading(&self, epoch: u32, reading: &EnrolledReading) -> Result<(), Violation> {
        self.check_slot(0, reading, super::epoch_bounds(&self.policy, epoch)?, true)
    }

    /// C3 to C12 for reading number `index`. `epoch` is (first millisecond, first after), `in_root` whether the cap hashes
    /// to the registry root.
    fn check_slot(
        &self,
        index: usize,
        reading: &EnrolledReading,
        epoch: (u64, u64),
        in_root: bool,
    ) -> Result<(), Violation> {
        slot::check(index, reading, &self.policy, epoch)?; // C3, C6 to C12
        let position = reading.position.get();
        let top = reading.path.ancestor(Domain::Node, reading.leaf().hash(), position, LOWER_LEVELS);
        let in_cap = self.cap[reading.position.cap_index()] == top;
        ensure(in_cap && in_root, || Violation::Membership { reading: index, position })?; // C4
        let location = &reading.signed.reading().location;
        ensure(self.fence.locate(location).is_some(), || Violation::Fence { reading: index }) // C5
    }
}

fn low_u64(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// The statistics of values; those of value - low are 0 below low.
struct Statistics {
    sum: i128,
    squares: u128,
    minimum: u128,
    maximum: u128,
}

impl Statistics {
    fn of(values: &[i64], low: i64) -> Self {
        let above: Vec<u128> = values
            .iter()
            .map(|value| u128::try_from(i128::from(*value) - i128::from(low)).unwrap_or(0))
            .collect();
        Statistics {
            sum: values.iter().map(|value| i128::from(*value)).sum(),
            squares: above
                .iter()
                .fold(0, |sum: u128, value| sum.saturating_add(value.saturating_mul(*value))),
            minimum: above.iter().copied().min().unwrap_or(0),
            maximum: above.iter().copied().max().unwrap_or(0),
        }
    }
}

impl Statement for Aggregate {
    type Witness = AggregateWitness;

    fn check(&self, inputs: &AggregateInputs, witness: &AggregateWitness) -> Result<(), Violation> {
        let epoch = check_policy(self, inputs, witness)?; // C1
        let readings = &witness.readings;
        ensure((1..=self.capacity()).contains(&readings.len()), || Violation::Activity {
            capacity: self.capacity(),
            got: readings.len(),
        })?; // C2
        let in_root = RegistryRoot::of_cap(&witness.cap) == inputs.registry_root;
        for (index, reading) in readings.iter().enumerate() {
            witness.check_slot(index, reading, epoch, in_root)?; // C3 to C12
        }
        check_order(inputs, readings)?; // C13, C14
        check_statistics(inputs, witness) // C15 to C19
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Aggregate>,
        witness: Option<&AggregateWitness>,
    ) -> Result<(), SynthesisError> {
        let values = witness.map(|witness| slots::slots(self, witness));

        // C1. The policy, and its fence as packed triangles.
        let policy = policy_vars::open::<Aggregate, G>(
            g,
            inputs.policy_id.var(),
            &inputs.epoch.bounded()?,
            witness.map(|witness| &witness.policy),
        )?;
        let triangles = g.rule(Rule::POLICY, |g| {
            let packed = witness.map(|witness| padded(&witness.fence, self.triangles()));
            let triangles = (0..self.triangles())
                .map(|index| g.witness("triangle", packed.as_ref().map(|packed| packed[index])))
                .collect::<Result<Vec<_>, _>>()?;
            let root = fence::root(g, &triangles)?;
            g.assert_equal(&root, &policy.fence_root)?;
            Ok(triangles)
        })?;

        // C4, upper part. The cap hashes to the root.
        let cap = g.rule(Rule::MEMBERSHIP, |g| {
            let cap = (0..CAP)
                .map(|index| g.witness("cap node", witness.map(|witness| witness.cap[index])))
                .collect::<Result<Vec<_>, _>>()?;
            let root = membership::root(g, Domain::Node, &cap)?;
            g.assert_equal(&root, inputs.registry_root.var())?;
            Ok(cap)
        })?;

        type Imports<V> = WithLists<BlockPolicy<V>, V, 2>;
        let imports = WithLists { fixed: policy.block.clone(), lists: [triangles, cap] };
        let slots = g.repeat_as("reading", self.capacity(), &imports, |g, index, imports| {
            let Imports::<G::Var> { fixed: policy, lists: [triangles, cap] } = imports;
            let shared = Shared { triangles: &triangles, cap: &cap };
            shared.synthesize(g, &policy, values.as_ref().map(|values| &values[index]))
        })?;
        totals::activity(g, &slots)?;
        totals::order(g, inputs, &slots)?;
        totals::statistics(g, inputs, &policy, slots)
    }
}

fn check_policy(
    statement: &Aggregate,
    inputs: &AggregateInputs,
    witness: &AggregateWitness,
) -> Result<(u64, u64), Violation> {
    let (policy, parts) = (&witness.policy, witness.policy.parts());
    let mismatch = |reason| move || Violation::Policy { reason };
    ensure(policy.id() == inputs.policy_id, mismatch(PolicyMismatch::Id))?;
    ensure(Aggregate::is_of(policy), mismatch(PolicyMismatch::Statement))?;
    let triangles = witness.fence.triangles().len();
    ensure(triangles <= statement.triangles(), mismatch(PolicyMismatch::Triangles))?;
    ensure(witness.fence.root() == parts.fence, mismatch(PolicyMismatch::Fence))?;
    super::epoch_bounds(policy, inputs.epoch)
}

fn check_order(inputs: &AggregateInputs, readings: &[EnrolledReading]) -> Result<(), Violation> {
    for (index, pair) in readings.windows(2).enumerate() {
        let (before, position) = (pair[0].position.get(), pair[1].position.get());
        ensure(before < position, || Violation::Order { reading: index + 1, position, before })?;
    }
    for (index, reading) in readings.iter().enumerate() {
        let (position, chunk, chunk_bits) = (reading.position.get(), inputs.chunk, inputs.chunk_bits);
        let inside = chunk_bits <= MAX_CHUNK_BITS && position >> chunk_bits == chunk;
        ensure(inside, || Violation::Chunk { reading: index, position, chunk, chunk_bits })?;
    }
    Ok(())
}

fn check_statistics(inputs: &AggregateInputs, witness: &AggregateWitness) -> Result<(), Violation> {
    let parts = witness.policy.parts();
    let values: Vec<i64> = witness.readings.iter().map(|reading| reading.value(&witness.policy)).collect();
    let (count, k, claimed) = (values.len(), parts.k, inputs.count);
    ensure(claimed as usize == count && claimed >= k, || Violation::Count { claimed, count, k })?;
    let Statistics { sum, squares, minimum, maximum } = Statistics::of(&values, parts.low);
    ensure(i128::from(inputs.sum) == sum, || Violation::Sum { claimed: inputs.sum, sum })?;
    let asked = |asked: bool, value: u128| if asked { value } else { 0 };
    let wanted = asked(parts.outputs.sum_of_squares, squares);
    ensure(inputs.sum_of_squares == wanted, || Violation::SumOfSquares {
        claimed: inputs.sum_of_squares,
        wanted,
    })?;
    let wanted = low_u64(asked(parts.outputs.minimum, minimum));
    ensure(inputs.minimum == wanted, || Violation::Minimum { claimed: inputs.minimum, wanted })?;
    let wanted = low_u64(asked(parts.outputs.maximum, maximum));
    ensure(inputs.maximum == wanted, || Violation::Maximum { claimed: inputs.maximum, wanted })
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
