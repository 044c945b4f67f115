//! The certificate that the node shows, and whose certificates it takes.

use std::path::PathBuf;

use super::KeySource;

/// What the interface speaks TLS with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Its certificate with those between it and its authority, in PEM.
    pub certificate: PathBuf,
    /// Where its private key is, in PEM.
    pub key: KeySource,
    /// The authorities, in PEM, of which whoever sends has to show a certificate.
    pub clients: Option<PathBuf>,
}
