//! Fences that no constructor makes: the half-plane tests admit what they admit, natively and in the circuits alike.
//!
//! * All three corners equal: every E is 0, so **every** location is admitted. That is why padding repeats triangle 0, and
//!   why a triangle of zero area is refused.
//! * Collinear corners: every location of the **whole line** through them, also beyond the corners if two coincide.
//! * Clockwise: nothing inside, and nothing outside either, since the E sum to twice the (negative) area.
//!
//! Such fences exist only through `insecure_unchecked`; a verifier trusts the fence root of the policy.

use zksensor_circuits::statement::{Rule, Statement};
use zksensor_model::fence::{Corner, Fence, Triangle, TriangleError};
use zksensor_model::reading::Location;

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
            world.edit(member, |reading| reading.location = Location::from_e7(at.0, at.1).unwrap());
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
            let centre = Location::from_e7(middle([a.0, b.0, c.0]), middle([a.1, b.1, c.1])).unwrap();
            world.edit(member, |reading| reading.location = centre);
        }
        run(aggregate(), "in each triangle", world.aggregate_claim(), None);
    }
}

/// As [`run_at`] for a fence of constructed triangles, which says itself what it admits.
fn agree_at(name: &'static str, triangles: &[Triangle], at: (i32, i32), admitted: bool) {
    let fence = Fence::new(triangles.to_vec()).unwrap();
    let location = Location::from_e7(at.0, at.1).unwrap();
    assert_eq!(fence.locate(&location).is_some(), admitted, "{name} at {at:?}");
    let mut world = World::reading();
    world.fleet.fence = fence.clone();
    world.edit(0, |reading| reading.location = location);
    world.policy(|parts| parts.fence = fence.root());
    run(reading(), name, world.reading_claim(), if admitted { None } else { Some(Rule::FENCE) });
    let mut world = World::aggregate(5);
    world.fleet.fence = fence.clone();
    for member in 0..5 {
        world.edit(member, |reading| reading.location = location);
    }
    world.policy(|parts| parts.fence = fence.root());
    run(aggregate(), name, world.aggregate_claim(), if admitted { None } else { Some(Rule::FENCE) });
}

fn triangle(corners: [(i32, i32); 3]) -> Triangle {
    let [a, b, c] = corners.map(|(latitude, longitude)| corner(latitude, longitude));
    Triangle::new(a, b, c).unwrap()
}

#[test]
fn degenerate_and_clockwise_triangles_are_not_constructed() {
    for (corners, area) in [
        ([(0, 0), (0, 0), (0, 0)], 0),
        ([(7, 7), (7, 7), (9, 1)], 0),
        ([(0, 0), (10, 10), (20, 20)], 0),
        ([(-900_000_000, -1_800_000_000), (0, 0), (900_000_000, 1_800_000_000)], 0),
        ([(0, 0), (100, 0), (0, 100)], -10_000),
        // A sliver of the least area, the wrong way round.
        ([(0, 0), (1, 0), (0, 1)], -1),
    ] {
        let [a, b, c] = corners.map(|(latitude, longitude)| corner(latitude, longitude));
        let refused = Triangle::new(a, b, c);
        assert_eq!(refused, Err(TriangleError::NotCounterClockwise { doubled_area: area }), "{corners:?}");
    }
    // Twice its area is 1: the thinnest sliver that there is.
    triangle([(0, 0), (0, 1), (1, 0)]);
}

/// The edge of two triangles is in both, so nobody falls between them; so are their corners.
#[test]
fn shared_edges_and_vertices_are_inside() {
    let two = [triangle([(0, 0), (0, 100), (100, 0)]), triangle([(100, 100), (100, 0), (0, 100)])];
    for at in [(50, 50), (1, 99), (99, 1), (0, 100), (100, 0), (0, 0), (100, 100), (0, 50), (50, 100)] {
        agree_at("two that share an edge", &two, at, true);
    }
    for at in [(-1, 50), (50, -1), (101, 50), (50, 101), (-1, 101), (101, -1)] {
        agree_at("one unit outside of two that share an edge", &two, at, false);
    }
    let touching = [triangle([(0, 0), (0, 100), (100, 0)]), triangle([(0, 100), (0, 200), (100, 200)])];
    agree_at("two that share a vertex", &touching, (0, 100), true);
    agree_at("one unit off a shared vertex", &touching, (1, 100), false);
    agree_at("one unit off a shared vertex", &touching, (-1, 100), false);
}

/// A sloping edge, where a rounded product would be off by one.
#[test]
fn one_unit_either_side_of_an_edge() {
    let sloping =
        [triangle([(481_000_000, 115_000_000), (481_000_003, 115_000_007), (481_900_000, 115_000_001)])];
    let [a, b, c] = sloping[0].corners().map(|corner| corner.signed());
    for at in [a, b, c] {
        agree_at("a corner", &sloping, at, true);
    }
    for (from, to) in [(a, b), (b, c), (c, a)] {
        // The lattice points around the middle of the edge, each judged by exact integers.
        let middle = (i32::midpoint(from.0, to.0), i32::midpoint(from.1, to.1));
        for (north, east) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
            let at = (middle.0 + north, middle.1 + east);
            let side = |p: (i32, i32), q: (i32, i32)| {
                let [py, px, qy, qx] = [p.0, p.1, q.0, q.1].map(i128::from);
                (qx - px) * (i128::from(at.0) - py) - (qy - py) * (i128::from(at.1) - px) >= 0
            };
            agree_at("beside an edge", &sloping, at, side(a, b) && side(b, c) && side(c, a));
        }
    }
    let level = [triangle([(0, 0), (0, 1_000_000), (1_000_000, 0)])];
    for (at, admitted) in [((0, 500_000), true), ((1, 500_000), true), ((-1, 500_000), false)] {
        agree_at("a level edge", &level, at, admitted);
    }
}

#[test]
fn every_corner_of_the_coordinate_range() {
    let (south, west, north, east) = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000);
    let world = [
        triangle([(south, west), (south, east), (north, east)]),
        triangle([(south, west), (north, east), (north, west)]),
    ];
    for latitude in [south, 0, north] {
        for longitude in [west, 0, east] {
            agree_at("the whole world", &world, (latitude, longitude), true);
        }
    }
    // The least triangle in each corner admits its three corners and no neighbour.
    for (latitude, longitude, up, right) in
        [(south, west, 1, 1), (south, east, 1, -1), (north, east, -1, -1), (north, west, -1, 1)]
    {
        let at = |n: i32, e: i32| (latitude + n * up, longitude + e * right);
        let corners = match up == right {
            true => [at(0, 0), at(0, 1), at(1, 0)],
            false => [at(0, 0), at(1, 0), at(0, 1)],
        };
        let least = [triangle(corners)];
        for (n, e) in [(0, 0), (0, 1), (1, 0)] {
            agree_at("the least triangle in a corner of the world", &least, at(n, e), true);
        }
        agree_at("beside the least triangle", &least, at(1, 1), false);
        agree_at("at the other end of the world", &least, (-latitude, -longitude), false);
    }
    assert!(Location::from_e7(north + 1, 0).is_err() && Location::from_e7(0, east + 1).is_err());
    assert!(Location::from_e7(south - 1, 0).is_err() && Location::from_e7(0, west - 1).is_err());
}
