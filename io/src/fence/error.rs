//! Why a document is not a fence, and where.

use std::fmt;

use super::geojson::{MAX_ARRAYS, MAX_MEMBERS};
use super::{FenceError, H3Error, KmlError, KmzError};
use crate::json::DuplicateKey;

/// A vertex of a document, counted from 0 as its arrays are; an edge is named by the vertex that it starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VertexPath {
    /// Index of the polygon; 0 if the geometry is a Polygon.
    pub polygon: usize,
    /// Index of the ring in its polygon: 0 is the shell, the others are holes.
    pub ring: usize,
    /// Index of the vertex in its ring.
    pub vertex: usize,
}

impl fmt::Display for VertexPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "polygon {}, ring {}, vertex {}", self.polygon, self.ring, self.vertex)
    }
}

/// Line and column of a byte of a text, both from 1; a column is a byte.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    (1 + before.iter().filter(|byte| **byte == b'\n').count(), at - line_start + 1)
}

/// Why a document is not a fence.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OutlineError {
    /// Not JSON, or JSON that is not GeoJSON.
    #[error("expected a GeoJSON document, got text that is none at line {line}, column {column}: {reason}")]
    NotGeoJson {
        /// Line where reading stopped, from 1.
        line: usize,
        /// Column where reading stopped.
        column: usize,
        /// What the parser says of it, its first 120 characters.
        reason: String,
    },
    /// A list where an object has to be.
    #[error("expected a GeoJSON object, got a list")]
    List,
    /// An object without a member that it needs.
    #[error("expected a GeoJSON object with the member `{wanted}`, got one without")]
    NoMember {
        /// The member.
        wanted: &'static str,
    },
    /// A type that is none of GeoJSON, or not one that may stand there.
    #[error("expected the type Polygon, MultiPolygon, Feature or FeatureCollection, spelt so, got `{got}`")]
    Type {
        /// What came, its first 40 characters.
        got: String,
    },
    /// Coordinates of another reference system.
    #[error(
        "expected coordinates of WGS 84 (no `crs`, or CRS84, or EPSG:4326), got `{got}`; transform them first"
    )]
    Crs {
        /// What came, its first 40 characters.
        got: String,
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
    /// An object has a key twice.
    #[error(transparent)]
    DuplicateKey(#[from] DuplicateKey),
    /// Not WKT.
    #[error(
        "expected GeoJSON, KML, a list of H3 cells, or WKT such as POLYGON((11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1)), got text that is \
         none of these at line {line}, column {column}: {reason}"
    )]
    NotWkt {
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in bytes.
        column: usize,
        /// What is wrong there.
        reason: &'static str,
    },
    /// Coordinates of another reference system.
    #[error("expected coordinates of WGS 84, SRID=4326, got `{got}`; transform them first")]
    Srid {
        /// What came, its first 40 characters.
        got: String,
    },
    /// Bytes of another encoding.
    #[error("expected text in UTF-8, or a KMZ archive, got {got}; save it as UTF-8")]
    Encoding {
        /// What came.
        got: &'static str,
    },
    /// Not KML, or KML that is no fence.
    #[error(transparent)]
    Kml(#[from] KmlError),
    /// Not an archive with KML.
    #[error(transparent)]
    Kmz(#[from] KmzError),
    /// Not a list of H3 cells, or cells that are no fence.
    #[error(transparent)]
    H3(#[from] H3Error),
    /// What is wrong at a place of the text.
    #[error("line {line}, column {column}: {source}")]
    At {
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in bytes.
        column: usize,
        /// What is wrong there.
        source: Box<OutlineError>,
    },
    /// What is wrong with the document in an archive.
    #[error("`{name}` in the archive: {source}")]
    Archived {
        /// Name of the document, its first 40 characters.
        name: String,
        /// What is wrong with it.
        source: Box<OutlineError>,
    },
    /// A FeatureCollection of nothing.
    #[error("expected at least one feature in the collection, got none")]
    NoFeatures,
    /// A feature was asked for by name where there are none.
    #[error(
        "expected GeoJSON or KML with a feature named `{wanted}`, got an outline without features; leave the name out"
    )]
    NotAFeature {
        /// The name, its first 40 characters.
        wanted: String,
    },
    /// No feature of that name.
    #[error("expected a feature whose `id` or property `name` is `{wanted}`, got {}", Others(*got, names))]
    UnknownFeature {
        /// The name, its first 40 characters.
        wanted: String,
        /// Features that came.
        got: usize,
        /// Names of the first of them, in the order of the document.
        names: Vec<String>,
    },
    /// Several features of that name.
    #[error(
        "expected one feature whose `id` or property `name` is `{wanted}`, got {got}; give the one that is meant an \
         `id` of its own"
    )]
    SeveralFeatures {
        /// The name, its first 40 characters.
        wanted: String,
        /// Features of that name.
        got: usize,
    },
    /// What is wrong with one feature of several.
    #[error("feature {feature}: {source}")]
    Feature {
        /// Index of the feature in its collection, from 0.
        feature: usize,
        /// What is wrong with it.
        source: Box<OutlineError>,
    },
    /// A Feature whose geometry is null.
    #[error("expected a feature with a Polygon or MultiPolygon, got one without geometry")]
    NoGeometry,
    /// A geometry without area.
    #[error("expected a Polygon or MultiPolygon, got a {got}")]
    Kind {
        /// Type that came.
        got: &'static str,
    },
    /// A polygon without rings.
    #[error("expected a shell in polygon {polygon}, got a polygon without rings")]
    NoRing {
        /// Index of the polygon.
        polygon: usize,
    },
    /// More vertices than are checked.
    #[error("expected at most {limit} vertices, got {got}; simplify the outline")]
    TooManyVertices {
        /// Vertices that came, closing ones included.
        got: usize,
        /// [`super::MAX_VERTICES`].
        limit: usize,
    },
    /// A ring that cannot have three corners.
    #[error("expected at least 4 positions in polygon {polygon}, ring {ring}, got {got}")]
    TooFewPositions {
        /// Index of the polygon.
        polygon: usize,
        /// Index of the ring.
        ring: usize,
        /// Positions that came.
        got: usize,
    },
    /// A position without latitude.
    #[error("expected longitude and latitude at {place}, got fewer than two numbers")]
    ShortPosition {
        /// Where.
        place: VertexPath,
    },
    /// Something else than a number.
    #[error("expected a number of degrees at {place}, got `{got}`")]
    Number {
        /// Where.
        place: VertexPath,
        /// What came, its first 40 characters.
        got: String,
    },
    /// A longitude on the other side of the antimeridian.
    #[error(
        "expected longitude within 180 degrees at {place}, got {longitude}; split the polygon at the antimeridian (RFC 7946, \
         3.1.9), with longitudes of -180 to 180 in each part"
    )]
    Antimeridian {
        /// Where.
        place: VertexPath,
        /// Longitude that came, in degrees.
        longitude: String,
    },
    /// Coordinates outside WGS 84.
    #[error(
        "expected longitude within 180 and latitude within 90 degrees at {place}, got {longitude}, {latitude}; \
         the longitude comes first"
    )]
    OutOfRange {
        /// Where.
        place: VertexPath,
        /// Latitude that came, in degrees.
        latitude: String,
        /// Longitude that came, in degrees.
        longitude: String,
    },
    /// A vertex on a pole, where longitudes end.
    #[error(
        "expected latitudes short of the poles, got a pole at {place}; polygons that cover one are not supported"
    )]
    Pole {
        /// Where.
        place: VertexPath,
    },
    /// A ring whose last position is not its first.
    #[error("expected the first position again at {last}, got another; close the ring")]
    Unclosed {
        /// The last vertex.
        last: VertexPath,
    },
    /// All vertices of a ring lie on one line after rounding.
    #[error("expected a ring with area, got one line or point at {first} after rounding to 1e-7 degree")]
    ZeroArea {
        /// The first vertex of the ring.
        first: VertexPath,
    },
    /// An edge more than half round the Earth.
    #[error(
        "expected edges of at most 180 degrees of longitude, got a longer one from {edge}; split the polygon at the \
         antimeridian (RFC 7946, 3.1.9); polygons around a pole are not supported"
    )]
    LongEdge {
        /// Where the edge starts.
        edge: VertexPath,
    },
    /// A ring that crosses itself.
    #[error("expected a simple ring, got edges that cross: from {edge} and from {other}")]
    SelfCrossing {
        /// Where one edge starts.
        edge: VertexPath,
        /// Where the other starts.
        other: VertexPath,
    },
    /// A ring that touches itself.
    #[error("expected a simple ring, got edges that touch: from {edge} and from {other}; split it there")]
    SelfTouching {
        /// Where one edge starts.
        edge: VertexPath,
        /// Where the other starts.
        other: VertexPath,
    },
    /// Two rings of a polygon cross or share a stretch.
    #[error(
        "expected holes inside the shell and apart, got rings that cross: edges from {edge} and from {other}"
    )]
    RingsCross {
        /// Where one edge starts.
        edge: VertexPath,
        /// Where the other starts.
        other: VertexPath,
    },
    /// A hole outside its shell.
    #[error("expected holes inside the shell, got {vertex} outside")]
    HoleOutside {
        /// A vertex of the hole.
        vertex: VertexPath,
    },
    /// A hole inside another hole.
    #[error("expected holes apart from each other, got {vertex} inside ring {hole}")]
    HoleInHole {
        /// A vertex of the inner hole.
        vertex: VertexPath,
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

/// How many features there are, and the names of the first, as the end of a sentence.
struct Others<'a>(usize, &'a [String]);

impl fmt::Display for Others<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Others(found, names) = self;
        write!(formatter, "{found} of other names or none")?;
        for (index, name) in names.iter().enumerate() {
            write!(formatter, "{}`{name}`", if index == 0 { ": " } else { ", " })?;
        }
        formatter.write_str(if names.len() < *found && !names.is_empty() { ", .." } else { "" })
    }
}
