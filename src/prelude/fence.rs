//! A fence from an outline.

#[cfg(feature = "geometry")]
use zksensor_io::fence;
use zksensor_model::fence as model;

#[cfg(feature = "geometry")]
use super::Error;

/// Where readings have to be: the triangles of an outline. Its boundary is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence(model::Fence);

impl Fence {
    /// The fence of a GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection (RFC 7946): longitude before latitude, in degrees.
    ///
    /// # Errors
    /// [`Error::Outline`] with the ring and the vertex that are in the way.
    #[cfg(feature = "geometry")]
    pub fn geojson(text: &str) -> Result<Fence, Error> {
        Ok(Fence(fence::from_geojson(text)?))
    }

    /// The fence of a file's bytes, in any of the formats: GeoJSON, WKT, KML, KMZ or a list of H3 cells, told apart by content.
    ///
    /// # Errors
    /// [`Error::Outline`].
    #[cfg(feature = "geometry")]
    pub fn parse(bytes: impl AsRef<[u8]>) -> Result<Fence, Error> {
        Ok(Fence(fence::FenceDocument::parse(bytes, None)?.fence))
    }

    /// The triangles, as the crates underneath take them.
    pub fn model(&self) -> &model::Fence {
        &self.0
    }
}

/// A fence of triangles that somebody published.
impl From<model::Fence> for Fence {
    fn from(fence: model::Fence) -> Fence {
        Fence(fence)
    }
}
