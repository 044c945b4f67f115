//! A composite is held to its definition: a circuit that says something else is named.

use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::native::{self, Disagreement};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_model::rule::Scope;

zksensor_model::public_inputs! {
    /// Two numbers.
    pub struct PairInputs, PairFields {
        /// Any.
        single: Element = element as "uint256",
        /// Its double.
        double: Element = element as "uint256",
    }
}

/// By definition the second number is twice the first; the circuit multiplies by this.
struct Multiple(u64);

impl Claim for Multiple {
    type Inputs = PairInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "multiple".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Multiple {
    type Witness = ();

    fn check(&self, _: &PairInputs, (): &()) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let (single, double) = (inputs.single.var(), inputs.double.var());
        let definition = |values: &[Fr]| values[1] == values[0] + values[0];
        g.scope("outside", |g| {
            g.composite("double", &[single, double], definition, |g| {
                let multiple = g.linear(Fr::from(0u64), &[(Fr::from(self.0), single)]);
                g.assert_equal(&multiple, double)
            })
        })
    }
}

#[test]
fn a_circuit_that_differs_from_its_definition_is_named() {
    let words = |single: u64, double: u64| [Fr::from(single), Fr::from(double)];
    let compared = |multiple, words: &[Fr]| native::run_comparing(&Multiple(multiple), words, &()).unwrap();
    for (words, holds) in [(words(4, 8), true), (words(4, 12), false), (words(4, 9), false)] {
        let (failures, disagreements) = compared(2, &words);
        assert_eq!((failures.is_empty(), disagreements), (holds, vec![]));
    }
    let named =
        |holds| Disagreement { path: vec![Scope::Part("outside")], instance: 0, name: "double", holds };
    for (words, holds) in [(words(4, 8), true), (words(4, 12), false)] {
        let (failures, disagreements) = compared(3, &words);
        // What holds is for the definition to say.
        assert_eq!((failures.is_empty(), disagreements), (holds, vec![named(holds)]));
        assert_eq!(native::run(&Multiple(3), &words, &(), None).unwrap().is_empty(), holds);
    }
}
