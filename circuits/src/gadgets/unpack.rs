//! Packed words: several ranged integers in one element, the first-named in the most significant bits.
//!
//! Native counterpart: [`zksensor_model::field::pack`].

use ark_ff::AdditiveGroup;

use super::{Bounded, Gadgets, SynthesisError};
use zksensor_model::field::bit_field;
use zksensor_model::field::{self, Fr};

/// Bits that a word has at the most.
const WORD_BITS: u32 = 253;

/// The packed value of ranged or constant parts: a linear combination, no constraint.
///
/// # Errors
/// [`SynthesisError::Size`] for no part, one of no bit, or more than 253 bits in all.
pub fn pack<G: Gadgets>(g: &mut G, parts: &[(&G::Var, u32)]) -> Result<G::Var, SynthesisError> {
    let widths: Vec<u32> = parts.iter().map(|(_, width)| *width).collect();
    assert_word("pack", &widths)?;
    let mut shift = 0;
    let mut terms = Vec::with_capacity(parts.len());
    for (var, width) in parts.iter().rev() {
        terms.push((field::power_of_two(shift), *var));
        shift += width;
    }
    Ok(g.linear(Fr::ZERO, &terms))
}

/// There are parts, each has bits, and they fit a word.
fn assert_word(gadget: &'static str, widths: &[u32]) -> Result<(), SynthesisError> {
    if widths.is_empty() || widths.contains(&0) {
        return Err(SynthesisError::Size { gadget, wanted: "at least one part, and a bit of each", got: 0 });
    }
    let total = widths.iter().fold(0usize, |total, width| total.saturating_add(*width as usize));
    if total <= WORD_BITS as usize {
        return Ok(());
    }
    Err(SynthesisError::Size { gadget, wanted: "parts of at most 253 bits in all", got: total })
}

/// Splits `word` into parts of these widths (at most 253 bits in all), each ranged.
///
/// # Errors
/// [`SynthesisError::Size`] for no part, one of no bit, or more than 253 bits in all.
pub fn split<G: Gadgets>(
    g: &mut G,
    name: &'static str,
    word: &G::Var,
    widths: &[u32],
) -> Result<Vec<Bounded<G::Var>>, SynthesisError> {
    assert_word("split", widths)?;
    let (first, rest) = widths.split_first().expect("there are parts");
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
    let mut parts = vec![g.assert_range(&head, *first)?];
    for (var, width) in vars.iter().zip(rest) {
        parts.push(g.assert_range(var, *width)?);
    }
    Ok(parts)
}
