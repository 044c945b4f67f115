//! The queue, as a worker sees it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{AckKind, Message, consumer};
use futures_util::StreamExt as _;
use tokio::io::AsyncReadExt as _;

use super::dead::DeadLetter;
use super::{DEAD_SUBJECTS, JOB_SUBJECTS, LOOK, Nats, PATIENCE, wrong};
use crate::cluster::bus::{BusError, Delivery, Note, Outcome};
use crate::cluster::task::{JobId, KeyName};
use crate::cluster::worker::MOST_DELIVERIES;

/// How long the queue waits for a worker that says nothing.
const ACK_WAIT: Duration = Duration::from_secs(30);
const HEARTBEAT: Duration = Duration::from_secs(10);
/// The most bytes of a witness, sealed: ten times that of the largest statement.
const WITNESS_MOST: u64 = 1 << 30;
/// How long a witness may take on its way.
const TRANSFER: Duration = Duration::from_secs(60);

/// The jobs of some keys.
pub struct Queue {
    nats: Arc<Nats>,
    keys: Vec<KeyName>,
    next: usize,
}

impl Queue {
    /// The jobs of these keys, of which there is one at least.
    pub fn new(nats: Arc<Nats>, keys: impl IntoIterator<Item = KeyName>) -> Self {
        Queue { nats, keys: keys.into_iter().collect(), next: 0 }
    }

    /// The next job, waited for about a second.
    ///
    /// # Errors
    /// [`BusError`].
    pub fn take(&mut self) -> Result<Option<impl Delivery + use<>>, BusError> {
        for _ in 0..self.keys.len() {
            let key = self.keys[self.next % self.keys.len()];
            self.next += 1;
            let nats = &self.nats;
            let message = nats.wait(PATIENCE + LOOK, async {
                let (name, subject) = (format!("workers-{key}"), format!("{JOB_SUBJECTS}.{key}.*"));
                let consumer = Nats::consumer(nats.jobs().await?, name, subject, ACK_WAIT).await?;
                first(&consumer).await
            })?;
            if let Some(message) = message {
                return Delivered::new(nats.clone(), key, message).map(Some);
            }
        }
        Ok(None)
    }
}

async fn first(consumer: &consumer::PullConsumer) -> Result<Option<Message>, BusError> {
    let mut batch = consumer.fetch().max_messages(1).expires(LOOK).messages().await.map_err(wrong)?;
    batch.next().await.transpose().map_err(wrong)
}

struct Delivered {
    nats: Arc<Nats>,
    note: Note,
    times: u32,
    message: Message,
}

impl Delivered {
    fn new(nats: Arc<Nats>, key: KeyName, message: Message) -> Result<Self, BusError> {
        let id = message.subject.rsplit('.').next().and_then(JobId::parse);
        let times = message.info().map_err(wrong)?.delivered;
        let Some(id) = id else {
            // Nobody of us wrote it, and nobody can take it.
            nats.wait(PATIENCE, async { message.ack_with(AckKind::Term).await.map_err(wrong) })?;
            return Err(BusError("expected a job, got a message with another subject".to_owned()));
        };
        let mut times = u32::try_from(times).unwrap_or(u32::MAX);
        if times > MOST_DELIVERIES {
            // Only here does it matter how many of them ended in good order.
            times = times.saturating_sub(nats.wait(PATIENCE, left(&nats, &id))?);
        }
        Ok(Delivered { nats, note: Note { id, key }, times, message })
    }

    /// That it is known is waited for: what was acknowledged does not come again.
    async fn acknowledge(&self, kind: AckKind) -> Result<(), BusError> {
        self.message.double_ack_with(kind).await.map_err(wrong)
    }
}

/// Where it is counted how often workers left a job.
fn leaves(id: &JobId) -> String {
    format!("{id}.left")
}

/// How often workers left a job.
async fn left(nats: &Nats, id: &JobId) -> Result<u32, BusError> {
    let count = nats.outcomes().await?.get(leaves(id)).await.map_err(wrong)?;
    Ok(count.and_then(|count| std::str::from_utf8(&count).ok()?.parse().ok()).unwrap_or(0))
}

impl Delivery for Delivered {
    fn note(&self) -> Note {
        self.note
    }

    fn times(&self) -> u32 {
        self.times
    }

    fn witness(&self) -> Result<Option<Vec<u8>>, BusError> {
        let id = self.note.id.to_string();
        self.nats.wait(TRANSFER, async {
            use async_nats::jetstream::object_store::GetErrorKind;
            let object = match self.nats.witnesses().await?.get(id).await {
                Ok(object) => object,
                Err(error) if error.kind() == GetErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(wrong(error)),
            };
            let mut sealed = Vec::new();
            object.take(WITNESS_MOST).read_to_end(&mut sealed).await.map_err(wrong)?;
            Ok(Some(sealed))
        })
    }

    fn is_done(&self) -> Result<bool, BusError> {
        let id = self.note.id.to_string();
        self.nats.wait(PATIENCE, async {
            let found = self.nats.outcomes().await?.get(id).await.map_err(wrong)?;
            Ok(found.is_some())
        })
    }

    fn heartbeat(&self) -> Option<Duration> {
        Some(HEARTBEAT)
    }

    fn alive(&self) {
        // Where it is not heard, the job comes again, and what comes of it counts once.
        let _ =
            self.nats.wait(PATIENCE, async { self.message.ack_with(AckKind::Progress).await.map_err(wrong) });
    }

    fn done(&self, outcome: Option<&Outcome>) -> Result<(), BusError> {
        let id = self.note.id.to_string();
        self.nats.wait(4 * PATIENCE, async {
            if let Some(outcome) = outcome {
                if let Outcome::Refused(reason) = outcome {
                    self.bury(reason).await?;
                }
                let value = serde_json::to_vec(outcome).map_err(wrong)?;
                self.nats.outcomes().await?.put(&id, value.into()).await.map_err(wrong)?;
            }
            self.acknowledge(AckKind::Ack).await?;
            // If it stays, it goes with its day.
            let _ = self.nats.witnesses().await?.delete(&id).await;
            Ok(())
        })
    }

    fn give_back(&self, after: Duration) -> Result<(), BusError> {
        self.nats.wait(PATIENCE, self.acknowledge(AckKind::Nak(Some(after))))
    }

    fn leave(&self) -> Result<(), BusError> {
        let id = &self.note.id;
        self.nats.wait(2 * PATIENCE, async {
            // Nobody else has the job.
            let count = left(&self.nats, id).await?.saturating_add(1);
            let put = self.nats.outcomes().await?.put(leaves(id), count.to_string().into());
            put.await.map_err(wrong)?;
            self.acknowledge(AckKind::Nak(Some(Duration::ZERO))).await
        })
    }
}

impl Delivered {
    async fn bury(&self, reason: &str) -> Result<(), BusError> {
        let Note { id, key } = self.note;
        let letter = DeadLetter { job: id, key, deliveries: self.times, reason: reason.to_owned() };
        let letter = serde_json::to_vec(&letter).map_err(wrong)?;
        self.nats.dead().await?;
        let subject = format!("{DEAD_SUBJECTS}.{key}.{id}");
        self.nats
            .context()
            .await?
            .publish(subject, letter.into())
            .await
            .map_err(wrong)?
            .await
            .map_err(wrong)?;
        Ok(())
    }
}
