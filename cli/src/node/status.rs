//! `node status`: what a node that runs says of itself.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;
use zksensor_node::view::View;

use super::check;
use super::door::{At, ask};
use crate::error::{Advice, diagnostic};
use crate::output::Output;

/// Options of `node status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration that the node runs with.
    #[arg(long, value_name = "FILE", default_value = "node.toml")]
    config: PathBuf,
}

/// Epochs that people are shown.
const SHOWN: usize = 10;

/// Why there is no status.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatusError {
    /// Nobody answers.
    #[error("expected a node that answers on {address}, but: {source}")]
    Silent {
        /// Where it listens by its configuration.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Something else answers.
    #[error("expected the status of a node on {address}, got something else")]
    Other {
        /// Where it listens by its configuration.
        address: SocketAddr,
    },
}

impl StatusError {
    fn advice(&self) -> Advice {
        let help = match self {
            StatusError::Silent { .. } => {
                "start it with `zksensor node run`, or name the configuration that it runs with"
            }
            StatusError::Other { .. } => {
                "another program has this address; name the configuration that the node runs with"
            }
        };
        Advice::new("zksensor::system", help)
    }
}
diagnostic!(StatusError);

pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let config = check::read(&args.config)?.config;
    let at = At::of(&config);
    let address = at.address;
    let answered =
        ask(at, "GET /v1/status", None).map_err(|source| StatusError::Silent { address, source })?;
    let other = || StatusError::Other { address };
    let status: Value = serde_json::from_slice(&answered.body).map_err(|_| other())?;
    let view: View = serde_json::from_value(status.clone()).map_err(|_| other())?;
    if answered.status != 200 {
        return Err(other().into());
    }
    output.line(format_args!(
        "ready       {}",
        if view.ready { "yes".to_owned() } else { view.waiting_for.join("; ") }
    ));
    output.line(format_args!("accepted    {}, {} duplicates", view.accepted, view.duplicates));
    for (rule, count) in &view.refused {
        output.line(format_args!("refused     {count} by {rule}"));
    }
    output.line(format_args!("waiting     {} chunks to prove, {} proofs to bring", view.queue, view.outbox));
    for epoch in view.epochs.iter().take(SHOWN) {
        let state = serde_json::to_value(epoch.state).unwrap_or_default();
        let reason = epoch.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        output.line(format_args!(
            "epoch       {} {}: {}, {} readings, {} of {} chunks proven{reason}",
            epoch.policy,
            epoch.epoch,
            state.as_str().unwrap_or_default(),
            epoch.readings,
            epoch.proven,
            epoch.chunks
        ));
    }
    output.result(&status);
    Ok(())
}
