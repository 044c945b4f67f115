//! `aggregate` as the kit knows it.

use ark_ff::UniformRand;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{ClaimOf, SmallFence, Specimen};
use crate::extract::{self, Extract, FreeInputs, SlotInputs};
use crate::generic::{APART, elsewhere, enrolled, with_fence};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateFrame, AggregateInputs, AggregateWitness};
use zksensor_circuits::statement::{Binding, Claim, EnrolledReading, Rule};
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Outputs, SMALLEST_K};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAP, Position, TREE_DEPTH};

/// Capacities whose constraints are golden by scope.
const COST_CAPACITIES: [usize; 3] = [16, 64, 256];
/// Triangles of the fence there.
const COST_TRIANGLES: usize = 32;
/// Capacities whose rows are golden: about whole groups of eight, and those that are used.
const ROW_CAPACITIES: [usize; 7] = [1, 2, 3, 8, 9, 16, 64];
/// Triangles there: whole and broken levels of the fence's tree.
const ROW_TRIANGLES: [usize; 7] = [8, 24, 64, 72, 128, 192, 256];

fn shape(capacity: usize, triangles: usize) -> Aggregate {
    Aggregate::new(capacity, triangles).expect("a shape of the statement")
}

impl Specimen for Aggregate {
    const EACH: Option<&'static str> = Some("reading");

    fn each(&self) -> usize {
        self.capacity()
    }

    fn headline() -> (&'static str, Self) {
        ("aggregate_64", shape(64, COST_TRIANGLES))
    }

    fn cost_shapes() -> Vec<Self> {
        COST_CAPACITIES.iter().map(|capacity| shape(*capacity, COST_TRIANGLES)).collect()
    }

    fn row_shapes() -> Vec<Self> {
        let of_capacity = |capacity: &usize| ROW_TRIANGLES.map(|triangles| shape(*capacity, triangles));
        ROW_CAPACITIES.iter().flat_map(of_capacity).collect()
    }

    fn unfilled() -> (Self, usize) {
        (shape(3, 16), 2)
    }

    fn least() -> Self {
        Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() }).statement(1)
    }

    fn filled(&self) -> Result<AggregateWitness, SmallFence> {
        let devices = self.capacity();
        let k = u32::try_from(devices).map_or(SMALLEST_K, |devices| devices.min(SMALLEST_K));
        let fleet = Fleet::new(&FleetOptions { devices, k, ..FleetOptions::default() });
        let (least, got) = (fleet.statement(devices).triangles(), self.triangles());
        if got < least { Err(SmallFence { least, got }) } else { Ok(fleet.aggregate(devices)) }
    }

    fn inputs_of(witness: &AggregateWitness, binding: Binding) -> AggregateInputs {
        witness.inputs(AggregateFrame { binding, ..AggregateFrame::whole(Fleet::EPOCH) })
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
            let node =
                reading.path.ancestor(Domain::Node, reading.leaf().hash(), position.get(), TREE_DEPTH - 2);
            witness.cap[position.cap_index()] = node;
        }
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        let frame = AggregateFrame { binding, ..AggregateFrame::whole(Fleet::EPOCH) };
        (witness.inputs(frame), witness)
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
        let cap: [Fr; CAP] = free.named(None, Rule::MEMBERSHIP.scope(), "cap node").try_into().ok()?;
        let active = |instance: &usize| {
            free.one(Some(*instance), Rule::ACTIVITY.scope(), "active") == Some(Fr::from(1u64))
        };
        let readings = (0..self.capacity()).filter(active).map(|instance| {
            let slot = SlotInputs { free, instance: Some(instance), base: "reading" };
            let (signed, leaf) = (slot.signed()?, slot.leaf()?);
            let position = slot.integer(Rule::MEMBERSHIP.scope(), "position")?;
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
            cap: Box::new(cap),
            readings: readings.collect::<Option<_>>()?,
        })
    }
}
