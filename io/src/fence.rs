//! Geofences from outlines as other software writes them: [GeoJSON](geojson), [WKT](wkt), [KML](kml) and [KMZ](kmz), and lists
//! of [H3 cells](h3).
//!
//! One outline gives one fence, however it is written: the direction of a ring and where it starts do not matter. Another
//! triangulation of the same area is another fence, so that a policy is published with its triangles.

mod area;
mod document;
mod ears;
mod error;
mod extent;
pub mod geojson;
pub mod h3;
pub mod kml;
pub mod kmz;
mod outline;
mod plane;
mod position;
mod tiling;
pub mod wkt;

pub use area::MAX_VERTICES;
pub use document::FenceDocument;
pub use error::{OutlineError, VertexPath};
pub use extent::Extent;
pub use geojson::from_geojson;
pub use h3::{H3Error, from_h3};
pub use kml::{KmlError, from_kml};
pub use kmz::KmzError;
pub use wkt::from_wkt;
use zksensor_model::fence::{Corner, Fence, FenceError, Triangle};
