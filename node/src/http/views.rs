//! What is shown: health, the status, metrics and proofs. Each look at the store has a thread and a time, so that a store that hangs holds
//! up nobody but who asks it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Inner;
use super::peer::Peer;
use super::problem::{Problem, ProblemKind};
use crate::log::Level;
use crate::metrics::{self, Gauges};
use crate::view::View;

/// What `/v1/status` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The node.
    #[serde(flatten)]
    pub view: View,
    /// Readings and frames accepted in each minute since the process began, the present one last, 60 at most.
    pub accepted_by_minute: Vec<u64>,
}

/// What `/v1/proofs/{policy}/{epoch}` says.
#[derive(Debug, Serialize, Deserialize)]
pub struct EpochProofs {
    /// The policy's name.
    pub policy: String,
    /// The epoch.
    pub epoch: u32,
    /// The files of its proofs, by chunk.
    pub proofs: Vec<Box<RawValue>>,
}

/// The last view, for those who ask at the same time.
#[derive(Default)]
pub(super) struct Cache(Mutex<Option<(Instant, Arc<View>)>>);

/// How long a view is shown to others.
const FRESH: Duration = Duration::from_millis(500);
/// How long a look at the store may take.
const LOOK: Duration = if cfg!(test) { Duration::from_millis(500) } else { Duration::from_secs(5) };

impl Inner {
    /// Runs what may block, in a thread and in time.
    async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.looks.clone().try_acquire_owned().map_err(|_| {
            Problem::later("as many requests look at the store as may; ask again", Duration::from_secs(1))
        })?;
        let inner = self.clone();
        let looked = spawn_blocking(move || {
            let _permit = permit;
            look(&inner)
        });
        let late = || Problem::new(ProblemKind::NotReady, "the store did not answer in time; ask again");
        timeout(LOOK, looked).await.map_err(|_| late())?.map_err(|_| late())
    }

    async fn view(self: &Arc<Self>) -> Result<Arc<View>, Problem> {
        let last = self.views.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, view)) = last
            && at.elapsed() < FRESH
        {
            return Ok(view);
        }
        self.look(|inner| {
            let mut view = inner.show.view();
            if inner.is_draining() {
                view.ready = false;
                view.waiting_for.push("the node is about to end".to_owned());
            }
            let view = Arc::new(view);
            *inner.views.0.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((Instant::now(), view.clone()));
            view
        })
        .await
    }
}

/// Alive: it answers. The store is not asked.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// Whether readings are taken now.
pub(super) async fn ready(State(inner): State<Arc<Inner>>) -> Response {
    if inner.is_draining() {
        return Problem::new(ProblemKind::NotReady, "waiting for: the node is about to end").into_response();
    }
    match inner.view().await {
        Ok(view) if view.ready => "ready\n".into_response(),
        Ok(view) => {
            let detail = format!("waiting for: {}", view.waiting_for.join(", "));
            Problem::new(ProblemKind::NotReady, detail).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

pub(super) async fn status(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Json<Status>, Problem> {
    inner.admit_reader(peer, &headers)?;
    let view = inner.view().await?;
    Ok(Json(Status { view: view.as_ref().clone(), accepted_by_minute: inner.metrics.accepted_by_minute() }))
}

/// Metrics in Prometheus' text format. What the process counts itself is there even if the store does not answer.
pub(super) async fn metrics(State(inner): State<Arc<Inner>>) -> Response {
    let gauges = Gauges {
        taking: (inner.settings.limits.queue - inner.queue.available_permits()) as u64,
        buffered_bytes: inner.budget.used(),
    };
    let view = inner.view().await.ok();
    let text = metrics::text(view.as_deref(), &inner.metrics, &gauges);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

pub(super) async fn proofs(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    inner.admit_reader(peer, &headers)?;
    let none = |detail: &str| Problem::new(ProblemKind::NotFound, detail);
    let Ok(Path((policy, epoch))) = path else {
        return Err(none("expected the name of a policy and the number of an epoch, got something else"));
    };
    // Names that are not those of the configuration never come near the store.
    if !inner.settings.policies.contains(&policy) {
        return Err(none(
            "expected the name of a policy of this node, got another; /v1/status has those that there are",
        ));
    }
    let is_number = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
    let Some(epoch) = epoch.parse::<u32>().ok().filter(|_| is_number) else {
        return Err(none(
            "expected the number of an epoch, of decimal digits, below 2^32, got something else",
        ));
    };
    let name = policy.clone();
    let found = inner.look(move |inner| inner.show.proofs(&name, epoch)).await?;
    let wrong = |reason: &str| {
        inner.log.line(Level::Error, "proofs", &[("reason", reason.into())]);
        Problem::new(ProblemKind::Store, "the proofs could not be read; the node's log says why")
    };
    let texts = found.map_err(|reason| wrong(&reason))?;
    if texts.is_empty() {
        return Err(none(
            "expected an epoch with a proof, got one that has none or not yet; /v1/status says how far it is",
        ));
    }
    let parsed: Result<Vec<Box<RawValue>>, _> = texts.into_iter().map(RawValue::from_string).collect();
    let proofs = parsed.map_err(|_| wrong("a proof in the store is no JSON"))?;
    // Chunks may still be added, so that nothing is kept on the way.
    Ok((StatusCode::OK, Json(EpochProofs { policy, epoch, proofs })).into_response())
}
