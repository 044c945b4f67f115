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
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAP, Chunk, ChunkCap};

use self::slots::{Shared, padded};
use super::enrolled::{self, EnrolledReading};
use super::policy_vars::{self, BlockPolicy};
use super::{Binding, ClaimFamily, InputVars, PolicyMismatch, Rule, Statement, Violation, ensure};
use crate::gadgets::membership::{self, Path};
use crate::gadgets::{Gadgets, SynthesisError, WithLists, fence};

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
        let parts = self.policy.parts();
        let values: Vec<i64> = self.readings.iter().map(|reading| reading.value(&self.policy)).collect();
        let statistics = Statistics::of(&values, parts.low);
        let asked = |asked: bool, value: u128| if asked { value } else { 0 };
        AggregateInputs {
            registry_root: self.cap.root(),
            policy_id: self.policy.id(),
            epoch,
            chunk_bits: bits_of(chunk),
            chunk: chunk.index(),
            count: u32::try_from(values.len()).unwrap_or(u32::MAX),
            sum: i64::try_from(statistics.sum).unwrap_or(i64::MAX),
            sum_of_squares: asked(parts.outputs.sum_of_squares, statistics.squares),
            minimum: low_u64(asked(parts.outputs.minimum, statistics.minimum)),
            maximum: low_u64(asked(parts.outputs.maximum, statistics.maximum)),
            binding,
        }
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
        let (position, chunk) = (reading.position.get(), self.cap.chunk());
        let Some(offset) = chunk.offset(reading.position) else {
            return Err(outside(index, position, chunk)); // C14
        };
        let levels = chunk.levels_below_cap();
        let top = reading.path.ancestor(Domain::Node, reading.leaf().hash(), position, levels);
        let in_cap = self.cap.nodes()[chunk.cap_index(offset)] == top;
        ensure(in_cap && in_root, || Violation::Membership { reading: index, position })?; // C4
        let location = &reading.signed.reading().location;
        ensure(self.fence.locate(location).is_some(), || Violation::Fence { reading: index }) // C5
    }
}

/// C14 does not hold for a reading.
fn outside(reading: usize, position: u32, chunk: Chunk) -> Violation {
    Violation::Chunk { reading, position, chunk: chunk.index(), chunk_bits: bits_of(chunk) }
}

/// The width of a chunk, as it is public.
fn bits_of(chunk: Chunk) -> u8 {
    u8::try_from(chunk.bits()).expect("a chunk has at most 21 bits")
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
        let chunk = chunk_of(self, inputs.chunk_bits, inputs.chunk)?; // C14
        let in_root = witness.cap.chunk() == chunk && witness.cap.root() == inputs.registry_root;
        for (index, reading) in readings.iter().enumerate() {
            witness.check_slot(index, reading, epoch, in_root)?; // C3 to C12, C14
        }
        check_order(readings)?; // C13
        check_statistics(inputs, witness) // C15 to C19
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
        let triangles = g.rule(Rule::POLICY, |g| {
            let packed = witness.map(|witness| padded(&witness.fence, self.triangles()));
            let triangles = (0..self.triangles())
                .map(|index| g.witness("triangle", packed.as_ref().map(|packed| packed[index])))
                .collect::<Result<Vec<_>, _>>()?;
            let root = fence::root(g, &triangles)?;
            g.assert_equal(&root, &policy.fence_root)?;
            Ok(triangles)
        })?;

        // C14, but for the readings. The shape has the width of a chunk; the chunk is one of those that there are.
        let index = totals::chunk(g, inputs, chunk)?;

        // C4, upper part. The cap leads to the root, at the digits of the chunk.
        let cap = g.rule(Rule::MEMBERSHIP, |g| {
            let nodes = witness.map(|witness| witness.cap.nodes());
            let cap = (0..CAP)
                .map(|index| g.witness("cap node", nodes.map(|nodes| nodes[index])))
                .collect::<Result<Vec<_>, _>>()?;
            let mut root = membership::root(g, Domain::Node, &cap)?;
            if let Some(index) = index {
                let levels = witness.map(|witness| witness.cap.levels());
                let path = Path::witness(g, chunk.levels_above(), levels.as_deref())?;
                root = path.at(index.bits())?.climb(g, Domain::Node, &root)?;
            }
            g.assert_equal(&root, inputs.registry_root.var())?;
            Ok(cap)
        })?;

        type Imports<V> = WithLists<BlockPolicy<V>, V, 2>;
        let imports = WithLists { fixed: policy.block.clone(), lists: [triangles, cap] };
        let slots = g.repeat_as("reading", self.capacity(), &imports, |g, index, imports| {
            let Imports::<G::Var> { fixed: policy, lists: [triangles, cap] } = imports;
            let shared = Shared { chunk, triangles: &triangles, cap: &cap };
            shared.synthesize(g, &policy, values.as_ref().map(|values| &values[index]))
        })?;
        totals::activity(g, &slots)?;
        totals::order(g, chunk, &slots)?;
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

/// C14 of a chunk: it is as wide as those of the shape.
pub(crate) fn check_chunk(statement: &Aggregate, chunk: Chunk) -> Result<(), Violation> {
    chunk_of(statement, bits_of(chunk), chunk.index()).map(drop)
}

/// C14 of the public inputs: the chunk that they name.
fn chunk_of(statement: &Aggregate, chunk_bits: u8, chunk: u32) -> Result<Chunk, Violation> {
    let first = statement.first_chunk();
    let (wanted, chunks) = (first.bits(), 1 << first.index_bits());
    let other = Violation::ChunkOfShape { wanted, chunks, chunk_bits, chunk };
    if u32::from(chunk_bits) == wanted { statement.chunk(chunk).map_err(|_| other) } else { Err(other) }
}

fn check_order(readings: &[EnrolledReading]) -> Result<(), Violation> {
    for (index, pair) in readings.windows(2).enumerate() {
        let (before, position) = (pair[0].position.get(), pair[1].position.get());
        ensure(before < position, || Violation::Order { reading: index + 1, position, before })?;
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
