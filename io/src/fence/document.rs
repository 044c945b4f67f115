//! A fence as a file holds it, in one of the formats that there are, told apart by content.

use super::h3::from_h3;
use super::wkt::from_wkt;
use super::{Fence, OutlineError, geojson, kml, kmz};
use crate::files::text::is_utf16;

/// The fence of a document, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FenceDocument {
    /// The fence.
    pub fence: Fence,
    /// Features that it is the union of: 1, unless a document of GeoJSON or KML has several and none was picked.
    pub features: usize,
}

impl FenceDocument {
    /// Reads [KMZ](super::kmz) if the bytes begin as a zip archive does. Of text, the first character other than space says
    /// what it is: [GeoJSON](super::geojson) if it is `{`, [KML](super::kml) if it is `<`, a list of [H3 cells](super::h3) if
    /// it is a digit or `[`, else [WKT](super::wkt). `feature` picks the one feature whose `id` or property `name` is exactly
    /// that, or the Placemark; without it all are united.
    ///
    /// # Errors
    /// [`OutlineError`].
    pub fn parse(bytes: impl AsRef<[u8]>, feature: Option<&str>) -> Result<Self, OutlineError> {
        let bytes = bytes.as_ref();
        if kmz::is_archive(bytes) {
            return kmz::read(bytes, feature);
        }
        let text = text(bytes)?;
        let fence = match text.trim_start().chars().next() {
            Some('{') => return geojson::read(text, feature),
            Some('<') => return kml::read(text, feature),
            Some('[' | '"' | '0'..='9') => from_h3(text)?,
            _ => from_wkt(text)?,
        };
        match feature {
            Some(wanted) => Err(OutlineError::NotAFeature { wanted: geojson::shown(wanted) }),
            None => Ok(Self { fence, features: 1 }),
        }
    }
}

/// The text of bytes, without the byte order mark, which is no part of it.
pub(super) fn text(bytes: &[u8]) -> Result<&str, OutlineError> {
    if is_utf16(bytes) {
        return Err(OutlineError::Encoding { got: "UTF-16" });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| OutlineError::Encoding { got: "bytes of another encoding or kind" })?;
    Ok(text.trim_start_matches('\u{feff}'))
}
