//! Count and mean speed of a fleet, proven from real data.
//!
//! ```text
//! cargo run --release --example fleet -- PATH_TO_CSV [--frames] [--json] [--out-dir DIRECTORY] [--html FILE] [--private FILE] [--force]
//! ```
//!
//! With `--out-dir` the proof goes to `proof.json` and the verifying key to `verifying.key`, as `zksensor verify` and
//! `zksensor export` take them; files that are there are replaced.
//!
//! `--html` writes the page of the proof that everybody gets, `--private` another one, of what the prover sees. Every place of the
//! trace is in that: keep it. A file that is there is replaced with `--force` only.
//!
//! The CSV has the columns `time`, `lat`, `lon`: one car's fixes, such as the Munich trace. Rows are counted from 1, the
//! header apart, so row n is line n + 1 of the file. The trace is cut into 128 stretches of consecutive rows, and each plays
//! one car with a key of its own. Every row becomes a signed reading whose channel 0 is the speed since the row before; row 1
//! has none before it and becomes no reading. Every reading is put to the policy; those that it refuses are named, with the
//! rule. Row 620 of the Munich trace jumps: 1,693 km/h on the WGS 84 ellipsoid, 1,695 on a sphere of the equator's radius.
//!
//! Of each stretch the first reading that the policy takes goes into the proof: how many cars, and the sum of their speeds.
//!
//! With `--frames` a car signs its stretch once, as a frame of samples, and all of them that the policy takes are counted: how many
//! cars, how many samples, how many that are left out, and the sum of the speeds, which is held against that of the trace. A frame has
//! at most 28 samples here: of a trace of more than 3,585 rows, those beyond are in no frame, which is said, and nobody asks the policy about them.

mod fence;
mod fleet;
mod frames;
mod proven;
mod readings;
mod report;
mod trace;
#[cfg(test)]
mod traces;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use zksensor::circuits::statement::Statement;
use zksensor::files::{FileError, Overwrite};
use zksensor::page::{self, Page, Private, ReportError};

use crate::fleet::{Cars, Claimed, EPOCH, FleetError, stretches};
use crate::proven::ProvenError;
use crate::report::{Report, Said};
use crate::trace::TraceError;

const USAGE: &str = "usage: cargo run --release --example fleet -- PATH_TO_CSV [--frames] [--json] [--out-dir DIRECTORY] \
                     [--html FILE] [--private FILE] [--force]";

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
enum ExampleError {
    #[error(
        "expected the path of a CSV file, and at most --frames, --json, --out-dir with a directory, --html and --private with a file each and --force, got {got:?}\n{USAGE}"
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
    #[error(transparent)]
    Proven(#[from] ProvenError),
    #[error("{0}; {help}", help = .0.help())]
    Save(#[from] FileError),
    #[error("both pages would go to {path}; name a file for each", path = path.display())]
    OnePlace { path: PathBuf },
    #[error(transparent)]
    Report(#[from] ReportError),
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
    let public = options.html.map(|path| page::Report::stage(path, options.overwrite)).transpose()?;
    let private = options.private.map(|path| Page::stage(path, options.overwrite)).transpose()?;
    if let (Some(public), Some(private)) = (&public, &private)
        && public.is_same_place(private)
    {
        return Err(ExampleError::OnePlace { path: private.path().to_owned() });
    }
    let path = options.csv;
    let text = std::fs::read_to_string(path)
        .map_err(|reason| ExampleError::File { path: path.to_owned(), reason })?;
    let report = prove(&text, options.frames).map_err(|error| match error {
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
    if let Some(staged) = private {
        let page = report.page();
        let page = public.iter().fold(page, |page, public| page.beside(&staged, public));
        page.write_into(staged)?;
    }
    if let Some(staged) = public {
        report.public()?.write_into(staged)?;
    }
    let text = if options.json { report.to_json().to_string() } else { report.to_string() };
    // A reader that is gone cannot be told so.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(())
}

/// What was asked for.
struct Options<'a> {
    csv: &'a Path,
    frames: bool,
    json: bool,
    out_dir: Option<&'a Path>,
    html: Option<&'a Path>,
    private: Option<&'a Path>,
    overwrite: Overwrite,
}

impl<'a> Options<'a> {
    /// `None` for a word too many, or none.
    fn parse(arguments: &'a [String]) -> Option<Self> {
        let (mut frames, mut json, mut force) = (false, false, false);
        let (mut csv, mut out_dir, mut html, mut private) = (None, None, None, None);
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--frames" if !frames => frames = true,
                "--json" if !json => json = true,
                "--out-dir" if out_dir.is_none() => out_dir = Some(Path::new(words.next()?)),
                "--html" if html.is_none() => html = Some(Path::new(words.next()?)),
                "--private" if private.is_none() => private = Some(Path::new(words.next()?)),
                "--force" if !force => force = true,
                path if csv.is_none() && !path.starts_with('-') => csv = Some(Path::new(path)),
                _ => return None,
            }
        }
        let overwrite = if force { Overwrite::Replace } else { Overwrite::Never };
        Some(Options { csv: csv?, frames, json, out_dir, html, private, overwrite })
    }
}

/// From the CSV's text to a verified proof.
fn prove(text: &str, frames: bool) -> Result<Report, ExampleError> {
    say("signing the rows and asking the policy ...");
    let fixes = trace::parse(text).map_err(FleetError::from)?;
    let stretches = stretches(&fixes).map_err(FleetError::from)?;
    let cars = Cars::new();
    if frames {
        report(&cars, frames::claim(&cars, &stretches)?)
    } else {
        report(&cars, readings::claim(&cars, &stretches)?)
    }
}

fn report<S: Statement + Clone>(cars: &Cars, claimed: Claimed<S>) -> Result<Report, ExampleError>
where
    Said: From<S::Inputs>,
{
    let Claimed { job, policy, rows, frames } = claimed;
    let (proven, inputs) = proven::prove(&job)?;
    let (fence, marks) = (cars.fence.clone(), rows.marks);
    let private = Private { fence, policy, epoch: EPOCH, marks, noised: None, made_up: false };
    Ok(Report { said: inputs.into(), proven, private, refused: rows.refused, frames })
}

/// A line for people, on standard error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
