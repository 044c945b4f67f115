//! `aggregate` in many shapes: `check` and both backends agree in each, not only in those that other tests use.

use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_model::fence::Fence;
use zksensor_model::policy::Outputs;
use zksensor_model::reading::Location;
use zksensor_model::registry::RegistryRoot;
use zksensor_testkit::{Conformance, FleetOptions};

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
        world.edit(member, |reading| reading.location = Location::new(latitude, longitude + 1).unwrap());
    }
    world.policy(|parts| parts.fence = fence.root());
    world.fleet.fence = fence;
    world
}

fn agree(capacity: usize, triangles: usize) {
    let kit = Conformance::new(Aggregate::new(capacity, triangles).unwrap());
    run(&kit, "all slots and all triangles", world(capacity, strip(triangles)).aggregate_claim(), None);
    let fewer = world(capacity.div_ceil(2), strip(triangles - 7));
    run(&kit, "fewer readings and fewer triangles", fewer.aggregate_claim(), None);

    let full = world(capacity, strip(triangles));
    let mut outside = full.clone();
    outside.edit(capacity - 1, |reading| reading.location = Location::new(10, 0).unwrap());
    run(&kit, "the last reading is outside", outside.aggregate_claim(), Rule::FENCE);
    let mut other = full.clone();
    other.fleet.fence = strip(triangles - 1);
    run(&kit, "a triangle of the fence is missing", other.aggregate_claim(), Rule::POLICY);
    let (mut inputs, witness) = full.aggregate_claim();
    inputs.registry_root = RegistryRoot::from_field(inputs.policy_id.to_field());
    run(&kit, "another registry", (inputs, witness), Rule::MEMBERSHIP);
    let (mut inputs, witness) = full.aggregate_claim();
    inputs.sum += 1;
    run(&kit, "one more than the sum", (inputs, witness), Rule::SUM);
}

#[test]
fn every_shape_agrees() {
    for capacity in CAPACITIES {
        for triangles in TRIANGLES {
            agree(capacity, triangles);
        }
    }
}
