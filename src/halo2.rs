//! halo2 beside Groth16: [`prover::Halo2`] is the proof system of a [`Prover`](crate::prover::Prover), [`verifier`] takes its proofs, and
//! [`files`] are its parameters, keys and proofs.

pub use zksensor_io::files::halo2 as files;
pub use zksensor_prover_halo2 as prover;
pub use zksensor_verifier_halo2 as verifier;
