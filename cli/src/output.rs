//! The one place that writes to the terminal.
//!
//! | stream | plain | `--quiet` | `--json` |
//! |---|---|---|---|
//! | stdout | lines and answers | answers | one JSON object, the last line |
//! | stderr | notes, warnings, progress, errors | warnings, errors | warnings |
//!
//! With `-` for an output, standard output is that of the file, and lines and answers go to stderr.
//! A closed pipe is no error: whoever reads has seen enough. Anything else that standard output does not take is a failure of
//! the command, which [`failed`] tells.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::ProgressBar;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use serde::Serialize;
use serde_json::{Value, json};
use zksensor::prover::{Event, Progress};

/// What standard output said when it did not take what was written.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Why standard output did not take something, if it did not.
pub(crate) fn failed() -> Option<&'static io::Error> {
    FAILED.get()
}

/// Notes whether standard output took what was written; a closed pipe took all that anybody wanted.
pub(crate) fn wrote(result: io::Result<()>) {
    if let Err(error) = result
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // The first error says most.
        let _ = FAILED.set(error);
    }
}

/// Where a command says what it has to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    /// Standard output is that of a file.
    data: bool,
}

impl Output {
    /// `json`: one JSON object and nothing else on stdout. `quiet`: answers only.
    pub(crate) fn new(json: bool, quiet: bool) -> Output {
        Output { json, quiet, data: false }
    }

    /// If `data`, stdout is that of a file, and what is said goes to stderr.
    pub(crate) fn beside_data(self, data: bool) -> Output {
        Output { data, ..self }
    }

    /// Whether programs read.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people, on stdout.
    pub(crate) fn line(&self, text: impl Display) {
        if !self.json && !self.quiet {
            self.say(&text);
        }
    }

    /// What was asked for, on stdout: it stays under `--quiet`.
    pub(crate) fn answer(&self, text: impl Display) {
        if !self.json {
            self.say(&text);
        }
    }

    fn say(&self, text: &dyn Display) {
        if self.data { put(text) } else { tell(text) }
    }

    /// A remark for people, on stderr.
    pub(crate) fn note(&self, text: impl Display) {
        if !self.json && !self.quiet {
            put(&text);
        }
    }

    /// What nobody should miss, on stderr in every mode.
    pub(crate) fn warn(&self, text: impl Display) {
        put(&format_args!("warning: {text}"));
    }

    /// The result as one JSON object, the last line of stdout under `--json`.
    pub(crate) fn result(&self, value: &Value) {
        if self.json {
            tell(value);
        }
    }

    /// As [`Output::result`], of what has many parts.
    pub(crate) fn result_of(&self, value: &impl Serialize) {
        if self.json {
            let text = serde_json::to_string(value).expect("the parts are JSON");
            tell(&text);
        }
    }

    /// Why the command failed: under `--json` an object on stdout, else a diagnostic on stderr.
    pub(crate) fn error(&self, report: &miette::Report) {
        if self.json {
            let diagnostic: &dyn Diagnostic = report.as_ref();
            let text = |part: Option<Box<dyn Display + '_>>| part.map(|part| part.to_string());
            self.failure(&report.to_string(), text(diagnostic.help()), text(diagnostic.code()));
        } else {
            let mut text = String::new();
            let terminal = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let theme = if terminal { GraphicalTheme::unicode() } else { GraphicalTheme::none() };
            // Messages say what their causes say.
            let handler = GraphicalReportHandler::new_themed(theme)
                .with_wrap_lines(false)
                .with_links(false)
                .without_cause_chain();
            let rendered = handler.render_report(&mut text, report.as_ref());
            rendered.expect("writing to a string cannot fail");
            put(&text.trim_end());
        }
    }

    /// The JSON form of an error.
    pub(crate) fn failure(&self, message: &str, help: Option<String>, code: Option<String>) {
        self.result(&json!({ "error": { "message": message, "help": help, "code": code } }));
    }

    /// A spinner on stderr that shows while it lives; silent where nobody would see it.
    pub(crate) fn spinner(&self, message: &'static str) -> ProgressBar {
        if !self.shows_progress() {
            return ProgressBar::hidden();
        }
        let spinner = ProgressBar::new_spinner().with_message(message);
        spinner.enable_steady_tick(Duration::from_millis(120));
        spinner
    }

    /// A spinner that names the phase of a setup or proof, and how much of a proof is done.
    pub(crate) fn phases(&self) -> Box<dyn Progress + Send + Sync> {
        let spinner = self.spinner("start");
        Box::new(move |event| {
            let (Event::Started(phase) | Event::Advanced(phase, _)) = event else { return };
            spinner.set_message(match event.percent() {
                Some(percent) => format!("{phase} {percent} %"),
                None => phase.to_string(),
            });
        })
    }

    fn shows_progress(&self) -> bool {
        !self.json && !self.quiet && io::stderr().is_terminal()
    }
}

/// A path in JSON, which takes text only: what of a name is no text becomes U+FFFD.
pub(crate) fn shown(path: &Path) -> Value {
    path.to_string_lossy().into()
}

/// As [`shown`], of many paths.
pub(crate) fn shown_all(paths: &[PathBuf]) -> Value {
    paths.iter().map(|path| shown(path)).collect()
}

/// A line on standard output.
fn tell(text: &dyn Display) {
    let mut stream = io::stdout().lock();
    wrote(writeln!(stream, "{text}").and_then(|()| stream.flush()));
}

/// A line on standard error. Nobody can be told that it is not read.
fn put(text: &dyn Display) {
    let mut stream = io::stderr().lock();
    let _ = writeln!(stream, "{text}").and_then(|()| stream.flush());
}
