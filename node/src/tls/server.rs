//! What the interface shows, read again when its files have changed.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::{Shown, TlsError, pem};
use crate::config::{KeySource, TlsSettings};
use crate::log::Level;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Certificate, key and authorities. `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    settings: TlsSettings,
    state: Mutex<State>,
}

struct State {
    config: Arc<ServerConfig>,
    stamps: Stamps,
    looked: Instant,
}

/// When each of the files was changed, and how long it is.
type Stamps = [Option<(SystemTime, u64)>; 3];

fn stamps(settings: &TlsSettings) -> Stamps {
    let of = |path: &Path| path.metadata().ok().and_then(|found| Some((found.modified().ok()?, found.len())));
    let key = match &settings.key {
        KeySource::File(path) => of(path),
        KeySource::Environment(_) => None,
    };
    [of(&settings.certificate), key, settings.clients.as_deref().and_then(of)]
}

/// What the files have; each that is wrong is told.
fn read(settings: &TlsSettings) -> Result<Arc<ServerConfig>, Vec<TlsError>> {
    let chain = pem::certificates("tls.certificate", &settings.certificate);
    let key = settings.key.text().map_err(TlsError::from).and_then(|text| pem::private_key("tls.key", &text));
    let clients = settings
        .clients
        .as_deref()
        .map(|path| pem::authorities("tls.clients", pem::certificates("tls.clients", path)?));
    match (chain, key, clients.transpose()) {
        (Ok(chain), Ok(key), Ok(clients)) => config(chain, key, clients).map_err(|error| vec![error]),
        (chain, key, clients) => Err([chain.err(), key.err(), clients.err()].into_iter().flatten().collect()),
    }
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    clients: Option<RootCertStore>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let wrong = |key, wanted| {
        move |error: &dyn fmt::Display| TlsError::Content { key, wanted, got: error.to_string() }
    };
    let builder = builder.map_err(|error| wrong("tls", "versions of TLS that this build has")(&error))?;
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(roots) => {
            // Whoever only looks shows none; one that is shown has to be good.
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            let verifier = verifier.allow_unauthenticated().build();
            let wrong = wrong("tls.clients", "certificates of authorities");
            builder.with_client_cert_verifier(verifier.map_err(|error| wrong(&error))?)
        }
    };
    let config = builder.with_single_cert(chain, key);
    let mut config = config.map_err(|error| wrong("tls.certificate", "a certificate and its key")(&error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A session that goes on would keep a sender's certificate for good that has expired since: each connection shows its own.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(Arc::new(config))
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`], one for each file that is wrong.
    pub fn open(settings: &TlsSettings) -> Result<Tls, Vec<TlsError>> {
        let stamps = stamps(settings);
        let state = State { config: read(settings)?, stamps, looked: Instant::now() };
        Ok(Tls(Arc::new(Inner { settings: settings.clone(), state: Mutex::new(state) })))
    }

    /// Whether senders have to show certificates.
    pub(crate) fn asks(&self) -> bool {
        self.0.settings.clients.is_some()
    }

    /// What takes connections now. Files that have changed are read again; if they are wrong `tell` hears of it once, and those before are kept.
    pub(crate) fn acceptor(&self, tell: impl FnOnce(Level, &str)) -> TlsAcceptor {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= LOOK {
            state.looked = Instant::now();
            let stamps = stamps(&self.0.settings);
            if stamps != state.stamps {
                state.stamps = stamps;
                match read(&self.0.settings) {
                    Ok(config) => {
                        state.config = config;
                        tell(Level::Info, "the certificate was read again");
                    }
                    Err(wrong) => {
                        let wrong: Vec<String> = wrong.iter().map(TlsError::without_path).collect();
                        let what = "the certificate has changed and is wrong, the one before is shown";
                        tell(Level::Error, &format!("{what}: {}", wrong.join("; ")));
                    }
                }
            }
        }
        TlsAcceptor::from(state.config.clone())
    }
}

impl TlsError {
    /// As it is logged: without a path of this machine.
    fn without_path(&self) -> String {
        match self {
            TlsError::File { what, source, .. } => format!("expected to read {what}, but: {source}"),
            TlsError::Secret(_) => "expected the private key in a file that only its owner reads".to_owned(),
            other => other.to_string(),
        }
    }
}

/// Who showed a certificate in a handshake, if anybody did: it was found good.
pub(crate) fn shown<S: AsyncRead + AsyncWrite>(stream: &TlsStream<S>) -> Option<Shown> {
    let (_, session) = stream.get_ref();
    session.peer_certificates()?.first().map(|certificate| Shown(Sha256::digest(certificate).into()))
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("asks", &self.asks()).finish_non_exhaustive()
    }
}
