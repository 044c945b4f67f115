//! A redundant row, planted in a circuit of the test's own: it and its twin survive, and nothing else.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use ark_ff::Field;
use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_testkit::{Conformance, Deletions, Forger};

zksensor_model::public_inputs! {
    /// What the circuit publishes.
    pub struct PlantInputs, PlantVars {
        /// The square of an integer below 16.
        result: Element = element as "uint256",
    }
}

/// A range and a square; one bit of the range is constrained once more if it is planted.
struct Planted {
    twice: bool,
}

impl Claim for Planted {
    type Inputs = PlantInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "planted".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Planted {
    type Witness = Fr;

    fn check(&self, _: &PlantInputs, _: &Fr) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let a = g.witness("a", witness.copied())?;
        let bounded = g.assert_bits(&a, 4)?;
        if self.twice {
            g.assert_bool(bounded.bits()[2].var())?;
        }
        let square = g.mul(&a, &a)?;
        g.assert_equal(&square, inputs.result.var())
    }
}

fn survivors(twice: bool) -> Vec<usize> {
    let kit = Conformance::new(Planted { twice });
    let witness = Fr::from(5u64);
    let forger = Forger::new(&kit, &PlantInputs { result: Element(witness.square()) }, &witness);
    let mut deletions = Deletions::new(kit.circuit());
    deletions.by_rigidity(forger.honest());
    deletions.by_forgery(&forger);
    assert_eq!(deletions.rows(), if twice { 7 } else { 6 });
    deletions.survivors().iter().map(|survivor| survivor.row).collect()
}

#[test]
fn a_redundant_row_survives_with_its_twin() {
    assert_eq!(survivors(false), [0usize; 0]);
    // The four bits' rows come first; the third and the planted one say the same.
    assert_eq!(survivors(true), [2, 4]);
}
