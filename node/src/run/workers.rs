//! The queue of the workers, as the configuration says.

use super::RunError;
use super::proving::ByWorkers;
use crate::config::Config;
use crate::log::Log;

/// Workers, if there are some.
pub(super) struct Workers(Option<ByWorkers>);

impl Workers {
    /// Makes the queue ready; it is connected to when a job comes.
    pub(super) fn open(config: &Config, log: &Log) -> Result<Self, RunError> {
        #[cfg(feature = "nats")]
        if let Some(settings) = &config.nats
            && let Some(key) = &settings.workers
        {
            let jobs = nats::connection(settings, log)?;
            return Ok(Workers(Some(ByWorkers { key: key.clone(), jobs, patience: settings.patience })));
        }
        let _ = (config, log);
        Ok(Workers(None))
    }

    /// For whom jobs are sealed; nobody where this process proves.
    pub(super) fn prove(&self) -> Option<&ByWorkers> {
        self.0.as_ref()
    }
}

#[cfg(feature = "nats")]
pub(super) mod nats {
    use std::sync::Arc;

    use crate::cluster::BusError;
    use crate::cluster::nats::{Nats, Settings};
    use crate::config::{Config, NatsSettings};
    use crate::core::Core;
    use crate::intake::ItemKind;
    use crate::log::{Level, Log};
    use crate::run::RunError;

    /// A part of a node's work. Whether it did something.
    type Taking = Box<dyn Fn(&Core) -> Result<bool, String> + Send>;

    /// A connection to be made; the log hears of it.
    pub(in crate::run) fn connection(settings: &NatsSettings, log: &Log) -> Result<Arc<Nats>, RunError> {
        let wrong = |reason: String| RunError::Nats { reason };
        let url = settings.url.text().map_err(|error| wrong(error.to_string()))?;
        let settings = Settings {
            url: url.to_string(),
            credentials: settings.credentials.clone(),
            name: "zksensor-node".to_owned(),
        };
        connection_to(settings, log)
    }

    /// The same to a server.
    pub(in crate::run) fn connection_to(settings: Settings, log: &Log) -> Result<Arc<Nats>, RunError> {
        let told = log.clone();
        let tell = Arc::new(move |what: &str| told.line(Level::Info, "nats", &[("what", what.into())]));
        Nats::new(settings, tell).map_err(|BusError(reason)| RunError::Nats { reason })
    }

    /// What takes the readings, and what the frames, that devices publish, if they do: each waits for the first message.
    /// Whoever counts is told how many were stored.
    pub(in crate::run) fn taking(
        config: &Config,
        log: &Log,
        counted: &Arc<dyn Fn(usize) + Send + Sync>,
    ) -> Result<Vec<Taking>, RunError> {
        let Some(settings) = &config.nats else { return Ok(Vec::new()) };
        let limits = (config.limits.body_bytes, config.limits.items);
        let taking = |(kind, subject): (ItemKind, &str)| {
            let (nats, subject) = (connection(settings, log)?, subject.to_owned());
            let counted = counted.clone();
            let take = move |core: &Core| {
                if !core.takes() {
                    return Ok(false);
                }
                let taken = nats.take((kind, &subject), core, limits).map_err(|BusError(reason)| reason)?;
                counted(taken.accepted);
                Ok(taken.messages > 0)
            };
            Ok(Box::new(take) as Taking)
        };
        settings.published().map(taking).collect()
    }
}
