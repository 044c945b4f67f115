//! What does not change: the page that shows the status, and the document of the interface.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::problem::{Problem, ProblemKind};

const PAGE: &str = include_str!("../../assets/dashboard.html");
const STYLE: &str = include_str!("../../assets/dashboard.css");
const SCRIPT: &str = include_str!("../../assets/dashboard.js");
const INTERFACE: &str = include_str!("../../assets/openapi.json");

/// The file of a path.
pub(super) fn page(path: &str) -> Response {
    let (kind, text) = match path {
        "/" => ("text/html; charset=utf-8", PAGE),
        "/dashboard.css" => ("text/css; charset=utf-8", STYLE),
        "/dashboard.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "/openapi.json" => ("application/json", INTERFACE),
        _ => {
            return Problem::new(ProblemKind::NotFound, "expected a path of /openapi.json, got another")
                .into_response();
        }
    };
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
