//! The native fence against exact crossing counts over the outline itself, and against the crate `geo`.

use std::collections::BTreeSet;
use std::thread;

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use zksensor::model::reading::Location;

use super::outlines::{Outline, Point};

/// Threads that share the points.
const THREADS: usize = 2;

/// Asks all three about every point of every outline: how many points. The boundary is inside.
pub(super) fn compare(outlines: &[Outline]) -> usize {
    let mut compared = 0;
    for (seed, outline) in (100..).zip(outlines) {
        let points = points(outline, outline.points, seed);
        let theirs = Theirs::new(outline);
        thread::scope(|scope| {
            for part in points.chunks(points.len().div_ceil(THREADS)) {
                let theirs = &theirs;
                scope.spawn(move || {
                    for at in part {
                        let native = outline.fence.locate(&location(*at)).is_some();
                        let (exact, geo) = (inside(outline, *at), theirs.inside(*at));
                        assert_eq!(
                            (native, geo),
                            (exact, exact),
                            "{} at {at:?}: native, geo; exact",
                            outline.name
                        );
                    }
                });
            }
        });
        compared += points.len();
    }
    compared
}

pub(super) fn location((longitude, latitude): Point) -> Location {
    Location::from_e7(latitude.try_into().unwrap(), longitude.try_into().unwrap()).unwrap()
}

/// Whether a point is in one of the polygons or on its border, in exact integers: on an edge, or an odd number of edges of
/// its rings crosses the ray to the east.
pub(super) fn inside(outline: &Outline, (x, y): Point) -> bool {
    outline.polygons.iter().any(|rings| {
        let mut odd = false;
        for ((ax, ay), (bx, by)) in rings.iter().flat_map(|ring| edges(ring)) {
            let [cross_ab, cross_ap] =
                [i128::from(bx - ax) * i128::from(y - ay), i128::from(by - ay) * i128::from(x - ax)];
            let within = x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by);
            if within && cross_ab == cross_ap {
                return true;
            }
            // The lower end belongs to an edge, the upper does not: no vertex is counted twice.
            if (ay > y) != (by > y) {
                odd ^= (cross_ab > cross_ap) == (by > ay);
            }
        }
        odd
    })
}

fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    ring.iter().copied().zip(ring.iter().copied().skip(1))
}

/// The outline for `geo`: integers below 2^53 are exact in floating point, and its predicates are robust.
struct Theirs(Vec<geo::Polygon<f64>>);

impl Theirs {
    fn new(outline: &Outline) -> Theirs {
        let ring =
            |ring: &Vec<Point>| ring.iter().map(|at| coordinate(*at)).collect::<geo::LineString<f64>>();
        let polygon = |rings: &Vec<Vec<Point>>| {
            geo::Polygon::new(ring(&rings[0]), rings[1..].iter().map(ring).collect())
        };
        Theirs(outline.polygons.iter().map(polygon).collect())
    }

    fn inside(&self, at: Point) -> bool {
        self.0.iter().any(|polygon| polygon.coordinate_position(&coordinate(at)) != CoordPos::Outside)
    }
}

#[allow(clippy::cast_precision_loss, reason = "coordinates are below 2^53")]
fn coordinate((x, y): Point) -> geo::Coord<f64> {
    geo::Coord { x: x as f64, y: y as f64 }
}

/// `count` different points: every vertex and its neighbours, lattice points on edges and beside them, the same of the
/// edges that only the triangles have, and random ones in the bounding box and a little around it.
pub(super) fn points(outline: &Outline, count: usize, seed: u64) -> Vec<Point> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut found = BTreeSet::new();
    let mut add = |(x, y): Point| {
        if x.abs() <= 1_800_000_000 && y.abs() <= 900_000_000 && found.len() < count {
            found.insert((x, y));
        }
        found.len()
    };
    let rings = || outline.polygons.iter().flatten();
    for at in rings().flatten() {
        around(*at).for_each(|at| _ = add(at));
    }
    let of_triangles = outline.fence.triangles().iter().flat_map(|triangle| {
        let corners = triangle.corners().map(|corner| {
            let (latitude, longitude) = corner.signed();
            (i64::from(longitude), i64::from(latitude))
        });
        [(corners[0], corners[1]), (corners[1], corners[2]), (corners[2], corners[0])]
    });
    for ((ax, ay), (bx, by)) in rings().flat_map(|ring| edges(ring)).chain(of_triangles) {
        // Exactly on the edge, where it has lattice points.
        let steps = gcd(bx - ax, by - ay);
        for _ in 0..2 {
            let step = rng.gen_range(0..steps.max(1));
            around((ax + (bx - ax) / steps.max(1) * step, ay + (by - ay) / steps.max(1) * step))
                .for_each(|at| _ = add(at));
        }
        // As near to it as rounding comes.
        let part = rng.gen_range(0..1000);
        around((ax + (bx - ax) * part / 1000, ay + (by - ay) * part / 1000)).for_each(|at| _ = add(at));
    }
    let xs = || rings().flatten().map(|at| at.0);
    let ys = || rings().flatten().map(|at| at.1);
    let (west, east) = (xs().min().unwrap(), xs().max().unwrap());
    let (south, north) = (ys().min().unwrap(), ys().max().unwrap());
    let (wide, high) = ((east - west) / 10, (north - south) / 10);
    while add((rng.gen_range(west - wide..=east + wide), rng.gen_range(south - high..=north + high))) < count
    {
    }
    found.into_iter().collect()
}

/// A point and the eight around it.
fn around((x, y): Point) -> impl Iterator<Item = Point> {
    (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| (x + dx, y + dy)))
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}
