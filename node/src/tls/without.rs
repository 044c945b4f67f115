//! A build that has no TLS.

use super::TlsError;
use crate::config::TlsSettings;

/// What there is none of.
#[derive(Clone, Debug)]
pub enum Tls {}

impl Tls {
    /// Nothing.
    ///
    /// # Errors
    /// [`TlsError::Without`], always.
    pub fn open(_: &TlsSettings) -> Result<Tls, Vec<TlsError>> {
        Err(vec![TlsError::Without])
    }

    /// Whether senders have to show certificates.
    pub(crate) fn asks(&self) -> bool {
        match *self {}
    }
}
