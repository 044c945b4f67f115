//! What is claimed: signed readings, devices, their registry, geofences, policies, and the public inputs of the statements
//! about them. The first floor: a device signs with it, and a verifier, a browser and a contract need no more.
//!
//! No circuit, no prover, no file format, no thread: those live in `zksensor-circuits`, `zksensor-prover` and `zksensor-io`.
//! No operating system either: without the feature `std` it asks for an allocator alone, so a microcontroller signs with this
//! code.

#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

/// Version 0.6, whose [`Fr`](ark_bn254::Fr) is [`field::Fr`].
pub use ark_bn254;
/// Version 0.6: what [`field::Fr`] can do.
pub use ark_ff;
/// Version 0.8, whose `RngCore` and `CryptoRng` the functions that draw something ask for. Generators of 0.9 and newer have other
/// traits of these names.
pub use rand;

pub mod amount;
pub mod claim;
pub mod device;
mod element;
pub mod fence;
pub mod field;
pub mod frame;
pub mod hex;
pub mod histogram;
pub mod known;
pub mod layout;
pub mod meaning;
pub mod noise;
mod object;
pub mod policy;
pub mod preimages;
pub mod primitives;
pub mod reading;
pub mod registry;
pub mod rule;
pub mod schema;
pub mod survey;
pub mod track;
