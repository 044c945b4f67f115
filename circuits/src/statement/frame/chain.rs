//! The chain of a frame's samples and their number: what ties them to the signature.

use ark_ff::{AdditiveGroup, Field as _};

use super::Samples;
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError, preimage};
use zksensor_model::field::Fr;
use zksensor_model::frame::SAMPLES_A_STEP;
use zksensor_model::preimages;

/// A sample as the chain has it.
pub(in crate::statement) struct Link<'v, V> {
    /// What the chain absorbs.
    pub(in crate::statement) element: &'v V,
    pub(in crate::statement) present: &'v Bit<V>,
    pub(in crate::statement) offset: &'v Bounded<V>,
}

/// Samples are there from the first on without a gap, so a step of the chain is taken if its first sample is there, and
/// 7 steps - count is in [0, 6].
pub(in crate::statement) fn chain<G: Gadgets>(
    g: &mut G,
    samples: &[Link<'_, G::Var>],
    last_counted: &G::Var,
) -> Result<Samples<G::Var>, SynthesisError> {
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
        let elements: Vec<&G::Var> = group.iter().map(|sample| sample.element).collect();
        let elements: [&G::Var; SAMPLES_A_STEP] = elements.try_into().expect("a step has seven samples");
        let next = preimage::hash(g, preimages::Samples::of(&chain, elements))?;
        // The first step is always taken.
        chain = if step == 0 { next } else { g.select(group[0].present, &next, &chain)? };
    }
    let last = last_of(g, samples)?;
    let count = g.sum(samples.iter().map(|sample| sample.present.var()));
    let (first, last_counted) = (first.offset.clone(), last_counted.clone());
    Ok(Samples { count, chain, first, last, last_counted })
}

/// The offset of the last sample that is there.
fn last_of<G: Gadgets>(g: &mut G, samples: &[Link<'_, G::Var>]) -> Result<G::Var, SynthesisError> {
    let mut parts = Vec::with_capacity(samples.len());
    for (index, sample) in samples.iter().enumerate() {
        let is_last = match samples.get(index + 1) {
            Some(next) => g.sub(sample.present.var(), next.present.var()),
            None => sample.present.var().clone(),
        };
        parts.push(g.mul(&is_last, sample.offset.var())?);
    }
    Ok(g.sum(&parts))
}
