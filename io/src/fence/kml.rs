//! KML (OGC 12-007, versions 2.0 to 2.3) outlines to fences, read with `quick-xml`.
//!
//! Of a document the polygons of its Placemarks are read, alone or in a MultiGeometry: `outerBoundaryIs` and
//! `innerBoundaryIs`, whose `coordinates` are a longitude, a latitude and an altitude or none, with commas between them and
//! white space between positions. The altitude is ignored. A Placemark is what a feature is in [GeoJSON](super::geojson): one
//! is picked by its `id` or its `name`, or all are united, and one of these that has no area, a Point or a track, is refused.
//! Rounding, checks and limits are the same, too. Styles, folders, overlays, data and extensions of other namespaces are
//! passed over; a NetworkLink is refused unless a Placemark is picked, as what it stands for is in another file.
//!
//! ```
//! use zksensor_io::fence::{from_kml, from_wkt};
//! let fence = from_kml(
//!     "<kml xmlns='http://www.opengis.net/kml/2.2'><Placemark><name>pier</name><Polygon><outerBoundaryIs><LinearRing>\
//!      <coordinates>11.5,48.1,0 11.6,48.1,0 11.6,48.2,0 11.5,48.1,0</coordinates>\
//!      </LinearRing></outerBoundaryIs></Polygon></Placemark></kml>",
//! )?;
//! assert_eq!(fence, from_wkt("POLYGON((11.5 48.1, 11.6 48.1, 11.6 48.2, 11.5 48.1))")?);
//! # Ok::<(), zksensor_io::fence::OutlineError>(())
//! ```

use super::area::{self, MAX_VERTICES, Polygons};
use super::{Fence, FenceDocument, OutlineError, geojson};

mod error;
mod placemark;
mod reader;

pub use error::KmlError;
use placemark::Placemark;

/// The most names that an error lists.
const NAMES_SHOWN: usize = 10;

/// The fence of a KML document, of several Placemarks their union; what is accepted is said in [`kml`](self).
///
/// # Errors
/// [`OutlineError`] with the line, and the polygon, ring and vertex that are in the way.
pub fn from_kml(text: &str) -> Result<Fence, OutlineError> {
    read(text, None).map(|document| document.fence)
}

/// The fence of a document: of the Placemark of that name, or of all.
pub(super) fn read(text: &str, feature: Option<&str>) -> Result<FenceDocument, OutlineError> {
    // A byte order mark is no part of the text.
    let mut chosen = Chosen::new(feature);
    reader::read(text.trim_start_matches('\u{feff}'), &mut chosen)?;
    let features = chosen.features()?;
    let count = features.len();
    Ok(FenceDocument { fence: area::unite(features)?, features: count })
}

/// The Placemarks that make the fence, while a document is read.
struct Chosen<'a> {
    wanted: Option<&'a str>,
    features: Vec<Polygons>,
    /// Vertices of these.
    vertices: usize,
    /// What is wrong with the one that is wanted.
    problem: Option<OutlineError>,
    /// Placemarks of the document, those of the name that is wanted, and the names of the first.
    found: usize,
    called_so: usize,
    names: Vec<String>,
    /// What else is in it that people see on a map, in the order of the document and once each.
    others: Vec<&'static str>,
}

impl<'a> Chosen<'a> {
    fn new(wanted: Option<&'a str>) -> Chosen<'a> {
        Chosen {
            wanted,
            features: Vec::new(),
            vertices: 0,
            problem: None,
            found: 0,
            called_so: 0,
            names: Vec::new(),
            others: Vec::new(),
        }
    }

    /// How many more positions are kept: those beyond the limit are counted only.
    fn room(&self) -> usize {
        MAX_VERTICES.saturating_sub(self.vertices)
    }

    /// Takes the Placemark if it is wanted.
    fn offer(&mut self, placemark: Placemark<'_>) -> Result<(), OutlineError> {
        self.found += 1;
        if let Some(wanted) = self.wanted {
            if !placemark.is_called(wanted) {
                if let Some(name) = placemark.called().filter(|_| self.names.len() < NAMES_SHOWN) {
                    self.names.push(geojson::shown(name));
                }
                return Ok(());
            }
            self.called_so += 1;
            if self.called_so > 1 {
                return Ok(());
            }
        }
        let (vertices, polygons) = placemark.finish();
        self.vertices += vertices;
        match polygons {
            Ok(polygons) => self.features.push(polygons),
            Err(problem) if self.wanted.is_some() => self.problem = Some(problem),
            Err(problem) => return Err(problem),
        }
        Ok(())
    }

    /// The polygons of each, at the end of the document.
    fn features(self) -> Result<Vec<Polygons>, OutlineError> {
        if self.found == 0 {
            return Err(KmlError::NoPlacemark { got: self.others }.into());
        }
        if let Some(wanted) = self.wanted.map(geojson::shown).filter(|_| self.called_so != 1) {
            return Err(match self.called_so {
                0 => OutlineError::UnknownFeature { wanted, got: self.found, names: self.names },
                got => OutlineError::SeveralFeatures { wanted, got },
            });
        }
        match self.problem {
            Some(problem) => Err(problem),
            None if self.vertices > MAX_VERTICES => {
                Err(OutlineError::TooManyVertices { got: self.vertices, limit: MAX_VERTICES })
            }
            None => Ok(self.features),
        }
    }
}

#[cfg(test)]
mod tests;
