//! The command `bench`: this prover beside ark-groth16 and taceo-groth16, in this process, on the same circuits with the same keys.
//!
//! Whoever is measured takes turns, medians count, and every proof is verified. What is a fresh process each, and says so: the
//! arithmetic without AVX-512, which a process chooses once, and the peak of memory, which a process has once.

mod chart;
mod figures;
mod goals;
mod measure;
pub(crate) mod page;
mod part;
mod plan;
mod table;

use std::path::PathBuf;

use zksensor::files::{FileError, Kind, Staged};
use zksensor::prover::engine::NoEngine;
use zksensor_circuits::statement::Violation;
use zksensor_model::claim::ShapeError;
use zksensor_peers::PeerError;
use zksensor_testkit::SmallFence;

use crate::args::ForceArgs;
use crate::error::{Advice, SamePlace, diagnostic, prove_advice};
use crate::folder::FolderError;
use crate::output::{Output, shown};
use plan::Plan;

/// Options of `bench`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Takes minutes on a machine that does nothing else; --full a multiple of that. Ratios are times of the peer by ours: above 1 we are \
                  faster. A key is written into the system's folder for temporary files, and removed."
)]
pub(crate) struct Args {
    /// Small sizes, one round each, a minute at the most: shows that it runs. No goal is judged.
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// Larger sizes, too: aggregates of 256, dense circuits to 2^19, every size between.
    #[arg(long)]
    full: bool,
    /// Writes a page with the table and its charts: time by threads, by size, and by phase.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Writes the charts alone.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    force: ForceArgs,
    #[command(flatten)]
    part: part::PartArgs,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// A prover failed.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// The environment asks for an arithmetic that there is not.
    #[error(transparent)]
    Engine(#[from] NoEngine),
    /// The shapes that are measured are none.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The made-up fleet does not fit them.
    #[error(transparent)]
    Fence(#[from] SmallFence),
    /// The made-up readings break a rule.
    #[error("the readings of the bench are refused: {0}")]
    Violation(#[from] Violation),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two outputs that are one.
    #[error(transparent)]
    Same(#[from] SamePlace),
    /// No folder for a key.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What is a process of its own did not say what it measured.
    #[error("expected figures from a process that measures {what}, but {reason}")]
    Part {
        /// What it was to measure.
        what: &'static str,
        /// What came.
        reason: String,
    },
    /// Nothing drew the charts.
    #[error("the charts cannot be drawn: {reason}")]
    Chart {
        /// What the drawing says.
        reason: String,
    },
}

impl BenchError {
    fn advice(&self) -> Advice {
        match self {
            BenchError::Peer(PeerError::Prove(error)) => prove_advice(error),
            BenchError::Peer(PeerError::Engine(_)) | BenchError::Engine(_) => {
                Advice::new("zksensor::usage", "unset ZKSENSOR_ENGINE for the best that this machine has")
            }
            BenchError::Peer(PeerError::Threads(_)) => {
                Advice::new("zksensor::system", "raise the system's limit of processes and threads")
            }
            BenchError::File(error) => Advice::of_file(error),
            BenchError::Same(_) => SamePlace::advice(),
            BenchError::Folder(_) => Advice::new(
                "zksensor::system",
                "let TMPDIR name a folder that can be written to and has room for a key of 500 MB",
            ),
            BenchError::Part { .. } => {
                Advice::new("zksensor::bench", "free memory, or pass --quick; if it stays, please report it")
            }
            _ => Advice::new("zksensor::bench", "this should not happen; please report it"),
        }
    }
}
diagnostic!(BenchError);

/// Measures, and says what came.
///
/// # Errors
/// [`BenchError`].
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), BenchError> {
    if let Some(part) = args.part.part() {
        output.result(&part::run(part, &Plan::new(args.quick, args.full)?)?);
        return Ok(());
    }
    let stage = |path: &Option<PathBuf>| {
        let stage = |path| Staged::create(path, Kind::Figures, args.force.overwrite());
        path.as_deref().map(stage).transpose()
    };
    let (html, svg) = (stage(&args.html)?, stage(&args.svg)?);
    SamePlace::refuse(&html.iter().chain(&svg).collect::<Vec<_>>())?;

    let figures = measure::all(&Plan::new(args.quick, args.full)?, output)?;
    output.line(table::of(&figures));
    let mut result = figures.to_json();
    if let Some(staged) = html {
        result["html"] = shown(staged.path());
        write(staged, &page::of(&figures)?, output)?;
    }
    if let Some(staged) = svg {
        result["svg"] = shown(staged.path());
        write(staged, &chart::all(&figures)?, output)?;
    }
    output.result(&result);
    Ok(())
}

fn write(mut staged: Staged, text: &str, output: &Output) -> Result<(), BenchError> {
    let path = staged.path().to_owned();
    staged.put(text.as_bytes())?;
    staged.commit()?;
    output.line(format_args!("wrote {}", path.display()));
    Ok(())
}
