//! A question by HTTP, whose answer has a limit in bytes and in time, and attempts that have a limit, too.

use std::fmt;
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use zeroize::Zeroizing;

use crate::error::{ChainError, HttpFault};

/// The most bytes of an answer. The events of a post with 3,900 leaves have 250 kB.
const MOST_BYTES: usize = 16 << 20;
/// Pauses before the second and every further attempt.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(250), Duration::from_millis(1000), Duration::from_millis(2500)];

/// Somebody who is asked by HTTP.
#[derive(Clone)]
pub(crate) struct Endpoint {
    client: Client,
    url: Zeroizing<String>,
    host: String,
    patience: Duration,
}

/// Without the path of the URL: providers of nodes put a secret there.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}

impl Endpoint {
    /// Who is behind a URL. An answer may take as long as `patience`.
    pub(crate) fn new(what: &'static str, url: &str, patience: Duration) -> Result<Self, ChainError> {
        let parsed = Url::parse(url).map_err(|_| ChainError::Url { what })?;
        let name = parsed.host_str().ok_or(ChainError::Url { what })?;
        if !["http", "https"].contains(&parsed.scheme()) {
            return Err(ChainError::Url { what });
        }
        let host = match parsed.port() {
            Some(port) => format!("{name}:{port}"),
            None => name.to_owned(),
        };
        // A second time it is there, and stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(patience)
            .connect_timeout(patience)
            .user_agent(concat!("zksensor/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| ChainError::Url { what })?;
        Ok(Endpoint { client, url: Zeroizing::new(url.to_owned()), host, patience })
    }

    /// Name and port, for errors.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// What is answered to `body`. What can be mended by asking again is asked again; `method` is for errors.
    pub(crate) async fn ask(&self, method: &'static str, body: &[u8]) -> Result<Vec<u8>, ChainError> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let fault = match self.once(body).await {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            let pause = PAUSES.get(attempts as usize - 1).filter(|_| is_passing(&fault));
            let Some(pause) = pause else {
                return Err(ChainError::Http { host: self.host.clone(), method, attempts, fault });
            };
            tokio::time::sleep(*pause).await;
        }
    }

    async fn once(&self, body: &[u8]) -> Result<Vec<u8>, HttpFault> {
        let fault = |error: reqwest::Error| match error.is_timeout() {
            true => HttpFault::Silent(self.patience.as_secs()),
            false => HttpFault::Connection,
        };
        let request = self.client.post(self.url.as_str()).header("content-type", "application/json");
        let mut response = request.body(body.to_vec()).send().await.map_err(fault)?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(fault)? {
            if answer.len() + chunk.len() > MOST_BYTES {
                return Err(HttpFault::TooLarge(MOST_BYTES));
            }
            answer.extend_from_slice(&chunk);
        }
        // Some nodes say with 400 or 500 what JSON-RPC says in its error.
        let is_json = answer.first() == Some(&b'{');
        let is_answer = status.is_success() || (is_json && matches!(status.as_u16(), 400 | 500));
        if is_answer { Ok(answer) } else { Err(HttpFault::Status(status.as_u16())) }
    }
}

fn is_passing(fault: &HttpFault) -> bool {
    matches!(fault, HttpFault::Connection | HttpFault::Silent(_) | HttpFault::Status(429 | 500 | 502..=504))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_url_is_not_shown() {
        let patience = Duration::from_secs(1);
        let endpoint =
            Endpoint::new("node", "https://node.example:8443/v2/secret?key=secret", patience).unwrap();
        assert_eq!(format!("{endpoint:?}"), "node.example:8443");
        for wrong in ["", "node.example", "ftp://node.example", "file:///etc/passwd", "http://"] {
            let error = Endpoint::new("node", wrong, patience).unwrap_err();
            assert!(matches!(error, ChainError::Url { .. }), "{wrong}");
        }
    }
}
