//! What comes in, and what is answered: the one door between those who send and the store.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Something that a device signed, as its canonical bytes, which nobody has looked at yet.
#[derive(Clone, PartialEq, Eq)]
pub enum Item {
    /// A signed reading: `SignedReading::encode`.
    Reading(Vec<u8>),
    /// A signed frame: `SignedFrame::encode`.
    Frame(Vec<u8>),
}

/// What an [`Item`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// A signed reading.
    #[default]
    Reading,
    /// A signed frame.
    Frame,
}

impl Item {
    /// What it is.
    pub fn kind(&self) -> ItemKind {
        match self {
            Item::Reading(_) => ItemKind::Reading,
            Item::Frame(_) => ItemKind::Frame,
        }
    }

    /// Its canonical bytes.
    pub fn bytes(&self) -> &[u8] {
        let (Item::Reading(bytes) | Item::Frame(bytes)) = self;
        bytes
    }

    /// Its canonical bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        let (Item::Reading(bytes) | Item::Frame(bytes)) = self;
        bytes
    }
}

/// What became of an [`Item`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Answer {
    /// Stored: it outlives a power failure from now on.
    Accepted,
    /// Stored before, with the same content.
    Duplicate,
    /// Not stored, and why.
    Refused {
        /// The rule by its code, such as `C3`, or a word of [docs/node.md](https://github.com/zksensor/zksensor/blob/main/docs/node.md)
        rule: String,
        /// What was wanted, what came, and what to do; without a coordinate and without a value.
        reason: String,
    },
}

/// Why a whole batch was not taken. Nothing of it is stored, and it may be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IntakeError {
    /// More waits to be stored than the node holds.
    #[error("the node has as much to store as it holds; send it again in {} ms", retry_after.as_millis())]
    Full {
        /// When to try again.
        retry_after: Duration,
    },
    /// The node is drained, or about to end, and takes nothing more.
    #[error(
        "the node is draining and takes nothing more; send it to another one, or to this one when it is ready again"
    )]
    Draining,
    /// The store did not take it.
    #[error("the readings could not be stored: {0}")]
    Store(String),
}

/// Takes batches in. It answers when what it accepted is stored.
pub trait Intake: Send + Sync {
    /// Checks the items, stores those that are good in one commit, and answers each in its order. It blocks until the disk has them.
    ///
    /// # Errors
    /// [`IntakeError`]: nothing of the batch is stored.
    fn take(&self, items: Vec<Item>) -> Result<Vec<Answer>, IntakeError>;

    /// Counts items that whoever calls [`Intake::take`] refused itself by this rule, as lines that are no reading: they are not handed on.
    fn refused(&self, rule: &str, count: u64);
}
