//! Claims that hold, with nothing in them that happens to be equal or zero: siblings, lanes, triangles and the nodes of the
//! cap are random, so that no link is idle.

use ark_ff::UniformRand;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{Fleet, FleetOptions};
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateFrame, AggregateInputs, AggregateWitness};
use zksensor_circuits::statement::reading::{Reading, ReadingInputs, ReadingWitness, Salt};
use zksensor_circuits::statement::{Binding, Claim, EnrolledReading};
use zksensor_model::fence::{Corner, Fence, FenceRoot, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Outputs, Policy, PolicyParts, StatementFamily};
use zksensor_model::primitives::merkle::MerklePath;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{Location, PayloadHash};
use zksensor_model::registry::{Position, TREE_DEPTH};

/// Readings of an aggregate stand in different subtrees of the cap: this far apart, and a bit more.
const APART: u32 = 5 << 15;

/// A reading of a fleet with this seed.
pub fn generic_reading(seed: u64) -> (ReadingInputs, ReadingWitness) {
    let rng = &mut ChaCha20Rng::seed_from_u64(seed);
    let options =
        FleetOptions { devices: 1, family: StatementFamily::Reading, k: 1, seed, ..FleetOptions::default() };
    let fleet = Fleet::new(&options);
    let position = rng.next_u32() >> 11;
    let enrolled = enrolled(&fleet, 0, position, rng);
    let salt = Salt::generate(rng);
    let mut witness =
        ReadingWitness::new(fleet.policy, &fleet.fence, enrolled, fleet.secrets[0].clone(), salt);
    fill(&mut witness.fence_path, rng);
    let root = witness.fence_path.root(Domain::Fence, witness.triangle.pack(), witness.triangle_index);
    witness.policy = with_fence(&witness.policy, FenceRoot::from_field(root));
    let binding = Binding::new(137, [1; 20], [2; 20], &Reading.id());
    (witness.inputs(Fleet::EPOCH, binding), witness)
}

/// `count` readings of a fleet with this seed, under a fence that fills the shape; the extremes are published.
pub fn generic_aggregate(shape: &Aggregate, count: usize, seed: u64) -> (AggregateInputs, AggregateWitness) {
    let rng = &mut ChaCha20Rng::seed_from_u64(seed);
    let outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
    let fleet = Fleet::new(&FleetOptions { devices: count, k: 1, outputs, seed, ..FleetOptions::default() });
    let mut triangles = fleet.fence.triangles().to_vec();
    while triangles.len() < shape.triangles() {
        triangles.push(elsewhere(triangles.len()));
    }
    let fence = Fence::new(triangles).expect("as many triangles as a shape has");
    let mut position = rng.next_u32() % APART;
    let readings: Vec<EnrolledReading> = (0..count)
        .map(|index| {
            position += APART + rng.next_u32() % 1_000;
            enrolled(&fleet, index, position, rng)
        })
        .collect();
    let mut witness = fleet.aggregate_of(readings);
    witness.policy = with_fence(&witness.policy, fence.root());
    witness.fence = fence;
    witness.cap.fill_with(|| Fr::rand(rng));
    for reading in &witness.readings {
        let position = reading.position;
        let node = reading.path.ancestor(Domain::Node, reading.leaf().hash(), position.get(), TREE_DEPTH - 2);
        witness.cap[position.cap_index()] = node;
    }
    let binding = Binding::new(137, [1; 20], [2; 20], &shape.id());
    let frame = AggregateFrame { binding, ..AggregateFrame::whole(Fleet::EPOCH) };
    (witness.inputs(frame), witness)
}

/// A good reading, random in what no policy reads, of a device at a random path.
fn enrolled(fleet: &Fleet, index: usize, position: u32, rng: &mut ChaCha20Rng) -> EnrolledReading {
    let mut reading = fleet.reading(index);
    let channel = usize::from(fleet.policy.parts().channel);
    let value = reading.channels[channel];
    reading.channels = [0; 4].map(|_: i64| rng.next_u64().cast_signed());
    reading.channels[channel] = value;
    reading.sequence = rng.next_u64();
    reading.payload_hash = PayloadHash::of(&rng.next_u64().to_be_bytes());
    reading.location = middle(&fleet.fence.triangles()[index % fleet.fence.triangles().len()]);
    let mut enrolled = fleet.enrolled(index, &reading);
    enrolled.position = Position::new(position).expect("below 2^21");
    fill(&mut enrolled.path, rng);
    enrolled
}

/// The middle of a triangle: places in different ones select different ones.
///
/// # Panics
/// If a corner is no place, as that of no fence is.
pub fn middle(triangle: &Triangle) -> Location {
    let corners = triangle.corners().map(Corner::signed);
    let mean = |axis: fn((i32, i32)) -> i32| {
        let sum: i64 = corners.iter().map(|corner| i64::from(axis(*corner))).sum();
        i32::try_from(sum / 3).expect("a mean of three")
    };
    Location::new(mean(|corner| corner.0), mean(|corner| corner.1)).expect("between valid places")
}

fn fill<const LEVELS: usize>(path: &mut MerklePath<LEVELS>, rng: &mut ChaCha20Rng) {
    path.siblings.as_flattened_mut().fill_with(|| Fr::rand(rng));
}

fn with_fence(policy: &Policy, fence: FenceRoot) -> Policy {
    Policy::new(PolicyParts { fence, ..*policy.parts() }).expect("any root is one of a fence")
}

/// A triangle far from the fleet.
fn elsewhere(number: usize) -> Triangle {
    let south = -300_000_000 + 1_000 * i32::try_from(number).expect("a small number");
    let corners = [[south, 110_000_000], [south, 120_000_000], [south + 777_777, 115_000_000]];
    corners.try_into().expect("a counter-clockwise triangle")
}
