//! What the slots of an aggregate make together: order, chunk and statistics (C2, C7 and C13 to C19).

use ark_ff::{AdditiveGroup, Field};

use super::slots::Exports;
use super::{Aggregate, InputVars, SUM_OFFSET};
use crate::gadgets::{Bit, Bits, Bounded, Gadgets, SynthesisError};
use crate::statement::Rule;
use crate::statement::policy_vars::{self, PolicyVars};
use crate::statement::unproven::UnprovenValue;
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::encoding;
use zksensor_model::registry::Chunk;

/// C2. Slot 0 is active, and activity never rises again.
pub(super) fn activity<G: Gadgets>(g: &mut G, slots: &[Exports<G::Var>]) -> Result<(), SynthesisError> {
    g.rule(Rule::ACTIVITY, |g| {
        let one = g.constant(Fr::ONE);
        g.assert_equal(slots[0].active.var(), &one)?;
        for pair in slots.windows(2) {
            let before_off = g.linear(Fr::ONE, &[(-Fr::ONE, pair[0].active.var())]);
            let zero = g.constant(Fr::ZERO);
            g.assert_product(pair[1].active.var(), &before_off, &zero)?;
        }
        Ok(())
    })
}

/// C13. Positions increase strictly, and so do offsets in one chunk.
pub(super) fn order<G: Gadgets>(
    g: &mut G,
    chunk: Chunk,
    slots: &[Exports<G::Var>],
) -> Result<(), SynthesisError> {
    // offset - (offset before) >= 1 where active. `last` stays at the last active offset.
    g.rule(Rule::ORDER, |g| {
        let mut last = slots[0].offset.clone();
        for slot in &slots[1..] {
            let step = g.sub(&slot.offset, &last);
            let step = g.mul(slot.active.var(), &step)?;
            let gap = g.sub(&step, slot.active.var());
            g.assert_range(&gap, chunk.bits())?;
            last = g.add(&last, &step);
        }
        Ok(())
    })
}

/// C14 of the public inputs. Gives the index of the chunk, if there is more than one, in three bits a level above.
pub(super) fn chunk<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    chunk: Chunk,
) -> Result<Option<Bits<G::Var>>, SynthesisError> {
    g.rule(Rule::CHUNK, |g| {
        let width = g.constant(Fr::from(chunk.bits()));
        g.assert_equal(inputs.chunk_bits.var(), &width)?;
        match chunk.index_bits() {
            0 => {
                let zero = g.constant(Fr::ZERO);
                g.assert_equal(inputs.chunk.var(), &zero)?;
                Ok(None)
            }
            bits => g.assert_bits(inputs.chunk.var(), bits).map(Some),
        }
    })
}

/// C7 and C15 to C19. With m the minimum of value - low, and y = active (value - low - m):
/// the values are in range if 0 <= m, 0 <= y <= maximum - m and maximum <= high - low.
pub(super) fn statistics<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    policy: &PolicyVars<G::Var>,
    slots: Vec<Exports<G::Var>>,
) -> Result<(), SynthesisError> {
    let (active, values): (Vec<_>, Vec<_>) = slots.into_iter().map(|slot| (slot.active, slot.value)).unzip();
    let ranged = range(g, policy, &active, values)?;
    count(g, inputs, policy, &active)?;
    let total = sum(g, inputs, policy, &ranged)?;
    sum_of_squares(g, inputs, policy, &ranged, &total)?;
    extremes(g, inputs, policy, &active, &ranged)
}

/// Values that are in the policy's range.
struct Ranged<V> {
    minimum: Bounded<V>,
    maximum: Bounded<V>,
    /// maximum - minimum.
    spread: Bounded<V>,
    /// The y of each slot.
    above: Vec<Bounded<V>>,
}

fn sum_of<G: Gadgets>(g: &mut G, vars: &[&G::Var]) -> G::Var {
    let terms: Vec<(Fr, &G::Var)> = vars.iter().map(|var| (Fr::ONE, *var)).collect();
    g.linear(Fr::ZERO, &terms)
}

/// C7. low <= value <= high.
fn range<G: Gadgets>(
    g: &mut G,
    policy: &PolicyVars<G::Var>,
    active: &[Bit<G::Var>],
    values: Vec<UnprovenValue<G::Var>>,
) -> Result<Ranged<G::Var>, SynthesisError> {
    g.rule(Rule::VALUE, |g| {
        let from: Vec<&G::Var> =
            active.iter().zip(&values).flat_map(|(bit, value)| [bit.var(), value.for_hint()]).collect();
        let extremes = g.hint("minimum and maximum", 2, &from, |values| {
            let active = values.chunks_exact(2).filter(|pair| pair[0] == Fr::ONE).map(|pair| pair[1]);
            let least = active.clone().min().unwrap_or(Fr::ZERO);
            vec![least, active.max().unwrap_or(Fr::ZERO)]
        })?;
        let minimum = g.assert_range(&extremes[0], encoding::VALUE_SPAN_BITS)?;
        let maximum = g.assert_range(&extremes[1], encoding::VALUE_SPAN_BITS)?;
        g.assert_le(&maximum, &policy.span, None)?;
        let spread = g.sub(maximum.var(), minimum.var());
        let spread = g.assert_range(&spread, encoding::VALUE_SPAN_BITS)?;
        let above = active
            .iter()
            .zip(values)
            .map(|(active, value)| value.between(g, active, minimum.var(), &spread))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Ranged { minimum, maximum, spread, above })
    })
}

/// C15. count = sum of active, count >= k.
fn count<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    policy: &PolicyVars<G::Var>,
    active: &[Bit<G::Var>],
) -> Result<(), SynthesisError> {
    g.rule(Rule::COUNT, |g| {
        let count = sum_of(g, &active.iter().map(Bit::var).collect::<Vec<_>>());
        g.assert_equal(&count, inputs.count.var())?;
        let surplus = g.sub(inputs.count.var(), &policy.k);
        g.assert_range(&surplus, encoding::K_BITS)?;
        Ok(())
    })
}

/// C16. sum = sum of y + count (m + low). Gives the sum of y.
fn sum<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    policy: &PolicyVars<G::Var>,
    ranged: &Ranged<G::Var>,
) -> Result<G::Var, SynthesisError> {
    g.rule(Rule::SUM, |g| {
        let total = sum_of(g, &ranged.above.iter().map(Bounded::var).collect::<Vec<_>>());
        let low = policy_vars::low_value(g, &policy.block.low);
        let base = g.add(ranged.minimum.var(), &low);
        let shift = g.mul(inputs.count.var(), &base)?;
        let sum = g.linear(field::power_of_two(SUM_OFFSET), &[(Fr::ONE, &total), (Fr::ONE, &shift)]);
        g.assert_equal(&sum, inputs.sum.var())?;
        Ok(total)
    })
}

/// C17. sum of (y + m)^2 over the active = sum of y^2 + m (2 sum of y + count m). `total` is the sum of y.
fn sum_of_squares<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    policy: &PolicyVars<G::Var>,
    ranged: &Ranged<G::Var>,
    total: &G::Var,
) -> Result<(), SynthesisError> {
    g.rule(Rule::SUM_OF_SQUARES, |g| {
        let squares = ranged.above.iter().map(|y| g.mul(y.var(), y.var())).collect::<Result<Vec<_>, _>>()?;
        let squares = sum_of(g, &squares.iter().collect::<Vec<_>>());
        let spread = g.mul(inputs.count.var(), ranged.minimum.var())?;
        let factor = g.linear(Fr::ZERO, &[(Fr::from(2u64), total), (Fr::ONE, &spread)]);
        let rest = g.mul(ranged.minimum.var(), &factor)?;
        let squares = g.add(&squares, &rest);
        let shown = policy_vars::gate(g, &policy.flags[0], &squares)?;
        g.assert_equal(&shown, inputs.sum_of_squares.var())
    })
}

/// C18 and C19: some reading has each extreme.
fn extremes<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    policy: &PolicyVars<G::Var>,
    active: &[Bit<G::Var>],
    ranged: &Ranged<G::Var>,
) -> Result<(), SynthesisError> {
    // C18. Some active y is 0: product of (y + 1 - active) = 0.
    g.rule(Rule::MINIMUM, |g| {
        let factors: Vec<G::Var> = active
            .iter()
            .zip(&ranged.above)
            .map(|(active, y)| g.linear(Fr::ONE, &[(Fr::ONE, y.var()), (-Fr::ONE, active.var())]))
            .collect();
        let zero = g.constant(Fr::ZERO);
        g.assert_member(&zero, &factors)?;
        let shown = policy_vars::gate(g, &policy.flags[1], ranged.minimum.var())?;
        g.assert_equal(&shown, inputs.minimum.var())
    })?;

    // C19. Some y is maximum - m. An unused y is 0, which is the spread only if every active one is, too.
    g.rule(Rule::MAXIMUM, |g| {
        let ys: Vec<G::Var> = ranged.above.iter().map(|y| y.var().clone()).collect();
        g.assert_member(ranged.spread.var(), &ys)?;
        let shown = policy_vars::gate(g, &policy.flags[2], ranged.maximum.var())?;
        g.assert_equal(&shown, inputs.maximum.var())
    })
}
