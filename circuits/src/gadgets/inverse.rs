//! What is not zero, by its inverse. Every hint has one value, so that no wire is free.

use ark_ff::{AdditiveGroup, Field as _};

use super::{Bit, Gadgets, SynthesisError};
use zksensor_model::field::Fr;

/// The inverse, and 0 of 0.
fn hint_inverse<G: Gadgets>(
    g: &mut G,
    from: &[&G::Var],
    of: impl FnOnce(&[Fr]) -> Fr,
) -> Result<G::Var, SynthesisError> {
    let hinted = g.hint("inverse", 1, from, |v| vec![of(v).inverse().unwrap_or(Fr::ZERO)])?;
    Ok(hinted[0].clone())
}

/// value != 0, or `active` is 0: value inverse = active, and the inverse is 0 where active is.
///
/// # Errors
/// As the backend's constraints.
pub fn assert_nonzero_if<G: Gadgets>(
    g: &mut G,
    active: &Bit<G::Var>,
    value: &G::Var,
) -> Result<(), SynthesisError> {
    let inverse = hint_inverse(g, &[active.var(), value], |v| v[0] * v[1])?;
    g.assert_product(value, &inverse, active.var())?;
    let off = g.linear(Fr::ONE, &[(-Fr::ONE, active.var())]);
    let zero = g.constant(Fr::ZERO);
    g.assert_product(&off, &inverse, &zero)
}

/// 1 if value != 0, else 0: value inverse = bit, (1 - bit) value = 0, and the inverse of 0 is 0.
///
/// # Errors
/// As the backend's constraints.
pub fn is_nonzero<G: Gadgets>(g: &mut G, value: &G::Var) -> Result<Bit<G::Var>, SynthesisError> {
    let inverse = hint_inverse(g, &[value], |v| v[0])?;
    let bit = g.mul(value, &inverse)?;
    let zero = g.constant(Fr::ZERO);
    let off = g.linear(Fr::ONE, &[(-Fr::ONE, &bit)]);
    // A value that is not 0 makes bit 1 here; of 0 it is 0.
    g.assert_product(&off, value, &zero)?;
    g.assert_product(&off, &inverse, &zero)?;
    Ok(Bit::insecure_assume(bit)) // 0 or 1, as said
}
