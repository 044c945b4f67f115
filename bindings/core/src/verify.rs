//! A proof against a key.

use std::path::Path;

use serde_json::{Map, Value, json};
use zksensor_io::files::{ProofFile, Reason};
use zksensor_model::claim::ClaimFamily;
use zksensor_model::known::{AnyClaim, ClaimVisitor, KnownStatement};
use zksensor_model::layout::{self, PublicInputs};
use zksensor_verifier::{Proof, Verifier, VerifyError, VerifyingKey};

use crate::error::{BindingError, unquoted};

/// Verifies a proof file under a verifying key, and says what it shows: `family`, `statement`, `key_id`, `insecure`, `fields`.
///
/// # Errors
/// [`BindingError`] unless the proof holds.
pub fn verify(key: &[u8], file: &[u8]) -> Result<Value, BindingError> {
    let key = verifying_key(key)?;
    let file = proof_file(file)?;
    file.verify(key)?;
    Ok(shown(&file))
}

/// Verifies a bare proof, `0x` and hexadecimal digits, for public inputs by name in JSON, of the statement that the key names.
///
/// # Errors
/// [`BindingError`] unless the proof holds.
pub fn verify_inputs(key: &[u8], proof: &str, inputs: &str) -> Result<Value, BindingError> {
    struct Verify<'a>(VerifyingKey, Proof, &'a str);
    impl ClaimVisitor for Verify<'_> {
        type Output = Result<Value, BindingError>;
        fn visit<C: ClaimFamily + Copy>(self, claim: &C) -> Self::Output {
            let Verify(key, proof, text) = self;
            let id = key.key_id();
            let wrong = |error| BindingError::json("public inputs by name", &error);
            let mut document = serde_json::Deserializer::from_str(text);
            let inputs: C::Inputs = layout::deserialize(&mut document).map_err(wrong)?;
            document.end().map_err(wrong)?;
            let words = inputs.to_words().map_err(VerifyError::from)?;
            let verifier = Verifier::new(claim, key)?;
            verifier.verify_words(&proof, &words)?;
            let file = ProofFile::new(AnyClaim::of(claim), id, proof, words).map_err(VerifyError::from)?;
            Ok(shown(&file))
        }
    }
    let key = verifying_key(key)?;
    let statement = KnownStatement::of(key.statement())?;
    statement.visit(Verify(key, Proof::from_hex(proof)?, inputs))
}

/// What a proof file says.
pub(crate) fn shown(file: &ProofFile) -> Value {
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "family": file.statement().id().name, "statement": file.statement().id(), "key_id": file.key_id(),
        "insecure": file.is_insecure(), "fields": fields,
    })
}

/// The proof file in these bytes.
pub(crate) fn proof_file(bytes: &[u8]) -> Result<ProofFile, BindingError> {
    ProofFile::from_json(Path::new("proof"), bytes).map_err(|error| match error.reason {
        Reason::Json { line, column, reason, .. } => {
            BindingError::Json { wanted: "a proof file", line, column, reason: unquoted(&reason) }
        }
        _ => error.into(),
    })
}

/// The key of these bytes, or of their hexadecimal text.
pub(crate) fn verifying_key(bytes: &[u8]) -> Result<VerifyingKey, BindingError> {
    let hex = std::str::from_utf8(bytes).ok().map(str::trim).filter(|text| text.starts_with("0x"));
    Ok(match hex {
        Some(text) => VerifyingKey::from_hex(text)?,
        None => VerifyingKey::from_bytes(bytes)?,
    })
}
