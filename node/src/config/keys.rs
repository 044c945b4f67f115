//! Every key of the configuration, once.

use super::value::ValueKind;

/// A key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path; `*` stands for the name of a policy or chain.
    pub path: &'static str,
    /// What it takes.
    pub kind: ValueKind,
    /// What it is if it is not there, in TOML. A key without one may be missing, or has to be there: `about` says so.
    pub default: Option<&'static str>,
    /// What the template has for it in a comment, if it has no default.
    pub sample: &'static str,
    /// What it means, with its unit.
    pub about: &'static str,
}

/// What names in the environment begin with.
pub(super) const PREFIX: &str = "ZKSENSOR_NODE_";

impl Key {
    /// The name in the environment that stands for the key before the file; none for keys of a policy or chain.
    pub fn environment(&self) -> Option<String> {
        let name = self.path.replace('.', "_").to_ascii_uppercase();
        (!self.path.contains('*')).then(|| format!("{PREFIX}{name}"))
    }

    /// Section and name; the section of a key at the top is empty.
    pub(super) fn parts(&self) -> (&'static str, &'static str) {
        self.path.rsplit_once('.').unwrap_or(("", self.path))
    }
}

const MIB: u64 = 1 << 20;

const fn key(
    path: &'static str,
    kind: ValueKind,
    default: Option<&'static str>,
    sample: &'static str,
    about: &'static str,
) -> Key {
    Key { path, kind, default, sample, about }
}

const fn limit(path: &'static str, range: [u64; 2], default: &'static str, about: &'static str) -> Key {
    key(path, ValueKind::Integer { least: range[0], most: range[1] }, Some(default), "", about)
}

const CHAIN_ID: ValueKind = ValueKind::Integer { least: 1, most: 1 << 53 };

/// Every key, in the order of the template.
pub const KEYS: &[Key] = &[
    key(
        "listen",
        ValueKind::Listen,
        Some("\"127.0.0.1:8080\""),
        "",
        "address and port of the HTTP interface; with [tls] it speaks TLS and nothing else",
    ),
    key("data", ValueKind::Path, Some("\"data\""), "", "folder of the store, made if it is not there"),
    key(
        "registry",
        ValueKind::Path,
        Some("\"registry.bin\""),
        "",
        "registry of the devices, as `zksensor registry enrol` keeps it",
    ),
    key(
        "tokens",
        ValueKind::Path,
        None,
        "\"tokens.txt\"",
        "who may send: lines of a name and the SHA-256 of a bearer token; without it anybody may",
    ),
    key(
        "trusted_proxies",
        ValueKind::Addresses,
        Some("[]"),
        "",
        "addresses of reverse proxies whose X-Forwarded-For names the client",
    ),
    key(
        "tls.certificate",
        ValueKind::Path,
        None,
        "\"tls/node.pem\"",
        "certificate of the interface in PEM, with those between it and its authority; it is read again when it has changed",
    ),
    key(
        "tls.key",
        ValueKind::Secret,
        None,
        "\"file:tls/node.key\"",
        "private key of the certificate in PEM, in a file that only its owner reads",
    ),
    key(
        "tls.clients",
        ValueKind::Path,
        None,
        "\"tls/senders.pem\"",
        "authorities in PEM: whoever sends shows a certificate of one of them, or a token if `tokens` are set, too",
    ),
    key(
        "store.key",
        ValueKind::Secret,
        Some("\"file:store.key\""),
        "",
        "64 hexadecimal digits that readings are encrypted with on the disk; without them what is stored is lost",
    ),
    key(
        "proofs.folder",
        ValueKind::Path,
        Some("\"proofs\""),
        "",
        "folder that proofs go to of policies without a feed, made if it is not there",
    ),
    key(
        "nats.url",
        ValueKind::NatsUrl,
        None,
        "\"nats://127.0.0.1:4222\"",
        "server of NATS with JetStream, for workers on other machines or for devices that publish; a URL with a password in it comes from a file or the environment",
    ),
    key(
        "nats.credentials",
        ValueKind::Path,
        None,
        "\"node.creds\"",
        "file of credentials for the server, if it asks for them",
    ),
    key(
        "nats.workers",
        ValueKind::WorkersKey,
        None,
        "\"0x8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a\"",
        "public key of the workers, as `zksensor node worker-key` prints it: with it they prove, sealed for them; without it the node does",
    ),
    limit("nats.jobs", [1, 256], "16", "jobs that are in the queue of the workers at once"),
    limit(
        "nats.patience_s",
        [1, 86_400],
        "600",
        "seconds after which the status tells of a job that no worker has proven; it stays in the queue",
    ),
    key(
        "nats.readings",
        ValueKind::Subject,
        None,
        "\"zksensor.readings\"",
        "subject that devices publish readings to; the topic of MQTT has strokes where this has points",
    ),
    key(
        "nats.frames",
        ValueKind::Subject,
        None,
        "\"zksensor.frames\"",
        "subject that devices publish frames to",
    ),
    key(
        "otel.endpoint",
        ValueKind::Collector,
        None,
        "\"http://127.0.0.1:4318\"",
        "http://HOST:PORT of a collector of OpenTelemetry, which is sent traces by OTLP over HTTP",
    ),
    key(
        "otel.sample",
        ValueKind::Ratio,
        Some("1"),
        "",
        "of the traces that there are, how many it is sent, from 0 to 1",
    ),
    key(
        "chains.*.chain_id",
        CHAIN_ID,
        None,
        "80002",
        "id of the chain, which has to be there: 137 is Polygon, 80002 Amoy",
    ),
    key(
        "chains.*.rpc_url",
        ValueKind::UrlOrSecret,
        None,
        "\"env:AMOY_RPC_URL\"",
        "node of the chain that is asked, which has to be there; a URL with a key in it comes from a file or the environment",
    ),
    key(
        "chains.*.signer",
        ValueKind::Signer,
        None,
        "\"keystore:keystore.json\"",
        "who signs, which has to be there: a keystore's file, or the URL of a remote signer (web3signer)",
    ),
    key(
        "chains.*.password",
        ValueKind::Secret,
        None,
        "\"env:KEYSTORE_PASSWORD\"",
        "where the password of the keystore is; only with a keystore",
    ),
    key(
        "chains.*.signer_address",
        ValueKind::ChainAddress,
        None,
        "\"0x1111111111111111111111111111111111111111\"",
        "the address that a remote signer signs for; only with one",
    ),
    key(
        "chains.*.aggregator",
        ValueKind::ChainAddress,
        None,
        "\"0x1111111111111111111111111111111111111111\"",
        "whose right and credit proofs are; without it the signer's",
    ),
    key(
        "chains.*.budget_pol_a_day",
        ValueKind::Pol,
        None,
        "\"1.5\"",
        "the most that transactions of a day (UTC) may cost, which has to be there",
    ),
    key("chains.*.max_cost_pol", ValueKind::Pol, Some("\"1\""), "", "the most that one transaction may cost"),
    limit(
        "chains.*.max_fee_gwei",
        [1, 1_000_000_000],
        "500",
        "the most for a unit of gas, tip included; dearer gas is waited for",
    ),
    limit(
        "chains.*.replace_after_s",
        [1, 3600],
        "30",
        "seconds after which a transaction that is in no block is sent for more",
    ),
    limit(
        "chains.*.gather_s",
        [0, 86_400],
        "300",
        "seconds that a proof waits for the other chunks of its epoch, which share its transaction",
    ),
    key(
        "chains.*.deployments",
        ValueKind::Path,
        Some("\"deployments\""),
        "",
        "folder of the account's lock, of what is under way and of what was spent: that of `zksensor submit --deployments`",
    ),
    limit(
        "limits.body_bytes",
        [1024, 64 * MIB],
        "1048576",
        "bytes of a body, as it comes and, if it is compressed, as it is after",
    ),
    limit("limits.items", [1, 100_000], "1000", "readings or frames of a body"),
    limit(
        "limits.buffered_bytes",
        [MIB, 4096 * MIB],
        "67108864",
        "bytes of all the bodies that are in memory, as they came, of a client a quarter; not less than four times body_bytes",
    ),
    limit(
        "limits.queue",
        [1, 400],
        "64",
        "bodies that are stored at once, of a client a quarter; for one more the answer is 429",
    ),
    limit(
        "limits.requests_per_s",
        [1, 1_000_000],
        "50",
        "requests of a client each second, for as long as it likes",
    ),
    limit("limits.burst", [1, 1_000_000], "200", "requests at once of a client that was quiet"),
    limit(
        "limits.items_per_s",
        [1, 1_000_000],
        "1000",
        "readings or frames of a client each second, for as long as it likes",
    ),
    limit(
        "limits.items_burst",
        [1, 1_000_000],
        "4000",
        "readings or frames at once of a client that was quiet; not less than items",
    ),
    limit(
        "limits.clients",
        [16, 1_000_000],
        "10000",
        "clients that are counted each by itself; those beyond share one count",
    ),
    limit("limits.connections", [1, 100_000], "1024", "connections at once"),
    limit(
        "limits.connections_per_client",
        [1, 100_000],
        "64",
        "connections of one address at once, a quarter of all at most; those of trusted proxies are not counted",
    ),
    limit(
        "limits.head_s",
        [1, 300],
        "10",
        "seconds that the head of a request may take, or a connection be idle",
    ),
    limit("limits.body_s", [1, 3600], "20", "seconds that a body may take"),
    limit("limits.connection_s", [10, 86_400], "600", "seconds that a connection may last"),
    limit("limits.drain_s", [1, 600], "20", "seconds that requests may go on when the node is told to end"),
    key(
        "policies.*.policy",
        ValueKind::Path,
        None,
        "\"policies/air.toml\"",
        "the policy, which has to be there; the fewest devices of an epoch are its `k`",
    ),
    key(
        "policies.*.fence",
        ValueKind::Path,
        None,
        "\"policies/fence.geojson\"",
        "its fence, in any format that the other commands take",
    ),
    key(
        "policies.*.proving_key",
        ValueKind::Path,
        None,
        "\"keys/aggregate-v2-64x32x3.pk\"",
        "its proving key; without one epochs end unproven, and their readings are kept for retention_days",
    ),
    key(
        "policies.*.verifying_key",
        ValueKind::Path,
        None,
        "\"keys/aggregate-v2-64x32x3.vk\"",
        "its verifying key, in place of the proving key where workers prove: the node verifies what they return",
    ),
    key(
        "policies.*.chain",
        ValueKind::Name,
        None,
        "\"amoy\"",
        "name of the section [chains.NAME] whose account brings its proofs to the feed; only with one",
    ),
    key(
        "policies.*.feed",
        ValueKind::ChainAddress,
        None,
        "\"0x1111111111111111111111111111111111111111\"",
        "address of the policy's feed; without one its proofs go to the folder",
    ),
    limit(
        "policies.*.grace_s",
        [0, 604_800],
        "300",
        "seconds after an epoch in which readings of it are still taken",
    ),
    limit(
        "policies.*.retention_days",
        [0, 3650],
        "30",
        "days that readings are kept after their epoch is final; then they are erased",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_keys_have_one_name() {
        let paths: BTreeSet<_> = KEYS.iter().map(|key| key.path).collect();
        let names: BTreeSet<_> = KEYS.iter().filter_map(Key::environment).collect();
        let policies = KEYS.iter().filter(|key| key.path.contains('*')).count();
        assert_eq!((paths.len(), names.len() + policies), (KEYS.len(), KEYS.len()));
    }

    /// What runs a node sets keys that there are.
    #[test]
    fn names_in_the_files_that_run_a_node_are_known() {
        let files = [
            include_str!("../../deploy/Dockerfile"),
            include_str!("../../deploy/compose.yaml"),
            include_str!("../../deploy/kubernetes.yaml"),
            include_str!("../../deploy/zksensor-node.service"),
        ];
        for file in files {
            let mut count = 0;
            for (at, _) in file.match_indices(PREFIX) {
                let is_of_a_name = |character: &char| character.is_ascii_uppercase() || *character == '_';
                let name: String = file[at..].chars().take_while(is_of_a_name).collect();
                assert!(KEYS.iter().any(|key| key.environment().as_ref() == Some(&name)), "{name}");
                count += 1;
            }
            assert!(count > 1);
        }
    }

    /// What runs a node sets values that go with the file that `node init` writes.
    #[test]
    fn values_in_the_files_that_run_a_node_are_good() {
        let files = [
            include_str!("../../deploy/Dockerfile"),
            include_str!("../../deploy/compose.yaml"),
            include_str!("../../deploy/kubernetes.yaml"),
            include_str!("../../deploy/zksensor-node.service"),
        ];
        let text = super::super::template("air", &[("policies.*.policy", "\"air.toml\"")]);
        for file in files {
            let mut environment = Vec::new();
            for line in file.lines().filter(|line| !line.trim_start().starts_with('#')) {
                let Some(at) = line.find(PREFIX) else { continue };
                let is_of_a_name = |character: char| character.is_ascii_uppercase() || character == '_';
                let (name, value) = line[at..].split_at(line[at..].find(|c| !is_of_a_name(c)).unwrap());
                let value = value.trim_start_matches(['=', ':', ',', ' ']).trim_start_matches("value:");
                let value = value.trim_matches([' ', '"', '}', '\\']);
                // What systemd puts in.
                let value = value.replace("%S", "/var/lib").replace("%d", "/run/credentials/node");
                environment.push((name.to_owned(), value));
            }
            assert!(environment.len() > 1);
            let config =
                super::super::Config::parse(&text, std::path::Path::new("/etc/zksensor"), &environment);
            let config = config.unwrap_or_else(|mistakes| panic!("{environment:?}: {mistakes}"));
            assert!(!config.data.starts_with("/etc"), "the folder of the configuration cannot be written");
            assert!(!config.proofs.starts_with("/etc"), "{:?}", config.proofs);
        }
    }

    /// The book has every key, with its name in the environment, its default and what it means.
    #[test]
    fn every_key_is_documented() {
        let page = include_str!("../../../docs/node.md");
        for key in KEYS {
            let default = key.default.map(|default| format!("`{default}`")).unwrap_or_default();
            let environment = key.environment().map(|name| format!("`{name}`")).unwrap_or_default();
            let path = key.path.replace('*', "NAME");
            let row = format!("| `{path}` | {environment} | {default} | {} |", key.about);
            assert!(page.contains(&row), "docs/node.md has to have the row\n{row}");
        }
    }
}
