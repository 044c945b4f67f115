//! Where the queue is.

use std::path::PathBuf;

use zksensor_node::cluster::nats::Settings;
use zksensor_node::config::{KeySource, is_server};

use super::NodeError;

/// The server of a command.
#[derive(Debug, clap::Args)]
pub(super) struct Server {
    /// Where NATS is: nats://HOST:PORT or tls://HOST:PORT, several with commas between. One with a password in it comes from elsewhere: file:PATH
    /// or env:NAME.
    #[arg(long, value_name = "URL", default_value = "nats://127.0.0.1:4222")]
    nats: String,
    /// A file of credentials (.creds), if the server asks for them.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
}

/// `file:PATH` or `env:NAME`.
pub(super) fn source(text: &str) -> Option<KeySource> {
    match text.split_once(':')? {
        ("file", path) if !path.is_empty() => Some(KeySource::File(path.into())),
        ("env", name) if !name.is_empty() => Some(KeySource::Environment(name.to_owned())),
        _ => None,
    }
}

impl Server {
    /// What is connected to; the server lists the connection by this name.
    ///
    /// # Errors
    /// [`NodeError::Secret`] and [`NodeError::Server`].
    pub(super) fn settings(&self, name: &str) -> Result<Settings, NodeError> {
        let url = match source(&self.nats) {
            Some(source) => source.text()?.to_string(),
            None => self.nats.clone(),
        };
        if !is_server(&url) {
            return Err(NodeError::Server);
        }
        Ok(Settings { url, credentials: self.credentials.clone(), name: name.to_owned() })
    }
}
