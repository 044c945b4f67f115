//! What is not zero: every stranger, gated and told as a bit.

use ark_ff::{AdditiveGroup, Field};

use super::words::strangers;
use super::{Looked, Relation, RelationFailure, hold};
use zksensor_circuits::gadgets::{Gadgets, SynthesisError, inverse};
use zksensor_model::field::Fr;

pub(super) fn check() -> Result<Looked, RelationFailure> {
    Ok(hold(NonzeroIf)?.plus(hold(IsNonzero)?))
}

/// Each value with each flag, and flags that are no bit.
fn pairs() -> Vec<Vec<Fr>> {
    let flags = [Fr::ZERO, Fr::ONE, Fr::from(2u64), -Fr::ONE];
    strangers().into_iter().flat_map(|value| flags.map(|flag| vec![value, flag])).collect()
}

/// A value, and whether it matters.
struct NonzeroIf;

impl Relation for NonzeroIf {
    fn name(&self) -> String {
        String::from("not zero, gated")
    }
    fn inputs(&self) -> usize {
        2
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let active = g.assert_bool(&inputs[1])?;
        inverse::assert_nonzero_if(g, &active, &inputs[0])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        inputs[1] == Fr::ZERO || (inputs[1] == Fr::ONE && inputs[0] != Fr::ZERO)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        pairs()
    }
}

/// A value, and the bit that tells whether it is not zero.
struct IsNonzero;

impl Relation for IsNonzero {
    fn name(&self) -> String {
        String::from("whether it is not zero")
    }
    fn inputs(&self) -> usize {
        2
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let bit = inverse::is_nonzero(g, &inputs[0])?;
        g.assert_equal(bit.var(), &inputs[1])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        inputs[1] == Fr::from(inputs[0] != Fr::ZERO)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        pairs()
    }
}
