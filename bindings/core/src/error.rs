//! Why a call from another language fails.

use zksensor_io::files::{FileError, ProofKeyError};
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
    /// Bytes of no kind that can be inspected.
    #[error("expected the bytes of a proof file or a verifying key, got {got} bytes that begin like neither")]
    Unknown {
        /// Bytes that came.
        got: usize,
    },
}

impl BindingError {
    /// What serde says of a document that is no secret.
    pub fn json(wanted: &'static str, error: &serde_json::Error) -> BindingError {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason).to_owned();
        BindingError::Json { wanted, line: error.line(), column: error.column(), reason }
    }
}
