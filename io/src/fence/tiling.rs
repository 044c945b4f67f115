//! Triangles of an outline, and the exact proof that they are it.

use std::collections::HashMap;

use geo::{Coord, LineString, Polygon, TriangulateEarcut};

use super::OutlineError;
use super::ears;
use super::plane::{self, Bounds, Point};

/// Counter-clockwise triangles of nonzero area that cover exactly what `rings` bound: a shell counter-clockwise, then holes
/// clockwise. `None` if no triangulation found is exact.
///
/// Earcut decides in floating point, so its result is taken only if it is exact; the exact ear clipping stands in for it
/// where outlines are large and almost straight. The triangles are those of the area: where a ring starts, the order of
/// holes and flat vertices do not change them.
pub(super) fn triangulate(rings: &[Vec<Point>]) -> Option<Vec<[Point; 3]>> {
    let corners = normal(rings);
    let tiles = earcut(&corners);
    if tiles_exactly(&tiles, rings) {
        return Some(tiles);
    }
    ears::clip(&corners).filter(|tiles| tiles_exactly(tiles, rings))
}

/// Whether counter-clockwise `tiles` cover exactly the area that `rings` bound, without overlap.
///
/// The areas must sum to that of the rings, and the boundaries too, as chains: along every line, each stretch is run over
/// as often one way less the other way by the triangles as by the rings. A function of the plane that is constant off
/// finitely many lines and 0 far away is determined by its boundary chain, so the number of triangles over a point is then
/// the winding number of the rings there: 1 inside and 0 outside.
pub(super) fn tiles_exactly(tiles: &[[Point; 3]], rings: &[Vec<Point>]) -> bool {
    let area = |rings: &mut dyn Iterator<Item = &[Point]>| rings.map(plane::doubled_area).sum::<i128>();
    if area(&mut tiles.iter().map(|tile| &tile[..])) != area(&mut rings.iter().map(|ring| &ring[..])) {
        return false;
    }
    // Edges that are run over once each way drop out, which most do. From low to high end, with how often more that way.
    let runs = |ring: &[Point], sign: i64| -> Vec<(Point, Point, i64)> {
        plane::edges(ring).map(|(a, b)| if a < b { (a, b, sign) } else { (b, a, -sign) }).collect()
    };
    let mut edges = Vec::with_capacity(3 * tiles.len() + rings.iter().map(Vec::len).sum::<usize>());
    tiles.iter().for_each(|tile| edges.extend(runs(tile, 1)));
    rings.iter().for_each(|ring| edges.extend(runs(ring, -1)));
    edges.sort_unstable();
    // The derivative of the multiplicity along a line: +1 where an edge starts, -1 where it ends.
    let mut steps: HashMap<(Line, Point), i64> = HashMap::new();
    for same in edges.chunk_by(|first, second| (first.0, first.1) == (second.0, second.1)) {
        let ((from, to, _), times) = (same[0], same.iter().map(|(.., sign)| sign).sum::<i64>());
        if times != 0 {
            let line = Line::through(from, to);
            *steps.entry((line, from)).or_default() += times;
            *steps.entry((line, to)).or_default() -= times;
        }
    }
    steps.values().all(|step| *step == 0)
}

/// A line: its direction in lowest terms, to the right or straight up, and x * direction.y - y * direction.x of its points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Line {
    direction: (i64, i64),
    offset: i128,
}

impl Line {
    fn through(from: Point, to: Point) -> Self {
        let (low, high) = (from.min(to), from.max(to));
        let (x, y) = (high.x - low.x, high.y - low.y);
        let divisor = greatest_common_divisor(x, y.abs());
        let direction = (x / divisor, y / divisor);
        let offset =
            i128::from(low.x) * i128::from(direction.1) - i128::from(low.y) * i128::from(direction.0);
        Self { direction, offset }
    }
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// Refuses tiles of different polygons that have area in common; `tiles` come with the index of their polygon.
pub(super) fn refuse_overlaps(tiles: &[(usize, [Point; 3])]) -> Result<(), OutlineError> {
    let bounds: Vec<Bounds> = tiles.iter().map(|(_, tile)| Bounds::of(tile)).collect();
    plane::for_each_meeting(&bounds, |first, second| {
        let ((polygon, tile), (other, other_tile)) = (tiles[first], tiles[second]);
        if polygon != other && !separated(&tile, &other_tile) && !separated(&other_tile, &tile) {
            return Err(OutlineError::PolygonsOverlap { polygon, other });
        }
        Ok(())
    })
}

/// Whether an edge of `tile` has all of `other` on its right or on itself. Convex figures have no area in common if and
/// only if an edge of one of them does so.
fn separated(tile: &[Point; 3], other: &[Point; 3]) -> bool {
    plane::edges(tile).any(|(a, b)| other.iter().all(|point| plane::turn(a, b, *point) <= 0))
}

/// One way to write an outline: each ring without flat vertices and from its least point, the holes in ascending order.
fn normal(rings: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let from_least = |ring: &Vec<Point>| {
        let mut corners = without_flat_vertices(ring);
        let least = (0..corners.len()).min_by_key(|index| corners[*index]);
        corners.rotate_left(least.unwrap_or(0));
        corners
    };
    let mut rings: Vec<Vec<Point>> = rings.iter().map(from_least).collect();
    if let Some((_, holes)) = rings.split_first_mut() {
        holes.sort_unstable();
    }
    rings
}

pub(super) fn without_flat_vertices(ring: &[Point]) -> Vec<Point> {
    let count = ring.len();
    let turns = |index: &usize| {
        plane::turn(ring[(index + count - 1) % count], ring[*index], ring[(index + 1) % count]) != 0
    };
    (0..count).filter(turns).map(|index| ring[index]).collect()
}

/// Earcut's triangles, counter-clockwise, those without area dropped.
pub(super) fn earcut(rings: &[Vec<Point>]) -> Vec<[Point; 3]> {
    let points = rings.concat();
    // From the outline's own corner, where products of coordinates have the fewest bits.
    let origin = Bounds::of(&points).low;
    let line = |ring: &Vec<Point>| -> LineString<f64> {
        let coordinates =
            ring.iter().map(|point| Coord { x: (point.x - origin.x) as f64, y: (point.y - origin.y) as f64 });
        LineString::from_iter(coordinates)
    };
    let polygon = Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
    let corners = polygon.earcut_triangles_raw().triangle_indices;
    let tiles = corners.chunks_exact(3).filter_map(|corners| {
        let corner = |index: usize| points.get(corners[index]).copied();
        let [a, b, c] = [corner(0)?, corner(1)?, corner(2)?];
        match plane::turn(a, b, c).signum() {
            1 => Some([a, b, c]),
            -1 => Some([a, c, b]),
            _ => None,
        }
    });
    tiles.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(i64, i64)]) -> Vec<Point> {
        points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_tiling_may_have_corners_on_edges_but_neither_gaps_nor_overlaps() {
        let square = [ring(&[(0, 0), (4, 0), (4, 4), (0, 4)])];
        let tile = |points: [(i64, i64); 3]| points.map(|(x, y)| Point { x, y });
        let half = tile([(0, 0), (4, 0), (4, 4)]);
        let (quarter, other) = (tile([(0, 0), (2, 2), (0, 4)]), tile([(2, 2), (4, 4), (0, 4)]));
        assert!(tiles_exactly(&[half, quarter, other], &square));
        assert!(!tiles_exactly(&[half, quarter], &square));
        // The area is right: one quarter twice, the other not at all.
        assert!(!tiles_exactly(&[half, quarter, quarter], &square));
        // The area is right: the other half moved out of the square.
        assert!(!tiles_exactly(&[half, tile([(4, 0), (8, 4), (4, 4)])], &square));
    }

    #[test]
    fn triangles_that_share_a_border_do_not_overlap() {
        let tile = |points: [(i64, i64); 3]| points.map(|(x, y)| Point { x, y });
        let base = (0, tile([(0, 0), (10, 0), (0, 10)]));
        for (other, overlaps) in [
            (tile([(10, 0), (10, 10), (0, 10)]), false),
            (tile([(10, 0), (20, 0), (20, 5)]), false),
            (tile([(2, 0), (3, -5), (8, 0)]), false),
            (tile([(9, 0), (10, 10), (0, 10)]), true),
            (tile([(1, 1), (2, 1), (1, 2)]), true),
            (tile([(-5, 4), (50, 4), (50, 5)]), true),
            (base.1, true),
        ] {
            assert_eq!(refuse_overlaps(&[base, (1, other)]).is_err(), overlaps, "{other:?}");
            assert_eq!(refuse_overlaps(&[(0, other), (1, base.1)]).is_err(), overlaps, "{other:?}");
        }
    }
}
