//! What the interface shows, read again when its files have changed.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::crypto::ring;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::spawn_blocking;
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
        (Ok(chain), Ok(key), Ok(clients)) => pem::certified("tls.certificate", chain, &key)
            .and_then(|shown| config(shown, clients))
            .map_err(|error| vec![error]),
        (chain, key, clients) => Err([chain.err(), key.err(), clients.err()].into_iter().flatten().collect()),
    }
}

fn config(shown: SingleCertAndKey, clients: Option<RootCertStore>) -> Result<Arc<ServerConfig>, TlsError> {
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
    let mut config = builder.with_cert_resolver(Arc::new(shown));
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

    /// What takes connections now. Files that have changed are read again, while other connections are shown what was there before; if they are
    /// wrong `tell` hears of it once, and those before are kept.
    pub(crate) async fn acceptor(&self, tell: impl FnOnce(Level, &str)) -> TlsAcceptor {
        if self.is_due() {
            let inner = self.0.clone();
            match spawn_blocking(move || inner.read_again()).await {
                Ok(None) => {}
                Ok(Some(Ok(()))) => tell(Level::Info, "the certificate was read again"),
                Ok(Some(Err(wrong))) => {
                    let wrong: Vec<String> = wrong.iter().map(TlsError::without_path).collect();
                    let what = "the certificate has changed and is wrong, the one before is shown";
                    tell(Level::Error, &format!("{what}: {}", wrong.join("; ")));
                }
                Err(_) => tell(Level::Error, "the certificate was not looked at: its thread ended"),
            }
        }
        TlsAcceptor::from(self.0.lock().config.clone())
    }

    /// Whether whoever asks this is to look at the files: nobody else is told so for a while.
    fn is_due(&self) -> bool {
        let mut state = self.0.lock();
        let is_due = state.looked.elapsed() >= LOOK;
        if is_due {
            state.looked = Instant::now();
        }
        is_due
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the files if they have changed. The disk may be slow: nothing is held meanwhile.
    fn read_again(&self) -> Option<Result<(), Vec<TlsError>>> {
        let stamps = stamps(&self.settings);
        if stamps == self.lock().stamps {
            return None;
        }
        let read = read(&self.settings);
        let mut state = self.lock();
        state.stamps = stamps;
        Some(read.map(|config| state.config = config))
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
