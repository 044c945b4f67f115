//! `aggregate`: a statistic of the readings of N different devices, at least k of them.
//!
//! Rules C1 to C19 of [`crate::statement`]. Slots fill from 0; a slot beyond the readings holds a dummy that adds nothing.
//! The 64 nodes two levels below the registry root (the cap) are hashed once and selected from by the top six bits of a
//! position; the fence's triangles are hashed once and one is selected by each reading.

mod slots;
mod totals;

use std::fmt;

use self::slots::{Exports, Slot, padded};
use super::policy_vars::{self, BlockPolicy};
use super::slot::{self, EnrolledReading};
use super::{Binding, PolicyMismatch, Rule, Statement, StatementId, Violation};
use crate::fence::{Fence, MAX_TRIANGLES};
use crate::field::Fr;
use crate::gadgets::{Gadgets, Port, PortReader, SynthesisError, fence, membership};
use crate::policy::{Policy, PolicyId, StatementFamily};
use crate::primitives::poseidon::Domain;
use crate::registry::{CAP, CAPACITY, RegistryRoot, TREE_DEPTH};

/// Levels of the registry tree below the cap.
const LOWER_LEVELS: usize = TREE_DEPTH - 2;
/// Bits of a leaf position.
const POSITION_BITS: u32 = CAPACITY.ilog2();
/// The sum is stored as sum + 2^61.
const SUM_OFFSET: u32 = 61;
/// Widest chunk: the whole registry.
const MAX_CHUNK_BITS: u8 = POSITION_BITS as u8;
/// Most triangles that are hashed whole; a larger fence is for the Merkle path of `reading`.
const MAX_FENCE: usize = 256;
const _: () = assert!(MAX_FENCE <= MAX_TRIANGLES);

/// The statement: `capacity` readings, a fence of up to `triangles` triangles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aggregate {
    capacity: usize,
    triangles: usize,
}

/// Why a shape is not one of this statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// Capacity out of range.
    #[error("expected a capacity of 1 to {limit} readings, got {got}")]
    Capacity {
        /// Most readings.
        limit: usize,
        /// What came.
        got: usize,
    },
    /// Triangles out of range or not whole nodes.
    #[error("expected a multiple of eight triangles up to {limit}, got {got}")]
    Triangles {
        /// Most triangles.
        limit: usize,
        /// What came.
        got: usize,
    },
}

/// Readings that one proof may hold at the most.
pub const MAX_CAPACITY: usize = 4096;

crate::public_inputs! {
    /// What an aggregate makes public: four field elements.
    pub struct AggregateInputs, AggregateVars {
        /// The registry root at the end of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// Width of a chunk: it has 2^chunk_bits positions.
        chunk_bits: u8 = 5 as "uint8",
        /// Which chunk: position >> chunk_bits.
        chunk: u32 = 22 as "uint32",
        /// Number of readings, one a device.
        count: u32 = 21 as "uint32",
        /// Sum of the values, in the schema's fixed point.
        sum: i64 = 62 offset SUM_OFFSET as "int64",
        /// Sum of squares of value - low; 0 unless the policy asks for it.
        sum_of_squares: u128 = 101 as "uint128",
        /// Least value - low; 0 unless the policy asks for it.
        minimum: u64 = 40 as "uint64",
        /// Greatest value - low; 0 unless the policy asks for it.
        maximum: u64 = 40 as "uint64",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

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

/// What of an aggregate's public inputs does not follow from its readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AggregateFrame {
    /// The epoch's number.
    pub epoch: u32,
    /// Width of a chunk.
    pub chunk_bits: u8,
    /// Which chunk.
    pub chunk: u32,
    /// Chain, contract, recipient and statement.
    pub binding: Binding,
}

impl AggregateFrame {
    /// One chunk for the whole registry, bound to nothing.
    pub fn whole(epoch: u32) -> Self {
        AggregateFrame { epoch, chunk_bits: MAX_CHUNK_BITS, chunk: 0, binding: Binding::NONE }
    }
}

impl Aggregate {
    /// Version of the statement.
    pub const VERSION: u16 = 1;

    /// The statement of this shape. `triangles` is a multiple of eight.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn new(capacity: usize, triangles: usize) -> Result<Self, ShapeError> {
        if !(1..=MAX_CAPACITY).contains(&capacity) {
            return Err(ShapeError::Capacity { limit: MAX_CAPACITY, got: capacity });
        }
        if !(1..=MAX_FENCE).contains(&triangles) || !triangles.is_multiple_of(8) {
            return Err(ShapeError::Triangles { limit: MAX_FENCE, got: triangles });
        }
        Ok(Aggregate { capacity, triangles })
    }

    /// Readings that a proof holds at the most.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Triangles that the fence has at the most.
    pub fn triangles(&self) -> usize {
        self.triangles
    }

    /// The public inputs that hold for a witness. Whether its readings obey the rules is for [`Statement::check`].
    pub fn inputs(&self, witness: &AggregateWitness, frame: AggregateFrame) -> AggregateInputs {
        let parts = witness.policy.parts();
        let values: Vec<i64> =
            witness.readings.iter().map(|reading| reading.value(&witness.policy)).collect();
        let statistics = Statistics::of(&values, parts.low);
        let asked = |asked: bool, value: u128| if asked { value } else { 0 };
        AggregateInputs {
            registry_root: RegistryRoot::of_cap(&witness.cap),
            policy_id: witness.policy.id(),
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

fn ensure(holds: bool, violation: impl FnOnce() -> Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation()) }
}

impl Statement for Aggregate {
    type Inputs = AggregateInputs;
    type Witness = AggregateWitness;

    fn id(&self) -> StatementId {
        let size = |size: usize| u32::try_from(size).expect("shapes are small");
        StatementId {
            name: "aggregate",
            version: Self::VERSION,
            shape: vec![size(self.capacity), size(self.triangles)],
        }
    }

    fn check(&self, inputs: &AggregateInputs, witness: &AggregateWitness) -> Result<(), Violation> {
        let epoch = self.check_policy(inputs, witness)?; // C1
        let readings = &witness.readings;
        ensure((1..=self.capacity).contains(&readings.len()), || Violation::Activity {
            capacity: self.capacity,
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
        inputs: &AggregateVars<G::Var>,
        witness: Option<&AggregateWitness>,
    ) -> Result<(), SynthesisError> {
        let values = witness.map(|witness| self.slots(witness));

        // C1. The policy, and its fence as packed triangles.
        let policy = policy_vars::open(
            g,
            StatementFamily::Aggregate,
            Self::VERSION,
            inputs.policy_id.var(),
            &inputs.epoch.bounded()?,
            witness.map(|witness| &witness.policy),
        )?;
        let triangles = g.rule(Rule::POLICY, |g| {
            let packed = witness.map(|witness| padded(&witness.fence, self.triangles));
            let triangles = (0..self.triangles)
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

        let mut imports = policy.block.to_ports(g);
        imports.extend(triangles.iter().chain(&cap).map(Port::element));
        let slots = g.repeat("reading", self.capacity, &imports, |g, index, imports| {
            let mut imports = PortReader::new(imports);
            let policy = BlockPolicy::from_ports(&mut imports)?;
            let (triangles, cap) = (imports.elements(self.triangles)?, imports.elements(CAP)?);
            imports.finish()?;
            let slot = Slot { triangles: &triangles, cap: &cap };
            slot.synthesize(g, &policy, values.as_ref().map(|values| &values[index]))
        })?;
        let slots: Vec<Exports<G::Var>> =
            slots.iter().map(|ports| Exports::from_ports(ports)).collect::<Result<_, _>>()?;
        totals::activity(g, &slots)?;
        totals::order(g, inputs, &slots)?;
        totals::statistics(g, inputs, &policy, &slots)
    }
}

impl Aggregate {
    fn check_policy(
        &self,
        inputs: &AggregateInputs,
        witness: &AggregateWitness,
    ) -> Result<(u64, u64), Violation> {
        let (policy, parts) = (&witness.policy, witness.policy.parts());
        let mismatch = |reason| move || Violation::Policy { reason };
        ensure(policy.id() == inputs.policy_id, mismatch(PolicyMismatch::Id))?;
        ensure(
            parts.family == StatementFamily::Aggregate && parts.statement_version == Self::VERSION,
            mismatch(PolicyMismatch::Statement),
        )?;
        let triangles = witness.fence.triangles().len();
        ensure(triangles <= self.triangles, mismatch(PolicyMismatch::Triangles))?;
        ensure(witness.fence.root() == parts.fence, mismatch(PolicyMismatch::Fence))?;
        super::epoch_bounds(policy, inputs.epoch)
    }
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
    use crate::layout::PublicInputs;

    #[test]
    fn four_words() {
        assert_eq!(AggregateInputs::layout().words(), 4);
    }
}
