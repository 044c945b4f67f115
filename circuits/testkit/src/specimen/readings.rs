//! What specimens of statements about one reading of each of many devices share.

use ark_ff::{AdditiveGroup, UniformRand};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::SmallFence;
use crate::extract::{self, EnrolledInputs, FreeInputs};
use crate::generic::{elsewhere, enrolled, with_fence};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::gadgets::membership::ARITY;
use zksensor_circuits::statement::readings::{OfReadings, ReadingsWitness};
use zksensor_circuits::statement::{EnrolledReading, Rule};
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::policy::SMALLEST_K;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAP, ChunkCap, Position, TREE_DEPTH};

/// Devices of the first stage of positions: among them are all of the chunks of 64.
const FIRST_STAGE: usize = 512;

/// The witness of the made-up fleet's readings that fills this shape. Of a chunk of 64 positions only some of the first 512 devices are:
/// all of these are enrolled then.
pub(super) fn filled<S: OfReadings>(statement: &S) -> Result<ReadingsWitness, SmallFence> {
    let shape = statement.shape();
    let (count, chunk) = (shape.capacity(), shape.first_chunk());
    let devices = if chunk.levels() < Fleet::LEVELS { FIRST_STAGE } else { count };
    let k = u32::try_from(count).map_or(SMALLEST_K, |count| count.min(SMALLEST_K));
    let fleet = Fleet::new(&FleetOptions { devices, k, ..FleetOptions::of::<S>() });
    let (least, got) = (fleet.statement(count).triangles(), shape.triangles());
    if got < least {
        return Err(SmallFence { least, got });
    }
    let inside = (0..devices).filter(|index| chunk.offset(fleet.positions[*index]).is_some());
    let readings = inside.take(count).map(|index| fleet.enrolled(index, &fleet.reading(index))).collect();
    Ok(fleet.aggregate_in(chunk, readings))
}

/// Readings of a fleet of these options, one of each of its devices, under a fence that fills the shape.
pub(super) fn generic<S: OfReadings>(statement: &S, options: &FleetOptions) -> ReadingsWitness {
    let shape = statement.shape();
    let rng = &mut ChaCha20Rng::seed_from_u64(options.seed);
    let fleet = Fleet::new(options);
    let mut triangles = fleet.fence.triangles().to_vec();
    while triangles.len() < shape.triangles() {
        triangles.push(elsewhere(triangles.len()));
    }
    let fence = Fence::new(triangles).expect("as many triangles as a shape has");
    let first = shape.first_chunk();
    let chunk = shape.chunk(rng.next_u32() & ((1 << first.index_bits()) - 1)).expect("one that there is");
    // In different subtrees of the cap: this far apart, and a bit more.
    let subtree = 1 << (3 * chunk.levels_below_cap());
    let apart = 5 * subtree;
    let mut offset = rng.next_u32() % apart;
    let readings: Vec<EnrolledReading> = (0..options.devices)
        .map(|index| {
            offset += apart + rng.next_u32() % subtree.min(1_000);
            enrolled(&fleet, index, chunk.index() * chunk.positions() + offset, rng)
        })
        .collect();
    let mut nodes = Box::new([Fr::ZERO; CAP]);
    nodes.fill_with(|| Fr::rand(rng));
    for reading in &readings {
        let (leaf, position) = (reading.leaf().hash(), reading.position);
        let offset = chunk.offset(position).expect("in the chunk");
        let node = reading.path.ancestor(Domain::Node, leaf, position.get(), chunk.levels_below_cap());
        nodes[chunk.cap_index(offset)] = node;
    }
    let siblings = (0..chunk.levels_above()).map(|_| std::array::from_fn(|_| Fr::rand(rng))).collect();
    let mut witness = fleet.aggregate_of(readings);
    witness.policy = with_fence(&witness.policy, fence.root());
    witness.fence = fence;
    witness.cap = ChunkCap::new(chunk, nodes, siblings).expect("as many levels as there are above");
    witness
}

/// The witness that these free inputs are, of this public chunk.
pub(super) fn extract<S: OfReadings>(
    statement: &S,
    free: &FreeInputs<'_>,
    chunk: u32,
) -> Option<ReadingsWitness> {
    let shape = statement.shape();
    let mut triangles: Vec<Triangle> = free
        .named(None, Rule::POLICY.scope(), "triangle")
        .iter()
        .map(extract::triangle)
        .collect::<Option<_>>()?;
    // The fence is filled up with its first triangle.
    while triangles.len() > 1 && triangles.last() == triangles.first() {
        triangles.pop();
    }
    let nodes: [Fr; CAP] = free.named(None, Rule::MEMBERSHIP.scope(), "cap node").try_into().ok()?;
    let above = free.named(None, Rule::MEMBERSHIP.scope(), "child");
    // Which child is on the path is for the public chunk to say: several may be equal.
    let chunk = shape.chunk(chunk).ok()?;
    let path = extract::path_at::<TREE_DEPTH>(&above, chunk.index());
    let siblings = path.siblings[..above.len() / ARITY].to_vec();
    let active = |instance: &usize| {
        free.one(Some(*instance), Rule::ACTIVITY.scope(), "active") == Some(Fr::from(1u64))
    };
    let readings = (0..shape.capacity()).filter(active).map(|instance| {
        let reading = EnrolledInputs { free, instance: Some(instance), base: "reading" };
        let (signed, leaf) = (reading.signed()?, reading.leaf()?);
        let offset: u32 = reading.integer(Rule::CHUNK.scope(), "offset")?;
        let position = chunk.index() * chunk.positions() + offset;
        let children = free.named(Some(instance), Rule::MEMBERSHIP.scope(), "child");
        Some(EnrolledReading {
            signed,
            identity: leaf.identity,
            attributes: leaf.attributes,
            position: Position::new(position).ok()?,
            path: extract::path_at(&children, position),
        })
    });
    Some(ReadingsWitness {
        policy: extract::policy::<S>(free)?,
        fence: Fence::new(triangles).ok()?,
        cap: ChunkCap::new(chunk, Box::new(nodes), siblings).ok()?,
        readings: readings.collect::<Option<_>>()?,
    })
}
