//! The page of a ceremony: who contributed, and every hash. One file, no script, nothing loaded from anywhere.

use askama::Template;
use zksensor::model::hex;
use zksensor_ceremony::Kind;

use super::CeremonyCommandError;
use super::record::{Record, digits, shown_name};

/// The style sheet; the template's policy admits it by its hash and nothing else.
const STYLE: &str = include_str!("../../templates/ceremony.css");
/// SHA-256 of [`STYLE`] in base64, as Content-Security-Policy wants it. A test says what it has to be.
const STYLE_HASH: &str = "sha256-cKSSvyJ3widCpdf6E4/HBVearOfvKOLdO8oh2+Q+GJ4=";

#[derive(Template)]
#[template(path = "ceremony.html")]
struct Document<'a> {
    style: &'static str,
    style_hash: &'static str,
    version: &'static str,
    record: &'a Record<'a>,
    power: u32,
    powers: &'a str,
    powers_digest: String,
    circuit_hash: String,
    transcript: String,
    secrets: usize,
    steps: Vec<Step>,
    files: Vec<File<'a>>,
}

struct Step {
    number: usize,
    name: String,
    what: String,
    hash: String,
}

struct File<'a> {
    what: &'static str,
    name: &'a str,
    digest: String,
}

/// The document.
///
/// # Errors
/// [`CeremonyCommandError::Page`].
pub(super) fn of(record: &Record<'_>) -> Result<String, CeremonyCommandError> {
    let contributions = record.transcript.contributions().iter().enumerate();
    let step = |(index, contribution): (usize, &zksensor_ceremony::Contribution)| Step {
        number: index + 1,
        name: shown_name(contribution.name()),
        what: match contribution.kind() {
            Kind::Secret => "a secret".to_owned(),
            Kind::Beacon(beacon) => {
                format!("a beacon: {} hashed 2^{} times", digits(&beacon.hash), beacon.iterations)
            }
        },
        hash: digits(&contribution.hash()),
    };
    let file = |file: &'_ super::record::FileFact| digits(&file.digest);
    let document = Document {
        style: STYLE,
        style_hash: STYLE_HASH,
        version: env!("CARGO_PKG_VERSION"),
        record,
        power: record.powers.power,
        powers: record.powers.vouched_for(),
        powers_digest: digits(&record.powers.digest),
        circuit_hash: digits(&record.transcript.circuit_digest()),
        transcript: hex::encode(&record.transcript.digest()),
        secrets: record.transcript.secrets(),
        steps: contributions.map(step).collect(),
        files: record
            .files
            .iter()
            .map(|fact| File { what: fact.what, name: &fact.name, digest: file(fact) })
            .collect(),
    };
    document.render().map_err(|error| CeremonyCommandError::Page { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_admits_the_style_sheet() {
        let wanted = crate::bench::page::tests::hash_of(STYLE);
        assert_eq!(STYLE_HASH, wanted, "the style sheet changed: its hash has to be this");
    }
}
