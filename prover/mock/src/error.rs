//! What can go wrong with a mock, beside what is wrong with a claim.

use zksensor_circuits::statement::StatementId;
use zksensor_model::claim::StatementIdError;
use zksensor_model::layout::InputError;
use zksensor_prover::{Cancelled, Fault};

/// Why there is no mock of a claim that holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MockError {
    /// What goes wrong with every proof system.
    #[error(transparent)]
    Fault(#[from] Fault<VerifyError>),
    /// Somebody ended it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Why a mock is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The key is for another statement.
    #[error("expected a mock key of {statement}, got one of {key}")]
    KeyMismatch {
        /// Statement of the key.
        key: Box<StatementId>,
        /// Statement of the verifier.
        statement: Box<StatementId>,
    },
    /// The public inputs are none of the statement's.
    #[error(transparent)]
    Inputs(#[from] Box<zksensor_verifier::VerifyError>),
    /// The bytes are no mock.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// It is a mock of something else.
    #[error("the mock is not of these public inputs under this key; make it anew for them")]
    Rejected,
}

impl From<zksensor_verifier::VerifyError> for VerifyError {
    fn from(reason: zksensor_verifier::VerifyError) -> VerifyError {
        VerifyError::Inputs(reason.into())
    }
}

impl From<InputError> for VerifyError {
    fn from(reason: InputError) -> VerifyError {
        zksensor_verifier::VerifyError::from(reason).into()
    }
}

/// Why bytes are no mock of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Another length.
    #[error("expected a mock of {wanted} bytes, got {got}")]
    Length {
        /// Bytes of a mock.
        wanted: usize,
        /// Bytes that came.
        got: usize,
    },
    /// Something follows the digest: it may be a proof.
    #[error(
        "expected a mock, which is a digest and zeros, got other bytes from byte {at} on; is it a proof?"
    )]
    Tail {
        /// The first byte that is not 0.
        at: usize,
    },
    /// Text that is no bytes.
    #[error("expected 0x and hexadecimal digits in pairs, got {got} bytes of other text")]
    Hex {
        /// Bytes of the text.
        got: usize,
    },
}

/// Why bytes are no key of mocks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// They begin otherwise.
    #[error("expected the key of a mock, got bytes that do not begin like one")]
    Magic,
    /// An encoding that this release does not know.
    #[error(
        "expected version {wanted} of the encoding of mock keys, got {got}; use the release that wrote it"
    )]
    Version {
        /// The version of this release.
        wanted: u8,
        /// The version that came.
        got: u8,
    },
    /// Truncated, or followed by other bytes.
    #[error("expected a mock key of {wanted} bytes by its header, got {got}; it was cut or added to")]
    Length {
        /// Bytes that the header announces, or the least that there are of any.
        wanted: usize,
        /// Bytes that came.
        got: usize,
    },
    /// The id of the statement is none.
    #[error("statement of the mock key: {0}")]
    Statement(#[from] StatementIdError),
    /// The id of the statement is no text.
    #[error("expected the statement of the mock key in UTF-8, got other bytes")]
    Text,
}
