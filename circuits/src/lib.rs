//! What zksensor proves: signed readings, the device registry, geofences, policies, and the statements about them.
//!
//! No prover, no I/O, no threads: those live in `zksensor-prover` and `zksensor`.

pub mod device;
pub mod fence;
pub mod field;
pub mod gadgets;
pub mod hex;
#[cfg(feature = "geometry")]
pub mod json;
pub mod layout;
pub mod mutants;
pub mod native;
pub mod policy;
pub mod primitives;
pub mod r1cs;
pub mod reading;
pub mod registry;
pub mod schema;
pub mod statement;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;

#[cfg(test)]
pub(crate) mod real_data;
