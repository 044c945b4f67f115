//! Verifies a proof, and does nothing else: what a client links that trusts nobody.
//!
//! ```text
//! cargo run --release --example verify_only [-- VERIFYING_KEY PROOF] [--json]
//! ```
//!
//! The files are those that `zksensor setup` and `zksensor prove` write, or the example `fleet` with `--out-dir`. Without
//! them the example takes a key and a proof of its own, made by `cargo run --release -p xtask -- update`. A client of this
//! kind gets the verifying key (or its id) and the policy id from where it trusts, never from whoever sends the proof.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Map, Value, json};
use zksensor::circuits::statement::Statement;
use zksensor::files::{self, ProofFile};
use zksensor::known::KnownStatement;
use zksensor::verifier::{Verifier, VerifyingKey};

const USAGE: &str = "usage: cargo run --release --example verify_only [-- VERIFYING_KEY PROOF] [--json]";
/// A key and a proof of the repository.
const OWN: [&str; 2] = ["verifying.key", "proof.json"];

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let json = words.iter().position(|word| word == "--json").map(|index| words.remove(index)).is_some();
    let [key, proof] = match words.as_slice() {
        [] => {
            OWN.map(|name| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/verify_only").join(name))
        }
        [key, proof] if !key.starts_with('-') && !proof.starts_with('-') => [key.into(), proof.into()],
        _ => {
            let _ = writeln!(std::io::stderr(), "{USAGE}");
            return ExitCode::from(2);
        }
    };
    match verify(&key, &proof) {
        Ok(result) => {
            let people = format!("the proof holds: {}", result["fields"]);
            // A reader that is gone cannot be told so.
            let _ = writeln!(std::io::stdout(), "{}", if json { result.to_string() } else { people });
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn verify(key: &Path, proof: &Path) -> Result<Value, Failure> {
    let (key, file) = (files::load_verifying_key(key)?, ProofFile::load(proof)?);
    let (key_id, insecure) = (key.key_id().to_string(), key.is_insecure());
    match file.statement() {
        KnownStatement::Aggregate(statement) => holds(statement, key, &file)?,
        KnownStatement::Reading(statement) => holds(statement, key, &file)?,
    }
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let statement = file.statement().id().to_string();
    Ok(json!({
        "verified": true, "statement": statement, "key_id": key_id, "insecure": insecure, "fields": fields,
    }))
}

/// Returns only if the proof holds under the key, for exactly the public inputs that are in the file.
fn holds<S: Statement>(statement: &S, key: VerifyingKey, file: &ProofFile) -> Result<(), Failure> {
    Verifier::new(statement, key)?.verify_words(file.proof(), file.words())?;
    Ok(())
}
