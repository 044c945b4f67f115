//! Strict, light verification of Groth16 proofs over BN254.
//!
//! ```text
//! key bytes -> VerifyingKey -> Verifier<S>      (built once for a statement)
//! proof bytes -> Proof  \
//! typed inputs or words  > Verifier::verify -> Ok, or a VerifyError that says why
//! ```
//!
//! Curves and pairings are arkworks'; its verifier is not used: it accepts extra public inputs, a missing trailing zero,
//! trailing bytes, and keys with which anyone forges. Here a [`Proof`] has one encoding of exactly 256 bytes, a
//! [`VerifyingKey`] is checked when it is made or read, and a [`Verifier`] takes exactly the public inputs of its
//! statement, each canonical. Points are written as the EVM's pairing precompile reads them (EIP-197), so the bytes of a
//! proof are its calldata.
//!
//! The crate builds for `wasm32-unknown-unknown`. It has no threads, and no randomness of its own:
//! [`Verifier::verify_batch`] takes the caller's.
//!
//! ```
//! use zksensor_model::claim::Claim;
//! use zksensor_verifier::{Verifier, VerifyError, VerifyingKey};
//!
//! /// Checks a proof as it came over a wire, and returns what it proves.
//! fn accept<S: Claim>(statement: &S, key: VerifyingKey, proof: &[u8], inputs: &[u8]) -> Result<S::Inputs, VerifyError> {
//!     Verifier::new(statement, key)?.verify_bytes(proof, inputs)
//! }
//! ```

mod arkworks;
mod batch;
mod bytes;
mod equation;
mod error;
mod inputs;
mod key;
pub mod names;
mod proof;
mod text;
mod verify;

/// Version 0.6, whose points a [`Proof`] and [`KeyPoints`] are made of.
pub use ark_bn254;
/// Version 0.6: what those points can do.
pub use ark_ec;
/// Version 0.8, whose `RngCore` and `CryptoRng` [`Verifier::verify_batch`] asks for.
pub use rand;

pub use equation::{Unbound, UntypedVerifier};
pub use error::{KeyElement, KeyError, PointError, ProofElement, ProofError, VerifyError};
pub use inputs::{INPUT_BYTES, inputs_from_bytes, inputs_from_words, inputs_to_bytes};
pub use key::{Ceremony, KeyId, KeyPoints, VerifyingKey};
pub use proof::Proof;
pub use verify::Verifier;
