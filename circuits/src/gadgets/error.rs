//! Why a synthesis fails.

use zksensor_model::claim::StatementId;
use zksensor_model::rule::Rule;

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
    #[error("hint `{name}` declares {wanted} values and returned {got}")]
    HintCount {
        /// Name of the hint.
        name: &'static str,
        /// Declared number.
        wanted: usize,
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
        "{what} has {got} {unit}, the compiled circuit {wanted}: the shape depends on a value or on captured state"
    )]
    Shape {
        /// Which part.
        what: &'static str,
        /// What is counted.
        unit: &'static str,
        /// Count in the compiled circuit.
        wanted: usize,
        /// Count that came.
        got: usize,
    },
    /// A block that compiles to other rows at another index.
    #[error(
        "block `{name}` has other {what} at index {index} than at index 0, but one block is compiled for all: pass what \
         differs as an import of the instance (`repeat_each`)"
    )]
    IndexedBlock {
        /// Name of the repeat.
        name: &'static str,
        /// The index.
        index: usize,
        /// What differs: rows, wires or exports.
        what: &'static str,
    },
    /// A port holds something else than is read from it.
    #[error("expected {wanted} in a port, got {}", port_kind(*.got))]
    Port {
        /// What was read.
        wanted: &'static str,
        /// What the port holds; `None` if there is no port.
        got: Option<super::PortKind>,
    },
    /// Instances of a block import variables of different kinds.
    #[error(
        "an instance of block `{name}` imports {} where the first imports {}", port_kind(Some(*.got)),
        port_kind(Some(*.wanted))
    )]
    PortKinds {
        /// Name of the repeat.
        name: &'static str,
        /// Kind of the first instance's.
        wanted: super::PortKind,
        /// Kind of the other's.
        got: super::PortKind,
    },
    /// The public inputs do not fit their layout.
    #[error(transparent)]
    Inputs(#[from] zksensor_model::layout::InputError),
    /// A library below a backend failed: of R1CS, a rule written with ark-r1cs-std is one.
    #[error("{library} failed: {reason}")]
    Library {
        /// Its name.
        library: &'static str,
        /// Its words, or what it did.
        reason: String,
    },
    /// A rule that the statement declares has no row: nothing in the circuit is about it.
    #[error(
        "{statement} declares rule {rule} and no row of its circuit stands under it: write the rule's constraints inside of \
         `Gadgets::rule`, or take it out of `Claim::rules`"
    )]
    RuleWithoutRow {
        /// The statement.
        statement: StatementId,
        /// The rule.
        rule: Rule,
    },
    /// Rows stand under a rule that the statement does not declare.
    #[error("{statement} has rows under rule {rule} and does not declare it: add it to `Claim::rules`")]
    UndeclaredRule {
        /// The statement.
        statement: StatementId,
        /// The rule.
        rule: Rule,
    },
    /// Whoever runs the blocks of a repeat ended it.
    #[error("the blocks of a repeat were not run to their end: whoever runs them stopped")]
    Stopped,
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

fn port_kind(got: Option<super::PortKind>) -> String {
    use super::PortKind;
    match got {
        None => String::from("nothing"),
        Some(PortKind::Element) => String::from("any element"),
        Some(PortKind::Bit) => String::from("a boolean"),
        Some(PortKind::Bounded(width)) => format!("a variable of {width} bits"),
    }
}
