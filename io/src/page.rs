//! Pages that show one proof to people: one for everybody, and one for the prover alone.
//!
//! [`Report`] is the page for everybody. It is made of a proof file, its policy, the fence and the verifying key, which anybody
//! gets, and of nothing else, so it cannot hold a place. [`Page`] is what the prover sees: the fence, every reading's place and what
//! became of it, where the time went. They are two documents, and in two files: none can be given away for the other.
//!
//! Either is one HTML document that needs nothing else: no font, no picture, no style sheet and no script from elsewhere, and a
//! Content-Security-Policy that forbids them. Text from outside is escaped.
//!
//! **A [`Page`] shows private places of whoever made it.** It is for the prover's own eyes, and for fleets that are made up: give
//! away the [`Report`]. No device key, seed or signature is in either.

mod base64;
mod land;
mod map;
mod noise;
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

pub use noise::Noised;
pub use report::{Gas, Report, ReportError};

use crate::files::{FileError, Kind, Overwrite, Staged};

/// What the prover sees of a proof.
///
/// It shows private places of whoever made it: see the [module](self).
#[derive(Debug, Clone)]
pub struct Page {
    /// The headline.
    pub title: String,
    /// A sentence or two below it.
    pub summary: String,
    /// The fence, and the readings in it.
    pub private: Private,
    /// Name of the file in the same folder that is the page for everybody, if it was written there.
    pub public: Option<String>,
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
    /// Of a private sum, what is sealed and what is published.
    pub noised: Option<Noised>,
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

    /// With a way to the page for everybody, if `public` is in the same folder as this one will be.
    #[must_use]
    pub fn beside(mut self, own: &Staged, public: &Staged) -> Page {
        let (own, public) = (own.path(), public.path());
        let name = public.file_name().filter(|_| public.parent() == own.parent());
        self.public = name.and_then(|name| name.to_str()).map(str::to_owned);
        self
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
