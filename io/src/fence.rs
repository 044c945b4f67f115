//! Geofences from outlines as other software writes them: [GeoJSON](geojson) and [WKT](wkt).
//!
//! One outline gives one fence, however it is written: the direction of a ring and where it starts do not matter. Another
//! triangulation of the same area is another fence, so that a policy is published with its triangles.

mod area;
mod document;
mod ears;
mod error;
mod extent;
pub mod geojson;
mod outline;
mod plane;
mod position;
mod tiling;
pub mod wkt;

pub use area::MAX_VERTICES;
pub use document::FenceDocument;
pub use error::{OutlineError, Place};
pub use extent::Extent;
pub use geojson::from_geojson;
pub use wkt::from_wkt;
use zksensor_model::fence::{Corner, Fence, FenceError, Triangle};
