//! Four bugs, planted in circuits of the test's own that are sound without them. Rigidity sees none: the claim that stands
//! still holds the wires, to first order.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Element;
use zksensor_testkit::{Conformance, Family, Forged, Forger, rigidity};

/// What is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plant {
    /// The inverse of a is published, and the product that would tie it is with 0.
    UntiedHint,
    /// The root of a is published, and no range says which.
    EitherRoot,
    /// The lowest bit of a is published, from 254 bits that may stand for a + r.
    Alias,
    /// The highest of three bits is published, and is not constrained to be one.
    MissingBoolean,
}

zksensor_model::public_inputs! {
    /// What a planted circuit publishes.
    pub struct PlantInputs, PlantVars {
        /// Its result.
        result: Element = element as "uint256",
    }
}

/// A circuit with its bug, or sound.
struct Planted {
    plant: Plant,
    sound: bool,
}

impl Planted {
    /// What is put in.
    fn input(&self) -> Fr {
        Fr::from(match self.plant {
            Plant::UntiedHint | Plant::EitherRoot => 49u64,
            Plant::Alias | Plant::MissingBoolean => 5,
        })
    }

    /// What comes out of it.
    fn result(&self, input: Fr) -> Fr {
        match self.plant {
            Plant::UntiedHint => input.inverse().unwrap(),
            Plant::EitherRoot => small_root(input),
            Plant::Alias => bit(input, 0),
            Plant::MissingBoolean => bit(input, 2),
        }
    }
}

fn bit(value: Fr, index: usize) -> Fr {
    Fr::from(field::bits_le(&value, index + 1)[index])
}

fn small_root(square: Fr) -> Fr {
    (0u64..256).map(Fr::from).find(|root| root.square() == square).unwrap()
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

    fn check(&self, inputs: &PlantInputs, input: &Fr) -> Result<(), Violation> {
        let wanted = inputs.result.0 == self.result(*input);
        if wanted { Ok(()) } else { Err(Violation::Commitment) }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let a = g.witness("a", witness.copied())?;
        let result = g.scope("plant", |g| match self.plant {
            Plant::UntiedHint => self.inverse(g, &a),
            Plant::EitherRoot => self.root(g, &a),
            Plant::Alias => self.lowest(g, &a),
            Plant::MissingBoolean => self.highest(g, &a),
        })?;
        g.assert_equal(&result, inputs.result.var())
    }
}

impl Planted {
    fn inverse<G: Gadgets>(&self, g: &mut G, a: &G::Var) -> Result<G::Var, SynthesisError> {
        let inverse = g.hint("inverse", 1, &[a], |v| vec![v[0].inverse().unwrap()])?.swap_remove(0);
        let [zero, one] = [Fr::ZERO, Fr::ONE].map(|value| g.constant(value));
        if self.sound {
            g.assert_product(a, &inverse, &one)?;
        } else {
            g.assert_product(&zero, &inverse, &zero)?;
        }
        Ok(inverse)
    }

    fn root<G: Gadgets>(&self, g: &mut G, a: &G::Var) -> Result<G::Var, SynthesisError> {
        let root = g.hint("root", 1, &[a], |v| vec![small_root(v[0])])?.swap_remove(0);
        g.assert_product(&root, &root, a)?;
        if self.sound {
            g.assert_bits(&root, 8)?;
        }
        Ok(root)
    }

    fn lowest<G: Gadgets>(&self, g: &mut G, a: &G::Var) -> Result<G::Var, SynthesisError> {
        if self.sound {
            return Ok(g.assert_bits(a, 253)?.bits()[0].var().clone());
        }
        let upper = g.hint("upper bit", 253, &[a], |v| {
            let integer = v[0].into_bigint();
            (1..254).map(|index| Fr::from(integer.get_bit(index))).collect()
        })?;
        let mut weight = -Fr::ONE;
        let mut terms = vec![(Fr::ONE, a)];
        for bit in &upper {
            weight.double_in_place();
            terms.push((weight, bit));
        }
        let lowest = g.linear(Fr::ZERO, &terms);
        for bit in std::iter::once(&lowest).chain(&upper) {
            g.assert_bool(bit)?;
        }
        Ok(lowest)
    }

    fn highest<G: Gadgets>(&self, g: &mut G, a: &G::Var) -> Result<G::Var, SynthesisError> {
        let upper = g.hint("upper bit", 2, &[a], |v| vec![bit(v[0], 1), bit(v[0], 2)])?;
        let weights = [2u64, 4].map(|weight| -Fr::from(weight));
        let lowest = g.linear(Fr::ZERO, &[(Fr::ONE, a), (weights[0], &upper[0]), (weights[1], &upper[1])]);
        g.assert_bool(&lowest)?;
        g.assert_bool(&upper[0])?;
        if self.sound {
            g.assert_bool(&upper[1])?;
        }
        Ok(upper[1].clone())
    }
}

/// The nullity, and what came of the forgeries.
fn look(plant: Plant, sound: bool) -> (usize, Forged) {
    let kit = Conformance::new(Planted { plant, sound });
    let input = kit.statement().input();
    let inputs = PlantInputs { result: Element(kit.statement().result(input)) };
    let forger = Forger::new(&kit, &inputs, &input);
    (rigidity(kit.circuit(), forger.honest()).nullity, forger.forge_hints(false))
}

#[test]
fn every_plant_is_found_on_its_hint() {
    for (plant, name, family) in [
        (Plant::UntiedHint, "inverse", Family::Neighbour),
        (Plant::EitherRoot, "root", Family::OtherRoot),
        (Plant::Alias, "upper bit", Family::Alias),
        (Plant::MissingBoolean, "upper bit", Family::Fraction),
    ] {
        let (kernel, sound) = look(plant, true);
        assert_eq!((kernel, sound.broken.len()), (0, 0), "{plant:?} mended: {:?}", sound.broken);
        let (kernel, forged) = look(plant, false);
        assert_eq!(kernel, 0, "{plant:?}: rigidity would have seen it");
        assert!(
            forged.broken.iter().any(|(target, hostile)| target.name == name && hostile.family == family),
            "{plant:?}: {:?}",
            forged.broken
        );
        assert!(
            forged.broken.iter().all(|(target, _)| target.name == name),
            "{plant:?}: {:?}",
            forged.broken
        );
    }
}
