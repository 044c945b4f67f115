//! Readings and frames that devices publish: by NATS, or by MQTT to the server's own listener for it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::{self, DiscardPolicy, RetentionPolicy};
use async_nats::jetstream::{AckKind, Message};
use futures_util::StreamExt as _;

use super::{FRAMES, LOOK, Nats, PATIENCE, PUBLISHED_BYTES, READINGS, wrong};
use crate::cluster::bus::BusError;
use crate::http;
use crate::intake::{Answer, Intake, IntakeError, ItemKind};

/// Messages that are asked for at once, and their bytes.
const AT_ONCE: usize = 256;
const AT_ONCE_BYTES: usize = 8 << 20;
/// How long the server waits for a node that says nothing.
const ACK_WAIT: Duration = Duration::from_secs(60);
/// After how long readings come again that a node could not store.
const AGAIN: Duration = Duration::from_secs(5);

/// What became of the messages of one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Messages that came.
    pub messages: usize,
    /// Readings or frames that are stored now.
    pub accepted: usize,
    /// Those that were stored before.
    pub duplicates: usize,
    /// Those that were refused: nobody is answered, and the node counts them by their rules.
    pub refused: usize,
}

impl Nats {
    /// Takes what of a kind was published to the subject, gives it to the intake, and acknowledges what that stored or refused. It waits about a second
    /// for a first message. A message has at most so many bytes and items as `limits` says.
    ///
    /// # Errors
    /// [`BusError`]: what was not acknowledged comes again, and is known then.
    pub fn take(
        self: &Arc<Self>,
        (kind, subject): (ItemKind, &str),
        intake: &dyn Intake,
        limits: (usize, usize),
    ) -> Result<Taken, BusError> {
        let messages = self.wait(PATIENCE + 2 * LOOK, self.published((kind, subject), limits.0))?;
        let mut taken = Taken { messages: messages.len(), ..Taken::default() };
        let mut good = Vec::new();
        for item in messages.iter().flat_map(|message| http::published(&message.payload, kind, limits)) {
            match item {
                Ok(item) => good.push(item),
                Err(rule) => {
                    intake.refused(&rule, 1);
                    taken.refused += 1;
                }
            }
        }
        // All of them in one commit.
        let stored = if good.is_empty() { Ok(Vec::new()) } else { intake.take(good) };
        let kind = match stored {
            Ok(answers) => {
                for answer in answers {
                    match answer {
                        Answer::Accepted => taken.accepted += 1,
                        Answer::Duplicate => taken.duplicates += 1,
                        Answer::Refused { .. } => taken.refused += 1,
                    }
                }
                AckKind::Ack
            }
            Err(IntakeError::Full { retry_after }) => AckKind::Nak(Some(retry_after)),
            Err(IntakeError::Draining | IntakeError::Store(_)) => AckKind::Nak(Some(AGAIN)),
        };
        self.wait(PATIENCE, async {
            for message in &messages {
                message.ack_with(kind).await.map_err(wrong)?;
            }
            Ok(())
        })?;
        Ok(taken)
    }

    /// Publishes readings or frames as canonical bytes, or as lines, and waits until the server has them.
    ///
    /// # Errors
    /// [`BusError`]: they may be there all the same.
    pub fn publish(&self, subject: &str, items: &[u8]) -> Result<(), BusError> {
        let (subject, items) = (subject.to_owned(), items.to_vec().into());
        self.wait(PATIENCE, async {
            self.context().await?.publish(subject, items).await.map_err(wrong)?.await.map_err(wrong)?;
            Ok(())
        })
    }

    async fn published(
        &self,
        (kind, subject): (ItemKind, &str),
        most: usize,
    ) -> Result<Vec<Message>, BusError> {
        let name = match kind {
            ItemKind::Reading => READINGS,
            ItemKind::Frame => FRAMES,
        };
        let config = stream::Config {
            name: name.to_owned(),
            subjects: vec![subject.to_owned()],
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            max_bytes: PUBLISHED_BYTES,
            max_message_size: i32::try_from(most).unwrap_or(i32::MAX),
            ..stream::Config::default()
        };
        let stream = self.stream(config).await?;
        let consumer = Nats::consumer(&stream, "nodes".to_owned(), subject.to_owned(), ACK_WAIT).await?;
        let mut batch = consumer
            .fetch()
            .max_messages(AT_ONCE)
            .max_bytes(AT_ONCE_BYTES.max(2 * most))
            .expires(LOOK)
            .messages()
            .await
            .map_err(wrong)?;
        let mut messages = Vec::new();
        while let Some(message) = batch.next().await {
            messages.push(message.map_err(wrong)?);
        }
        Ok(messages)
    }
}
