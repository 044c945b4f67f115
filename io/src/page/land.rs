//! Land and sea: the coast of Natural Earth, which is in the public domain, to about two kilometres.
//!
//! io/assets/README.md says where it is from. Roads are not drawn: those that are in the public domain are as coarse.

use std::fmt::Write as _;

use super::map::{Frame, short};

/// Rings of points, as io/assets/land.mjs writes them.
const LAND: &[u8] = include_bytes!("../../assets/land.bin");
/// Degrees of a unit in it.
const UNIT: f64 = 0.01;
/// What is drawn beyond each side of a frame, as a part of its size: so no edge that was cut is seen.
const BEYOND: f64 = 0.02;

type Point = (f64, f64);

/// Land as it lies in a frame.
pub(super) struct Land {
    /// The data of one path, to be filled by the rule `evenodd`: a lake with an outlet is a ring in a ring.
    pub(super) path: String,
    /// Whether there is a coast, and not land alone or sea alone.
    pub(super) has_coast: bool,
}

impl Land {
    /// The land of a frame. Across the antimeridian it goes on.
    pub(super) fn within(frame: &Frame) -> Land {
        let (wide, high) = ((frame.east - frame.west) * BEYOND, (frame.north - frame.south) * BEYOND);
        let window = Window {
            least: (frame.west - wide, frame.south - high),
            most: (frame.east + wide, frame.north + high),
        };
        let mut land = Land { path: String::new(), has_coast: false };
        for ring in Rings(LAND) {
            for turn in [-360.0, 0.0, 360.0] {
                let ring: Vec<Point> = ring.iter().map(|(east, north)| (east + turn, *north)).collect();
                let cut = window.cut(ring);
                land.has_coast |= cut.iter().any(|point| !window.is_corner(*point));
                land.draw(&cut, frame);
            }
        }
        land
    }

    fn draw(&mut self, ring: &[Point], frame: &Frame) {
        let mut last = None;
        for (east, north) in ring {
            let at = (short(frame.x(*east)), short(frame.y(*north)));
            if last.as_ref() == Some(&at) {
                continue;
            }
            let command = if last.is_none() { 'M' } else { 'L' };
            write!(self.path, "{command}{} {}", at.0, at.1).expect("writing to a string cannot fail");
            last = Some(at);
        }
        if last.is_some() {
            self.path.push('Z');
        }
    }
}

/// A rectangle of degrees.
struct Window {
    least: Point,
    most: Point,
}

impl Window {
    /// The part of a polygon that lies in it (Sutherland and Hodgman): side by side, what is beyond is cut off.
    fn cut(&self, ring: Vec<Point>) -> Vec<Point> {
        let (west, east) = (self.least.0, self.most.0);
        let (south, north) = (self.least.1, self.most.1);
        let outside = |holds: &dyn Fn(&Point) -> bool| !ring.iter().any(holds);
        if outside(&|p| p.0 >= west)
            || outside(&|p| p.0 <= east)
            || outside(&|p| p.1 >= south)
            || outside(&|p| p.1 <= north)
        {
            return Vec::new();
        }
        let ring = beyond(&ring, |p| p.0 - west);
        let ring = beyond(&ring, |p| east - p.0);
        let ring = beyond(&ring, |p| p.1 - south);
        beyond(&ring, |p| north - p.1)
    }

    fn is_corner(&self, (east, north): Point) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        (near(east, self.least.0) || near(east, self.most.0))
            && (near(north, self.least.1) || near(north, self.most.1))
    }
}

/// What of a polygon lies where `inside` is 0 or more; it is linear.
fn beyond(ring: &[Point], inside: impl Fn(&Point) -> f64) -> Vec<Point> {
    let before = ring.iter().cycle().skip(ring.len().saturating_sub(1));
    let mut kept = Vec::with_capacity(ring.len());
    for (from, to) in before.zip(ring) {
        let (at, end) = (inside(from), inside(to));
        if (at >= 0.0) != (end >= 0.0) {
            let part = at / (at - end);
            kept.push((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part));
        }
        if end >= 0.0 {
            kept.push(*to);
        }
    }
    kept
}

/// The rings of the file; it ends where bytes are none.
struct Rings(&'static [u8]);

impl Rings {
    /// In base 128, the lowest digit first.
    fn number(&mut self) -> Option<i64> {
        let mut number = 0;
        for digit in 0..5 {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= i64::from(byte & 127) << (7 * digit);
            if *byte < 128 {
                return Some(number);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some(if number & 1 == 1 { -(number + 1) / 2 } else { number / 2 })
    }
}

impl Iterator for Rings {
    type Item = Vec<Point>;

    fn next(&mut self) -> Option<Vec<Point>> {
        let count = self.number()?;
        let (mut east, mut north) = (0, 0);
        let mut ring = Vec::new();
        for _ in 0..count {
            (east, north) = (east + self.signed()?, north + self.signed()?);
            #[expect(clippy::cast_precision_loss, reason = "a hundred times some degrees")]
            ring.push((east as f64 * UNIT, north as f64 * UNIT));
        }
        Some(ring)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fence::from_wkt;

    /// Whether a point lies in the land, by the crossings of a ray.
    fn is_land(at: Point) -> bool {
        let crosses = |(a, b): (&Point, &Point)| {
            (a.1 > at.1) != (b.1 > at.1) && at.0 < (b.0 - a.0) * (at.1 - a.1) / (b.1 - a.1) + a.0
        };
        let count = |ring: Vec<Point>| {
            ring.iter().zip(ring.iter().cycle().skip(1)).filter(|edge| crosses(*edge)).count()
        };
        Rings(LAND).map(count).sum::<usize>() % 2 == 1
    }

    fn frame(wkt: &str) -> Frame {
        Frame::around(&from_wkt(wkt).unwrap(), &[])
    }

    #[test]
    fn the_file_is_whole_and_its_places_are_on_the_earth() {
        let mut rings = Rings(LAND);
        let found: Vec<Vec<Point>> = rings.by_ref().collect();
        assert!(rings.0.is_empty() && found.len() > 1_000);
        for (east, north) in found.iter().flatten() {
            assert!((-180.0..=180.0).contains(east) && (-90.0..=90.0).contains(north), "{east} {north}");
        }
    }

    #[test]
    fn cities_are_on_land_and_oceans_are_not() {
        for city in [(11.55, 48.14), (-74.2, 40.9), (36.8, -1.28), (139.5, 35.8), (149.1, -35.3)] {
            assert!(is_land(city), "{city:?}");
        }
        for sea in [(-30.0, 0.0), (170.0, 20.0), (5.0, 56.0), (50.5, 41.0), (0.0, -50.0)] {
            assert!(!is_land(sea), "{sea:?}");
        }
    }

    #[test]
    fn a_coast_is_where_it_is_drawn() {
        let inland = Land::within(&frame("POLYGON((11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1))"));
        assert!(!inland.has_coast && inland.path.matches('M').count() == 1, "{}", inland.path);
        let ocean = Land::within(&frame("POLYGON((-25 4, -24 4, -24 5, -25 4))"));
        assert!(!ocean.has_coast && ocean.path.is_empty(), "{}", ocean.path);
        let genoa = Land::within(&frame("POLYGON((8.7 44.3, 9.1 44.3, 9.1 44.6, 8.7 44.3))"));
        assert!(genoa.has_coast && genoa.path.len() > 60, "{}", genoa.path);
        // Fiji, on both sides of 180 degrees.
        let fence = "MULTIPOLYGON(((179 -17, 180 -17, 180 -16, 179 -16, 179 -17)), ((-180 -17, -179 -17, -179 -16, -180 -16, -180 -17)))";
        let fiji = Land::within(&frame(fence).about(4.0, 0.5));
        assert!(fiji.has_coast && fiji.path.matches('M').count() > 4, "{}", fiji.path);
    }
}
