//! `node bench`: what a node does on this machine, measured as a whole: over HTTP, with signatures, rules and the disk.

#[cfg(feature = "nats")]
mod cluster;
mod epoch;
mod fleet;
mod load;
mod process;
mod town;

use serde_json::{Value, json};
use zksensor::prelude;
use zksensor::prover::ProveError;
use zksensor_node::config::Mistakes;
use zksensor_node::run::RunError;
use zksensor_node::served::ServedError;
use zksensor_node::store::StoreError;

use self::epoch::Epoch;
use self::fleet::Fleet;
use self::load::{Ingest, Server, Steady};
use crate::error::{Advice, diagnostic};
use crate::folder::{Folder, FolderError};
use crate::output::Output;

/// Options of `node bench`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A node of its own runs in this process, over a folder for temporary files: name another disk with TMPDIR. Readings that are sent as fast as they are \
                  taken are signed before; those at a steady rate are signed as they are sent, which takes part of the second core."
)]
pub(crate) struct Args {
    /// Readings that are sent as fast as they are taken.
    #[arg(long, value_name = "COUNT", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    readings: u32,
    /// Readings of a request.
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,
    /// Clients that send at once.
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    clients: u8,
    /// Readings a second of the steady rate.
    #[arg(long, value_name = "COUNT", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    rate: u32,
    /// Seconds of the steady rate.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// Leaves out the epoch of 64 readings, for which a key is made.
    #[arg(long)]
    without_proof: bool,
    /// Measures workers, too, each of them on a core of its own: of a queue on this server, such as nats://127.0.0.1:4222.
    #[cfg(feature = "nats")]
    #[arg(long, value_name = "URL")]
    nats: Option<String>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// No folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file in it.
    #[error("expected to {what}, but: {source}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// The configuration that was written.
    #[error(transparent)]
    Config(#[from] Mistakes),
    /// The node.
    #[error(transparent)]
    Run(Box<RunError>),
    /// Its store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its policy.
    #[error(transparent)]
    Served(#[from] ServedError),
    /// The fleet.
    #[error(transparent)]
    Fleet(#[from] prelude::Error),
    /// The key.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The node answered otherwise.
    #[error("expected {wanted}, got {got}")]
    Otherwise {
        /// What it has to answer.
        wanted: &'static str,
        /// What it did.
        got: String,
    },
}

impl BenchError {
    fn advice(&self) -> Advice {
        match self {
            BenchError::Folder(_) | BenchError::System { .. } | BenchError::Store(_) => Advice::new(
                "zksensor::system",
                "check the space and the permissions of the folder for temporary files; TMPDIR names another",
            ),
            _ => Advice::new("zksensor::prove", "this should not happen; please report it with this line"),
        }
    }
}
diagnostic!(BenchError);

/// Measures, and says what came of it.
///
/// # Errors
/// [`BenchError`], also if a good reading was not taken.
pub(super) fn run(args: &Args, output: &Output) -> Result<(), BenchError> {
    let folder = Folder::new()?;
    let fleet = Fleet::new(&folder)?;
    let spinner = output.spinner("signing readings");
    let bodies = fleet.bodies(args.readings, args.batch.into())?;
    spinner.finish_and_clear();
    let server = Server::start(&folder)?;
    let spinner = output.spinner("sending readings as fast as they are taken");
    let ingest = Ingest::measure(&server, &bodies, args.batch.into(), args.clients.into())?;
    drop(bodies);
    spinner.finish_and_clear();
    output.line(format_args!(
        "taken       {:.0} readings a second, {:.0} for a second of one core",
        ingest.a_second(),
        ingest.a_core_second().unwrap_or(f64::NAN)
    ));
    let spinner = output.spinner("sending readings at a steady rate");
    let steady = Steady::measure(&server, &fleet, args.rate, args.seconds)?;
    spinner.finish_and_clear();
    server.stop()?;
    output.line(format_args!(
        "steady      {} readings a second: an answer after {:.1} ms, 99 of 100 after {:.1} ms; memory {}",
        args.rate,
        steady.percentile(50),
        steady.percentile(99),
        steady.said_memory()
    ));
    let epoch = match args.without_proof {
        true => None,
        false => {
            let spinner = output.spinner("making a key, and a proof of 64 readings");
            let epoch = Epoch::measure(&folder)?;
            spinner.finish_and_clear();
            output.line(format_args!(
                "an epoch    of {} readings: proven {} ms after its close, of which the proof took {} ms",
                epoch.readings, epoch.close_to_proof_ms, epoch.prove_ms
            ));
            Some(epoch)
        }
    };
    let cluster = cluster(args, &folder, output)?;
    output.result(&json!({
        "ingest": {
            "readings": ingest.readings, "batch": args.batch, "clients": args.clients,
            "readings_per_s": ingest.a_second(), "readings_per_core_s": ingest.a_core_second(),
        },
        "steady": {
            "rate": args.rate, "seconds": args.seconds, "requests": steady.requests(), "p50_ms": steady.percentile(50),
            "p99_ms": steady.percentile(99), "late": steady.late, "memory_bytes": steady.memory,
        },
        "epoch": epoch.map(|epoch| json!({
            "readings": epoch.readings, "close_to_proof_ms": epoch.close_to_proof_ms, "prove_ms": epoch.prove_ms,
        })),
        "cluster": cluster,
    }));
    Ok(())
}

/// Workers, where a server was named.
fn cluster(args: &Args, folder: &Folder, output: &Output) -> Result<Option<Value>, BenchError> {
    #[cfg(feature = "nats")]
    if let Some(server) = &args.nats {
        let spinner = output.spinner("making a key, and proofs by one worker and by two");
        let cluster = cluster::Cluster::measure(folder, server)?;
        spinner.finish_and_clear();
        output.line(format_args!(
            "workers     {} proofs of 64 readings: by one on a core {} ms, by two on two {} ms, {:.2} times as fast",
            cluster.jobs,
            cluster.one.as_millis(),
            cluster.two.as_millis(),
            cluster.times()
        ));
        return Ok(Some(json!({
            "jobs": cluster.jobs, "one_ms": cluster.one.as_millis(), "two_ms": cluster.two.as_millis(), "times": cluster.times(),
        })));
    }
    let _ = (args, folder, output);
    Ok(None)
}

fn system(what: &'static str) -> impl Fn(std::io::Error) -> BenchError {
    move |source| BenchError::System { what, source }
}
