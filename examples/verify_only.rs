//! Verifies a proof, and does nothing else: what a client links that trusts nobody.
//!
//! ```text
//! cargo run --release --example verify_only [-- VERIFYING_KEY PROOF] [--json]
//! ```
//!
//! The files are those that `zksensor setup` and `zksensor prove` write, or the example `fleet` with `--out-dir`. Without
//! them the example takes a key and a proof of its own, made by `cargo run --release -p xtask -- update`. A client of this
//! kind gets the verifying key (or its id) and the policy id from where it trusts, never from whoever sends the proof.

#[path = "shared/command.rs"]
mod command;

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use zksensor::files::{self, ProofFile};
use zksensor::model::claim::ClaimFamily;
use zksensor::model::known::{ClaimVisitor, KnownStatement};
use zksensor::verifier::{Verifier, VerifyError, VerifyingKey};

use command::{Failure, Report};

/// A key and a proof of the repository.
const OWN: [&str; 2] = ["verifying.key", "proof.json"];

fn main() -> ExitCode {
    let usage = "cargo run --release --example verify_only [-- VERIFYING_KEY PROOF] [--json]";
    command::run(usage, 0..=2, |paths| match paths {
        [] => {
            let own =
                OWN.map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/verify_only").join(name));
            verify(&own[0], &own[1])
        }
        [key, proof] => verify(key, proof),
        _ => Err("expected a verifying key and a proof, or neither".into()),
    })
}

fn verify(key: &Path, proof: &Path) -> Result<Report, Failure> {
    let (key, file) = (files::load_verifying_key(key)?, ProofFile::load(proof)?);
    let (key_id, insecure) = (key.key_id().to_string(), key.is_insecure());
    KnownStatement::of(file.statement().id())?.visit(Holds { key, file: &file })?;
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let statement = file.statement().id().to_string();
    let json = json!({
        "verified": true, "statement": statement, "key_id": key_id, "insecure": insecure, "fields": fields,
    });
    Ok(Report { people: format!("the proof holds: {}", json["fields"]), json })
}

/// Passes only if the proof holds under the key, for exactly the public inputs that are in the file.
struct Holds<'f> {
    key: VerifyingKey,
    file: &'f ProofFile,
}

impl ClaimVisitor for Holds<'_> {
    type Output = Result<(), VerifyError>;

    fn visit<C: ClaimFamily + Copy>(self, claim: &C) -> Result<(), VerifyError> {
        Verifier::new(claim, self.key)?.verify_words(self.file.proof(), self.file.words()).map(|_| ())
    }
}
