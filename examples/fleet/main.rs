//! Count and mean speed of a fleet, proven from real data.
//!
//! ```text
//! cargo run --release --example fleet -- PATH_TO_CSV [--json] [--out-dir DIRECTORY] [--html FILE [--force]]
//! ```
//!
//! With `--out-dir` the proof goes to `proof.json` and the verifying key to `verifying.key`, as `zksensor verify` and
//! `zksensor export` take them; files that are there are replaced.
//!
//! With `--html` a page shows what the prover sees beside what the public sees. Every place of the trace is in it: keep it. A
//! file that is there is replaced with `--force` only.
//!
//! The CSV has the columns `time`, `lat`, `lon`: one car's fixes, such as the Munich trace. Rows are counted from 1, the
//! header apart, so row n is line n + 1 of the file. The trace is cut into 128 stretches of consecutive rows, and each plays
//! one car with a key of its own. Every row becomes a signed reading whose channel 0 is the speed since the row before; row 1
//! has none before it and becomes no reading. Every reading is put to the policy; those that it refuses are named, with the
//! rule. Row 620 of the Munich trace jumps: 1,693 km/h on the WGS 84 ellipsoid, 1,695 on a sphere of the equator's radius.
//!
//! Of each stretch the first reading that the policy takes goes into the proof: how many cars, and the sum of their speeds.

mod fence;
mod fleet;
mod report;
mod trace;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::rngs::OsRng;
use zksensor::circuits::statement::ShapeError;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::circuits::statement::{Assignment, Binding, Claim, Violation};
use zksensor::files::{FileError, Overwrite, ProofFile};
use zksensor::model::layout::InputError;
use zksensor::page::{Page, Private};
use zksensor::prover::{Event, Phase, Progress, ProveError, Prover, insecure_setup};
use zksensor::verifier::{VerifyError, inputs_to_bytes};

use crate::fleet::{EPOCH, FleetError, K, LEVELS, Sorted};
use crate::report::Report;
use crate::trace::TraceError;

const USAGE: &str = "usage: cargo run --release --example fleet -- PATH_TO_CSV [--json] [--out-dir DIRECTORY] \
                     [--html FILE [--force]]";

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum ExampleError {
    #[error(
        "expected the path of a CSV file, and at most --json, --out-dir with a directory, --html with a file and --force, got {got:?}\n{USAGE}"
    )]
    Arguments { got: Vec<String> },
    #[error("cannot read {path}: {reason}; pass a CSV with the columns time, lat, lon, such as ../shared/data/munich_car_trace.csv", path = path.display())]
    File { path: PathBuf, reason: std::io::Error },
    #[error("cannot make the directory {path}: {reason}; pass another to --out-dir", path = path.display())]
    Directory { path: PathBuf, reason: std::io::Error },
    #[error("{path}: {reason}", path = path.display())]
    Trace { path: PathBuf, reason: TraceError },
    #[error(transparent)]
    Fleet(#[from] FleetError),
    #[error(
        "{found} of the stretches have a reading that the policy takes, it wants at least {K}; use a trace that is in central Munich for longer, or another fence"
    )]
    TooFew { found: usize },
    #[error(transparent)]
    Shape(#[from] ShapeError),
    #[error(transparent)]
    Violation(#[from] Violation),
    #[error(transparent)]
    Inputs(#[from] InputError),
    #[error(transparent)]
    Prove(#[from] ProveError),
    #[error("{0}; {help}", help = .0.help())]
    Save(#[from] FileError),
    #[error("the proof does not verify: {0}")]
    Verify(#[from] VerifyError),
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), ExampleError> {
    let Some(options) = Options::parse(&arguments) else {
        return Err(ExampleError::Arguments { got: arguments });
    };
    let page = options.html.map(|path| Page::stage(path, options.overwrite)).transpose()?;
    let path = options.csv;
    let text = std::fs::read_to_string(path)
        .map_err(|reason| ExampleError::File { path: path.to_owned(), reason })?;
    let report = prove(&text).map_err(|error| match error {
        ExampleError::Fleet(FleetError::Trace(reason)) => {
            ExampleError::Trace { path: path.to_owned(), reason }
        }
        other => other,
    })?;
    if let Some(directory) = options.out_dir {
        std::fs::create_dir_all(directory)
            .map_err(|reason| ExampleError::Directory { path: directory.to_owned(), reason })?;
        report.save(directory)?;
    }
    if let Some(staged) = page {
        report.page().write_into(staged)?;
    }
    let text = if options.json { report.to_json().to_string() } else { report.to_string() };
    // A reader that is gone cannot be told so.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(())
}

/// What was asked for.
struct Options<'a> {
    csv: &'a Path,
    json: bool,
    out_dir: Option<&'a Path>,
    html: Option<&'a Path>,
    overwrite: Overwrite,
}

impl<'a> Options<'a> {
    /// `None` for a word too many, or none.
    fn parse(arguments: &'a [String]) -> Option<Self> {
        let (mut csv, mut json, mut out_dir, mut html, mut force) = (None, false, None, None, false);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--json" if !json => json = true,
                "--out-dir" if out_dir.is_none() => out_dir = Some(Path::new(words.next()?)),
                "--html" if html.is_none() => html = Some(Path::new(words.next()?)),
                "--force" if !force => force = true,
                path if csv.is_none() && !path.starts_with('-') => csv = Some(Path::new(path)),
                _ => return None,
            }
        }
        let overwrite = if force { Overwrite::Replace } else { Overwrite::Never };
        Some(Options { csv: csv?, json, out_dir, html, overwrite })
    }
}

/// From the CSV's text to a verified proof.
fn prove(text: &str) -> Result<Report, ExampleError> {
    say("signing every row and asking the policy ...");
    let Sorted { witness, refused, marks } = fleet::sorted(text)?;
    let found = witness.readings.len();
    if found < K as usize {
        return Err(ExampleError::TooFew { found });
    }
    // The smallest shape that holds them: capacity in steps of 16, triangles in whole tree nodes.
    let triangles = witness.fence.triangles().len().next_multiple_of(8);
    let statement = Aggregate::new(found.next_multiple_of(16), triangles, LEVELS.into())?;
    let inputs = witness.inputs(EPOCH, Binding::NONE);
    let assignment = Assignment::new(&statement, inputs, &witness)?;

    say(&format!("making an INSECURE key for {} on this machine: a minute or so ...", statement.id()));
    let start = Instant::now();
    let phases = Phases::default();
    let key = insecure_setup(&statement, &mut OsRng, &phases)?;
    let prover = Prover::builder(statement, key).progress(Box::new(phases.clone())).build()?;
    let setup = start.elapsed();

    say("proving ...");
    let start = Instant::now();
    let proof = prover.prove(&assignment, &mut OsRng)?;
    let prove = start.elapsed();
    let start = Instant::now();
    let inputs = prover.verifier().verify_bytes(&proof.to_bytes(), &inputs_to_bytes(assignment.words()))?;
    let verify = start.elapsed();
    let constraints = prover.circuit().constraints();
    Ok(Report {
        statement: statement.id(),
        constraints,
        key: prover.verifier().key().clone(),
        file: ProofFile::new(
            &statement,
            prover.verifier().key().key_id(),
            proof,
            assignment.words().to_vec(),
        )?,
        inputs,
        refused,
        private: Private {
            fence: witness.fence.clone(),
            policy: witness.policy,
            epoch: EPOCH,
            marks,
            made_up: false,
        },
        setup,
        prove,
        verify,
        phases: phases.heard(),
    })
}

/// How long each phase took.
#[derive(Clone, Default)]
struct Phases(Arc<Mutex<Vec<(Phase, Duration)>>>);

impl Phases {
    fn heard(&self) -> Vec<(Phase, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Phases {
    fn event(&self, event: Event) {
        if let Event::Finished(phase, time) = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push((phase, time));
        }
    }
}

/// A line for people, on standard error.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
