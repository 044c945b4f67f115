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

use super::area::{self, MAX_VERTICES, Polygons};
use super::error::line_and_column;
use super::position::position;
use super::{Fence, OutlineError, geojson};
use crate::import::{Decimal, DecimalError};

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
    // A byte order mark is no part of the text.
    let text = text.trim_start_matches('\u{feff}');
    let body = text.len() - after_srid(text)?.len();
    let wrong = |at: usize, reason| not_wkt(text, body + at, reason);
    let outline = &text[body..];
    let name = check_kind(outline, &wrong)?;
    check_form(outline, &wrong)?;
    area::unite(vec![polygons(outline, name, &wrong)?])
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
        Err(OutlineError::Srid { got: geojson::shown(srid) })
    }
}

/// How an error is made: of a place, in bytes, and a reason.
type Wrong<'a> = &'a dyn Fn(usize, &'static str) -> OutlineError;

/// The name of the geometry. Others are refused before they are read: collections could be deep.
fn check_kind(text: &str, wrong: Wrong<'_>) -> Result<&'static str, OutlineError> {
    let word = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let is = |kind: &str| {
        let (head, dimensions) = word.split_at_checked(kind.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(kind) && ["", "Z", "M", "ZM"].contains(&&*dimensions.to_ascii_uppercase())
    };
    if let Some(kind) = ["POLYGON", "MULTIPOLYGON"].into_iter().find(|kind| is(kind)) {
        return Ok(kind);
    }
    match OTHERS.into_iter().find(|kind| is(kind)) {
        Some(found) => Err(OutlineError::Kind { got: found }),
        None => Err(wrong(0, "it begins with none of {, <, an H3 cell, POLYGON and MULTIPOLYGON")),
    }
}

/// Finds what is no list of positions, and where; and counts positions before they take fifty bytes each.
fn check_form(text: &str, wrong: Wrong<'_>) -> Result<(), OutlineError> {
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
        return Err(OutlineError::TooManyVertices { got: commas + 1, limit: MAX_VERTICES });
    }
    Ok(())
}

/// What may stand after the name of a geometry, before the parenthesis.
const DIMENSIONS: [&str; 4] = ["", "Z", "M", "ZM"];

/// The polygons of an outline whose parentheses match and whose positions have as many numbers as they should.
fn polygons(text: &str, name: &str, wrong: Wrong<'_>) -> Result<Polygons, OutlineError> {
    let body = text.find('(').unwrap_or(text.len());
    let header = text[name.len()..body].trim_matches(SPACE).to_ascii_uppercase();
    let (dimensions, empty) = match header.strip_suffix("EMPTY") {
        Some(before) if body == text.len() => (before.trim_matches(SPACE), true),
        _ => (header.as_str(), false),
    };
    if !DIMENSIONS.contains(&dimensions) {
        return Err(wrong(name.len(), "expected Z, M, ZM or a parenthesis after the name"));
    }
    // A polygon is in two pairs of parentheses, one of several in three; an empty one has a shell no more than it has holes.
    let several = usize::from(name == "MULTIPOLYGON");
    let mut building = Building { polygons: Vec::new(), rings: 1 + several };
    if empty && several == 0 {
        building.polygons.push(Vec::new());
    } else if !empty && body == text.len() {
        return Err(wrong(name.len(), "expected a parenthesis after the name"));
    }
    building.read(text, body, wrong)?;
    Ok(building.polygons)
}

/// Polygons while they are read.
struct Building {
    polygons: Polygons,
    /// Parentheses that are open within a polygon, beside rings.
    rings: usize,
}

impl Building {
    fn read(&mut self, text: &str, body: usize, wrong: Wrong<'_>) -> Result<(), OutlineError> {
        let (mut open, mut start) = (0, body);
        // Whether something stands since the last parenthesis that opened, or the last comma.
        let mut filled = false;
        for (at, delimiter) in text[body..].match_indices(['(', ')', ',']) {
            let at = body + at;
            let content = text[start..at].trim_matches(SPACE);
            let begin = at - text[start..at].trim_start_matches(SPACE).len();
            if !content.is_empty() {
                if filled {
                    return Err(wrong(begin, "expected a comma after the parenthesis"));
                }
                self.item(content, open).map_err(|reason| wrong(begin, reason))?;
                filled = true;
            }
            match delimiter {
                "(" if filled => return Err(wrong(at, "expected a comma before the parenthesis")),
                "(" => {
                    open += 1;
                    self.open(open).map_err(|reason| wrong(at, reason))?;
                }
                _ if !filled => {
                    return Err(wrong(at, "expected something between the commas and parentheses"));
                }
                ")" => open -= 1,
                _ => filled = false,
            }
            start = at + 1;
        }
        Ok(())
    }

    /// A parenthesis opens: so many are open with it.
    fn open(&mut self, open: usize) -> Result<(), &'static str> {
        if open == self.rings {
            self.polygons.push(Vec::new());
        } else if open == self.rings + 1 {
            self.polygons.last_mut().expect("one is open").push(Vec::new());
        } else if open > self.rings {
            return Err("expected a position, got one more parenthesis");
        }
        Ok(())
    }

    /// A position, or the word EMPTY, within so many parentheses.
    fn item(&mut self, content: &str, open: usize) -> Result<(), &'static str> {
        let empty = content.eq_ignore_ascii_case("EMPTY");
        if open == self.rings + 1 && !empty {
            let mut numbers = content.split(SPACE).filter(|number| !number.is_empty());
            let (longitude, latitude) =
                (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
            let ring = self.polygons.last_mut().and_then(|rings| rings.last_mut()).expect("one is open");
            ring.push(position(longitude, latitude));
            return Ok(());
        }
        match (empty, self.rings.checked_sub(open)) {
            (true, Some(0)) => self.polygons.last_mut().expect("one is open").push(Vec::new()),
            (true, Some(1)) if open > 0 => self.polygons.push(Vec::new()),
            (true, _) => return Err("expected a position, got EMPTY"),
            (false, _) => return Err("expected a parenthesis before the positions of a ring"),
        }
        Ok(())
    }
}

/// Whether text is `count` numbers, or says that there are none.
fn is_position(text: &str, count: usize) -> bool {
    let numbers = || text.split(SPACE).filter(|number| !number.is_empty());
    text.eq_ignore_ascii_case("EMPTY") || (numbers().count() == count && numbers().all(is_number))
}

/// Whether text is a decimal number, of however many digits. There are words that other programs take for one, such as NaN.
fn is_number(text: &str) -> bool {
    !matches!(text.parse::<Decimal>(), Err(DecimalError::Form))
}

fn not_wkt(text: &str, at: usize, reason: &'static str) -> OutlineError {
    let (line, column) = line_and_column(text, at);
    OutlineError::NotWkt { line, column, reason }
}

#[cfg(test)]
mod tests;
