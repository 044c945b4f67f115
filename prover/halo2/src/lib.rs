//! halo2 as a proof system: KZG on BN254, opened by SHPLONK, of the tables of `zksensor-plonkish`.
//!
//! [`Srs`] are the parameters, of a number of rows and no circuit. [`setup`] makes the [`ProvingKey`] of a statement of them, without a
//! secret: whoever does it again has the same key. A [`Prover`](zksensor_prover::Prover) of [`Halo2`] then proves as one of
//! [`Groth16`](zksensor_prover::Groth16) does:
//!
//! ```no_run
//! use zksensor_circuits::statement::{Job, reading::SingleReading};
//! use zksensor_prover::{Cancel, ProofSystem, Prover, ProverBuilder};
//! use zksensor_prover_halo2::{Halo2, ProveError, ProvingKey};
//! use zksensor_verifier_halo2::Proof;
//!
//! fn prove(key: ProvingKey, job: &Job<SingleReading>, rng: &mut (impl zksensor_prover::rand::RngCore + zksensor_prover::rand::CryptoRng)) -> Result<Proof, ProveError> {
//!     let prover: Prover<SingleReading, Halo2> = ProverBuilder::new(SingleReading, key).build()?;
//!     prover.prove_job(job, Halo2::draw(rng), &Cancel::default())
//! }
//! ```
//!
//! The key is small on disk: parameters and the verifying key. What else halo2 proves with is computed from the statement when a prover is
//! built, and held against the verifying key.
//!
//! # Secrets
//! A table overwrites its values when it is dropped. halo2's polynomials do not; they are freed as they are.

mod error;
mod key;
mod setup;
mod srs;
mod system;

pub use error::{ProveError, SrsError};
pub use key::ProvingKey;
pub use setup::{setup, size};
pub use srs::Srs;
pub use system::{Blinding, Compiled, Halo2};
pub use zksensor_plonkish::Size;
