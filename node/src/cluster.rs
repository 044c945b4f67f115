//! Proofs that are made on other machines.
//!
//! ```text
//! node                                  queue                         workers
//! claim -> seal to the workers' key ->  witness by the job's id  ->   open, check, prove, verify
//!          hand the job in          ->  job, by its proving key  ->   acknowledge
//! verify, store                     <-  what came of it          <-
//! ```
//!
//! A job's id is a hash of the key and the claim's public inputs: whoever hands one in again, after a crash or beside another node, finds what came
//! of it, or finds it waiting. A worker that dies leaves its job to the next one; one that nobody can prove goes to the dead letters with the reason.
//! The witness is on the wire and in the queue as HPKE seals it, for the workers alone, and is erased with its job. What a worker returns is
//! believed when it verifies.

mod bus;
#[cfg(feature = "nats")]
pub mod nats;
mod remote;
mod sealed;
mod task;
mod worker;

pub use self::bus::{BusError, Delivery, Jobs, Note, Outcome};
pub use self::remote::Remote;
pub use self::sealed::{WorkerSecret, WorkersKey, WorkersKeyError};
pub use self::task::{JobId, KeyName, Task, TaskError, Tasked};
pub use self::worker::{MOST_DELIVERIES, Worked, Worker};

/// What the subjects of jobs, and of those that nobody can prove, begin with.
pub(crate) const JOB_SUBJECTS: &str = "zksensor.jobs";
pub(crate) const DEAD_SUBJECTS: &str = "zksensor.dead";
