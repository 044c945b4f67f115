//! One triangle of a fence: three corners in offset-encoded 1e-7 degrees, counter-clockwise.
//!
//! x is the longitude and y the latitude. For the edge from corner k to corner k + 1
//!
//! ```text
//! E_k = (x_{k+1} - x_k) * (y - y_k) - (y_{k+1} - y_k) * (x - x_k)
//! ```
//!
//! is twice the signed area of (corner k, corner k + 1, point), and the point is inside, boundary included, when all three
//! are at least 0. Their sum is twice the area of the triangle, so for a point inside 0 <= E_k <= twice the area. Corners in
//! the WGS 84 range bound that by 3.6e9 * 1.8e9 = 6.48e18 < 2^63; the same bound holds for |E_k| at any valid location.

use serde::{Deserialize, Serialize};

use crate::field::Fr;
use crate::preimages::Corners;
use crate::reading::Location;

/// Bits of one offset-encoded coordinate.
pub const COORDINATE_BITS: u32 = Corners::PARTS.latitude_a_e7.bits();

/// What is added to a signed coordinate in units of 1e-7 degree: 2^31.
pub const COORDINATE_OFFSET: i64 = 1 << 31;

/// The largest |latitude|, in units of 1e-7 degree.
const LATITUDE_LIMIT: i64 = 900_000_000;

/// The largest |longitude|, in units of 1e-7 degree.
const LONGITUDE_LIMIT: i64 = 1_800_000_000;

/// A corner in units of 1e-7 degree (WGS 84), each coordinate plus 2^31.
///
/// A bare pair: the range is checked where a [`Triangle`] is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Corner {
    /// Latitude in units of 1e-7 degree, plus 2^31.
    pub latitude: u32,
    /// Longitude in units of 1e-7 degree, plus 2^31.
    pub longitude: u32,
}

impl Corner {
    /// Latitude and longitude in units of 1e-7 degree, without the offset.
    pub fn signed(self) -> (i32, i32) {
        // Flipping the top bit of a two's complement integer adds or takes 2^31.
        ((self.latitude ^ 1 << 31).cast_signed(), (self.longitude ^ 1 << 31).cast_signed())
    }

    /// The corner at a latitude and longitude in units of 1e-7 degree.
    pub fn from_signed(latitude: i32, longitude: i32) -> Self {
        Self { latitude: latitude.cast_unsigned() ^ 1 << 31, longitude: longitude.cast_unsigned() ^ 1 << 31 }
    }

    fn is_valid(self) -> bool {
        let (latitude, longitude) = self.signed();
        i64::from(latitude).abs() <= LATITUDE_LIMIT && i64::from(longitude).abs() <= LONGITUDE_LIMIT
    }
}

impl From<Location> for Corner {
    fn from(location: Location) -> Self {
        let (latitude, longitude) = location.offset();
        Self { latitude, longitude }
    }
}

/// Why three corners are not a triangle of a fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TriangleError {
    /// A corner lies outside WGS 84.
    #[error(
        "expected corner {corner} within 90 degrees of latitude and 180 of longitude, got latitude {latitude} and \
         longitude {longitude} (1e-7 degree)"
    )]
    OutOfRange {
        /// Which corner: 0, 1 or 2.
        corner: usize,
        /// Latitude that came, in units of 1e-7 degree.
        latitude: i32,
        /// Longitude that came, in units of 1e-7 degree.
        longitude: i32,
    },
    /// The corners are collinear or clockwise.
    #[error(
        "expected counter-clockwise corners, got a doubled area of {doubled_area}; 0 is a degenerate triangle, a \
         negative area needs two corners swapped"
    )]
    NotCounterClockwise {
        /// Twice the signed area, in squared units of 1e-7 degree.
        doubled_area: i128,
    },
}

/// A triangle with corners in the WGS 84 range, counter-clockwise, of nonzero area.
///
/// Serialized as three `[latitude, longitude]` pairs of signed integers in units of 1e-7 degree, and checked again when
/// read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "[[i32; 2]; 3]", into = "[[i32; 2]; 3]")]
pub struct Triangle {
    corners: [Corner; 3],
}

impl Triangle {
    /// The triangle with corners `a`, `b`, `c` in counter-clockwise order (x = longitude, y = latitude).
    ///
    /// # Errors
    /// [`TriangleError::OutOfRange`] or [`TriangleError::NotCounterClockwise`].
    pub fn new(a: Corner, b: Corner, c: Corner) -> Result<Self, TriangleError> {
        let triangle = Self { corners: [a, b, c] };
        if let Some(corner) = triangle.corners.iter().position(|corner| !corner.is_valid()) {
            let (latitude, longitude) = triangle.corners[corner].signed();
            return Err(TriangleError::OutOfRange { corner, latitude, longitude });
        }
        match triangle.doubled_area() {
            1.. => Ok(triangle),
            doubled_area => Err(TriangleError::NotCounterClockwise { doubled_area }),
        }
    }

    /// Any three corners, unchecked: hostile test vectors for circuits.
    ///
    /// # Security
    /// A collinear, all-zero or clockwise triangle passes the half-plane tests for points outside, or fails them for
    /// points inside. Never build a fence that anybody relies on from such triangles.
    pub fn insecure_unchecked(a: Corner, b: Corner, c: Corner) -> Self {
        Self { corners: [a, b, c] }
    }

    /// The corners, counter-clockwise.
    pub fn corners(&self) -> [Corner; 3] {
        self.corners
    }

    /// Twice the signed area, in squared units of 1e-7 degree: positive, and below 2^63.
    pub fn doubled_area(&self) -> i128 {
        let [a, b, c] = self.corners;
        edge(a, b, c)
    }

    /// E_0, E_1 and E_2 at `location`, as the module says.
    pub fn half_planes(&self, location: &Location) -> [i128; 3] {
        let [a, b, c] = self.corners;
        let point = Corner::from(*location);
        [edge(a, b, point), edge(b, c, point), edge(c, a, point)]
    }

    /// Whether `location` lies inside; the boundary is inside.
    pub fn contains(&self, location: &Location) -> bool {
        self.half_planes(location).iter().all(|half_plane| *half_plane >= 0)
    }

    /// The leaf of the fence tree: six 32-bit coordinates, latitude before longitude, corner a most significant.
    pub fn pack(&self) -> Fr {
        let [a, b, c] = self.corners;
        let corners = Corners {
            latitude_a_e7: a.latitude,
            longitude_a_e7: a.longitude,
            latitude_b_e7: b.latitude,
            longitude_b_e7: b.longitude,
            latitude_c_e7: c.latitude,
            longitude_c_e7: c.longitude,
        };
        corners.map(Fr::from).pack()
    }
}

impl TryFrom<[[i32; 2]; 3]> for Triangle {
    type Error = TriangleError;

    fn try_from(corners: [[i32; 2]; 3]) -> Result<Self, TriangleError> {
        let [a, b, c] = corners.map(|[latitude, longitude]| Corner::from_signed(latitude, longitude));
        Self::new(a, b, c)
    }
}

impl From<Triangle> for [[i32; 2]; 3] {
    fn from(triangle: Triangle) -> Self {
        triangle.corners.map(|corner| corner.signed().into())
    }
}

/// (to - from) x (point - from): twice the signed area of the three.
fn edge(from: Corner, to: Corner, point: Corner) -> i128 {
    let difference = |left: u32, right: u32| i128::from(left) - i128::from(right);
    difference(to.longitude, from.longitude) * difference(point.latitude, from.latitude)
        - difference(to.latitude, from.latitude) * difference(point.longitude, from.longitude)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field;

    fn location(latitude: i32, longitude: i32) -> Location {
        Location::from_e7(latitude, longitude).unwrap()
    }

    #[test]
    fn the_boundary_is_inside_and_one_unit_further_is_not() {
        let triangle = Triangle::try_from([[-10, -10], [-10, 30], [40, -10]]).unwrap();
        for (latitude, longitude) in [(-10, -10), (-10, 30), (40, -10), (-10, 0), (0, -10), (15, 10), (0, 0)]
        {
            assert!(triangle.contains(&location(latitude, longitude)), "{latitude} {longitude}");
        }
        for (latitude, longitude) in
            [(-11, 0), (0, -11), (15, 11), (16, 10), (-10, 31), (41, -10), (-11, -10)]
        {
            assert!(!triangle.contains(&location(latitude, longitude)), "{latitude} {longitude}");
        }
    }

    #[test]
    fn degenerate_clockwise_and_far_corners_are_refused() {
        let of = |corners: [[i32; 2]; 3]| Triangle::try_from(corners);
        assert_eq!(of([[0, 0], [1, 1], [2, 2]]), Err(TriangleError::NotCounterClockwise { doubled_area: 0 }));
        assert_eq!(of([[5, 5]; 3]), Err(TriangleError::NotCounterClockwise { doubled_area: 0 }));
        assert_eq!(
            of([[0, 0], [1, 0], [0, 1]]),
            Err(TriangleError::NotCounterClockwise { doubled_area: -1 })
        );
        assert!(matches!(
            of([[0, 0], [0, 1_800_000_001], [1, 0]]),
            Err(TriangleError::OutOfRange { corner: 1, .. })
        ));
        assert!(matches!(
            of([[0, 0], [0, 1], [i32::MIN, 0]]),
            Err(TriangleError::OutOfRange { corner: 2, .. })
        ));
    }

    #[test]
    fn the_largest_triangle_stays_below_two_to_the_63() {
        let (south, west, north, east) = (-900_000_000, -1_800_000_000, 900_000_000, 1_800_000_000);
        let triangle = Triangle::try_from([[south, west], [south, east], [north, east]]).unwrap();
        assert_eq!(triangle.doubled_area(), 6_480_000_000_000_000_000);
        assert!(triangle.doubled_area() < 1 << 63);
        for point in [location(north, west), location(south, east), location(0, 0)] {
            assert!(triangle.half_planes(&point).iter().all(|value| value.abs() <= triangle.doubled_area()));
            assert_eq!(triangle.half_planes(&point).iter().sum::<i128>(), triangle.doubled_area());
        }
    }

    #[test]
    fn packing_is_latitude_before_longitude_and_corner_a_first() {
        let corner = |latitude, longitude| Corner { latitude, longitude };
        let triangle = Triangle::insecure_unchecked(corner(1, 2), corner(3, 4), corner(5, 6));
        let mut bytes = [0u8; 32];
        for (index, value) in (1u8..=6).enumerate() {
            bytes[8 + 4 * index + 3] = value;
        }
        assert_eq!(field::to_be_bytes(&triangle.pack()), bytes);
        assert_eq!(Corner::from(location(-1, 7)).signed(), (-1, 7));
        assert_eq!(Corner::from_signed(-1, 7), Corner::from(location(-1, 7)));
    }
}
