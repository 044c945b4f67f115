//! Bugs that show at a false claim only, planted in circuits of the test's own: forging finds each there.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use ark_ff::{AdditiveGroup, Field};
use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Element;
use zksensor_testkit::{Conformance, ForgedBad, Forger, Vector};

/// What is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plant {
    /// a is not 0, where `is zero` is not tied to the inverse of a.
    IsZero,
    /// a <= b by two digits, where the prover says which of them decides, and nobody asks whether those above are equal.
    DecidingDigit,
    /// a is even, where half of it has no range.
    Half,
    /// a - b is a multiple of 5, where the quotient has no range: it is hinted twice, so that both have to lie.
    TwoHints,
}

zksensor_model::public_inputs! {
    /// What is claimed of.
    pub struct PlantInputs, PlantVars {
        /// One.
        a: Element = element as "uint256",
        /// Other.
        b: Element = element as "uint256",
    }
}

/// A circuit with its bug, or sound.
struct Planted {
    plant: Plant,
    sound: bool,
}

impl Planted {
    /// A claim that does not hold.
    fn bad(&self) -> (u64, u64) {
        match self.plant {
            Plant::IsZero => (0, 0),
            Plant::DecidingDigit => (0x51, 0x42),
            Plant::Half => (7, 0),
            Plant::TwoHints => (9, 5),
        }
    }

    /// One that holds.
    fn good(&self) -> (u64, u64) {
        match self.plant {
            Plant::IsZero => (5, 0),
            Plant::DecidingDigit => (0x45, 0x52),
            Plant::Half => (8, 0),
            Plant::TwoHints => (9, 4),
        }
    }

    fn holds(&self, a: u64, b: u64) -> bool {
        match self.plant {
            Plant::IsZero => a != 0,
            Plant::DecidingDigit => a <= b,
            Plant::Half => a.is_multiple_of(2),
            Plant::TwoHints => (a - b).is_multiple_of(5),
        }
    }

    /// As a claim: whether it is refused is what `check` says.
    fn claim((a, b): (u64, u64)) -> PlantInputs {
        PlantInputs { a: Element(Fr::from(a)), b: Element(Fr::from(b)) }
    }
}

impl Claim for Planted {
    type Inputs = PlantInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "planted".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        vec![Rule::COMMITMENT]
    }
}

impl Statement for Planted {
    type Witness = ();

    fn check(&self, inputs: &PlantInputs, (): &()) -> Result<(), Violation> {
        let [a, b] = [inputs.a.0, inputs.b.0].map(|value| field::to_u64(&value).unwrap());
        if self.holds(a, b) { Ok(()) } else { Err(Violation::Commitment) }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let (a, b) = (inputs.a.var(), inputs.b.var());
        g.rule(Rule::COMMITMENT, |g| match self.plant {
            Plant::IsZero => self.not_zero(g, a),
            Plant::DecidingDigit => self.at_most(g, a, b),
            Plant::Half => self.even(g, a),
            Plant::TwoHints => self.multiple(g, a, b),
        })
    }
}

impl Planted {
    /// `inverse` is 1 / a, or 0; `is zero` = 1 - a inverse is 0.
    fn not_zero<G: Gadgets>(&self, g: &mut G, a: &G::Var) -> Result<(), SynthesisError> {
        let hints = g.hint("inverse and is zero", 2, &[a], |v| {
            let inverse = v[0].inverse().unwrap_or_default();
            vec![inverse, Fr::ONE - v[0] * inverse]
        })?;
        let zero = g.constant(Fr::ZERO);
        if self.sound {
            let rest = g.linear(Fr::ONE, &[(-Fr::ONE, &hints[1])]);
            g.assert_product(a, &hints[0], &rest)?;
        }
        g.assert_product(a, &hints[1], &zero)?;
        g.assert_equal(&hints[1], &zero)
    }

    fn at_most<G: Gadgets>(&self, g: &mut G, a: &G::Var, b: &G::Var) -> Result<(), SynthesisError> {
        let digits = |g: &mut G, value: &G::Var| -> Result<[G::Var; 2], SynthesisError> {
            let high =
                g.hint("high digit", 1, &[value], |v| vec![zksensor_model::field::bit_field(&v[0], 4, 4)])?;
            let low = g.linear(Fr::ZERO, &[(Fr::ONE, value), (-Fr::from(16u64), &high[0])]);
            g.assert_bits(&high[0], 4)?;
            g.assert_bits(&low, 4)?;
            Ok([high[0].clone(), low])
        };
        let ([a_high, a_low], [b_high, b_low]) = (digits(g, a)?, digits(g, b)?);
        let high = g.sub(&b_high, &a_high);
        let low = g.sub(&b_low, &a_low);
        let decides = g.hint("high digit decides", 1, &[&high], |v| vec![Fr::from(v[0] != Fr::ZERO)])?;
        let decides = g.assert_bool(&decides[0])?;
        if self.sound {
            let other = g.linear(Fr::ONE, &[(-Fr::ONE, decides.var())]);
            let zero = g.constant(Fr::ZERO);
            g.assert_product(&other, &high, &zero)?;
            // Where it decides, it differs.
            let one_less = g.sub(&high, decides.var());
            let gap = g.mul(decides.var(), &one_less)?;
            g.assert_bits(&gap, 4)?;
        }
        let difference = g.select(&decides, &high, &low)?;
        g.assert_bits(&difference, 4).map(|_| ())
    }

    fn even<G: Gadgets>(&self, g: &mut G, a: &G::Var) -> Result<(), SynthesisError> {
        let half =
            g.hint("half", 1, &[a], |v| vec![Fr::from(field::to_u64(&v[0]).unwrap_or_default() / 2)])?;
        if self.sound {
            g.assert_bits(&half[0], 32)?;
        }
        let twice = g.linear(Fr::ZERO, &[(Fr::from(2u64), &half[0])]);
        g.assert_equal(&twice, a)
    }

    /// a - b = 5 times `quotient`, which has to be `again`, whose range is asked for.
    fn multiple<G: Gadgets>(&self, g: &mut G, a: &G::Var, b: &G::Var) -> Result<(), SynthesisError> {
        let difference = g.sub(a, b);
        let divide = |v: &[Fr]| vec![Fr::from(field::to_u64(&v[0]).unwrap_or_default() / 5)];
        let quotient = g.hint("quotient", 1, &[&difference], divide)?;
        let again = g.hint("again", 1, &[&difference], divide)?;
        if self.sound {
            g.assert_bits(&again[0], 32)?;
        }
        g.assert_equal(&quotient[0], &again[0])?;
        let product = g.linear(Fr::ZERO, &[(Fr::from(5u64), &quotient[0])]);
        g.assert_equal(&product, &difference)
    }
}

fn look(plant: Plant, sound: bool) -> ForgedBad {
    let kit = Conformance::new(Planted { plant, sound });
    let good = Planted::claim(kit.statement().good());
    kit.run(&Vector { name: "good", inputs: good, witness: (), refused_by: None });
    let bad = Planted::claim(kit.statement().bad());
    kit.run(&Vector { name: "bad", inputs: bad, witness: (), refused_by: Some(Rule::COMMITMENT) });
    Forger::of_bad(&kit, &bad, &()).forge_bad()
}

#[test]
fn every_plant_is_found_at_a_bad_vector() {
    for (plant, names) in [
        (Plant::IsZero, &["inverse and is zero"][..]),
        (Plant::DecidingDigit, &["high digit decides"]),
        (Plant::Half, &["half"]),
        (Plant::TwoHints, &["quotient", "again"]),
    ] {
        let sound = look(plant, true);
        assert!(sound.accepted.is_empty(), "{plant:?} mended: {:?}", sound.accepted);
        assert!(sound.forged > 0);
        let found: Vec<Vec<&str>> = look(plant, false)
            .accepted
            .iter()
            .map(|targets| targets.iter().map(|target| target.name).collect())
            .collect();
        let has = |wanted: &[&str]| {
            found
                .iter()
                .any(|found| found.len() == wanted.len() && wanted.iter().all(|name| found.contains(name)))
        };
        assert!(has(names), "{plant:?}: {found:?}");
    }
}
