//! No wire can move: the kernel of the constraints' derivative is zero at good witnesses, and a planted loose hint is
//! found by its name.

use ark_ff::AdditiveGroup;
use zksensor_circuits::field::Fr;
use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::layout::{Element, PublicInputs};
use zksensor_circuits::policy::Outputs;
use zksensor_circuits::r1cs::{Sequential, compile};
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Statement, StatementId, Violation};
use zksensor_circuits::testing::{Conformance, FleetOptions, Rigidity, rigidity};

use super::kit::{World, reading};

fn of<S: Statement>(kit: &Conformance<S>, inputs: &S::Inputs, witness: &S::Witness) -> Rigidity {
    let words = inputs.to_words().unwrap();
    let assignment = kit.circuit().assign(kit.statement(), &words, witness, &Sequential, None).unwrap();
    rigidity(kit.circuit(), &assignment)
}

#[test]
fn no_wire_of_reading_can_move() {
    let (inputs, witness) = World::reading().reading_claim();
    let found = of(reading(), &inputs, &witness);
    assert_eq!(found.loose, []);
    assert!(found.wires > 10_000, "{}", found.wires);
}

/// Full, with unused slots, with equal values, with the extremes published.
#[test]
fn no_wire_of_aggregate_can_move() {
    let kit = Conformance::new(Aggregate::new(3, 16).unwrap());
    let none = Outputs::default();
    let extremes = Outputs { minimum: true, maximum: true, ..none };
    for (count, outputs, equal) in
        [(3, none, false), (3, extremes, false), (2, extremes, false), (3, extremes, true), (1, none, false)]
    {
        let mut world = World::new(count, FleetOptions { k: 1, outputs, ..FleetOptions::default() });
        if equal {
            for index in 0..count {
                world.edit(index, |reading| reading.channels[0] = 7);
            }
        }
        let (inputs, witness) = world.aggregate_claim();
        let found = of(&kit, &inputs, &witness);
        assert_eq!(found.loose, [], "{count} readings");
        assert!(found.wires > 20_000, "{}", found.wires);
    }
}

zksensor_circuits::public_inputs! {
    /// The public square of a test.
    pub struct SquareInputs, SquareVars {
        /// x^2.
        square: Element = element as "uint256",
    }
}

/// x^2 is public; an inverse of x is hinted and tied, unless the plant leaves it loose.
struct Square {
    planted: bool,
}

impl Statement for Square {
    type Inputs = SquareInputs;
    type Witness = Fr;

    fn id(&self) -> StatementId {
        StatementId { name: "square", version: 1, shape: Vec::new() }
    }

    fn check(&self, _: &SquareInputs, _: &Fr) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &SquareVars<G::Var>,
        witness: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let x = g.witness("x", witness.copied())?;
        let square = g.mul(&x, &x)?;
        g.assert_equal(&square, &inputs.square.var)?;
        g.scope("inverse", |g| {
            let inverse = g.hint("of x", 1, &[&x], |v| vec![ark_ff::Field::inverse(&v[0]).unwrap()])?;
            let one = g.constant(Fr::from(1u64));
            if self.planted {
                // 0 * inverse = 0 holds for every inverse.
                let zero = g.constant(Fr::ZERO);
                g.assert_product(&zero, &inverse[0], &zero)
            } else {
                g.assert_product(&x, &inverse[0], &one)
            }
        })
    }
}

#[test]
fn a_planted_loose_hint_is_named() {
    for planted in [false, true] {
        let statement = Square { planted };
        let circuit = compile(&statement).unwrap();
        let x = Fr::from(3u64);
        let words = SquareInputs { square: Element(x * x) }.to_words().unwrap();
        let assignment = circuit.assign(&statement, &words, &x, &Sequential, None).unwrap();
        let found = rigidity(&circuit, &assignment);
        let names: Vec<&str> = found.loose.iter().map(|wire| wire.name.as_str()).collect();
        assert_eq!(names, if planted { vec!["inverse / of x 0"] } else { vec![] });
        assert_eq!(found.nullity, usize::from(planted));
    }
}
