//! What carries jobs to workers, and what came of them back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::task::{JobId, KeyName};

/// The queue did not do what it was asked for; it is asked again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the queue of the workers: {0}")]
pub struct BusError(pub String);

/// What the queue knows of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The job.
    pub id: JobId,
    /// The proving key that it takes.
    pub key: KeyName,
}

/// What came of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Its proof: a `zksensor-proof` in JSON.
    Proven(String),
    /// Why there is none: it is among the dead letters.
    Refused(String),
}

/// The queue, as a node sees it.
pub trait Jobs: Send + Sync {
    /// Hands a job in with its sealed witness. One that waits already, or is being worked on, is not added.
    ///
    /// # Errors
    /// [`BusError`]: it may be in the queue all the same.
    fn submit(&self, note: &Note, sealed: &[u8]) -> Result<(), BusError>;

    /// What came of a job, waited for so long.
    ///
    /// # Errors
    /// [`BusError`].
    fn outcome(&self, id: &JobId, wait: Duration) -> Result<Option<Outcome>, BusError>;

    /// Forgets what came of a job, so that it may be handed in again.
    ///
    /// # Errors
    /// [`BusError`].
    fn forget(&self, id: &JobId) -> Result<(), BusError>;
}

/// A job in the hands of a worker. Dropped, it comes again when the queue has not heard of it for long enough.
pub trait Delivery: Sync {
    /// Which job.
    fn note(&self) -> Note;

    /// How often it was delivered, this time included, and without those who [left](Delivery::leave) it.
    fn times(&self) -> u32;

    /// The sealed witness; nothing if it is not there any more.
    ///
    /// # Errors
    /// [`BusError`].
    fn witness(&self) -> Result<Option<Vec<u8>>, BusError>;

    /// Whether something came of it already: then it was delivered twice.
    ///
    /// # Errors
    /// [`BusError`].
    fn is_done(&self) -> Result<bool, BusError>;

    /// How often the queue has to hear that it is worked on; never, if it waits for ever.
    fn heartbeat(&self) -> Option<Duration>;

    /// Tells the queue that it is worked on.
    fn alive(&self);

    /// Puts down what came of it, unless that was done before, then takes it out of the queue, and erases its witness. One that was refused goes
    /// to the dead letters.
    ///
    /// # Errors
    /// [`BusError`]: it comes again.
    fn done(&self, outcome: Option<&Outcome>) -> Result<(), BusError>;

    /// Gives it back, to come again after so long.
    ///
    /// # Errors
    /// [`BusError`]: it comes again later.
    fn give_back(&self, after: Duration) -> Result<(), BusError>;

    /// Gives it back to come again at once, as the worker ends in good order: that says nothing against the job.
    ///
    /// # Errors
    /// [`BusError`]: it comes again later, and may count as delivered.
    fn leave(&self) -> Result<(), BusError>;
}
