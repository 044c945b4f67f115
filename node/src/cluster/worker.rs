//! A worker: it proves what it is given, one job at a time.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use zksensor::prover::Cancel;

use super::bus::{BusError, Delivery, Outcome};
use super::sealed::WorkerSecret;
use super::task::{JobId, KeyName, Task, Tasked};
use crate::prove::{AnyProver, NoProof, Proves, Why};

/// How often a job is delivered before it is taken for one that kills those who try it.
pub const MOST_DELIVERIES: u32 = 5;
/// After how long a job comes again whose proof failed here: to another worker, it may be.
const AGAIN: Duration = Duration::from_secs(5);

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worked {
    /// It was proven.
    Proven,
    /// Somebody had proven it.
    Known,
    /// It will never be proven; it is among the dead letters, with this reason.
    Refused(String),
    /// It comes again: the worker ends, or the proof failed for this reason.
    GivenBack(String),
}

/// What proves, by the keys that there are, and what opens witnesses.
pub struct Worker {
    secret: WorkerSecret,
    /// With the ids of their keys.
    provers: BTreeMap<KeyName, (String, AnyProver)>,
}

impl Worker {
    /// A worker with the provers of these keys, each with the key's id.
    pub fn new(secret: WorkerSecret, provers: impl IntoIterator<Item = (String, AnyProver)>) -> Self {
        let provers = provers.into_iter().map(|(id, prover)| (KeyName::of(&id), (id, prover)));
        Worker { secret, provers: provers.collect() }
    }

    /// The keys whose jobs it takes.
    pub fn keys(&self) -> impl Iterator<Item = KeyName> {
        self.provers.keys().copied()
    }

    /// Proves a job that was delivered, verifies the proof, and says what came of it.
    ///
    /// # Errors
    /// [`BusError`]: the job comes again.
    pub fn work(&self, delivery: &dyn Delivery, cancel: &Cancel) -> Result<Worked, BusError> {
        let note = delivery.note();
        if delivery.is_done()? {
            return self.end(delivery, None);
        }
        if delivery.times() > MOST_DELIVERIES {
            let reason =
                format!("it was given to workers {MOST_DELIVERIES} times, and none came to an end with it");
            return self.end(delivery, Some(Outcome::Refused(reason)));
        }
        let Some((key_id, prover)) = self.provers.get(&note.key) else {
            delivery.give_back(AGAIN)?;
            return Ok(Worked::GivenBack("this worker has not its key".to_owned()));
        };
        let Some(sealed) = delivery.witness()? else {
            return self.end(delivery, Some(Outcome::Refused("its witness is gone".to_owned())));
        };
        let Some(document) = self.secret.open(&note.id, &sealed) else {
            let reason = "its witness does not open: it was sealed for workers with another key, or altered";
            return self.end(delivery, Some(Outcome::Refused(reason.to_owned())));
        };
        drop(sealed);
        let proved = while_alive(delivery, || {
            let named = (&note.id, key_id.as_str());
            match prover {
                AnyProver::Readings(prover) => prove(&**prover, named, &document, cancel),
                AnyProver::Frames(prover) => prove(&**prover, named, &document, cancel),
            }
        });
        match proved {
            Err(refused) => self.end(delivery, Some(Outcome::Refused(refused))),
            Ok(Ok(file)) => self.end(delivery, Some(Outcome::Proven(file))),
            Ok(Err(NoProof { reason, why })) => {
                match why {
                    Why::Cancelled => delivery.leave()?,
                    Why::NotBegun | Why::Failed | Why::Never => delivery.give_back(AGAIN)?,
                }
                Ok(Worked::GivenBack(reason))
            }
        }
    }

    fn end(&self, delivery: &dyn Delivery, outcome: Option<Outcome>) -> Result<Worked, BusError> {
        delivery.done(outcome.as_ref())?;
        Ok(match outcome {
            None => Worked::Known,
            Some(Outcome::Proven(_)) => Worked::Proven,
            Some(Outcome::Refused(reason)) => Worked::Refused(reason),
        })
    }
}

/// Reads a claim, which has to be the one with this id under this key, and proves it. Says why it is refused.
fn prove<S: Tasked>(
    prover: &dyn Proves<S>,
    (id, key_id): (&JobId, &str),
    document: &[u8],
    cancel: &Cancel,
) -> Result<Result<String, NoProof>, String> {
    let job = Task::read(&prover.statement(), document).map_err(|error| error.to_string())?;
    if JobId::of(&job, key_id) != *id {
        return Err("its claim is another one than its id says".to_owned());
    }
    Ok(catch_unwind(AssertUnwindSafe(|| prover.prove(&job, cancel))).unwrap_or_else(|_| {
        let reason = "the prover panicked; please report it".to_owned();
        Err(NoProof { reason, why: Why::Failed })
    }))
}

/// Does the work, and tells the queue meanwhile that it is done.
fn while_alive<T>(delivery: &dyn Delivery, work: impl FnOnce() -> T) -> T {
    let Some(every) = delivery.heartbeat() else { return work() };
    std::thread::scope(|scope| {
        // Dropped when the work is done, even by a panic.
        let (_working, over) = mpsc::channel::<()>();
        scope.spawn(move || {
            while over.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                delivery.alive();
            }
        });
        work()
    })
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("keys", &self.provers.keys()).finish_non_exhaustive()
    }
}
