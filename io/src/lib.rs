//! What zksensor reads and writes: geofences from GeoJSON and WKT, and policies from TOML.
//!
//! Whatever is read is somebody else's text: it is bounded before anything is kept of it, and an error says what was wanted,
//! what came, and where.

#[cfg(feature = "geometry")]
pub mod fence;
pub mod json;
pub mod policy;

#[cfg(test)]
pub(crate) mod real_data;
