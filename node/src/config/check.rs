//! Whether the files that a configuration names are what it needs, before anything starts.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;
use zksensor::files::{self, FileError, Kind, RegistryFile};
use zksensor::io::policy::PolicyDocument;
use zksensor::model::fence::Fence;

use super::mistakes::{Mistakes, Place};
use super::{Config, FeedSettings, PolicySettings, Signer, Tokens, folders};
use crate::tls::Tls;

/// A configuration whose files were read and found good.
pub struct Checked {
    /// What it was made of.
    pub config: Config,
    /// The registry.
    pub registry: RegistryFile,
    /// What the store is encrypted with.
    pub store_key: Zeroizing<[u8; 32]>,
    /// Who may send, if not anybody.
    pub tokens: Option<Tokens>,
    /// What the interface speaks TLS with, if it does.
    pub tls: Option<Tls>,
    /// The policies, in the order of their names.
    pub policies: Vec<CheckedPolicy>,
    /// What is no mistake and should be known.
    pub warnings: Vec<String>,
}

impl Checked {
    /// Whether files can be made in each folder that a node makes files in. Commands that only ask a node have no need of it.
    ///
    /// # Errors
    /// [`Mistakes`]: all that are closed to whoever asks.
    pub fn try_folders(&self) -> Result<(), Mistakes> {
        folders::try_each(&self.config)
    }
}

/// A policy that was read.
pub struct CheckedPolicy {
    /// Its section.
    pub settings: PolicySettings,
    /// Its file.
    pub document: PolicyDocument,
    /// Its fence, if its file was named.
    pub fence: Option<Fence>,
}

impl Config {
    /// Reads every file that is named, except that of a key only the first bytes, which say what it is.
    ///
    /// # Errors
    /// [`Mistakes`]: all that are in the files.
    pub fn check(self) -> Result<Checked, Mistakes> {
        let mut mistakes = Mistakes::default();
        let policies: Vec<_> =
            self.policies.iter().filter_map(|settings| policy(settings, &mut mistakes)).collect();
        refuse_twins(&policies, &mut mistakes);
        let registry =
            RegistryFile::load(&self.registry).map_err(|error| add(&mut mistakes, "registry", &error)).ok();
        let store_key = self
            .store_key
            .key()
            .map_err(|error| {
                let help = "`openssl rand -hex 32` makes a key; keep a copy elsewhere, without it the store cannot be read";
                mistakes.add(missing("store.key"), error.to_string(), help);
            })
            .ok();
        let tokens = self.tokens.as_deref().map(Tokens::load).transpose();
        let tokens = tokens
            .map_err(|error| {
                let help = "a line is a name and what `printf %s TOKEN | sha256sum` prints";
                mistakes.add(missing("tokens"), error.to_string(), help);
            })
            .unwrap_or_default();
        folders::look(&self, &mut mistakes);
        chains(&self, &mut mistakes);
        nats(&self, &mut mistakes);
        let tls = self.tls.as_ref().map(Tls::open).transpose().unwrap_or_else(|wrong| {
            wrong
                .iter()
                .for_each(|error| mistakes.add(missing(error.key()), error.to_string(), error.help()));
            None
        });
        super::otel::refuse(self.otel.as_ref(), &mut mistakes);
        match (registry, store_key) {
            (Some(registry), Some(store_key)) if mistakes.is_empty() => {
                let warnings = warnings(&self, &registry, tokens.as_ref());
                Ok(Checked { config: self, registry, store_key, tokens, tls, policies, warnings })
            }
            _ => Err(mistakes),
        }
    }
}

fn missing(key: &str) -> Place {
    Place::Missing { key: key.to_owned() }
}

fn add(mistakes: &mut Mistakes, key: &str, error: &FileError) {
    mistakes.add(missing(key), error.to_string(), error.help());
}

fn policy(settings: &PolicySettings, mistakes: &mut Mistakes) -> Option<CheckedPolicy> {
    let key = |name: &str| format!("policies.{}.{name}", settings.name);
    let fence = settings.fence.as_deref().map(files::load_fence).transpose();
    let fence = fence.map_err(|error| add(mistakes, &key("fence"), &error)).ok();
    let proving = [Kind::ProvingKey, Kind::MockKey];
    let proving_key =
        settings.proving_key.as_deref().map_or(Ok(()), |path| is_key(path, "a proving key", &proving));
    let proving_key = proving_key.map_err(|what| {
        let help = "name the .pk file that `zksensor setup` or a ceremony wrote for the policy's statement";
        mistakes.add(missing(&key("proving_key")), what, help);
    });
    let verifying = [Kind::VerifyingKey, Kind::MockKey];
    let verifying_key =
        settings.verifying_key.as_deref().map_or(Ok(()), |path| is_key(path, "a verifying key", &verifying));
    let verifying_key = verifying_key.map_err(|what| {
        let help = "name the .vk file that `zksensor setup` or a ceremony wrote for the policy's statement";
        mistakes.add(missing(&key("verifying_key")), what, help);
    });
    let fence = fence?;
    let document = files::load_policy_document(&settings.policy, fence.as_ref())
        .map_err(|error| add(mistakes, &key("policy"), &error))
        .ok()?;
    if fence.is_none() {
        let help = "name the file of the policy's fence: a node locates readings by it";
        mistakes.add(missing(&key("fence")), "expected a fence, got none", help);
    }
    proving_key.and(verifying_key).ok()?;
    Some(CheckedPolicy { settings: settings.clone(), document, fence })
}

/// Looks at the first bytes: the whole is checked when it is first used, which takes seconds.
fn is_key(path: &Path, wanted: &str, kinds: &[Kind]) -> Result<(), String> {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(Kind::HEAD).read_to_end(&mut head));
    let shown = path.display();
    match read.map(|_| Kind::of(&head)) {
        Ok(Some(kind)) if kinds.contains(&kind) => Ok(()),
        Ok(Some(kind)) => Err(format!("{shown}: expected {wanted}, got {kind}")),
        Ok(None) => Err(format!("{shown}: expected {wanted}, got something else")),
        Err(error) => Err(format!("{shown}: expected to read {wanted}, but: {error}")),
    }
}

/// The same policy under two names would be proven twice, and the feed takes one.
fn refuse_twins(policies: &[CheckedPolicy], mistakes: &mut Mistakes) {
    for (index, CheckedPolicy { settings, document, .. }) in policies.iter().enumerate() {
        let id = document.policy.id();
        let twin = policies[..index].iter().find(|other| other.document.policy.id() == id);
        if let Some(CheckedPolicy { settings: other, .. }) = twin {
            let what = format!("expected policies that differ, got that of `policies.{}` again", other.name);
            mistakes.add(
                missing(&format!("policies.{}.policy", settings.name)),
                what,
                "take one of the two out",
            );
        }
    }
}

/// Keys, passwords and URLs that are there; what they are good for the chain says.
fn chains(config: &Config, mistakes: &mut Mistakes) {
    for chain in &config.chains {
        let key = |name: &str| missing(&format!("chains.{}.{name}", chain.name));
        let help = "check that it is there and can be read";
        if let Err(error) = chain.rpc_url.text() {
            mistakes.add(key("rpc_url"), error.to_string(), help);
        }
        let Signer::Keystore { file, password } = &chain.signer else { continue };
        if let Err(error) = File::open(file) {
            let what = format!("{}: expected to read a keystore, but: {error}", file.display());
            mistakes.add(key("signer"), what, "check the path and its permissions");
        }
        if let Err(error) = password.text() {
            mistakes.add(key("password"), error.to_string(), help);
        }
    }
    if !config.chains.is_empty() && !cfg!(feature = "chain") {
        let what = "expected no section [chains.NAME], got one: this build speaks with no chain";
        let help = "build the command with `--features chain`, or take the sections out and submit the folder's proofs with `zksensor submit`";
        mistakes.add(missing("chains"), what, help);
    }
    for (index, policy) in config.policies.iter().enumerate() {
        let Some(feed) = &policy.feed else { continue };
        let key = |name: &str| missing(&format!("policies.{}.{name}", policy.name));
        if policy.key().is_none() {
            let what = "expected a proving key beside a feed, got none";
            mistakes.add(key("proving_key"), what, "name the key whose verifying key the feed's router has");
        }
        let chain_of = |feed: &FeedSettings| {
            config.chains.iter().find(|chain| chain.name == feed.chain).map(|chain| chain.chain_id)
        };
        let is_same = |other: &FeedSettings| other.feed == feed.feed && chain_of(other) == chain_of(feed);
        if config.policies[..index].iter().filter_map(|other| other.feed.as_ref()).any(is_same) {
            let what = "expected a feed of the policy's own, got that of another";
            mistakes.add(key("feed"), what, "correct the address: a feed has one policy");
        }
    }
}

/// The server's URL and credentials, and keys that go with who proves.
fn nats(config: &Config, mistakes: &mut Mistakes) {
    let by_workers = config.nats.as_ref().is_some_and(|nats| nats.workers.is_some());
    for policy in config.policies.iter().filter(|policy| policy.verifying_key.is_some()) {
        let place = missing(&format!("policies.{}.verifying_key", policy.name));
        if !by_workers {
            let what = "expected it where workers prove, which `nats.workers` says, got it alone";
            mistakes.add(place, what, "name the proving key in its place, or the workers");
        } else if policy.proving_key.is_some() {
            mistakes.add(place, "expected one key, got a proving key beside it", "take the proving key out");
        }
    }
    let Some(nats) = &config.nats else { return };
    match nats.url.text() {
        Ok(url) if super::is_server(&url) => {}
        Ok(_) => {
            let what = "expected URLs that begin with nats:// or tls://, got something else";
            mistakes.add(missing("nats.url"), what, "correct what is in the file or variable");
        }
        Err(error) => {
            mistakes.add(missing("nats.url"), error.to_string(), "check that it is there and can be read");
        }
    }
    if let Some(path) = &nats.credentials
        && let Err(error) = File::open(path)
    {
        let what = format!("{}: expected to read credentials, but: {error}", path.display());
        mistakes.add(missing("nats.credentials"), what, "check the path and its permissions");
    }
    if !cfg!(feature = "nats") {
        let what = "expected no section [nats] with a server, got one: this build speaks with none";
        let help = "build the command with `--features nats`, or take `url` out of the section";
        mistakes.add(missing("nats"), what, help);
    }
}

fn warnings(config: &Config, registry: &RegistryFile, tokens: Option<&Tokens>) -> Vec<String> {
    let mut warnings = Vec::new();
    let asks = tokens.is_some() || config.tls.as_ref().is_some_and(|tls| tls.clients.is_some());
    if !config.listen.ip().is_loopback() && !asks {
        warnings.push(format!(
            "{} is open to the network and neither `tokens` nor `tls.clients` are set: anybody can send and fill the rate limits",
            config.listen
        ));
    }
    if registry.journal().devices() == 0 {
        warnings.push("the registry has no device: every reading will be refused".to_owned());
    }
    let keyless = config.policies.iter().filter(|policy| policy.key().is_none());
    warnings.extend(keyless.map(|policy| {
        format!("policies.{} has no `proving_key`: its epochs will end unproven", policy.name)
    }));
    warnings
}
