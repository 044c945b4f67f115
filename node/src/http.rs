//! The HTTP interface: readings in, states and proofs out.
//!
//! | path | what |
//! |---|---|
//! | `POST /v1/readings` | an answer for each reading, once what is accepted is stored |
//! | `POST /v1/frames` | the same for each frame |
//! | `GET /v1/status` | counts and states |
//! | `GET /v1/proofs/{policy}/{epoch}` | the proofs of an epoch |
//! | `POST /v1/drain`, `POST /v1/resume`, `GET /v1/left` | for whoever operates the node: readings are refused, or taken again, and what is left |
//! | `GET /healthz`, `GET /readyz`, `GET /metrics` | for whoever watches |
//! | `GET /openapi.json`, `GET /` | the interface, and a page that shows the status |
//!
//! Whoever speaks to it may be hostile: heads, bodies, connections, requests and memory are bounded, each by a number of the configuration,
//! and an [`Intake`] that blocks holds up neither health nor anybody else's connection.

mod body;
mod bucket;
mod connection;
mod content;
mod gzip;
mod ingest;
mod operate;
mod pages;
mod peer;
mod problem;
mod routes;
mod server;
mod share;
mod views;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::http::HeaderMap;
use tokio::sync::Semaphore;

use crate::config::{Checked, Limits, Tokens};
use crate::intake::Intake;
use crate::log::{Level, Log};
use crate::metrics::Metrics;
use crate::operator::{Operate, OperatorToken};
use crate::seal::StoreKey;
use crate::tls::Tls;
use crate::trace::Trace;
use crate::view::Show;
use body::Budget;
use bucket::{Buckets, Client};
#[cfg(feature = "nats")]
pub(crate) use content::published;
pub use ingest::Receipt;
use peer::{Peer, Wanted};
use problem::Problem;
pub use routes::{ROUTES, Route};
pub use server::serve;
use share::Shares;
pub use views::{EpochProofs, Status};

/// What the interface is told of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How much is taken.
    pub limits: Limits,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Who may send, if not anybody.
    pub tokens: Option<Tokens>,
    /// What it speaks TLS with, and asks certificates of senders for; plain HTTP without it.
    pub tls: Option<Tls>,
    /// What whoever operates the node shows; without it nobody does.
    pub operator: Option<OperatorToken>,
    /// The names of the policies.
    pub policies: Vec<String>,
    /// Who is told of requests.
    pub trace: Trace,
}

impl Settings {
    /// Those of a configuration that was checked.
    pub fn of(checked: &Checked) -> Settings {
        Settings {
            limits: checked.config.limits.clone(),
            trusted_proxies: checked.config.trusted_proxies.clone(),
            tokens: checked.tokens.clone(),
            tls: checked.tls.clone(),
            operator: Some(OperatorToken::of(&StoreKey::from_bytes(&checked.store_key))),
            policies: checked.policies.iter().map(|policy| policy.settings.name.clone()).collect(),
            trace: Trace::default(),
        }
    }
}

/// The interface of a node, to be [served](serve).
#[derive(Clone)]
pub struct Door {
    inner: Arc<Inner>,
}

/// What every request needs.
struct Inner {
    settings: Settings,
    intake: Arc<dyn Intake>,
    show: Arc<dyn Show>,
    operate: Arc<dyn Operate>,
    log: Log,
    metrics: Metrics,
    budget: Budget,
    /// Requests of each client.
    buckets: Buckets,
    /// Items of each client.
    items: Buckets,
    /// Handshakes of each address.
    #[cfg(feature = "tls")]
    handshakes: Buckets,
    /// Bodies that may be stored at once, and those of a client.
    queue: Arc<Semaphore>,
    queued: Shares,
    /// Requests for proofs that may look at the store at once, and those of a client.
    looks: Arc<Semaphore>,
    looking: Shares,
    views: views::Cache,
    draining: AtomicBool,
}

/// Requests for proofs that look at the store at once: each has a thread.
const LOOKS: usize = 16;

impl Door {
    /// The interface to an intake, to what is shown of the node, and to how it is operated.
    pub fn new(
        settings: Settings,
        intake: Arc<dyn Intake>,
        show: Arc<dyn Show>,
        operate: Arc<dyn Operate>,
        log: Log,
    ) -> Door {
        let limits = &settings.limits;
        let inner = Inner {
            budget: Budget::new(limits.buffered_bytes),
            buckets: Buckets::new(limits.requests_per_s, limits.burst, limits.clients, Instant::now()),
            items: Buckets::new(limits.items_per_s, limits.items_burst, limits.clients, Instant::now()),
            #[cfg(feature = "tls")]
            handshakes: Buckets::new(limits.requests_per_s, limits.burst, limits.clients, Instant::now()),
            queue: Arc::new(Semaphore::new(limits.queue)),
            queued: Shares::of(limits.queue),
            looks: Arc::new(Semaphore::new(LOOKS)),
            looking: Shares::of(LOOKS),
            views: views::Cache::default(),
            metrics: Metrics::default(),
            draining: AtomicBool::new(false),
            settings,
            intake,
            show,
            operate,
            log,
        };
        Door { inner: Arc::new(inner) }
    }

    /// Takes nothing more from now on: answers are 503, and the node is not ready. [`serve`] does so when it is told to stop.
    pub fn drain(&self) {
        self.inner.draining.store(true, Ordering::Release);
    }

    /// Who counts what is stored and did not come by this door.
    #[cfg(feature = "nats")]
    pub(crate) fn counter(&self) -> Arc<dyn Fn(usize) + Send + Sync> {
        let inner = self.inner.clone();
        Arc::new(move |items| inner.metrics.accepted(items))
    }
}

impl Inner {
    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    fn admit(&self, peer: Peer, headers: &HeaderMap) -> Result<Client, Problem> {
        let Settings { trusted_proxies, tokens, tls, .. } = &self.settings;
        let wanted = Wanted { tokens: tokens.as_ref(), certificates: tls.as_ref().is_some_and(Tls::asks) };
        let admitted = peer::admit(peer, headers, trusted_proxies, wanted, &self.buckets);
        admitted.inspect_err(|_| self.metrics.limited())
    }

    /// As [`Inner::admit`], of what anybody may see.
    fn admit_reader(&self, peer: Peer, headers: &HeaderMap) -> Result<Client, Problem> {
        let admitted =
            peer::admit(peer, headers, &self.settings.trusted_proxies, Wanted::default(), &self.buckets);
        admitted.inspect_err(|_| self.metrics.limited())
    }
}

#[cfg(test)]
pub(crate) mod tests;
