//! Where a fence is and how large, for people who would see that its coordinates are swapped.
//!
//! ```
//! use zksensor_io::fence::{Extent, from_wkt};
//! let extent = Extent::of(&from_wkt("POLYGON((11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1))")?);
//! assert_eq!(extent.to_string(), "latitude 48.1 to 48.2, longitude 11.5 to 11.6, around 48.15, 11.55; about 41.3 km2");
//! # Ok::<(), zksensor_io::fence::OutlineError>(())
//! ```

use std::fmt;

use zksensor_model::fence::{Corner, Fence, Triangle};

use crate::import::PlainNumber;

/// Decimal places of a coordinate.
const PLACES: u32 = 7;
/// Half the way round the Earth, in units of 1e-7 degree.
const HALF_TURN: i64 = 1_800_000_000;
/// Metres in a unit of latitude, on a sphere of the Earth's mean radius.
const METRES: f64 = 0.011_119_5;

/// The bounds of a fence, in units of 1e-7 degree, and its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Least latitude.
    pub south: i32,
    /// Greatest latitude.
    pub north: i32,
    /// Where it begins in the west. Of a fence across the antimeridian this is greater than [`east`](Extent::east).
    pub west: i32,
    /// Where it ends in the east.
    pub east: i32,
    /// Square kilometres, to about a part in a hundred; where triangles overlap they are counted twice.
    pub area_km2: f64,
}

impl Extent {
    /// The extent of a fence.
    pub fn of(fence: &Fence) -> Extent {
        let corners = || fence.triangles().iter().flat_map(Triangle::corners).map(Corner::signed);
        let touches = |end: i64| corners().any(|(_, longitude)| i64::from(longitude) == end);
        // Parts on both sides of the antimeridian, each up to it and none around the Earth: the east begins again at -180.
        let spans = |triangle: &Triangle| {
            let longitudes = triangle.corners().map(|corner| corner.signed().1);
            longitudes.iter().any(|longitude| *longitude < 0)
                && longitudes.iter().any(|longitude| *longitude > 0)
        };
        let across = touches(HALF_TURN) && touches(-HALF_TURN) && !fence.triangles().iter().any(spans);
        let turned =
            |longitude: i32| i64::from(longitude) + if across && longitude < 0 { 2 * HALF_TURN } else { 0 };
        let latitudes = || corners().map(|(latitude, _)| latitude);
        let longitudes = || corners().map(|(_, longitude)| turned(longitude));
        let some = "a fence has triangles";
        Extent {
            south: latitudes().min().expect(some),
            north: latitudes().max().expect(some),
            west: back(longitudes().min().expect(some)),
            east: back(longitudes().max().expect(some)),
            area_km2: fence.triangles().iter().map(square_metres).sum::<f64>() / 1e6,
        }
    }

    /// Latitude and longitude of the middle of the bounds, in units of 1e-7 degree.
    pub fn centre(&self) -> (i32, i32) {
        let (west, mut east) = (i64::from(self.west), i64::from(self.east));
        if east < west {
            east += 2 * HALF_TURN;
        }
        let middle = (i64::from(self.south) + i64::from(self.north)) / 2;
        (i32::try_from(middle).expect("between two latitudes"), back(i64::midpoint(west, east)))
    }
}

/// A longitude within 180 degrees.
fn back(longitude: i64) -> i32 {
    let within = if longitude > HALF_TURN { longitude - 2 * HALF_TURN } else { longitude };
    i32::try_from(within).expect("a longitude of 180 degrees or less fits 32 bits")
}

/// The area of a triangle: a degree of longitude is as wide as at its middle latitude.
fn square_metres(triangle: &Triangle) -> f64 {
    let [a, b, c] = triangle.corners().map(Corner::signed);
    let side = |from: (i32, i32), to: (i32, i32)| {
        (f64::from(to.1) - f64::from(from.1), f64::from(to.0) - f64::from(from.0))
    };
    let ((x, y), (other_x, other_y)) = (side(a, b), side(a, c));
    let middle = (f64::from(a.0) + f64::from(b.0) + f64::from(c.0)) / 3e7;
    (x * other_y - y * other_x).abs() / 2.0 * METRES * METRES * middle.to_radians().cos()
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |units: i32| PlainNumber { units: units.into(), places: PLACES };
        let [south, north, west, east] = [self.south, self.north, self.west, self.east].map(shown);
        let (latitude, longitude) = self.centre();
        let (latitude, longitude) = (shown(latitude), shown(longitude));
        write!(
            f,
            "latitude {south} to {north}, longitude {west} to {east}, around {latitude}, {longitude}; about "
        )?;
        match self.area_km2 {
            small if small < 1.0 => write!(f, "{:.0} m2", small * 1e6),
            some if some < 1000.0 => write!(f, "{some:.1} km2"),
            large => write!(f, "{large:.0} km2"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fence::from_wkt;

    fn extent(wkt: &str) -> Extent {
        Extent::of(&from_wkt(wkt).unwrap())
    }

    #[test]
    fn coordinates_that_are_swapped_are_elsewhere() {
        let shown = |wkt: &str| extent(wkt).to_string();
        assert!(
            shown("POLYGON((11.5 48.1,11.6 48.1,11.6 48.2,11.5 48.2,11.5 48.1))")
                .starts_with("latitude 48.1 to 48.2, longitude 11.5 to 11.6, around 48.15, 11.55; about 82.")
        );
        assert!(
            shown("POLYGON((48.1 11.5,48.1 11.6,48.2 11.6,48.2 11.5,48.1 11.5))").starts_with(
                "latitude 11.5 to 11.6, longitude 48.1 to 48.2, around 11.55, 48.15; about 121."
            )
        );
        assert!(shown("POLYGON((0 0,0.001 0,0.001 0.001,0 0))").ends_with("about 6182 m2"));
    }

    #[test]
    fn a_fence_across_the_antimeridian_is_small() {
        let fiji = extent(
            "MULTIPOLYGON(((179 -17,180 -17,180 -16,179 -16,179 -17)),((-180 -17,-179.5 -17,-179.5 -16,-180 -16,-180 -17)))",
        );
        assert_eq!((fiji.west, fiji.east), (1_790_000_000, -1_795_000_000));
        assert_eq!(fiji.centre(), (-165_000_000, 1_797_500_000));
        let world = extent("POLYGON((-180 -80,0 -80,180 -80,180 80,0 80,-180 80,-180 -80))");
        assert_eq!((world.west, world.east, world.centre()), (-1_800_000_000, 1_800_000_000, (0, 0)));
    }
}
