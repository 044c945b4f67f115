//! `POST /v1/readings` and `/v1/frames`: an answer for each item, once what is accepted is stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Json, Response};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::body::{self, Held};
use super::bucket::Client;
use super::content::{Form, Parsed};
use super::peer::Peer;
use super::problem::{Problem, ProblemKind};
use super::{Inner, Level};
use crate::intake::{Answer, Intake, IntakeError, ItemKind};
use crate::trace::{INGEST, Span};

/// What was done with a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// How many items were stored.
    pub accepted: usize,
    /// How many were stored before.
    pub duplicates: usize,
    /// How many were not stored.
    pub refused: usize,
    /// The answer to each item, in their order.
    pub answers: Vec<Answer>,
}

impl Receipt {
    fn of(answers: Vec<Answer>) -> Receipt {
        let mut receipt = Receipt { accepted: 0, duplicates: 0, refused: 0, answers: Vec::new() };
        for answer in &answers {
            *match answer {
                Answer::Accepted => &mut receipt.accepted,
                Answer::Duplicate => &mut receipt.duplicates,
                Answer::Refused { .. } => &mut receipt.refused,
            } += 1;
        }
        Receipt { answers, ..receipt }
    }
}

pub(super) async fn readings(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let span = begun(&inner, "/v1/readings");
    ended(&span, ingest(inner, (ItemKind::Reading, &span), peer, &headers, body).await)
}

pub(super) async fn frames(
    State(inner): State<Arc<Inner>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let span = begun(&inner, "/v1/frames");
    ended(&span, ingest(inner, (ItemKind::Frame, &span), peer, &headers, body).await)
}

fn begun(inner: &Inner, route: &str) -> Span {
    let span = inner.settings.trace.span(&INGEST);
    span.text("route", route);
    span
}

fn ended(span: &Span, answer: Result<Json<Receipt>, Problem>) -> Response {
    let response = answer.into_response();
    span.number("status", response.status().as_u16().into());
    response
}

async fn ingest(
    inner: Arc<Inner>,
    (kind, span): (ItemKind, &Span),
    peer: Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<Json<Receipt>, Problem> {
    let limits = inner.settings.limits.clone();
    let client = inner.admit(peer, headers)?;
    if inner.is_draining() || inner.operate.is_quiesced() {
        return Err(IntakeError::Draining.into());
    }
    let form = Form::of(headers)?;
    let held = body::read(headers, body, (&inner.budget, client), limits.body_bytes, limits.body).await?;
    inner.metrics.body(held.bytes.len());
    // Whoever goes away meanwhile leaves the permit with the work, which goes on.
    let share = inner.queued.one(client).ok_or_else(|| {
        Problem::later(
            "the node stores as many bodies of yours as it may; nothing of this one was, send it again",
            Duration::from_secs(1),
        )
    })?;
    let permit = inner.queue.clone().try_acquire_owned().map_err(|_| {
        Problem::later(
            "the node stores as many bodies as it may; nothing of this one was, send it again",
            Duration::from_secs(1),
        )
    })?;
    let (door, span) = (inner.clone(), span.clone());
    let taken = spawn_blocking(move || {
        let _within = span.enter();
        let _permit = (permit, share);
        // Its part of the budget is held until the answers are there.
        let Held { bytes, units: _units, share: _share } = held;
        let items =
            form.items(kind, bytes, (limits.body_bytes, limits.items), |count| door.pay(client, count))?;
        span.number("items", items.len() as u64);
        take(door.intake.as_ref(), items)
    });
    let answers = taken.await.unwrap_or(Err(Taken::Panic));
    match answers {
        Ok(answers) => {
            let receipt = Receipt::of(answers);
            inner.metrics.accepted(receipt.accepted);
            Ok(Json(receipt))
        }
        Err(Taken::Problem(problem)) => Err(problem),
        Err(Taken::Refused(error)) => {
            if let IntakeError::Store(reason) = &error {
                inner.log.line(Level::Error, "store", &[("reason", reason.as_str().into())]);
            }
            Err(error.into())
        }
        Err(Taken::Panic) => {
            inner.log.line(
                Level::Error,
                "intake",
                &[("reason", "it ended without an answer to each item".into())],
            );
            let detail =
                "the node failed; what of the batch is stored is not known, and it may be sent again";
            Err(Problem::new(ProblemKind::Store, detail))
        }
    }
}

impl Inner {
    /// Counts the items of a client, before any of them is looked at.
    fn pay(&self, client: Client, items: usize) -> Result<(), Problem> {
        self.items.take(client, items, Instant::now()).map_err(|after| {
            self.metrics.limited();
            Problem::later(
                "more items came than the limit of a client; nothing of this body was stored, wait and send it again",
                after,
            )
        })
    }
}

/// Why a body has no answers.
enum Taken {
    Problem(Problem),
    Refused(IntakeError),
    /// A panic, or not as many answers as items.
    Panic,
}

impl From<Problem> for Taken {
    fn from(problem: Problem) -> Taken {
        Taken::Problem(problem)
    }
}

/// Hands the items on, and puts the answers where those that are none left a place. What the door refused itself is counted with the rest.
fn take(intake: &dyn Intake, items: Vec<Parsed>) -> Result<Vec<Answer>, Taken> {
    let (mut good, mut refused) = (Vec::new(), BTreeMap::<String, u64>::new());
    let mut answers: Vec<Option<Answer>> = Vec::with_capacity(items.len());
    for item in items {
        answers.push(match item {
            Ok(item) => {
                good.push(item);
                None
            }
            Err(refusal) => {
                *refused.entry(refusal.rule.clone()).or_default() += 1;
                Some(Answer::Refused { rule: refusal.rule, reason: refusal.reason })
            }
        });
    }
    let wanted = good.len();
    let taken = if good.is_empty() { Vec::new() } else { intake.take(good).map_err(Taken::Refused)? };
    if taken.len() != wanted {
        return Err(Taken::Panic);
    }
    refused.iter().for_each(|(rule, count)| intake.refused(rule, *count));
    let mut taken = taken.into_iter();
    answers.into_iter().map(|answer| answer.or_else(|| taken.next()).ok_or(Taken::Panic)).collect()
}
