//! Packed words: several ranged integers in one element, the first-named in the most significant bits.
//!
//! Native counterpart: [`crate::field::pack`].

use ark_ff::AdditiveGroup;

use super::{Bounded, Gadgets, SynthesisError};
use crate::field::{self, Fr};
use crate::layout::bit_field;

/// The packed value of ranged or constant parts: a linear combination, no constraint.
pub fn pack<G: Gadgets>(g: &mut G, parts: &[(&G::Var, u32)]) -> G::Var {
    let mut shift = 0;
    let mut terms = Vec::with_capacity(parts.len());
    for (var, width) in parts.iter().rev() {
        terms.push((field::power_of_two(shift), *var));
        shift += width;
    }
    debug_assert!(shift <= 253);
    g.linear(Fr::ZERO, &terms)
}

/// Splits `word` into parts of these widths (at most 253 bits in all), each ranged.
///
/// # Errors
/// As the backend's constraints.
pub fn split<G: Gadgets>(
    g: &mut G,
    name: &'static str,
    word: &G::Var,
    widths: &[u32],
) -> Result<Vec<Bounded<G::Var>>, SynthesisError> {
    let (first, rest) = widths.split_first().expect("a word has parts");
    let vars = g.hint(name, rest.len(), &[word], |v| {
        let mut shift = 0;
        let mut parts: Vec<Fr> = rest
            .iter()
            .rev()
            .map(|width| {
                let part = bit_field(&v[0], shift, *width);
                shift += width;
                part
            })
            .collect();
        parts.reverse();
        parts
    })?;
    // The first part is what is left: (word - packed rest) / 2^shift.
    let shift: u32 = rest.iter().sum();
    let mut terms = vec![(Fr::from(1u64), word)];
    let mut below = shift;
    for (var, width) in vars.iter().zip(rest) {
        below -= width;
        terms.push((-field::power_of_two(below), var));
    }
    let scale = ark_ff::Field::inverse(&field::power_of_two(shift)).expect("a power of two is not zero");
    let terms: Vec<(Fr, &G::Var)> = terms.into_iter().map(|(c, var)| (c * scale, var)).collect();
    let head = g.linear(Fr::ZERO, &terms);
    let mut parts = vec![g.assert_bits(&head, *first)?];
    for (var, width) in vars.iter().zip(rest) {
        parts.push(g.assert_bits(var, *width)?);
    }
    Ok(parts)
}
