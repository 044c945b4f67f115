//! WKT (ISO 19125-1) outlines to fences.
//!
//! Accepted are a POLYGON and a MULTIPOLYGON in degrees, longitude first, with `SRID=4326;` before it or without. Altitudes
//! and measures (Z, M, ZM) are ignored. The rest is as with [GeoJSON](super::geojson): the same rounding, checks and limits,
//! and errors name polygon, ring and vertex in the same way.
//!
//! ```
//! use zksensor_io::fence::from_wkt;
//! let fence = from_wkt("SRID=4326;POLYGON((11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1))")?;
//! assert_eq!(fence.triangles().len(), 1);
//! # Ok::<(), zksensor_io::fence::OutlineError>(())
//! ```

use ::wkt::Wkt;
use ::wkt::types::{LineString, Polygon};

use super::area::{self, MAX_VERTICES, Polygons};
use super::outline::Position;
use super::{Fence, OutlineError, geojson};

/// The reference system of WGS 84 in degrees.
const SRID: &str = "4326";

/// The most rings: as many as have room for four positions each. A shorter one takes as much memory.
const MAX_RINGS: usize = MAX_VERTICES / 4;

/// What stands between commas, by how many numbers it has: two, three, four.
const POSITION: [&str; 3] = [
    "expected two numbers, a longitude and a latitude, with a space between; Z, M or ZM after the name if there are more",
    "expected three numbers, a longitude, a latitude and what Z or M says",
    "expected four numbers, a longitude, a latitude, an altitude and a measure",
];

/// White space of WKT.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Geometries that are no fence, and how an error calls them. Nothing of them is read.
const OTHERS: [&str; 14] = [
    "POINT",
    "LINESTRING",
    "LINEARRING",
    "MULTIPOINT",
    "MULTILINESTRING",
    "GEOMETRYCOLLECTION",
    "CIRCULARSTRING",
    "COMPOUNDCURVE",
    "CURVEPOLYGON",
    "MULTICURVE",
    "MULTISURFACE",
    "POLYHEDRALSURFACE",
    "TIN",
    "TRIANGLE",
];

/// The fence of a WKT outline; what is accepted is said in [`wkt`](self).
///
/// # Errors
/// [`OutlineError`] with the polygon, ring and vertex that are in the way.
pub fn from_wkt(text: &str) -> Result<Fence, OutlineError> {
    let body = text.len() - after_srid(text)?.len();
    let wrong = |at: usize, reason| not_wkt(text, body + at, reason);
    let outline = &text[body..];
    check_kind(outline, &wrong)?;
    check_form(outline, &wrong)?;
    let polygons: Polygons<[f64; 2]> = match outline.parse::<Wkt<f64>>() {
        Ok(Wkt::Polygon(polygon)) => vec![rings(polygon)],
        Ok(Wkt::MultiPolygon(polygons)) => polygons.into_inner().0.into_iter().map(rings).collect(),
        Ok(_) => return Err(wrong(0, "expected POLYGON or MULTIPOLYGON")),
        Err(reason) => return Err(wrong(0, reason)),
    };
    area::unite(vec![polygons])
}

/// Longitude and latitude alone: a third of the memory.
fn rings(polygon: Polygon<f64>) -> Vec<Vec<[f64; 2]>> {
    let ring =
        |ring: LineString<f64>| ring.coords().iter().map(|position| [position.x, position.y]).collect();
    polygon.into_inner().0.into_iter().map(ring).collect()
}

impl Position for [f64; 2] {
    fn longitude_latitude(&self) -> Option<[f64; 2]> {
        Some(*self)
    }
}

/// What follows white space and the reference system, if one is named.
fn after_srid(text: &str) -> Result<&str, OutlineError> {
    let text = text.trim_start_matches(SPACE);
    if !text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("SRID=")) {
        return Ok(text);
    }
    let (srid, rest) = text.split_once(';').unwrap_or((text, ""));
    if srid[5..].trim_matches(SPACE) == SRID {
        Ok(rest.trim_start_matches(SPACE))
    } else {
        Err(OutlineError::Srid { found: geojson::shown(srid) })
    }
}

/// Refuses other geometries before they are read: collections could be deep.
fn check_kind(text: &str, wrong: &dyn Fn(usize, &'static str) -> OutlineError) -> Result<(), OutlineError> {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let is = |kind: &str| {
        let (head, dimensions) = word.split_at_checked(kind.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(kind) && ["", "Z", "M", "ZM"].contains(&&*dimensions.to_ascii_uppercase())
    };
    if is("POLYGON") || is("MULTIPOLYGON") {
        return Ok(());
    }
    match OTHERS.into_iter().find(|kind| is(kind)) {
        Some(found) => Err(OutlineError::Kind { found }),
        None => Err(wrong(0, "it begins with neither { nor POLYGON nor MULTIPOLYGON")),
    }
}

/// Finds what is no list of positions, and where; and counts positions before they take fifty bytes each.
fn check_form(text: &str, wrong: &dyn Fn(usize, &'static str) -> OutlineError) -> Result<(), OutlineError> {
    let header = text.split('(').next().unwrap_or_default().trim_end_matches(SPACE).to_ascii_uppercase();
    let numbers = 2 + usize::from(header.ends_with(['Z', 'M'])) + usize::from(header.ends_with("ZM"));
    let (mut start, mut open, mut closed) = (0, 0usize, false);
    let (mut commas, mut rings) = (0, 0);
    for (at, delimiter) in text.match_indices(['(', ')', ',']) {
        let content = text[start..at].trim_matches(SPACE);
        let begin = at - text[start..at].trim_start_matches(SPACE).len();
        if closed {
            return Err(wrong(begin, "something follows the last parenthesis"));
        }
        if delimiter == "(" {
            if open > 0 && !content.is_empty() {
                return Err(wrong(begin, "expected a comma before the parenthesis"));
            }
            open += 1;
        } else {
            if !content.is_empty() && !is_position(content, numbers) {
                return Err(wrong(begin, POSITION[numbers - 2]));
            }
            if delimiter == "," {
                commas += 1;
            } else {
                rings += usize::from(!content.is_empty());
                if rings > MAX_RINGS {
                    return Err(wrong(begin, "expected at most 4,096 rings, each of four positions or more"));
                }
                // One is open: before the first stands the name of the geometry, which is no position.
                open -= 1;
                closed = open == 0;
            }
        }
        start = at + 1;
    }
    let rest = text[start..].trim_start_matches(SPACE);
    let end = text.len() - rest.len();
    if open > 0 {
        return Err(wrong(end, "expected a closing parenthesis"));
    }
    if closed && !rest.is_empty() {
        return Err(wrong(end, "something follows the last parenthesis"));
    }
    // Between two positions there is a comma, whether rings end there or not.
    if commas >= MAX_VERTICES {
        return Err(OutlineError::TooManyVertices { found: commas + 1, limit: MAX_VERTICES });
    }
    Ok(())
}

/// Whether text is `count` numbers, or says that there are none.
fn is_position(text: &str, count: usize) -> bool {
    let numbers = || text.split(SPACE).filter(|number| !number.is_empty());
    text.eq_ignore_ascii_case("EMPTY")
        || (numbers().count() == count && numbers().all(|number| number.parse::<f64>().is_ok()))
}

fn not_wkt(text: &str, at: usize, reason: &'static str) -> OutlineError {
    let before = &text.as_bytes()[..at];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    OutlineError::NotWkt { line, column: at - line_start + 1, reason }
}

#[cfg(test)]
mod tests;
