//! H1: in which bin each value is, and how many are in each.

use ark_ff::{AdditiveGroup, Field as _};

use super::{Histogram, InputVars};
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError};
use zksensor_model::field::{self, Fr};
use zksensor_model::histogram::BINS;
use zksensor_model::policy::encoding;

/// Each bin's public number = the sum of what the slots have in it.
pub(super) fn assert_bins<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Histogram>,
    width: &Bounded<G::Var>,
    active: &[Bit<G::Var>],
    above: &[Bounded<G::Var>],
) -> Result<(), SynthesisError> {
    let slots = active.iter().zip(above);
    let slots = slots
        .map(|(active, above)| g.scope("bin", |g| bin_of(g, width, active, above)))
        .collect::<Result<Vec<_>, _>>()?;
    for (bin, public) in inputs.bins().iter().enumerate() {
        let number = g.sum(slots.iter().map(|slot| slot[bin].var()));
        g.assert_equal(&number, public.var())?;
    }
    Ok(())
}

/// The bin of one slot: booleans of which the bin's is 1 if the slot is active, and none if it is not. `above` is active (value - low).
fn bin_of<G: Gadgets>(
    g: &mut G,
    width: &Bounded<G::Var>,
    active: &Bit<G::Var>,
    above: &Bounded<G::Var>,
) -> Result<Vec<Bit<G::Var>>, SynthesisError> {
    let hints = g.hint("in bin", BINS, &[active.var(), above.var(), width.var()], |values| {
        let bin = (values[0] == Fr::ONE).then(|| quotient(&values[1], &values[2]));
        (0..BINS).map(|index| Fr::from(bin == Some(index))).collect()
    })?;
    let bits = hints.iter().map(|hint| g.assert_bool(hint)).collect::<Result<Vec<_>, _>>()?;

    // As many are 1 as the slot is active.
    let hot = g.sum(bits.iter().map(Bit::var));
    g.assert_equal(&hot, active.var())?;

    // v - b w = remainder, which is in [0, 2^40). Of a slot that is not active all three are 0.
    let numbers = (0u64..).map(Fr::from);
    let terms: Vec<(Fr, &G::Var)> = numbers.zip(bits.iter().map(Bit::var)).collect();
    let bin = g.linear(Fr::ZERO, &terms);
    let edge = g.mul(&bin, width.var())?;
    let remainder = g.sub(above.var(), &edge);
    let remainder = g.assert_range(&remainder, encoding::VALUE_SPAN_BITS)?;

    // remainder < w, unless the bin is the last one.
    let is_closed = g.linear(Fr::ONE, &[(-Fr::ONE, bits[BINS - 1].var())]);
    let is_closed = Bit::insecure_assume(is_closed); // 1 - a boolean
    g.assert_lt(&remainder, width, Some(&is_closed))?;
    Ok(bits)
}

/// The bin of a value above low: the last one, too, where there is none.
fn quotient(above: &Fr, width: &Fr) -> usize {
    let (above, width) = (field::to_u128(above), field::to_u128(width));
    let bin = above.zip(width).and_then(|(above, width)| above.checked_div(width));
    bin.and_then(|bin| usize::try_from(bin).ok()).map_or(BINS - 1, |bin| bin.min(BINS - 1))
}
