//! A prover whose proofs workers make.

use std::sync::Arc;
use std::time::Duration;

use zksensor::circuits::statement::Job;
use zksensor::files::ProofFile;
use zksensor::model::claim::StatementId;
use zksensor::model::field::Fr;
use zksensor::prelude::backend::Key;
use zksensor::prover::Cancel;

use super::bus::{BusError, Jobs, Note, Outcome};
use super::sealed::WorkersKey;
use super::task::{KeyName, Task, Tasked};
use crate::prove::{NoProof, Proves, Why};

/// How long the queue is waited for before somebody looks whether the node ends.
const SLICE: Duration = Duration::from_millis(500);

/// Hands claims in, sealed for the workers, and believes what comes back if it verifies under the key.
pub struct Remote<S, K> {
    statement: S,
    key: K,
    workers: WorkersKey,
    jobs: Arc<dyn Jobs>,
    patience: Duration,
}

impl<S: Tasked, K: Key> Remote<S, K> {
    /// A prover of the key's statement, which is `statement`. A job that nobody has proven after `patience` is told of, and asked for again: it
    /// stays in the queue.
    ///
    /// # Errors
    /// The statement of the key, if it is another one.
    pub fn new(
        statement: S,
        key: K,
        workers: WorkersKey,
        jobs: Arc<dyn Jobs>,
        patience: Duration,
    ) -> Result<Self, StatementId> {
        if *key.of() != statement.id() {
            return Err(key.of().clone());
        }
        Ok(Remote { statement, key, workers, jobs, patience })
    }

    /// The proof, if it is of this claim and holds.
    fn accept(&self, file: String, words: &[Fr]) -> Result<String, String> {
        let read = ProofFile::<K::Proof>::decode("proof".as_ref(), file.as_bytes());
        let read = read.map_err(|_| "a worker returned what is no proof".to_owned())?;
        if read.words() != words {
            return Err("a worker returned a proof of something else".to_owned());
        }
        let held = self.key.accept(&read);
        held.map_err(|_| "a worker returned a proof that does not hold under the policy's key".to_owned())?;
        Ok(file)
    }
}

fn unreached(BusError(reason): BusError) -> NoProof {
    NoProof { reason: format!("the queue of the workers: {reason}"), why: Why::NotBegun }
}

impl<S: Tasked, K: Key + Send + Sync> Proves<S> for Remote<S, K>
where
    K::Proof: Send + Sync,
{
    fn statement(&self) -> S {
        self.statement
    }

    fn prove(&self, job: &Job<S>, cancel: &Cancel) -> Result<String, NoProof> {
        let key_id = self.key.id().to_string();
        let task = Task::new(job, &key_id);
        let note = Note { id: task.id, key: KeyName::of(&key_id) };
        let mut outcome = self.jobs.outcome(&task.id, Duration::ZERO).map_err(unreached)?;
        if outcome.is_none() {
            let sealed = self.workers.seal(&task.id, task.document());
            self.jobs.submit(&note, &sealed).map_err(unreached)?;
        }
        let mut slices = self.patience.as_millis().div_ceil(SLICE.as_millis());
        loop {
            let failed = match outcome {
                Some(Outcome::Proven(file)) => match self.accept(file, job.assignment().words()) {
                    Ok(file) => return Ok(file),
                    Err(wrong) => wrong,
                },
                Some(Outcome::Refused(reason)) => reason,
                None if cancel.is_cancelled() => {
                    let reason = "the node ends; the job stays in the queue".to_owned();
                    return Err(NoProof { reason, why: Why::Cancelled });
                }
                None if slices == 0 => {
                    let waited = self.patience.as_secs();
                    let reason = format!(
                        "no worker has proven it for {waited} s; it stays in the queue: see that workers run which have its key"
                    );
                    return Err(NoProof { reason, why: Why::NotBegun });
                }
                None => {
                    slices -= 1;
                    outcome = self.jobs.outcome(&task.id, SLICE).map_err(unreached)?;
                    continue;
                }
            };
            // Handed in again when it is tried again.
            self.jobs.forget(&task.id).map_err(unreached)?;
            return Err(NoProof { reason: failed, why: Why::Failed });
        }
    }
}

impl<S: Tasked, K: Key> std::fmt::Debug for Remote<S, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("statement", &self.statement.id()).finish_non_exhaustive()
    }
}
