//! One request and its answer, over a connection of their own.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Request as HttpRequest, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};

use super::ClientError;

/// The most bytes of an answer: the proofs of an epoch of 2^21 devices in chunks of 64 have less.
const MOST_BYTES: usize = 256 << 20;
/// The most characters of what a node says of a problem.
const SHOWN: usize = 500;

/// What is asked.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Bytes,
}

impl Request {
    pub(super) fn get(path: String) -> Request {
        Request { method: Method::GET, path, body: Bytes::new() }
    }
}

/// What is answered.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Answered {
    /// Whether the same later may go on.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.status.as_u16(), 408 | 429 | 500 | 502..=504)
    }

    /// The answer as an error.
    pub(super) fn refusal(&self) -> ClientError {
        let problem = serde_json::from_slice::<Problem>(&self.body);
        let detail = problem.map_or_else(|_| "no reason".to_owned(), |problem| problem.detail);
        let detail = detail.escape_debug().take(SHOWN).collect();
        ClientError::Refused { status: self.status.as_u16(), detail }
    }
}

/// Whom a request is to.
#[derive(Clone, Copy)]
pub(super) struct To<'t> {
    pub(super) host: &'t str,
    pub(super) port: u16,
    pub(super) token: Option<&'t HeaderValue>,
}

/// Asks on a connection, and waits for all of the answer.
pub(super) async fn exchange(
    To { host, port, token }: To<'_>,
    stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &Request,
) -> Result<Answered, ClientError> {
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|_| ClientError::Connection)?;
    let named = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let mut asked = HttpRequest::builder()
        .method(&request.method)
        .uri(&request.path)
        .header(header::HOST, named)
        .header(header::CONNECTION, "close")
        .header(header::CONTENT_TYPE, "application/octet-stream");
    if let Some(token) = token {
        asked = asked.header(header::AUTHORIZATION, token);
    }
    let asked = asked.body(Full::new(request.body.clone())).map_err(|_| ClientError::Url)?;
    let answer = async {
        let response = sender.send_request(asked).await.map_err(|_| ClientError::Connection)?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await.map_err(|error| match error
            .downcast_ref::<LengthLimitError>()
        {
            Some(_) => ClientError::TooLarge { limit: MOST_BYTES },
            None => ClientError::Connection,
        })?;
        let seconds =
            head.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let retry_after = seconds.map(Duration::from_secs);
        Ok(Answered { status: head.status, retry_after, body: body.to_bytes().into() })
    };
    // The connection is driven here: it ends with the answer, or with whoever no longer waits for it.
    let mut answer = std::pin::pin!(answer);
    tokio::select! {
        biased;
        answered = &mut answer => answered,
        _ = connection => answer.await,
    }
}
