//! Fences that no constructor makes: the half-plane tests admit what they admit, natively and in the circuits alike.
//!
//! * All three corners equal: every E is 0, so **every** location is admitted. That is why padding repeats triangle 0, and
//!   why a triangle of zero area is refused.
//! * Collinear corners: every location of the **whole line** through them, also beyond the corners if two coincide.
//! * Clockwise: nothing inside, and nothing outside either, since the E sum to twice the (negative) area.
//!
//! Such fences exist only through `insecure_unchecked`; a verifier trusts the fence root of the policy.

use zksensor_circuits::fence::{Corner, Fence, Triangle};
use zksensor_circuits::reading::Location;
use zksensor_circuits::statement::{Rule, Statement};

use super::kit::{World, aggregate, forged, reading, run};

fn corner(latitude: i32, longitude: i32) -> Corner {
    Corner::from_signed(latitude, longitude)
}

fn hostile(corners: [(i32, i32); 3]) -> Triangle {
    let [a, b, c] = corners.map(|(latitude, longitude)| corner(latitude, longitude));
    Triangle::insecure_unchecked(a, b, c)
}

/// Runs both statements with a fence of one triangle and the first reading at `at`.
fn run_at(name: &'static str, triangle: Triangle, at: (i32, i32), admitted: bool) {
    let fence = Fence::insecure_from_triangles(vec![triangle]).unwrap();
    let refused_by = if admitted { None } else { Some(Rule::FENCE) };
    let prepare = |mut world: World| {
        world.fleet.fence = fence.clone();
        let count = world.members.len();
        for member in 0..count {
            world.edit(member, |reading| reading.location = Location::new(at.0, at.1).unwrap());
        }
        world.policy(|parts| parts.fence = fence.root());
        world
    };
    run(aggregate(), name, prepare(World::aggregate(5)).aggregate_claim(), refused_by);
    run(reading(), name, prepare(World::reading()).reading_claim(), refused_by);
}

#[test]
fn a_point_for_a_triangle_admits_everything() {
    for at in [(7, 7), (481_000_000, 115_000_000), (-900_000_000, 1_800_000_000)] {
        run_at("three equal corners", hostile([(7, 7); 3]), at, true);
    }
    let zero = Corner { latitude: 0, longitude: 0 };
    run_at("all zero", Triangle::insecure_unchecked(zero, zero, zero), (481_000_000, 115_000_000), true);
}

#[test]
fn a_line_for_a_triangle_admits_a_line() {
    let folded = hostile([(0, 0), (10, 10), (0, 0)]);
    run_at("a line with two equal corners, beyond its end", folded, (100_000, 100_000), true);
    run_at("a line with two equal corners, before its start", folded, (-5, -5), true);
    run_at("a line with two equal corners, off it", folded, (100_000, 100_001), false);
    let spread = hostile([(0, 0), (10, 10), (20, 20)]);
    run_at("a line of three corners, beyond its end", spread, (100_000, 100_000), true);
    run_at("a line of three corners, off it", spread, (5, 6), false);
}

#[test]
fn a_clockwise_triangle_admits_nothing() {
    let clockwise = hostile([(0, 0), (100, 0), (0, 100)]);
    for at in [(10, 10), (0, 0), (0, 50), (100, 100), (-1, -1), (481_000_000, 115_000_000)] {
        run_at("clockwise", clockwise, at, false);
    }
}

/// Corners beyond the range of coordinates let E reach 2^63, where `check`, which has no width, admits what the circuits
/// refuse. No triangle of valid corners comes there: 0 <= E <= 3.6e9 * 1.8e9 < 2^63.
#[test]
fn corners_out_of_range_are_only_ever_refused_by_more() {
    let (least, most) = (Corner { latitude: 0, longitude: 0 }, u32::MAX);
    let huge = Triangle::insecure_unchecked(
        least,
        Corner { latitude: most, longitude: most },
        Corner { latitude: most, longitude: 0 },
    );
    let fence = Fence::insecure_from_triangles(vec![huge]).unwrap();
    let mut world = World::reading();
    world.fleet.fence = fence.clone();
    world.policy(|parts| parts.fence = fence.root());
    let (inputs, witness) = world.reading_claim();
    assert_eq!(reading().statement().check(&inputs, &witness), Ok(()));
    forged(reading(), (&inputs, &witness), |_, _| {}).assert_refused_by(Rule::FENCE, "corners out of range");
}

/// The largest triangle of valid corners, at its own corners.
#[test]
fn the_largest_triangle_holds() {
    let (south, west, north, east) = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000);
    let largest = hostile([(south, west), (south, east), (north, east)]);
    for (at, admitted) in [
        ((south, west), true),
        ((south, east), true),
        ((north, east), true),
        ((0, 0), true),
        ((1, 0), false),
        ((north, west), false),
    ] {
        run_at("the half world", largest, at, admitted);
    }
}

#[test]
fn every_triangle_of_a_fence_admits_its_own() {
    let mut world = World::aggregate(5);
    let triangles = world.fleet.fence.triangles().to_vec();
    for group in triangles.chunks(5) {
        for (member, triangle) in group.iter().enumerate() {
            let [a, b, c] = triangle.corners().map(|corner| corner.signed());
            let middle =
                |x: [i32; 3]| i32::try_from(x.iter().map(|x| i64::from(*x)).sum::<i64>() / 3).unwrap();
            let centre = Location::new(middle([a.0, b.0, c.0]), middle([a.1, b.1, c.1])).unwrap();
            world.edit(member, |reading| reading.location = centre);
        }
        run(aggregate(), "in each triangle", world.aggregate_claim(), None);
    }
}
