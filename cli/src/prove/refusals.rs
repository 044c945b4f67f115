//! Readings or frames are offered, and what is refused is gathered.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zksensor::circuits::assemble::{Assemble, AssembleError, Refusal, RefusalReason};
use zksensor::circuits::statement::{Rule, StatementId, Violation};
use zksensor::files::{FileError, FramesReader, ReadingsReader, Reason};
use zksensor::model::frame::SignedFrame;
use zksensor::model::primitives::eddsa::PublicKey;
use zksensor::model::reading::SignedReading;

use super::{Args, ProveCommandError};
use crate::output::{Output, shown};

/// What a statement is made of: readings or frames, signed, in files of lines.
pub(super) trait Signed: Clone {
    /// One of them.
    const WHAT: &'static str;
    /// What is shown while they are offered.
    const CHECKING: &'static str;
    /// Reads them.
    type Reader: Iterator<Item = Result<Self, FileError>>;

    /// The files of the option that names theirs; the name of the other option, if files of its were named in their place.
    fn files(args: &Args) -> Result<&[PathBuf], (&'static str, &'static str)>;

    /// Opens a file.
    fn open(path: &Path) -> Result<Self::Reader, FileError>;

    /// Number of the line that came last.
    fn line(reader: &Self::Reader) -> usize;

    /// The key of the device that signed.
    fn key(&self) -> &PublicKey;
}

impl Signed for SignedReading {
    const WHAT: &'static str = "reading";
    const CHECKING: &'static str = "checking readings";
    type Reader = ReadingsReader;

    fn files(args: &Args) -> Result<&[PathBuf], (&'static str, &'static str)> {
        if args.frames.is_empty() { Ok(&args.readings) } else { Err(("--readings", "--frames")) }
    }

    fn open(path: &Path) -> Result<ReadingsReader, FileError> {
        ReadingsReader::open(path)
    }

    fn line(reader: &ReadingsReader) -> usize {
        reader.line()
    }

    fn key(&self) -> &PublicKey {
        SignedReading::key(self)
    }
}

impl Signed for SignedFrame {
    const WHAT: &'static str = "frame";
    const CHECKING: &'static str = "checking frames";
    type Reader = FramesReader;

    fn files(args: &Args) -> Result<&[PathBuf], (&'static str, &'static str)> {
        if args.readings.is_empty() { Ok(&args.frames) } else { Err(("--frames", "--readings")) }
    }

    fn open(path: &Path) -> Result<FramesReader, FileError> {
        FramesReader::open(path)
    }

    fn line(reader: &FramesReader) -> usize {
        reader.line()
    }

    fn key(&self) -> &PublicKey {
        SignedFrame::key(self)
    }
}

/// What readings or frames are offered to.
pub(super) trait Offer {
    /// They.
    type Signed: Signed;

    /// As [`Assemble::offer`].
    fn offer(&mut self, row: u64, signed: Self::Signed) -> Result<(), Refusal>;

    /// As [`Assemble::passed_over`].
    fn passed_over(&self) -> u64;

    /// The file of the policy that they are taken under, if it is one of several.
    fn policy(&self) -> Option<&Path> {
        None
    }
}

impl<A: Assemble<Signed: Signed>> Offer for A {
    type Signed = A::Signed;

    fn offer(&mut self, row: u64, signed: A::Signed) -> Result<(), Refusal> {
        Assemble::offer(self, row, signed)
    }

    fn passed_over(&self) -> u64 {
        Assemble::passed_over(self)
    }
}

/// Offers everything in the files by its number, and gathers the refusals. A line that is no reading or frame is refused as one
/// whose signature does not hold is: nobody stops the proof of others with a line of theirs.
pub(super) fn offer_all<A: Offer>(
    args: &Args,
    statement: &StatementId,
    output: &Output,
    assembly: &mut A,
) -> Result<Refusals, ProveCommandError> {
    let mut of_one = offer_each(args, statement, output, std::slice::from_mut(assembly))?;
    Ok(of_one.pop().expect("as many as there are assemblies"))
}

/// As [`offer_all`], to each of several: files are read once, and what one refuses the others may take. The refusals of each.
pub(super) fn offer_each<A: Offer>(
    args: &Args,
    statement: &StatementId,
    output: &Output,
    assemblies: &mut [A],
) -> Result<Vec<Refusals>, ProveCommandError> {
    let files = A::Signed::files(args).map_err(|(wanted, got)| ProveCommandError::OtherFiles {
        wanted,
        got,
        statement: statement.to_string(),
    })?;
    let spinner = output.spinner(A::Signed::CHECKING);
    let mut each: Vec<Refusals> = assemblies.iter().map(Refusals::none).collect();
    let mut row = 0;
    for path in files {
        let mut reader = A::Signed::open(path)?;
        while let Some(signed) = reader.next() {
            row += 1;
            let place = Line { path, line: A::Signed::line(&reader), policy: None };
            let both = assemblies.iter_mut().zip(&mut each);
            match signed {
                Ok(signed) => {
                    for (assembly, refusals) in both {
                        let offered = assembly.offer(row, signed.clone());
                        let place = Line { policy: assembly.policy(), ..place };
                        let heeded = refusals.heed(offered, (row, &place), output);
                        heeded.map_err(|error| error.of_policy(place.policy))?;
                    }
                }
                // Under no policy: it is told of once.
                Err(error) if error.is_of_a_row() => {
                    for (index, (_, refusals)) in both.enumerate() {
                        let told = (index == 0).then_some(output);
                        refusals.add_unread(row, &error.reason, &place, told);
                    }
                }
                Err(error) => return Err(error.into()),
            }
            spinner.inc(1);
        }
    }
    spinner.finish_and_clear();
    for (assembly, refusals) in assemblies.iter().zip(&mut each) {
        (refusals.rows, refusals.passed_over) = (row, assembly.passed_over());
    }
    Ok(each)
}

/// Where a reading or frame came from.
struct Line<'a> {
    path: &'a Path,
    line: usize,
    /// The file of the policy that it was offered under, if that is one of several.
    policy: Option<&'a Path>,
}

/// Readings or frames that came, and those refused.
pub(super) struct Refusals {
    /// One of them.
    pub(super) what: &'static str,
    pub(super) rows: u64,
    pub(super) count: u64,
    /// Of these, the lines that are none.
    pub(super) malformed: u64,
    /// The others, by the rule that they break.
    pub(super) by_rule: BTreeMap<Rule, u64>,
    /// Good ones, of devices of which another is taken.
    pub(super) passed_over: u64,
    pub(super) shown: Vec<Value>,
}

/// Of a reading that was altered without anybody's intention.
const ROUNDED: &str = "the signature does not hold, and a number above 2^53 lacks its last digits; was this file rewritten by a \
                       program that rounds numbers, such as JavaScript or jq?";
/// Refusals that are reported one by one.
const SHOWN: usize = 1000;

impl Refusals {
    fn none<A: Offer>(_: &A) -> Refusals {
        Refusals {
            what: A::Signed::WHAT,
            rows: 0,
            count: 0,
            malformed: 0,
            by_rule: BTreeMap::new(),
            passed_over: 0,
            shown: Vec::new(),
        }
    }

    /// Gathers the refusal, if it is one of what was offered and not of all that could be.
    fn heed(
        &mut self,
        offered: Result<(), Refusal>,
        (row, place): (u64, &Line<'_>),
        output: &Output,
    ) -> Result<(), ProveCommandError> {
        let Err(refusal) = offered else { return Ok(()) };
        match refusal.reason {
            _ if refusal.reason.is_passed_over() => {}
            // Which devices a proof leaves out is not for the order of lines to say.
            RefusalReason::Full { capacity } => {
                let chunk = "the chunk".to_owned();
                return Err(ProveCommandError::Capacity { what: self.what, capacity, row, chunk });
            }
            // About no reading alone: every one would be refused by it.
            RefusalReason::Violation(policy @ Violation::Policy { .. }) => {
                return Err(AssembleError::Violation(policy).into());
            }
            _ => self.add(&refusal, place, Some(output)),
        }
        Ok(())
    }

    fn add(&mut self, refusal: &Refusal, place: &Line<'_>, output: Option<&Output>) {
        self.put((refusal.row, refusal.rule()), &refusal.to_string(), place, output);
    }

    /// A line that is no signed reading or frame.
    fn add_unread(&mut self, row: u64, reason: &Reason, place: &Line<'_>, output: Option<&Output>) {
        match reason {
            Reason::Reading { .. } | Reason::Frame { .. } => {
                self.add(&Refusal::signature(row), place, output)
            }
            Reason::Rounded { .. } => {
                let rule = Refusal::signature(row).rule();
                self.put((row, rule), &format!("{} {row}: {ROUNDED}", self.what), place, output);
            }
            reason => {
                self.malformed += 1;
                let why = format!("{} {row} cannot be read: {reason}", self.what);
                self.put((row, None), &why, place, output);
            }
        }
    }

    fn put(
        &mut self,
        (row, rule): (u64, Option<Rule>),
        why: &str,
        place: &Line<'_>,
        output: Option<&Output>,
    ) {
        self.count += 1;
        if let Some(rule) = rule {
            *self.by_rule.entry(rule).or_default() += 1;
        }
        if self.shown.len() < SHOWN {
            let (path, line) = (place.path, place.line);
            if let Some(output) = output {
                let under =
                    place.policy.map_or_else(String::new, |policy| format!(" under {}", policy.display()));
                output.note(format_args!("refused{under}: {}, line {line}: {why}", path.display()));
            }
            let rule = rule.map(|rule| rule.to_string());
            self.shown
                .push(json!({ "row": row, "file": shown(path), "line": line, "rule": rule, "why": why }));
        }
    }

    /// How many were refused by each rule, as JSON.
    pub(super) fn by_rule(&self) -> Value {
        self.by_rule.iter().map(|(rule, count)| (rule.to_string(), Value::from(*count))).collect()
    }

    /// The first one, for the end of a sentence.
    fn first(&self) -> String {
        let first = self.shown.first().and_then(|refusal| refusal["why"].as_str());
        first.map_or_else(String::new, |why| format!("; the first was refused by {why}"))
    }

    /// Why there is no claim about any chunk, of which at most so many devices have something that was taken.
    pub(super) fn no_chunk(&self, k: u32, chunks: usize, taken: usize) -> ProveCommandError {
        ProveCommandError::NoChunk { what: self.what, k, chunks, taken, rows: self.rows, first: self.first() }
    }

    /// Why there is no claim about what was not refused.
    pub(super) fn explain(&self, error: AssembleError) -> ProveCommandError {
        let (rows, first) = (self.rows, self.first());
        match error {
            AssembleError::TooFew { wanted: k, got: taken } => {
                ProveCommandError::TooFew { what: self.what, k, taken, rows, first }
            }
            AssembleError::NoReading => ProveCommandError::NoReading { what: self.what, rows, first },
            other => ProveCommandError::Assemble(other),
        }
    }
}
