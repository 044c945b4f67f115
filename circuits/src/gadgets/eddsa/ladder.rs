//! Variable base: P = 8A, and h P by a ladder in Montgomery form, as the module above says.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use zksensor_model::field::Fr;
use zksensor_model::primitives::babyjubjub::Scalar;

use super::laws::{
    Montgomery, assert_nonzero, assert_on_curve, double_and_add, edwards_add, edwards_double, montgomery_add,
    montgomery_double, quotient, to_edwards,
};
use crate::gadgets::{Bit, Gadgets, PointVars, SynthesisError, compare};

/// Bits of k below its top bit.
pub(super) const SCALAR_BITS: u32 = 254;
/// Steps at the end of the ladder that assert u(mP) != u(P).
pub(super) const BLOCKED_STEPS: usize = 5;

/// P = 8A for a key on the curve, where 8A != O.
pub fn enrolled_base<G: Gadgets>(g: &mut G, key: &PointVars<G::Var>) -> Result<Base<G::Var>, SynthesisError> {
    let squares = assert_on_curve(g, key)?;
    cofactor_multiple(g, key, squares)
}

/// 8A by three complete doublings, then in Montgomery form. u (1 - y) = 1 + y has no solution at O, where y = 1: this is
/// 8A != O. Elsewhere in the prime-order subgroup 1 - y and x are not zero, so u and v are determined.
fn cofactor_multiple<G: Gadgets>(
    g: &mut G,
    key: &PointVars<G::Var>,
    squares: (G::Var, G::Var),
) -> Result<Base<G::Var>, SynthesisError> {
    let mut point = edwards_double(g, key, squares)?;
    for _ in 0..2 {
        let squares = (g.mul(&point.x, &point.x)?, g.mul(&point.y, &point.y)?);
        point = edwards_double(g, &point, squares)?;
    }
    let above = g.linear(Fr::ONE, &[(Fr::ONE, &point.y)]);
    let below = g.linear(Fr::ONE, &[(-Fr::ONE, &point.y)]);
    let u = quotient(g, "u", &above, &below)?;
    let v = quotient(g, "v", &u, &point.x)?;
    Ok(Base { edwards: point, montgomery: Montgomery { u, v } })
}

/// P = 8A in both forms.
pub struct Base<V> {
    edwards: PointVars<V>,
    montgomery: Montgomery<V>,
}

#[cfg(feature = "testing")]
impl<V> Base<V> {
    /// In Edwards form.
    pub fn edwards(&self) -> &PointVars<V> {
        &self.edwards
    }

    /// (u, v) in Montgomery form.
    pub fn montgomery(&self) -> (&V, &V) {
        (&self.montgomery.u, &self.montgomery.v)
    }
}

/// h P for a Poseidon digest h.
pub fn variable_base<G: Gadgets>(
    g: &mut G,
    base: &Base<G::Var>,
    challenge: &G::Var,
) -> Result<PointVars<G::Var>, SynthesisError> {
    let low = window_low();
    let shifted = g.linear(Fr::from_bigint(low).expect("below r"), &[(Fr::ONE, challenge)]);
    let bits = window_bits(g, &shifted)?;
    compare::assert_in_window(g, &bits, &shifted, &low)?;

    let p = &base.montgomery;
    let double = montgomery_double(g, p)?;
    let mut sum = montgomery_add(g, &double, p)?;
    for index in (1..SCALAR_BITS as usize).rev() {
        let sign = g.linear(-Fr::ONE, &[(Fr::from(2u64), bits[index].var())]);
        let signed = Montgomery { u: p.u.clone(), v: g.mul(&sign, &p.v)? };
        if index <= BLOCKED_STEPS {
            let run = g.sub(&p.u, &sum.u);
            assert_nonzero(g, &run)?;
        }
        sum = double_and_add(g, &sum, &signed)?;
    }
    let sum = to_edwards(g, &sum)?;
    // minus P if b_0 = 0: the point (b_0 - 1) P = (-(1 - b_0) x, y + b_0 (1 - y))
    let odd = &bits[0];
    let off = g.linear(Fr::ONE, &[(-Fr::ONE, odd.var())]);
    let x = g.mul(&off, &base.edwards.x)?;
    let x = g.linear(Fr::ZERO, &[(-Fr::ONE, &x)]);
    let one = g.constant(Fr::ONE);
    let y = g.select(odd, &one, &base.edwards.y)?;
    edwards_add(g, &sum, &PointVars { x, y })
}

/// 11 l - 2^254: adding it to h and a top bit gives h + 11 l.
pub fn window_low() -> <Fr as PrimeField>::BigInt {
    let mut product = <Fr as PrimeField>::BigInt::from(0u64);
    for _ in 0..11 {
        product.add_with_carry(&Scalar::MODULUS);
    }
    let mut top = <Fr as PrimeField>::BigInt::from(1u64);
    top <<= SCALAR_BITS;
    product.sub_with_borrow(&top);
    product
}

/// The 254 bits of the integer in [low, low + r) that is congruent to `value`; their sum mod r is the value, the window
/// is the caller's to assert.
fn window_bits<G: Gadgets>(g: &mut G, value: &G::Var) -> Result<Vec<Bit<G::Var>>, SynthesisError> {
    let width = SCALAR_BITS as usize;
    let bits = g.hint("shifted challenge bit", width - 1, &[value], |v| {
        let mut integer = v[0].into_bigint();
        if integer < window_low() {
            integer.add_with_carry(&Fr::MODULUS);
        }
        (1..width).map(|index| Fr::from(integer.get_bit(index))).collect()
    })?;
    let mut weight = -Fr::ONE;
    let mut terms = vec![(Fr::ONE, value)];
    for bit in &bits {
        weight.double_in_place();
        terms.push((weight, bit));
    }
    let lowest = g.linear(Fr::ZERO, &terms);
    std::iter::once(&lowest).chain(&bits).map(|bit| g.assert_bool(bit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_fits_254_bits() {
        let mut high = window_low();
        assert!(!high.add_with_carry(&Fr::MODULUS));
        assert!(high.num_bits() <= SCALAR_BITS);
        assert!(window_low() < Fr::MODULUS);
    }
}
