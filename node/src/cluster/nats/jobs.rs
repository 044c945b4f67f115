//! The queue, as a node sees it.

use std::time::{Duration, Instant};

use super::{JOB_SUBJECTS, Nats, PATIENCE, wrong};
use crate::cluster::bus::{BusError, Jobs, Note, Outcome};
use crate::cluster::task::JobId;

/// How long a witness may take on its way.
const TRANSFER: Duration = Duration::from_secs(60);
/// How often it is looked what came of a job.
const EVERY: Duration = Duration::from_millis(100);

fn subject(note: &Note) -> String {
    format!("{JOB_SUBJECTS}.{}.{}", note.key, note.id)
}

fn read(value: &[u8]) -> Result<Outcome, BusError> {
    serde_json::from_slice(value).map_err(|_| {
        BusError(
            "expected what came of a job, got something else; run one release of node and workers".to_owned(),
        )
    })
}

impl Jobs for Nats {
    fn submit(&self, note: &Note, sealed: &[u8]) -> Result<(), BusError> {
        let (subject, id) = (subject(note), note.id.to_string());
        self.wait(TRANSFER, async {
            let jobs = self.jobs().await?;
            // The witness of one that waits is not touched: a worker may be reading it.
            if jobs.get_last_raw_message_by_subject(&subject).await.is_ok() {
                return Ok(());
            }
            self.witnesses().await?.put(id.as_str(), &mut &*sealed).await.map_err(wrong)?;
            let stored = match self.context().await?.publish(subject.clone(), "".into()).await {
                Ok(stored) => stored.await.map(drop),
                Err(error) => Err(error),
            };
            match stored {
                Ok(()) => Ok(()),
                // Another node has handed it in meanwhile, perhaps.
                Err(_) if jobs.get_last_raw_message_by_subject(&subject).await.is_ok() => Ok(()),
                Err(error) => Err(wrong(error)),
            }
        })
    }

    fn outcome(&self, id: &JobId, wait: Duration) -> Result<Option<Outcome>, BusError> {
        let id = id.to_string();
        self.wait(PATIENCE + wait, async {
            let outcomes = self.outcomes().await?;
            let until = Instant::now() + wait;
            loop {
                let found = outcomes.get(&id).await.map_err(wrong)?;
                if let Some(value) = found {
                    return read(&value).map(Some);
                }
                if Instant::now() >= until {
                    return Ok(None);
                }
                // Asked for, not watched: a watch is a consumer of its own, for each job.
                tokio::time::sleep(EVERY).await;
            }
        })
    }

    fn forget(&self, id: &JobId) -> Result<(), BusError> {
        let id = id.to_string();
        self.wait(PATIENCE, async { self.outcomes().await?.purge(id).await.map_err(wrong) })
    }
}
