//! Where the proofs of each policy go, as the configuration says.

use std::path::Path;

use super::RunError;
use crate::config::{Checked, Config, FeedSettings, PolicySettings};
use crate::log::Log;
use crate::place::{Folder, Place};

/// The folder, and the accounts on chains: one for each chain, which its feeds share.
pub(super) struct Places<'a> {
    folder: &'a Path,
    #[cfg(feature = "chain")]
    accounts: chain::Accounts,
}

/// What chains say to the feeds of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// Why a feed takes nothing from this node, as things are.
    pub wrong: Vec<String>,
    /// Feeds that could not be asked.
    pub unknown: Vec<String>,
}

/// Asks the chains whether the feeds take what this node brings: their policies, keys and aggregators. Without the feature `chain` there is
/// nothing to ask, as [`Config::check`] refuses a configuration with a feed.
///
/// # Errors
/// [`RunError`] for a keystore or key that cannot be opened.
pub fn examine(checked: &Checked) -> Result<Examined, RunError> {
    #[cfg(feature = "chain")]
    return chain::examine(checked);
    #[cfg(not(feature = "chain"))]
    {
        let _ = checked;
        Ok(Examined::default())
    }
}

impl<'a> Places<'a> {
    /// Opens the accounts that policies need.
    pub(super) fn open(config: &'a Config, log: &Log) -> Result<Self, RunError> {
        #[cfg(not(feature = "chain"))]
        let _ = log;
        Ok(Places {
            folder: &config.proofs,
            #[cfg(feature = "chain")]
            accounts: chain::open(config, log)?,
        })
    }

    /// The place of a policy, whose proofs the verifier of this key verifies.
    pub(super) fn of(
        &self,
        policy: &PolicySettings,
        key_id: Option<[u8; 32]>,
    ) -> Result<Box<dyn Place>, RunError> {
        match &policy.feed {
            None => Ok(Box::new(Folder::new(self.folder))),
            Some(feed) => self.feed(&policy.name, feed, key_id),
        }
    }

    #[cfg(feature = "chain")]
    fn feed(
        &self,
        policy: &str,
        FeedSettings { chain, feed }: &FeedSettings,
        key_id: Option<[u8; 32]>,
    ) -> Result<Box<dyn Place>, RunError> {
        let key_id = key_id.ok_or_else(|| RunError::Key {
            name: policy.to_owned(),
            reason: "expected a proving key of Groth16 beside a feed, got none, or that of a mock".to_owned(),
        })?;
        let account = self.accounts.get(chain).ok_or_else(|| RunError::Chain {
            name: chain.clone(),
            reason: "expected such a section, got none".to_owned(),
        })?;
        Ok(Box::new(crate::place::ChainFeed::new(account.clone(), *feed, key_id)))
    }

    /// [`Config::check`] refuses it before.
    #[cfg(not(feature = "chain"))]
    fn feed(
        &self,
        _: &str,
        FeedSettings { chain, .. }: &FeedSettings,
        _: Option<[u8; 32]>,
    ) -> Result<Box<dyn Place>, RunError> {
        let reason = "this build speaks with no chain: build it with the feature `chain`".to_owned();
        Err(RunError::Chain { name: chain.clone(), reason })
    }
}

#[cfg(feature = "chain")]
mod chain {
    use std::collections::BTreeMap;
    use std::fmt::Display;
    use std::sync::Arc;
    use std::time::Duration;

    use zksensor::files;
    use zksensor::solidity::{Address, ContractKey};
    use zksensor_chain::{Coins, Gwei, Limits, Node, Signer};

    use super::Examined;
    use crate::clock::SystemClock;
    use crate::config::{self, ChainSettings, Checked, CheckedPolicy, Config};
    use crate::log::{Level, Log};
    use crate::place::{Account, AccountSettings, ChainFeed, Wanted};
    use crate::run::RunError;
    use crate::run::proving::AnyShape;
    use crate::service::Tell;

    /// How long an answer of a node or signer may take.
    const PATIENCE: Duration = Duration::from_secs(5);
    const GWEI: u128 = 1_000_000_000;

    pub(super) type Accounts = BTreeMap<String, Arc<Account>>;

    /// One for each chain that a policy names.
    pub(super) fn open(config: &Config, log: &Log) -> Result<Accounts, RunError> {
        accounts(config, |chain| {
            let (told, name) = (log.clone(), chain.to_owned());
            Arc::new(move |what| {
                told.line(Level::Info, "chain", &[("chain", name.as_str().into()), ("what", what.into())]);
            })
        })
    }

    /// What the chains say to the feeds of a configuration.
    pub(super) fn examine(checked: &Checked) -> Result<Examined, RunError> {
        let accounts = accounts(&checked.config, |_| Arc::new(|_| {}))?;
        let mut examined = Examined::default();
        for CheckedPolicy { settings, document, .. } in &checked.policies {
            let (Some(feed), Some(path)) = (&settings.feed, settings.key()) else { continue };
            let name = &settings.name;
            let wrong = |reason: String| RunError::Key { name: name.clone(), reason };
            let key = match &settings.verifying_key {
                Some(path) => files::load_verifying_key(path)?,
                None => files::load_proving_key(path)?.verifying_key().clone(),
            };
            let chunk_bits = AnyShape::of(key.statement()).map_err(&wrong)?.chunk_bits();
            let key = ContractKey::new(&key).map_err(|error| wrong(error.to_string()))?;
            let Some(account) = accounts.get(&feed.chain) else { continue };
            let mut place = ChainFeed::new(account.clone(), feed.feed, key.id());
            let policy_id = document.policy.id().to_string();
            let wanted = Wanted { policy_id: &policy_id, grace: settings.grace, chunk_bits };
            match place.examine(&wanted) {
                Ok(found) => {
                    examined
                        .wrong
                        .extend(found.into_iter().map(|what| format!("policies.{name}.feed: {what}")));
                }
                Err(error) if error.is_passing() => {
                    examined.unknown.push(format!("policies.{name}.feed was not looked at: {error}"));
                }
                Err(error) => examined.wrong.push(format!("policies.{name}.feed: {error}")),
            }
        }
        Ok(examined)
    }

    fn accounts(config: &Config, tell: impl Fn(&str) -> Tell) -> Result<Accounts, RunError> {
        let is_named = |chain: &&ChainSettings| {
            config
                .policies
                .iter()
                .any(|policy| policy.feed.as_ref().is_some_and(|feed| feed.chain == chain.name))
        };
        let named = config.chains.iter().filter(is_named);
        let mut accounts = Accounts::new();
        for chain in named {
            let account = account(chain, tell(&chain.name))?;
            if let Some((other, _)) = accounts.iter().find(|(_, other)| other.is_of(&account)) {
                return Err(RunError::Chain {
                    name: chain.name.clone(),
                    reason: format!(
                        "expected an account of its own, got that of chains.{other}; name one section in both policies"
                    ),
                });
            }
            accounts.insert(chain.name.clone(), account);
        }
        Ok(accounts)
    }

    fn account(chain: &ChainSettings, tell: Tell) -> Result<Arc<Account>, RunError> {
        fn wrong<E: Display>(chain: &ChainSettings) -> impl Fn(E) -> RunError {
            let name = chain.name.clone();
            move |error| RunError::Chain { name: name.clone(), reason: error.to_string() }
        }
        let url = chain.rpc_url.text().map_err(wrong(chain))?;
        let settings = AccountSettings {
            chain: chain.chain_id,
            node: Node::new(&url, PATIENCE).map_err(wrong(chain))?,
            signer: signer(&chain.signer)
                .map_err(|reason| RunError::Chain { name: chain.name.clone(), reason })?,
            aggregator: chain.aggregator,
            limits: Limits {
                fee: Gwei(u128::from(chain.max_fee_gwei) * GWEI),
                cost: Coins(chain.max_cost_wei),
            },
            a_day: Coins(chain.budget_wei_a_day),
            replace_after: chain.replace_after,
            gather: chain.gather,
            folder: chain.deployments.clone(),
            clock: Arc::new(SystemClock),
            tell,
        };
        Account::open(settings).map_err(wrong(chain))
    }

    fn signer(signer: &config::Signer) -> Result<Signer, String> {
        match signer {
            config::Signer::Keystore { file, password } => {
                let password = password.text().map_err(|error| error.to_string())?;
                Signer::of_keystore_with(file, &password).map_err(|error| error.to_string())
            }
            config::Signer::Remote { url, address } => {
                Signer::remote(url, Address(*address), PATIENCE).map_err(|error| error.to_string())
            }
        }
    }
}
