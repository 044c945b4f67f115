//! What is not zero, by its inverse. Every hint has one value, so that no wire is free.

use ark_ff::{AdditiveGroup, BigInt, Field as _, PrimeField as _};
use ruint::aliases::U256;

use super::{Bit, Gadgets, SynthesisError};
use zksensor_model::field::Fr;

/// The modulus of the field.
const MODULUS: U256 = U256::from_limbs(Fr::MODULUS.0);

/// The inverse, and 0 of 0: by Lehmer's algorithm (D. E. Knuth, TAOCP 4.5.2, L), in a fifth of the time that arkworks' binary one
/// takes. Most of a witness program of signatures is inverses. As of theirs, its time depends on the value.
pub(super) fn invert(value: Fr) -> Fr {
    let inverse = U256::from_limbs(value.into_bigint().0).inv_mod(MODULUS);
    inverse.and_then(|inverse| Fr::from_bigint(BigInt(inverse.into_limbs()))).unwrap_or(Fr::ZERO)
}

/// As a hint of one value.
fn hint_inverse<G: Gadgets>(
    g: &mut G,
    from: &[&G::Var],
    of: impl FnOnce(&[Fr]) -> Fr,
) -> Result<G::Var, SynthesisError> {
    let hinted = g.hint("inverse", 1, from, |v| vec![invert(of(v))])?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::field;

    /// As arkworks has it, of everything near an end of the field or of a word, and of a walk through it.
    #[test]
    fn inverses_are_those_of_the_field() {
        let mut values: Vec<Fr> = (0..254).map(field::power_of_two).collect();
        values.extend([Fr::ZERO, Fr::ONE]);
        let mut near: Vec<Fr> =
            values.iter().flat_map(|value| [*value + Fr::ONE, *value - Fr::ONE, -*value]).collect();
        near.append(&mut values);
        // x^5 + 1 again and again.
        near.extend(
            std::iter::successors(Some(Fr::from(7u64)), |x| Some(x.square().square() * x + Fr::ONE))
                .take(2_000),
        );
        for value in near {
            assert_eq!(invert(value), value.inverse().unwrap_or(Fr::ZERO), "{value}");
        }
    }
}
