//! Readings are offered, and what is refused is gathered.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zksensor::circuits::assemble::{Assemble, AssembleError, Refusal, RefusalReason};
use zksensor::files::{ReadingsReader, Reason};
use zksensor::model::reading::SignedReading;

use super::ProveCommandError;
use crate::output::{Output, shown};

/// Offers every reading of the files by its number, and gathers the refusals. A line that is no reading is refused as one
/// whose signature does not hold is: nobody stops the proof of others with a line of theirs.
pub(super) fn offer_all(
    paths: &[PathBuf],
    output: &Output,
    assembly: &mut impl Assemble<Signed = SignedReading>,
) -> Result<Refusals, ProveCommandError> {
    let spinner = output.spinner("checking readings");
    let mut refusals = Refusals::default();
    for path in paths {
        let mut readings = ReadingsReader::open(path)?;
        while let Some(reading) = readings.next() {
            refusals.rows += 1;
            let (row, place) = (refusals.rows, Line { path, line: readings.line() });
            match reading {
                Ok(reading) => match assembly.offer(row, reading) {
                    Ok(()) => {}
                    // Which devices a proof leaves out is not for the order of lines to say.
                    Err(Refusal { reason: RefusalReason::Full { capacity }, .. }) => {
                        return Err(ProveCommandError::Capacity { capacity, row });
                    }
                    Err(refusal) => refusals.add(&refusal, &place, output),
                },
                Err(error) if error.is_of_a_row() => refusals.add_unread(row, &error.reason, &place, output),
                Err(error) => return Err(error.into()),
            }
            spinner.inc(1);
        }
    }
    spinner.finish_and_clear();
    Ok(refusals)
}

/// Where a reading came from.
struct Line<'a> {
    path: &'a Path,
    line: usize,
}

/// Readings that came, and those refused.
#[derive(Default)]
pub(super) struct Refusals {
    pub(super) rows: u64,
    pub(super) count: u64,
    /// Of these, the lines that are no readings.
    pub(super) malformed: u64,
    pub(super) shown: Vec<Value>,
}

/// Of a reading that was altered without anybody's intention.
const ROUNDED: &str = "the signature does not hold, and a number above 2^53 lacks its last digits; was this file rewritten by a \
                       program that rounds numbers, such as JavaScript or jq?";
/// Refusals that are reported one by one.
const SHOWN: usize = 1000;

impl Refusals {
    fn add(&mut self, refusal: &Refusal, place: &Line<'_>, output: &Output) {
        let rule = refusal.rule().map(|rule| rule.to_string());
        self.put(refusal.row, rule, &refusal.to_string(), place, output);
    }

    /// A line that is no signed reading.
    fn add_unread(&mut self, row: u64, reason: &Reason, place: &Line<'_>, output: &Output) {
        match reason {
            Reason::Reading { .. } => self.add(&Refusal::signature(row), place, output),
            Reason::Rounded { .. } => {
                let rule = Refusal::signature(row).rule().map(|rule| rule.to_string());
                self.put(row, rule, &format!("reading {row}: {ROUNDED}"), place, output);
            }
            reason => {
                self.malformed += 1;
                self.put(row, None, &format!("reading {row} cannot be read: {reason}"), place, output);
            }
        }
    }

    fn put(&mut self, row: u64, rule: Option<String>, why: &str, place: &Line<'_>, output: &Output) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            let (path, line) = (place.path, place.line);
            output.note(format_args!("refused: {}, line {line}: {why}", path.display()));
            self.shown
                .push(json!({ "row": row, "file": shown(path), "line": line, "rule": rule, "why": why }));
        }
    }

    /// The first one, for the end of a sentence.
    fn first(&self) -> String {
        let first = self.shown.first().and_then(|refusal| refusal["why"].as_str());
        first.map_or_else(String::new, |why| format!("; the first was refused by {why}"))
    }

    /// Why there is no claim about what was not refused.
    pub(super) fn explain(&self, error: AssembleError) -> ProveCommandError {
        let (rows, first) = (self.rows, self.first());
        match error {
            AssembleError::TooFew { wanted: k, got: taken } => {
                ProveCommandError::TooFew { k, taken, rows, first }
            }
            AssembleError::NoReading => ProveCommandError::NoReading { rows, first },
            other => ProveCommandError::Assemble(other),
        }
    }
}
