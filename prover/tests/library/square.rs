//! A statement of a few rows, and a bug: `check` accepts what its circuit does not.

use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;

zksensor_model::public_inputs! {
    /// What the statement makes public.
    pub struct SquareInputs, SquareVars {
        /// The square.
        square: Element = element as "uint256",
    }
}

/// Where the circuit says what `check` does not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    OutsideOfScopes,
    InARule,
    InARuleOfABlock,
    /// 49 is twice the square of nothing; in as many rows as if it were a square.
    Doubled,
    /// Of another shape.
    Nothing,
}

/// The square of a number, that `check` never looks at.
#[derive(Clone, Copy)]
pub(crate) struct Square(pub(crate) Says);

/// Numbers that a witness has, and blocks.
pub(crate) const COUNT: usize = 32;

impl Claim for Square {
    type Inputs = SquareInputs;

    fn id(&self) -> StatementId {
        StatementId {
            name: "square".into(),
            version: 1,
            shape: vec![if self.0 == Says::Nothing { 0 } else { COUNT as u32 }],
        }
    }

    fn rules(&self) -> Vec<Rule> {
        match self.0 {
            Says::InARule => vec![Rule::VALUE],
            Says::InARuleOfABlock => vec![Rule::SUM],
            _ => Vec::new(),
        }
    }
}

impl Statement for Square {
    type Witness = [u64; COUNT];

    fn check(&self, _: &SquareInputs, _: &[u64; COUNT]) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&[u64; COUNT]>,
    ) -> Result<(), SynthesisError> {
        let value = |index: usize| witness.map(|values| Fr::from(values[index]));
        let square = inputs.square.var().clone();
        let is_root = |g: &mut G, root: Option<Fr>, square: &G::Var| {
            let root = g.witness("root", root)?;
            let product = g.mul(&root, &root)?;
            g.assert_equal(&product, square)
        };
        match self.0 {
            Says::Nothing => Ok(()),
            Says::Doubled => {
                let root = g.witness("root", value(0))?;
                let double = g.linear(Fr::from(0u64), &[(Fr::from(2u64), &root)]);
                let product = g.mul(&root, &double)?;
                g.assert_equal(&product, &square)
            }
            Says::OutsideOfScopes => is_root(g, value(0), &square),
            Says::InARule => g.rule(Rule::VALUE, |g| g.scope("root", |g| is_root(g, value(0), &square))),
            Says::InARuleOfABlock => g
                .repeat("number", COUNT, std::slice::from_ref(&inputs.square), |g, index, imports| {
                    g.rule(Rule::SUM, |g| is_root(g, value(index), imports[0].var()))?;
                    Ok(vec![])
                })
                .map(|_| ()),
        }
    }
}

/// 49.
pub(crate) fn inputs() -> SquareInputs {
    SquareInputs { square: Element(Fr::from(49u64)) }
}

/// A witness of which `check` and the circuit think alike.
pub(crate) const GOOD: [u64; COUNT] = [7; COUNT];
