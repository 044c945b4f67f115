//! What became of each chunk.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use zksensor_circuits::statement::Job;
use zksensor_io::files::ProofFile;
use zksensor_model::claim::aggregate::Aggregate;
use zksensor_model::layout::PublicInputs;
use zksensor_model::rand::rngs::OsRng;
use zksensor_model::registry::Chunk;
use zksensor_prover::{Cancel, Cancelled, Groth16, Outcome, ProveError, Prover};

use super::Error;
use super::backend::{Backend, Key as _};

/// What became of every chunk of the registry that has devices, each list in the order of the chunks.
#[derive(Debug)]
#[must_use = "chunks may have failed, or have had too few readings"]
pub struct Chunks<P: Backend = Groth16> {
    /// Proofs, each verified, with their public inputs: what is published.
    pub proven: Vec<ProofFile<P::Proof>>,
    /// Chunks of which fewer than k devices have a reading that was taken: nothing is proven of them.
    pub too_few: Vec<TooFew>,
    /// Chunks whose proof was cancelled or failed. One takes no other with it.
    pub failed: Vec<Failed<P::Error>>,
}

/// A chunk with too few readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooFew {
    /// Which.
    pub chunk: Chunk,
    /// Devices that are registered in it.
    pub registered: usize,
    /// Devices of which a reading was taken.
    pub taken: usize,
    /// Devices that the policy wants at least.
    pub wanted: u32,
}

impl fmt::Display for TooFew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TooFew { chunk, registered, taken, wanted } = self;
        write!(
            f,
            "{chunk}: expected readings of {wanted} devices at least, got {taken}; {registered} are registered"
        )
    }
}

/// A chunk without a proof, though there was enough for one.
#[derive(Debug, Clone)]
pub struct Failed<E = ProveError> {
    /// Which.
    pub chunk: Chunk,
    /// Why; [`ProveError::Cancelled`] if somebody ended it.
    pub reason: E,
}

impl<E: fmt::Display> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.chunk, self.reason)
    }
}

/// A chunk is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub chunk: Chunk,
    /// Whether there is a proof of it.
    pub proven: bool,
    /// Chunks that are done, this one included.
    pub done: usize,
    /// Chunks that there is enough for to prove.
    pub of: usize,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let became = if self.proven { "proven" } else { "not proven" };
        write!(f, "{} of {}: {} is {became}", self.done, self.of, self.chunk)
    }
}

/// Who hears of steps.
#[derive(Clone)]
pub(super) struct Hear(Arc<dyn Fn(Step) + Send + Sync>);

impl Hear {
    pub(super) fn new(hear: impl Fn(Step) + Send + Sync + 'static) -> Hear {
        Hear(Arc::new(hear))
    }
}

impl Default for Hear {
    fn default() -> Hear {
        Hear::new(|_| ())
    }
}

/// All that proving takes: nothing is borrowed, so that it may go to another thread.
pub(super) struct Round<P: Backend> {
    pub(super) prover: Arc<Prover<Aggregate, P>>,
    pub(super) jobs: Vec<(Chunk, Job<Aggregate>)>,
    pub(super) too_few: Vec<TooFew>,
    pub(super) cancel: Cancel,
    pub(super) hear: Hear,
}

impl<P: Backend> Round<P> {
    /// Proves all jobs.
    pub(super) fn prove(self) -> Result<Chunks<P>, Error> {
        let Round { prover, jobs, too_few, cancel, hear } = self;
        let (of, done) = (jobs.len(), AtomicUsize::new(0));
        let claims: Vec<_> = jobs.iter().map(|(chunk, job)| (*chunk, job.inputs().to_words())).collect();
        let outcomes = Mutex::new((0..of).map(|_| None).collect::<Vec<Option<Outcome<P>>>>());
        let jobs = jobs.into_iter().map(|(_, job)| job);
        prover
            .prove_jobs_each(jobs, &mut OsRng, &cancel, |index, outcome| {
                let (chunk, proven) = (claims[index].0, outcome.is_ok());
                outcomes.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(outcome);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                (hear.0)(Step { chunk, proven, done, of });
            })
            .map_err(Into::<Error>::into)?;
        let mut chunks = Chunks { proven: Vec::new(), too_few, failed: Vec::new() };
        let outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
        for ((chunk, words), outcome) in claims.into_iter().zip(outcomes) {
            match outcome.unwrap_or_else(|| Err(Cancelled.into())) {
                Ok(proof) => {
                    let key = prover.verifying_key().id();
                    chunks.proven.push(ProofFile::new(prover.statement(), key, proof, words?)?);
                }
                Err(reason) => chunks.failed.push(Failed { chunk, reason }),
            }
        }
        Ok(chunks)
    }
}
