//! Why there is no contract, no deployment or no calldata.

/// Why a contract cannot be rendered or deployed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// There is no contract for the statement.
    #[error(
        "expected a statement of this release, such as aggregate/v2/64x32x3, got `{got}`; a statement of your own is rendered from its layout"
    )]
    UnknownStatement {
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// A field has no Solidity type that fits it.
    #[error(
        "public field `{field}` does not unpack to `{solidity}`; use an integer type of at least its width, signed if it has an offset"
    )]
    FieldType {
        /// Name of the field.
        field: &'static str,
        /// The type that its layout declares.
        solidity: &'static str,
    },
    /// Name and version are compared in one word.
    #[error("expected a statement's name and version of at most {limit} bytes, got `{got}`")]
    Title {
        /// Most bytes.
        limit: usize,
        /// What came.
        got: String,
    },
    /// The key has more or fewer public inputs than the statement.
    #[error("{statement} has {wanted} public inputs, its key has {got}")]
    KeyInputs {
        /// The statement that the key names.
        statement: String,
        /// What the layout asks for.
        wanted: usize,
        /// What the key has.
        got: usize,
    },
    /// The key's transcript has a digest that a contract takes to mean something else, which no transcript has.
    #[error(
        "the key says that its ceremony's transcript has the digest {got}, which no transcript has; use the key that `zksensor ceremony finish` made"
    )]
    Transcript {
        /// The digest.
        got: String,
    },
    /// The key does not fit the code of a contract.
    #[error("expected at most {limit} public inputs, got {got}; pack them")]
    PublicInputs {
        /// Most public inputs.
        limit: usize,
        /// What the key has.
        got: usize,
    },
    /// A source of another package is missing.
    #[error("there is no text of {path}; run `npm ci` in solidity/")]
    Vendored {
        /// Its path.
        path: &'static str,
    },
    /// A template failed.
    #[error("a template failed: {0}")]
    Template(#[from] std::fmt::Error),
}

/// Why proofs and public inputs make no calldata.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalldataError {
    /// Nothing to verify.
    #[error("expected at least one proof")]
    Empty,
    /// The proofs of a batch are of one statement.
    #[error("proof {item} has {got} public inputs, the first has {wanted}; a batch is of one statement")]
    InputCount {
        /// Index of the proof.
        item: usize,
        /// Public inputs of the first proof.
        wanted: usize,
        /// Public inputs of this one.
        got: usize,
    },
}

/// Bytes that a call did not return.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected what `{call}` returns, got {got} bytes that are not; is another contract at the address?")]
pub struct OutputError {
    /// The function.
    pub call: &'static str,
    /// Bytes that came.
    pub got: usize,
}
