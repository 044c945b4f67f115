//! `node worker`: proves for nodes until it is told to end.

use std::path::PathBuf;

use serde_json::json;
use zksensor::prover::Cancel;
use zksensor_node::cluster::KeyName;
use zksensor_node::log::Log;
use zksensor_node::run::{self, WorkSettings};

use super::NodeError;
use super::run::{NotRunning, mocks};
use super::server::{Server, source};
use crate::output::Output;
use crate::signals;

/// Options of `node worker`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "It proves one job at a time on all cores, verifies the proof, and acknowledges it. One that is told to end gives its job back; that of \
                        one that dies goes to the next worker after half a minute."
)]
pub(crate) struct Args {
    #[command(flatten)]
    server: Server,
    /// A proving key whose jobs it takes; several with one option each.
    #[arg(long = "key", value_name = "FILE", required = true)]
    keys: Vec<PathBuf>,
    /// Where the workers' secret is, as `node worker-key` makes it: file:PATH or env:NAME.
    #[arg(long, value_name = "SOURCE", default_value = "file:worker.key")]
    secret: String,
    /// Ends after so many jobs, whatever came of them.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    jobs: Option<u32>,
    /// Writes log lines as JSON.
    #[arg(long)]
    json_logs: bool,
}

/// Works.
///
/// # Errors
/// [`NodeError`] and [`NotRunning`] if it does not start.
pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let server = args.server.settings("zksensor-worker")?;
    let secret = source(&args.secret).ok_or(NodeError::Source)?.key().map_err(NodeError::Secret)?;
    let settings = WorkSettings { server, keys: args.keys.clone(), mocks: mocks(), most: args.jobs };
    let cancel = Cancel::default();
    let end = cancel.clone();
    signals::instead(move || end.cancel());
    let ready = |public: &str, names: &[KeyName]| {
        output.line(format_args!("works for   {public}"));
        for (path, name) in args.keys.iter().zip(names) {
            output.line(format_args!("key         {name} {}", path.display()));
        }
    };
    let log = Log::to_stderr(args.json_logs);
    let worked = run::work(&settings, &secret, &log, &cancel, ready).map_err(NotRunning)?;
    output.result(&json!({
        "proven": worked.proven, "known": worked.known, "refused": worked.refused, "given_back": worked.given_back
    }));
    Ok(())
}
