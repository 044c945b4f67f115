//! Which paths there are: the router, the names in metrics and the document of the interface are held to this table.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use super::problem::{Problem, ProblemKind};
use super::{Inner, ingest, operate, pages, views};

/// A path of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
}

const fn route(method: &'static str, path: &'static str) -> Route {
    Route { method, path }
}

/// Every path, in the order of docs/node.md.
pub const ROUTES: [Route; 14] = [
    route("post", "/v1/readings"),
    route("post", "/v1/frames"),
    route("get", "/v1/status"),
    route("get", "/v1/proofs/{policy}/{epoch}"),
    route("post", "/v1/drain"),
    route("post", "/v1/resume"),
    route("get", "/v1/left"),
    route("get", "/healthz"),
    route("get", "/readyz"),
    route("get", "/metrics"),
    route("get", "/openapi.json"),
    route("get", "/"),
    route("get", "/dashboard.css"),
    route("get", "/dashboard.js"),
];

/// What a metric calls a path that is none of them.
pub(crate) const OTHER: &str = "other";

/// The route of a path, as metrics name it: there are no more names than routes.
pub(super) fn label(path: &str) -> &'static str {
    let parameters = path.strip_prefix("/v1/proofs/").is_some_and(|rest| rest.split('/').count() == 2);
    let wanted = if parameters { "/v1/proofs/{policy}/{epoch}" } else { path };
    ROUTES.iter().find(|route| route.path == wanted).map_or(OTHER, |route| route.path)
}

/// What answers each path.
pub(super) fn router(inner: &Arc<Inner>) -> Router {
    let handler = |path: &'static str| -> MethodRouter<Arc<Inner>> {
        match path {
            "/v1/readings" => post(ingest::readings),
            "/v1/frames" => post(ingest::frames),
            "/v1/status" => get(views::status),
            "/v1/proofs/{policy}/{epoch}" => get(views::proofs),
            "/v1/drain" => post(operate::drain),
            "/v1/resume" => post(operate::resume),
            "/v1/left" => get(operate::left),
            "/healthz" => get(views::health),
            "/readyz" => get(views::ready),
            "/metrics" => get(views::metrics),
            other => get(move || async move { pages::page(other) }),
        }
    };
    ROUTES
        .iter()
        .fold(Router::new(), |router, route| router.route(route.path, handler(route.path)))
        .fallback(|| async {
            Problem::new(ProblemKind::NotFound, "expected a path of /openapi.json, got another")
        })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                ProblemKind::Method,
                "expected the method that /openapi.json has for this path, got another",
            )
        })
        .with_state(inner.clone())
}
