//! Bodies: bounded one by one, and all of them together, and in time.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::bucket::Client;
use super::problem::{Problem, ProblemKind};
use super::share::{Share, Shares};

/// Bytes of a unit of the budget: permits are counted in these.
const UNIT: usize = 1024;

/// The memory that all bodies have together, and the part of it that those of one client have.
#[derive(Clone)]
pub(super) struct Budget {
    units: Arc<Semaphore>,
    shares: Shares,
    all: usize,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Budget {
        let all = bytes.div_ceil(UNIT).min(Semaphore::MAX_PERMITS);
        Budget { units: Arc::new(Semaphore::new(all)), shares: Shares::of(all), all }
    }

    /// Bytes that are taken now.
    pub(super) fn used(&self) -> u64 {
        ((self.all - self.units.available_permits()) * UNIT) as u64
    }
}

/// A body that was read, and its part of the budget for as long as it is there.
pub(super) struct Held {
    pub(super) bytes: Vec<u8>,
    pub(super) units: Vec<OwnedSemaphorePermit>,
    pub(super) share: Share,
}

/// Reads a body. Its part of the budget grows with what has come, so that one who sends slowly holds little.
///
/// # Errors
/// Longer than `limit`; not there after `time`; cut; or more than the budget, or than the client's part of it.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    (budget, client): (&Budget, Client),
    limit: usize,
    time: Duration,
) -> Result<Held, Problem> {
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let slow = |_| {
        let detail = format!(
            "expected the whole body within {} s, got a part of it; nothing was stored",
            time.as_secs()
        );
        Problem::new(ProblemKind::TooSlow, detail)
    };
    timeout(time, collect(body, budget, client, limit)).await.map_err(slow)?
}

async fn collect(mut body: Body, budget: &Budget, client: Client, limit: usize) -> Result<Held, Problem> {
    let mut held = Held { bytes: Vec::new(), units: Vec::new(), share: budget.shares.begin(client) };
    let mut reserved = 0;
    while let Some(frame) = body.frame().await {
        let cut = |_| {
            Problem::new(
                ProblemKind::Malformed,
                "expected the whole body, got a part of it; nothing was stored",
            )
        };
        let Ok(data) = frame.map_err(cut)?.into_data() else { continue };
        if data.len() > limit - held.bytes.len() {
            return Err(too_large(limit));
        }
        let needed = held.bytes.len() + data.len();
        if needed > reserved {
            // Doubled, so that a body in small parts has few permits.
            let grown = needed.max(2 * reserved).min(limit.max(needed));
            let units = u32::try_from((grown - reserved).div_ceil(UNIT)).unwrap_or(u32::MAX);
            if !held.share.grow(units as usize) {
                let detail = "the node holds as many bytes of your bodies as it may; nothing was stored, send it again when others are answered";
                return Err(Problem::later(detail, Duration::from_secs(1)));
            }
            let permit = budget.units.clone().try_acquire_many_owned(units).map_err(|_| {
                let detail =
                    "the node holds as many bytes of bodies as it may; nothing was stored, send it again";
                Problem::later(detail, Duration::from_secs(1))
            })?;
            held.units.push(permit);
            reserved += units as usize * UNIT;
            held.bytes.reserve_exact(grown - held.bytes.len());
        }
        held.bytes.extend_from_slice(&data);
    }
    Ok(held)
}

fn too_large(limit: usize) -> Problem {
    let detail = format!("expected a body of at most {limit} bytes, got more; send it in parts");
    Problem::new(ProblemKind::TooLarge, detail)
}
