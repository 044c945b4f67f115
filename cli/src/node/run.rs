//! `node run`: until it is told to end.

use std::path::PathBuf;
use std::sync::mpsc;

use serde_json::json;
use zksensor_node::log::Log;
use zksensor_node::run::{self, Mocks, RunError};
use zksensor_node::store::StoreError;
use zksensor_node::view::Show;

use super::check;
use crate::backend::MadeWith;
use crate::error::{Advice, diagnostic};
use crate::output::Output;
use crate::signals;

/// Options of `node run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration, as `node init` writes one.
    #[arg(long, value_name = "FILE", default_value = "node.toml")]
    config: PathBuf,
    /// Proofs that are made at once. Each takes the memory that `zksensor estimate` says.
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    provers: u8,
    /// Writes log lines as JSON.
    #[arg(long)]
    json_logs: bool,
}

/// Why a node does not run.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct NotRunning(#[from] pub(super) RunError);

impl NotRunning {
    fn advice(&self) -> Advice {
        match &self.0 {
            RunError::File(error) => Advice::of_file(error),
            RunError::Store(StoreError::Key) => Advice::new(
                "zksensor::file",
                "restore the key from where you keep its copy; without it readings are lost, and proofs are not",
            ),
            RunError::Store(_) | RunError::System { .. } => Advice::new(
                "zksensor::system",
                "check the disk, the folder of the store and the address; nothing was changed",
            ),
            _ => Advice::new("zksensor::file", "correct the configuration; docs/node.md has every key"),
        }
    }
}
diagnostic!(NotRunning);

/// Takes keys of mocks where mocks are asked for.
pub(super) fn mocks() -> Mocks {
    if MadeWith::is_mock() { Mocks::Taken } else { Mocks::Refused }
}

/// Runs it.
///
/// # Errors
/// [`NodeError`](super::NodeError) and [`NotRunning`] if it does not start.
pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let checked = check::read_to_run(&args.config)?;
    for warning in &checked.warnings {
        output.warn(warning);
    }
    let (stop, stopped) = mpsc::channel();
    signals::instead(move || {
        // If it is gone already, so is the node.
        let _ = stop.send(());
    });
    let log = Log::to_stderr(args.json_logs);
    let scheme = if checked.tls.is_some() { "https" } else { "http" };
    let listening = |address| output.line(format_args!("listening on {scheme}://{address}"));
    let core =
        run::run(&checked, (mocks(), args.provers.into()), &log, listening, stopped).map_err(NotRunning)?;
    let view = core.view();
    output.result(&json!({
        "accepted": view.accepted, "duplicates": view.duplicates, "queue": view.queue, "outbox": view.outbox
    }));
    Ok(())
}
