//! One device of a survey, or the dummy of an unused slot: the block.

use ark_ff::{AdditiveGroup, Field as _};
use zeroize::Zeroize;

use super::order;
use super::values::{self, OfQuality, ValueVars};
use super::{PLACES, Survey, SurveyDevice, SurveyWitness};
use crate::gadgets::fence::HalfPlanes;
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError, WithLists};
use crate::statement::Rule;
use crate::statement::frame::chain::{Link, chain};
use crate::statement::frame::sample::{self, SampleValues, SlotVars};
use crate::statement::frame::{self, FrameValues, FrameVars};
use crate::statement::many::{self, SeatValues, Slot};
use crate::statement::policy_vars::BlockPolicy;
use crate::statement::unproven::UnprovenValue;
use zksensor_model::claim::survey as rules;
use zksensor_model::field::Fr;
use zksensor_model::layout::Field;
use zksensor_model::preimages::{self, SurveyLimits};
use zksensor_model::registry::Chunk;

/// Bits that select a place.
const PLACE_BITS: u32 = PLACES.ilog2();

/// Bits of a number of samples.
const COUNT_BITS: u32 = {
    const PARTS: SurveyLimits<Field> = SurveyLimits::PARTS;
    PARTS.least_samples.bits()
};

crate::ports! {
    /// What every device is held to beside the policy.
    pub(super) struct DeviceLimits<V> {
        /// high - low.
        pub(super) span: Bounded<V>,
        pub(super) least_samples: V,
        pub(super) most_left_out: V,
    }
}

/// The policy, the limits with those of quality if there are any, and the lists of triangles and of the cap's nodes.
pub(super) type Imports<V, Q> = WithLists<(BlockPolicy<V>, (DeviceLimits<V>, Q)), V, 2>;

/// What the shape says of a block.
pub(super) struct Shared {
    pub(super) chunk: Chunk,
    pub(super) samples: usize,
}

crate::ports! {
    /// What the block of a device returns: 0 of one that is not active.
    pub(super) struct Exports<V> {
        pub(super) active: Bit<V>,
        /// Where in the chunk the device is: below the chunk's positions.
        pub(super) offset: V,
        /// Samples that are counted.
        pub(super) counted: V,
        /// Samples that are not.
        pub(super) left_out: V,
        /// Sum of value - low.
        pub(super) sum: V,
        /// Sum of their squares.
        pub(super) squares: V,
        /// Least value - low.
        pub(super) minimum: V,
        /// Greatest value - low.
        pub(super) maximum: V,
    }
}

impl<V> Exports<V> {
    pub(super) fn slot(&self) -> Slot<'_, V> {
        Slot { active: &self.active, offset: &self.offset }
    }
}

/// A sample with what is not proven of it yet.
pub(super) struct SampleVars<V> {
    pub(super) slot: SlotVars<V>,
    pub(super) counted: Bit<V>,
    /// For C7.
    pub(super) value: UnprovenValue<V>,
}

impl Shared {
    pub(super) fn synthesize<G: Gadgets, Q: OfQuality<G::Var>>(
        &self,
        g: &mut G,
        imports: Imports<G::Var, Q>,
        values: Option<&DeviceValues>,
    ) -> Result<Exports<G::Var>, SynthesisError> {
        let WithLists { fixed: (policy, (limits, quality)), lists: [triangles, cap] } = imports;
        // C2, in part.
        let active = many::active(g, values.map(|values| values.active))?;

        // C5, in part. The places are of the fence.
        let places = values.map(|values| &values.places);
        let places = g.rule(Rule::FENCE, |g| open_places(g, &triangles, places))?;
        let places = sample::by_coefficient(&places);

        // S1, S3, C5 and C8 of each sample.
        let start = frame::witness_start(g, values.map(|values| &values.frame))?;
        let samples = (0..self.samples)
            .map(|index| {
                let values = values.map(|values| &values.samples[index]);
                g.scope("sample", |g| sample(g, &policy, &places, values))
            })
            .collect::<Result<Vec<_>, _>>()?;

        // S2. From each to the next.
        let order = order::walk(g, &samples)?;

        // S1, C3, C6, C9 to C12. The frame that was signed.
        let links: Vec<Link<'_, G::Var>> = samples.iter().map(SampleVars::link).collect();
        let signed = g.rule(rules::SAMPLES, |g| chain(g, &links, &order.last))?;
        let of_frame = values.map(|values| &values.frame);
        let FrameVars { leaf, .. } = frame::synthesize(g, &policy, Some(&active), &start, &signed, of_frame)?;
        // C6 of the first counted sample.
        g.rule(Rule::EPOCH, |g| {
            let first = frame::time_of(g, &start, &order.first)?;
            g.assert_le(&policy.start, &first, Some(&active))
        })?;

        // C14, C4, in part. The device is in the chunk, and its leaf below the cap.
        let seat = values.map(|values| &values.seat);
        let offset = many::seat(g, self.chunk, &cap, &active, leaf, seat)?;

        // S3, S4. A device that is not active counts nothing.
        let counted = g.sum(samples.iter().map(|sample| sample.counted.var()));
        let left_out = numbers(g, &active, &limits, &signed.count, &counted)?;

        // C7, S5, S6.
        let of_values = values::of_device(g, &active, &limits.span, &counted, samples)?;
        quality.hold(g, &active, &order, &of_values)?;
        let ValueVars { sum, squares, minimum, maximum, .. } = of_values;
        Ok(Exports { active, offset, counted, left_out, sum, squares, minimum, maximum })
    }
}

impl<V> SampleVars<V> {
    fn link(&self) -> Link<'_, V> {
        let SlotVars { parts, present, element } = &self.slot;
        Link { element, present, offset: &parts.offset_ms }
    }
}

/// The half planes of the places, each a triangle of the fence.
fn open_places<G: Gadgets>(
    g: &mut G,
    triangles: &[G::Var],
    values: Option<&[Fr; PLACES]>,
) -> Result<Vec<HalfPlanes<G::Var>>, SynthesisError> {
    let open = |place: usize| {
        let triangle = g.witness("place", values.map(|values| values[place]))?;
        g.assert_member(&triangle, triangles)?;
        HalfPlanes::of(g, &triangle)
    };
    (0..PLACES).map(open).collect()
}

/// S1, S3, C5 and C8 of one sample.
fn sample<G: Gadgets>(
    g: &mut G,
    policy: &BlockPolicy<G::Var>,
    places: &[Vec<G::Var>; crate::gadgets::fence::COEFFICIENTS],
    values: Option<&SampleValues>,
) -> Result<SampleVars<G::Var>, SynthesisError> {
    // S1. A sample that is not there is the element 0.
    let slot = g.rule(rules::SAMPLES, |g| sample::slot(g, values))?;
    // S3, in part. What is counted is there.
    let counted = g.rule(rules::COUNTED, |g| sample::counted(g, &slot.present, values))?;
    let parts: &preimages::Sample<Bounded<G::Var>> = &slot.parts;
    // C5. One of the places holds the location.
    g.rule(Rule::FENCE, |g| sample::inside(g, places, PLACE_BITS, parts, &counted, values))?;
    // C7, in part.
    let value = g.rule(Rule::VALUE, |g| sample::value(g, &policy.channel, &policy.low, parts))?;
    // C8. 1 <= accuracy <= maximum.
    g.rule(Rule::ACCURACY, |g| sample::accurate(g, &parts.accuracy_mm, &policy.max_accuracy, &counted))?;
    Ok(SampleVars { slot, counted, value })
}

/// S3 and S4 of a device: at least so many are counted of an active one and none of another, and at most so many are left out. Gives how
/// many are, 0 of one that is not active.
fn numbers<G: Gadgets>(
    g: &mut G,
    active: &Bit<G::Var>,
    limits: &DeviceLimits<G::Var>,
    count: &G::Var,
    counted: &G::Var,
) -> Result<G::Var, SynthesisError> {
    g.rule(rules::COUNTED, |g| {
        let zero = g.constant(Fr::ZERO);
        let unused = g.linear(Fr::ONE, &[(-Fr::ONE, active.var())]);
        g.assert_product(&unused, counted, &zero)?;
        let least = g.mul(active.var(), &limits.least_samples)?;
        let more = g.sub(counted, &least);
        g.assert_range(&more, COUNT_BITS)
    })?;
    g.rule(rules::LEFT_OUT, |g| {
        let left_out = g.sub(count, counted);
        let left_out = g.mul(active.var(), &left_out)?;
        let more = g.sub(&limits.most_left_out, &left_out);
        g.assert_range(&more, COUNT_BITS)?;
        Ok(left_out)
    })
}

/// The values of one slot.
pub(super) struct DeviceValues {
    active: bool,
    frame: FrameValues,
    samples: Vec<SampleValues>,
    places: [Fr; PLACES],
    seat: SeatValues,
}

impl DeviceValues {
    /// Those of a witness: its devices, then dummies.
    pub(super) fn all(statement: &Survey, witness: &SurveyWitness) -> Vec<DeviceValues> {
        let of = |device: &SurveyDevice| DeviceValues::new(statement, witness, device);
        let mut all: Vec<DeviceValues> = witness.devices.iter().take(statement.devices()).map(of).collect();
        let (chunk, triangle) = (witness.cap.chunk(), witness.fence.triangles()[0].pack());
        all.resize_with(statement.devices(), || DeviceValues::unused(statement, chunk, triangle));
        all
    }

    fn new(statement: &Survey, witness: &SurveyWitness, device: &SurveyDevice) -> Self {
        let enrolled = &device.frame;
        let samples = enrolled.signed.frame().samples();
        let counted = device.counted.iter().copied();
        let place = |location: &_| device.locate(&witness.fence, location);
        DeviceValues {
            active: true,
            frame: FrameValues::new(enrolled),
            samples: SampleValues::all(samples, counted, place, statement.samples()),
            // What is none of the fence's is no triangle: C5 refuses it.
            places: device.places.map(|place| {
                witness.fence.triangles().get(place).map_or(Fr::ZERO, |triangle| triangle.pack())
            }),
            seat: SeatValues::new(
                witness.cap.chunk(),
                enrolled.leaf().hash(),
                enrolled.position,
                &enrolled.path,
            ),
        }
    }

    fn unused(statement: &Survey, chunk: Chunk, triangle: Fr) -> Self {
        let dummy = frame::dummy();
        let samples = dummy.signed.frame().samples();
        DeviceValues {
            active: false,
            frame: FrameValues::new(dummy),
            samples: SampleValues::all(samples, [], |_| None, statement.samples()),
            places: [triangle; PLACES],
            seat: SeatValues::unused(chunk, dummy.leaf().hash()),
        }
    }
}

impl Drop for DeviceValues {
    fn drop(&mut self) {
        self.places.iter_mut().for_each(Zeroize::zeroize);
    }
}
