//! What the values mean, and whether they fit each other.

mod chains;
mod nats;
mod tls;

pub use nats::is_server;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::ValueKind;
use super::keys::{KEYS, Key};
use super::mistakes::{Mistakes, Place};
use super::read::{Raw, Values};
use super::{Config, KeySource, Limits, OtelSettings, PolicySettings};

/// The most policies.
const POLICIES: usize = 256;

/// The configuration; what is wrong is added to the mistakes, and nothing comes then.
pub(super) fn config(values: &Values, folder: &Path, mistakes: &mut Mistakes) -> Option<Config> {
    let mut typed = Typed { values, folder, mistakes };
    let limits = typed.limits();
    let proofs = typed.path("proofs.folder");
    let nats = typed.nats();
    let tls = typed.tls();
    let otel = typed.otel();
    let chains = typed.chains();
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
        nats: nats?,
        tls: tls?,
        otel: otel?,
        chains,
        limits: limits?,
        policies,
    })
}

struct Typed<'a> {
    values: &'a Values,
    folder: &'a Path,
    mistakes: &'a mut Mistakes,
}

/// The row of a path, in which a policy or chain has its name.
fn key_of(path: &str) -> &'static Key {
    let pattern = match path.split('.').collect::<Vec<_>>()[..] {
        [of, _, key] => format!("{of}.*.{key}"),
        _ => path.to_owned(),
    };
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

    /// A value that may be missing; nothing if it is wrong.
    fn optional<T>(
        &mut self,
        path: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.values.get(path) {
            None => Some(None),
            Some(_) => read(self, path).map(Some),
        }
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

    /// The collector, if there is one; nothing if what says so is wrong.
    fn otel(&mut self) -> Option<Option<OtelSettings>> {
        let sample_ppm = self.parsed("otel.sample", super::otel::ppm)?;
        let endpoint =
            self.optional("otel.endpoint", |typed, path| typed.parsed(path, super::otel::endpoint))?;
        Some(endpoint.map(|endpoint| OtelSettings { endpoint, sample_ppm }))
    }

    fn policies(&mut self) -> Vec<PolicySettings> {
        let names = self.values.names("policies");
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
        let [fence, proving_key, verifying_key] =
            ["fence", "proving_key", "verifying_key"].map(|key| self.path(&path(key)));
        let feed = self.feed(&name);
        let grace = self.seconds(&path("grace_s"));
        let retention = self.integer(&path("retention_days")).map(|days| Duration::from_secs(days * 86_400));
        Some(PolicySettings {
            policy: policy?,
            fence,
            proving_key,
            verifying_key,
            feed: feed?,
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
