//! Whoever asks a node that speaks TLS: a gateway that sends, and a command on the node's own machine.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};

use super::{TlsError, pem};
use crate::config::TlsSettings;

/// The key of no configuration: what is wrong is an argument.
const ARGUMENT: &str = "argument";

/// Whose certificates a client believes, and the one that it shows. No authority is built in. `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Authorities(Arc<ClientConfig>);

impl Authorities {
    /// Those in PEM.
    ///
    /// # Errors
    /// [`TlsError`] if there are none.
    pub fn trusting(authorities: &[u8]) -> Result<Authorities, TlsError> {
        let roots = pem::authorities(ARGUMENT, pem::certificates_of(ARGUMENT, authorities)?)?;
        let config = builder()?.with_root_certificates(roots).with_no_client_auth();
        Ok(Authorities(Arc::new(config)))
    }

    /// The same, and a certificate to show, in PEM with those between it and its authority, with its private key.
    ///
    /// # Errors
    /// [`TlsError`] if they are not of each other.
    pub fn trusting_and_showing(
        authorities: &[u8],
        certificate: &[u8],
        key: &str,
    ) -> Result<Authorities, TlsError> {
        let roots = pem::authorities(ARGUMENT, pem::certificates_of(ARGUMENT, authorities)?)?;
        let (chain, key) = (pem::certificates_of(ARGUMENT, certificate)?, pem::private_key(ARGUMENT, key)?);
        let shown = Arc::new(pem::certified(ARGUMENT, chain, &key)?);
        let config = builder()?.with_root_certificates(roots).with_client_cert_resolver(shown);
        Ok(Authorities(Arc::new(config)))
    }

    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        self.0.clone()
    }
}

impl std::fmt::Debug for Authorities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorities(..)")
    }
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, TlsError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    builder.with_safe_default_protocol_versions().map_err(|error| TlsError::Content {
        key: ARGUMENT,
        wanted: "versions of TLS that this build has",
        got: error.to_string(),
    })
}

/// A connection to the node of a configuration.
pub trait Dialled: Read + Write + Send {}

impl<S: Read + Write + Send> Dialled for S {}

/// Speaks TLS with the node that shows the certificate of these settings, whatever name is in it, and with nobody else.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidData`] for settings that are wrong.
pub fn dial(settings: &TlsSettings, stream: TcpStream) -> io::Result<Box<dyn Dialled>> {
    let wrong = |error: &dyn std::fmt::Display| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let chain = pem::certificates("tls.certificate", &settings.certificate).map_err(|error| wrong(&error))?;
    let own = chain.into_iter().next().ok_or_else(|| wrong(&"expected a certificate, got none"))?;
    let verifier = Arc::new(Own { own, provider: Arc::new(ring::default_provider()) });
    let builder = builder().map_err(|error| wrong(&error))?;
    let config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    let name = ServerName::IpAddress(stream.peer_addr()?.ip().into());
    let session = ClientConnection::new(Arc::new(config), name).map_err(|error| wrong(&error))?;
    Ok(Box::new(StreamOwned::new(session, stream)))
}

/// Believes one certificate, which is known byte by byte; that the other end has its key is proven as always.
#[derive(Debug)]
struct Own {
    own: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match *shown == self.own {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(rustls::Error::General(
                "expected the certificate of the configuration, got another".to_owned(),
            )),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
