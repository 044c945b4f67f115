//! What samples and steps add up to, and the public claims about it.

use ark_ff::{AdditiveGroup, Field as _};

use super::TrackInputVars;
use super::sample::SampleVars;
use super::steps::Walk;
use crate::gadgets::{Bounded, Gadgets, SynthesisError, preimage};
use crate::statement::frame::Samples;
use zksensor_model::claim::track;
use zksensor_model::field::Fr;
use zksensor_model::frame::{MAX_FRAME_SAMPLES, SAMPLES_A_STEP};
use zksensor_model::preimages;
use zksensor_model::track::LENGTH_BITS;

/// T1: the chain of the samples and their number. Samples are there from the first on without a gap, so a step of the chain is taken
/// if its first sample is there, and 7 steps - count is in [0, 6].
pub(super) fn chain<G: Gadgets>(
    g: &mut G,
    samples: &[SampleVars<G::Var>],
    last_offset: &G::Var,
) -> Result<Samples<G::Var>, SynthesisError> {
    g.rule(track::SAMPLES, |g| {
        let zero = g.constant(Fr::ZERO);
        let first = samples.first().expect("a shape has samples");
        let one = g.constant(Fr::ONE);
        g.assert_equal(first.present.var(), &one)?;
        for pair in samples.windows(2) {
            let absent = g.linear(Fr::ONE, &[(-Fr::ONE, pair[0].present.var())]);
            g.assert_product(&absent, pair[1].present.var(), &zero)?;
        }
        let mut chain = zero;
        for (step, group) in samples.chunks_exact(SAMPLES_A_STEP).enumerate() {
            let elements: Vec<&G::Var> = group.iter().map(|sample| &sample.element).collect();
            let elements: [&G::Var; SAMPLES_A_STEP] = elements.try_into().expect("a step has seven samples");
            let next = preimage::hash(g, preimages::Samples::of(&chain, elements))?;
            // The first step is always taken.
            chain = if step == 0 { next } else { g.select(&group[0].present, &next, &chain)? };
        }
        let last = last_of(g, samples)?;
        let count = sum(g, samples.iter().map(|sample| sample.present.var()));
        let (first, last_counted) = (first.offset.clone(), last_offset.clone());
        Ok(Samples { count, chain, first, last, last_counted })
    })
}

/// The offset of the last sample that is there.
fn last_of<G: Gadgets>(g: &mut G, samples: &[SampleVars<G::Var>]) -> Result<G::Var, SynthesisError> {
    let mut parts = Vec::with_capacity(samples.len());
    for (index, sample) in samples.iter().enumerate() {
        let is_last = match samples.get(index + 1) {
            Some(next) => g.sub(sample.present.var(), next.present.var()),
            None => sample.present.var().clone(),
        };
        parts.push(g.mul(&is_last, sample.offset.var())?);
    }
    Ok(sum(g, &parts))
}

fn sum<'v, G: Gadgets>(g: &mut G, vars: impl IntoIterator<Item = &'v G::Var>) -> G::Var
where
    G::Var: 'v,
{
    let terms: Vec<(Fr, &G::Var)> = vars.into_iter().map(|var| (Fr::ONE, var)).collect();
    g.linear(Fr::ZERO, &terms)
}

/// Bits of how many steps a frame has at the most.
const STEPS_BITS: u32 = MAX_FRAME_SAMPLES.ilog2() + 1;

/// Bounds of a policy on samples.
pub(super) struct SampleBounds<V> {
    pub(super) least: V,
    pub(super) most_left_out: V,
}

/// T4 to T9: what is public is on the safe side of what was shown of a frame of `count` samples.
pub(super) fn claims<G: Gadgets>(
    g: &mut G,
    inputs: &TrackInputVars<G>,
    bounds: &SampleBounds<G::Var>,
    count: &G::Var,
    samples: &[SampleVars<G::Var>],
    walk: &Walk<G::Var>,
) -> Result<(), SynthesisError> {
    let counted = sum(g, samples.iter().map(|sample| sample.counted.var()));
    let continued = sum(g, walk.steps.iter().map(|step| step.continues.var()));
    let legs = g.sub(&counted, &continued);
    let left_out = g.sub(count, &counted);
    g.rule(track::COUNTED, |g| {
        let claim = inputs.samples.var();
        assert_not_above(g, &bounds.least, claim, inputs.samples.bounded()?.width())?;
        assert_not_above(g, claim, &counted, inputs.samples.bounded()?.width())
    })?;
    g.rule(track::LEFT_OUT, |g| {
        let claim = inputs.left_out.var();
        assert_not_above(g, &left_out, claim, inputs.left_out.bounded()?.width())?;
        assert_not_above(g, claim, &bounds.most_left_out, inputs.left_out.bounded()?.width())
    })?;
    g.rule(track::LEGS, |g| assert_not_above(g, &legs, inputs.legs.var(), inputs.legs.bounded()?.width()))?;
    g.rule(track::DISTANCE, |g| {
        let length = sum(g, walk.steps.iter().map(|step| &step.length));
        let millimetres = g.linear(Fr::ZERO, &[(Fr::from(10u64), inputs.distance_cm.var())]);
        // As many steps as a frame has samples, each of a bounded length.
        assert_not_above(g, &millimetres, &length, LENGTH_BITS + STEPS_BITS)
    })?;
    g.rule(track::OBSERVED, |g| {
        let time = sum(g, walk.steps.iter().map(|step| &step.time));
        assert_not_above(g, inputs.observed_ms.var(), &time, inputs.observed_ms.bounded()?.width())
    })?;
    g.rule(track::SLOTS, |g| {
        let slots = sum(g, walk.slots.iter().map(crate::gadgets::Bit::var));
        assert_not_above(g, inputs.slots.var(), &slots, inputs.slots.bounded()?.width())
    })
}

/// a <= b, where b - a is below 2^width if it is not negative.
fn assert_not_above<G: Gadgets>(g: &mut G, a: &G::Var, b: &G::Var, width: u32) -> Result<(), SynthesisError> {
    let left = g.sub(b, a);
    let _: Bounded<G::Var> = g.assert_range(&left, width)?;
    Ok(())
}
