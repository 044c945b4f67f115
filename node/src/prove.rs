//! Who makes proofs.

use std::sync::Arc;

use thiserror::Error;
use zksensor::circuits::statement::Job;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::files::ProofFile;
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
}

/// Makes proofs of aggregates. What it returns was verified.
pub trait Proves: Send + Sync {
    /// The shape.
    fn statement(&self) -> Aggregate;

    /// Proves a claim that holds, and writes it as a `zksensor-proof` in JSON.
    ///
    /// # Errors
    /// [`NoProof`].
    fn prove(&self, job: &Job<Aggregate>, cancel: &Cancel) -> Result<String, NoProof>;
}

/// A prover in this process.
#[derive(Debug)]
pub struct Local<P: Backend>(pub Arc<Prover<Aggregate, P>>);

impl<P: Backend> Proves for Local<P>
where
    Prover<Aggregate, P>: Send + Sync,
{
    fn statement(&self) -> Aggregate {
        *self.0.statement()
    }

    fn prove(&self, job: &Job<Aggregate>, cancel: &Cancel) -> Result<String, NoProof> {
        let why = || if cancel.is_cancelled() { Why::Cancelled } else { Why::Failed };
        let failed = |reason: String| NoProof { reason, why: why() };
        let blinding = P::draw(&mut OsRng);
        let proof = self.0.prove_job(job, blinding, cancel).map_err(|error| failed(error.to_string()))?;
        let words = job.inputs().to_words().map_err(|error| failed(error.to_string()))?;
        let file = ProofFile::new(self.0.statement(), self.0.verifying_key().id(), proof, words);
        Ok(file.map_err(|error| failed(error.to_string()))?.to_json())
    }
}

/// No prover: what it is asked for it refuses, and epochs wait with that reason until there is a key.
#[derive(Clone, Copy, Debug)]
pub struct Keyless(pub Aggregate);

impl Proves for Keyless {
    fn statement(&self) -> Aggregate {
        self.0
    }

    fn prove(&self, _: &Job<Aggregate>, _: &Cancel) -> Result<String, NoProof> {
        let reason = "the policy has no proving key in the configuration; its readings are kept".to_owned();
        Err(NoProof { reason, why: Why::NotBegun })
    }
}
