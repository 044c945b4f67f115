//! The prover: assignment in, verified proof out.
//!
//! A [`Prover`] is built once for a statement and its [`ProvingKey`], under a [`ProofSystem`]: [`Groth16`] unless another one is
//! named. Building compiles the statement to sparse rows and
//! sorts the key; a proof then runs the witness program (the blocks of an aggregate in parallel), the quotient transform
//! and the multi-exponentiations of Groth16 (eprint 2016/260, section 3.2), and is verified before it is returned.
//!
//! The key format, the types of scalars and points, and the transforms are arkworks'. Multi-exponentiations are the crate
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
#[cfg(feature = "insecure-setup")]
pub use groth16::insecure_setup;
pub use groth16::{
    Blinding, Compiled, Groth16, ProvingKey, key_from_ark, key_to_ark, proof_from_ark, proof_to_ark,
};
pub use progress::{Event, Phase, Progress};
pub use prover::{Outcome, Prover, ProverBuilder};
pub use system::{Fault, ProofSystem};
pub use watch::Watch;
pub use zksensor_engine as engine;
