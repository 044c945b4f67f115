//! The outline of a set of cells: sides between a cell of the set and one that is not, joined at the vertices of H3.
//!
//! Three cells meet at a vertex and any two of them are neighbours, so that a vertex of the outline begins one side and ends
//! one: its rings neither cross nor touch. The descendants of a cell have no neighbours but descendants of its neighbours, so
//! that a cell whose neighbours all belong to the set has none of its descendants on the outline.

use h3o::{CellIndex, DirectedEdgeIndex, LatLng, Resolution, VertexIndex};

use super::H3Error;
use crate::fence::area::Polygons;
use crate::fence::plane::{self, Bounds, Point};

/// The most sides of an outline. A polygon of n corners and h holes takes n + 2 h - 2 triangles, and n is 5 or more: what has
/// more sides takes more than 4,096 triangles.
pub(super) const MAX_SIDES: usize = 8192;

/// Half the way round the Earth, in units.
const HALF_TURN: i64 = 1_800_000_000;
/// The latitude of a pole, in units.
const POLE: i64 = 900_000_000;

/// The polygons that cells cover, of which there is at least one.
pub(super) fn polygons(cells: Vec<CellIndex>) -> Result<Polygons, H3Error> {
    let set = Set::new(cells);
    let mut border = Border { set: &set, sides: Vec::new() };
    for cell in &set.cells {
        border.follow(*cell)?;
    }
    grouped(rings(border.sides, &set)?)
}

/// Cells of which none lies within another, in ascending order.
struct Set {
    cells: Vec<CellIndex>,
    /// The resolutions of these, a bit each.
    resolutions: u32,
}

impl Set {
    fn new(mut cells: Vec<CellIndex>) -> Set {
        cells.sort_unstable();
        cells.dedup();
        let resolutions = cells.iter().fold(0, |bits, cell| bits | 1 << u8::from(cell.resolution()));
        let whole = Set { cells, resolutions };
        let is_outermost = |cell: &&CellIndex| whole.covering(**cell, true).is_none();
        let cells: Vec<CellIndex> = whole.cells.iter().filter(is_outermost).copied().collect();
        let resolutions = cells.iter().fold(0, |bits, cell| bits | 1 << u8::from(cell.resolution()));
        Set { cells, resolutions }
    }

    /// The cell of the set that this one is, unless that is left out, or lies within.
    fn covering(&self, cell: CellIndex, above: bool) -> Option<CellIndex> {
        let end = u8::from(cell.resolution()) + u8::from(!above);
        let resolutions = (0..end).filter(|resolution| self.resolutions & (1 << resolution) != 0);
        resolutions
            .filter_map(|resolution| cell.parent(Resolution::try_from(resolution).ok()?))
            .find(|ancestor| self.cells.binary_search(ancestor).is_ok())
    }

    fn finest(&self) -> u8 {
        u8::try_from(self.resolutions.checked_ilog2().unwrap_or(0)).expect("a resolution is at most 15")
    }
}

/// A side of the outline, with the set on its left.
struct Side {
    from: VertexIndex,
    to: VertexIndex,
    /// Where it crosses an edge of the icosahedron.
    bend: Option<Point>,
    cell: CellIndex,
}

/// The sides of a set, as far as they are found.
struct Border<'a> {
    set: &'a Set,
    sides: Vec<Side>,
}

impl Border<'_> {
    /// Adds the sides of a cell of the set, or of its descendants.
    fn follow(&mut self, cell: CellIndex) -> Result<(), H3Error> {
        let set = self.set;
        let mut open =
            cell.edges().filter(|edge| set.covering(edge.destination(), false).is_none()).peekable();
        if open.peek().is_none() {
            return Ok(());
        }
        match cell.resolution().succ().filter(|finer| u8::from(*finer) <= set.finest()) {
            Some(finer) => cell.children(finer).try_for_each(|child| self.follow(child)),
            None => open.try_for_each(|edge| self.add(edge)),
        }
    }

    fn add(&mut self, edge: DirectedEdgeIndex) -> Result<(), H3Error> {
        if self.sides.len() == MAX_SIDES {
            let coarsest = u8::try_from(self.set.resolutions.trailing_zeros()).unwrap_or(0);
            return Err(H3Error::TooFine { coarsest, finest: self.set.finest() });
        }
        let (cell, other) = edge.cells();
        let vertices: Vec<VertexIndex> = cell.vertexes().collect();
        let shared = |vertex: &VertexIndex| other.vertexes().any(|of_other| of_other == *vertex);
        let next = |index: usize| vertices[(index + 1) % vertices.len()];
        let index = (0..vertices.len()).find(|index| shared(&vertices[*index]) && shared(&next(*index)));
        let index = index.expect("neighbours share two vertices, one after the other");
        let boundary = edge.boundary();
        let bend = (boundary.len() > 2).then(|| point(boundary[1]));
        self.sides.push(Side { from: vertices[index], to: next(index), bend, cell });
        Ok(())
    }
}

/// The rings that sides make, each without its first point again: shells counter-clockwise, holes clockwise.
fn rings(mut sides: Vec<Side>, set: &Set) -> Result<Vec<Vec<Point>>, H3Error> {
    sides.sort_unstable_by_key(|side| side.from);
    let mut seen = vec![false; sides.len()];
    let mut rings = Vec::new();
    for start in 0..sides.len() {
        let (mut ring, mut index) = (Vec::new(), start);
        while !std::mem::replace(&mut seen[index], true) {
            let side = &sides[index];
            let (from, to) = (point(side.from.into()), point(side.to.into()));
            let along: Vec<Point> = [Some(from), side.bend, Some(to)].into_iter().flatten().collect();
            if along.windows(2).any(|two| (two[0].x - two[1].x).abs() > HALF_TURN) || from.y.abs() >= POLE {
                let cell = set.covering(side.cell, false).unwrap_or(side.cell);
                return Err(H3Error::Across { cell: cell.to_string() });
            }
            ring.extend(&along[..along.len() - 1]);
            index = sides
                .binary_search_by_key(&side.to, |other| other.from)
                .expect("where a side of an outline ends another begins");
        }
        if !ring.is_empty() {
            rings.push(ring);
        }
    }
    Ok(rings)
}

/// Shells, each with its holes: a hole belongs to the smallest shell around it.
fn grouped(rings: Vec<Vec<Point>>) -> Result<Polygons, H3Error> {
    let (shells, holes): (Vec<_>, Vec<_>) =
        rings.into_iter().partition(|ring| plane::doubled_area(ring) >= 0);
    if shells.is_empty() {
        return Err(H3Error::Everywhere);
    }
    let bounds: Vec<Bounds> = shells.iter().map(|shell| Bounds::of(shell)).collect();
    let mut polygons: Vec<Vec<Vec<Point>>> = shells.into_iter().map(|shell| vec![shell]).collect();
    for hole in holes {
        let around = |index: &usize| {
            bounds[*index].hold(hole[0]) && plane::side(&polygons[*index][0], hole[0]) == plane::Side::Inside
        };
        let shell = (0..polygons.len())
            .filter(around)
            .min_by_key(|index| plane::doubled_area(&polygons[*index][0]))
            .ok_or(H3Error::Everywhere)?;
        polygons[shell].push(hole);
    }
    let closed = |ring: Vec<Point>| ring.iter().chain(ring.first()).map(|point| Ok(*point)).collect();
    Ok(polygons.into_iter().map(|rings| rings.into_iter().map(closed).collect()).collect())
}

/// A place in units of 1e-7 degree.
fn point(place: LatLng) -> Point {
    Point { x: units(place.lng()), y: units(place.lat()) }
}

/// A number of degrees in units of 1e-7, from the exact value of the double, half away from zero.
fn units(degrees: f64) -> i64 {
    let bits = degrees.abs().to_bits();
    let (exponent, fraction) = (bits >> 52, bits & ((1 << 52) - 1));
    // fraction * 2^-shift; what a degree is measured in is at most 360, so that the shift is 44 or more.
    let (fraction, shift) = (u128::from(fraction | 1 << 52) * 10_000_000, 1075u64.saturating_sub(exponent));
    let magnitude = match shift {
        1..=126 => (fraction + (1 << (shift - 1))) >> shift,
        0 => u128::MAX,
        _ => 0,
    };
    let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX / 4);
    if degrees < 0.0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_double_rounds_by_its_exact_value() {
        // The doubles next to ties: of those that are shown so, the value is below or above.
        for (degrees, wanted) in [
            (0.0, 0),
            (-0.0, 0),
            (1e-300, 0),
            (0.000_000_05, 0),
            (-0.000_000_06, -1),
            (47.607_923_05, 476_079_230),
            (16.172_315_35, 161_723_154),
            (-11.500_000_05, -115_000_001),
            (179.999_999_95, 1_799_999_999),
            (180.0, 1_800_000_000),
            (-179.999_999_99, -1_800_000_000),
            (0.5, 5_000_000),
        ] {
            assert_eq!(units(degrees), wanted, "{degrees}");
        }
    }

    proptest! {
        /// Against the exact decimal expansion, which Rust writes out.
        #[test]
        fn as_its_decimal_digits_say(degrees in -180.0f64..180.0) {
            let digits: crate::import::Decimal = format!("{degrees:.60}").parse().unwrap();
            prop_assert_eq!(Ok(units(degrees)), digits.to_fixed(7, crate::import::Rounding::HalfAwayFromZero));
        }
    }
}
