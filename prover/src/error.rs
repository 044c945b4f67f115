//! What can go wrong between an assignment and its proof.

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Rule, StatementId};
use zksensor_engine::{NoEngine, NoThreads};
use zksensor_r1cs::RowsDigest;
use zksensor_verifier::{KeyError, ProofError, VerifyError};

use crate::cancel::Cancelled;
use crate::system::Fault;

/// Why there is no proof. No message holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The statement did not compile or its witness program failed.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// The key is for another statement.
    #[error("key was made for {key} but the prover is for {statement}; run the setup for this shape")]
    KeyMismatch {
        /// Statement of the key.
        key: Box<StatementId>,
        /// Statement of the prover.
        statement: Box<StatementId>,
    },
    /// The assignment is for another shape of the statement.
    #[error("the assignment is for {assignment} but the prover is for {statement}")]
    AssignmentMismatch {
        /// Statement of the assignment.
        assignment: Box<StatementId>,
        /// Statement of the prover.
        statement: Box<StatementId>,
    },
    /// A query of the key does not have the circuit's size.
    #[error(
        "the key's query {query} has {got} points, the circuit needs {wanted}; the key is for another version of the circuit"
    )]
    KeySize {
        /// Name of the query.
        query: &'static str,
        /// Points that the circuit needs.
        wanted: usize,
        /// Points that came.
        got: usize,
    },
    /// A query of a key of arkworks holds a point that is none.
    #[error("the key's query {query} holds a point off its curve or of another order; the key is damaged")]
    KeyPoint {
        /// Name of the query.
        query: &'static str,
    },
    /// The key was made for other rows, of the same size perhaps.
    #[error(
        "key was made for rows {key} but the circuit of {statement} has rows {circuit}; the key is of another release, run the \
         setup again with this one"
    )]
    KeyRows {
        /// The statement.
        statement: Box<StatementId>,
        /// Digest of the rows of the key.
        key: RowsDigest,
        /// Digest of the rows of the circuit.
        circuit: RowsDigest,
    },
    /// The bytes are no proving key.
    #[error("expected a proving key, got {got} bytes that {reason}")]
    KeyBytes {
        /// What is wrong with them.
        reason: &'static str,
        /// How many came.
        got: usize,
    },
    /// The reader of a key failed, or ended before the length that was given.
    #[error("expected a proving key, could not read it: {kind}")]
    KeyRead {
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// The verifying half of the key is unfit.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The circuit has more constraints than the field has roots of unity for.
    #[error("the circuit has {constraints} constraints, the largest domain of BN254 has 2^28 points")]
    TooLarge {
        /// Number of constraints.
        constraints: usize,
    },
    /// The proof was [cancelled](crate::Cancel).
    #[error("the proof was cancelled before it was done; nothing of it is left")]
    Cancelled,
    /// The threads could not be started.
    #[error("could not start {threads} threads; ask for fewer")]
    Threads {
        /// How many were asked for.
        threads: usize,
    },
    /// The proof has an element that is no point of a proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The statement's `check` accepts a claim that its circuit does not: neither the claim nor the key is at fault.
    #[error(
        "check and circuit of {statement} disagree at {scope}: this is a bug of the statement, please report it with this line"
    )]
    CheckDisagrees {
        /// The statement.
        statement: Box<StatementId>,
        /// The rule of the first constraint that the claim does not meet; `None` if it belongs to none.
        rule: Option<Rule>,
        /// The scopes around that constraint, outermost first.
        scope: String,
    },
    /// The finished proof does not verify though the claim meets every constraint: the key is damaged or not of this circuit.
    #[error(
        "the claim meets every constraint and its proof does not verify ({reason}); the proving key is damaged or not of this \
         circuit"
    )]
    SelfCheck {
        /// What the verifier said.
        #[source]
        reason: VerifyError,
    },
    /// The verifier cannot be built.
    #[error(transparent)]
    Verifier(VerifyError),
    /// The environment asks for an arithmetic that there is not, or that this machine cannot run.
    #[error(transparent)]
    Engine(NoEngine),
}

impl From<Cancelled> for ProveError {
    fn from(_: Cancelled) -> Self {
        ProveError::Cancelled
    }
}

impl From<Fault<VerifyError>> for ProveError {
    fn from(fault: Fault<VerifyError>) -> Self {
        match fault {
            Fault::KeyMismatch { key, statement } => ProveError::KeyMismatch { key, statement },
            Fault::AssignmentMismatch { assignment, statement } => {
                ProveError::AssignmentMismatch { assignment, statement }
            }
            Fault::Threads(NoThreads { threads }) => ProveError::Threads { threads },
            Fault::SelfCheck { reason } => ProveError::SelfCheck { reason },
        }
    }
}
