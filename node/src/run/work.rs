//! A worker: it takes jobs from the queue until it is told to end.

use std::path::PathBuf;
use std::thread::sleep;
use std::time::Duration;

use zeroize::Zeroizing;
use zksensor::prover::Cancel;

use super::{Mocks, RunError, proving, workers};
use crate::cluster::nats::{Queue, Settings};
use crate::cluster::{self, BusError, KeyName, Worker, WorkerSecret};
use crate::log::{Level, Log};

/// The wait after the queue did not answer.
const AGAIN: Duration = Duration::from_secs(2);

/// What a worker is told.
#[derive(Debug)]
pub struct WorkSettings {
    /// The queue.
    pub server: Settings,
    /// The proving keys whose jobs it takes.
    pub keys: Vec<PathBuf>,
    /// Whether keys of mocks are taken.
    pub mocks: Mocks,
    /// Ends after so many jobs, if it is to.
    pub most: Option<u32>,
}

/// What a worker did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Jobs whose proofs it made.
    pub proven: u32,
    /// Jobs that somebody had proven.
    pub known: u32,
    /// Jobs that nobody can prove.
    pub refused: u32,
    /// Jobs that come again.
    pub given_back: u32,
}

impl Worked {
    fn jobs(&self) -> u32 {
        self.proven + self.known + self.refused + self.given_back
    }
}

/// Works until `cancel`, which gives the job back that is being proven, or until it had as many as it may. `ready` is told the workers' public
/// key when the keys are loaded, and the names of those in their order.
///
/// # Errors
/// [`RunError`] if it does not start. A queue that does not answer is asked again.
pub fn work(
    settings: &WorkSettings,
    secret: &Zeroizing<[u8; 32]>,
    log: &Log,
    cancel: &Cancel,
    ready: impl FnOnce(&str, &[KeyName]),
) -> Result<Worked, RunError> {
    let mut provers = Vec::new();
    for path in &settings.keys {
        let (prover, id, _) = proving::prover(&path.display().to_string(), path, settings.mocks)?;
        provers.push((id, prover));
    }
    let names: Vec<KeyName> = provers.iter().map(|(id, _)| KeyName::of(id)).collect();
    let secret = WorkerSecret::from_bytes(secret);
    let public = secret.public().to_string();
    let worker = Worker::new(secret, provers);
    let nats = workers::nats::connection_to(settings.server.clone(), log)?;
    let mut queue = Queue::new(nats, worker.keys().collect::<Vec<_>>());
    ready(&public, &names);
    let mut worked = Worked::default();
    while !cancel.is_cancelled() && settings.most.is_none_or(|most| worked.jobs() < most) {
        let done = queue.take().and_then(|delivery| match delivery {
            None => Ok(None),
            Some(delivery) => worker.work(&delivery, cancel).map(Some),
        });
        let (level, what, reason) = match done {
            Ok(None) => continue,
            Ok(Some(cluster::Worked::Proven)) => {
                worked.proven += 1;
                (Level::Info, "proven", String::new())
            }
            Ok(Some(cluster::Worked::Known)) => {
                worked.known += 1;
                (Level::Info, "known", String::new())
            }
            Ok(Some(cluster::Worked::Refused(reason))) => {
                worked.refused += 1;
                (Level::Error, "refused", reason)
            }
            Ok(Some(cluster::Worked::GivenBack(reason))) => {
                worked.given_back += 1;
                (Level::Warn, "given back", reason)
            }
            Err(BusError(reason)) => {
                sleep(AGAIN);
                (Level::Error, "no answer of the queue", reason)
            }
        };
        let mut fields = vec![("what", what.into())];
        if !reason.is_empty() {
            fields.push(("reason", reason.as_str().into()));
        }
        log.line(level, "worker", &fields);
    }
    Ok(worked)
}
