//! Why a command about the node failed.

use std::path::PathBuf;

use zksensor::files::FileError;
use zksensor::model::registry::RegistryError;
use zksensor_node::config::Mistakes;

use crate::error::{Advice, diagnostic};

/// Why a command about the node failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
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
