//! What a proof system is, so that a [`Prover`](crate::Prover) does not care which one it runs.

use std::error::Error;

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Assignment, Statement, StatementId};
use zksensor_engine::NoThreads;

use crate::cancel::Cancelled;
use crate::progress::Progress;
use crate::watch::Watch;

/// A proof system: what its keys and proofs are, and how a claim that holds becomes a proof. [`Groth16`](crate::Groth16) is
/// one.
///
/// Nothing here speaks of an arithmetization, a setup or a curve. A [`Prover`](crate::Prover) adds what is the same for all:
/// whose key it is, threads, batches, jobs, and that no proof leaves it unverified.
pub trait ProofSystem: Sized {
    /// What proofs of one statement are made with, public parameters included.
    type ProvingKey: Send;
    /// What they are verified with.
    type VerifyingKey;
    /// What shows that a claim holds.
    type Proof: Send;
    /// All that one proof takes of the caller's random generator. It hides the witness: two proofs must not have the same.
    type Blinding: Send + Sync;
    /// A statement and its key, ready for any number of proofs.
    type Compiled<S: Statement>: Send + Sync;
    /// Why there is no proof.
    type Error: Error + Send + From<Fault<Self::VerifyError>> + From<Cancelled>;
    /// Why a proof is refused.
    type VerifyError: Error;

    /// The statement that a key was made for.
    fn statement(key: &Self::ProvingKey) -> &StatementId;

    /// Draws the blinding of one proof. With the same one the proof is the same, unless the system says that its library draws more.
    fn draw<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self::Blinding;

    /// Compiles the statement and holds its key against it, which [`ProofSystem::statement`] has said is the statement's.
    ///
    /// # Errors
    /// The system's: a statement that does not compile, a key that is not for what it compiles to.
    fn compile<S: Statement>(
        statement: &S,
        key: Self::ProvingKey,
        progress: &dyn Progress,
    ) -> Result<Self::Compiled<S>, Self::Error>;

    /// Proves a claim of the statement that was compiled. `watch` hears of the phases and may end it; verifying what comes out
    /// is the prover's. The number of threads decides nothing about it.
    ///
    /// # Errors
    /// The system's, that of [`Cancelled`] among them.
    fn prove<S: Statement>(
        compiled: &Self::Compiled<S>,
        assignment: &Assignment<'_, S>,
        blinding: &Self::Blinding,
        watch: &Watch<'_>,
    ) -> Result<Self::Proof, Self::Error>;

    /// The verifying half of the key.
    fn verifying_key<S: Statement>(compiled: &Self::Compiled<S>) -> &Self::VerifyingKey;

    /// Accepts a proof under the key for these public inputs.
    ///
    /// # Errors
    /// Why it is refused.
    fn verify<S: Statement>(
        compiled: &Self::Compiled<S>,
        proof: &Self::Proof,
        inputs: &S::Inputs,
    ) -> Result<(), Self::VerifyError>;
}

/// What goes wrong with every proof system alike; each has its own words for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault<V> {
    /// The key is for another statement.
    #[error("key was made for {key} but the prover is for {statement}; run the setup for this shape")]
    KeyMismatch {
        /// Statement of the key.
        key: Box<StatementId>,
        /// Statement of the prover.
        statement: Box<StatementId>,
    },
    /// The assignment is for another shape of the statement.
    #[error("the assignment is for {assignment} but the prover is for {statement}")]
    AssignmentMismatch {
        /// Statement of the assignment.
        assignment: Box<StatementId>,
        /// Statement of the prover.
        statement: Box<StatementId>,
    },
    /// The threads could not be started.
    #[error(transparent)]
    Threads(NoThreads),
    /// The finished proof does not verify.
    #[error(
        "the claim meets every constraint and its proof does not verify ({reason}); the proving key is damaged or not of this \
         circuit"
    )]
    SelfCheck {
        /// What the verifier said.
        reason: V,
    },
}
