//! Why a command about the node failed.

use std::path::PathBuf;

use zksensor::files::FileError;
use zksensor::model::registry::RegistryError;
use zksensor_node::config::{Mistakes, SecretError};

use crate::error::{Advice, diagnostic};

/// Why a command about the node failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// No URL of NATS. What came may have a password in it.
    #[cfg(feature = "nats")]
    #[error(
        "expected URLs that begin with nats:// or tls://, with commas between, file:PATH or env:NAME, got something else"
    )]
    Server,
    /// The queue.
    #[cfg(feature = "nats")]
    #[error(transparent)]
    Queue(#[from] zksensor_node::cluster::BusError),
    /// No source of a secret.
    #[cfg(feature = "nats")]
    #[error("expected file:PATH or env:NAME, where the workers' secret is, got something else")]
    Source,
    /// A secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The registry of the toy fleet.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The store of a node.
    #[error("{what}")]
    Store {
        /// What it says.
        what: String,
    },
    /// Feeds that would take nothing.
    #[error("{}: {}", path.display(), wrong.join("\n"))]
    Feeds {
        /// The configuration.
        path: PathBuf,
        /// Each with its policy.
        wrong: Vec<String>,
    },
    /// What is wrong with a configuration: all of it.
    #[error("{}: {mistakes}", path.display())]
    Config {
        /// Its file.
        path: PathBuf,
        /// The mistakes.
        mistakes: Mistakes,
    },
}

impl NodeError {
    fn advice(&self) -> Advice {
        match self {
            NodeError::File(error) => Advice::of_file(error),
            #[cfg(feature = "nats")]
            NodeError::Server | NodeError::Source => {
                Advice::new("zksensor::file", "correct the option; `--help` has examples")
            }
            #[cfg(feature = "nats")]
            NodeError::Queue(_) => Advice::new(
                "zksensor::system",
                "see that nats-server runs with JetStream (`-js`) where `--nats` says, and that the credentials are its",
            ),
            NodeError::Secret(_) => Advice::new(
                "zksensor::file",
                "name the file or variable that has it; a file is its owner's alone (chmod 600)",
            ),
            NodeError::Registry(_) => {
                Advice::new("zksensor::registry", "this should not happen; please report it")
            }
            NodeError::Store { .. } => {
                Advice::new("zksensor::system", "stop the node that has the store open, and check the disk")
            }
            NodeError::Feeds { .. } => Advice::new(
                "zksensor::chain::refused",
                "correct the addresses or the key, or have the feed's owner add the aggregator; `--offline` asks no chain",
            ),
            NodeError::Config { .. } => Advice::new(
                "zksensor::file",
                "correct the file, or the environment where it is named; `zksensor node check` looks again, and docs/node.md has every key",
            ),
        }
    }
}
diagnostic!(NodeError);
