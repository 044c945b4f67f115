//! Readings to a claim: they are offered one by one, each is taken or refused with its rule, and what was taken becomes public
//! inputs and witness, or a [`Job`].
//!
//! | statement | takes | refuses besides |
//! |---|---|---|
//! | [`AggregateAssembly`], [`HistogramAssembly`] | one good reading of each device, the first or which [`Take`] says, until the proof is full | strangers, other chunks, further readings of a device |
//! | [`PrivateSumAssembly`] | as those, once to be sealed ([`UnsealedAssembly`]) and once to be proven | the same |
//! | [`ReadingAssembly`] | one good reading of the own device, the first or which [`Take`] says | other devices, further readings |
//! | [`SurveyAssembly`] | the first good frame of each device, until the proof is full, and of its samples, in the triangles that hold the most of them, the most that go together and move as they have to | strangers, other chunks, further frames of a device |
//! | [`TrackAssembly`] | the first good frame of the own device, and of its samples those that show the most | other devices, further frames |
//!
//! ```
//! use zksensor_circuits::assemble::{Assemble, AssembleError, Refusal};
//! use zksensor_circuits::statement::Job;
//! use zksensor_model::reading::SignedReading;
//!
//! /// Whatever the statement.
//! fn assemble<A: Assemble<Signed = SignedReading>>(
//!     mut assembly: A,
//!     readings: impl IntoIterator<Item = SignedReading>,
//! ) -> Result<(Job<A::Statement>, Vec<Refusal>), AssembleError> {
//!     let offers = (1..).zip(readings).map(|(row, reading)| assembly.offer(row, reading));
//!     let refused = offers.filter_map(Result::err).collect();
//!     Ok((assembly.job()?, refused))
//! }
//! ```

mod private_sum;
mod reading;
mod readings;
mod refusal;
mod seats;
mod survey;
mod take;
mod track;

pub use private_sum::{PrivateSumAssembly, UnsealedAssembly};
pub use reading::{OwnDevice, ReadingAssembly, ReadingTarget};
pub use readings::{AggregateAssembly, AggregateTarget, HistogramAssembly, OneEachAssembly};
pub use refusal::{Refusal, RefusalReason};
pub use survey::SurveyAssembly;
pub use take::Take;
pub use track::TrackAssembly;

use std::fmt;

use zksensor_model::claim::Claim;

use crate::statement::{Job, Rule, Statement, Violation};

/// Takes readings one by one, until they are a claim. Its memory is bounded by the statement's shape, whatever it is offered.
pub trait Assemble: Sized {
    /// What is claimed of them.
    type Statement: Statement;

    /// What it is offered: signed readings, or signed frames.
    type Signed;

    /// Takes what is signed, number `row` of the caller's, or says why not. A refusal changes nothing of what is taken. What was taken of
    /// its device before may be passed over for it.
    ///
    /// # Errors
    /// [`Refusal`] with the first rule that does not hold.
    fn offer(&mut self, row: u64, signed: Self::Signed) -> Result<(), Refusal>;

    /// Readings taken so far.
    fn len(&self) -> usize;

    /// Good readings or frames that were offered and are not taken, as another of their device is.
    fn passed_over(&self) -> u64;

    /// Whether none was taken.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The public inputs and the witness of what was taken.
    ///
    /// # Errors
    /// [`AssembleError::TooFew`] or [`AssembleError::NoReading`] if it is not enough for a claim.
    fn finish(self) -> Result<Assembled<Self::Statement>, AssembleError>;

    /// The claim of what was taken, checked as a whole, for a prover.
    ///
    /// # Errors
    /// As [`Assemble::finish`], and [`AssembleError::Violation`] for what is about no reading alone, such as a policy that is
    /// for another statement or a fence that is not the policy's.
    fn job(self) -> Result<Job<Self::Statement>, AssembleError> {
        let Assembled { statement, inputs, witness } = self.finish()?;
        Ok(Job::new(statement, inputs, witness)?)
    }
}

/// A statement with its public inputs and its witness, which nothing has checked as a whole. Its `Debug` shows the inputs.
pub struct Assembled<S: Statement> {
    /// The statement.
    pub statement: S,
    /// The typed public inputs.
    pub inputs: S::Inputs,
    /// What stays secret.
    pub witness: S::Witness,
}

impl<S: Statement> fmt::Debug for Assembled<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assembled")
            .field("statement", &Claim::id(&self.statement))
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}

/// Why there is no claim about what was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssembleError {
    /// Fewer readings were taken than the policy wants.
    #[error("C15: wanted at least {wanted} devices with a reading or frame that obeys the policy, got {got}")]
    TooFew {
        /// Least number of the policy.
        wanted: u32,
        /// Readings that were taken.
        got: usize,
    },
    /// No reading was taken.
    #[error("wanted a reading of the device that obeys the policy, got none")]
    NoReading,
    /// The claim as a whole does not hold.
    #[error(transparent)]
    Violation(#[from] Violation),
}

impl AssembleError {
    /// The rule that does not hold; `None` where there is nothing that a rule could be about.
    pub fn rule(&self) -> Option<Rule> {
        match self {
            AssembleError::TooFew { .. } => Some(Rule::COUNT),
            AssembleError::NoReading => None,
            AssembleError::Violation(violation) => violation.rule(),
        }
    }
}
