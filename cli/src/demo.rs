//! The command `demo`: made-up devices, one proof, and attacks that are refused.
//!
//! Needs no file and no flag. Every key comes from the system's randomness and is gone when the command ends. An attack
//! that is not refused, or by another rule than the one it breaks, is an error of the command. With `--html` the proof is
//! a page for everybody, with `--private` what the prover sees is another one: places of the made-up fleet are in it, keys are not.

mod aggregate;
mod asked;
mod attack;
mod made_up;
mod private_sum;
mod proven;
mod survey;
mod times;
mod track;

use std::fmt;
use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::Value;
use zksensor::circuits::assemble::{AssembleError, Refusal};
use zksensor::files::{FileError, Staged};
use zksensor::halo2::prover::Halo2;
use zksensor::page::{Page, Report, ReportError};
use zksensor::prover::Groth16;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Statement, Violation};
use zksensor_model::layout::InputError;

use self::proven::Proven;
use crate::args::ForceArgs;
use crate::backend::{BackendError, BackendName, CircuitBackend};
use crate::error::{Advice, SamePlace, diagnostic};
use crate::output::{Output, shown as shown_path};

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is shown: the sum of sixteen sensors, the mean of ten over an hour, a ride whose route stays hidden, or a sum
    /// with noise that nobody chose.
    #[arg(long, value_enum, default_value_t = Story::Aggregate)]
    statement: Story,
    /// The proof system.
    #[arg(long, value_enum, default_value_t = BackendName::Groth16)]
    backend: BackendName,
    /// Writes the page of the proof that everybody gets, as `zksensor report` does: nothing that only the prover sees is on it.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Writes another page, of what the prover sees: every place, what became of each reading, the time, the attacks. Of an
    /// aggregate.
    #[arg(long, value_name = "FILE")]
    private: Option<PathBuf>,
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
    /// Sixteen sensors, one sum, with noise that nobody chose
    PrivateSum,
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
    /// There is no page of what the prover sees.
    #[error("expected no --private with --statement {story}, of which there is no such page")]
    Page {
        /// What is shown.
        story: Story,
    },
    /// The proof has no page for everybody.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// Both pages are to go to one place.
    #[error(transparent)]
    Same(#[from] SamePlace),
    /// The page cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl DemoError {
    fn advice(&self) -> Advice {
        match self {
            DemoError::File(error) => Advice::of_file(error),
            DemoError::Same(_) => SamePlace::advice(),
            DemoError::Page { .. } => Advice::new(
                "zksensor::usage",
                "leave --private out, or show the aggregate or the private sum",
            ),
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
    if args.private.is_some() && !matches!(story, Story::Aggregate | Story::PrivateSum) {
        return Err(DemoError::Page { story }.into());
    }
    let pages = Pages::stage(args)?;
    match backend {
        BackendName::Groth16 => under::<Groth16>(story, pages, output)?,
        BackendName::Halo2 => under::<Halo2>(story, pages, output)?,
    }
    Ok(())
}

fn under<B: CircuitBackend>(story: Story, pages: Pages, output: &Output) -> Result<(), DemoError> {
    match story {
        Story::Aggregate => {
            let shown = aggregate::demonstrate::<B>(output)?;
            let page = pages.beside(|| shown.page());
            tell(&shown.report, shown.report.to_json(), shown.report.proven(), (pages, page), output)
        }
        Story::Survey => {
            let report = survey::demonstrate::<B>(output)?;
            tell(&report, report.to_json(), report.proven(), (pages, None), output)
        }
        Story::PrivateSum => {
            let shown = private_sum::demonstrate::<B>(output)?;
            let page = pages.beside(|| shown.page());
            tell(&shown.report, shown.report.to_json(), shown.report.proven(), (pages, page), output)
        }
        Story::Track => {
            let report = track::demonstrate::<B>(output)?;
            tell(&report, report.to_json(), report.proven(), (pages, None), output)
        }
    }
}

/// Files of pages, started before any work.
struct Pages {
    /// What the public sees, to be verified there.
    public: Option<Staged>,
    /// What the prover sees.
    private: Option<Staged>,
}

impl Pages {
    fn stage(args: &Args) -> Result<Pages, DemoError> {
        let overwrite = args.force.overwrite();
        let public = args.html.as_ref().map(|path| Report::stage(path, overwrite)).transpose()?;
        let private = args.private.as_ref().map(|path| Page::stage(path, overwrite)).transpose()?;
        if let (Some(public), Some(private)) = (&public, &private) {
            SamePlace::refuse(&[public, private])?;
        }
        Ok(Pages { public, private })
    }

    /// What the prover sees, if it is asked for, with a way to what the public sees.
    fn beside(&self, page: impl FnOnce() -> Page) -> Option<Page> {
        let own = self.private.as_ref()?;
        Some(match &self.public {
            Some(public) => page().beside(own, public),
            None => page(),
        })
    }
}

/// Says what was shown, and writes the pages of it.
fn tell<S: Statement<Inputs: Clone> + Copy, B: CircuitBackend>(
    text: &impl fmt::Display,
    mut result: Value,
    proven: &Proven<S, B>,
    (pages, page): (Pages, Option<Page>),
    output: &Output,
) -> Result<(), DemoError> {
    let public = pages.public.map(|staged| Ok::<_, DemoError>((proven.report()?, staged))).transpose()?;
    output.line(text);
    if let Some((report, staged)) = public {
        let path = staged.path().to_owned();
        report.write_into(staged)?;
        output.line(format_args!("\nwrote {}, for everybody", path.display()));
        result["html"] = shown_path(&path);
    }
    if let (Some(page), Some(staged)) = (page, pages.private) {
        let path = staged.path().to_owned();
        page.write_into(staged)?;
        output.line(format_args!("wrote {}, for the prover alone", path.display()));
        result["private"] = shown_path(&path);
    }
    output.result(&result);
    Ok(())
}
