//! The values of one device: in the policy's range, and, where it asks for quality, neither stuck nor jumping.
//!
//! With m the least of value - low over the counted samples and y = counted (value - low - m), the values are in range if 0 <= m,
//! 0 <= y <= spread and m + spread <= high - low. Some counted y is 0 and some y is the spread, so both are attained.

use ark_ff::{AdditiveGroup, Field as _};

use super::device::SampleVars;
use super::order::Order;
use crate::gadgets::{Bit, Bounded, Gadgets, Ports, SynthesisError};
use crate::statement::Rule;
use crate::statement::frame::sample::carry;
use zksensor_model::claim::survey as rules;
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::encoding;
use zksensor_model::preimages::SurveyLimits;

/// Bits of a value - low.
const VALUE_BITS: u32 = encoding::VALUE_SPAN_BITS;

/// What the counted values of a device make together, as value - low.
pub(super) struct ValueVars<V> {
    pub(super) sum: V,
    pub(super) squares: V,
    pub(super) minimum: V,
    pub(super) maximum: V,
    /// maximum - minimum, both of them attained.
    spread: Bounded<V>,
    counted: Vec<Bit<V>>,
    /// Of each sample counted (value - low - minimum).
    above: Vec<Bounded<V>>,
}

/// C7, and C16 to C19 in part.
pub(super) fn of_device<G: Gadgets>(
    g: &mut G,
    active: &Bit<G::Var>,
    span: &Bounded<G::Var>,
    count: &G::Var,
    samples: Vec<SampleVars<G::Var>>,
) -> Result<ValueVars<G::Var>, SynthesisError> {
    let (counted, values): (Vec<_>, Vec<_>) =
        samples.into_iter().map(|sample| (sample.counted, sample.value)).unzip();
    let (minimum, maximum, spread, above) = g.rule(Rule::VALUE, |g| {
        let from: Vec<&G::Var> =
            counted.iter().zip(&values).flat_map(|(bit, value)| [bit.var(), value.for_hint()]).collect();
        let extremes = g.hint("minimum and maximum", 2, &from, |values| {
            // What is out of range is refused where it is, and not as an extreme.
            let in_range = |pair: &&[Fr]| pair[0] == Fr::ONE && field::bit_length(&pair[1]) <= VALUE_BITS;
            let counted = values.chunks_exact(2).filter(in_range).map(|pair| pair[1]);
            let least = counted.clone().min().unwrap_or(Fr::ZERO);
            vec![least, counted.max().unwrap_or(Fr::ZERO)]
        })?;
        let minimum = g.assert_range(&extremes[0], VALUE_BITS)?;
        let maximum = g.assert_range(&extremes[1], VALUE_BITS)?;
        g.assert_le(&maximum, span, None)?;
        let spread = g.sub(maximum.var(), minimum.var());
        let spread = g.assert_range(&spread, VALUE_BITS)?;
        let above = counted
            .iter()
            .zip(values)
            .map(|(counted, value)| g.scope("sample", |g| value.between(g, counted, minimum.var(), &spread)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((minimum, maximum, spread, above))
    })?;
    attained(g, active, &counted, minimum.var(), &spread, &above)?;
    let total = g.sum(above.iter().map(Bounded::var));
    let whole = g.rule(Rule::SUM, |g| g.mul(count, minimum.var()))?;
    let squares = g.rule(Rule::SUM_OF_SQUARES, |g| squares(g, minimum.var(), &total, &whole, &above))?;
    Ok(ValueVars {
        sum: g.add(&total, &whole),
        squares,
        minimum: minimum.var().clone(),
        maximum: maximum.var().clone(),
        spread,
        counted,
        above,
    })
}

/// C18 and C19 of a device: some counted sample has each extreme, and both are 0 of one that is not active.
fn attained<G: Gadgets>(
    g: &mut G,
    active: &Bit<G::Var>,
    counted: &[Bit<G::Var>],
    minimum: &G::Var,
    spread: &Bounded<G::Var>,
    above: &[Bounded<G::Var>],
) -> Result<(), SynthesisError> {
    let zero = g.constant(Fr::ZERO);
    // Some counted y is 0, or `active` is.
    g.rule(Rule::MINIMUM, |g| {
        let mut factors: Vec<G::Var> = counted
            .iter()
            .zip(above)
            .map(|(counted, y)| g.linear(Fr::ONE, &[(Fr::ONE, y.var()), (-Fr::ONE, counted.var())]))
            .collect();
        factors.push(active.var().clone());
        g.assert_member(&zero, &factors)?;
        let unused = g.linear(Fr::ONE, &[(-Fr::ONE, active.var())]);
        g.assert_product(&unused, minimum, &zero)
    })?;
    // One that is not counted is 0, and the spread is that only if every counted one is, too.
    g.rule(Rule::MAXIMUM, |g| {
        let above: Vec<G::Var> = above.iter().map(|y| y.var().clone()).collect();
        g.assert_member(spread.var(), &above)
    })
}

/// Sum of (y + m)^2 over the counted = sum of y^2 + m (2 sum of y + count m). `total` is the sum of y, `whole` is count m.
fn squares<G: Gadgets>(
    g: &mut G,
    minimum: &G::Var,
    total: &G::Var,
    whole: &G::Var,
    above: &[Bounded<G::Var>],
) -> Result<G::Var, SynthesisError> {
    let squares = above.iter().map(|y| g.mul(y.var(), y.var())).collect::<Result<Vec<_>, _>>()?;
    let factor = g.linear(Fr::ZERO, &[(Fr::from(2u64), total), (Fr::ONE, whole)]);
    let rest = g.mul(minimum, &factor)?;
    let squares = g.sum(&squares);
    Ok(g.add(&squares, &rest))
}

/// What a block has of quality: [`QualityLimits`], or nothing.
pub(super) trait OfQuality<V>: Ports<V, Shape = ()> {
    /// S5 and S6 of a device, if they are asked for.
    fn hold<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        active: &Bit<V>,
        order: &Order<V>,
        values: &ValueVars<V>,
    ) -> Result<(), SynthesisError>;
}

impl<V> OfQuality<V> for () {
    fn hold<G: Gadgets<Var = V>>(
        &self,
        _: &mut G,
        _: &Bit<V>,
        _: &Order<V>,
        _: &ValueVars<V>,
    ) -> Result<(), SynthesisError> {
        Ok(())
    }
}

/// C1 of a shape without the rules of quality: the policy asks for none.
pub(super) fn assert_none<G: Gadgets>(
    g: &mut G,
    limits: &SurveyLimits<Bounded<G::Var>>,
) -> Result<(), SynthesisError> {
    let zero = g.constant(Fr::ZERO);
    g.assert_equal(limits.least_spread.var(), &zero)?;
    g.assert_equal(limits.largest_step.var(), &zero)
}

crate::ports! {
    /// What a policy asks of how values move.
    pub(super) struct QualityLimits<V> {
        least_spread: Bounded<V>,
        largest_step: V,
        twice_largest_step: Bounded<V>,
    }
}

impl<V: Clone> QualityLimits<V> {
    /// C1 of a shape with the rules of quality: the policy asks for it, as its largest step is not 0.
    pub(super) fn open<G: Gadgets<Var = V>>(
        g: &mut G,
        limits: &SurveyLimits<Bounded<V>>,
    ) -> Result<Self, SynthesisError> {
        let largest = limits.largest_step.var();
        let less_one = g.linear(-Fr::ONE, &[(Fr::ONE, largest)]);
        g.assert_range(&less_one, VALUE_BITS)?;
        let twice = g.linear(Fr::ZERO, &[(Fr::from(2u64), largest)]);
        Ok(QualityLimits {
            least_spread: limits.least_spread.clone(),
            largest_step: largest.clone(),
            twice_largest_step: g.assert_range(&twice, VALUE_BITS + 1)?,
        })
    }
}

impl<V: Clone> OfQuality<V> for QualityLimits<V> {
    fn hold<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        active: &Bit<V>,
        order: &Order<V>,
        values: &ValueVars<V>,
    ) -> Result<(), SynthesisError> {
        // S5. The spread is attained by counted samples.
        g.rule(rules::SPREAD, |g| g.assert_le(&self.least_spread, &values.spread, Some(active)))?;
        // S6. 0 <= step + largest <= 2 largest, of two counted samples with none between them.
        let (head, rest) = values.above.split_first().expect("a shape has samples");
        let mut last = head.var().clone();
        for ((y, counted), follows) in rest.iter().zip(&values.counted[1..]).zip(&order.follows) {
            let step = |g: &mut G| {
                let step = g.sub(y.var(), &last);
                let step = g.mul(follows.var(), &step)?;
                let above = g.add(&step, &self.largest_step);
                let above = g.assert_range(&above, VALUE_BITS + 1)?;
                g.assert_le(&above, &self.twice_largest_step, None)?;
                carry(g, counted, y.var(), &last)
            };
            last = g.scope("step", |g| g.rule(rules::STEP, step))?;
        }
        Ok(())
    }
}
