//! `aggregate` in many shapes: `check` and both backends agree in each, not only in those that other tests use.

use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::policy::Outputs;
use zksensor_model::reading::Location;
use zksensor_model::registry::{CAPACITY, Chunk, ChunkCap, Position, RegistryRoot};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{World, run};
use super::trees::strip;

const CAPACITIES: [usize; 5] = [1, 2, 3, 8, 9];
/// One node, several, one of whole children, one more than that, two, three and four of those.
const TRIANGLES: [usize; 7] = [8, 24, 64, 72, 128, 192, 256];

/// `count` readings in the last triangle of the fence.
fn world(count: usize, fence: Fence) -> World {
    let k = u32::try_from(count).unwrap();
    let outputs = Outputs { sum_of_squares: k >= 8, minimum: true, maximum: true };
    let mut world = World::new(count, FleetOptions { k, outputs, ..FleetOptions::default() });
    let [corner, ..] = fence.triangles().last().unwrap().corners();
    let (latitude, longitude) = corner.signed();
    for member in 0..count {
        world.edit(member, |reading| reading.location = Location::from_e7(latitude, longitude + 1).unwrap());
    }
    world.policy(|parts| parts.fence = fence.root());
    world.fleet.fence = fence;
    world
}

fn agree(capacity: usize, triangles: usize, levels: u8) {
    let kit = Conformance::new(Aggregate::new(capacity, triangles, levels.into()).unwrap());
    let world = |count, fence| World { levels, ..world(count, fence) };
    run(&kit, "all slots and all triangles", world(capacity, strip(triangles)).aggregate_claim(), None);
    let fewer = world(capacity.div_ceil(2), strip(triangles - 7));
    run(&kit, "fewer readings and fewer triangles", fewer.aggregate_claim(), None);

    let full = world(capacity, strip(triangles));
    let mut outside = full.clone();
    outside.edit(capacity - 1, |reading| reading.location = Location::from_e7(10, 0).unwrap());
    run(&kit, "the last reading is outside", outside.aggregate_claim(), Rule::FENCE);
    let mut other = full.clone();
    other.fleet.fence = strip(triangles - 1);
    run(&kit, "a triangle of the fence is missing", other.aggregate_claim(), Rule::POLICY);
    let (mut inputs, witness) = full.aggregate_claim();
    inputs.registry_root = RegistryRoot::from_field(inputs.policy_id.to_field());
    run(&kit, "another registry", (inputs, witness), Rule::MEMBERSHIP);
    of_chunks(&kit, &full);
    let (mut inputs, witness) = full.aggregate_claim();
    inputs.sum += 1;
    run(&kit, "one more than the sum", (inputs, witness), Rule::SUM);
}

/// Claims about another chunk than the readings', or with another path above it.
fn of_chunks(kit: &Conformance<Aggregate>, world: &World) {
    let chunk = world.chunk();
    let (mut inputs, witness) = world.aggregate_claim();
    inputs.chunk_bits ^= 1;
    run(kit, "another width of the chunk", (inputs, witness), Rule::CHUNK);
    let (mut inputs, witness) = world.aggregate_claim();
    inputs.chunk = 1 << chunk.index_bits();
    run(kit, "a chunk beyond the registry", (inputs, witness), Rule::CHUNK);
    if chunk.levels_above() == 0 {
        return;
    }
    let (mut inputs, witness) = world.aggregate_claim();
    inputs.chunk ^= 1;
    run(kit, "another chunk than the path's", (inputs, witness), Rule::MEMBERSHIP);
    let (_, mut witness) = world.aggregate_claim();
    witness.cap = world.cap(Chunk::new(chunk.levels(), chunk.index() ^ 1).unwrap());
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    run(kit, "the cap of another chunk", (inputs, witness), Rule::CHUNK);
    for level in 0..chunk.levels_above() {
        let (inputs, mut witness) = world.aggregate_claim();
        let mut siblings = witness.cap.siblings().to_vec();
        siblings[level][3] += Fr::from(1u64);
        witness.cap = ChunkCap::new(chunk, Box::new(*witness.cap.nodes()), siblings).unwrap();
        run(kit, "another sibling above the chunk", (inputs, witness), Rule::MEMBERSHIP);
    }
}

#[test]
fn every_shape_agrees() {
    for capacity in CAPACITIES {
        for triangles in TRIANGLES {
            agree(capacity, triangles, Fleet::LEVELS);
        }
    }
}

#[test]
fn every_chunk_agrees() {
    for levels in Chunk::LEAST_LEVELS..=Chunk::MOST_LEVELS {
        for (capacity, triangles) in [(1, 8), (3, 16), (9, 8)] {
            agree(capacity, triangles, levels);
        }
    }
}

/// The registry as it is used, with chunks that are not the first; and readings at both ends of a chunk.
#[test]
fn chunks_of_a_registry_are_proven() {
    let fleet = Fleet::new(&FleetOptions { devices: 600, k: 1, ..FleetOptions::default() });
    for levels in Chunk::LEAST_LEVELS..=Chunk::MOST_LEVELS {
        let kit = Conformance::new(Aggregate::new(2, 16, levels.into()).unwrap());
        // Numbers 0 and 5 are of the first stage, 590 and 599 of the second.
        for index in [0, 5, 590, 599] {
            let chunk = Chunk::around(fleet.positions[index], levels).unwrap();
            let inside = |other: &usize| chunk.offset(fleet.positions[*other]).is_some();
            let other = (0..600).rev().find(|other| *other != index && inside(other));
            let members = [Some(index), other].into_iter().flatten();
            let readings = members.map(|index| fleet.enrolled(index, &fleet.reading(index))).collect();
            let witness = fleet.aggregate_in(chunk, readings);
            run(&kit, "a chunk of a registry", (witness.inputs(Fleet::EPOCH, Binding::NONE), witness), None);
        }
        let mut ends = World::new(2, FleetOptions { k: 1, ..FleetOptions::default() });
        ends.levels = levels;
        let chunk = Chunk::around(Position::new(CAPACITY - 1).unwrap(), levels).unwrap();
        ends.members[0].position = CAPACITY - chunk.positions();
        ends.members[1].position = CAPACITY - 1;
        run(&kit, "both ends of the last chunk", ends.aggregate_claim(), None);
        ends.members[0].position = 0;
        ends.members[1].position = chunk.positions() - 1;
        run(&kit, "both ends of the first chunk", ends.aggregate_claim(), None);
        if chunk.levels_above() > 0 {
            ends.members[1].position += 1;
            run(&kit, "the first position of the next chunk", ends.aggregate_claim(), Rule::CHUNK);
        }
    }
}
