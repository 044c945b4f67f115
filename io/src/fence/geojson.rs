//! GeoJSON (RFC 7946) outlines to fences.
//!
//! Accepted are a Polygon, a MultiPolygon, a Feature holding one of them, and a FeatureCollection of such Features, of which
//! one is picked by name or all are united. Coordinates are degrees (longitude, latitude) and are rounded to units of 1e-7
//! degree, half away from zero; an altitude is ignored, the orientation of rings too. Edges are straight in longitude and
//! latitude. An outline across the antimeridian is split there, as RFC 7946 section 3.1.9 says; the parts are polygons like
//! others. Polygons of a MultiPolygon may share borders, and rings of a polygon may touch at points.
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
//! assert!(fence.locate(&Location::new(481_500_000, 115_500_000)?).is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use geojson::feature::Id;
use geojson::{Feature, GeoJson, Geometry, GeometryValue};

use super::area::{self, MAX_VERTICES};
use super::outline::Position;
use super::{Fence, FenceDocument, OutlineError};
use crate::json;

mod size;

/// The most arrays among the coordinates: positions, rings and polygons.
pub const MAX_ARRAYS: usize = 2 * MAX_VERTICES;

/// The most values besides coordinates: properties, and members that no fence needs.
pub const MAX_MEMBERS: usize = 8192;

/// Properties that name a feature.
const NAME_KEYS: [&str; 3] = ["name", "NAME", "Name"];

/// The most names that an error lists.
const NAMES_SHOWN: usize = 10;

/// The most characters of a name that an error shows.
const NAME_SHOWN: usize = 40;

/// The fence of a GeoJSON document, of several features their union; what is accepted is said in [`geojson`](self).
///
/// # Errors
/// [`OutlineError`] with the polygon, ring and vertex that are in the way.
pub fn from_geojson(text: &str) -> Result<Fence, OutlineError> {
    read(text, None).map(|document| document.fence)
}

/// The fence of a document: of the feature of that name, or of all features.
pub(super) fn read(text: &str, feature: Option<&str>) -> Result<FenceDocument, OutlineError> {
    size::check(text)?;
    json::refuse_duplicate_keys(text.as_bytes())?;
    let geometries = geometries(text.parse().map_err(not_geojson)?, feature)?;
    let features = geometries.len();
    let parts = geometries.into_iter().enumerate().map(|(index, geometry)| {
        let polygons = geometry.ok_or(OutlineError::NoGeometry).and_then(polygons_of);
        polygons.map_err(|error| area::in_feature(error, index, features))
    });
    let fence = area::unite(parts.collect::<Result<Vec<_>, _>>()?)?;
    Ok(FenceDocument { fence, features })
}

fn not_geojson(error: geojson::Error) -> OutlineError {
    match error {
        geojson::Error::MalformedGeoJson(error) => {
            OutlineError::NotGeoJson { line: error.line(), column: error.column() }
        }
        _ => OutlineError::NotGeoJson { line: 0, column: 0 },
    }
}

/// The geometries that make the fence: one, unless there are several features and none is asked for.
fn geometries(document: GeoJson, wanted: Option<&str>) -> Result<Vec<Option<Geometry>>, OutlineError> {
    let mut features = match (document, wanted) {
        (GeoJson::Geometry(geometry), None) => return Ok(vec![Some(geometry)]),
        (GeoJson::Geometry(_), Some(wanted)) => {
            return Err(OutlineError::NotAFeature { wanted: shown(wanted) });
        }
        (GeoJson::Feature(feature), _) => vec![feature],
        (GeoJson::FeatureCollection(collection), _) => collection.features,
    };
    if features.is_empty() {
        return Err(OutlineError::NoFeatures);
    }
    if let Some(wanted) = wanted {
        let found = features.len();
        let names =
            || features.iter().filter_map(any_name).take(NAMES_SHOWN).map(|name| shown(&name)).collect();
        match features.iter().filter(|feature| has_name(feature, wanted)).count() {
            0 => return Err(OutlineError::UnknownFeature { wanted: shown(wanted), found, names: names() }),
            1 => features.retain(|feature| has_name(feature, wanted)),
            found => return Err(OutlineError::SeveralFeatures { wanted: shown(wanted), found }),
        }
    }
    Ok(features.into_iter().map(|feature| feature.geometry).collect())
}

/// What a feature is called: by its properties, then by its id.
fn names(feature: &Feature) -> impl Iterator<Item = String> + '_ {
    let properties = NAME_KEYS.iter().filter_map(|key| feature.property(*key)?.as_str().map(str::to_owned));
    let id = feature.id.as_ref().map(|id| match id {
        Id::String(text) => text.clone(),
        Id::Number(number) => number.to_string(),
    });
    properties.chain(id)
}

fn any_name(feature: &Feature) -> Option<String> {
    names(feature).next()
}

fn has_name(feature: &Feature, wanted: &str) -> bool {
    names(feature).any(|name| name == wanted)
}

/// The beginning of a name, control characters escaped.
pub(super) fn shown(name: &str) -> String {
    name.chars().take(NAME_SHOWN).flat_map(char::escape_debug).take(NAME_SHOWN).collect()
}

fn polygons_of(geometry: Geometry) -> Result<Vec<geojson::PolygonType>, OutlineError> {
    let found = match geometry.value {
        GeometryValue::Polygon { coordinates } => return Ok(vec![coordinates]),
        GeometryValue::MultiPolygon { coordinates } => return Ok(coordinates),
        GeometryValue::Point { .. } => "Point",
        GeometryValue::MultiPoint { .. } => "MultiPoint",
        GeometryValue::LineString { .. } => "LineString",
        GeometryValue::MultiLineString { .. } => "MultiLineString",
        GeometryValue::GeometryCollection { .. } => "GeometryCollection",
    };
    Err(OutlineError::Kind { found })
}

impl Position for geojson::Position {
    fn longitude_latitude(&self) -> Option<[f64; 2]> {
        match self.as_slice() {
            [longitude, latitude, ..] => Some([*longitude, *latitude]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
