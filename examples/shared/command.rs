//! What the examples of one file share: `[PATH] [--json]`, one line of JSON or lines for people, and an exit code.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

/// Why there is no result; examples just pass on what failed.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// What an example says.
pub(crate) struct Report {
    /// Lines for people.
    pub(crate) people: String,
    /// The same for programs; `"verified": true` is in it.
    pub(crate) json: Value,
}

/// Runs `example` with the paths on the command line, if there are as many as `paths` says.
pub(crate) fn run(
    usage: &str,
    paths: std::ops::RangeInclusive<usize>,
    example: impl FnOnce(&[PathBuf]) -> Result<Report, Failure>,
) -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let json = words.iter().position(|word| word == "--json").map(|index| words.remove(index)).is_some();
    if words.iter().any(|word| word.starts_with('-')) || !paths.contains(&words.len()) {
        let _ = writeln!(std::io::stderr(), "usage: {usage}");
        return ExitCode::from(2);
    }
    let words: Vec<PathBuf> = words.iter().map(PathBuf::from).collect();
    match example(&words) {
        Ok(Report { people, json: value }) => {
            // A reader that is gone cannot be told so.
            let _ = writeln!(std::io::stdout(), "{}", if json { value.to_string() } else { people });
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
