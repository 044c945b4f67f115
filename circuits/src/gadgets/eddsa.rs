//! EdDSA over BabyJubJub with Poseidon, as circomlib has it, in 2,994 R1CS constraints.
//!
//! The rule: h = Poseidon(R, A, M) as an integer below r; S < l; R and A on the curve; 8A != O; S Base8 = R + h (8A).
//! Curve: a x^2 + y^2 = 1 + d x^2 y^2 with a = 168700 (a square), d = 168696 (not a square), so the Edwards laws are
//! complete; in Montgomery form v^2 = u^3 + 168698 u^2 + u. P = 8A has prime order l.
//!
//! **Variable base.** h P = (h + 11 l) P, and k = h + 11 l lies in [2^254, 2^255), so its top bit is 1 and no leading
//! zeros can meet an incomplete law. With b_i the bits of k, k + 1 - b_0 = 3 * 2^253 + sum over i = 1..253 of
//! (2 b_i - 1) 2^(i-1): start at 3P, double and add +-P 253 times (6 constraints each), subtract P if b_0 = 0.
//!
//! *Why no slope is free.* One step takes m P to (2m + d) P, d = +-1, as (mP + dP) + mP. The first slope is free only if
//! mP = dP, so m = d mod l. m starts at 3 and is the head of k + 1 - b_0, below 19 l; 1 < m < l - 1 holds for all but the
//! last five steps, and in these u(mP) != u(P) is asserted. The second slope is free only if mP has order 2, and mP has odd
//! order. Where u(mP) = u(mP + dP) the step would lead to O, and the equation asks 0 = -2 v(mP), which nothing satisfies.
//!
//! So no signature can be shown whose Poseidon digest is one of 55: the ladders of all of them meet O, and 40 go on from
//! there through m = +-1. A ladder comes to +-1 in no other way, so the assertion is a second lock on the same door.
//!
//! **Fixed base.** 126 windows of two bits: digit 2w - 3 of (4^i / 2) Base8, so |sum of digits below window i| < 4^i is
//! smaller than any digit of window i: the two points of an addition are never equal or opposite while 4^(i+1) < l,
//! that is for all windows but the last, where u1 != u2 is asserted, which refuses one value of S. The constant
//! (4^126 - 1)/2 Base8 is added at the end.

#[cfg(any(test, feature = "testing"))]
pub(crate) mod exceptions;
mod fixed_base;
mod laws;

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use self::laws::{
    Montgomery, double_and_add, edwards_double, montgomery_add, montgomery_double, quotient, to_edwards,
};
// The parts, for the relations that the conformance kit holds each of them to.
pub(crate) use self::fixed_base::fixed_base;
pub(crate) use self::laws::{assert_nonzero, assert_on_curve, edwards_add};
use super::{Bit, Gadgets, PointVars, SignatureVars, SynthesisError, compare};
use crate::field::Fr;
use crate::primitives::babyjubjub::Scalar;
use crate::primitives::poseidon::Domain;

/// Bits of k below its top bit.
const SCALAR_BITS: u32 = 254;
/// Bits of S: l < 2^251.
const RESPONSE_BITS: u32 = 251;
/// Steps at the end of the ladder that assert u(mP) != u(P).
const BLOCKED_STEPS: usize = 5;

/// The whole rule.
///
/// # Errors
/// As the backend's constraints.
pub fn verify<G: Gadgets>(
    g: &mut G,
    signature: &SignatureVars<G::Var>,
    message: &G::Var,
) -> Result<(), SynthesisError> {
    let SignatureVars { key, nonce, .. } = signature;
    let challenge =
        g.scope("challenge", |g| g.poseidon(Domain::Eddsa, &[&nonce.x, &nonce.y, &key.x, &key.y, message]))?;
    verify_challenged(g, signature, &challenge)
}

/// The rule for a challenge that somebody else makes: S < l, R and A on the curve, 8A != O, S Base8 = R + h (8A).
///
/// # Errors
/// As the backend's constraints.
///
/// # Security
/// It is no signature: whoever chooses h chooses R to go with it.
pub(crate) fn verify_challenged<G: Gadgets>(
    g: &mut G,
    signature: &SignatureVars<G::Var>,
    challenge: &G::Var,
) -> Result<(), SynthesisError> {
    let SignatureVars { key, nonce, response } = signature;
    let base = g.scope("key", |g| enrolled_base(g, key))?;
    let left = g.scope("fixed base", |g| {
        let response = g.assert_bits(response, RESPONSE_BITS)?;
        let mut limit = Scalar::MODULUS;
        limit.sub_with_borrow(&1u64.into());
        compare::assert_at_most(g, &response, &limit)?;
        fixed_base(g, &response)
    })?;
    let product = g.scope("variable base", |g| variable_base(g, &base, challenge))?;
    g.scope("equation", |g| {
        assert_on_curve(g, nonce)?;
        let right = edwards_add(g, nonce, &product)?;
        g.assert_equal(&left.x, &right.x)?;
        g.assert_equal(&left.y, &right.y)
    })
}

/// P = 8A for a key on the curve, where 8A != O.
pub(crate) fn enrolled_base<G: Gadgets>(
    g: &mut G,
    key: &PointVars<G::Var>,
) -> Result<Base<G::Var>, SynthesisError> {
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
pub(crate) struct Base<V> {
    edwards: PointVars<V>,
    montgomery: Montgomery<V>,
}

#[cfg(feature = "testing")]
impl<V> Base<V> {
    /// In Edwards form.
    pub(crate) fn edwards(&self) -> &PointVars<V> {
        &self.edwards
    }

    /// (u, v) in Montgomery form.
    pub(crate) fn montgomery(&self) -> (&V, &V) {
        (&self.montgomery.u, &self.montgomery.v)
    }
}

/// h P for a Poseidon digest h.
pub(crate) fn variable_base<G: Gadgets>(
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
pub(crate) fn window_low() -> <Fr as PrimeField>::BigInt {
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
