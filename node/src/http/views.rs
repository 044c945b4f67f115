//! What is shown: health, the status, metrics and proofs. Each look at the store has a thread and a time, so that a store that hangs holds
//! up nobody but who asks it; and of looks at the whole there is one at a time, whose result is for all, so that nobody who asks much keeps
//! others from knowing whether the node is ready.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Extension, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Inner;
use super::bucket::Client;
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
    /// The files of its proofs, by chunk: 64 at most.
    pub proofs: Vec<Box<RawValue>>,
    /// The chunk from which to ask for more, with `?from=`; none if these are the last that there are now.
    #[serde(default)]
    pub next: Option<u32>,
}

/// Proofs of an answer.
pub(super) const PROOFS: usize = 64;

/// What may stand behind the path of proofs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct More {
    #[serde(default)]
    from: u32,
}

/// The last view, for those who ask at the same time, and who may look for the next one.
pub(super) struct Cache {
    last: Mutex<Option<(Instant, Arc<View>)>>,
    turn: Arc<Semaphore>,
}

impl Default for Cache {
    fn default() -> Cache {
        Cache { last: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Cache {
    /// The last view, if it is no older than this.
    fn last(&self, age: Duration) -> Option<Arc<View>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < age).map(|(_, view)| view.clone())
    }

    /// Lets whoever asks next look anew.
    pub(super) fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// How long a view is shown to others.
const FRESH: Duration = Duration::from_millis(500);
/// How long a look at the store may take, and so how old the view is that others see meanwhile.
const LOOK: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 5 });

impl Inner {
    /// Runs what may block, in a thread and in time.
    pub(super) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        client: Client,
        look: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.looking.one(client).zip(self.looks.clone().try_acquire_owned().ok());
        let place = place.ok_or_else(|| {
            Problem::later("as many requests look at the store as may; ask again", Duration::from_secs(1))
        })?;
        let inner = self.clone();
        let looked = spawn_blocking(move || {
            let _place = place;
            look(&inner)
        });
        timeout(LOOK, looked).await.map_err(|_| late())?.map_err(|_| late())
    }

    /// A view: the last one if it is fresh, else that of who looks now. It is never refused for how many ask.
    async fn view(self: &Arc<Self>) -> Result<Arc<View>, Problem> {
        if let Some(view) = self.views.last(FRESH) {
            return Ok(view);
        }
        let turn = match self.views.turn.clone().try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                if let Some(view) = self.views.last(LOOK) {
                    return Ok(view);
                }
                let turn = timeout(LOOK, self.views.turn.clone().acquire_owned()).await;
                turn.map_err(|_| late())?.map_err(|_| late())?
            }
        };
        // Whoever waited for the turn finds what was seen in it.
        if let Some(view) = self.views.last(FRESH) {
            return Ok(view);
        }
        let inner = self.clone();
        let looked = spawn_blocking(move || {
            let _turn = turn;
            inner.see()
        });
        timeout(LOOK, looked).await.map_err(|_| late())?.map_err(|_| late())
    }

    fn see(&self) -> Arc<View> {
        let mut view = self.show.view();
        if self.is_draining() {
            view.ready = false;
            view.waiting_for.push("the node is about to end".to_owned());
        }
        let view = Arc::new(view);
        let last = (Instant::now(), view.clone());
        *self.views.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        view
    }
}

fn late() -> Problem {
    Problem::new(ProblemKind::NotReady, "the store did not answer in time; ask again")
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
        log_lost: inner.log.lost(),
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
    more: Result<Query<More>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let client = inner.admit_reader(peer, &headers)?;
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
    let Ok(Query(More { from })) = more else {
        return Err(none(
            "expected nothing behind the path or ?from= and the number of a chunk, got something else",
        ));
    };
    let name = policy.clone();
    let found = inner.look(client, move |inner| inner.show.proofs_from(&name, epoch, from, PROOFS)).await?;
    let wrong = |reason: &str| {
        inner.log.line(Level::Error, "proofs", &[("reason", reason.into())]);
        Problem::new(ProblemKind::Store, "the proofs could not be read; the node's log says why")
    };
    let found = found.map_err(|reason| wrong(&reason))?;
    let next = found.get(PROOFS - 1).and_then(|(chunk, _)| chunk.checked_add(1));
    let texts: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
    if texts.is_empty() && from == 0 {
        return Err(none(
            "expected an epoch with a proof, got one that has none or not yet; /v1/status says how far it is",
        ));
    }
    let parsed: Result<Vec<Box<RawValue>>, _> = texts.into_iter().map(RawValue::from_string).collect();
    let proofs = parsed.map_err(|_| wrong("a proof in the store is no JSON"))?;
    // Chunks may still be added, so that nothing is kept on the way.
    Ok((StatusCode::OK, Json(EpochProofs { policy, epoch, proofs, next })).into_response())
}
