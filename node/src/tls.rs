//! TLS: the certificate that the node shows, and those that senders show to it.
//!
//! Source: [RFC 8446](https://www.rfc-editor.org/rfc/rfc8446) and RFC 5246, as rustls has them, with the arithmetic of ring. A build without the
//! feature `tls` refuses a configuration that asks for it.

#[cfg(feature = "tls")]
mod client;
#[cfg(feature = "tls")]
mod pem;
#[cfg(feature = "tls")]
mod server;
#[cfg(not(feature = "tls"))]
mod without;

use thiserror::Error;

#[cfg(feature = "tls")]
pub use self::client::{Authorities, Dialled, dial};
#[cfg(feature = "tls")]
pub use self::server::Tls;
#[cfg(feature = "tls")]
pub(crate) use self::server::shown;
#[cfg(not(feature = "tls"))]
pub use self::without::Tls;
use crate::config::SecretError;

/// Who showed a certificate, by the SHA-256 of it. `Debug` shows nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shown(pub(crate) [u8; 32]);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(..)")
    }
}

/// Why there is no TLS.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The build has none.
    #[error("expected no section [tls], got one: this build speaks plain HTTP alone")]
    Without,
    /// A file.
    #[error("{path}: expected to read {what}, but: {source}")]
    File {
        /// The key of the configuration that names it.
        key: &'static str,
        /// The file.
        path: String,
        /// What was wanted.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file with something else in it.
    #[error("expected {wanted}, got {got}")]
    Content {
        /// The key of the configuration that names it.
        key: &'static str,
        /// What was wanted.
        wanted: &'static str,
        /// What is wrong, without a part of it.
        got: String,
    },
    /// The private key.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl TlsError {
    /// The key of the configuration that is wrong.
    pub fn key(&self) -> &'static str {
        match self {
            TlsError::Without => "tls",
            TlsError::File { key, .. } | TlsError::Content { key, .. } => key,
            TlsError::Secret(_) => "tls.key",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            TlsError::Without => {
                "build the command with `--features tls`, or take the section out and let a reverse proxy speak TLS"
            }
            TlsError::File { .. } => "check the path and its permissions",
            TlsError::Content { .. } => "name files in PEM, of one certificate and its own key",
            TlsError::Secret(_) => {
                "name the key of the certificate, in PEM, in a file that only its owner reads"
            }
        }
    }
}
