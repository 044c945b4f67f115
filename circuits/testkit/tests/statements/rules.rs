//! A statement says which rules it has, and its circuit has rows of each and of no other.

use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::compile;

use super::kit::{Tested, TestedVisitor, each_tested};

zksensor_model::public_inputs! {
    /// Nothing of interest.
    pub struct HalfInputs, HalfFields {
        /// Any element.
        element: Element = element as "uint256",
    }
}

/// A statement with rows under these rules, which declares those.
struct Half {
    written: &'static [Rule],
    declared: &'static [Rule],
}

impl Claim for Half {
    type Inputs = HalfInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "half".into(), version: 3, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        self.declared.to_vec()
    }
}

impl Statement for Half {
    type Witness = Fr;

    fn check(&self, _: &HalfInputs, _: &Fr) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        _: &InputVars<G, Self>,
        witness: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        for rule in self.written {
            g.rule(*rule, |g| g.witness_bits("value", witness.copied(), 8).map(drop))?;
        }
        // A rule may have its rows in a block alone, and one without any has none.
        g.repeat("block", 2, &[], |g, _, _| {
            g.rule(Rule::FENCE, |g| g.witness_bits("value", witness.copied(), 8))?;
            g.rule(Rule::CLASS, |g| g.witness("free", witness.copied()))?;
            Ok(Vec::new())
        })
        .map(drop)
    }
}

#[test]
fn a_rule_without_a_row_and_a_row_without_a_rule_do_not_compile() {
    let compiled = |written, declared| compile(&Half { written, declared }).map(drop);
    let as_table = |written, declared| zksensor_plonkish::compile(&Half { written, declared }).map(drop);
    let statement = || Half { written: &[], declared: &[] }.id();
    assert_eq!(compiled(&[Rule::VALUE], &[Rule::VALUE, Rule::FENCE]), Ok(()));
    for (written, declared, rule) in [
        (&[Rule::VALUE][..], &[Rule::VALUE, Rule::MEMBERSHIP, Rule::FENCE][..], Rule::MEMBERSHIP),
        (&[], &[Rule::VALUE, Rule::FENCE], Rule::VALUE),
        (&[], &[Rule::CLASS, Rule::FENCE], Rule::CLASS),
    ] {
        let error = SynthesisError::RuleWithoutRow { statement: statement(), rule };
        assert_eq!(compiled(written, declared), Err(error.clone()));
        assert_eq!(as_table(written, declared), Err(error));
    }
    for (declared, rule) in [(&[Rule::FENCE][..], Rule::VALUE), (&[Rule::VALUE], Rule::FENCE)] {
        let error = SynthesisError::UndeclaredRule { statement: statement(), rule };
        assert_eq!(compiled(&[Rule::VALUE], declared), Err(error.clone()));
        assert_eq!(as_table(&[Rule::VALUE], declared), Err(error));
    }
}

/// Between them the statements have every rule, and each compiles in its least shape, too.
#[test]
fn no_rule_is_without_a_statement() {
    #[derive(Default)]
    struct All(Vec<Rule>);
    impl TestedVisitor for All {
        fn visit<S: Tested>(&mut self) {
            let shape = S::small();
            assert!(compile(&shape).is_ok());
            self.0.extend(shape.rules());
        }
    }
    let mut all = All::default();
    each_tested(&mut all);
    for rule in Rule::ALL {
        assert!(all.0.contains(rule), "{rule}");
    }
    let least = Aggregate::new(1, 8, 2).unwrap();
    assert!(!least.rules().contains(&Rule::ORDER));
    assert!(compile(&least).is_ok());
}
