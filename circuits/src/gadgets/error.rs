//! Why a synthesis fails.

/// Why a circuit could not be synthesised. None of these depends on a secret value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SynthesisError {
    /// A value was needed where the statement ran without a witness.
    #[error("`{name}` needs a value, but the statement runs without a witness")]
    MissingValue {
        /// Name of the wire.
        name: &'static str,
    },
    /// A hint returned another number of values than it declared.
    #[error("hint `{name}` declares {expected} values and returned {got}")]
    HintCount {
        /// Name of the hint.
        name: &'static str,
        /// Declared number.
        expected: usize,
        /// Returned number.
        got: usize,
    },
    /// A block inside a block.
    #[error("repeat `{name}` stands inside another repeat; blocks do not nest")]
    NestedRepeat {
        /// Name of the inner repeat.
        name: &'static str,
    },
    /// An instance does not have the shape of the compiled circuit.
    #[error(
        "{what} has {got} {unit}, the compiled circuit {expected}: the shape depends on a value or on captured state"
    )]
    Shape {
        /// Which part.
        what: &'static str,
        /// What is counted.
        unit: &'static str,
        /// Count in the compiled circuit.
        expected: usize,
        /// Count that came.
        got: usize,
    },
    /// The public inputs do not fit their layout.
    #[error(transparent)]
    Inputs(#[from] crate::layout::InputError),
    /// A rule written with ark-r1cs-std failed.
    #[error("a rule written with ark-r1cs-std failed: {reason}")]
    Foreign {
        /// The library's words.
        reason: String,
    },
    /// A set or a width is empty or too large for the gadget.
    #[error("{gadget} takes {wanted}, got {got}")]
    Size {
        /// Name of the gadget.
        gadget: &'static str,
        /// The sizes that it takes.
        wanted: &'static str,
        /// The size that came.
        got: usize,
    },
}
