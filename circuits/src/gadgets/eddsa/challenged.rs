//! The rule of a signature for a challenge that is there already.

use ark_ff::{BigInteger, PrimeField};
use zksensor_model::primitives::babyjubjub::Scalar;

use super::fixed_base::fixed_base;
use super::ladder::{enrolled_base, variable_base};
use super::laws::{assert_on_curve, edwards_add};
use crate::gadgets::{Gadgets, SignatureVars, SynthesisError, compare};

/// Bits of S: l < 2^251.
const RESPONSE_BITS: u32 = 251;

/// The rule for a challenge that somebody else makes: S < l, R and A on the curve, 8A != O, S Base8 = R + h (8A).
///
/// # Errors
/// As the backend's constraints.
///
/// # Security
/// It is no signature: whoever chooses h chooses R to go with it.
pub fn verify_challenged<G: Gadgets>(
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
