//! Strict verification of proofs of halo2: PLONK with lookups, KZG on BN254, opened by SHPLONK (eprint 2020/081).
//!
//! ```text
//! key bytes -> VerifyingKey -> Verifier<S>      (built once for a statement)
//! proof bytes -> Proof  \
//! typed inputs or words  > Verifier::verify -> Ok, or a VerifyError that says why
//! ```
//!
//! The argument is verified by halo2-axiom. What it leaves open is closed here: it takes fewer public inputs than there are as ones
//! that end in zeros, reads no further than it needs and says nothing of what follows, takes points at infinity, and reads keys that
//! let it allocate without bound. A [`Proof`] of a key has one length, every number in it is canonical and every point on its curve; a
//! [`Verifier`] takes exactly the public inputs of its statement.
//!
//! The transcript is Keccak256 over 32-byte words, big-endian, points uncompressed: what an EVM hashes and reads without a square
//! root, and as snark-verifier's `EvmTranscript` has it. ([`ProofWriter`] says how.)
//!
//! halo2-axiom depends on rayon in any case. Where there are no threads, as on `wasm32-unknown-unknown`, rayon works on the one that
//! calls, and halo2-axiom is built without its own. There [`Verifier::verify_batch`] takes its numbers from JavaScript with the feature `js`; without it
//! `getrandom` 0.2 asks a program to register a source. `zksensor-verifier` needs none of that.
//!
//! ```
//! use zksensor_model::claim::Claim;
//! use zksensor_verifier_halo2::{Verifier, VerifyError, VerifyingKey};
//!
//! /// Checks a proof as it came over a wire, and returns what it proves.
//! fn accept<S: Claim>(statement: &S, key: VerifyingKey, proof: &[u8], inputs: &[u8]) -> Result<S::Inputs, VerifyError> {
//!     Verifier::new(statement, key)?.verify_bytes(proof, inputs)
//! }
//! ```

mod bytes;
mod error;
mod key;
mod parameters;
mod proof;
mod table;
mod transcript;
mod verify;

/// halo2 as it is linked, which takes and makes what is here: `halo2-axiom` 0.5.
pub use halo2_proofs;

pub use bytes::{G1_BYTES, G2_BYTES, put_g1, put_g2, read_g1, read_g2, to_scalar};
pub use error::{KeyError, ProofError, VerifyError};
pub use key::{KeyPoints, VerifyingKey};
pub use parameters::{parameters, parameters_of_powers};
pub use proof::Proof;
pub use table::rows;
pub use transcript::{Challenge, ProofWriter};
pub use verify::Verifier;
/// As of a proof or a key of any proof system.
pub use zksensor_verifier::PointError;
