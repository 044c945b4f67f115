//! What samples and steps add up to, and the public claims about it.

use ark_ff::AdditiveGroup as _;

use super::TrackInputVars;
use super::sample::SampleVars;
use super::steps::Walk;
use crate::gadgets::{Bounded, Gadgets, SynthesisError};
use crate::statement::frame::Samples;
use crate::statement::frame::chain::{self, Link};
use zksensor_model::claim::track;
use zksensor_model::field::Fr;
use zksensor_model::frame::MAX_FRAME_SAMPLES;
use zksensor_model::track::LENGTH_BITS;

/// T1: the chain of the samples and their number.
pub(super) fn chain<G: Gadgets>(
    g: &mut G,
    samples: &[SampleVars<G::Var>],
    last_offset: &G::Var,
) -> Result<Samples<G::Var>, SynthesisError> {
    let links: Vec<Link<'_, G::Var>> = samples.iter().map(link).collect();
    g.rule(track::SAMPLES, |g| chain::chain(g, &links, last_offset))
}

fn link<V>(sample: &SampleVars<V>) -> Link<'_, V> {
    Link { element: &sample.element, present: &sample.present, offset: &sample.offset }
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
    let counted = g.sum(samples.iter().map(|sample| sample.counted.var()));
    let continued = g.sum(walk.steps.iter().map(|step| step.continues.var()));
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
        let length = g.sum(walk.steps.iter().map(|step| &step.length));
        let millimetres = g.linear(Fr::ZERO, &[(Fr::from(10u64), inputs.distance_cm.var())]);
        // As many steps as a frame has samples, each of a bounded length.
        assert_not_above(g, &millimetres, &length, LENGTH_BITS + STEPS_BITS)
    })?;
    g.rule(track::OBSERVED, |g| {
        let time = g.sum(walk.steps.iter().map(|step| &step.time));
        assert_not_above(g, inputs.observed_ms.var(), &time, inputs.observed_ms.bounded()?.width())
    })?;
    g.rule(track::SLOTS, |g| {
        let slots = g.sum(walk.slots.iter().map(crate::gadgets::Bit::var));
        assert_not_above(g, inputs.slots.var(), &slots, inputs.slots.bounded()?.width())
    })
}

/// a <= b, where b - a is below 2^width if it is not negative.
fn assert_not_above<G: Gadgets>(g: &mut G, a: &G::Var, b: &G::Var, width: u32) -> Result<(), SynthesisError> {
    let left = g.sub(b, a);
    let _: Bounded<G::Var> = g.assert_range(&left, width)?;
    Ok(())
}
