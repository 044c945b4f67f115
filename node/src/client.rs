//! A client of a node: what a gateway links to send what its devices signed.
//!
//! Each call is one request over a connection of its own, in bounded time and memory. What a node has no room for now is sent again after as
//! long as it asks for; so is what had no answer, as nothing is stored twice. It speaks plain HTTP, to a node on the same machine or network,
//! and with the feature `tls` TLS to any.
//!
//! ```no_run
//! use zksensor_node::client::Client;
//! # async fn send(reading: zksensor::model::reading::SignedReading) -> Result<(), zksensor_node::client::ClientError> {
//! let client = Client::new("http://127.0.0.1:8080", None)?;
//! let receipt = client.readings(&[reading]).await?;
//! assert_eq!(receipt.accepted + receipt.duplicates, 1, "{:?}", receipt.answers);
//! # Ok(())
//! # }
//! ```

mod error;
mod exchange;

use std::time::Duration;

use axum::http::uri::Scheme;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use zksensor::model::frame::SignedFrame;
use zksensor::model::reading::SignedReading;

use crate::http::{EpochProofs, Receipt, Status};
pub use error::ClientError;
use exchange::{Answered, Request};

/// A node that is asked by HTTP.
#[derive(Clone, Debug)]
pub struct Client {
    host: String,
    port: u16,
    /// Marked as sensitive: `Debug` does not show it.
    token: Option<HeaderValue>,
    patience: Duration,
    attempts: u32,
    /// Whose certificates are believed, for `https://`.
    #[cfg(feature = "tls")]
    authorities: Option<crate::tls::Authorities>,
}

/// The longest that it waits because a node asks it to.
const LONGEST: Duration = Duration::from_secs(60);
/// The first pause after no answer; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);

impl Client {
    /// A client of the node at `http://HOST:PORT`, with a bearer token if it wants one. An answer may take 30 seconds, and what can be mended by
    /// asking again is asked five times.
    ///
    /// # Errors
    /// [`ClientError::Url`] for anything else; [`ClientError::Token`] for a token that cannot stand in a header.
    pub fn new(url: &str, token: Option<&str>) -> Result<Client, ClientError> {
        Client::of(url, token, (&Scheme::HTTP, 80))
    }

    /// A client of the node at `https://HOST:PORT`, of which no authority but these is believed, and to which a certificate is shown if they have
    /// one. The host has to be a name or address of the node's certificate.
    ///
    /// # Errors
    /// As [`Client::new`].
    #[cfg(feature = "tls")]
    pub fn over_tls(
        url: &str,
        token: Option<&str>,
        authorities: crate::tls::Authorities,
    ) -> Result<Client, ClientError> {
        let client = Client::of(url, token, (&Scheme::HTTPS, 443))?;
        Ok(Client { authorities: Some(authorities), ..client })
    }

    fn of(url: &str, token: Option<&str>, (scheme, port): (&Scheme, u16)) -> Result<Client, ClientError> {
        let uri: Uri = url.parse().map_err(|_| ClientError::Url)?;
        let is_plain =
            uri.scheme() == Some(scheme) && matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().filter(|authority| is_plain && !authority.as_str().contains('@'));
        let authority = authority.ok_or(ClientError::Url)?;
        let token = token.map(|token| {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| ClientError::Token)?;
            value.set_sensitive(true);
            Ok(value)
        });
        Ok(Client {
            // An address of IPv6 has brackets in a URL, and none where it is connected to.
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(port),
            token: token.transpose()?,
            patience: Duration::from_secs(30),
            attempts: 5,
            #[cfg(feature = "tls")]
            authorities: None,
        })
    }

    /// The same, with an answer that may take as long as `patience`, and as many attempts, one at least.
    #[must_use]
    pub fn patient(self, patience: Duration, attempts: u32) -> Client {
        Client { patience, attempts: attempts.max(1), ..self }
    }

    /// Sends readings, at most as many as the node's `limits.items`: an answer for each, in their order.
    ///
    /// # Errors
    /// [`ClientError`]. After one that is of the connection they may be stored; they may always be sent again.
    pub async fn readings(&self, readings: &[SignedReading]) -> Result<Receipt, ClientError> {
        let body: Vec<u8> = readings.iter().flat_map(SignedReading::encode).collect();
        self.send("/v1/readings", body, readings.len()).await
    }

    /// Sends frames, as [`Client::readings`].
    ///
    /// # Errors
    /// As [`Client::readings`].
    pub async fn frames(&self, frames: &[SignedFrame]) -> Result<Receipt, ClientError> {
        let body: Vec<u8> = frames.iter().flat_map(SignedFrame::encode).collect();
        self.send("/v1/frames", body, frames.len()).await
    }

    /// Counts and states of the node.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status(&self) -> Result<Status, ClientError> {
        parsed(&self.ask(Request::get("/v1/status".to_owned())).await?)
    }

    /// Whether the node takes readings now. What it says is not asked for again.
    ///
    /// # Errors
    /// [`ClientError`] if it does not answer.
    pub async fn is_ready(&self) -> Result<bool, ClientError> {
        let answered = self.once(&Request::get("/readyz".to_owned())).await?;
        match answered.status {
            StatusCode::OK => Ok(true),
            StatusCode::SERVICE_UNAVAILABLE => Ok(false),
            _ => Err(answered.refusal()),
        }
    }

    /// The proofs of an epoch, if there are any yet.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::Policy`] for what is no name of a policy.
    pub async fn proofs(&self, policy: &str, epoch: u32) -> Result<Option<EpochProofs>, ClientError> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if policy.is_empty() || !policy.bytes().all(is_allowed) {
            return Err(ClientError::Policy);
        }
        let mut all: Option<EpochProofs> = None;
        let mut from = 0;
        loop {
            let page: EpochProofs =
                match self.ask(Request::get(format!("/v1/proofs/{policy}/{epoch}?from={from}"))).await {
                    Ok(body) => parsed(&body)?,
                    Err(ClientError::Refused { status: 404, .. }) => return Ok(all),
                    Err(error) => return Err(error),
                };
            let next = page.next.filter(|next| *next > from);
            match &mut all {
                Some(all) => all.proofs.extend(page.proofs),
                None => all = Some(EpochProofs { next: None, ..page }),
            }
            let Some(next) = next else { return Ok(all) };
            from = next;
        }
    }

    async fn send(&self, path: &str, body: Vec<u8>, items: usize) -> Result<Receipt, ClientError> {
        let request = Request { method: Method::POST, path: path.to_owned(), body: body.into() };
        let receipt: Receipt = parsed(&self.ask(request).await?)?;
        // Whoever relies on the places of answers has to have all of them.
        match receipt.answers.len() == items {
            true => Ok(receipt),
            false => Err(ClientError::Form),
        }
    }

    /// The body of a good answer, after as many attempts as it takes or there are.
    async fn ask(&self, request: Request) -> Result<Vec<u8>, ClientError> {
        let mut pause = PAUSE;
        for attempt in 1.. {
            let (error, wait) = match self.once(&request).await {
                Ok(answered) if answered.status == StatusCode::OK => return Ok(answered.body),
                Ok(answered) if answered.is_passing() => {
                    let wait = answered.retry_after.unwrap_or(pause).min(LONGEST);
                    (answered.refusal(), wait)
                }
                Ok(answered) => return Err(answered.refusal()),
                Err(error) if error.is_passing() => (error, pause),
                Err(error) => return Err(error),
            };
            if attempt >= self.attempts {
                return Err(error);
            }
            sleep(wait).await;
            pause = (2 * pause).min(LONGEST);
        }
        Err(ClientError::Connection)
    }

    async fn once(&self, request: &Request) -> Result<Answered, ClientError> {
        let silent = |_| ClientError::Silent { seconds: self.patience.as_secs() };
        timeout(self.patience, self.connected(request)).await.map_err(silent)?
    }

    /// Asks over a connection of its own.
    async fn connected(&self, request: &Request) -> Result<Answered, ClientError> {
        let stream = TcpStream::connect((self.host.as_str(), self.port));
        let stream = stream.await.map_err(|_| ClientError::Connection)?;
        let _ = stream.set_nodelay(true);
        let to = exchange::To { host: &self.host, port: self.port, token: self.token.as_ref() };
        #[cfg(feature = "tls")]
        if let Some(authorities) = &self.authorities {
            let name = rustls::pki_types::ServerName::try_from(self.host.clone());
            let name = name.map_err(|_| ClientError::Url)?;
            let connector = tokio_rustls::TlsConnector::from(authorities.config());
            let stream = connector.connect(name, stream).await.map_err(|_| ClientError::Handshake)?;
            return exchange::exchange(to, stream, request).await;
        }
        exchange::exchange(to, stream, request).await
    }
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(body).map_err(|_| ClientError::Form)
}

#[cfg(test)]
mod tests;
