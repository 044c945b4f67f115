//! GeoJSON (RFC 7946) outlines to fences.
//!
//! Accepted are a Polygon, a MultiPolygon, a Feature holding one of them, and a FeatureCollection of exactly one such
//! Feature. Coordinates are degrees (longitude, latitude) and are rounded to units of 1e-7 degree, half away from zero; an
//! altitude is ignored, the orientation of rings too. Edges are straight in longitude and latitude. An outline across the
//! antimeridian is split there, as RFC 7946 section 3.1.9 says; the parts are polygons like others. Polygons of a
//! MultiPolygon may share borders, and rings of a polygon may touch at points.
//!
//! Everything after the rounding is exact: an outline is refused unless its triangles cover it without gap or overlap.
//!
//! ```
//! use zksensor_circuits::fence::Fence;
//! use zksensor_circuits::reading::Location;
//! let fence = Fence::from_geojson(
//!     r#"{"type": "Polygon", "coordinates": [[[11.5, 48.1], [11.6, 48.1], [11.6, 48.2], [11.5, 48.1]]]}"#,
//! )?;
//! assert_eq!(fence.triangles().len(), 1);
//! assert!(fence.locate(&Location::new(481_500_000, 115_500_000)?).is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use geojson::{Feature, GeoJson, Geometry, GeometryValue};

use super::outline::Outline;
use super::plane::Point;
use super::{Corner, Fence, FenceError, Triangle, tiling};

mod size;

/// The most vertices of an outline, closing ones included: about four for each triangle that a fence can have. Checks
/// take quadratic time at worst.
pub const MAX_VERTICES: usize = 16_384;

/// The most arrays among the coordinates: positions, rings and polygons.
pub const MAX_ARRAYS: usize = 2 * MAX_VERTICES;

/// The most values besides coordinates: properties, and members that no fence needs.
pub const MAX_MEMBERS: usize = 8192;

/// A vertex of a document, counted from 0 as its arrays are; an edge is named by the vertex that it starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Index of the polygon; 0 if the geometry is a Polygon.
    pub polygon: usize,
    /// Index of the ring in its polygon: 0 is the shell, the others are holes.
    pub ring: usize,
    /// Index of the vertex in its ring.
    pub vertex: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "polygon {}, ring {}, vertex {}", self.polygon, self.ring, self.vertex)
    }
}

/// Why a GeoJSON document is not a fence.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum GeoJsonError {
    /// Not JSON, or JSON that is not GeoJSON.
    #[error("expected a GeoJSON document, got text that is none at line {line}, column {column}")]
    NotGeoJson {
        /// Line where reading stopped, from 1; 0 if the whole document is the matter.
        line: usize,
        /// Column where reading stopped.
        column: usize,
    },
    /// More values than the document of a fence has.
    #[error(
        "expected at most {MAX_ARRAYS} arrays of coordinates and {MAX_MEMBERS} other values, got more by line {line}, \
         column {column}; simplify the outline and leave properties out"
    )]
    TooLarge {
        /// Line where reading stopped, from 1.
        line: usize,
        /// Column where reading stopped.
        column: usize,
    },
    /// A FeatureCollection of none or several.
    #[error("expected a collection of exactly 1 feature, got {found}; extract the one that is the fence")]
    Features {
        /// Features that came.
        found: usize,
    },
    /// A Feature whose geometry is null.
    #[error("expected a feature with a Polygon or MultiPolygon, got one without geometry")]
    NoGeometry,
    /// A geometry without area.
    #[error("expected a Polygon or MultiPolygon, got a {found}")]
    Kind {
        /// GeoJSON type that came.
        found: &'static str,
    },
    /// A polygon without rings.
    #[error("expected a shell in polygon {polygon}, got a polygon without rings")]
    NoRing {
        /// Index of the polygon.
        polygon: usize,
    },
    /// More vertices than are checked.
    #[error("expected at most {limit} vertices, got {found}; simplify the outline")]
    TooManyVertices {
        /// Vertices that came, closing ones included.
        found: usize,
        /// [`MAX_VERTICES`].
        limit: usize,
    },
    /// A ring that cannot have three corners.
    #[error("expected at least 4 positions in polygon {polygon}, ring {ring}, got {found}")]
    TooFewPositions {
        /// Index of the polygon.
        polygon: usize,
        /// Index of the ring.
        ring: usize,
        /// Positions that came.
        found: usize,
    },
    /// A position without latitude.
    #[error("expected longitude and latitude at {place}, got fewer than two numbers")]
    ShortPosition {
        /// Where.
        place: Place,
    },
    /// Coordinates outside WGS 84, or not finite.
    #[error(
        "expected longitude within 180 and latitude within 90 degrees at {place}, got {longitude}, {latitude}; \
         GeoJSON has the longitude first"
    )]
    OutOfRange {
        /// Where.
        place: Place,
        /// Latitude that came, in degrees.
        latitude: f64,
        /// Longitude that came, in degrees.
        longitude: f64,
    },
    /// A vertex on a pole, where longitudes end.
    #[error(
        "expected latitudes short of the poles, got a pole at {place}; polygons that cover one are not supported"
    )]
    Pole {
        /// Where.
        place: Place,
    },
    /// A ring whose last position is not its first.
    #[error("expected the first position again at {last}, got another; close the ring")]
    Unclosed {
        /// The last vertex.
        last: Place,
    },
    /// All vertices of a ring lie on one line after rounding.
    #[error("expected a ring with area, got one line or point at {first} after rounding to 1e-7 degree")]
    ZeroArea {
        /// The first vertex of the ring.
        first: Place,
    },
    /// An edge more than half round the Earth.
    #[error(
        "expected edges of at most 180 degrees of longitude, got a longer one from {edge}; split the polygon at the \
         antimeridian (RFC 7946, 3.1.9); polygons around a pole are not supported"
    )]
    LongEdge {
        /// Where the edge starts.
        edge: Place,
    },
    /// A ring that crosses itself.
    #[error("expected a simple ring, got edges that cross: from {edge} and from {other}")]
    SelfCrossing {
        /// Where one edge starts.
        edge: Place,
        /// Where the other starts.
        other: Place,
    },
    /// A ring that touches itself.
    #[error("expected a simple ring, got edges that touch: from {edge} and from {other}; split it there")]
    SelfTouching {
        /// Where one edge starts.
        edge: Place,
        /// Where the other starts.
        other: Place,
    },
    /// Two rings of a polygon cross or share a stretch.
    #[error(
        "expected holes inside the shell and apart, got rings that cross: edges from {edge} and from {other}"
    )]
    RingsCross {
        /// Where one edge starts.
        edge: Place,
        /// Where the other starts.
        other: Place,
    },
    /// A hole outside its shell.
    #[error("expected holes inside the shell, got {vertex} outside")]
    HoleOutside {
        /// A vertex of the hole.
        vertex: Place,
    },
    /// A hole inside another hole.
    #[error("expected holes apart from each other, got {vertex} inside ring {hole}")]
    HoleInHole {
        /// A vertex of the inner hole.
        vertex: Place,
        /// Index of the ring that is the outer one.
        hole: usize,
    },
    /// Two polygons of a MultiPolygon cover the same ground.
    #[error(
        "expected polygons without common area, got polygons {polygon} and {other} that overlap; merge them"
    )]
    PolygonsOverlap {
        /// Index of one polygon.
        polygon: usize,
        /// Index of the other.
        other: usize,
    },
    /// No triangulation that covers the polygon exactly: rings touch in a way that makes no area of them.
    #[error(
        "expected an area bounded by shell and holes in polygon {polygon}, got rings that touch along their vertices"
    )]
    NoTiling {
        /// Index of the polygon.
        polygon: usize,
    },
    /// The triangles do not make a fence: none, or too many.
    #[error(transparent)]
    Fence(#[from] FenceError),
}

impl Fence {
    /// The fence of a GeoJSON document; what is accepted is said in [`geojson`](self).
    ///
    /// # Errors
    /// [`GeoJsonError`] with the polygon, ring and vertex that are in the way.
    pub fn from_geojson(text: &str) -> Result<Self, GeoJsonError> {
        size::check(text)?;
        let polygons = polygons_of(geometry_of(text.parse::<GeoJson>().map_err(not_geojson)?)?)?;
        let found = polygons.iter().flatten().map(Vec::len).sum();
        if found > MAX_VERTICES {
            return Err(GeoJsonError::TooManyVertices { found, limit: MAX_VERTICES });
        }
        let mut tiles = Vec::new();
        for (polygon, rings) in polygons.iter().enumerate() {
            let outline = Outline::new(polygon, rings)?;
            let tiling = tiling::triangulate(&outline.rings).ok_or(GeoJsonError::NoTiling { polygon })?;
            tiles.extend(tiling.into_iter().map(|tile| (outline.polygon, tile)));
        }
        let fence = Self::new(tiles.iter().map(|(_, tile)| triangle(*tile)).collect())?;
        tiling::refuse_overlaps(&tiles)?;
        Ok(fence)
    }
}

fn not_geojson(error: geojson::Error) -> GeoJsonError {
    match error {
        geojson::Error::MalformedGeoJson(error) => {
            GeoJsonError::NotGeoJson { line: error.line(), column: error.column() }
        }
        _ => GeoJsonError::NotGeoJson { line: 0, column: 0 },
    }
}

fn geometry_of(document: GeoJson) -> Result<Geometry, GeoJsonError> {
    let of_feature = |feature: Feature| feature.geometry.ok_or(GeoJsonError::NoGeometry);
    match document {
        GeoJson::Geometry(geometry) => Ok(geometry),
        GeoJson::Feature(feature) => of_feature(feature),
        GeoJson::FeatureCollection(collection) => {
            let found = collection.features.len();
            let mut features = collection.features;
            features.pop().filter(|_| found == 1).ok_or(GeoJsonError::Features { found }).and_then(of_feature)
        }
    }
}

fn polygons_of(geometry: Geometry) -> Result<Vec<geojson::PolygonType>, GeoJsonError> {
    let found = match geometry.value {
        GeometryValue::Polygon { coordinates } => return Ok(vec![coordinates]),
        GeometryValue::MultiPolygon { coordinates } => return Ok(coordinates),
        GeometryValue::Point { .. } => "Point",
        GeometryValue::MultiPoint { .. } => "MultiPoint",
        GeometryValue::LineString { .. } => "LineString",
        GeometryValue::MultiLineString { .. } => "MultiLineString",
        GeometryValue::GeometryCollection { .. } => "GeometryCollection",
    };
    Err(GeoJsonError::Kind { found })
}

fn triangle(tile: [Point; 3]) -> Triangle {
    let unit = |value: i64| i32::try_from(value).expect("checked coordinates are at most 1.8e9 units");
    let [a, b, c] = tile.map(|point| Corner::from_signed(unit(point.y), unit(point.x)));
    Triangle::new(a, b, c).expect("tiles are counter-clockwise, their corners in range")
}

#[cfg(test)]
mod tests;
