//! The prover: assignment in, verified proof out.
//!
//! A [`Prover`] is built once for a statement and its [`ProvingKey`], under a [`ProofSystem`]: [`Groth16`] unless another one is
//! named. Building compiles the statement to sparse rows and
//! holds the key against them; a proof then runs the witness program (the blocks of an aggregate in parallel), four transforms and
//! the multi-exponentiations of Groth16 (eprint 2016/260, section 3.2), and is verified before it is returned.
//!
//! A key is folded: the division by the vanishing polynomial and the matrix C are in its points, and B in G1 is not, which saves three
//! transforms and a sum of each proof. [`ProvingKey::from_ark`] makes one of a key of arkworks, whose types scalars and points have.
//! Transforms and multi-exponentiations are the crate
//! [`engine`]'s own: with AVX-512 IFMA where the processor has it, in words of 64 bits elsewhere. The environment variable
//! `ZKSENSOR_ENGINE` ([`engine::ENGINE_VARIABLE`]) asks for `ifma` or `portable`, which is settled when a prover is built. The
//! engine is given rows times assignment and the key's points, and knows nothing of statements.

mod cancel;
mod error;
mod groth16;
mod progress;
mod prover;
mod system;
mod watch;

/// Version 0.6, whose keys and proofs [`key_from_ark`] and the others take.
pub use ark_groth16;
/// Version 0.8, whose `RngCore` and `CryptoRng` [`Prover::prove`] asks for.
pub use rand;

pub use cancel::{Cancel, Cancelled};
pub use error::ProveError;
pub use groth16::{
    Blinding, Compiled, Groth16, ProvingKey, key_from_ark, key_to_ark, proof_from_ark, proof_to_ark,
};
#[cfg(feature = "insecure-setup")]
pub use groth16::{insecure_setup, insecure_setup_with_ark};
pub use progress::{Event, Phase, Progress};
pub use prover::{Outcome, Prover, ProverBuilder};
pub use system::{Fault, ProofSystem};
pub use watch::Watch;
pub use zksensor_engine as engine;
