//! The form of the files. Texts are borrowed from the file and lists are bounded, so that reading takes little memory.

use serde::Deserialize;
use serde::ser::Serialize;
use serde_json::ser::PrettyFormatter;

use super::{MAX_PUBLIC, SnarkjsError};
use crate::at_most::AtMost;
use crate::files::text;

type G1<'a> = [&'a str; 3];
type G2<'a> = [[&'a str; 2]; 3];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key<'a> {
    pub(super) protocol: Option<&'a str>,
    pub(super) curve: Option<&'a str>,
    #[serde(rename = "nPublic")]
    pub(super) n_public: u64,
    /// Of a setup, which some write beside the key: it has no part in verifying.
    #[serde(rename = "power")]
    pub(super) _power: Option<u64>,
    #[serde(borrow)]
    pub(super) vk_alpha_1: G1<'a>,
    #[serde(borrow)]
    pub(super) vk_beta_2: G2<'a>,
    #[serde(borrow)]
    pub(super) vk_gamma_2: G2<'a>,
    #[serde(borrow)]
    pub(super) vk_delta_2: G2<'a>,
    #[serde(borrow)]
    pub(super) vk_alphabeta_12: Option<[[[&'a str; 2]; 3]; 2]>,
    #[serde(borrow, rename = "IC")]
    pub(super) ic: AtMost<G1<'a>, { MAX_PUBLIC + 1 }>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof<'a> {
    #[serde(borrow)]
    pub(super) pi_a: G1<'a>,
    #[serde(borrow)]
    pub(super) pi_b: G2<'a>,
    #[serde(borrow)]
    pub(super) pi_c: G1<'a>,
    pub(super) protocol: Option<&'a str>,
    pub(super) curve: Option<&'a str>,
}

pub(super) type Public<'a> = AtMost<&'a str, MAX_PUBLIC>;

/// The one document in a file, a list.
pub(super) fn parse<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, SnarkjsError> {
    read(json, serde_json::from_slice)
}

/// The one document in a file, with named members.
pub(super) fn parse_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, SnarkjsError> {
    read(json, text::object)
}

fn read<'a, T>(
    json: &'a [u8],
    document: impl Fn(&'a [u8]) -> Result<T, serde_json::Error>,
) -> Result<T, SnarkjsError> {
    if text::is_utf16(json) {
        return Err(SnarkjsError::Encoding);
    }
    document(text::without_mark(json)).map_err(|error| {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
        // A part that came may be quoted in it, and be long.
        let reason = reason.chars().take(200).collect();
        SnarkjsError::Json { line: error.line(), column: error.column(), reason }
    })
}

/// JSON as `JSON.stringify(value, null, 1)` writes it.
pub(super) fn write(value: &impl Serialize) -> String {
    let mut json = Vec::new();
    let mut serializer =
        serde_json::Serializer::with_formatter(&mut json, PrettyFormatter::with_indent(b" "));
    value.serialize(&mut serializer).expect("the parts are JSON");
    String::from_utf8(json).expect("JSON is UTF-8")
}
