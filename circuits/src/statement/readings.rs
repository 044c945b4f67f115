//! What statements about one reading of each of many devices share: who knows what, the rules C1 to C15, natively and as a circuit, and
//! nothing of what they publish of the values.
//!
//! Slots fill from 0; a slot beyond the readings holds a dummy that adds nothing.
//!
//! All readings are of one chunk, 8^levels positions, whose width the shape fixes. The 64 nodes two levels below the *chunk's* root
//! (its cap) are hashed once and selected from by the top six bits of where in the chunk a device is; one path leads from the
//! chunk's root to the registry's, at the digits of the public chunk. So a reading shows levels - 2 levels of its own. The same
//! bits of the offset go to the path, to the selection and to the order. The fence's triangles are hashed once and one is
//! selected by each reading.

mod slots;

use std::fmt;

use ark_ff::AdditiveGroup;

pub use zksensor_model::claim::readings::{OfReadings, ReadingsShape};
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::policy::{Policy, PolicyId};
use zksensor_model::registry::{Chunk, ChunkCap, Position, RegistryRoot};

use self::slots::{Exports, Shared};
use super::enrolled::{self, EnrolledReading};
use super::many::{self, Slot, native};
use super::policy_vars::{self, BlockPolicy, PolicyVars};
use super::unproven::UnprovenValue;
use super::{Binding, Rule, Statement, Violation, ensure};
use crate::gadgets::{Bit, Bounded, Gadgets, Port, SynthesisError, WithLists};

/// What the aggregator knows. Its `Debug` shows how many readings there are.
#[derive(Clone)]
pub struct ReadingsWitness {
    /// The policy.
    pub policy: Policy,
    /// Its fence.
    pub fence: Fence,
    /// What joins the devices of the chunk to the registry root.
    pub cap: ChunkCap,
    /// The readings, in the order of their positions.
    pub readings: Vec<EnrolledReading>,
}

impl fmt::Debug for ReadingsWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadingsWitness").field("readings", &self.readings.len()).finish_non_exhaustive()
    }
}

/// A statement about readings whose public inputs follow from them: what an assembly needs of it.
pub trait FromReadings: OfReadings + Statement<Witness = ReadingsWitness> {
    /// The public inputs that hold for a witness, in this epoch and for this binding. Whether its readings obey the rules is for
    /// [`Statement::check`].
    fn inputs_of(witness: &ReadingsWitness, epoch: u32, binding: Binding) -> Self::Inputs;
}

/// The public inputs that every statement about readings has, as it names them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common {
    pub(super) registry_root: RegistryRoot,
    pub(super) policy_id: PolicyId,
    pub(super) epoch: u32,
    pub(super) chunk_bits: u8,
    pub(super) chunk: u32,
    pub(super) count: u32,
}

impl ReadingsWitness {
    /// The public inputs that every statement about these readings has, in this epoch.
    pub(super) fn common(&self, epoch: u32) -> Common {
        let chunk = self.cap.chunk();
        Common {
            registry_root: self.cap.root(),
            policy_id: self.policy.id(),
            epoch,
            chunk_bits: native::bits_of(chunk),
            chunk: chunk.index(),
            count: u32::try_from(self.readings.len()).unwrap_or(u32::MAX),
        }
    }

    /// The values of the policy's channel, in the order of the readings.
    pub(super) fn values(&self) -> Vec<i64> {
        self.readings.iter().map(|reading| reading.value(&self.policy)).collect()
    }

    /// Whether one reading obeys every rule that is about a reading alone, C3 to C12 and C14: whether it may join
    /// [`ReadingsWitness::readings`] in this epoch. It need not be among them; a violation calls it reading 0. The
    /// registry is the one of the cap.
    ///
    /// # Errors
    /// The first rule that does not hold, in the order in which [`Statement::check`] looks at them: signature, epoch, value,
    /// accuracy, class, expiry, network, schema, chunk, membership, fence.
    pub fn check_reading(&self, epoch: u32, reading: &EnrolledReading) -> Result<(), Violation> {
        self.check_slot(0, reading, super::epoch_bounds(&self.policy, epoch)?, true)
    }

    /// C5 to C12, for who has checked the signature (C3), as every [`SignedReading`](zksensor_model::reading::SignedReading) that was decoded
    /// has it checked, and has the membership from the registry itself (C4). It costs no hash and no curve: the whole is checked again before
    /// it is proven.
    ///
    /// # Errors
    /// As [`ReadingsWitness::check_reading`].
    pub fn check_measured(&self, epoch: u32, reading: &EnrolledReading) -> Result<(), Violation> {
        enrolled::check_signed(0, reading, &self.policy, super::epoch_bounds(&self.policy, epoch)?)?; // C6 to C12
        self.check_place(0, reading) // C5
    }

    fn check_place(&self, index: usize, reading: &EnrolledReading) -> Result<(), Violation> {
        let location = &reading.signed.reading().location;
        ensure(self.fence.locate(location).is_some(), || Violation::Fence { reading: index })
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
        self.check_place(index, reading) // C5
    }

    /// C1 to C15, of which [`open`] and [`in_range`] and [`many::count`] are the circuit.
    pub(super) fn check<S: OfReadings>(&self, statement: &S, claimed: &Common) -> Result<(), Violation> {
        let shape = statement.shape();
        let of_epoch = (claimed.policy_id, claimed.epoch);
        let (policy, fence) = (&self.policy, &self.fence);
        let epoch = native::check_policy::<S>(of_epoch, policy, fence, shape.triangles())?; // C1
        ensure((1..=shape.capacity()).contains(&self.readings.len()), || Violation::Activity {
            capacity: shape.capacity(),
            got: self.readings.len(),
        })?; // C2
        native::check_chunk(shape.first_chunk(), claimed.chunk_bits, claimed.chunk)?; // C14
        let chunk = (claimed.chunk_bits, claimed.chunk);
        let in_root = native::is_cap_of(&self.cap, claimed.registry_root, chunk);
        for (index, reading) in self.readings.iter().enumerate() {
            self.check_slot(index, reading, epoch, in_root)?; // C3 to C12, C14
        }
        let positions: Vec<Position> = self.readings.iter().map(|reading| reading.position).collect();
        native::check_order(&positions)?; // C13
        native::check_count(claimed.count, self.readings.len(), policy.parts().k) // C15
    }
}

/// C14 of a chunk: it is as wide as those of the shape.
pub(crate) fn check_chunk<S: OfReadings>(statement: &S, chunk: Chunk) -> Result<(), Violation> {
    native::check_chunk(statement.shape().first_chunk(), native::bits_of(chunk), chunk.index())
}

/// The public inputs that [`open`] reads, in a circuit.
pub(super) struct CommonVars<'i, V> {
    pub(super) registry_root: &'i Port<V>,
    pub(super) policy_id: &'i Port<V>,
    pub(super) epoch: &'i Port<V>,
    pub(super) chunk_bits: &'i Port<V>,
    pub(super) chunk: &'i Port<V>,
}

/// The policy, and of each slot whether it is active and what its value is.
pub(super) struct Opened<V> {
    pub(super) policy: PolicyVars<V>,
    pub(super) active: Vec<Bit<V>>,
    /// For C7: as many.
    pub(super) values: Vec<UnprovenValue<V>>,
}

/// C1 to C6 and C8 to C14: all but C7, which is [`in_range`]'s or the statement's, and C15, which is [`many::count`]'s.
pub(super) fn open<S: OfReadings, G: Gadgets>(
    statement: &S,
    g: &mut G,
    inputs: &CommonVars<'_, G::Var>,
    witness: Option<&ReadingsWitness>,
) -> Result<Opened<G::Var>, SynthesisError> {
    let shape = statement.shape();
    let chunk = shape.first_chunk();
    let values = witness.map(|witness| slots::slots(shape, witness));

    // C1. The policy, and its fence as packed triangles.
    let policy = policy_vars::open::<S, G>(
        g,
        inputs.policy_id.var(),
        &inputs.epoch.bounded()?,
        witness.map(|witness| &witness.policy),
    )?;
    let fence = witness.map(|witness| &witness.fence);
    let triangles = many::open_fence(g, &policy.fence_root, shape.triangles(), fence)?;

    // C14, but for the readings. The shape has the width of a chunk; the chunk is one of those that there are.
    let index = many::chunk(g, inputs.chunk_bits, inputs.chunk, chunk)?;

    // C4, upper part. The cap leads to the root, at the digits of the chunk.
    let cap = witness.map(|witness| &witness.cap);
    let cap = many::open_cap(g, chunk, index, inputs.registry_root.var(), cap)?;

    type Imports<V> = WithLists<BlockPolicy<V>, V, 2>;
    let imports = WithLists { fixed: policy.block.clone(), lists: [triangles, cap] };
    let slots = g.repeat_as("reading", shape.capacity(), &imports, |g, index, imports| {
        let Imports::<G::Var> { fixed: policy, lists: [triangles, cap] } = imports;
        let shared = Shared { chunk, triangles: &triangles, cap: &cap };
        shared.synthesize(g, &policy, values.as_ref().map(|values| &values[index]))
    })?;
    let all: Vec<Slot<'_, G::Var>> = slots.iter().map(Exports::slot).collect();
    many::activity(g, &all)?;
    many::order(g, chunk, &all)?;
    let (active, values) = slots.into_iter().map(|slot| (slot.active, slot.value)).unzip();
    Ok(Opened { policy, active, values })
}

/// C7. low <= value <= high of each active slot. Gives active (value - low) of each.
pub(super) fn in_range<G: Gadgets>(
    g: &mut G,
    policy: &PolicyVars<G::Var>,
    active: &[Bit<G::Var>],
    values: Vec<UnprovenValue<G::Var>>,
) -> Result<Vec<Bounded<G::Var>>, SynthesisError> {
    g.rule(Rule::VALUE, |g| {
        let floor = g.constant(Fr::ZERO);
        let slots = active.iter().zip(values);
        slots.map(|(active, value)| value.between(g, active, &floor, &policy.span)).collect()
    })
}
