//! From one counted sample to the next: the order of time, legs, and what a step adds.
//!
//! With dt in milliseconds and 1 where the sample continues a leg, the step is allowed if 0 < dt <= longest gap and
//! 1000 (m + 1) <= speed dt + 1000 jitter, where m = floor(D / 2^10) and D^2 = (a dlat)^2 + (b dlon)^2. m is the one integer with
//! D^2 - 2^20 m^2 in [0, 2^20 (2 m + 1)). The length is m - jitter, or 0 if that is less. So every value here follows from the samples.
//!
//! | product | bits |
//! |---|---|
//! | a dlat, b dlon | 14 + 24 |
//! | D^2 | 77 |
//! | m, 2^20 (2 m + 1) | 27, 48 |
//! | speed dt + 1000 jitter | 19 + 32, one more in all |
//!
//! None comes near r. Native counterpart: [`zksensor_model::track::Step::between`].

use ark_ff::{AdditiveGroup, Field as _};
use zeroize::Zeroize;

use super::sample::SampleVars;
use crate::gadgets::{Bit, Bounded, Gadgets, SynthesisError, inverse};
use crate::statement::frame::sample::carry;
use zksensor_model::claim::track;
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::Field;
use zksensor_model::preimages::{self, TrackLimits};
use zksensor_model::track::{COORDINATE_STEP_BITS, Choice, LENGTH_BITS, SCALE_FRACTION_BITS, STEP_BITS};

const PARTS: TrackLimits<Field> = TrackLimits::PARTS;

/// Bits of an offset.
const OFFSET_BITS: u32 = preimages::Sample::PARTS.offset_ms.bits();

/// Bits of D^2 - 2^20 m^2, which is below 2^20 (2 m + 1).
const REST_BITS: u32 = 2 * SCALE_FRACTION_BITS + LENGTH_BITS + 1;

crate::ports! {
    /// What every step is held to, and adds less of.
    #[derive(Clone)]
    pub(super) struct StepLimits<V> {
        pub(super) top_speed: V,
        pub(super) longest_gap: V,
        pub(super) jitter: V,
        pub(super) latitude_scale: V,
        pub(super) longitude_scale: V,
    }
}

/// When and where the last counted sample was taken. Each is a variable of its own, so that combinations stay short.
struct State<V> {
    /// 1 as long as there is none; the rest is the first sample's until there is.
    none: Bit<V>,
    offset: V,
    latitude: V,
    longitude: V,
    slot: V,
}

/// What a sample leads to.
struct Followed<V> {
    /// Up to it.
    last: State<V>,
    ends: Ends<V>,
    /// It is the first counted one of its slot.
    new_slot: Bit<V>,
}

crate::ports! {
    /// The two samples of a step.
    pub(super) struct Ends<V> {
        from: [V; 3],
        to: [V; 3],
        /// Both are counted.
        both: Bit<V>,
    }
}

crate::ports! {
    /// What a step adds.
    pub(super) struct StepVars<V> {
        /// The later sample continues the leg of the earlier.
        pub(super) continues: Bit<V>,
        pub(super) length: V,
        pub(super) time: V,
    }
}

/// What the samples show together.
pub(super) struct Walk<V> {
    pub(super) steps: Vec<StepVars<V>>,
    /// Counted samples that are the first of their slot.
    pub(super) slots: Vec<Bit<V>>,
    /// Of the last counted sample.
    pub(super) last_offset: V,
}

/// T2 and T3, and T9 in part: every sample against the last one counted before it.
pub(super) fn walk<G: Gadgets>(
    g: &mut G,
    limits: &StepLimits<G::Var>,
    samples: &[SampleVars<G::Var>],
    choices: Option<&[ContinuesValue]>,
) -> Result<Walk<G::Var>, SynthesisError> {
    let (first, rest) = samples.split_first().expect("a shape has samples");
    let none = g.linear(Fr::ONE, &[(-Fr::ONE, first.counted.var())]);
    let mut last = State {
        none: Bit::insecure_assume(none), // 1 less a boolean
        offset: first.offset.var().clone(),
        latitude: first.latitude.var().clone(),
        longitude: first.longitude.var().clone(),
        slot: first.slot.clone(),
    };
    let mut slots = vec![first.counted.clone()];
    let mut ends = Vec::with_capacity(rest.len());
    g.scope("last counted", |g| {
        for sample in rest {
            let next = follow(g, &last, sample)?;
            last = next.last;
            slots.push(next.new_slot);
            ends.push(next.ends);
        }
        Ok(())
    })?;
    let steps = g.repeat_each_as("step", limits, &ends, |g, index, limits, ends| {
        step(g, &limits, &ends, choices.map(|choices| &choices[index]))
    })?;
    Ok(Walk { steps, slots, last_offset: last.offset })
}

/// From the last counted sample before one to the last counted up to it; and whether it is the first counted of its slot.
fn follow<G: Gadgets>(
    g: &mut G,
    last: &State<G::Var>,
    sample: &SampleVars<G::Var>,
) -> Result<Followed<G::Var>, SynthesisError> {
    let counted = &sample.counted;
    let exists = g.linear(Fr::ONE, &[(-Fr::ONE, last.none.var())]);
    let both = g.mul(&exists, counted.var())?;
    let left_out = g.linear(Fr::ONE, &[(-Fr::ONE, counted.var())]);
    let none = g.mul(last.none.var(), &left_out)?;
    let [offset, latitude, longitude] =
        [sample.offset.var(), sample.latitude.var(), sample.longitude.var()].map(Clone::clone);
    // A sample whose slot differs from that of the last counted one is the first of its own: offsets increase.
    let moved = g.sub(&sample.slot, &last.slot);
    let moved = g.mul(&both, &moved)?;
    let new_slot = g.rule(track::SLOTS, |g| {
        let other = inverse::is_nonzero(g, &moved)?;
        // Counted, and none was counted before, or in another slot.
        let new = g.linear(Fr::ZERO, &[(Fr::ONE, counted.var()), (-Fr::ONE, &both), (Fr::ONE, other.var())]);
        Ok(Bit::insecure_assume(new)) // other is 0 where both is, and both is 0 where counted is
    })?;
    let ends = Ends {
        from: [last.offset.clone(), last.latitude.clone(), last.longitude.clone()],
        to: [offset.clone(), latitude.clone(), longitude.clone()],
        both: Bit::insecure_assume(both), // a product of booleans
    };
    let next = State {
        none: Bit::insecure_assume(none), // a product of booleans
        offset: carry(g, counted, &offset, &last.offset)?,
        latitude: carry(g, counted, &latitude, &last.latitude)?,
        longitude: carry(g, counted, &longitude, &last.longitude)?,
        slot: carry(g, counted, &sample.slot, &last.slot)?,
    };
    Ok(Followed { last: next, ends, new_slot })
}

/// One step: the block.
fn step<G: Gadgets>(
    g: &mut G,
    limits: &StepLimits<G::Var>,
    ends: &Ends<G::Var>,
    value: Option<&ContinuesValue>,
) -> Result<StepVars<G::Var>, SynthesisError> {
    let zero = g.constant(Fr::ZERO);
    let time = g.sub(&ends.to[0], &ends.from[0]);
    // T2. dt >= 1.
    g.rule(track::ORDER, |g| {
        let less_one = g.linear(-Fr::ONE, &[(Fr::ONE, &time)]);
        let less_one = g.mul(ends.both.var(), &less_one)?;
        g.assert_range(&less_one, OFFSET_BITS)
    })?;
    g.rule(track::STEP, |g| {
        let continues = g.witness("continues", value.map(|value| value.0))?;
        let continues = g.assert_bool(&continues)?;
        let apart = g.linear(Fr::ONE, &[(-Fr::ONE, ends.both.var())]);
        g.assert_product(&apart, continues.var(), &zero)?;
        // dt <= longest gap, of a leg.
        let time = g.mul(continues.var(), &time)?;
        let left = g.sub(&limits.longest_gap, &time);
        g.assert_range(&left, PARTS.longest_gap_ms.bits())?;
        let square = square(g, limits, ends, &continues)?;
        let distance = root(g, &square)?;
        // 1000 (m + 1) <= speed dt + 1000 jitter, of a leg.
        let reach = g.mul(&limits.top_speed, &time)?;
        let thousand = Fr::from(1000u64);
        let left = g.linear(
            Fr::ZERO,
            &[
                (Fr::ONE, &reach),
                (thousand, &limits.jitter),
                (-thousand, distance.var()),
                (-thousand, continues.var()),
            ],
        );
        g.assert_range(&left, STEP_BITS)?;
        let length = above(g, &distance, &limits.jitter)?;
        Ok(StepVars { continues, length, time })
    })
}

/// D^2 of a leg, 0 of none.
fn square<G: Gadgets>(
    g: &mut G,
    limits: &StepLimits<G::Var>,
    ends: &Ends<G::Var>,
    continues: &Bit<G::Var>,
) -> Result<G::Var, SynthesisError> {
    let offset = field::power_of_two(COORDINATE_STEP_BITS);
    let axis = |g: &mut G, at: usize, scale: &G::Var| {
        let difference = g.sub(&ends.to[at], &ends.from[at]);
        let difference = g.mul(continues.var(), &difference)?;
        // In (-2^24, 2^24), but for -2^24 itself, whose square has room as well.
        let above = g.linear(offset, &[(Fr::ONE, &difference)]);
        g.assert_range(&above, COORDINATE_STEP_BITS + 1)?;
        let scaled = g.mul(scale, &difference)?;
        g.mul(&scaled, &scaled)
    };
    let (latitude, longitude) = (axis(g, 1, &limits.latitude_scale)?, axis(g, 2, &limits.longitude_scale)?);
    Ok(g.add(&latitude, &longitude))
}

/// m with 2^20 m^2 <= square < 2^20 (m + 1)^2.
fn root<G: Gadgets>(g: &mut G, square: &G::Var) -> Result<Bounded<G::Var>, SynthesisError> {
    let root = g.hint("distance", 1, &[square], |v| {
        let square = field::to_u128(&v[0]).unwrap_or(0) >> (2 * SCALE_FRACTION_BITS);
        vec![Fr::from(square.isqrt())]
    })?;
    let root = g.assert_range(&root[0], LENGTH_BITS)?;
    let unit = field::power_of_two(2 * SCALE_FRACTION_BITS);
    let whole = g.mul(root.var(), root.var())?;
    let rest = g.linear(Fr::ZERO, &[(Fr::ONE, square), (-unit, &whole)]);
    g.assert_range(&rest, REST_BITS)?;
    // 2^20 (2 m + 1) - 1 - rest.
    let left = g.linear(unit - Fr::ONE, &[(unit.double(), root.var()), (-Fr::ONE, &rest)]);
    g.assert_range(&left, REST_BITS)?;
    Ok(root)
}

/// distance - jitter, or 0 if that is less: both below 2^27.
fn above<G: Gadgets>(
    g: &mut G,
    distance: &Bounded<G::Var>,
    jitter: &G::Var,
) -> Result<G::Var, SynthesisError> {
    let difference = g.sub(distance.var(), jitter);
    let more = g.hint("more than jitter", 1, &[&difference], |v| {
        vec![Fr::from(field::bit_length(&v[0]) <= LENGTH_BITS)]
    })?;
    let more = g.assert_bool(&more[0])?;
    let length = g.mul(more.var(), &difference)?;
    // more ? difference : -1 - difference.
    let size =
        g.linear(-Fr::ONE, &[(Fr::from(2u64), &length), (-Fr::ONE, &difference), (Fr::ONE, more.var())]);
    g.assert_range(&size, LENGTH_BITS)?;
    Ok(length)
}

/// Whether a sample continues a leg.
pub(super) struct ContinuesValue(Fr);

impl ContinuesValue {
    /// Those of every sample but the first, up to the capacity.
    pub(super) fn all(choices: &[Choice], capacity: usize) -> Vec<ContinuesValue> {
        let mut all: Vec<ContinuesValue> = choices
            .iter()
            .take(capacity)
            .skip(1)
            .map(|choice| ContinuesValue(Fr::from(*choice == Choice::Continues)))
            .collect();
        all.resize_with(capacity - 1, || ContinuesValue(Fr::ZERO));
        all
    }
}

impl Drop for ContinuesValue {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
