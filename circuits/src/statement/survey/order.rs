//! S2: from one counted sample of a device to the next.

use ark_ff::Field as _;

use super::device::SampleVars;
use crate::gadgets::{Bit, Gadgets, SynthesisError};
use crate::statement::frame::sample::carry;
use zksensor_model::claim::survey as rules;
use zksensor_model::field::Fr;
use zksensor_model::layout::Field;
use zksensor_model::preimages;

/// Bits of an offset.
const OFFSET_BITS: u32 = {
    const PARTS: preimages::Sample<Field> = preimages::Sample::PARTS;
    PARTS.offset_ms.bits()
};

/// The counted samples in the order of time.
pub(super) struct Order<V> {
    /// Offset of the first; 0 if there is none.
    pub(super) first: V,
    /// Offset of the last; that of the first sample if none is counted.
    pub(super) last: V,
    /// Of every sample but the first whether it is counted, and one before it is.
    pub(super) follows: Vec<Bit<V>>,
}

/// Offsets of counted samples increase strictly.
pub(super) fn walk<G: Gadgets>(
    g: &mut G,
    samples: &[SampleVars<G::Var>],
) -> Result<Order<G::Var>, SynthesisError> {
    let (head, rest) = samples.split_first().expect("a shape has samples");
    let offset = |sample: &SampleVars<G::Var>| sample.slot.parts.offset_ms.var().clone();
    let mut state = State { none: g.linear(Fr::ONE, &[(-Fr::ONE, head.counted.var())]), last: offset(head) };
    let first = g.rule(rules::TIMES, |g| g.mul(head.counted.var(), &state.last))?;
    let mut firsts = vec![first];
    let mut follows = Vec::with_capacity(rest.len());
    for sample in rest {
        let step =
            g.scope("step", |g| g.rule(rules::TIMES, |g| step(g, &state, &sample.counted, &offset(sample))))?;
        state = step.state;
        firsts.push(step.first);
        follows.push(step.follows);
    }
    Ok(Order { first: g.sum(&firsts), last: state.last, follows })
}

/// Up to a sample.
struct State<V> {
    /// 1 as long as none is counted.
    none: V,
    /// Offset of the last one that is.
    last: V,
}

/// What a sample leads to.
struct Step<V> {
    state: State<V>,
    /// Its offset if it is the first that is counted, else 0.
    first: V,
    follows: Bit<V>,
}

fn step<G: Gadgets>(
    g: &mut G,
    State { none, last }: &State<G::Var>,
    counted: &Bit<G::Var>,
    offset: &G::Var,
) -> Result<Step<G::Var>, SynthesisError> {
    let left_out = g.linear(Fr::ONE, &[(-Fr::ONE, counted.var())]);
    let still = g.mul(none, &left_out)?;
    // none * counted: of the first counted sample 1.
    let is_first = g.sub(none, &still);
    let first = g.mul(&is_first, offset)?;
    let both = g.sub(counted.var(), &is_first);
    let gap = g.linear(-Fr::ONE, &[(Fr::ONE, offset), (-Fr::ONE, last)]);
    let gap = g.mul(&both, &gap)?;
    g.assert_range(&gap, OFFSET_BITS)?;
    let last = carry(g, counted, offset, last)?;
    let follows = Bit::insecure_assume(both); // counted (1 - none), of booleans
    Ok(Step { state: State { none: still, last }, first, follows })
}
