//! What of a sample every statement about frames holds: its parts, whether it is there, and the rules of one that is counted.

use ark_ff::{AdditiveGroup, Field as _};
use zeroize::Zeroize;

use crate::gadgets::fence::{COEFFICIENTS, HalfPlanes};
use crate::gadgets::preimage::{self, witness_part};
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError, inverse};
use crate::statement::unproven::UnprovenValue;
use zksensor_model::field::Fr;
use zksensor_model::frame;
use zksensor_model::layout::Field;
use zksensor_model::policy::encoding;
use zksensor_model::preimages;
use zksensor_model::reading::Location;

/// A value less the policy's low, both stored with this offset.
const VALUE_OFFSET: Option<u32> = preimages::Sample::PARTS.channel_0.offset;
const _: () = assert!(matches!(VALUE_OFFSET, Some(offset) if 1 << offset == encoding::VALUE_OFFSET));

/// A sample that is in the frame, or the element 0.
pub(in crate::statement) struct SlotVars<V> {
    pub(in crate::statement) parts: preimages::Sample<Bounded<V>>,
    pub(in crate::statement) present: Bit<V>,
    /// What the chain absorbs.
    pub(in crate::statement) element: V,
}

/// A sample that is not there is the element 0.
pub(in crate::statement) fn slot<G: Gadgets>(
    g: &mut G,
    values: Option<&SampleValues>,
) -> Result<SlotVars<G::Var>, SynthesisError> {
    let present = g.witness("present", values.map(|v| v.present))?;
    let present = g.assert_bool(&present)?;
    let parts = witness_sample(g, values)?;
    let element = preimage::pack(g, parts.as_ref().map(Bounded::var))?;
    let absent = g.linear(Fr::ONE, &[(-Fr::ONE, present.var())]);
    let zero = g.constant(Fr::ZERO);
    g.assert_product(&absent, &element, &zero)?;
    Ok(SlotVars { parts, present, element })
}

/// What is counted is there.
pub(in crate::statement) fn counted<G: Gadgets>(
    g: &mut G,
    present: &Bit<G::Var>,
    values: Option<&SampleValues>,
) -> Result<Bit<G::Var>, SynthesisError> {
    let counted = g.witness("counted", values.map(|v| v.counted))?;
    let counted = g.assert_bool(&counted)?;
    let absent = g.linear(Fr::ONE, &[(-Fr::ONE, present.var())]);
    let zero = g.constant(Fr::ZERO);
    g.assert_product(&absent, counted.var(), &zero)?;
    Ok(counted)
}

/// A list for each coefficient of these half planes.
pub(in crate::statement) fn by_coefficient<V: Clone>(places: &[HalfPlanes<V>]) -> [Vec<V>; COEFFICIENTS] {
    let mut lists = [(); COEFFICIENTS].map(|()| Vec::with_capacity(places.len()));
    for place in places {
        lists.iter_mut().zip(place.coefficients()).for_each(|(list, coefficient)| list.push(coefficient));
    }
    lists
}

/// C5. One of the places holds the location of a counted sample; there are 2^`bits` of them, by coefficient.
pub(in crate::statement) fn inside<G: Gadgets>(
    g: &mut G,
    places: &[Vec<G::Var>; COEFFICIENTS],
    bits: u32,
    sample: &preimages::Sample<Bounded<G::Var>>,
    counted: &Bit<G::Var>,
    values: Option<&SampleValues>,
) -> Result<(), SynthesisError> {
    let place = g.witness_bits("place index", values.map(|v| v.place), bits)?;
    let selected = places.iter().map(|list| g.select_index(place.bits(), list));
    let selected = selected.collect::<Result<Vec<_>, _>>()?;
    let selected = selected.try_into().unwrap_or_else(|_| unreachable!("one of each list"));
    let planes = HalfPlanes::from_coefficients(selected);
    planes.assert_inside(g, &sample.latitude_e7, &sample.longitude_e7, counted)
}

/// The value of the policy's channel (low bit, high bit; never both) less its low, which is stored as low + 2^40. For C7.
pub(in crate::statement) fn value<G: Gadgets>(
    g: &mut G,
    [low_bit, high_bit]: &[Bit<G::Var>; 2],
    low: &G::Var,
    sample: &preimages::Sample<Bounded<G::Var>>,
) -> Result<UnprovenValue<G::Var>, SynthesisError> {
    let first = g.select(low_bit, sample.channel_1.var(), sample.channel_0.var())?;
    let value = g.select(high_bit, sample.channel_2.var(), &first)?;
    Ok(UnprovenValue::new(g.sub(&value, low)))
}

/// C8. 1 <= accuracy <= maximum, of a counted sample.
pub(in crate::statement) fn accurate<G: Gadgets>(
    g: &mut G,
    accuracy: &Bounded<G::Var>,
    maximum: &Bounded<G::Var>,
    counted: &Bit<G::Var>,
) -> Result<(), SynthesisError> {
    inverse::assert_nonzero_if(g, counted, accuracy.var())?;
    g.assert_le(accuracy, maximum, Some(counted))
}

/// `counted` ? `new` : `old`, as a variable of its own, so that combinations stay short.
pub(in crate::statement) fn carry<G: Gadgets>(
    g: &mut G,
    counted: &Bit<G::Var>,
    new: &G::Var,
    old: &G::Var,
) -> Result<G::Var, SynthesisError> {
    let last =
        g.hint("last", 1, &[counted.var(), new, old], |v| vec![v[2] + v[0] * (v[1] - v[2])])?.swap_remove(0);
    let (difference, moved) = (g.sub(new, old), g.sub(&last, old));
    g.assert_product(counted.var(), &difference, &moved)?;
    Ok(last)
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

/// A sample as the field elements that a circuit takes, or one that is not there.
pub(in crate::statement) struct SampleValues {
    present: Fr,
    counted: Fr,
    place: Fr,
    parts: preimages::Sample<Fr>,
}

impl SampleValues {
    /// The samples of a frame, of which some are counted, then absent ones up to the capacity. `place` says which place holds a
    /// location.
    pub(in crate::statement) fn all(
        samples: &[frame::Sample],
        counted: impl IntoIterator<Item = bool>,
        place: impl Fn(&Location) -> Option<usize>,
        capacity: usize,
    ) -> Vec<SampleValues> {
        // Of a frame that does not fit nothing is there, which the rule about samples refuses.
        let present = if samples.len() <= capacity { Fr::ONE } else { Fr::ZERO };
        let counted = counted.into_iter().chain(std::iter::repeat(false));
        let mut all: Vec<SampleValues> = samples
            .iter()
            .take(capacity)
            .zip(counted)
            .map(|(sample, counted)| SampleValues {
                present,
                counted: Fr::from(counted),
                place: Fr::from(place(&sample.location).unwrap_or(0) as u64),
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
