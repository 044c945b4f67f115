//! A page that shows one proof to people: what the prover sees beside what the public sees.
//!
//! [`Page::to_html`] gives one HTML document that needs nothing else: no script, no font, no picture, no style sheet from
//! elsewhere, and a Content-Security-Policy that forbids them. Text from outside is escaped.
//!
//! The halves are types of their own. [`Public`] is made of a proof file, which anybody gets, and of nothing else, so it
//! cannot hold a place; [`Private`] holds the fence and every reading's place.
//!
//! **The page shows private places of whoever made it.** It is for the prover's own eyes, and for fleets that are made up: give
//! away the proof file, not the page. No device key, seed or signature is in it.

mod base64;
mod land;
mod map;
mod report;
mod text;
mod view;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::reading::Location;
use zksensor_model::rule::Rule;
use zksensor_prover::Phase;

pub use report::{Gas, Report, ReportError};

use crate::files::{FileError, Kind, Overwrite, ProofFile, Staged};

/// Everything that a page shows.
///
/// It shows private places of whoever made it: see the [module](self).
#[derive(Debug, Clone)]
pub struct Page {
    /// The headline.
    pub title: String,
    /// A sentence or two below it, outside of both halves: say nothing in it that the public half does not say.
    pub summary: String,
    /// What the prover sees.
    pub private: Private,
    /// What everybody sees.
    pub public: Public,
    /// How long each phase took, as a [`zksensor_prover::Progress`] hears of it. The phases of the proof are drawn as one
    /// bar; those of the key are said beside it.
    pub phases: Vec<(Phase, Duration)>,
    /// What was tried against the proof, and refused. May be empty.
    pub attacks: Vec<RefusedAttack>,
}

/// What the prover sees, and nobody else: the fence, and where each reading was taken.
///
/// Its `Debug` shows how many marks there are, and no place.
#[derive(Clone)]
pub struct Private {
    /// The area of the policy.
    pub fence: Fence,
    /// The policy that decided.
    pub policy: Policy,
    /// The epoch of the proof.
    pub epoch: u32,
    /// The readings.
    pub marks: Vec<Mark>,
    /// Whether all of it is made up, so that the page hurts nobody. The page says which.
    pub made_up: bool,
}

/// Where a reading was taken, and what became of it. Its `Debug` does not show where.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Where.
    pub location: Location,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is in the proof.
    Counted,
    /// The policy refuses it, by this rule.
    LeftOut(Rule),
    /// The policy would take it, but another reading of its device is in the proof.
    Spare,
}

/// What everybody sees: a proof file.
#[derive(Debug, Clone, PartialEq)]
pub struct Public {
    file: ProofFile,
    measure: Measure,
}

/// What the proven sum is a sum of.
///
/// ```
/// use zksensor_io::page::Measure;
/// let speed = Measure { unit: "m/s".to_owned(), scale: 3 };
/// assert_eq!(speed.mean(12_345, 2), "6.1725 m/s");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measure {
    /// The unit; empty if there is none to name.
    pub unit: String,
    /// Decimal places of the fixed point: the sum is that of values times 10^scale.
    pub scale: u32,
}

/// An attack that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedAttack {
    /// Its name.
    pub name: String,
    /// What refused it: the check, the circuit, the verifier.
    pub stage: String,
    /// The rule that it breaks, if it breaks one.
    pub rule: Option<String>,
    /// What it tried.
    pub tried: String,
}

impl Page {
    /// The document.
    pub fn to_html(&self) -> String {
        view::render(self)
    }

    /// Writes the document, for the eyes of its owner (mode 0600, on Unix).
    ///
    /// # Errors
    /// As [`Staged::create`] and [`Staged::commit`].
    pub fn save(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        self.write_into(Page::stage(path, overwrite)?)
    }

    /// Starts the file of a page, before the work of a proof.
    ///
    /// # Errors
    /// As [`Staged::create`].
    pub fn stage(path: &Path, overwrite: Overwrite) -> Result<Staged, FileError> {
        Staged::create(path, Kind::Page, overwrite)
    }

    /// Writes the page into a file that was started before.
    ///
    /// # Errors
    /// As [`Staged::commit`].
    pub fn write_into(&self, mut staged: Staged) -> Result<(), FileError> {
        staged.put(self.to_html().as_bytes())?;
        staged.commit()
    }
}

impl Public {
    /// The public half of the proof in this file.
    pub fn new(file: ProofFile, measure: Measure) -> Public {
        Public { file, measure }
    }

    /// The proof with its public inputs.
    pub fn file(&self) -> &ProofFile {
        &self.file
    }
}

impl Measure {
    /// The mean of `count` values that add up to `sum`, to one decimal place more than the values have, with the unit.
    pub fn mean(&self, sum: i64, count: u32) -> String {
        let (sum, count) = (i128::from(sum) * 10, i128::from(count.max(1)));
        let rounded = (2 * sum.abs() + count) / (2 * count) * sum.signum();
        format!("{} {}", text::fixed_point(rounded, self.scale.saturating_add(1)), self.unit)
            .trim_end()
            .to_owned()
    }
}

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Private").field("marks", &self.marks.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mark").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
