//! From a [`Report`] to text.

use askama::Template;
use serde_json::json;
use zksensor_model::field;

use super::super::base64;
use super::super::view::{STYLE, STYLE_HASH, plain};
use super::Report;
use super::alter::Alter;
use super::chart::Chart;
use super::facts::{self, Fact, Headline};
use super::proven::System;

/// What a report adds to the style sheet of pages.
pub(super) const MORE_STYLE: &str = include_str!("../../../templates/report/style.css");
/// As Content-Security-Policy wants it; a test says what it has to be.
pub(super) const MORE_STYLE_HASH: &str = "sha256-fYr2GsKgyrVOg3k0/3aS5XorD4TyWDLVDI5/xfovYZw=";
/// What the button and the slider do.
pub(super) const SCRIPT: &str = include_str!("../../../templates/report/verify.js");
/// As Content-Security-Policy wants it; a test says what it has to be.
pub(super) const SCRIPT_HASH: &str = "sha256-fr25e57XvDK76lO0V1KXlC10rbH7uvqEfzNfZhWxFoE=";
/// wasm/page, as `xtask` builds it.
const VERIFIER: &[u8] = include_bytes!("../../../assets/verifier.wasm");

#[derive(Template)]
#[template(path = "report/report.html")]
struct Document {
    title: String,
    sentence: String,
    styles: [&'static str; 2],
    hashes: [&'static str; 2],
    script: &'static str,
    script_hash: &'static str,
    version: &'static str,
    headline: Headline,
    figures: Vec<Fact>,
    terms: Vec<Fact>,
    trust: Vec<Fact>,
    inputs: Vec<Fact>,
    fence_name: String,
    charts: Vec<(&'static str, Chart)>,
    width: f64,
    statement: String,
    key_id: String,
    insecure: bool,
    check: Option<Check>,
    alter: Option<Alter>,
    proof: String,
    key: String,
    file: String,
    /// Why nothing can be verified on the page, if nothing can.
    no_button: &'static str,
}

/// What the script verifies.
struct Check {
    data: String,
    verifier: String,
    verifier_bytes: usize,
}

pub(super) fn render(report: &Report) -> String {
    let proven = &report.proven;
    let alter = Alter::of(report);
    let headline = facts::headline(report);
    let charts = report
        .fence
        .as_ref()
        .map(|(fence, _)| vec![("The fence", Chart::near(fence)), ("Where it is", Chart::far(fence))]);
    let document = Document {
        title: format!("{} {}", headline.number, headline.unit).trim_end().to_owned(),
        sentence: report.sentence(),
        styles: [STYLE, MORE_STYLE],
        hashes: [STYLE_HASH, MORE_STYLE_HASH],
        script: SCRIPT,
        script_hash: SCRIPT_HASH,
        version: env!("CARGO_PKG_VERSION"),
        headline,
        figures: facts::figures(report),
        terms: facts::terms(report),
        trust: facts::trust(report),
        inputs: inputs(report),
        fence_name: report.fence.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(),
        charts: charts.unwrap_or_default(),
        width: Chart::width(),
        statement: proven.statement.id().to_string(),
        key_id: proven.key_id.clone(),
        insecure: proven.insecure,
        check: check(report, alter.as_ref()),
        alter,
        proof: proven.hex.clone(),
        key: report.key.as_ref().map(|key| key.to_hex()).unwrap_or_default(),
        file: proven.json.clone(),
        no_button: no_button(report),
    };
    document.render().expect("writing to a string cannot fail")
}

/// Every public field, with what the statement says of it.
fn inputs(report: &Report) -> Vec<Fact> {
    let layout = report.proven.statement.layout();
    let abouts = layout.abouts().iter().copied().chain(std::iter::repeat(""));
    let fields = report.proven.fields.iter().cloned().zip(abouts);
    fields
        .map(|((name, value), about)| Fact {
            name: name.replace('_', " "),
            value: plain(&value),
            about: about.trim(),
        })
        .collect()
}

fn check(report: &Report, alter: Option<&Alter>) -> Option<Check> {
    let (Some(key), System::Groth16(proof)) = (&report.key, &report.proven.system) else { return None };
    let words: Vec<String> = report.proven.words.iter().map(field::to_hex).collect();
    let altered = alter.map(|alter| {
        let values: Vec<_> = alter.values.iter().map(|value| json!([value.word, value.text])).collect();
        json!({ "name": alter.name, "word": alter.word, "middle": alter.middle, "values": values })
    });
    let data = json!({
        "key": base64::encode(&key.to_bytes()), "proof": base64::encode(proof), "words": words, "alter": altered,
    });
    Some(Check { data: data.to_string(), verifier: base64::encode(VERIFIER), verifier_bytes: VERIFIER.len() })
}

/// Why the page has no button, if it has none.
fn no_button(report: &Report) -> &'static str {
    match report.proven.system {
        System::Groth16(_) => "No verifying key was given for this page, and nothing was verified:",
        System::Other { verified: true } => {
            "The verifier that pages hold is of Groth16, and this proof is of another system: nothing can be verified here. Whoever made the page \
             says that it holds, which is their word and no proof:"
        }
        System::Other { verified: false } => {
            "The verifier that pages hold is of Groth16, and this proof is of another system: nothing can be verified here, and no verifying key \
             was given, so that nothing was verified:"
        }
    }
}
