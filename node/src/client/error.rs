//! Why a node has no good answer.

use thiserror::Error;

/// Why a node has no good answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Not the URL of a node.
    #[error(
        "expected the URL of a node, http://HOST:PORT (https:// over TLS) without a path, got something else"
    )]
    Url,
    /// Not a token.
    #[error("expected a token of visible characters, got something else")]
    Token,
    /// Not the name of a policy.
    #[error("expected the name of a policy, of a to z, 0 to 9, - and _, got something else")]
    Policy,
    /// Nobody there, or the connection broke.
    #[error(
        "expected an answer of the node, but the connection was refused or broke; check that it runs and where it listens"
    )]
    Connection,
    /// No TLS with the node: it shows a certificate of no authority that is believed, or for another host, it takes none of the client's, or it speaks
    /// none.
    #[error(
        "expected TLS with the node, but there was no handshake: check the authorities, the host's name in its certificate, and the certificate that is shown to it"
    )]
    Handshake,
    /// No answer in time.
    #[error("expected an answer of the node within {seconds} s, got none")]
    Silent {
        /// How long it was waited for.
        seconds: u64,
    },
    /// An answer that is too long.
    #[error("expected an answer of at most {limit} bytes, got more")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A good answer of another form: of another version, or no node.
    #[error("expected an answer of the form that this version knows, got another; is it a node of zksensor?")]
    Form,
    /// The request was refused as a whole.
    #[error("the node answers {status}: {detail}")]
    Refused {
        /// The status.
        status: u16,
        /// What it says of it, escaped and cut to 500 characters.
        detail: String,
    },
}

impl ClientError {
    /// Whether the same later may go on.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, ClientError::Connection | ClientError::Silent { .. })
    }
}
