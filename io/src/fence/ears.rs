//! Ear clipping in exact integer arithmetic, holes joined to the shell by bridges first.
//!
//! Eberly, "Triangulation by Ear Clipping". Quadratic in the common case; used where earcut's floating point is not exact.
//! The caller checks the result, so nothing here needs to be trusted.

use super::plane::{self, Bounds, Contact, Point};

/// Counter-clockwise triangles of the area within `rings` (a shell counter-clockwise, then holes clockwise), or `None` if
/// none are found.
pub(super) fn clip(rings: &[Vec<Point>]) -> Option<Vec<[Point; 3]>> {
    let outline = join(rings)?;
    let mut remaining = Remaining::new(&outline);
    let mut tiles = Vec::with_capacity(outline.len());
    let mut index = 0;
    let mut misses = 0;
    while remaining.count > 2 {
        let (before, after) = (remaining.before[index], remaining.after[index]);
        let corners = [outline[before], outline[index], outline[after]];
        let turn = plane::turn(corners[0], corners[1], corners[2]);
        // A vertex without turn bounds nothing.
        if turn == 0 || (turn > 0 && remaining.is_empty(&corners)) {
            if turn > 0 {
                tiles.push(corners);
            }
            remaining.remove(index);
            misses = 0;
            // Not the next vertex but the one after: long fans make thin triangles.
            index = remaining.after[after];
        } else {
            misses += 1;
            index = after;
        }
        if misses > remaining.count {
            return None;
        }
    }
    Some(tiles)
}

/// The vertices that are not yet clipped, in a ring.
struct Remaining<'a> {
    points: &'a [Point],
    before: Vec<usize>,
    after: Vec<usize>,
    is_left: Vec<bool>,
    count: usize,
}

impl<'a> Remaining<'a> {
    fn new(points: &'a [Point]) -> Self {
        let count = points.len();
        let before = (0..count).map(|index| (index + count - 1) % count).collect();
        let after = (0..count).map(|index| (index + 1) % count).collect();
        Self { points, before, after, is_left: vec![true; count], count }
    }

    fn remove(&mut self, index: usize) {
        let (before, after) = (self.before[index], self.after[index]);
        self.after[before] = after;
        self.before[after] = before;
        self.is_left[index] = false;
        self.count -= 1;
    }

    /// Whether no vertex lies in the counter-clockwise triangle or on its boundary, its own corners and their copies apart.
    fn is_empty(&self, corners: &[Point; 3]) -> bool {
        let bounds = Bounds::of(corners);
        let inside = |point: &Point| plane::edges(corners).all(|(a, b)| plane::turn(a, b, *point) >= 0);
        let candidates = self.points.iter().zip(&self.is_left).filter(|(_, is_left)| **is_left);
        !candidates
            .map(|(point, _)| point)
            .any(|point| bounds.hold(*point) && !corners.contains(point) && inside(point))
    }
}

/// One ring of all: from a vertex of the ring along a bridge, round the hole, and back, for each hole.
///
/// Holes are taken by their rightmost vertex, the rightmost hole first: then no hole still to come lies right of it, and a
/// vertex of the ring is in sight there.
fn join(rings: &[Vec<Point>]) -> Option<Vec<Point>> {
    let (shell, holes) = rings.split_first()?;
    let mut outline = shell.clone();
    let mut holes: Vec<&[Point]> = holes.iter().map(|hole| &hole[..]).collect();
    holes.sort_by_key(|hole| std::cmp::Reverse(hole.iter().max().copied()));
    for (rank, hole) in holes.iter().enumerate() {
        let start = (0..hole.len()).max_by_key(|index| hole[*index])?;
        let mut walls: Vec<[Point; 2]> = plane::edges(&outline).map(|(a, b)| [a, b]).collect();
        walls.extend(holes[rank..].iter().flat_map(|hole| plane::edges(hole)).map(|(a, b)| [a, b]));
        let at = bridge(&outline, hole[start], &walls)?;
        let round = hole[start..].iter().chain(&hole[..=start]).copied();
        let joined = outline[..=at].iter().copied().chain(round).chain(outline[at..].iter().copied());
        outline = joined.collect();
    }
    Some(outline)
}

/// The index of the nearest vertex of `outline` that is seen from `from`.
fn bridge(outline: &[Point], from: Point, walls: &[[Point; 2]]) -> Option<usize> {
    let distance = |index: &usize| {
        let (x, y) = (i128::from(outline[*index].x - from.x), i128::from(outline[*index].y - from.y));
        x * x + y * y
    };
    let mut candidates: Vec<usize> = (0..outline.len()).filter(|index| outline[*index] != from).collect();
    candidates.sort_by_key(distance);
    let is_seen = |index: &usize| {
        let to = outline[*index];
        let before = outline[(index + outline.len() - 1) % outline.len()];
        let after = outline[(index + 1) % outline.len()];
        opens_towards([before, to, after], from)
            && walls.iter().all(|wall| match plane::contact([from, to], *wall) {
                Contact::Apart => true,
                Contact::Touch => wall.contains(&from) || wall.contains(&to),
                Contact::Cross | Contact::Overlap => false,
            })
    };
    candidates.into_iter().find(is_seen)
}

/// Whether the interior angle at the middle one of three consecutive vertices of a counter-clockwise ring holds `target`.
fn opens_towards([before, at, after]: [Point; 3], target: Point) -> bool {
    let (left_of_first, left_of_second) =
        (plane::turn(before, at, target) > 0, plane::turn(at, after, target) > 0);
    if plane::turn(before, at, after) > 0 {
        left_of_first && left_of_second
    } else {
        left_of_first || left_of_second
    }
}
