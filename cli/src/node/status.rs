//! `node status`: what a node that runs says of itself.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::Value;
use zksensor_node::view::View;

use super::check;
use super::door::{Answered, At, ask};
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

/// Letters of what a node says when it cannot say more.
const DETAIL: usize = 300;

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
    /// It answers that it cannot say now.
    #[error("expected the status of the node on {address}, got {status}: {detail}")]
    NotNow {
        /// Where it listens by its configuration.
        address: SocketAddr,
        /// The status of its answer.
        status: u16,
        /// What it says.
        detail: String,
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
            StatusError::NotNow { .. } => {
                "ask again; the log of the node says what holds it up, and with 429 senders and this command share an address whose rate is used up"
            }
            StatusError::Other { .. } => {
                "another program has this address; name the configuration that the node runs with"
            }
        };
        Advice::new("zksensor::system", help)
    }
}
diagnostic!(StatusError);

/// The status, as it came and as it is read.
fn parse(address: SocketAddr, answered: &Answered) -> Result<(Value, View), StatusError> {
    let other = || StatusError::Other { address };
    let status: Value = serde_json::from_slice(&answered.body).map_err(|_| other())?;
    if let (429 | 503, Some(detail)) = (answered.status, status["detail"].as_str()) {
        let detail = detail.chars().filter(|letter| !letter.is_control()).take(DETAIL).collect();
        return Err(StatusError::NotNow { address, status: answered.status, detail });
    }
    if answered.status != 200 {
        return Err(other());
    }
    let view = serde_json::from_value(status.clone()).map_err(|_| other())?;
    Ok((status, view))
}

pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let config = check::read(&args.config)?.config;
    let at = At::of(&config);
    let address = at.address;
    let answered =
        ask(at, "GET /v1/status", None).map_err(|source| StatusError::Silent { address, source })?;
    let (status, view) = parse(address, &answered)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_cannot_say_now_is_told_from_another_program() {
        let address = SocketAddr::from(([127, 0, 0, 1], 8080));
        let parsed = |status, body: &str| {
            let answered = Answered { status, body: body.as_bytes().to_vec() };
            parse(address, &answered).map(|(_, view)| view.now)
        };
        let good = serde_json::to_string(&View { now: 7, ..View::default() }).unwrap();
        assert_eq!(parsed(200, &good).unwrap(), 7);
        for status in [429, 503] {
            let error = parsed(status, r#"{"title":"x","detail":"wait\u001b[31m a second"}"#).unwrap_err();
            let said =
                format!("expected the status of the node on 127.0.0.1:8080, got {status}: wait[31m a second");
            assert_eq!(error.to_string(), said);
            assert!(error.advice().help.starts_with("ask again"), "{error}");
        }
        for (status, body) in
            [(503, "busy"), (503, "{}"), (404, r#"{"detail":"none"}"#), (404, &good), (200, "{}"), (0, "")]
        {
            assert!(matches!(parsed(status, body), Err(StatusError::Other { .. })), "{status} {body}");
        }
    }
}
