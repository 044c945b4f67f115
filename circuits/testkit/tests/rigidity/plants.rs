//! Six bugs, each planted in a circuit that is sound without it, each found on the wire that was planted.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use ark_ff::{AdditiveGroup, Field};
use zksensor_circuits::gadgets::{Gadgets, PointVars, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::{Element, PublicInputs};
use zksensor_model::primitives::babyjubjub::{BASE8, EDWARDS_A, EDWARDS_D};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_testkit::{Conformance, Rigidity};

use super::tally::{assert_rigid, rigidity_of};

/// Names the bug that [`the_chosen_plant_is_sound`] claims is none.
const VARIABLE: &str = "ZKSENSOR_PLANT";

/// What is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plant {
    /// The base of a scalar multiplication is hinted again on the way, and not tied to the first.
    RewitnessedBase,
    /// The inverse of x is hinted, and the product that would tie it is with 0.
    UntiedHint,
    /// A quotient whose numerator and denominator are both 0.
    ZeroByZero,
    /// Two bits of a sum are not constrained to be bits.
    MissingBooleans,
    /// The selector between two values, equal here, is not constrained to be a bit.
    FreeSelector,
    /// A public input that nothing is said about.
    UnboundPublic,
}

/// In the order of their numbers, with the wires on which each is found.
const PLANTS: [(Plant, &[&str]); 6] = [
    (Plant::RewitnessedBase, &["plant / base again 0", "plant / base again 1"]),
    (Plant::UntiedHint, &["plant / inverse 0"]),
    (Plant::ZeroByZero, &["plant / quotient 0"]),
    (Plant::MissingBooleans, &["plant / low bits 0", "plant / low bits 1"]),
    (Plant::FreeSelector, &["plant / selector 0"]),
    (Plant::UnboundPublic, &["purpose"]),
];

zksensor_model::public_inputs! {
    /// What a planted circuit publishes.
    pub struct PlantInputs, PlantVars {
        /// Its result.
        result: Element = element as "uint256",
        /// What the claim is for.
        purpose: Element = element as "uint256",
    }
}

/// A circuit with its bug, or sound.
struct Planted {
    plant: Plant,
    sound: bool,
}

impl Planted {
    fn is(&self, plant: Plant) -> bool {
        self.plant == plant && !self.sound
    }

    /// The free inputs at which the bug shows, and the result there.
    fn claim(&self) -> ([Fr; 2], Fr) {
        let [zero, two, six] = [0u64, 2, 6].map(Fr::from);
        match self.plant {
            Plant::RewitnessedBase => ([BASE8.x, BASE8.y], BASE8.double().double().x),
            Plant::UntiedHint => ([two, six], two * two),
            // Sound, the circuit refuses a denominator of 0.
            Plant::ZeroByZero if self.sound => ([six, two], six),
            Plant::ZeroByZero => ([zero, zero], zero),
            Plant::MissingBooleans => ([six, two], six),
            Plant::FreeSelector => ([six, six], six),
            Plant::UnboundPublic => ([two, six], two),
        }
    }
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
    type Witness = [Fr; 2];

    fn check(&self, _: &PlantInputs, _: &[Fr; 2]) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&[Fr; 2]>,
    ) -> Result<(), SynthesisError> {
        let a = g.witness("a", witness.map(|values| values[0]))?;
        let b = g.witness("b", witness.map(|values| values[1]))?;
        if !self.is(Plant::UnboundPublic) {
            g.poseidon(Domain::Message, &[inputs.purpose.var()])?;
        }
        g.scope("plant", |g| match self.plant {
            Plant::RewitnessedBase => self.twice_doubled(g, a, b, inputs.result.var()),
            Plant::UntiedHint => self.inverse(g, &a, inputs.result.var()),
            Plant::ZeroByZero => self.quotient(g, &a, &b, inputs.result.var()),
            Plant::MissingBooleans => self.bits(g, &a, inputs.result.var()),
            Plant::FreeSelector => self.selection(g, &a, &b, inputs.result.var()),
            Plant::UnboundPublic => g.assert_equal(&a, inputs.result.var()),
        })
    }
}

impl Planted {
    /// The x of 4P is public; 2P + 2P goes through P, hinted again.
    fn twice_doubled<G: Gadgets>(
        &self,
        g: &mut G,
        x: G::Var,
        y: G::Var,
        result: &G::Var,
    ) -> Result<(), SynthesisError> {
        let again = g.hint("base again", 2, &[&x, &y], <[Fr]>::to_vec)?;
        if self.sound {
            g.assert_equal(&again[0], &x)?;
            g.assert_equal(&again[1], &y)?;
        }
        let double = double(g, &PointVars { x: again[0].clone(), y: again[1].clone() })?;
        let quadruple = self::double(g, &double)?;
        g.assert_equal(&quadruple.x, result)
    }

    /// x^2 is public; 1/x is hinted.
    fn inverse<G: Gadgets>(&self, g: &mut G, x: &G::Var, result: &G::Var) -> Result<(), SynthesisError> {
        let square = g.mul(x, x)?;
        g.assert_equal(&square, result)?;
        let inverse = g.hint("inverse", 1, &[x], |v| vec![v[0].inverse().unwrap()])?;
        let [zero, one] = [Fr::ZERO, Fr::ONE].map(|value| g.constant(value));
        if self.sound {
            g.assert_product(x, &inverse[0], &one)
        } else {
            g.assert_product(&zero, &inverse[0], &zero)
        }
    }

    /// The numerator is public; the denominator must not be 0.
    fn quotient<G: Gadgets>(
        &self,
        g: &mut G,
        numerator: &G::Var,
        denominator: &G::Var,
        result: &G::Var,
    ) -> Result<(), SynthesisError> {
        g.assert_equal(numerator, result)?;
        let invert = |value: Fr| value.inverse().unwrap_or_default();
        let quotient =
            g.hint("quotient", 1, &[numerator, denominator], |v| vec![v[0] * invert(v[1])])?.swap_remove(0);
        g.assert_product(&quotient, denominator, numerator)?;
        if self.sound {
            let inverse = g.hint("inverse", 1, &[denominator], |v| vec![invert(v[0])])?;
            let one = g.constant(Fr::ONE);
            g.assert_product(&inverse[0], denominator, &one)?;
        }
        Ok(())
    }

    /// The value is public; its three bits are 4 c + 2 b + a.
    fn bits<G: Gadgets>(&self, g: &mut G, value: &G::Var, result: &G::Var) -> Result<(), SynthesisError> {
        g.assert_equal(value, result)?;
        let bit = |v: &Fr, index: usize| Fr::from(zksensor_model::field::bits_le(v, 3)[index]);
        let low = g.hint("low bits", 2, &[value], |v| vec![bit(&v[0], 0), bit(&v[0], 1)])?;
        let high = g.hint("high bit", 1, &[value], |v| vec![bit(&v[0], 2)])?.swap_remove(0);
        g.assert_bool(&high)?;
        if self.sound {
            low.iter().try_for_each(|bit| g.assert_bool(bit).map(|_| ()))?;
        }
        let weights = [1u64, 2, 4].map(Fr::from);
        let sum = g.linear(Fr::ZERO, &[(weights[0], &low[0]), (weights[1], &low[1]), (weights[2], &high)]);
        g.assert_equal(&sum, value)
    }

    /// One of two is public.
    fn selection<G: Gadgets>(
        &self,
        g: &mut G,
        yes: &G::Var,
        no: &G::Var,
        result: &G::Var,
    ) -> Result<(), SynthesisError> {
        let selector =
            g.hint("selector", 1, &[yes, result], |v| vec![Fr::from(v[0] == v[1])])?.swap_remove(0);
        if self.sound {
            g.assert_bool(&selector)?;
        }
        let difference = g.sub(yes, no);
        let moved = g.mul(&selector, &difference)?;
        let selected = g.add(no, &moved);
        g.assert_equal(&selected, result)
    }
}

/// x3 (1 + d x^2 y^2) = 2 x y, y3 (1 - d x^2 y^2) = y^2 - a x^2.
fn double<G: Gadgets>(g: &mut G, p: &PointVars<G::Var>) -> Result<PointVars<G::Var>, SynthesisError> {
    let (x2, y2, xy) = (g.mul(&p.x, &p.x)?, g.mul(&p.y, &p.y)?, g.mul(&p.x, &p.y)?);
    let product = g.mul(&x2, &y2)?;
    let two_xy = g.linear(Fr::ZERO, &[(Fr::from(2u64), &xy)]);
    let plus = g.linear(Fr::ONE, &[(EDWARDS_D, &product)]);
    let difference = g.linear(Fr::ZERO, &[(-EDWARDS_A, &x2), (Fr::ONE, &y2)]);
    let minus = g.linear(Fr::ONE, &[(-EDWARDS_D, &product)]);
    let divide = |v: &[Fr]| vec![v[0] * v[1].inverse().unwrap()];
    let x = g.hint("x", 1, &[&two_xy, &plus], divide)?.swap_remove(0);
    g.assert_product(&x, &plus, &two_xy)?;
    let y = g.hint("y", 1, &[&difference, &minus], divide)?.swap_remove(0);
    g.assert_product(&y, &minus, &difference)?;
    Ok(PointVars { x, y })
}

fn look(plant: Plant, sound: bool) -> Rigidity {
    let kit = Conformance::new(Planted { plant, sound });
    let (witness, result) = kit.statement().claim();
    rigidity_of(&kit, &PlantInputs { result: Element(result), purpose: Element(Fr::from(9u64)) }, &witness)
}

/// The names of what can move or is not held.
fn findings(found: &Rigidity) -> Vec<String> {
    let fields = PlantInputs::layout();
    let unbound = found.unbound.iter().map(|index| fields.fields()[*index].name.to_owned());
    found.loose.iter().map(|wire| wire.name.clone()).chain(unbound).collect()
}

#[test]
fn every_plant_is_found_on_its_wire() {
    for (plant, wires) in PLANTS {
        assert_rigid(&format!("{plant:?} mended"), &look(plant, true));
        let found = findings(&look(plant, false));
        assert_eq!(found.len(), 1, "{plant:?}: {found:?}");
        assert!(wires.contains(&found[0].as_str()), "{plant:?}: {found:?}");
    }
}

/// With the variable set, fails: this shows what a failure says. Without it, there is nothing to claim.
#[test]
fn the_chosen_plant_is_sound() {
    let Ok(number) = std::env::var(VARIABLE) else { return };
    let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let Some((plant, _)) = index.and_then(|index| PLANTS.get(index)) else {
        panic!("{VARIABLE} is 1 to {}, got {number}", PLANTS.len());
    };
    let found = look(*plant, false);
    assert!(
        findings(&found).is_empty(),
        "{plant:?} was planted: {:?} can move or is not held",
        findings(&found)
    );
}
