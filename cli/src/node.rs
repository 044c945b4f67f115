//! The commands `node ..`: a service that takes readings in and proves each epoch.

mod check;
mod error;
mod init;

pub(crate) use error::NodeError;

use crate::output::Output;

/// What to do with the node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Writes a folder in which a node runs as it stands: a commented configuration, a policy, a toy fleet.
    Init(init::Args),
    /// Says whether a node can run with a configuration, and names every mistake if it cannot.
    Check(check::Args),
}

/// Runs a command about the node.
///
/// # Errors
/// [`NodeError`].
pub(crate) fn run(command: &Command, output: &Output) -> miette::Result<()> {
    match command {
        Command::Init(args) => init::run(args, output)?,
        Command::Check(args) => check::run(args, output)?,
    }
    Ok(())
}
