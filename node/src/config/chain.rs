//! Feeds on chains, and who sends there.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{KeySource, SecretError};

/// A chain, and the account that sends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainSettings {
    /// Its name in the configuration.
    pub name: String,
    /// Its id.
    pub chain_id: u64,
    /// The node of the chain that is asked.
    pub rpc_url: NodeUrl,
    /// Who signs.
    pub signer: Signer,
    /// Whose right and credit proofs are, if not the signer's.
    pub aggregator: Option<[u8; 20]>,
    /// The most that transactions of a day (UTC) may cost, in wei of the chain's coin.
    pub budget_wei_a_day: u128,
    /// The most that one transaction may cost, in wei.
    pub max_cost_wei: u128,
    /// The most for a unit of gas, tip included, in gwei.
    pub max_fee_gwei: u64,
    /// After how long a transaction that is in no block is sent for more.
    pub replace_after: Duration,
    /// How long a proof waits for others of its epoch, which share its transaction.
    pub gather: Duration,
    /// The folder of the account's lock, of what is under way and of what was spent.
    pub deployments: PathBuf,
}

/// The feed of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedSettings {
    /// The name of its chain in the configuration.
    pub chain: String,
    /// Its address.
    pub feed: [u8; 20],
}

/// The URL of a chain's node. It may have a key in it, and is not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum NodeUrl {
    /// In the configuration.
    Text(String),
    /// Elsewhere.
    Secret(KeySource),
}

impl fmt::Debug for NodeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NodeUrl::Text(_) => f.write_str("a URL"),
            NodeUrl::Secret(source) => fmt::Debug::fmt(source, f),
        }
    }
}

impl NodeUrl {
    /// The URL, which is looked at when it is used.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn text(&self) -> Result<Zeroizing<String>, SecretError> {
        match self {
            NodeUrl::Text(url) => Ok(Zeroizing::new(url.clone())),
            NodeUrl::Secret(source) => source.text(),
        }
    }
}

/// Who signs transactions. The URL of one may have a key in it, and is not in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Signer {
    /// A key in a file of Ethereum's keystore, and where its password is.
    Keystore {
        /// The file.
        file: PathBuf,
        /// The password.
        password: KeySource,
    },
    /// A signer that is asked by HTTP (`web3signer`), and the address that it signs for.
    Remote {
        /// Its URL.
        url: String,
        /// The address.
        address: [u8; 20],
    },
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Signer::Keystore { file, password } => {
                f.debug_struct("Keystore").field("file", file).field("password", password).finish()
            }
            Signer::Remote { url: _, address } => {
                f.debug_struct("Remote").field("address", address).finish_non_exhaustive()
            }
        }
    }
}
