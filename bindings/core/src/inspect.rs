//! What bytes are, and what they hold.

use serde_json::{Value, json};
use zksensor_io::files::Kind;

use crate::error::{BindingError, refuse_secret};
use crate::verify::{proof_file, shown, verifying_key};

/// Says what a proof file or a verifying key holds. Nothing is verified: whoever wrote a file wrote what it says.
///
/// # Errors
/// [`BindingError`] for other bytes, and for those of such a file that are not of its form.
pub fn inspect(bytes: &[u8]) -> Result<Value, BindingError> {
    refuse_secret(bytes, "a proof file or a verifying key")?;
    match Kind::of(bytes) {
        Some(Kind::Proof) => {
            let mut facts = json!({ "kind": "proof" });
            let file = proof_file(bytes)?;
            merge(&mut facts, shown(&file));
            facts["proof"] = json!(file.proof());
            Ok(facts)
        }
        kind if kind == Some(Kind::VerifyingKey) || bytes.trim_ascii_start().starts_with(b"0x") => {
            let key = verifying_key(bytes)?;
            Ok(json!({
                "kind": "verifying key", "family": key.statement().name, "statement": key.statement(),
                "key_id": key.key_id(), "insecure": key.is_insecure(), "public_inputs": key.public_inputs(),
            }))
        }
        _ => Err(BindingError::Unknown { got: bytes.len() }),
    }
}

fn merge(facts: &mut Value, others: Value) {
    if let (Value::Object(facts), Value::Object(others)) = (facts, others) {
        facts.extend(others);
    }
}
