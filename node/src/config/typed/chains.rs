//! Chains, feeds, and who signs.

use zksensor::hex;

use super::super::mistakes::Place;
use super::super::read::is_name;
use super::super::{ChainSettings, FeedSettings, KeySource, NodeUrl, Signer};
use super::{Typed, is_path};

/// The most chains.
const CHAINS: usize = 16;
const WEI_DECIMALS: usize = 18;

impl Typed<'_> {
    pub(super) fn chains(&mut self) -> Vec<ChainSettings> {
        let names = self.values.names("chains");
        if names.len() > CHAINS {
            let what = format!("expected at most {CHAINS} chains, got {}", names.len());
            self.mistakes.add(Place::Whole, what, "run a node for some of them each");
        }
        names.into_iter().take(CHAINS).filter_map(|name| self.chain(name)).collect()
    }

    fn chain(&mut self, name: String) -> Option<ChainSettings> {
        let path = |key: &str| format!("chains.{name}.{key}");
        let chain_id = self.needed(&path("chain_id"), Typed::integer);
        let rpc_url = self.needed(&path("rpc_url"), Typed::node_url);
        let signer = self.needed(&path("signer"), |typed, path| typed.signer(&name, path));
        let budget = self.needed(&path("budget_pol_a_day"), |typed, path| typed.parsed(path, wei));
        let max_cost = self.parsed(&path("max_cost_pol"), wei);
        let max_fee_gwei = self.integer(&path("max_fee_gwei"));
        let replace_after = self.seconds(&path("replace_after_s"));
        let gather = self.seconds(&path("gather_s"));
        let aggregator = self.optional(&path("aggregator"), |typed, path| typed.parsed(path, address));
        let deployments = self.path(&path("deployments"));
        Some(ChainSettings {
            chain_id: chain_id?,
            rpc_url: rpc_url?,
            signer: signer?,
            aggregator: aggregator?,
            budget_wei_a_day: budget?,
            max_cost_wei: max_cost?,
            max_fee_gwei: max_fee_gwei?,
            replace_after: replace_after?,
            gather: gather?,
            deployments: deployments?,
            name,
        })
    }

    /// Where the proofs of a policy go, if not to the folder; nothing if what says so is wrong.
    pub(super) fn feed(&mut self, policy: &str) -> Option<Option<FeedSettings>> {
        let path = |key: &str| format!("policies.{policy}.{key}");
        let (chain, feed) = (path("chain"), path("feed"));
        let (has_chain, has_feed) = (self.values.get(&chain).is_some(), self.values.get(&feed).is_some());
        if !has_chain && !has_feed {
            return Some(None);
        }
        let known = self.values.names("chains");
        let name = self.needed(&chain, |typed, path| {
            let named = typed.parsed(path, |name| is_name(name).then(|| name.to_owned()))?;
            if known.contains(&named) {
                return Some(named);
            }
            let what = "expected the name of a section [chains.NAME], got another";
            let help = match known.is_empty() {
                true => "add such a section; there is none".to_owned(),
                false => format!("correct the name; there are {}", known.join(", ")),
            };
            typed.mistakes.add(typed.values.place(path), what, help);
            None
        });
        let feed = self.needed(&feed, |typed, path| typed.parsed(path, address));
        Some(Some(FeedSettings { chain: name?, feed: feed? }))
    }

    fn node_url(&mut self, path: &str) -> Option<NodeUrl> {
        let (place, text) = self.text(path)?;
        if let Some(url) = url(&text) {
            return Some(NodeUrl::Text(url));
        }
        if text.starts_with("file:") || text.starts_with("env:") {
            return self.secret(path).map(NodeUrl::Secret);
        }
        self.wrong(path, place);
        None
    }

    fn signer(&mut self, chain: &str, path: &str) -> Option<Signer> {
        let (place, text) = self.text(path)?;
        let (password, signed_for) =
            (format!("chains.{chain}.password"), format!("chains.{chain}.signer_address"));
        let (kind, is_keystore) = match text.split_once(':') {
            Some((kind @ "keystore", file)) if is_path(file) => (kind, true),
            Some((kind @ "remote", remote)) if url(remote).is_some() => (kind, false),
            _ => {
                self.wrong(path, place);
                return None;
            }
        };
        let other = if is_keystore { &signed_for } else { &password };
        if let Some((place, _)) = self.values.get(other) {
            let what = format!("expected no such key beside `signer = \"{kind}:...\"`");
            self.mistakes.add(place.clone(), what, "take it out");
        }
        let (_, value) = text.split_once(':')?;
        if is_keystore {
            let file = self.folder.join(value);
            let password: KeySource = self.needed(&password, |typed, path| typed.secret(path))?;
            return Some(Signer::Keystore { file, password });
        }
        let address = self.needed(&signed_for, |typed, path| typed.parsed(path, address))?;
        Some(Signer::Remote { url: value.to_owned(), address })
    }
}

fn url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_plain = text.len() <= 2048 && text.bytes().all(|byte| byte.is_ascii_graphic());
    (is_plain && !rest.is_empty() && !rest.starts_with('/')).then(|| text.to_owned())
}

fn address(text: &str) -> Option<[u8; 20]> {
    hex::parse(text).ok()
}

/// An amount of POL in wei, above 0.
fn wei(text: &str) -> Option<u128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || part.len() > WEI_DECIMALS || whole.len() > WEI_DECIMALS {
        return None;
    }
    format!("{whole}{part:0<WEI_DECIMALS$}").parse().ok().filter(|wei| *wei > 0)
}
