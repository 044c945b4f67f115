//! One slot: a reading or the dummy, and what its block exports.

use zeroize::Zeroize;

use super::ReadingsWitness;
use crate::gadgets::{Bit, Gadgets, SynthesisError};
use crate::statement::enrolled::{self, EnrolledValues, EnrolledVars};
use crate::statement::many::{self, SeatValues, Slot, padded};
use crate::statement::policy_vars::BlockPolicy;
use crate::statement::unproven::UnprovenValue;
use crate::statement::{EnrolledReading, Rule};
use zksensor_model::claim::readings::ReadingsShape;
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::registry::Chunk;

/// The slots of a witness: its readings, then dummies.
pub(super) fn slots(shape: ReadingsShape, witness: &ReadingsWitness) -> Vec<ReadingSlot> {
    let chunk = witness.cap.chunk();
    let packed = padded(&witness.fence, shape.triangles());
    let mut slots: Vec<ReadingSlot> = witness
        .readings
        .iter()
        .take(shape.capacity())
        .map(|reading| ReadingSlot::new(chunk, reading, &witness.fence, &packed))
        .collect();
    let unused = ReadingSlot::unused(chunk, packed[0]);
    slots.resize(shape.capacity(), unused);
    slots
}

/// The values of one slot.
#[derive(Clone)]
pub(super) struct ReadingSlot {
    active: bool,
    values: EnrolledValues,
    seat: SeatValues,
    triangle: Fr,
}

impl Drop for ReadingSlot {
    fn drop(&mut self) {
        self.triangle.zeroize();
    }
}

impl ReadingSlot {
    fn new(chunk: Chunk, reading: &EnrolledReading, fence: &Fence, packed: &[Fr]) -> Self {
        let location = &reading.signed.reading().location;
        let triangle = fence.locate(location).and_then(|index| packed.get(index)).unwrap_or(&packed[0]);
        ReadingSlot {
            active: true,
            values: EnrolledValues::new(reading),
            seat: SeatValues::new(chunk, reading.leaf().hash(), reading.position, &reading.path),
            triangle: *triangle,
        }
    }

    fn unused(chunk: Chunk, triangle: Fr) -> Self {
        let values = enrolled::dummy().clone();
        let seat = SeatValues::unused(chunk, values.leaf());
        ReadingSlot { active: false, values, seat, triangle }
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
        values: Option<&ReadingSlot>,
    ) -> Result<Exports<V>, SynthesisError> {
        // C2, in part.
        let active = many::active(g, values.map(|values| values.active))?;
        // C3, C6 to C12.
        let EnrolledVars { leaf, location, value, .. } =
            enrolled::synthesize(g, policy, &active, values.map(|values| &values.values))?;

        // C14, C4, in part. The device is in the chunk, and its leaf below the cap.
        let seat = values.map(|values| &values.seat);
        let offset = many::seat(g, self.chunk, self.cap, &active, leaf, seat)?;

        // C5. One of the fence's triangles holds the location.
        g.rule(Rule::FENCE, |g| {
            let triangle = g.witness("selected triangle", values.map(|values| values.triangle))?;
            g.assert_member(&triangle, self.triangles)?;
            location.inside(g, &triangle, Some(&active))
        })?;
        Ok(Exports { active, offset, value })
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

impl<V> Exports<V> {
    pub(super) fn slot(&self) -> Slot<'_, V> {
        Slot { active: &self.active, offset: &self.offset }
    }
}
