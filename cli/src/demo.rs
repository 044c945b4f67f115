//! The command `demo`: made-up devices, one proof, and attacks that are refused.
//!
//! Needs no file and no flag. Every key comes from the system's randomness and is gone when the command ends. An attack
//! that is not refused, or by another rule than the one it breaks, is an error of the command. With `--html` all of it is a
//! page, too: places of the made-up fleet are in it, keys are not.

mod aggregate;
mod asked;
mod attack;
mod made_up;
mod proven;
mod survey;
mod times;
mod track;

use std::fmt;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use zksensor::circuits::assemble::{AssembleError, Refusal};
use zksensor::files::FileError;
use zksensor::halo2::prover::Halo2;
use zksensor::page::Page;
use zksensor::prover::Groth16;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::Violation;
use zksensor_model::layout::InputError;

use crate::args::ForceArgs;
use crate::backend::{BackendError, BackendName, CircuitBackend};
use crate::error::{Advice, diagnostic};
use crate::output::{Output, shown as shown_path};

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is shown: the sum of sixteen sensors, the mean of ten over an hour, or a ride whose route stays hidden.
    #[arg(long, value_enum, default_value_t = Story::Aggregate)]
    statement: Story,
    /// The proof system.
    #[arg(long, value_enum, default_value_t = BackendName::Groth16)]
    backend: BackendName,
    /// Writes a page that shows all of it: what the prover sees, what the public sees, the time, the attacks. Of an aggregate
    /// under groth16.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    force: ForceArgs,
}

/// What is demonstrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Story {
    /// Sixteen sensors, one sum
    Aggregate,
    /// Ten sensors over an hour, one mean: one that is stuck and one that jumps do not count
    Survey,
    /// One device's ride: how far and how long, not where
    Track,
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().expect("no story is skipped").get_name())
    }
}

/// Why the demonstration failed. Its input is its own, so every variant but [`DemoError::File`] and [`DemoError::Page`] is a defect
/// of this program or of the machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DemoError {
    /// An attack came through, or was refused by chance.
    #[error("attack {attack}: expected the {by} to refuse it by {wanted}, it was refused by {got}")]
    NotRefused {
        /// The attack's name.
        attack: &'static str,
        /// Who had to refuse it.
        by: &'static str,
        /// The rule or reason that had to refuse it.
        wanted: String,
        /// What did.
        got: String,
    },
    /// The honest claim is refused.
    #[error("the demo's own fleet breaks a rule: {0}")]
    Violation(#[from] Violation),
    /// The honest frame is refused.
    #[error("the demo's own frame breaks a rule: {0}")]
    Refused(#[from] Refusal),
    /// There is no honest claim.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// The circuit does not run.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// The public inputs do not pack.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// There is no key or no proof, or the honest proof is refused.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// There is no page of what is shown.
    #[error(
        "expected no --html with --statement {story} and --backend {backend}, whose page is not made yet"
    )]
    Page {
        /// What is shown.
        story: Story,
        /// Under which proof system.
        backend: BackendName,
    },
    /// The page cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl DemoError {
    fn advice(&self) -> Advice {
        match self {
            DemoError::File(error) => Advice::of_file(error),
            DemoError::Page { .. } => {
                Advice::new("zksensor::usage", "leave --html out, or show the aggregate under groth16")
            }
            _ => Advice::new(
                "zksensor::demo",
                "the demo reads nothing, so this is a defect: do not rely on this build, and report this message",
            ),
        }
    }
}
diagnostic!(DemoError);

/// Runs the demonstration.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(crate) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let Args { statement: story, backend, .. } = *args;
    match (&args.html, story, backend) {
        (Some(path), Story::Aggregate, BackendName::Groth16) => with_page(path, args, output),
        (Some(_), ..) => Err(DemoError::Page { story, backend }.into()),
        (None, _, BackendName::Groth16) => under::<Groth16>(story, output),
        (None, _, BackendName::Halo2) => under::<Halo2>(story, output),
    }
}

fn under<B: CircuitBackend>(story: Story, output: &Output) -> miette::Result<()> {
    let (text, result) = match story {
        Story::Aggregate => {
            let report = aggregate::demonstrate::<B>(output)?.report;
            (report.to_string(), report.to_json())
        }
        Story::Survey => {
            let report = survey::demonstrate::<B>(output)?;
            (report.to_string(), report.to_json())
        }
        Story::Track => {
            let report = track::demonstrate::<B>(output)?;
            (report.to_string(), report.to_json())
        }
    };
    output.line(text);
    output.result(&result);
    Ok(())
}

fn with_page(path: &Path, args: &Args, output: &Output) -> miette::Result<()> {
    let staged = Page::stage(path, args.force.overwrite()).map_err(DemoError::from)?;
    let shown = aggregate::demonstrate::<Groth16>(output)?;
    output.line(&shown.report);
    let (mut result, path) = (shown.report.to_json(), staged.path().to_owned());
    shown.page().write_into(staged).map_err(DemoError::from)?;
    output.line(format_args!("\nwrote {}", path.display()));
    result["html"] = shown_path(&path);
    output.result(&result);
    Ok(())
}
