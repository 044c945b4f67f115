//! One slot of an aggregate: a reading or the dummy, and what its block exports.

use ark_ff::AdditiveGroup;

use super::{Aggregate, AggregateWitness, LOWER_LEVELS, POSITION_BITS};
use crate::gadgets::membership::Path;
use crate::gadgets::{Bit, Gadgets, SynthesisError};
use crate::statement::policy_vars::BlockPolicy;
use crate::statement::slot::{self, SlotValues, SlotVars};
use crate::statement::unproven::UnprovenValue;
use crate::statement::{EnrolledReading, Rule};
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;

/// The slots of a witness: its readings, then dummies.
pub(super) fn slots(statement: &Aggregate, witness: &AggregateWitness) -> Vec<AggregateSlot> {
    let packed = padded(&witness.fence, statement.triangles());
    let mut slots: Vec<AggregateSlot> = witness
        .readings
        .iter()
        .take(statement.capacity())
        .map(|reading| AggregateSlot::new(reading, &witness.fence, &packed))
        .collect();
    let unused = AggregateSlot::unused(packed[0]);
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
    values: SlotValues,
    position: u32,
    children: [[Fr; merkle::ARITY]; LOWER_LEVELS],
    triangle: Fr,
}

impl AggregateSlot {
    fn new(reading: &EnrolledReading, fence: &Fence, packed: &[Fr]) -> Self {
        let location = &reading.signed.reading().location;
        let triangle = fence.locate(location).and_then(|index| packed.get(index)).unwrap_or(&packed[0]);
        let position = reading.position.get();
        let children = reading.path.levels(Domain::Node, reading.leaf().hash(), position);
        AggregateSlot {
            active: true,
            values: SlotValues::new(reading),
            position,
            children,
            triangle: *triangle,
        }
    }

    fn unused(triangle: Fr) -> Self {
        let values = slot::dummy().clone();
        let alone =
            merkle::MerklePath::<LOWER_LEVELS> { siblings: [[Fr::ZERO; merkle::ARITY - 1]; LOWER_LEVELS] };
        let children = alone.levels(Domain::Node, values.leaf(), 0);
        AggregateSlot { active: false, values, position: 0, children, triangle }
    }
}

/// What a block shares with the others besides the policy.
pub(super) struct Shared<'i, V> {
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
        let SlotVars { leaf, location, value, .. } =
            slot::synthesize(g, policy, &active, values.map(|values| &values.values))?;

        // C4, lower part. The leaf is below the cap node that the top bits of the position select.
        let position = g.rule(Rule::MEMBERSHIP, |g| {
            let position =
                g.witness_bits("position", values.map(|values| Fr::from(values.position)), POSITION_BITS)?;
            let path = Path::witness(g, LOWER_LEVELS, values.map(|values| &values.children[..]))?;
            leaf.below(g, &active, &position, self.cap, &path)?;
            Ok(position)
        })?;

        // C5. One of the fence's triangles holds the location.
        g.rule(Rule::FENCE, |g| {
            let triangle = g.witness("selected triangle", values.map(|values| values.triangle))?;
            g.assert_member(&triangle, self.triangles)?;
            location.inside(g, &triangle, Some(&active))
        })?;
        Ok(Exports { active, position: position.var().clone(), value })
    }
}

crate::ports! {
    /// What the block of a reading returns. The position is below 2^21.
    pub(super) struct Exports<V> {
        pub(super) active: Bit<V>,
        pub(super) position: V,
        /// For C7.
        pub(super) value: UnprovenValue<V>,
    }
}
