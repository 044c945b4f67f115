//! Zero-knowledge proofs about readings of physical sensors.
//!
//! A thin facade: [`model`] says what is claimed, [`circuits`] why it is true, [`prover`] proves it, [`verifier`] checks it, [`solidity`]
//! has it checked on Polygon; [`io`] has the files that keys, registries and proofs live in ([`files`]), and
//! the importers of readings ([`import`]).
//!
//! ```text
//! signed reading -> statement (native check) -> assignment -> circuit -> proof -> calldata -> contract
//! ```
//!
//! [`prelude`] has the words for a first proof, and for most programs that are about a mean of many devices. Underneath, a device signs, a
//! node checks; nothing is proven that was not checked first:
//!
//! ```
//! use zksensor::model::device::DeviceKey;
//! use zksensor::model::reading::{Location, Network, PayloadHash, Reading, SignedReading, UnixMillis};
//!
//! let device = DeviceKey::from_seed([7; 32]);
//! let reading = Reading {
//!     network: Network::new(137, [0x11; 20]),
//!     schema: 1,
//!     sequence: 1,
//!     time: UnixMillis::new(1_790_000_000_000)?,
//!     location: Location::from_e7(481_372_000, 115_756_000)?, // 48.1372 N, 11.5756 E
//!     accuracy_mm: 2_500,
//!     channels: [21_500, 0, 0, 0], // 21.5 degrees, in a schema of milli-degrees
//!     payload_hash: PayloadHash::NONE,
//! };
//! let bytes = device.sign(&reading)?.encode();
//! assert_eq!(SignedReading::decode(&bytes)?.reading(), &reading); // the signature is checked here
//! # Ok::<(), zksensor::model::reading::ReadingError>(())
//! ```

//! The crates whose types are in functions of this one are re-exported, so that there is no version to guess: [`rand`] 0.8 (with the
//! feature `os-rng`, a default, also `rand::rngs::OsRng`), [`ark_bn254`], [`ark_ec`] and [`ark_ff`] 0.6, [`ark_groth16`] 0.6.
//!
//! Proving blocks the thread; docs/async.md of the repository shows it in an asynchronous program.

#[cfg(doctest)]
#[doc = include_str!("../docs/async.md")]
struct Async;

#[cfg(all(doctest, feature = "geometry", feature = "insecure-setup"))]
#[doc = include_str!("../docs/first-proof-rust.md")]
struct FirstProof;

#[cfg(all(doctest, feature = "geometry", feature = "mock"))]
#[doc = include_str!("../docs/mock.md")]
struct Tests;

#[cfg(feature = "os-rng")]
pub mod prelude;

pub use zksensor_circuits as circuits;
#[cfg(feature = "estimate")]
pub use zksensor_estimate as estimate;
#[cfg(feature = "halo2")]
pub mod halo2;
pub use zksensor_io as io;
#[cfg(feature = "mock")]
pub mod mock;
#[cfg(feature = "page")]
pub use zksensor_io::page;
pub use zksensor_io::{files, hex, import, snarkjs};
pub use zksensor_model as model;
pub use zksensor_prover as prover;
pub use zksensor_r1cs as r1cs;
pub use zksensor_solidity as solidity;
pub use zksensor_verifier as verifier;

pub use zksensor_model::{ark_bn254, ark_ff, rand};
pub use zksensor_prover::ark_groth16;
pub use zksensor_verifier::ark_ec;
