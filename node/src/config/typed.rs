//! What the values mean, and whether they fit each other.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zksensor::hex;

use super::keys::{KEYS, Key, ValueKind};
use super::mistakes::{Mistakes, Place};
use super::read::{Raw, Values};
use super::{ChainSettings, Config, KeySource, Limits, PolicySettings, ProofsTo, Signer};

/// The most policies.
const POLICIES: usize = 256;
const WEI_DECIMALS: usize = 18;

/// The configuration; what is wrong is added to the mistakes, and nothing comes then.
pub(super) fn config(values: &Values, folder: &Path, mistakes: &mut Mistakes) -> Option<Config> {
    let mut typed = Typed { values, folder, mistakes };
    let limits = typed.limits();
    let proofs = typed.proofs();
    let policies = typed.policies();
    let trusted_proxies = typed.addresses("trusted_proxies");
    let (listen, data, registry) = (typed.listen("listen"), typed.path("data"), typed.path("registry"));
    let (tokens, store_key) = (typed.path("tokens"), typed.secret("store.key"));
    Some(Config {
        listen: listen?,
        data: data?,
        registry: registry?,
        tokens,
        trusted_proxies: trusted_proxies?,
        store_key: store_key?,
        proofs: proofs?,
        limits: limits?,
        policies,
    })
}

struct Typed<'a> {
    values: &'a Values,
    folder: &'a Path,
    mistakes: &'a mut Mistakes,
}

/// The row of a path, in which a policy has its name.
fn key_of(path: &str) -> &'static Key {
    let named = path.strip_prefix("policies.").and_then(|rest| rest.rsplit_once('.'));
    let pattern = named.map_or_else(|| path.to_owned(), |(_, key)| format!("policies.*.{key}"));
    KEYS.iter().find(|key| key.path == pattern).expect("every path that is asked for is in the table")
}

impl Typed<'_> {
    /// Text that came, or that of the default.
    fn text(&self, path: &str) -> Option<(Place, String)> {
        match self.values.get(path) {
            Some((place, Raw::Text(text))) => Some((place.clone(), text.clone())),
            Some(_) => None,
            None => {
                let text = key_of(path).default?.trim_matches('"').to_owned();
                Some((Place::Missing { key: path.to_owned() }, text))
            }
        }
    }

    /// Says what was wanted; the value may be a secret in the wrong place, and is not shown.
    fn wrong(&mut self, path: &str, place: Place) {
        self.mistakes.add(
            place,
            format!("expected {}, got something else", key_of(path).kind.wanted()),
            "correct the value",
        );
    }

    fn parsed<T>(&mut self, path: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let (place, text) = self.text(path)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.wrong(path, place);
        }
        parsed
    }

    fn listen(&mut self, path: &str) -> Option<SocketAddr> {
        self.parsed(path, |text| text.parse().ok())
    }

    fn path(&mut self, path: &str) -> Option<PathBuf> {
        let folder = self.folder;
        self.parsed(path, |text| is_path(text).then(|| folder.join(text)))
    }

    fn secret(&mut self, path: &str) -> Option<KeySource> {
        let folder = self.folder;
        self.parsed(path, |text| match text.split_once(':')? {
            ("file", file) if is_path(file) => Some(KeySource::File(folder.join(file))),
            ("env", name) if is_variable(name) => Some(KeySource::Environment(name.to_owned())),
            _ => None,
        })
    }

    fn addresses(&mut self, path: &str) -> Option<Vec<IpAddr>> {
        let Some((place, raw)) = self.values.get(path) else { return Some(Vec::new()) };
        let Raw::List(list) = raw else { return None };
        let parsed: Option<Vec<_>> = list.iter().map(|text| text.parse().ok()).collect();
        if parsed.is_none() {
            self.wrong(path, place.clone());
        }
        parsed
    }

    fn integer(&mut self, path: &str) -> Option<u64> {
        let key = key_of(path);
        let ValueKind::Integer { least, most } = key.kind else { return None };
        match self.values.get(path) {
            Some((_, Raw::Integer(number))) if (least..=most).contains(number) => Some(*number),
            Some((place, Raw::Integer(number))) => {
                let what = format!("expected {}, got {number}", key.kind.wanted());
                self.mistakes.add(place.clone(), what, "correct the value");
                None
            }
            Some(_) => None,
            None => key.default?.parse().ok(),
        }
    }

    fn size(&mut self, path: &str) -> Option<usize> {
        self.integer(path).and_then(|number| usize::try_from(number).ok())
    }

    fn seconds(&mut self, path: &str) -> Option<Duration> {
        self.integer(path).map(Duration::from_secs)
    }

    fn rate(&mut self, path: &str) -> Option<u32> {
        self.integer(path).and_then(|number| u32::try_from(number).ok())
    }

    fn limits(&mut self) -> Option<Limits> {
        let sizes = [
            "body_bytes",
            "items",
            "buffered_bytes",
            "queue",
            "clients",
            "connections",
            "connections_per_client",
        ]
        .map(|name| self.size(&format!("limits.{name}")));
        let times = ["head_s", "body_s", "connection_s", "drain_s"]
            .map(|name| self.seconds(&format!("limits.{name}")));
        let rates = ["requests_per_s", "burst", "items_per_s", "items_burst"]
            .map(|name| self.rate(&format!("limits.{name}")));
        let [body_bytes, items, buffered_bytes, queue, clients, connections, connections_per_client] = sizes;
        let [head, body, connection, drain] = times;
        let limits = Limits {
            body_bytes: body_bytes?,
            items: items?,
            buffered_bytes: buffered_bytes?,
            queue: queue?,
            requests_per_s: rates[0]?,
            burst: rates[1]?,
            items_per_s: rates[2]?,
            items_burst: rates[3]?,
            clients: clients?,
            connections: connections?,
            connections_per_client: connections_per_client?,
            head: head?,
            body: body?,
            connection: connection?,
            drain: drain?,
        };
        self.fit(&limits);
        Some(limits)
    }

    /// What one client has of what all share is enough for one body.
    fn fit(&mut self, limits: &Limits) {
        let (buffered, least) = (limits.buffered_bytes, 4 * limits.body_bytes);
        if buffered < least {
            let what = format!("expected at least four times limits.body_bytes, {least}, got {buffered}");
            let help = "let a quarter of it, which a client has, hold one body";
            self.mistakes.add(self.values.place("limits.buffered_bytes"), what, help);
        }
        let (burst, items) = (limits.items_burst, limits.items);
        if (burst as usize) < items {
            let what = format!("expected at least limits.items, {items}, got {burst}");
            let help = "let a client that was quiet send one body";
            self.mistakes.add(self.values.place("limits.items_burst"), what, help);
        }
    }

    fn proofs(&mut self) -> Option<ProofsTo> {
        if !self.values.has_section("chain") {
            return self.path("proofs.folder").map(ProofsTo::Folder);
        }
        if let Some((place, _)) = self.values.get("proofs.folder") {
            let help = "take one of the two out; proofs that go to a chain are served all the same";
            self.mistakes.add(place.clone(), "expected a folder or a section [chain], got both", help);
        }
        let rpc_url = self.needed("chain.rpc_url", |typed, path| typed.parsed(path, url));
        let feed = self.needed("chain.feed", |typed, path| typed.parsed(path, address));
        let budget = self.needed("chain.budget_pol_a_day", |typed, path| typed.parsed(path, wei));
        let signer = self.needed("chain.signer", Typed::signer);
        Some(ProofsTo::Chain(ChainSettings {
            rpc_url: rpc_url?,
            feed: feed?,
            budget_wei_a_day: budget?,
            signer: signer?,
        }))
    }

    /// What has to be there, with what reads it.
    fn needed<T>(&mut self, path: &str, read: impl FnOnce(&mut Self, &str) -> Option<T>) -> Option<T> {
        if self.values.get(path).is_none() {
            let key = key_of(path);
            let place = Place::Missing { key: path.to_owned() };
            let (section, name) = path.rsplit_once('.').unwrap_or(("", path));
            let what = format!("expected {}, got nothing", key.kind.wanted());
            self.mistakes.add(place, what, format!("add `{name} = ...` to [{section}]: {}", key.about));
            return None;
        }
        read(self, path)
    }

    fn signer(&mut self, path: &str) -> Option<Signer> {
        let (place, text) = self.text(path)?;
        let (password, signed_for) = ("chain.password", "chain.signer_address");
        let (wanted, other) = match text.split_once(':') {
            Some(("keystore", file)) if is_path(file) => (password, signed_for),
            Some(("remote", remote)) if url(remote).is_some() => (signed_for, password),
            _ => {
                self.wrong(path, place);
                return None;
            }
        };
        if let Some((place, _)) = self.values.get(other) {
            let what =
                format!("expected no such key beside `chain.signer = \"{}:...\"`", &text[..text.find(':')?]);
            self.mistakes.add(place.clone(), what, "take it out");
        }
        let (_, value) = text.split_once(':')?;
        match wanted == password {
            true => {
                let file = self.folder.join(value);
                let password = self.needed(password, |typed, path| typed.secret(path))?;
                Some(Signer::Keystore { file, password })
            }
            false => {
                let address = self.needed(signed_for, |typed, path| typed.parsed(path, address))?;
                Some(Signer::Remote { url: value.to_owned(), address })
            }
        }
    }

    fn policies(&mut self) -> Vec<PolicySettings> {
        let names: Vec<String> = self.values.policies.keys().cloned().collect();
        if names.is_empty() {
            let help = "add a section [policies.NAME] with `policy = \"FILE\"`";
            self.mistakes.add(Place::Whole, "expected a policy at least, got none", help);
        }
        if names.len() > POLICIES {
            let what = format!("expected at most {POLICIES} policies, got {}", names.len());
            self.mistakes.add(Place::Whole, what, "run a node for some of them each");
        }
        names.into_iter().take(POLICIES).filter_map(|name| self.policy(name)).collect()
    }

    fn policy(&mut self, name: String) -> Option<PolicySettings> {
        let path = |key: &str| format!("policies.{name}.{key}");
        let policy = self.needed(&path("policy"), Typed::path);
        let (fence, proving_key) = (self.path(&path("fence")), self.path(&path("proving_key")));
        let grace = self.seconds(&path("grace_s"));
        let retention = self.integer(&path("retention_days")).map(|days| Duration::from_secs(days * 86_400));
        Some(PolicySettings {
            policy: policy?,
            fence,
            proving_key,
            grace: grace?,
            retention: retention?,
            name,
        })
    }
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text != "-" && !text.contains('\0')
}

fn is_variable(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=128).contains(&name.len()) && name.bytes().all(is_allowed) && !name.as_bytes()[0].is_ascii_digit()
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
