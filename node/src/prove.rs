//! Who makes proofs.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::circuits::statement::survey::Survey;
use zksensor::circuits::statement::{Job, Statement};
use zksensor::files::ProofFile;
use zksensor::model::claim::Claim as _;
use zksensor::model::layout::PublicInputs;
use zksensor::prelude::backend::{Backend, Key as _};
use zksensor::prover::{Cancel, Prover};
use zksensor::rand::rngs::OsRng;

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason}")]
pub struct NoProof {
    /// What the prover says.
    pub reason: String,
    /// What that means for another try.
    pub why: Why,
}

/// What a proof that was not made means for another try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was only ended, and nothing is wrong.
    Cancelled,
    /// It was not begun: what it needs is not there yet.
    NotBegun,
    /// It was begun, and failed: it may go better later.
    Failed,
    /// Nobody can make it, with what this node has.
    Never,
}

/// Makes proofs of a statement. What it returns was verified.
pub trait Proves<S: Statement>: Send + Sync {
    /// The shape.
    fn statement(&self) -> S;

    /// Proves a claim that holds, and writes it as a `zksensor-proof` in JSON.
    ///
    /// # Errors
    /// [`NoProof`].
    fn prove(&self, job: &Job<S>, cancel: &Cancel) -> Result<String, NoProof>;
}

/// Who proves the epochs of a policy, by what devices sign for it.
#[derive(Clone)]
pub enum AnyProver {
    /// Aggregates of readings.
    Readings(Arc<dyn Proves<Aggregate>>),
    /// Surveys of frames.
    Frames(Arc<dyn Proves<Survey>>),
}

impl From<Arc<dyn Proves<Aggregate>>> for AnyProver {
    fn from(prover: Arc<dyn Proves<Aggregate>>) -> Self {
        AnyProver::Readings(prover)
    }
}

impl From<Arc<dyn Proves<Survey>>> for AnyProver {
    fn from(prover: Arc<dyn Proves<Survey>>) -> Self {
        AnyProver::Frames(prover)
    }
}

impl fmt::Debug for AnyProver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statement = match self {
            AnyProver::Readings(prover) => prover.statement().id(),
            AnyProver::Frames(prover) => prover.statement().id(),
        };
        f.debug_tuple("AnyProver").field(&statement).finish()
    }
}

/// A prover in this process.
#[derive(Debug)]
pub struct Local<S: Statement, P: Backend>(pub Arc<Prover<S, P>>);

impl<S: Statement + Copy, P: Backend> Proves<S> for Local<S, P>
where
    Prover<S, P>: Send + Sync,
{
    fn statement(&self) -> S {
        *self.0.statement()
    }

    fn prove(&self, job: &Job<S>, cancel: &Cancel) -> Result<String, NoProof> {
        let why = || if cancel.is_cancelled() { Why::Cancelled } else { Why::Failed };
        let failed = |reason: String| NoProof { reason, why: why() };
        let blinding = P::draw(&mut OsRng);
        let proof = self.0.prove_job(job, blinding, cancel).map_err(|error| failed(error.to_string()))?;
        let words = job.inputs().to_words().map_err(|error| failed(error.to_string()))?;
        let file = ProofFile::new(self.0.statement(), self.0.verifying_key().id(), proof, words);
        Ok(file.map_err(|error| failed(error.to_string()))?.to_json())
    }
}

impl<P: Backend> From<Arc<Local<Aggregate, P>>> for AnyProver
where
    Prover<Aggregate, P>: Send + Sync + 'static,
{
    fn from(prover: Arc<Local<Aggregate, P>>) -> Self {
        AnyProver::Readings(prover)
    }
}

impl<P: Backend> From<Arc<Local<Survey, P>>> for AnyProver
where
    Prover<Survey, P>: Send + Sync + 'static,
{
    fn from(prover: Arc<Local<Survey, P>>) -> Self {
        AnyProver::Frames(prover)
    }
}

/// No prover: what it is asked for it refuses, and epochs end with that reason.
#[derive(Clone, Copy, Debug)]
pub struct Keyless<S>(pub S);

impl<S: Statement + Copy + Send> Proves<S> for Keyless<S> {
    fn statement(&self) -> S {
        self.0
    }

    fn prove(&self, _: &Job<S>, _: &Cancel) -> Result<String, NoProof> {
        let reason = "the policy had no proving key in the configuration".to_owned();
        Err(NoProof { reason, why: Why::Never })
    }
}
