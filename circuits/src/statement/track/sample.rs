//! One sample of a track: its parts, and what holds of it if it is counted.

use ark_ff::AdditiveGroup;

use super::places::PLACES;
use crate::gadgets::fence::{COEFFICIENTS, HalfPlanes};
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError, WithLists};
use crate::statement::Rule;
use crate::statement::frame::sample::{self, SampleValues, SlotVars};
use zksensor_model::claim::track;
use zksensor_model::field::{self, Fr};
use zksensor_model::preimages::TrackLimits;
use zksensor_model::track::SLOT_BITS;

/// Bits that select a place.
const PLACE_BITS: u32 = PLACES.ilog2();

crate::ports! {
    /// What every sample is held to.
    #[derive(Clone)]
    pub(super) struct SampleLimits<V> {
        /// Low bit, high bit; never both.
        pub(super) channel: [Bit<V>; 2],
        /// low + 2^40.
        pub(super) low: V,
        /// high - low.
        pub(super) span: Bounded<V>,
        pub(super) max_accuracy: Bounded<V>,
        /// Length of a slot, in milliseconds.
        pub(super) slot: Bounded<V>,
        /// How long after the start of the epoch the frame starts, in milliseconds.
        pub(super) after_start: V,
    }
}

crate::ports! {
    /// What a sample shows.
    pub(super) struct SampleVars<V> {
        /// What the chain absorbs.
        pub(super) element: V,
        pub(super) present: Bit<V>,
        pub(super) counted: Bit<V>,
        pub(super) offset: Bounded<V>,
        pub(super) latitude: Bounded<V>,
        pub(super) longitude: Bounded<V>,
        /// Number of its slot in the epoch; 0 if it is not counted.
        pub(super) slot: V,
    }
}

/// The limits with the half planes of the places, a list for each coefficient.
pub(super) type Imports<V> = WithLists<SampleLimits<V>, V, COEFFICIENTS>;

/// The imports of every sample.
pub(super) fn imports<V: Clone>(limits: SampleLimits<V>, places: &[HalfPlanes<V>]) -> Imports<V> {
    WithLists { fixed: limits, lists: sample::by_coefficient(places) }
}

/// C5, C7 and C8 of one sample, and what ties it to the frame: the block.
pub(super) fn synthesize<G: Gadgets>(
    g: &mut G,
    imports: Imports<G::Var>,
    values: Option<&SampleValues>,
) -> Result<SampleVars<G::Var>, SynthesisError> {
    let WithLists { fixed: limits, lists } = imports;
    // T1. A sample that is not there is the element 0.
    let SlotVars { parts, present, element } = g.rule(track::SAMPLES, |g| sample::slot(g, values))?;
    // T4, in part. What is counted is there.
    let counted = g.rule(track::COUNTED, |g| sample::counted(g, &present, values))?;

    // C5. One of the places holds the location.
    g.rule(Rule::FENCE, |g| sample::inside(g, &lists, PLACE_BITS, &parts, &counted, values))?;

    // C7. low <= value <= high.
    g.rule(Rule::VALUE, |g| {
        let value = sample::value(g, &limits.channel, &limits.low, &parts)?;
        let zero = g.constant(Fr::ZERO);
        value.between(g, &counted, &zero, &limits.span)
    })?;

    // C8. 1 <= accuracy <= maximum.
    g.rule(Rule::ACCURACY, |g| sample::accurate(g, &parts.accuracy_mm, &limits.max_accuracy, &counted))?;

    // C6, in part: a counted sample is in a slot, and so not before the epoch.
    let slot = g.rule(Rule::EPOCH, |g| {
        let elapsed = g.add(&limits.after_start, parts.offset_ms.var());
        let elapsed = g.mul(counted.var(), &elapsed)?;
        slot_of(g, &elapsed, &limits.slot)
    })?;

    Ok(SampleVars {
        element,
        present,
        counted,
        offset: parts.offset_ms,
        latitude: parts.latitude_e7,
        longitude: parts.longitude_e7,
        slot,
    })
}

/// floor(elapsed / length): elapsed = quotient length + rest with rest < length, both of few bits, so that the product of quotient
/// and length stays below 2^48 and the equation is one of integers.
fn slot_of<G: Gadgets>(
    g: &mut G,
    elapsed: &G::Var,
    length: &Bounded<G::Var>,
) -> Result<G::Var, SynthesisError> {
    const LENGTH_BITS: u32 = TrackLimits::PARTS.slot_ms.bits();
    let parts = g.hint("slot and rest", 2, &[elapsed, length.var()], |v| {
        let (elapsed, length) =
            (field::to_u128(&v[0]).unwrap_or(0), field::to_u128(&v[1]).unwrap_or(1).max(1));
        vec![Fr::from(elapsed / length), Fr::from(elapsed % length)]
    })?;
    let [quotient, rest] = [&parts[0], &parts[1]];
    g.assert_range(quotient, SLOT_BITS)?;
    let bounded = g.assert_range(rest, LENGTH_BITS)?;
    g.assert_lt(&bounded, length, None)?;
    let whole = g.sub(elapsed, rest);
    g.assert_product(quotient, length.var(), &whole)?;
    Ok(quotient.clone())
}
