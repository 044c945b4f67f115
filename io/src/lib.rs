//! What zksensor reads and writes: geofences from outlines in five formats, policies from TOML, readings in the formats of other
//! software, the files that keys, registries and proofs live in, snarkjs's JSON, and a page that shows a proof.
//!
//! Whatever is read is somebody else's: it is bounded before anything is kept of it, and an error says what was wanted, what
//! came, and where.

mod at_most;
#[cfg(feature = "geometry")]
pub mod fence;
pub mod files;
pub mod hex;
pub mod import;
pub mod json;
#[cfg(feature = "page")]
pub mod page;
pub mod policy;
pub mod schema;
pub mod snarkjs;

#[cfg(test)]
pub(crate) mod real_data;
