//! Certificates and keys in PEM (RFC 7468).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, InconsistentKeys, RootCertStore};
use zeroize::Zeroizing;

use super::TlsError;

/// The most bytes of a file.
const MOST: u64 = 1 << 20;

/// The certificates of a file: one at least.
pub(super) fn certificates(key: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    let shown = path.display().to_string();
    read.map_err(|source| TlsError::File { key, path: shown, what: "certificates", source })?;
    certificates_of(key, &bytes)
}

/// The same of a text.
pub(super) fn certificates_of(
    key: &'static str,
    bytes: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |got: &str| TlsError::Content { key, wanted: "certificates in PEM", got: got.to_owned() };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    let found = found.map_err(|_| wrong("something else"))?;
    if found.is_empty() { Err(wrong("none")) } else { Ok(found) }
}

/// A private key, which is erased with this.
pub(super) fn private_key(
    key: &'static str,
    text: &str,
) -> Result<Zeroizing<PrivateKeyDer<'static>>, TlsError> {
    PrivateKeyDer::from_pem_slice(text.as_bytes()).map(Zeroizing::new).map_err(|_| TlsError::Content {
        key,
        wanted: "a private key in PEM",
        got: "something else".to_owned(),
    })
}

/// A certificate, with those between it and its authority, and its key.
pub(super) fn certified(
    key: &'static str,
    chain: Vec<CertificateDer<'static>>,
    private: &PrivateKeyDer<'static>,
) -> Result<SingleCertAndKey, TlsError> {
    let signing = any_supported_type(private);
    let certified = signing.map(|signing| CertifiedKey::new(chain, signing)).and_then(|certified| {
        match certified.keys_match() {
            // A key whose public part is not told is tried in the first handshake.
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
            Err(error) => Err(error),
        }
    });
    certified.map(SingleCertAndKey::from).map_err(|error| TlsError::Content {
        key,
        wanted: "a certificate and its key",
        got: error.to_string(),
    })
}

/// Authorities.
pub(super) fn authorities(
    key: &'static str,
    certificates: Vec<CertificateDer<'static>>,
) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates {
        store.add(certificate).map_err(|error| TlsError::Content {
            key,
            wanted: "certificates of authorities",
            got: error.to_string(),
        })?;
    }
    Ok(store)
}
