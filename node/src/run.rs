//! A node as its configuration says: store, policies, threads and door.

mod assemble;
mod places;
mod proving;
#[cfg(feature = "nats")]
mod work;
mod workers;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use thiserror::Error;
use tokio::net::TcpListener;
use zksensor::files::FileError;

use crate::config::Checked;
use crate::core::Core;
use crate::http::{Door, Settings, serve};
use crate::log::{Level, Log};
use crate::registries::RegistryUnknown;
use crate::served::ServedError;
use crate::service::Service;
use crate::store::StoreError;

pub use self::assemble::{Mocks, open};
pub use self::places::{Examined, examine};
#[cfg(feature = "nats")]
pub use self::work::{WorkSettings, Worked, work};

/// Why a node does not run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A policy.
    #[error(transparent)]
    Served(#[from] ServedError),
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryUnknown),
    /// A key's file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A key that is none of this node.
    #[error("policy `{name}`: {reason}")]
    Key {
        /// The policy's name.
        name: String,
        /// What was wanted, and what came.
        reason: String,
    },
    /// A chain, or the account that sends there.
    #[error("chains.{name}: {reason}")]
    Chain {
        /// Its name.
        name: String,
        /// What was wanted, and what came.
        reason: String,
    },
    /// The queue of NATS.
    #[error("nats: {reason}")]
    Nats {
        /// What was wanted, and what came.
        reason: String,
    },
    /// A policy without a fence.
    #[error("policy `{name}`: expected `fence`, got none: a node locates readings")]
    Fence {
        /// The policy's name.
        name: String,
    },
    /// The system.
    #[error("expected to {what}, but: {source}")]
    System {
        /// What it was to do.
        what: &'static str,
        /// What it says.
        source: io::Error,
    },
}

/// Runs until `stop` has something, or nobody holds its other end: then nothing more is taken, what is there is answered, and proofs that are
/// being made are given up. `listening` is told the address.
///
/// # Errors
/// [`RunError`] if it does not start.
pub fn run(
    checked: &Checked,
    (mocks, provers): (Mocks, usize),
    log: &Log,
    listening: impl FnOnce(SocketAddr),
    stop: Receiver<()>,
) -> Result<Arc<Core>, RunError> {
    let trace = assemble::trace(&checked.config, log);
    let core = Arc::new(open(checked, mocks, log)?.traced(trace.clone()));
    let told = log.clone();
    let tell: crate::service::Tell =
        Arc::new(move |what| told.line(Level::Error, "node", &[("reason", what.into())]));
    let system = |what| move |source| RunError::System { what, source };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(system("start its threads"))?;
    let listener = runtime.block_on(TcpListener::bind(checked.config.listen));
    let listener = listener.map_err(system("listen on the address of the configuration"))?;
    listening(listener.local_addr().map_err(system("learn its address"))?);
    // Where workers prove, a thread waits for each job that is in the queue.
    let by_workers = checked.config.nats.as_ref().filter(|nats| nats.workers.is_some());
    let provers = by_workers.map_or(provers, |nats| nats.jobs);
    #[cfg_attr(not(feature = "nats"), allow(unused_mut, reason = "readings come by HTTP alone"))]
    let mut service = Service::start(core.clone(), provers, &tell).map_err(system("start its threads"))?;
    let settings = Settings { trace: trace.clone(), ..Settings::of(checked) };
    let door = Door::new(settings, core.clone(), core.clone(), core.clone(), log.clone());
    #[cfg(feature = "nats")]
    for taking in workers::nats::taking(&checked.config, log, &door.counter())? {
        service.thread("nats", &tell, taking).map_err(system("start its threads"))?;
    }
    runtime.block_on(serve(listener, door, async move {
        // The one thing here that blocks has a thread.
        let _ = tokio::task::spawn_blocking(move || stop.recv()).await;
    }));
    service.stop();
    trace.end();
    Ok(core)
}
