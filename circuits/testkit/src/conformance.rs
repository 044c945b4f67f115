//! `check` == Native == the arithmetization, the definition of each composite == its circuit, blank shape == full shape.

use super::{Backend, R1csBackend};
use zksensor_circuits::native;
use zksensor_circuits::statement::{Rule, Statement};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;

/// One claim and whether it holds.
pub struct Vector<S: Statement> {
    /// What it is about.
    pub name: &'static str,
    /// The claimed public inputs.
    pub inputs: S::Inputs,
    /// The witness.
    pub witness: S::Witness,
    /// The rule that refuses it; `None` if it holds.
    pub refused_by: Option<Rule>,
}

/// The kit for one statement in one arithmetization, R1CS unless another is named.
pub struct Conformance<S: Statement, B: Backend = R1csBackend> {
    statement: S,
    circuit: B::Circuit,
}

impl<S: Statement> Conformance<S> {
    /// Compiles the statement to rank-1 constraints.
    ///
    /// # Panics
    /// If it does not compile.
    pub fn new(statement: S) -> Self {
        Self::in_backend(statement)
    }
}

impl<S: Statement, B: Backend> Conformance<S, B> {
    /// Compiles the statement.
    ///
    /// # Panics
    /// If it does not compile.
    pub fn in_backend(statement: S) -> Self {
        let circuit = B::compile(&statement).expect("the statement compiles");
        Conformance { statement, circuit }
    }

    /// The statement.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// The compiled circuit.
    pub fn circuit(&self) -> &B::Circuit {
        &self.circuit
    }

    /// Asserts that `check`, the native backend and the arithmetization say the same of a vector: that it holds, or that this
    /// rule refuses it.
    ///
    /// # Panics
    /// If they do not.
    pub fn run(&self, vector: &Vector<S>) {
        let Vector { name, inputs, witness, refused_by } = vector;
        let checked = self.statement.check(inputs, witness);
        assert_eq!(
            checked.as_ref().err().and_then(|v| v.rule()),
            *refused_by,
            "{name}: check said {checked:?}"
        );
        let words = inputs.to_words().expect("vectors fit their layout");
        self.run_words(name, &words, witness, *refused_by);
    }

    /// As [`Conformance::run`] without `check`, for public inputs that are packed by hand.
    ///
    /// # Panics
    /// If the backends disagree.
    pub fn run_words(&self, name: &str, words: &[Fr], witness: &S::Witness, refused_by: Option<Rule>) {
        let (failures, disagreements) =
            native::run_comparing(&self.statement, words, witness).expect("the native backend runs");
        assert_eq!(
            disagreements,
            [],
            "{name}: the circuit of a composite does not say what its definition does"
        );
        let rules: Vec<Option<Rule>> = failures.iter().map(native::Failure::rule).collect();
        let refused = B::first_refused(&self.circuit, &self.statement, words, witness, None)
            .expect("the witness program has the compiled shape");
        match refused_by {
            None => {
                assert_eq!(failures, [], "{name}: the native backend refuses");
                assert_eq!(refused, None, "{name}: {} refuses", B::NAME);
            }
            Some(rule) => {
                assert!(
                    rules.contains(&Some(rule)),
                    "{name}: expected {rule}, the native backend said {failures:?}"
                );
                let found = refused.unwrap_or_else(|| panic!("{name}: expected {rule}, {} accepts", B::NAME));
                assert_eq!(found.rule(), Some(rule), "{name}: {} refuses first at {found:?}", B::NAME);
            }
        }
    }
}
