//! GeoJSON (RFC 7946) outlines to fences.
//!
//! Accepted are a Polygon, a MultiPolygon, a Feature holding one of them, and a FeatureCollection of such Features, of which
//! one is picked by name or all are united. Coordinates are degrees (longitude, latitude) and are rounded to units of 1e-7
//! degree, half away from zero, from the digits as they are written; an altitude is ignored, the orientation of rings too. Edges
//! are straight in longitude and latitude. An outline across the antimeridian is split there, as RFC 7946 section 3.1.9 says;
//! the parts are polygons like others. Polygons of a MultiPolygon may share borders, and rings of a polygon may touch at points.
//! A `crs`, as GeoJSON had them before, has to be WGS 84.
//!
//! Everything after the rounding is exact: an outline is refused unless its triangles cover it without gap or overlap. Of
//! several features this holds for each; they may overlap each other, and a point is in the fence if it is in one of them.
//!
//! ```
//! use zksensor_io::fence::from_geojson;
//! use zksensor_model::reading::Location;
//! let fence = from_geojson(
//!     r#"{"type": "Polygon", "coordinates": [[[11.5, 48.1], [11.6, 48.1], [11.6, 48.2], [11.5, 48.1]]]}"#,
//! )?;
//! assert_eq!(fence.triangles().len(), 1);
//! assert!(fence.locate(&Location::from_e7(481_500_000, 115_500_000)?).is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::area::{self, MAX_VERTICES, Polygons};
use super::position::ReadPosition;
use super::{Fence, FenceDocument, OutlineError};
use crate::json;

mod crs;
mod object;
mod size;

use object::{Numbers, Object, Source};

/// The most arrays among the coordinates: positions, rings and polygons.
pub const MAX_ARRAYS: usize = 2 * MAX_VERTICES;

/// The most values besides coordinates: properties, and members that no fence needs.
pub const MAX_MEMBERS: usize = 8192;

/// The most names that an error lists.
const NAMES_SHOWN: usize = 10;

/// The most characters of a name that an error shows.
const NAME_SHOWN: usize = 40;

/// Geometries without area.
const OTHERS: [&str; 5] = ["Point", "MultiPoint", "LineString", "MultiLineString", "GeometryCollection"];

/// The fence of a GeoJSON document, of several features their union; what is accepted is said in [`geojson`](self).
///
/// # Errors
/// [`OutlineError`] with the polygon, ring and vertex that are in the way.
pub fn from_geojson(text: &str) -> Result<Fence, OutlineError> {
    read(text, None).map(|document| document.fence)
}

/// The fence of a document: of the feature of that name, or of all features.
pub(super) fn read(text: &str, feature: Option<&str>) -> Result<FenceDocument, OutlineError> {
    // A byte order mark is no part of the text.
    let text = text.trim_start_matches('\u{feff}');
    let features = polygons(text, feature)?;
    let count = features.len();
    Ok(FenceDocument { fence: area::unite(features)?, features: count })
}

/// The polygons of each feature that makes the fence: one, unless there are several and none is asked for.
fn polygons(text: &str, wanted: Option<&str>) -> Result<Vec<Polygons>, OutlineError> {
    size::check(text)?;
    json::refuse_duplicate_keys(text.as_bytes())?;
    let source = Source { text };
    let document = source.object(text)?;
    crs::check(document.crs)?;
    let features = match (document.kind()?.as_str(), wanted) {
        ("Feature", _) => vec![document],
        ("FeatureCollection", _) => source.features(&document)?,
        (_, Some(wanted)) => return Err(OutlineError::NotAFeature { wanted: shown(wanted) }),
        (_, None) => return Ok(vec![polygons_of(&source, &document)?]),
    };
    let features = chosen(features, wanted)?;
    let count = features.len();
    let read = |(index, feature): (usize, Object<'_>)| {
        let polygons = of_feature(&source, &feature);
        polygons.map_err(|error| area::in_feature(error, index, count))
    };
    features.into_iter().enumerate().map(read).collect()
}

fn of_feature(source: &Source<'_>, feature: &Object<'_>) -> Result<Polygons, OutlineError> {
    crs::check(feature.crs)?;
    let geometry = source.object(feature.geometry.ok_or(OutlineError::NoGeometry)?.get())?;
    crs::check(geometry.crs)?;
    polygons_of(source, &geometry)
}

/// Of the features the one that is called so, or all.
fn chosen<'a>(mut features: Vec<Object<'a>>, wanted: Option<&str>) -> Result<Vec<Object<'a>>, OutlineError> {
    if features.is_empty() {
        return Err(OutlineError::NoFeatures);
    }
    let Some(wanted) = wanted else { return Ok(features) };
    let found = features.len();
    let is_called = |feature: &Object<'_>| feature.names().iter().any(|name| name == wanted);
    match features.iter().filter(|feature| is_called(feature)).count() {
        0 => {
            let first = features.iter().filter_map(|feature| feature.names().into_iter().next());
            let names = first.take(NAMES_SHOWN).map(|name| shown(&name)).collect();
            return Err(OutlineError::UnknownFeature { wanted: shown(wanted), got: found, names });
        }
        1 => features.retain(is_called),
        found => return Err(OutlineError::SeveralFeatures { wanted: shown(wanted), got: found }),
    }
    Ok(features)
}

/// The beginning of a name, control characters escaped.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(NAME_SHOWN).flat_map(char::escape_debug).take(NAME_SHOWN).collect()
}

fn polygons_of(source: &Source<'_>, geometry: &Object<'_>) -> Result<Polygons, OutlineError> {
    let kind = geometry.kind()?;
    if let Some(found) = OTHERS.into_iter().find(|other| *other == kind) {
        return Err(OutlineError::Kind { got: found });
    }
    match kind.as_str() {
        "Polygon" => Ok(vec![rings(source.coordinates(geometry)?)]),
        "MultiPolygon" => {
            let polygons: Vec<Vec<Vec<Numbers>>> = source.coordinates(geometry)?;
            Ok(polygons.into_iter().map(rings).collect())
        }
        _ => Err(OutlineError::Type { got: shown(&kind) }),
    }
}

fn rings(rings: Vec<Vec<Numbers>>) -> Vec<Vec<ReadPosition>> {
    let ring = |ring: Vec<Numbers>| ring.into_iter().map(|Numbers(position)| position).collect();
    rings.into_iter().map(ring).collect()
}

#[cfg(test)]
mod tests;
