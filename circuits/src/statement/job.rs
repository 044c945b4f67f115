//! A claim that holds, with all that proving it takes: for a queue.

use std::fmt;

use super::{Assignment, Statement, Violation};

/// Statement, public inputs and witness of a claim that holds. It owns them, so that it can be kept, and sent to whichever thread
/// proves it; it exists only if `check` passed. Its `Debug` shows the public inputs.
///
/// ```
/// use zksensor_circuits::statement::{Job, aggregate::Aggregate, reading::SingleReading};
/// fn can_be_sent<T: Send + Sync + 'static>() {}
/// can_be_sent::<Job<Aggregate>>();
/// can_be_sent::<Job<SingleReading>>();
/// ```
#[derive(Clone)]
pub struct Job<S: Statement> {
    statement: S,
    inputs: S::Inputs,
    witness: S::Witness,
}

impl<S: Statement> Job<S> {
    /// Checks the claim.
    ///
    /// # Errors
    /// As [`Assignment::new`].
    pub fn new(statement: S, inputs: S::Inputs, witness: S::Witness) -> Result<Self, Violation> {
        Assignment::new(&statement, inputs.clone(), &witness)?;
        Ok(Job { statement, inputs, witness })
    }

    /// The statement.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// The typed public inputs.
    pub fn inputs(&self) -> &S::Inputs {
        &self.inputs
    }

    /// What a prover takes. The claim was checked when the job was made, and nothing of it can change.
    pub fn assignment(&self) -> Assignment<'_, S> {
        Assignment::checked(&self.statement, self.inputs.clone(), &self.witness)
    }
}

impl<S: Statement> fmt::Debug for Job<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("statement", &self.statement.id())
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}
