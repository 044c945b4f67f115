//! `/v1/drain`, `/v1/resume` and `/v1/left`: for whoever operates the node, who has a token that follows from the store's key.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Json;

use super::bucket::Client;
use super::peer::{self, Peer};
use super::problem::{Problem, ProblemKind};
use super::{Inner, Level};
use crate::operator::Left;

/// Lets the node take no readings any more.
pub(super) async fn drain(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<Left>, Problem> {
    let client = inner.admit_operator(peer, &headers)?;
    inner.operate.quiesce();
    inner.turned("an operator drains the node: it takes no readings");
    inner.left(client).await
}

/// Lets it take readings again.
pub(super) async fn resume(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<Left>, Problem> {
    let client = inner.admit_operator(peer, &headers)?;
    inner.operate.resume();
    inner.turned("an operator lets the node take readings again");
    inner.left(client).await
}

/// What is left to do, and changes nothing.
pub(super) async fn left(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<Left>, Problem> {
    let client = inner.admit_operator(peer, &headers)?;
    inner.left(client).await
}

impl Inner {
    fn admit_operator(&self, peer: Peer, headers: &HeaderMap) -> Result<Client, Problem> {
        let trusted = &self.settings.trusted_proxies;
        let admitted =
            peer::admit_operator(peer, headers, trusted, self.settings.operator.as_ref(), &self.buckets);
        admitted.inspect_err(|_| self.metrics.limited())
    }

    /// Whether it is ready is another matter from now on.
    fn turned(&self, what: &str) {
        self.views.forget();
        self.log.line(Level::Info, "operator", &[("what", what.into())]);
    }

    async fn left(self: &Arc<Self>, client: Client) -> Result<Json<Left>, Problem> {
        let left = self.look(client, |inner| inner.operate.left()).await?;
        let left = left.map_err(|reason| {
            self.log.line(Level::Error, "operator", &[("reason", reason.as_str().into())]);
            let detail = "what is left could not be read; the node's log says why";
            Problem::new(ProblemKind::Store, detail)
        })?;
        // The process itself may be about to end.
        Ok(Json(Left { takes: left.takes && !self.is_draining(), ..left }))
    }
}
