//! The commands `node ..`: a service that takes readings in and proves each epoch.

mod bench;
mod check;
mod demo;
mod door;
mod drain;
mod error;
mod export;
mod init;
#[cfg(feature = "nats")]
mod queue;
mod run;
#[cfg(feature = "nats")]
mod server;
mod status;
#[cfg(feature = "nats")]
mod worker;
mod worker_key;

pub(crate) use error::NodeError;

use crate::output::Output;

/// What to do with the node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Writes a folder in which a node runs as it stands: a commented configuration, a policy, a toy fleet.
    Init(init::Args),
    /// Says whether a node can run with a configuration, and names every mistake if it cannot.
    Check(check::Args),
    /// Shows a node at work: a simulated fleet, real proofs, a chain in memory, and two kills. Needs no file.
    Demo(demo::Args),
    /// Measures a node on this machine: readings a second, how long an answer takes, memory, and an epoch from its close to its proof.
    Bench(bench::Args),
    /// Runs a node until it is told to end (SIGTERM, SIGINT): it answers what it has begun, and goes on after the next start.
    Run(run::Args),
    /// Makes the secret of workers, and says what the node seals witnesses for.
    WorkerKey(worker_key::Args),
    /// Proves for nodes until it is told to end: it takes jobs from a queue on NATS JetStream.
    #[cfg(feature = "nats")]
    Worker(worker::Args),
    /// Says how many jobs wait for workers, and which nobody can prove.
    #[cfg(feature = "nats")]
    Queue(queue::Args),
    /// Says what a node that runs says of itself.
    Status(status::Args),
    /// Empties a node that runs, before an upgrade or a move: it takes no readings, and what it has is proven and brought.
    Drain(drain::Args),
    /// Writes what an auditor may see: every epoch and its proofs.
    Export(export::Args),
}

/// Runs a command about the node.
///
/// # Errors
/// [`NodeError`].
pub(crate) fn run(command: &Command, output: &Output) -> miette::Result<()> {
    match command {
        Command::Init(args) => init::run(args, output)?,
        Command::Check(args) => check::run(args, output)?,
        Command::Demo(args) => demo::run(args, output)?,
        Command::Bench(args) => bench::run(args, output)?,
        Command::Run(args) => run::run(args, output)?,
        Command::WorkerKey(args) => worker_key::run(args, output)?,
        #[cfg(feature = "nats")]
        Command::Worker(args) => worker::run(args, output)?,
        #[cfg(feature = "nats")]
        Command::Queue(args) => queue::run(args, output)?,
        Command::Status(args) => status::run(args, output)?,
        Command::Drain(args) => drain::run(args, output)?,
        Command::Export(args) => export::run(args, output)?,
    }
    Ok(())
}
