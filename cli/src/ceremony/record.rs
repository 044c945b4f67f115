//! What is said of a ceremony that holds: to people, to programs, in ceremony.json and on the page.

use serde_json::{Value, json};
use zksensor::model::hex;
use zksensor_ceremony::{Contribution, Kind, Transcript};

use super::source::PowersFacts;
use crate::output::Output;

/// Hexadecimal digits as circom's tools and b2sum have them.
pub(crate) fn digits(bytes: &[u8]) -> String {
    hex::encode(bytes).split_off(2)
}

/// A name that somebody gave itself: what could steer a terminal or turn a line is escaped.
pub(crate) fn shown_name(name: Option<&str>) -> String {
    name.map_or_else(|| "(no name)".to_owned(), |name| name.escape_debug().to_string())
}

/// Contributions, for programs.
pub(crate) fn contributions(all: &[Contribution]) -> Value {
    let one = |(index, contribution): (usize, &Contribution)| {
        let (kind, beacon) = match contribution.kind() {
            Kind::Secret => ("contribution", Value::Null),
            Kind::Beacon(beacon) => {
                ("beacon", json!({ "hash": digits(&beacon.hash), "iterations": beacon.iterations }))
            }
        };
        json!({
            "number": index + 1, "name": contribution.name(), "kind": kind, "hash": digits(&contribution.hash()),
            "beacon": beacon,
        })
    };
    all.iter().enumerate().map(one).collect()
}

/// Contributions, for people.
pub(super) fn say(all: &[Contribution], output: &Output) {
    for (index, contribution) in all.iter().enumerate() {
        let what = match contribution.kind() {
            Kind::Secret => String::new(),
            Kind::Beacon(beacon) => {
                format!(", a beacon of 2^{} iterations over {}", beacon.iterations, digits(&beacon.hash))
            }
        };
        output.line(format_args!("{:>3}  {}{what}", index + 1, shown_name(contribution.name())));
        output.line(format_args!("     {}", digits(&contribution.hash())));
    }
}

/// A file of the ceremony.
pub(super) struct FileFact {
    /// What it is.
    pub(super) what: &'static str,
    /// Its name, without a folder.
    pub(super) name: String,
    /// BLAKE2b-512.
    pub(super) digest: [u8; 64],
}

/// A ceremony that holds, with the keys that came of it.
pub(super) struct Record<'a> {
    pub(super) statement: String,
    /// keccak256 of the circuit's rows.
    pub(super) rows: String,
    pub(super) powers: &'a PowersFacts,
    pub(super) transcript: &'a Transcript,
    pub(super) key_id: String,
    pub(super) is_insecure: bool,
    pub(super) files: Vec<FileFact>,
}

impl Record<'_> {
    /// `ceremony.json`.
    pub(super) fn to_json(&self) -> Value {
        let file = |file: &FileFact| json!({ "what": file.what, "name": file.name, "blake2b": digits(&file.digest) });
        json!({
            "format": "zksensor-ceremony/1", "release": env!("CARGO_PKG_VERSION"), "statement": self.statement, "rows": self.rows,
            "powers": self.powers.to_json(), "circuit_hash": digits(&self.transcript.circuit_digest()),
            "contributions": contributions(self.transcript.contributions()), "secrets": self.transcript.secrets(),
            "transcript": hex::encode(&self.transcript.digest()), "key_id": self.key_id, "insecure": self.is_insecure,
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
        })
    }
}
