//! `aggregate` as the kit knows it.

use ark_ff::{AdditiveGroup, UniformRand};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{ClaimOf, SmallFence, Specimen};
use crate::extract::{self, EnrolledInputs, Extract, FreeInputs};
use crate::generic::{elsewhere, enrolled, with_fence};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::gadgets::membership::ARITY;
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs, AggregateWitness};
use zksensor_circuits::statement::{Binding, Claim, EnrolledReading, Rule};
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Outputs, SMALLEST_K};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAP, ChunkCap, Position, TREE_DEPTH};

/// (capacity, levels) whose constraints are golden by scope.
const COST_SHAPES: [(usize, usize); 4] = [(16, 3), (64, 2), (64, 3), (256, 3)];
/// Triangles of the fence there.
const COST_TRIANGLES: usize = 32;
/// Capacities whose rows are golden: about whole groups of eight, and those that are used.
const ROW_CAPACITIES: [usize; 7] = [1, 2, 3, 8, 9, 16, 64];
/// Devices of the first stage of positions: among them are all of the chunks of 64.
const FIRST_STAGE: usize = 512;
/// Triangles there: whole and broken levels of the fence's tree.
const ROW_TRIANGLES: [usize; 7] = [8, 24, 64, 72, 128, 192, 256];
/// (capacity, triangles) whose rows are golden for every chunk.
const ROW_OF_EVERY_CHUNK: [(usize, usize); 4] = [(1, 8), (2, 16), (9, 32), (64, 32)];

fn shape(capacity: usize, triangles: usize, levels: usize) -> Aggregate {
    Aggregate::new(capacity, triangles, levels).expect("a shape of the statement")
}

impl Specimen for Aggregate {
    const EACH: Option<&'static str> = Some("reading");

    fn each(&self) -> usize {
        self.capacity()
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![
            ("aggregate_64", shape(64, COST_TRIANGLES, 3)),
            ("aggregate_64_c2", shape(64, COST_TRIANGLES, 2)),
        ]
    }

    fn cost_shapes() -> Vec<Self> {
        COST_SHAPES.iter().map(|(capacity, levels)| shape(*capacity, COST_TRIANGLES, *levels)).collect()
    }

    fn row_shapes() -> Vec<Self> {
        let of_capacity = |capacity: &usize| {
            ROW_TRIANGLES.map(|triangles| shape(*capacity, triangles, Fleet::LEVELS.into()))
        };
        let chunks = || [2, 4, 5, 6, 7].into_iter();
        let of_chunks = ROW_OF_EVERY_CHUNK
            .iter()
            .flat_map(|(capacity, triangles)| chunks().map(|levels| shape(*capacity, *triangles, levels)));
        ROW_CAPACITIES.iter().flat_map(of_capacity).chain(of_chunks).collect()
    }

    fn unfilled() -> (Self, usize) {
        (shape(3, 16, Fleet::LEVELS.into()), 2)
    }

    fn least() -> Self {
        Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() }).statement(1)
    }

    /// Of a chunk of 64 positions only some of the first 512 devices are: all of these are enrolled then.
    fn filled(&self) -> Result<AggregateWitness, SmallFence> {
        let count = self.capacity();
        let chunk = self.first_chunk();
        let devices = if chunk.levels() < Fleet::LEVELS { FIRST_STAGE } else { count };
        let k = u32::try_from(count).map_or(SMALLEST_K, |count| count.min(SMALLEST_K));
        let fleet = Fleet::new(&FleetOptions { devices, k, ..FleetOptions::default() });
        let (least, got) = (fleet.statement(count).triangles(), self.triangles());
        if got < least {
            return Err(SmallFence { least, got });
        }
        let inside = (0..devices).filter(|index| chunk.offset(fleet.positions[*index]).is_some());
        let readings = inside.take(count).map(|index| fleet.enrolled(index, &fleet.reading(index))).collect();
        Ok(fleet.aggregate_in(chunk, readings))
    }

    fn inputs_of(witness: &AggregateWitness, binding: Binding) -> AggregateInputs {
        witness.inputs(Fleet::EPOCH, binding)
    }

    /// Readings of a fleet with this seed, under a fence that fills the shape; the extremes are published.
    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self> {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
        let fleet =
            Fleet::new(&FleetOptions { devices: count, k: 1, outputs, seed, ..FleetOptions::default() });
        let mut triangles = fleet.fence.triangles().to_vec();
        while triangles.len() < self.triangles() {
            triangles.push(elsewhere(triangles.len()));
        }
        let fence = Fence::new(triangles).expect("as many triangles as a shape has");
        let first = self.first_chunk();
        let chunk = self.chunk(rng.next_u32() & ((1 << first.index_bits()) - 1)).expect("one that there is");
        // In different subtrees of the cap: this far apart, and a bit more.
        let subtree = 1 << (3 * chunk.levels_below_cap());
        let apart = 5 * subtree;
        let mut offset = rng.next_u32() % apart;
        let readings: Vec<EnrolledReading> = (0..count)
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
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }
}

impl Extract for Aggregate {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<AggregateWitness> {
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
        let chunk = self.chunk(free.public::<AggregateInputs>()?.chunk).ok()?;
        let path = extract::path_at::<TREE_DEPTH>(&above, chunk.index());
        let siblings = path.siblings[..above.len() / ARITY].to_vec();
        let active = |instance: &usize| {
            free.one(Some(*instance), Rule::ACTIVITY.scope(), "active") == Some(Fr::from(1u64))
        };
        let readings = (0..self.capacity()).filter(active).map(|instance| {
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
        Some(AggregateWitness {
            policy: extract::policy::<Self>(free)?,
            fence: Fence::new(triangles).ok()?,
            cap: ChunkCap::new(chunk, Box::new(nodes), siblings).ok()?,
            readings: readings.collect::<Option<_>>()?,
        })
    }
}
