//! The queue on NATS: workers that prove, and devices that publish.

use std::path::PathBuf;
use std::time::Duration;

use super::NodeUrl;
use crate::cluster::WorkersKey;
use crate::intake::ItemKind;

/// A server of NATS, and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatsSettings {
    /// Where it is.
    pub url: NodeUrl,
    /// As whom to connect, if the server asks.
    pub credentials: Option<PathBuf>,
    /// For whom witnesses are sealed; without it the node proves by itself.
    pub workers: Option<WorkersKey>,
    /// How many jobs are in the queue at once.
    pub jobs: usize,
    /// After how long a job that nobody has proven is told of.
    pub patience: Duration,
    /// The subject that devices publish readings to, if they do.
    pub readings: Option<String>,
    /// The same of frames.
    pub frames: Option<String>,
}

impl NatsSettings {
    /// What devices publish, and the subjects that they publish it to.
    pub fn published(&self) -> impl Iterator<Item = (ItemKind, &str)> {
        let all = [(ItemKind::Reading, &self.readings), (ItemKind::Frame, &self.frames)];
        all.into_iter().filter_map(|(kind, subject)| Some((kind, subject.as_deref()?)))
    }
}
