//! What can go wrong between parameters and a proof.

use std::io::ErrorKind;

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Rule, StatementId};
use zksensor_prover::engine::NoThreads;
use zksensor_prover::{Cancelled, Fault};
use zksensor_verifier_halo2::{KeyError, PointError, ProofError, VerifyError};

/// Why bytes are no parameters that anybody should use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SrsError {
    /// The bytes do not begin as parameters do.
    #[error(
        "expected zksensor parameters (SRS) of halo2, got bytes that do not begin like them; is it a key?"
    )]
    Magic,
    /// An encoding that this release does not know.
    #[error(
        "expected version {wanted} of the encoding of parameters, got {got}; use the release that wrote it"
    )]
    Version {
        /// The version of this release.
        wanted: u8,
        /// The version that came.
        got: u8,
    },
    /// The setup flag is neither 0 nor 1.
    #[error("expected 0 or 1 where the parameters say whether their setup was insecure, got {got}")]
    Flag {
        /// The byte that came.
        got: u8,
    },
    /// No statement has so many rows, or so few.
    #[error("expected parameters for 2^{least} to 2^{most} rows, got k = {got}")]
    Rows {
        /// The least k.
        least: u8,
        /// The largest k.
        most: u8,
        /// The k that came.
        got: u8,
    },
    /// Truncated, or followed by other bytes.
    #[error("expected parameters of {wanted} bytes by their header, got {got}; they were cut or added to")]
    Length {
        /// Bytes that the header announces, or the least that there are of any.
        wanted: u64,
        /// Bytes that came.
        got: u64,
    },
    /// The reader failed, or ended before the length that was given.
    #[error("expected parameters, could not read them: {kind}")]
    Read {
        /// What the system said.
        kind: ErrorKind,
    },
    /// The bytes are not those that were written.
    #[error(
        "the digest at the end of the parameters is not that of their bytes; the file is corrupt, fetch it again"
    )]
    Digest,
    /// An element is not a point that parameters may hold.
    #[error("point {index} of the parameters {reason}; do not use them")]
    Point {
        /// Which one: powers, then Lagrange polynomials, then that of G2.
        index: usize,
        /// What is wrong with it.
        #[source]
        reason: PointError,
    },
    /// They are not powers of one secret.
    #[error("the parameters are not {what}; do not use them")]
    Structure {
        /// What they should be.
        what: &'static str,
    },
}

/// Why there is no proof, or no key. No message holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The statement did not compile or its witness program failed.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// What all proof systems refuse alike, such as a key of another statement.
    #[error(transparent)]
    Fault(Fault<VerifyError>),
    /// The parameters are for another number of rows.
    #[error("{statement} has 2^{wanted} rows, the parameters are for 2^{got}; take those of k = {wanted}")]
    SrsRows {
        /// The statement.
        statement: Box<StatementId>,
        /// Binary logarithm of its rows.
        wanted: u32,
        /// That of the parameters.
        got: u32,
    },
    /// The parameters are unfit.
    #[error(transparent)]
    Srs(#[from] SrsError),
    /// The key was made for another table.
    #[error(
        "the key is for another table than that of {statement}; it is of another release, run the setup again with this one"
    )]
    KeyTable {
        /// The statement.
        statement: Box<StatementId>,
    },
    /// The bytes are a proving key of the other proof system.
    #[error(
        "expected a proving key of halo2, got one of groth16; run the setup with this backend, or prove with the other one"
    )]
    Groth16Key,
    /// The bytes are no proving key.
    #[error("expected a proving key of halo2, got {got} bytes that {reason}")]
    KeyBytes {
        /// What is wrong with them.
        reason: &'static str,
        /// How many came.
        got: u64,
    },
    /// The reader of a key failed, or ended before the length that was given.
    #[error("expected a proving key of halo2, could not read it: {kind}")]
    KeyRead {
        /// What the system said.
        kind: ErrorKind,
    },
    /// The verifying half of the key is unfit.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// halo2 does not do what it should of a table that it took.
    #[error("halo2 could not {what} of {statement}: this is a bug, please report it with this line")]
    Library {
        /// What it was asked for.
        what: &'static str,
        /// The statement.
        statement: Box<StatementId>,
    },
    /// The proof was [cancelled](zksensor_prover::Cancel).
    #[error("the proof was cancelled before it was done; nothing of it is left")]
    Cancelled,
    /// The finished proof has bytes that no proof has.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The statement's `check` accepts a claim that its circuit does not: neither the claim nor the key is at fault.
    #[error(
        "check and circuit of {statement} disagree at {scope}: this is a bug of the statement, please report it with this line"
    )]
    CheckDisagrees {
        /// The statement.
        statement: Box<StatementId>,
        /// The rule of the first operation that does not hold; `None` if it belongs to none.
        rule: Option<Rule>,
        /// The scopes around it, outermost first.
        scope: String,
    },
    /// The verifier cannot be built.
    #[error(transparent)]
    Verifier(VerifyError),
}

impl From<Cancelled> for ProveError {
    fn from(_: Cancelled) -> Self {
        ProveError::Cancelled
    }
}

impl From<Fault<VerifyError>> for ProveError {
    fn from(fault: Fault<VerifyError>) -> Self {
        ProveError::Fault(fault)
    }
}

impl From<NoThreads> for ProveError {
    fn from(threads: NoThreads) -> Self {
        ProveError::Fault(Fault::Threads(threads))
    }
}
