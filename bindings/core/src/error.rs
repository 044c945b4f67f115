//! Why a call from another language fails.

use zksensor_io::files::{FileError, Kind, ProofKeyError};
use zksensor_model::known::UnknownStatement;
use zksensor_model::reading::ReadingError;
use zksensor_verifier::{KeyError, ProofError, VerifyError};

/// Why a call failed. What people read is its `Display`, in the words of the library; no secret is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindingError {
    /// A document that is not of its form.
    #[error(transparent)]
    File(#[from] FileError),
    /// Bytes or text that are no verifying key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A statement that is none of this release.
    #[error(transparent)]
    Statement(#[from] UnknownStatement),
    /// Text that is no proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A proof of another key.
    #[error(transparent)]
    ProofKey(#[from] ProofKeyError),
    /// A proof that does not hold.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A reading that is none, or must not be signed.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// JSON that is not of its form.
    #[error("expected {wanted} in JSON, but line {line}, column {column}: {reason}")]
    Json {
        /// What was wanted.
        wanted: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A row of a file that is not of its format, or a file that is none.
    #[error(transparent)]
    Import(Box<zksensor_io::import::ImportError>),
    /// An option that means nothing.
    #[error("`{option}`: {reason}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A file without a reading.
    #[error("expected at least one reading, {wanted}, got none; {left_out} rows were left out")]
    Nothing {
        /// What a reading is in the format.
        wanted: &'static str,
        /// Rows that were not of the format.
        left_out: usize,
    },
    /// A system that refuses to read a file.
    #[error("expected to read {path}, but: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Neither 32 bytes nor a device file.
    #[error("expected a device key as its 32 secret bytes or as the bytes of a device file, got {got} bytes")]
    DeviceKey {
        /// Bytes that came.
        got: usize,
    },
    /// Secrets where none belong. Nothing of them is read.
    #[error("expected {wanted}, got {got}: it is secret; was it passed in the wrong place?")]
    Secret {
        /// What was wanted.
        wanted: &'static str,
        /// What came.
        got: Kind,
    },
    /// An integer that may be another than was meant.
    #[error(
        "expected `{member}` as decimal text, got a number from 2^53 on, which JavaScript and floating point round; write it as text"
    )]
    Rounded {
        /// The member of the reading.
        member: String,
    },
    /// Bytes of no kind that can be inspected.
    #[error("expected the bytes of a proof file or a verifying key, got {got} bytes that begin like neither")]
    Unknown {
        /// Bytes that came.
        got: usize,
    },
}

impl BindingError {
    /// What serde says of a document, without the values in it.
    pub fn json(wanted: &'static str, error: &serde_json::Error) -> BindingError {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
        BindingError::Json { wanted, line: error.line(), column: error.column(), reason: unquoted(reason) }
    }
}

/// The most characters of a reason.
const SHOWN: usize = 200;
/// The most characters of a word of a reason: more than any of ours has, and fewer than a secret has after it was cut.
const WORD: usize = 24;

/// What is wrong with a document, without the values in it and in at most 200 characters: they may be secrets in the wrong place.
pub fn unquoted(reason: &str) -> String {
    let of_value = reason.strip_prefix("invalid ").or_else(|| reason.strip_prefix("unknown variant "));
    if let Some((_, wanted)) = of_value.and_then(|reason| reason.rsplit_once(", expected ")) {
        return shown(&format!("expected {wanted}, got something else"));
    }
    shown(reason)
}

/// The first characters of a text, and `..` in the place of a long word.
fn shown(text: &str) -> String {
    let mut short = String::new();
    for part in text.split_inclusive(|character: char| !character.is_ascii_alphanumeric()) {
        match part.len() > WORD {
            true => short.push_str(".."),
            false => short.push_str(part),
        }
        if short.len() > SHOWN {
            break;
        }
    }
    short.chars().take(SHOWN).collect()
}

/// Refuses a file of secrets where something else is wanted, before anything of it is read.
///
/// # Errors
/// [`BindingError::Secret`].
pub fn refuse_secret(bytes: &[u8], wanted: &'static str) -> Result<(), BindingError> {
    match Kind::of(bytes).filter(|kind| kind.is_secret()) {
        Some(got) => Err(BindingError::Secret { wanted, got }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = "0x5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";

    #[test]
    fn no_value_is_in_a_reason() {
        let wrong = |text: &str| serde_json::from_str::<[u8; 1]>(text).unwrap_err();
        let reason =
            BindingError::json("one byte", &wrong(&format!("\n[\"{SEED}, expected x\"]"))).to_string();
        assert_eq!(
            reason,
            "expected one byte in JSON, but line 2, column 81: expected u8, got something else"
        );
        for reason in [
            format!("unknown field `{SEED}`, expected one of `a`, `b`"),
            format!("unknown variant `{SEED}`, expected `a` or `b`"),
            format!("invalid value: string \"{SEED}\", expected a key"),
            format!("expected a field element below the BN254 scalar modulus, got {SEED}; reduce it"),
            "x".repeat(1 << 20),
            "\u{e9} ".repeat(1 << 20),
        ] {
            let short = unquoted(&reason);
            assert!(!short.contains("5e5e") && (2..=SHOWN).contains(&short.chars().count()), "{short}");
        }
        assert_eq!(unquoted("missing field `payload_hash`"), "missing field `payload_hash`");
        assert_eq!(unquoted("unknown field `mean`, expected `sum`"), "unknown field `mean`, expected `sum`");
    }

    #[test]
    fn a_secret_is_refused_by_its_name() {
        for (text, kind) in [
            (format!("{{\"format\":\"zksensor-device-key/v1\",\"seed\":\"{SEED}\"}}"), "a device key"),
            (format!(" \n{{\"class\":1,\"seed\":\"{SEED}\"}}"), "a device key"),
            (format!("{{\"salt\":\"{SEED}\"}}"), "the opening of a commitment"),
        ] {
            let error = refuse_secret(text.as_bytes(), "a policy").unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("expected a policy, got {kind}")) && !error.contains("5e5e"),
                "{error}"
            );
        }
        for text in ["", "[network]", "{}", "{\"format\":\"zksensor-proof/v1\"}"] {
            assert!(refuse_secret(text.as_bytes(), "a policy").is_ok(), "{text}");
        }
    }
}
