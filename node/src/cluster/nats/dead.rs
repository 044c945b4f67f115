//! Jobs that nobody can prove, and how many wait.

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};

use super::{LOOK, Nats, PATIENCE, wrong};
use crate::cluster::bus::BusError;
use crate::cluster::task::{JobId, KeyName};

/// A dead letter, as it is published. Nothing of a reading is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The job.
    pub job: JobId,
    /// The proving key that it takes.
    pub key: KeyName,
    /// How often it was delivered.
    pub deliveries: u32,
    /// Why there is no proof.
    pub reason: String,
}

impl Nats {
    /// How many jobs wait or are being worked on.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn waiting(&self) -> Result<u64, BusError> {
        self.wait(PATIENCE, async {
            let mut jobs = self.jobs().await?.clone();
            Ok(jobs.info().await.map_err(wrong)?.state.messages)
        })
    }

    /// The oldest dead letters, at most so many.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn dead_letters(&self, most: usize) -> Result<Vec<DeadLetter>, BusError> {
        self.wait(2 * PATIENCE, async {
            let mut dead = self.dead().await?.clone();
            let there =
                usize::try_from(dead.info().await.map_err(wrong)?.state.messages).unwrap_or(usize::MAX);
            let most = most.min(there);
            if most == 0 {
                return Ok(Vec::new());
            }
            let config = pull::Config {
                ack_policy: AckPolicy::None,
                deliver_policy: DeliverPolicy::All,
                inactive_threshold: 4 * LOOK,
                ..pull::Config::default()
            };
            let consumer = dead.create_consumer(config).await.map_err(wrong)?;
            let mut batch =
                consumer.fetch().max_messages(most).expires(LOOK).messages().await.map_err(wrong)?;
            let mut letters = Vec::new();
            while let Some(message) = batch.next().await {
                // What others wrote there is none of ours.
                letters.extend(serde_json::from_slice(&message.map_err(wrong)?.payload));
            }
            Ok(letters)
        })
    }
}
