//! Exact plane geometry on integers: x is the longitude, y the latitude, both in units of 1e-7 degree.
//!
//! Coordinates are at most 1.8e9 in size, so products stay below 2^64 and every sign here is exact in i128.

/// A point, in units of 1e-7 degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Point {
    pub(super) x: i64,
    pub(super) y: i64,
}

/// Twice the signed area of a, b, c: positive when c lies to the left of a -> b.
pub(super) fn turn(a: Point, b: Point, c: Point) -> i128 {
    let product = |left: i64, right: i64| i128::from(left) * i128::from(right);
    product(b.x - a.x, c.y - a.y) - product(b.y - a.y, c.x - a.x)
}

/// The edges of a ring that does not repeat its first point.
pub(super) fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Twice the signed area of a ring: positive when counter-clockwise.
pub(super) fn doubled_area(ring: &[Point]) -> i128 {
    edges(ring).map(|(a, b)| i128::from(a.x) * i128::from(b.y) - i128::from(b.x) * i128::from(a.y)).sum()
}

/// What two segments have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    /// Nothing.
    Apart,
    /// One point, an end of at least one of them.
    Touch,
    /// One point, inside both.
    Cross,
    /// A stretch of a common line.
    Overlap,
}

/// What the segments a-b and c-d, both of nonzero length, have in common.
pub(super) fn contact([a, b]: [Point; 2], [c, d]: [Point; 2]) -> Contact {
    let sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)].map(i128::signum);
    if sides[0] * sides[1] < 0 && sides[2] * sides[3] < 0 {
        return Contact::Cross;
    }
    if sides[0] == 0 && sides[1] == 0 {
        // On one line points are ordered as their coordinates are.
        let (low, high) = (a.min(b).max(c.min(d)), a.max(b).min(c.max(d)));
        return match low.cmp(&high) {
            std::cmp::Ordering::Less => Contact::Overlap,
            std::cmp::Ordering::Equal => Contact::Touch,
            std::cmp::Ordering::Greater => Contact::Apart,
        };
    }
    let touches =
        |side: i128, [from, to]: [Point; 2], point: Point| side == 0 && Bounds::of(&[from, to]).hold(point);
    let touch = touches(sides[0], [a, b], c)
        || touches(sides[1], [a, b], d)
        || touches(sides[2], [c, d], a)
        || touches(sides[3], [c, d], b);
    if touch { Contact::Touch } else { Contact::Apart }
}

/// Where a point lies relative to a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Boundary,
    Outside,
}

/// Where `point` lies relative to a ring of either orientation, by the even-odd rule.
pub(super) fn side(ring: &[Point], point: Point) -> Side {
    let mut inside = false;
    for (a, b) in edges(ring) {
        let turn = turn(a, b, point);
        if turn == 0 && Bounds::of(&[a, b]).hold(point) {
            return Side::Boundary;
        }
        // The ray from the point towards larger x crosses an upward edge that has the point on its left, or a downward
        // one that has it on its right; an edge owns its lower end.
        let crosses = (a.y > point.y) != (b.y > point.y) && (turn > 0) == (b.y > a.y);
        inside ^= crosses;
    }
    if inside { Side::Inside } else { Side::Outside }
}

/// An axis-parallel rectangle, boundary included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) low: Point,
    pub(super) high: Point,
}

impl Bounds {
    /// The smallest rectangle around `points`, of which there is at least one.
    pub(super) fn of(points: &[Point]) -> Self {
        let mut bounds = Self { low: points[0], high: points[0] };
        for point in points {
            bounds.low = Point { x: bounds.low.x.min(point.x), y: bounds.low.y.min(point.y) };
            bounds.high = Point { x: bounds.high.x.max(point.x), y: bounds.high.y.max(point.y) };
        }
        bounds
    }

    pub(super) fn hold(&self, point: Point) -> bool {
        (self.low.x..=self.high.x).contains(&point.x) && (self.low.y..=self.high.y).contains(&point.y)
    }
}

/// Calls `visit` with the indices of every two rectangles that have a point in common, until it returns an error.
pub(super) fn for_each_meeting<E>(
    rectangles: &[Bounds],
    mut visit: impl FnMut(usize, usize) -> Result<(), E>,
) -> Result<(), E> {
    let mut order: Vec<usize> = (0..rectangles.len()).collect();
    order.sort_by_key(|index| rectangles[*index].low.x);
    for (rank, first) in order.iter().enumerate() {
        let bounds = rectangles[*first];
        for second in &order[rank + 1..] {
            let other = rectangles[*second];
            if other.low.x > bounds.high.x {
                break;
            }
            if other.low.y <= bounds.high.y && bounds.low.y <= other.high.y {
                visit(*first.min(second), *first.max(second))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: i64, y: i64) -> Point {
        Point { x, y }
    }

    #[test]
    fn segments_meet_as_drawn() {
        let base = [point(0, 0), point(10, 0)];
        for (other, expected) in [
            ([point(5, -5), point(5, 5)], Contact::Cross),
            ([point(5, 0), point(5, 5)], Contact::Touch),
            ([point(10, 0), point(15, 5)], Contact::Touch),
            ([point(10, 0), point(15, 0)], Contact::Touch),
            ([point(5, 0), point(15, 0)], Contact::Overlap),
            ([point(3, 0), point(4, 0)], Contact::Overlap),
            ([point(11, 0), point(15, 0)], Contact::Apart),
            ([point(11, -5), point(11, 5)], Contact::Apart),
            ([point(0, 1), point(10, 1)], Contact::Apart),
        ] {
            assert_eq!(contact(base, other), expected, "{other:?}");
            assert_eq!(contact(other, base), expected, "{other:?}");
            assert_eq!(contact([base[1], base[0]], other), expected, "{other:?}");
        }
    }

    #[test]
    fn the_even_odd_rule_owns_its_vertices_once() {
        // A diamond: rays through its left and right vertices pass through vertices.
        let ring = [point(0, -5), point(5, 0), point(0, 5), point(-5, 0)];
        assert_eq!(side(&ring, point(0, 0)), Side::Inside);
        assert_eq!(side(&ring, point(-6, 0)), Side::Outside);
        assert_eq!(side(&ring, point(-6, 5)), Side::Outside);
        assert_eq!(side(&ring, point(-6, -5)), Side::Outside);
        assert_eq!(side(&ring, point(2, 3)), Side::Boundary);
        assert_eq!(side(&ring, point(5, 0)), Side::Boundary);
        assert_eq!(doubled_area(&ring), 100);
    }
}
