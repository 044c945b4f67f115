//! One slot of an aggregate: a reading or the dummy, and what its block exports.

use ark_ff::AdditiveGroup;
use zeroize::Zeroize;

use super::{Aggregate, AggregateWitness};
use crate::gadgets::membership::Path;
use crate::gadgets::{Bit, Gadgets, SynthesisError};
use crate::statement::enrolled::{self, EnrolledValues, EnrolledVars};
use crate::statement::policy_vars::BlockPolicy;
use crate::statement::unproven::UnprovenValue;
use crate::statement::{EnrolledReading, Rule};
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{Chunk, MembershipPath, TREE_DEPTH};

/// The slots of a witness: its readings, then dummies.
pub(super) fn slots(statement: &Aggregate, witness: &AggregateWitness) -> Vec<AggregateSlot> {
    let chunk = witness.cap.chunk();
    let packed = padded(&witness.fence, statement.triangles());
    let mut slots: Vec<AggregateSlot> = witness
        .readings
        .iter()
        .take(statement.capacity())
        .map(|reading| AggregateSlot::new(chunk, reading, &witness.fence, &packed))
        .collect();
    let unused = AggregateSlot::unused(chunk, packed[0]);
    slots.resize(statement.capacity(), unused);
    slots
}

/// The packed triangles of a fence, triangle 0 repeated up to `count`.
pub(super) fn padded(fence: &Fence, count: usize) -> Vec<Fr> {
    let mut packed: Vec<Fr> = fence.triangles().iter().take(count).map(|triangle| triangle.pack()).collect();
    packed.resize(count, packed[0]);
    packed
}

/// The values of one slot.
#[derive(Clone)]
pub(super) struct AggregateSlot {
    active: bool,
    values: EnrolledValues,
    /// Where in the chunk the leaf is.
    offset: Fr,
    children: Vec<[Fr; merkle::ARITY]>,
    triangle: Fr,
}

impl Drop for AggregateSlot {
    fn drop(&mut self) {
        self.offset.zeroize();
        self.children.as_flattened_mut().iter_mut().for_each(Zeroize::zeroize);
        self.triangle.zeroize();
    }
}

impl AggregateSlot {
    /// Of a position outside of the chunk the offset is out of range.
    fn new(chunk: Chunk, reading: &EnrolledReading, fence: &Fence, packed: &[Fr]) -> Self {
        let location = &reading.signed.reading().location;
        let triangle = fence.locate(location).and_then(|index| packed.get(index)).unwrap_or(&packed[0]);
        let position = reading.position.get();
        let first = u64::from(chunk.index()) << chunk.bits();
        let (node, levels) = (Domain::Node, chunk.levels_below_cap());
        AggregateSlot {
            active: true,
            values: EnrolledValues::new(reading),
            offset: Fr::from(position) - Fr::from(first),
            children: reading.path.first_levels(node, reading.leaf().hash(), position, levels),
            triangle: *triangle,
        }
    }

    fn unused(chunk: Chunk, triangle: Fr) -> Self {
        let values = enrolled::dummy().clone();
        let alone = MembershipPath { siblings: [[Fr::ZERO; merkle::ARITY - 1]; TREE_DEPTH] };
        let children = alone.first_levels(Domain::Node, values.leaf(), 0, chunk.levels_below_cap());
        AggregateSlot { active: false, values, offset: Fr::ZERO, children, triangle }
    }
}

/// What a block shares with the others besides the policy.
pub(super) struct Shared<'i, V> {
    pub(super) chunk: Chunk,
    pub(super) triangles: &'i [V],
    pub(super) cap: &'i [V],
}

impl<V: Clone> Shared<'_, V> {
    pub(super) fn synthesize<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        policy: &BlockPolicy<V>,
        values: Option<&AggregateSlot>,
    ) -> Result<Exports<V>, SynthesisError> {
        // C2, in part: active is 0 or 1.
        let active = g.rule(Rule::ACTIVITY, |g| {
            let active = g.witness("active", values.map(|values| Fr::from(values.active)))?;
            g.assert_bool(&active)
        })?;
        // C3, C6 to C12.
        let EnrolledVars { leaf, location, value, .. } =
            enrolled::synthesize(g, policy, &active, values.map(|values| &values.values))?;

        // C14, in part. The device is in the chunk.
        let offset = g.rule(Rule::CHUNK, |g| {
            g.witness_bits("offset", values.map(|values| values.offset), self.chunk.bits())
        })?;

        // C4, lower part. The leaf is below the cap node that the top bits of its offset select.
        g.rule(Rule::MEMBERSHIP, |g| {
            let path = match self.chunk.levels_below_cap() {
                0 => None,
                levels => Some(Path::witness(g, levels, values.map(|values| &values.children[..]))?),
            };
            leaf.below(g, &active, &offset, self.cap, path.as_ref())
        })?;

        // C5. One of the fence's triangles holds the location.
        g.rule(Rule::FENCE, |g| {
            let triangle = g.witness("selected triangle", values.map(|values| values.triangle))?;
            g.assert_member(&triangle, self.triangles)?;
            location.inside(g, &triangle, Some(&active))
        })?;
        Ok(Exports { active, offset: offset.var().clone(), value })
    }
}

crate::ports! {
    /// What the block of a reading returns.
    pub(super) struct Exports<V> {
        pub(super) active: Bit<V>,
        /// Where in the chunk the device is: below the chunk's positions.
        pub(super) offset: V,
        /// For C7.
        pub(super) value: UnprovenValue<V>,
    }
}
