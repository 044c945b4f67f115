//! A fence as a file holds it: GeoJSON or WKT, told apart by content.

use super::wkt::from_wkt;
use super::{Fence, OutlineError, geojson};

/// The fence of a document, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceDocument {
    /// The fence.
    pub fence: Fence,
    /// Features that it is the union of: 1, unless a GeoJSON document has several and none was picked.
    pub features: usize,
}

impl FenceDocument {
    /// Reads [GeoJSON](super::geojson) if the first character other than space is `{`, else [WKT](super::wkt). `feature` picks the one
    /// feature whose `id` or property `name` is exactly that; without it all features are united.
    ///
    /// # Errors
    /// [`OutlineError`].
    pub fn parse(text: &str, feature: Option<&str>) -> Result<Self, OutlineError> {
        // A byte order mark is no part of the text.
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('{') {
            return geojson::read(text, feature);
        }
        let fence = from_wkt(text)?;
        match feature {
            Some(wanted) => Err(OutlineError::NotAFeature { wanted: geojson::shown(wanted) }),
            None => Ok(Self { fence, features: 1 }),
        }
    }
}
