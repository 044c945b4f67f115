//! What the slots of an aggregate make together: statistics (C7 and C15 to C19).

use ark_ff::{AdditiveGroup, Field};

use super::{Aggregate, InputVars, SUM_OFFSET};
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError};
use crate::statement::policy_vars::{self, PolicyVars};
use crate::statement::readings::Opened;
use crate::statement::unproven::UnprovenValue;
use crate::statement::{Rule, many};
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::encoding;

/// C7 and C15 to C19. With m the minimum of value - low, and y = active (value - low - m):
/// the values are in range if 0 <= m, 0 <= y <= maximum - m and maximum <= high - low.
pub(super) fn statistics<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    opened: Opened<G::Var>,
) -> Result<(), SynthesisError> {
    let Opened { policy, active, values } = opened;
    let ranged = range(g, &policy, &active, values)?;
    many::count(g, inputs.count.var(), &policy, &active)?;
    let total = sum(g, inputs, &policy, &ranged)?;
    sum_of_squares(g, inputs, &policy, &ranged, &total)?;
    extremes(g, inputs, &policy, &active, &ranged)
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

/// C16. sum = sum of y + count (m + low). Gives the sum of y.
fn sum<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Aggregate>,
    policy: &PolicyVars<G::Var>,
    ranged: &Ranged<G::Var>,
) -> Result<G::Var, SynthesisError> {
    g.rule(Rule::SUM, |g| {
        let total = g.sum(ranged.above.iter().map(Bounded::var));
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
        let squares = g.sum(squares.iter());
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
