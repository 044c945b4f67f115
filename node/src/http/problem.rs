//! Why a request as a whole was refused: RFC 9457, `application/problem+json`.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::intake::IntakeError;

/// Where each kind of problem is explained.
const TYPES: &str = "https://github.com/zksensor/zksensor/blob/main/docs/node.md#";

/// A request that is refused as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Which it is.
    pub(super) kind: ProblemKind,
    /// What was wanted, what came, and what to do.
    detail: String,
    retry_after: Option<Duration>,
}

/// The kinds that there are: word, title and status of each are in one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProblemKind {
    Malformed,
    Unauthorized,
    NotFound,
    Method,
    TooSlow,
    TooLarge,
    MediaType,
    TooMany,
    Store,
    Draining,
    NotReady,
}

/// Kind, word, status and title.
pub(super) const PROBLEMS: [(ProblemKind, &str, StatusCode, &str); 11] = [
    (ProblemKind::Malformed, "malformed", StatusCode::BAD_REQUEST, "The request is not of its form"),
    (ProblemKind::Unauthorized, "unauthorized", StatusCode::UNAUTHORIZED, "A token is needed"),
    (ProblemKind::NotFound, "not-found", StatusCode::NOT_FOUND, "There is no such thing"),
    (ProblemKind::Method, "method", StatusCode::METHOD_NOT_ALLOWED, "The path has another method"),
    (ProblemKind::TooSlow, "too-slow", StatusCode::REQUEST_TIMEOUT, "The body took too long"),
    (ProblemKind::TooLarge, "too-large", StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"),
    (ProblemKind::MediaType, "media-type", StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is of another type"),
    (ProblemKind::TooMany, "too-many", StatusCode::TOO_MANY_REQUESTS, "Too much at once"),
    (ProblemKind::Store, "store", StatusCode::INTERNAL_SERVER_ERROR, "The store did not take it"),
    (ProblemKind::Draining, "draining", StatusCode::SERVICE_UNAVAILABLE, "The node takes nothing more"),
    (ProblemKind::NotReady, "not-ready", StatusCode::SERVICE_UNAVAILABLE, "The node is not ready"),
];

impl Problem {
    pub(super) fn new(kind: ProblemKind, detail: impl Into<String>) -> Problem {
        Problem { kind, detail: detail.into(), retry_after: None }
    }

    /// Too much at once, and when to come again.
    pub(super) fn later(detail: impl Into<String>, retry_after: Duration) -> Problem {
        Problem { retry_after: Some(retry_after), ..Problem::new(ProblemKind::TooMany, detail) }
    }

    fn row(&self) -> &'static (ProblemKind, &'static str, StatusCode, &'static str) {
        PROBLEMS.iter().find(|(kind, ..)| *kind == self.kind).unwrap_or(&PROBLEMS[0])
    }
}

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Problem {
        match &error {
            IntakeError::Full { retry_after } => Problem::later(error.to_string(), *retry_after),
            IntakeError::Draining => Problem::new(ProblemKind::Draining, error.to_string()),
            // What the disk said is for the log: it has paths.
            IntakeError::Store(_) => Problem::new(
                ProblemKind::Store,
                "the readings could not be stored; nothing of the batch was, and it may be sent again",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (kind, word, status, title) = *self.row();
        let body = json!({
            "type": format!("{TYPES}{word}"),
            "title": title,
            "status": status.as_u16(),
            "detail": self.detail,
        });
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = self.retry_after {
            // Whole seconds, and never at once.
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if kind == ProblemKind::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(kind, ProblemKind::Draining | ProblemKind::TooSlow) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}
