//! An arithmetization as the kit knows it: what compiles a statement, and says which of its constraints refuses a claim.
//!
//! [`R1csBackend`] and [`NativeBackend`] are two; another one is an `impl` of [`Backend`], and is then held to every vector by
//! [`super::Conformance`].

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::native;
use zksensor_circuits::statement::{Rule, Scope, Statement};
use zksensor_circuits::trace::Hook;
use zksensor_model::field::Fr;
use zksensor_r1cs::{Circuit, Sequential, compile_every_block};

/// Where a claim is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The scopes around the constraint, outermost first.
    pub path: Vec<Scope>,
    /// The instance of the block that it is in.
    pub instance: Option<usize>,
}

impl Refused {
    /// The rule that it is of.
    pub fn rule(&self) -> Option<Rule> {
        Rule::innermost(&self.path)
    }
}

/// An arithmetization.
pub trait Backend {
    /// A statement that was compiled.
    type Circuit: Send + Sync + 'static;

    /// Its name, for messages.
    const NAME: &'static str;

    /// Compiles the statement, each block as often as it is instantiated where that is a difference.
    ///
    /// # Errors
    /// [`SynthesisError`] as the statement's.
    fn compile<S: Statement>(statement: &S) -> Result<Self::Circuit, SynthesisError>;

    /// The first constraint that packed public inputs and a witness do not meet; `None` if they meet all. `hook` sees every witness
    /// and hint.
    ///
    /// # Errors
    /// [`SynthesisError`] as the statement's.
    fn first_refused<S: Statement>(
        circuit: &Self::Circuit,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
        hook: Option<&dyn Hook>,
    ) -> Result<Option<Refused>, SynthesisError>;
}

/// Rank-1 constraints.
#[derive(Debug, Clone, Copy)]
pub struct R1csBackend;

impl Backend for R1csBackend {
    type Circuit = Circuit;

    const NAME: &'static str = "R1CS";

    fn compile<S: Statement>(statement: &S) -> Result<Circuit, SynthesisError> {
        compile_every_block(statement)
    }

    fn first_refused<S: Statement>(
        circuit: &Circuit,
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
        hook: Option<&dyn Hook>,
    ) -> Result<Option<Refused>, SynthesisError> {
        let assignment = circuit.assign(statement, words, witness, &Sequential, hook)?;
        let found = circuit.first_unsatisfied(&assignment);
        Ok(found.map(|found| Refused { path: found.path, instance: found.instance }))
    }
}

/// Plain field elements: nothing is compiled.
#[derive(Debug, Clone, Copy)]
pub struct NativeBackend;

impl Backend for NativeBackend {
    type Circuit = ();

    const NAME: &'static str = "native";

    fn compile<S: Statement>(_: &S) -> Result<(), SynthesisError> {
        Ok(())
    }

    fn first_refused<S: Statement>(
        (): &(),
        statement: &S,
        words: &[Fr],
        witness: &S::Witness,
        hook: Option<&dyn Hook>,
    ) -> Result<Option<Refused>, SynthesisError> {
        let failures = native::run(statement, words, witness, hook)?;
        let first = failures.into_iter().next();
        Ok(first.map(|failure| Refused { path: failure.path, instance: Some(failure.instance) }))
    }
}
