//! `node demo`: three epochs of a node, with a fleet, a chain and two kills, in one process.
//!
//! The node is the one that runs in production, over a file of its own, with real proofs and the real contracts. Made up are the fleet, the clock, whose
//! hours pass in seconds, and the chain, which is in memory. A kill cuts the node off its disk in the middle of a write, as `kill -9` does.

mod life;
mod town;

use serde_json::json;
use zksensor::prelude;
use zksensor::prover::ProveError;
use zksensor_node::intake::IntakeError;
use zksensor_node::served::ServedError;
use zksensor_node::store::StoreError;
use zksensor_node::toy::ToyError;

use self::life::{Life, Outcome};
use self::town::Town;
use crate::error::{Advice, diagnostic};
use crate::folder::{Folder, FolderError};
use crate::output::Output;

/// Options of `node demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Why the demonstration went otherwise.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// No folder for the store.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The node took nothing.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The chain.
    #[error(transparent)]
    Toy(#[from] ToyError),
    /// The policy.
    #[error(transparent)]
    Served(#[from] ServedError),
    /// The fleet.
    #[error(transparent)]
    Fleet(#[from] prelude::Error),
    /// The key.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// What the node did is not what it has to do.
    #[error("expected {wanted}, got {got}")]
    Otherwise {
        /// What it has to do.
        wanted: &'static str,
        /// What it did.
        got: String,
    },
}

impl DemoError {
    fn advice(&self) -> Advice {
        match self {
            DemoError::Folder(_) => Advice::new(
                "zksensor::system",
                "check the space and the permissions of the folder for temporary files",
            ),
            _ => Advice::new("zksensor::prove", "this should not happen; please report it with this line"),
        }
    }
}
diagnostic!(DemoError);

/// Lives three epochs, and says what came of them.
///
/// # Errors
/// [`DemoError`], also if a reading was lost or counted twice.
pub(super) fn run(_: &Args, output: &Output) -> Result<(), DemoError> {
    let folder = Folder::new()?;
    let spinner = output.spinner("making keys for development");
    let town = Town::new()?;
    spinner.finish_and_clear();
    let Outcome { epochs, finals, readings, lost, double } = Life::new(&town, &folder, output)?.live()?;
    output
        .line(format_args!("{readings} readings were acknowledged; {lost} are lost, {double} counted twice"));
    output.result(
        &json!({ "epochs": epochs, "final": finals, "readings": readings, "lost": lost, "double": double }),
    );
    let otherwise = |wanted, got: String| Err(DemoError::Otherwise { wanted, got });
    match (lost, double) {
        (0, 0) if finals == epochs => Ok(()),
        (0, 0) => otherwise("every epoch to be final", format!("{finals} of {epochs}")),
        _ => otherwise("nothing lost or counted twice", format!("{lost} lost and {double} twice")),
    }
}
