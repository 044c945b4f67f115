//! The configuration of a node: TOML, overrides from the environment, and one check of all of it.
//!
//! Every key is one row of [`KEYS`]: its place, what it takes, its default and what it means. The template that `zksensor node init` writes,
//! the names in the environment and what is refused as unknown all come from that table, and so do the tests that hold
//! [docs/node.md](https://github.com/zksensor/zksensor/blob/main/docs/node.md) to it.
//!
//! [`Config::parse`] looks at the text alone, [`Config::check`] at the files that it names. Both name every mistake at once, each with its line
//! and key and what to do. No secret is in the text: it names a file or a variable of the environment that holds one.
//!
//! ```
//! use zksensor_node::config::Config;
//! let text = "listen = \"127.0.0.1:9000\"\n[policies.air]\npolicy = \"air.toml\"\n";
//! let config = Config::parse(text, std::path::Path::new("/srv/node"), &[])?;
//! assert_eq!(config.listen.port(), 9000);
//! assert_eq!(config.policies[0].policy, std::path::Path::new("/srv/node/air.toml"));
//! # Ok::<(), zksensor_node::config::Mistakes>(())
//! ```

mod chain;
mod check;
mod folders;
mod keys;
mod mistakes;
mod nats;
mod otel;
mod read;
mod secret;
mod template;
mod tls;
mod tokens;
mod typed;
mod value;

use std::env;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zksensor::files::{self, Kind};

pub use chain::{ChainSettings, FeedSettings, NodeUrl, Signer};
pub use check::{Checked, CheckedPolicy};
pub use keys::{KEYS, Key};
pub use mistakes::{Mistake, Mistakes, Place};
pub use nats::NatsSettings;
pub use otel::OtelSettings;
pub use secret::{KeySource, SecretError};
pub use template::template;
pub use tls::TlsSettings;
pub use tokens::{Tokens, TokensError};
pub use typed::is_server;
pub use value::ValueKind;

/// What a node is told to do. Paths are as they are opened: those of the file are relative to its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Address and port of the HTTP interface.
    pub listen: SocketAddr,
    /// The folder of the store.
    pub data: PathBuf,
    /// The registry of the devices.
    pub registry: PathBuf,
    /// Who may send: a file of names and hashes of tokens. Anybody, if there is none.
    pub tokens: Option<PathBuf>,
    /// What the interface speaks TLS with; plain HTTP, if there is nothing.
    pub tls: Option<TlsSettings>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where the key is that the store is encrypted with.
    pub store_key: KeySource,
    /// The folder that proofs go to of policies without a feed.
    pub proofs: PathBuf,
    /// The queue of the workers, and of devices that publish.
    pub nats: Option<NatsSettings>,
    /// The collector that is sent traces.
    pub otel: Option<OtelSettings>,
    /// The chains that policies name, with who sends there, in the order of the names.
    pub chains: Vec<ChainSettings>,
    /// How much is taken.
    pub limits: Limits,
    /// What is asked, by name, in the order of the names.
    pub policies: Vec<PolicySettings>,
}

/// How much is taken at once. Each limit is a number of the file, and each is tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a body, as it comes and, if it is compressed, as it is after.
    pub body_bytes: usize,
    /// Readings or frames of a body.
    pub items: usize,
    /// Bytes of all the bodies that are in memory, as they came. Those of one client are a quarter of them at most.
    pub buffered_bytes: usize,
    /// Bodies that are taken at once, of one client a quarter. One more is told to come again.
    pub queue: usize,
    /// Requests that a client may send each second, for as long as it likes.
    pub requests_per_s: u32,
    /// Requests that a client which was quiet may send at once.
    pub burst: u32,
    /// Items that a client may send each second, for as long as it likes.
    pub items_per_s: u32,
    /// Items that a client which was quiet may send at once.
    pub items_burst: u32,
    /// Clients that are counted each by itself. Those beyond share one count.
    pub clients: usize,
    /// Connections at once.
    pub connections: usize,
    /// Connections of one address at once; never more than a quarter of all.
    pub connections_per_client: usize,
    /// How long the head of a request may take, and a connection be idle.
    pub head: Duration,
    /// How long a body may take.
    pub body: Duration,
    /// How long a connection may last.
    pub connection: Duration,
    /// How long requests may go on that are there when the node is told to end.
    pub drain: Duration,
}

/// A policy, its fence and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySettings {
    /// Its name in the configuration, in the URL of its proofs and in metrics.
    pub name: String,
    /// The policy's file. The fewest devices of an epoch are its `k`.
    pub policy: PathBuf,
    /// The fence's file, unless the policy names a root and needs no more.
    pub fence: Option<PathBuf>,
    /// The proving key. Without one readings are kept, and their epochs end unproven, which the status says.
    pub proving_key: Option<PathBuf>,
    /// The verifying key, where workers prove and the node needs no more.
    pub verifying_key: Option<PathBuf>,
    /// The feed that its proofs go to, if not to the folder.
    pub feed: Option<FeedSettings>,
    /// How long after an epoch readings of it are still taken.
    pub grace: Duration,
    /// How long readings are kept after their epoch is final.
    pub retention: Duration,
}

impl PolicySettings {
    /// The file of its key: the verifying key where that is named, which is where workers prove.
    pub fn key(&self) -> Option<&Path> {
        self.verifying_key.as_deref().or(self.proving_key.as_deref())
    }
}

impl Config {
    /// The configuration in a file, with the overrides of this process's environment.
    ///
    /// # Errors
    /// [`Mistakes`]: all that are in it.
    pub fn load(path: &Path) -> Result<Config, Mistakes> {
        let text = files::read_text(path, Kind::Policy).map_err(|error| Mistakes::of_file(&error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let environment: Vec<(String, String)> = env::vars_os()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok()?;
                // What is no text is no value of any key, and is named as what it is.
                name.starts_with(keys::PREFIX).then(|| (name, value.to_string_lossy().into_owned()))
            })
            .collect();
        Config::parse(&text, folder, &environment)
    }

    /// The configuration in a text; its paths are relative to `folder`. Of `environment`, names and values, those count that begin with
    /// `ZKSENSOR_NODE_`.
    ///
    /// # Errors
    /// [`Mistakes`]: all that are in it.
    pub fn parse(text: &str, folder: &Path, environment: &[(String, String)]) -> Result<Config, Mistakes> {
        let mut mistakes = Mistakes::default();
        let values = read::values(text, environment, &mut mistakes);
        let config = typed::config(&values, folder, &mut mistakes);
        match config {
            Some(config) if mistakes.is_empty() => Ok(config),
            _ => Err(mistakes.in_order()),
        }
    }
}

#[cfg(test)]
mod tests;
