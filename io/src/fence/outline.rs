//! One polygon of a document as integer rings, checked: what may be triangulated, and what is refused and where.

use super::plane::{self, Bounds, Contact, Point, Side};
use super::position::{ReadPosition, Wrong};
use super::{OutlineError, VertexPath};

/// Half the way round the Earth, in units.
const HALF_TURN: i64 = 1_800_000_000;

/// Fewest positions of a ring: three corners, and the first again.
pub(super) const FEWEST_POSITIONS: usize = 4;

/// A shell and its holes: simple rings that do not cross, every hole inside the shell and no hole inside another. Rings may
/// touch each other at single points.
#[derive(Debug)]
pub(super) struct Outline {
    /// Index in the document.
    pub(super) polygon: usize,
    /// The shell counter-clockwise, then the holes clockwise; no ring repeats its first point.
    pub(super) rings: Vec<Vec<Point>>,
}

impl Outline {
    /// Reads and checks the rings of a polygon. Positions are freed ring by ring.
    pub(super) fn new(polygon: usize, positions: Vec<Vec<ReadPosition>>) -> Result<Self, OutlineError> {
        let rings = positions.into_iter().enumerate();
        let rings = rings.map(|(ring, positions)| Ring::new(polygon, ring, positions));
        let rings: Vec<Ring> = rings.collect::<Result<_, _>>()?;
        if rings.is_empty() {
            return Err(OutlineError::NoRing { polygon });
        }
        refuse_crossings(&rings)?;
        refuse_misplaced_holes(&rings)?;
        let orient = |(index, ring): (usize, Ring)| {
            let mut points = ring.points;
            if (plane::doubled_area(&points) > 0) != (index == 0) {
                points.reverse();
            }
            points
        };
        Ok(Self { polygon, rings: rings.into_iter().enumerate().map(orient).collect() })
    }
}

/// A ring as the document has it, after rounding and without repeated neighbours.
struct Ring {
    points: Vec<Point>,
    /// Which vertex of the document each point is.
    vertices: Vec<u32>,
    /// Where the first vertex of the document stands.
    start: VertexPath,
}

impl Ring {
    fn new(polygon: usize, ring: usize, positions: Vec<ReadPosition>) -> Result<Self, OutlineError> {
        let place = |vertex: usize| VertexPath { polygon, ring, vertex };
        if positions.len() < FEWEST_POSITIONS {
            return Err(OutlineError::TooFewPositions { polygon, ring, got: positions.len() });
        }
        let read = |(vertex, position): (usize, ReadPosition)| {
            position.map_err(|wrong| wrong_at(place(vertex), *wrong))
        };
        let mut points: Vec<Point> = positions.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let last = points.len() - 1;
        if points[0] != points[last] {
            return Err(OutlineError::Unclosed { last: place(last) });
        }
        let mut vertices: Vec<u32> = (0..).take(points.len()).collect();
        vertices.retain(|vertex| {
            let vertex = *vertex as usize;
            vertex == 0 || points[vertex] != points[vertex - 1]
        });
        points.dedup();
        if points.len() > 1 {
            points.pop();
            vertices.pop();
        }
        let ring = Self { points, vertices, start: place(0) };
        for (index, (a, b)) in plane::edges(&ring.points).enumerate() {
            if (a.x - b.x).abs() > HALF_TURN {
                return Err(OutlineError::LongEdge { edge: ring.place(index) });
            }
        }
        let points = &ring.points;
        // A ring of one or two points has no third that turns.
        if points.iter().all(|point| plane::turn(points[0], points[points.len().min(2) - 1], *point) == 0) {
            return Err(OutlineError::ZeroArea { first: ring.start });
        }
        Ok(ring)
    }

    /// Where a point of the ring, or the edge from it, stands in the document.
    fn place(&self, index: usize) -> VertexPath {
        VertexPath { vertex: self.vertices[index] as usize, ..self.start }
    }
}

/// What is wrong with a position, and where.
pub(super) fn wrong_at(place: VertexPath, wrong: Wrong) -> OutlineError {
    match wrong {
        Wrong::Short => OutlineError::ShortPosition { place },
        Wrong::Number(got) => OutlineError::Number { place, got },
        Wrong::Range(longitude, latitude) => OutlineError::OutOfRange { place, latitude, longitude },
        Wrong::Antimeridian(longitude) => OutlineError::Antimeridian { place, longitude },
        Wrong::Pole => OutlineError::Pole { place },
    }
}

/// An edge of a polygon, for the test of all against all: the ring, and the point that it starts from.
#[derive(Clone, Copy)]
struct Edge {
    ring: u32,
    index: u32,
}

impl Edge {
    fn ends(self, rings: &[Ring]) -> [Point; 2] {
        let points = &rings[self.ring as usize].points;
        let index = self.index as usize;
        [points[index], points[(index + 1) % points.len()]]
    }

    fn place(self, rings: &[Ring]) -> VertexPath {
        rings[self.ring as usize].place(self.index as usize)
    }
}

fn refuse_crossings(rings: &[Ring]) -> Result<(), OutlineError> {
    let count = rings.iter().map(|ring| ring.points.len()).sum();
    let mut edges: Vec<Edge> = Vec::with_capacity(count);
    for (ring, Ring { points, .. }) in (0..).zip(rings) {
        edges.extend((0..).take(points.len()).map(|index| Edge { ring, index }));
    }
    let bounds: Vec<Bounds> = edges.iter().map(|edge| Bounds::of(&edge.ends(rings))).collect();
    plane::for_each_meeting(&bounds, |first, second| {
        let (first, second) = (edges[first], edges[second]);
        let (edge, other) = (first.place(rings), second.place(rings));
        let same_ring = first.ring == second.ring;
        let apart = second.index.abs_diff(first.index) as usize;
        let neighbours = same_ring && (apart == 1 || apart + 1 == rings[first.ring as usize].points.len());
        match plane::contact(first.ends(rings), second.ends(rings)) {
            Contact::Apart => Ok(()),
            Contact::Touch if neighbours || !same_ring => Ok(()),
            Contact::Cross if same_ring => Err(OutlineError::SelfCrossing { edge, other }),
            Contact::Touch | Contact::Overlap if same_ring => Err(OutlineError::SelfTouching { edge, other }),
            _ => Err(OutlineError::RingsCross { edge, other }),
        }
    })
}

/// With crossings excluded a hole that has a vertex on the wrong side is on that side as a whole. Holes whose every vertex
/// lies on another ring are left to the exact comparison of triangles and outline.
fn refuse_misplaced_holes(rings: &[Ring]) -> Result<(), OutlineError> {
    let find = |hole: &Ring, ring: &Ring, wrong: Side| {
        let vertex = hole.points.iter().position(|point| plane::side(&ring.points, *point) == wrong)?;
        Some(hole.place(vertex))
    };
    let (shell, holes) = rings.split_first().expect("an outline has a shell");
    for hole in holes {
        if let Some(vertex) = find(hole, shell, Side::Outside) {
            return Err(OutlineError::HoleOutside { vertex });
        }
        let others = holes.iter().filter(|other| other.start.ring != hole.start.ring);
        for other in others {
            if let Some(vertex) = find(hole, other, Side::Inside) {
                return Err(OutlineError::HoleInHole { vertex, hole: other.start.ring });
            }
        }
    }
    Ok(())
}
