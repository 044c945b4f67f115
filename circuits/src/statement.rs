//! A statement: typed public inputs, a witness, the definition in plain Rust and the circuit that agrees with it.
//!
//! | rule | name | aggregate | reading |
//! |---|---|---|---|
//! | C1 | the policy id opens to the policy, every part in its range and unused ones at their one value, for this statement | x | x |
//! | C2 | slots are active from slot 0 up without a gap | x | |
//! | C3 | the device signed the reading | x | x |
//! | C4 | the device's leaf is in the registry | x | x |
//! | C5 | the location is inside the fence | x | x |
//! | C6 | the time is in the epoch | x | x |
//! | C7 | the channel's value is in the policy's range | x | x |
//! | C8 | the accuracy is not 0 and at most the policy's | x | x |
//! | C9 | the device is of the policy's class | x | x |
//! | C10 | the registration expires after the reading's time | x | x |
//! | C11 | the reading is for the policy's network | x | x |
//! | C12 | the reading has the policy's schema | x | x |
//! | C13 | leaf positions increase strictly | x | |
//! | C14 | the chunk is one of the shape's width, and all positions lie in it | x | |
//! | C15 | count is the number of readings, at least k | x | |
//! | C16 | sum is the sum of the values | x | |
//! | C17 | sum of squares is that of value - low, or 0 if not asked for | x | |
//! | C18 | minimum is attained and no value is less, or 0 if not asked for | x | |
//! | C19 | maximum is attained and no value is more, or 0 if not asked for | x | |
//! | C20 | the identity opens to the device secret | | x |
//! | C21 | the nullifier is that of the device, the policy and the epoch | | x |
//! | C22 | the commitment opens to the message and the salt | | x |
//!
//! Those of [`track`] are C1, C3 to C12, C20, C21, those of [`survey`] C1 to C19, those of [`histogram`] and
//! [`private_sum`] C1 to C15, and some of their own.

pub mod aggregate;
mod enrolled;
mod frame;
pub mod histogram;
mod job;
mod known;
mod many;
pub mod one;
mod own_device;
mod policy_vars;
pub mod private_sum;
pub mod reading;
pub mod readings;
pub mod survey;
pub mod track;
mod unproven;
mod violation;

pub use enrolled::EnrolledReading;
pub use job::Job;
pub use known::{StatementVisitor, visit};
pub use violation::{PolicyMismatch, Violation};
pub use zksensor_model::claim::{Binding, Claim, ClaimFamily, ShapeError, StatementId};
pub use zksensor_model::rule::{Rule, Scope};

use std::fmt;

use crate::gadgets::{Gadgets, Port, SynthesisError, unpack};
use zksensor_model::field::Fr;
use zksensor_model::layout::{InputError, PublicInputs, Width};

/// The public inputs of a statement as variables of a circuit, by name, each with what the driver has proven of it.
pub type InputVars<G, S> = <<S as Claim>::Inputs as PublicInputs>::Fields<Port<<G as Gadgets>::Var>>;

/// What is proven. See the module's documentation for the rules.
pub trait Statement: Claim {
    /// What the prover knows.
    type Witness: Sync;

    /// The definition, in plain Rust.
    ///
    /// # Errors
    /// The first rule that does not hold.
    fn check(&self, inputs: &Self::Inputs, witness: &Self::Witness) -> Result<(), Violation>;

    /// The circuit. It agrees with [`Statement::check`]; `None` is key generation and has the same shape.
    ///
    /// # Errors
    /// [`SynthesisError`], never for a false claim: that is an unsatisfied circuit.
    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Self::Witness>,
    ) -> Result<(), SynthesisError>;
}

/// A claim that holds: it exists only if `check` passed, so a prover cannot be asked to prove a lie.
pub struct Assignment<'a, S: Statement> {
    statement: &'a S,
    inputs: S::Inputs,
    witness: &'a S::Witness,
    words: Vec<Fr>,
}

impl<'a, S: Statement> Assignment<'a, S> {
    /// Checks the claim.
    ///
    /// # Errors
    /// [`Violation`] names the first rule that does not hold; [`Violation::Inputs`] if the inputs do not fit their layout.
    pub fn new(statement: &'a S, inputs: S::Inputs, witness: &'a S::Witness) -> Result<Self, Violation> {
        let words = inputs.to_words()?;
        statement.check(&inputs, witness)?;
        Ok(Assignment { statement, inputs, witness, words })
    }

    /// A claim that was checked before.
    fn checked(statement: &'a S, inputs: S::Inputs, witness: &'a S::Witness) -> Self {
        let words = inputs.to_words().expect("the inputs of a checked claim fit their layout");
        Assignment { statement, inputs, witness, words }
    }

    /// The statement.
    pub fn statement(&self) -> &'a S {
        self.statement
    }

    /// The typed public inputs.
    pub fn inputs(&self) -> &S::Inputs {
        &self.inputs
    }

    /// The packed public inputs.
    pub fn words(&self) -> &[Fr] {
        &self.words
    }

    /// What stays secret. Only the prover reads it.
    pub fn witness(&self) -> &'a S::Witness {
        self.witness
    }
}

impl<S: Statement> fmt::Debug for Assignment<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assignment")
            .field("statement", &self.statement.id())
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}

/// Allocates the packed public inputs, splits them by the layout and runs the statement.
///
/// # Errors
/// Those of the statement, and [`SynthesisError::Inputs`] if the inputs do not fit their layout.
pub fn drive<S: Statement, G: Gadgets>(
    statement: &S,
    g: &mut G,
    inputs: Option<&S::Inputs>,
    witness: Option<&S::Witness>,
) -> Result<(), SynthesisError> {
    let words = inputs.map(PublicInputs::to_words).transpose()?;
    drive_words(statement, g, words.as_deref(), witness)
}

/// As [`drive`] with packed words that need not come from typed inputs: for hostile vectors.
///
/// # Errors
/// As [`drive`].
pub fn drive_words<S: Statement, G: Gadgets>(
    statement: &S,
    g: &mut G,
    words: Option<&[Fr]>,
    witness: Option<&S::Witness>,
) -> Result<(), SynthesisError> {
    let inputs = allocate_inputs::<S, G>(g, words)?;
    statement.synthesize(g, &inputs, witness)
}

/// Allocates the packed public inputs of a claim and splits them by the layout: the fields by name, each with its range.
///
/// # Errors
/// [`SynthesisError::Inputs`] for another number of words, and those of the arithmetization.
pub fn allocate_inputs<S: Claim, G: Gadgets>(
    g: &mut G,
    words: Option<&[Fr]>,
) -> Result<InputVars<G, S>, SynthesisError> {
    let layout = S::Inputs::layout();
    if let Some(words) = words.filter(|words| words.len() != layout.words()) {
        return Err(InputError::Count { wanted: layout.words(), got: words.len() }.into());
    }
    let ports = g.scope("public inputs", |g| {
        let words = (0..layout.words())
            .map(|word| g.public_input("public input", words.map(|words| words[word])))
            .collect::<Result<Vec<_>, _>>()?;
        let fields = layout.fields().iter().zip(layout.placements());
        let mut ports: Vec<Port<G::Var>> = Vec::with_capacity(layout.fields().len());
        let mut group: Vec<u32> = Vec::new();
        for (field, at) in fields {
            match field.width {
                Width::Element => ports.push(Port::element(&words[at.word])),
                Width::Bits(width) => {
                    group.push(width);
                    if at.shift == 0 {
                        let parts = unpack::split(g, "public field", &words[at.word], &group)?;
                        for part in parts {
                            ports.push(g.port(&part));
                        }
                        group.clear();
                    }
                }
            }
        }
        Ok(ports)
    })?;
    Ok(S::Inputs::named(ports).expect("one port a field"))
}

/// A line of `check`: the violation unless the rule holds.
fn ensure(holds: bool, violation: impl FnOnce() -> Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation()) }
}

/// (first millisecond, first after) of an epoch.
pub(crate) fn epoch_bounds(
    policy: &zksensor_model::policy::Policy,
    epoch: u32,
) -> Result<(u64, u64), Violation> {
    let outside = Violation::Policy { reason: PolicyMismatch::Epoch };
    policy
        .epoch_start(epoch)
        .zip(policy.epoch_end_ms(epoch))
        .map(|(start, end)| (start.get(), end))
        .ok_or(outside)
}
