//! `verify --snarkjs`: files of snarkjs, of any circuit.

use std::path::Path;
use std::time::Instant;

use serde_json::json;
use zksensor::files::{self, Kind};
use zksensor::snarkjs::{self, SnarkjsError};

use super::VerifyCommandError;
use crate::backend::{BackendError, BackendName};
use crate::output::Output;

/// Verifies a proof of a circuit that nothing is known of.
///
/// # Errors
/// [`VerifyCommandError`] unless the files are sound and the proof holds.
pub(super) fn run(
    key: &Path,
    proof: &Path,
    public: &Path,
    output: &Output,
) -> Result<(), VerifyCommandError> {
    let verifier = load(key, snarkjs::key_from_json)?;
    let proof = load(proof, snarkjs::proof_from_json)?;
    let words = load(public, snarkjs::public_from_json)?;
    let start = Instant::now();
    verifier.verify(&proof, &words).map_err(BackendError::from)?;
    let verify_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let signals: Vec<String> = words.iter().map(ToString::to_string).collect();
    output.line("the proof holds: somebody satisfied the circuit of this key with these public signals");
    for (index, signal) in signals.iter().enumerate() {
        output.line(format_args!("  {index:<16} {signal}"));
    }
    let unbound = verifier.unbound().map(|unbound| unbound.to_string());
    if let Some(unbound) = &unbound {
        output.warn(unbound);
    }
    output.warn("no statement gives the public signals a meaning: know the circuit, and who made its key");
    output.result(&json!({
        "verified": true, "backend": BackendName::Groth16.to_string(), "format": "snarkjs", "statement": null, "public": signals, "unbound": unbound, "verify_us": verify_us,
    }));
    Ok(())
}

fn load<T>(path: &Path, read: fn(&[u8]) -> Result<T, SnarkjsError>) -> Result<T, VerifyCommandError> {
    let bytes = files::read(path, Kind::Snarkjs)?;
    read(&bytes).map_err(|reason| VerifyCommandError::Snarkjs { path: path.to_owned(), reason })
}
