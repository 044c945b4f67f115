//! The signature and its parts: fixed base, variable base with every scalar at which its laws meet an exception, the
//! equation with a challenge that the prover chooses, and the whole rule.

use ark_ff::{AdditiveGroup, Field, PrimeField};

use super::laws::on_curve;
use super::signature_cases::{self as cases, l_times};
use super::{Looked, Relation, RelationFailure, Staged, hold};
use crate::curve::modulo_l;
use crate::forgery::Target;
use zksensor_circuits::gadgets::eddsa::{self, exceptions};
use zksensor_circuits::gadgets::{Gadgets, PointVars, SignatureVars, SynthesisError};
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::poseidon::{self, Domain};

pub(super) fn check() -> Result<Looked, RelationFailure> {
    Ok(hold(FixedBase)?.plus(hold(VariableBase)?).plus(hold(Challenged)?).plus(hold(Signature)?))
}

fn point<V: Clone>(inputs: &[V]) -> PointVars<V> {
    PointVars { x: inputs[0].clone(), y: inputs[1].clone() }
}

fn at(inputs: &[Fr]) -> Point {
    Point { x: inputs[0], y: inputs[1] }
}

/// S and S Base8.
struct FixedBase;

impl Relation for FixedBase {
    fn name(&self) -> String {
        String::from("fixed base")
    }
    fn inputs(&self) -> usize {
        3
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let response = g.assert_bits(&inputs[0], 251)?;
        let product = eddsa::parts::fixed_base(g, &response)?;
        g.assert_equal(&product.x, &inputs[1])?;
        g.assert_equal(&product.y, &inputs[2])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        field::bit_length(&inputs[0]) <= 251 && BASE8.mul(&modulo_l(&inputs[0])) == at(&inputs[1..])
    }
    fn results(&self) -> &'static [(usize, usize)] {
        &[(1, 1), (2, 0)]
    }
    fn may_refuse(&self, inputs: &[Fr]) -> bool {
        exceptions::responses().contains(&inputs[0])
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let top = field::power_of_two(251);
        let order = Fr::from_bigint(Scalar::MODULUS).expect("l is below r");
        let mut responses: Vec<Fr> = (0..5u64).map(Fr::from).collect();
        responses.extend([order, order - Fr::ONE, order + Fr::ONE, top - Fr::ONE, top, -Fr::ONE]);
        responses.extend([0, 1, 2, 3, 124, 125, 126, 249, 250].map(field::power_of_two));
        responses.extend(exceptions::responses());
        let mut all = Vec::new();
        for response in responses {
            let Point { x, y } = BASE8.mul(&modulo_l(&response));
            all.extend([vec![response, x, y], vec![response, -x, y], vec![response, x + Fr::ONE, y]]);
            all.push(vec![response, x, y.double()]);
        }
        all
    }
    fn overrides(&self, _: &[Fr], _: &Target, _: &[Fr]) -> Vec<Vec<Fr>> {
        Vec::new()
    }
    /// The last addition at the S where its points are equal or opposite: whatever the slope is said to be.
    fn forgeries(&self) -> Vec<Staged> {
        let slopes = [0u64, 1, 77];
        let staged = exceptions::responses().into_iter().flat_map(|response| {
            slopes.map(|slope| Staged {
                inputs: vec![response, Fr::ZERO, Fr::ONE],
                hints: vec![("slope", 124, vec![Fr::from(slope)])],
                claims: vec![(1, 1), (2, 0)],
            })
        });
        staged.collect()
    }
}

/// A, h and h (8A).
struct VariableBase;

impl Relation for VariableBase {
    fn name(&self) -> String {
        String::from("variable base")
    }
    fn inputs(&self) -> usize {
        5
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let base = eddsa::parts::enrolled_base(g, &point(inputs))?;
        let product = eddsa::parts::variable_base(g, &base, &inputs[2])?;
        g.assert_equal(&product.x, &inputs[3])?;
        g.assert_equal(&product.y, &inputs[4])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let key = at(inputs);
        on_curve(key.x, key.y)
            && !key.mul_by_cofactor().is_identity()
            && key.mul_by_cofactor().mul(&modulo_l(&inputs[2])) == at(&inputs[3..])
    }
    fn results(&self) -> &'static [(usize, usize)] {
        &[(3, 1), (4, 0)]
    }
    fn may_refuse(&self, inputs: &[Fr]) -> bool {
        cases::is_exceptional(&inputs[2])
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let key = cases::key();
        let mut all = Vec::new();
        let mut challenges = exceptions::challenges();
        challenges.extend((0..4u64).flat_map(|n| [Fr::from(n), -Fr::from(n)]));
        challenges.extend([1, 100, 252, 253].map(field::power_of_two));
        challenges.extend((1..=7).map(l_times));
        for h in challenges {
            let Point { x, y } = key.mul_by_cofactor().mul(&modulo_l(&h));
            all.extend([
                vec![key.x, key.y, h, x, y],
                vec![key.x, key.y, h, -x, y],
                vec![key.x, key.y, h, x, -y],
            ]);
        }
        all
    }
    fn overrides(&self, _: &[Fr], _: &Target, _: &[Fr]) -> Vec<Vec<Fr>> {
        Vec::new()
    }
    /// At every exceptional challenge, whatever the slopes of the last steps are said to be: the result that comes of it.
    fn forgeries(&self) -> Vec<Staged> {
        let key = cases::key();
        let mut all = Vec::new();
        for h in exceptions::challenges() {
            // The first of the two slopes of each of the last five steps, and of none.
            for step in 0..=5usize {
                let hints = match step {
                    0 => Vec::new(),
                    // Two slopes before the steps, two for each of 253.
                    step => vec![("slope", 2 + 2 * (253 - step), vec![Fr::from(77u64)])],
                };
                let inputs = vec![key.x, key.y, h, Fr::ZERO, Fr::ONE];
                all.push(Staged { inputs, hints, claims: vec![(3, 1), (4, 0)] });
            }
        }
        // The challenge as another integer: h + r and h - r are other multiples of P.
        for (h, alias) in cases::aliases() {
            let Point { x, y } = key.mul_by_cofactor().mul(&alias.multiple);
            let hints = vec![("shifted challenge bit", 0, alias.upper_bits)];
            all.push(Staged { inputs: vec![key.x, key.y, h, x, y], hints, claims: Vec::new() });
        }
        all
    }
}

/// A, R, S and h, whoever chose h.
struct Challenged;

impl Challenged {
    fn rule(key: Point, nonce: Point, response: Fr, h: Fr) -> bool {
        on_curve(key.x, key.y)
            && on_curve(nonce.x, nonce.y)
            && response.into_bigint() < Fr::from_bigint(Scalar::MODULUS).expect("below r").into_bigint()
            && !key.mul_by_cofactor().is_identity()
            && BASE8.mul(&modulo_l(&response)) == nonce.add(&key.mul_by_cofactor().mul(&modulo_l(&h)))
    }
}

impl Relation for Challenged {
    fn name(&self) -> String {
        String::from("equation of a signature")
    }
    fn inputs(&self) -> usize {
        6
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let signature =
            SignatureVars { key: point(inputs), nonce: point(&inputs[2..]), response: inputs[4].clone() };
        eddsa::parts::verify_challenged(g, &signature, &inputs[5])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        Challenged::rule(at(inputs), at(&inputs[2..]), inputs[4], inputs[5])
    }
    fn may_refuse(&self, inputs: &[Fr]) -> bool {
        cases::is_exceptional(&inputs[5]) || exceptions::responses().contains(&inputs[4])
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        cases::challenged()
    }
    fn overrides(&self, _: &[Fr], _: &Target, _: &[Fr]) -> Vec<Vec<Fr>> {
        Vec::new()
    }
}

/// A, R, S and the message.
struct Signature;

impl Relation for Signature {
    fn name(&self) -> String {
        String::from("signature")
    }
    fn inputs(&self) -> usize {
        6
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let signature =
            SignatureVars { key: point(inputs), nonce: point(&inputs[2..]), response: inputs[4].clone() };
        eddsa::verify(g, &signature, &inputs[5])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let h = poseidon::hash(Domain::Eddsa, &[inputs[2], inputs[3], inputs[0], inputs[1], inputs[5]]);
        Challenged::rule(at(inputs), at(&inputs[2..]), inputs[4], h)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        cases::signatures()
    }
    fn overrides(&self, _: &[Fr], _: &Target, _: &[Fr]) -> Vec<Vec<Fr>> {
        Vec::new()
    }
}
