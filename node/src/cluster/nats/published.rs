//! Readings and frames that devices publish: by NATS, or by MQTT to the server's own listener for it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::{self, DiscardPolicy, RetentionPolicy};
use async_nats::jetstream::{AckKind, Message};
use futures_util::StreamExt as _;

use super::{FRAMES, LOOK, Nats, PATIENCE, PUBLISHED_BYTES, READINGS, wrong};
use crate::cluster::bus::BusError;
use crate::http;
use crate::ingest::{TOGETHER, is_for_now};
use crate::intake::{Answer, Intake, IntakeError, Item, ItemKind};

/// Messages that are asked for at once, and their bytes.
const AT_ONCE: usize = 256;
const AT_ONCE_BYTES: usize = 8 << 20;
/// How long the server waits for a node that says nothing.
const ACK_WAIT: Duration = Duration::from_secs(60);
/// After how long readings come again that a node could not store.
const AGAIN: Duration = Duration::from_secs(5);

/// What is refused for now alone comes again after so long, so many times: an hour of it, and whoever made up its time is not waited for.
const LATER: Duration = Duration::from_secs(20);
const TRIES: i64 = 180;

/// A message, and what is in it: items, and rules by which what is none is refused.
struct Came<'m> {
    message: &'m Message,
    items: Vec<Result<Item, String>>,
}

/// Whether a pattern of subjects has a subject: `*` is one word, `>` is all that follow.
fn covers(pattern: &str, subject: &str) -> bool {
    let (mut wanted, mut words) = (pattern.split('.'), subject.split('.'));
    loop {
        match (wanted.next(), words.next()) {
            (Some(">"), Some(_)) | (None, None) => return true,
            (Some(one), Some(word)) if one == "*" || one == word => {}
            _ => return false,
        }
    }
}

/// Counts what is no item.
fn refused(intake: &dyn Intake, rule: String) -> Answer {
    intake.refused(&rule, 1);
    Answer::Refused { rule, reason: String::new() }
}

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
        let mut messages = messages
            .iter()
            .map(|message| Came { items: http::published(&message.payload, kind, limits), message });
        let mut next = messages.next();
        while let Some(first) = next.take() {
            let (mut part, mut items) = (vec![first], 0);
            for came in messages.by_ref() {
                items += part.last().map_or(0, |last: &Came<'_>| last.items.len());
                if items + came.items.len() > TOGETHER {
                    next = Some(came);
                    break;
                }
                part.push(came);
            }
            self.take_part(part, intake, &mut taken)?;
        }
        Ok(taken)
    }

    /// Takes what some messages have in one commit, and answers each: no more than the store takes in one, unless one message has more, so that those
    /// who send by HTTP find a place beside them.
    fn take_part(&self, part: Vec<Came<'_>>, intake: &dyn Intake, taken: &mut Taken) -> Result<(), BusError> {
        let mut good = Vec::new();
        let mut came = Vec::new();
        for Came { message, items } in part {
            let of_message = items.into_iter().map(|item| item.map(|item| good.push(item)).err());
            came.push((message, of_message.collect::<Vec<_>>()));
        }
        let stored = if good.is_empty() { Ok(Vec::new()) } else { intake.take(good) };
        let mut answers = match stored {
            Ok(answers) => answers.into_iter(),
            Err(error) => {
                let after = if let IntakeError::Full { retry_after } = error { retry_after } else { AGAIN };
                let again = came.into_iter().map(|(message, _)| (message, AckKind::Nak(Some(after))));
                return self.answer(again.collect());
            }
        };
        let mut said = Vec::new();
        for (message, items) in came {
            let mut is_early = false;
            for malformed in items {
                match malformed.map_or_else(|| answers.next(), |rule| Some(refused(intake, rule))) {
                    Some(Answer::Accepted) => taken.accepted += 1,
                    Some(Answer::Duplicate) => taken.duplicates += 1,
                    Some(Answer::Refused { rule, .. }) => {
                        taken.refused += 1;
                        is_early |= is_for_now(&rule);
                    }
                    None => {}
                }
            }
            let tries = message.info().map_or(i64::MAX, |info| info.delivered);
            let comes_again = is_early && tries < TRIES;
            said.push((message, if comes_again { AckKind::Nak(Some(LATER)) } else { AckKind::Ack }));
        }
        self.answer(said)
    }

    fn answer(&self, said: Vec<(&Message, AckKind)>) -> Result<(), BusError> {
        self.wait(PATIENCE, async {
            for (message, kind) in said {
                message.ack_with(kind).await.map_err(wrong)?;
            }
            Ok(())
        })
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
        let subjects = &stream.cached_info().config.subjects;
        if !subjects.iter().any(|pattern| covers(pattern, subject)) {
            return Err(BusError(format!(
                "expected the stream {name} to have the subject `{subject}`, which the configuration names, got {subjects:?}; edit the stream, or name its subject"
            )));
        }
        let consumer = Nats::consumer(&stream, "nodes".to_owned(), subject.to_owned(), ACK_WAIT).await?;
        let filter = &consumer.cached_info().config.filter_subject;
        if !filter.is_empty() && !covers(filter, subject) {
            return Err(BusError(format!(
                "expected the consumer `nodes` of the stream {name} to take `{subject}`, which the configuration names, got `{filter}`; remove the consumer, \
                 which is made anew, or name its subject"
            )));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_the_subjects_that_the_server_says() {
        for (pattern, subject, is_of) in [
            ("a.b", "a.b", true),
            ("a.*", "a.b", true),
            ("a.>", "a.b.c", true),
            (">", "a", true),
            ("a.b", "a.c", false),
            ("a.*", "a.b.c", false),
            ("a.>", "a", false),
            ("a.b.c", "a.b", false),
            ("a", "ab", false),
        ] {
            assert_eq!(covers(pattern, subject), is_of, "{pattern} {subject}");
        }
    }
}
