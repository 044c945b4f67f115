//! One sample of a frame: its parts, and what holds of it if it is counted.

use ark_ff::{AdditiveGroup, Field as _};
use zeroize::Zeroize;

use super::places::Places;
use crate::gadgets::fence::{COEFFICIENTS, HalfPlanes};
use crate::gadgets::preimage::{self, witness_part};
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError, WithLists, inverse};
use crate::statement::Rule;
use crate::statement::unproven::UnprovenValue;
use zksensor_model::claim::track;
use zksensor_model::field::{self, Fr};
use zksensor_model::frame;
use zksensor_model::layout::Field;
use zksensor_model::policy::encoding;
use zksensor_model::preimages::{self, TrackLimits};
use zksensor_model::track::{Choice, SLOT_BITS};

/// Bits that select a place.
const PLACE_BITS: u32 = super::places::PLACES.ilog2();

/// A value less the policy's low, both stored with this offset.
const VALUE_OFFSET: Option<u32> = preimages::Sample::PARTS.channel_0.offset;
const _: () = assert!(matches!(VALUE_OFFSET, Some(offset) if 1 << offset == encoding::VALUE_OFFSET));

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
    let mut lists = [(); COEFFICIENTS].map(|()| Vec::with_capacity(places.len()));
    for place in places {
        lists.iter_mut().zip(place.coefficients()).for_each(|(list, coefficient)| list.push(coefficient));
    }
    WithLists { fixed: limits, lists }
}

/// C5, C7 and C8 of one sample, and what ties it to the frame: the block.
pub(super) fn synthesize<G: Gadgets>(
    g: &mut G,
    imports: Imports<G::Var>,
    values: Option<&SampleValues>,
) -> Result<SampleVars<G::Var>, SynthesisError> {
    let WithLists { fixed: limits, lists } = imports;
    // T1. A sample that is not there is the element 0.
    let (parts, present, element) = g.rule(track::SAMPLES, |g| {
        let present = g.witness("present", values.map(|v| v.present))?;
        let present = g.assert_bool(&present)?;
        let parts = witness_sample(g, values)?;
        let element = preimage::pack(g, parts.as_ref().map(Bounded::var))?;
        let absent = g.linear(Fr::ONE, &[(-Fr::ONE, present.var())]);
        let zero = g.constant(Fr::ZERO);
        g.assert_product(&absent, &element, &zero)?;
        Ok((parts, present, element))
    })?;
    // T4, in part. What is counted is there.
    let counted = g.rule(track::COUNTED, |g| {
        let counted = g.witness("counted", values.map(|v| v.counted))?;
        let counted = g.assert_bool(&counted)?;
        let absent = g.linear(Fr::ONE, &[(-Fr::ONE, present.var())]);
        let zero = g.constant(Fr::ZERO);
        g.assert_product(&absent, counted.var(), &zero)?;
        Ok(counted)
    })?;
    let preimages::Sample { offset_ms, latitude_e7, longitude_e7, accuracy_mm, .. } = &parts;

    // C5. One of the places holds the location.
    g.rule(Rule::FENCE, |g| {
        let place = g.witness_bits("place index", values.map(|v| v.place), PLACE_BITS)?;
        let selected = lists.iter().map(|list| g.select_index(place.bits(), list));
        let selected = selected.collect::<Result<Vec<_>, _>>()?;
        let selected = selected.try_into().unwrap_or_else(|_| unreachable!("one of each list"));
        HalfPlanes::from_coefficients(selected).assert_inside(g, latitude_e7, longitude_e7, &counted)
    })?;

    // C7. low <= value <= high.
    g.rule(Rule::VALUE, |g| {
        let [low, high] = &limits.channel;
        let first = g.select(low, parts.channel_1.var(), parts.channel_0.var())?;
        let value = g.select(high, parts.channel_2.var(), &first)?;
        let zero = g.constant(Fr::ZERO);
        let above_low = g.sub(&value, &limits.low);
        UnprovenValue::new(above_low).between(g, &counted, &zero, &limits.span)
    })?;

    // C8. 1 <= accuracy <= maximum.
    g.rule(Rule::ACCURACY, |g| {
        inverse::assert_nonzero_if(g, &counted, accuracy_mm.var())?;
        g.assert_le(accuracy_mm, &limits.max_accuracy, Some(&counted))
    })?;

    // C6, in part: a counted sample is in a slot, and so not before the epoch.
    let slot = g.rule(Rule::EPOCH, |g| {
        let elapsed = g.add(&limits.after_start, offset_ms.var());
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

fn witness_sample<G: Gadgets>(
    g: &mut G,
    values: Option<&SampleValues>,
) -> Result<preimages::Sample<Bounded<G::Var>>, SynthesisError> {
    const PARTS: preimages::Sample<Field> = preimages::Sample::PARTS;
    let parts = values.map(|v| &v.parts);
    Ok(preimages::Sample {
        offset_ms: witness_part(g, "offset", parts.map(|v| v.offset_ms), &PARTS.offset_ms)?,
        latitude_e7: witness_part(g, "latitude", parts.map(|v| v.latitude_e7), &PARTS.latitude_e7)?,
        longitude_e7: witness_part(g, "longitude", parts.map(|v| v.longitude_e7), &PARTS.longitude_e7)?,
        accuracy_mm: witness_part(g, "accuracy", parts.map(|v| v.accuracy_mm), &PARTS.accuracy_mm)?,
        channel_0: witness_part(g, "channel 0", parts.map(|v| v.channel_0), &PARTS.channel_0)?,
        channel_1: witness_part(g, "channel 1", parts.map(|v| v.channel_1), &PARTS.channel_1)?,
        channel_2: witness_part(g, "channel 2", parts.map(|v| v.channel_2), &PARTS.channel_2)?,
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

/// A sample as the field elements that a circuit takes, or one that is not there.
pub(super) struct SampleValues {
    present: Fr,
    counted: Fr,
    place: Fr,
    parts: preimages::Sample<Fr>,
}

impl SampleValues {
    /// The samples of a frame, then absent ones up to the capacity.
    pub(super) fn all(
        samples: &[frame::Sample],
        choices: &[Choice],
        places: &Places,
        capacity: usize,
    ) -> Vec<SampleValues> {
        // Of a frame that does not fit nothing is there, which T1 refuses.
        let present = if samples.len() <= capacity { Fr::ONE } else { Fr::ZERO };
        let chosen = choices.iter().copied().chain(std::iter::repeat(Choice::LeftOut));
        let mut all: Vec<SampleValues> = samples
            .iter()
            .take(capacity)
            .zip(chosen)
            .map(|(sample, choice)| SampleValues {
                present,
                counted: Fr::from(choice.is_counted()),
                place: Fr::from(places.locate(&sample.location).unwrap_or(0) as u64),
                parts: sample.insecure_parts(), // whatever was signed
            })
            .collect();
        all.resize_with(capacity, SampleValues::absent);
        all
    }

    fn absent() -> Self {
        let parts = preimages::Sample::PARTS.map(|_| Fr::ZERO);
        SampleValues { present: Fr::ZERO, counted: Fr::ZERO, place: Fr::ZERO, parts }
    }
}

impl Drop for SampleValues {
    fn drop(&mut self) {
        let SampleValues { present, counted, place, parts } = self;
        let preimages::Sample {
            offset_ms,
            latitude_e7,
            longitude_e7,
            accuracy_mm,
            channel_0,
            channel_1,
            channel_2,
        } = parts;
        let place_and_time = [present, counted, place, offset_ms, latitude_e7, longitude_e7, accuracy_mm];
        place_and_time.into_iter().chain([channel_0, channel_1, channel_2]).for_each(Zeroize::zeroize);
    }
}
