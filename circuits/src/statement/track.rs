//! `track`: what one device's frame shows over an epoch, its route hidden.
//!
//! C1, C3 to C12, C20 and C21 of [`crate::statement`], where C5 to C8 are of every counted sample, and rules of its own.
//!
//! | rule | name |
//! |---|---|
//! | T1 | the frame that was signed has these samples, without a gap, and no others |
//! | T2 | counted samples are in the order of time, no two at one |
//! | T3 | a sample continues a leg only after a counted one, within the longest gap, no faster than the top speed |
//! | T4 | at least the policy's least number of samples is counted; the public number is no more than is counted |
//! | T5 | at most the policy's most are left out; the public number is no less than is left out |
//! | T6 | the public number of legs is no less than there are |
//! | T7 | the public distance is no more than the steps add, each less the jitter |
//! | T8 | the public time is no more than that of the steps |
//! | T9 | the public number of slots is no more than have a counted sample |
//!
//! A policy's triangles may be 4,096, a frame's samples lie in eight of them ([`Places`]).

mod places;
mod sample;
mod steps;
mod totals;

use std::fmt;

use zeroize::Zeroize;
pub use zksensor_model::claim::reading::Nullifier;
use zksensor_model::claim::track as rules;
pub use zksensor_model::claim::track::{Track, TrackFields, TrackInputs};
use zksensor_model::device::DeviceSecret;
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::frame::Sample;
use zksensor_model::policy::Policy;
use zksensor_model::preimages::TrackLimits;
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::Location;
use zksensor_model::registry::TREE_DEPTH;
use zksensor_model::track::{Choice, Tally, TallyError, TrackRules};

use self::places::PlaceValues;
pub use self::places::{PLACES, Places};
use self::sample::SampleLimits;
use self::steps::{ContinuesValue, StepLimits};
use self::totals::SampleBounds;
pub use super::frame::EnrolledFrame;
use super::frame::sample::SampleValues;
use super::frame::{self, FrameValues, FrameVars};
use super::own_device;
use super::policy_vars;
use super::{
    Binding, ClaimFamily, InputVars, PolicyMismatch, Rule, Statement, Violation, ensure, epoch_bounds,
};
use crate::gadgets::membership::Path;
use crate::gadgets::{Bounded, Gadgets, SynthesisError};

type TrackInputVars<G> = InputVars<G, Track>;

/// What the node knows. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct TrackWitness {
    /// The policy.
    pub policy: Policy,
    /// The triangles of the fence that hold the counted samples.
    pub places: Places,
    /// The frame with its registration.
    pub frame: EnrolledFrame,
    /// What is said of each sample.
    pub choices: Vec<Choice>,
    /// Behind the identity in the leaf.
    pub secret: DeviceSecret,
}

impl fmt::Debug for TrackWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrackWitness(..)")
    }
}

impl TrackWitness {
    /// Finds the triangles that hold the most of the counted samples.
    pub fn new(
        policy: Policy,
        fence: &Fence,
        frame: EnrolledFrame,
        choices: Vec<Choice>,
        secret: DeviceSecret,
    ) -> Self {
        let samples = frame.signed.frame().samples();
        let counted = samples.iter().zip(&choices).filter(|(_, choice)| choice.is_counted());
        let places = Places::of(fence, counted.map(|(sample, _)| &sample.location));
        TrackWitness { policy, places, frame, choices, secret }
    }

    /// The public inputs that claim all that is shown. Whether it obeys the rules is for [`Statement::check`]; of what does not add
    /// up no distance, time or slot is claimed.
    pub fn inputs(&self, epoch: u32, binding: Binding) -> TrackInputs {
        let policy_id = self.policy.id();
        let start = self.policy.epoch_start(epoch).map_or(0, |start| start.get());
        let frame = self.frame.signed.frame();
        let rules = self.policy.track_rules();
        let tally = rules.and_then(|rules| Tally::of(&rules, frame, &self.choices, start).ok());
        let counted = self.choices.iter().filter(|choice| choice.is_counted()).count();
        // More than a frame has is no claim that holds.
        let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let unproven = || Tally {
            samples: counted as u32,
            left_out: (self.choices.len() - counted) as u32,
            legs: counted as u32,
            ..Tally::default()
        };
        let Tally { samples, left_out, legs, distance_mm, observed_ms, slots } =
            tally.unwrap_or_else(unproven);
        TrackInputs {
            registry_root: self.frame.registry_root(),
            policy_id,
            nullifier: Nullifier::of(&self.secret, policy_id, epoch),
            epoch,
            samples: count(samples as usize),
            left_out: count(left_out as usize),
            legs: count(legs as usize),
            distance_cm: u32::try_from(distance_mm / 10).unwrap_or(u32::MAX),
            observed_ms: u32::try_from(observed_ms).unwrap_or(u32::MAX),
            slots: count(slots as usize),
            binding,
        }
    }

    /// C5, C7 and C8 of a counted sample.
    fn check_sample(&self, reading: usize, sample: &Sample) -> Result<(), Violation> {
        let parts = self.policy.parts();
        ensure(self.places.locate(&sample.location).is_some(), || Violation::Fence { reading })?;
        let value = sample.channels[usize::from(parts.channel)];
        if !(parts.low..=parts.high).contains(&value) {
            return Err(Violation::Value { reading, value, low: parts.low, high: parts.high });
        }
        ensure(sample.accuracy_mm != 0, || Violation::NoAccuracy { reading })?;
        let (accuracy, maximum) = (sample.accuracy_mm, parts.max_accuracy_mm);
        ensure(accuracy <= maximum, || Violation::Accuracy { reading, accuracy, maximum })
    }
}

/// A rule of this statement does not hold.
fn violation(rule: Rule, reason: String) -> Violation {
    Violation::Own { rule, reason: reason.into() }
}

/// Why choices do not add up, as the rule that they break.
fn of_tally(error: TallyError) -> Violation {
    match error {
        TallyError::Count { wanted, got } => {
            violation(rules::COUNTED, format!("expected a choice for each of {wanted} samples, got {got}"))
        }
        TallyError::Order { sample } => violation(
            rules::ORDER,
            format!(
                "sample {sample} is not later than the counted sample before it; leave one of the two out"
            ),
        ),
        TallyError::Leg { sample, reason: None } => violation(
            rules::STEP,
            format!("sample {sample} continues a leg, and none before it is counted; let it start one"),
        ),
        TallyError::Leg { sample, reason: Some(reason) } => {
            violation(rules::STEP, format!("sample {sample} continues a leg, but {reason}; let it start one"))
        }
    }
}

/// T4 to T9.
fn check_claims(rules: &TrackRules, inputs: &TrackInputs, tally: &Tally) -> Result<(), Violation> {
    let parts = rules.parts();
    let at_most = |rule, what: &str, claimed: u64, most: u64| {
        ensure(claimed <= most, || violation(rule, format!("expected at most {most} {what}, got {claimed}")))
    };
    let at_least = |rule, what: &str, claimed: u64, least: u64| {
        ensure(claimed >= least, || {
            violation(rule, format!("expected at least {least} {what}, got {claimed}"))
        })
    };
    let (samples, left_out) = (inputs.samples.into(), inputs.left_out.into());
    at_least(rules::COUNTED, "samples, as the policy wants", samples, parts.least_samples.into())?;
    at_most(rules::COUNTED, "samples, as are counted", samples, tally.samples.into())?;
    at_least(rules::LEFT_OUT, "samples left out, as are", left_out, tally.left_out.into())?;
    at_most(rules::LEFT_OUT, "samples left out, as the policy allows", left_out, parts.most_left_out.into())?;
    at_least(rules::LEGS, "legs, as there are", inputs.legs.into(), tally.legs.into())?;
    at_most(rules::DISTANCE, "cm", inputs.distance_cm.into(), tally.distance_mm / 10)?;
    at_most(rules::OBSERVED, "ms", inputs.observed_ms.into(), tally.observed_ms)?;
    at_most(rules::SLOTS, "slots", inputs.slots.into(), tally.slots.into())
}

impl Statement for Track {
    type Witness = TrackWitness;

    fn check(&self, inputs: &TrackInputs, witness: &TrackWitness) -> Result<(), Violation> {
        let (policy, enrolled, frame) = (&witness.policy, &witness.frame, witness.frame.signed.frame());
        let mismatch = |reason| move || Violation::Policy { reason };
        ensure(policy.id() == inputs.policy_id, mismatch(PolicyMismatch::Id))?; // C1
        ensure(Track::is_of(policy), mismatch(PolicyMismatch::Statement))?;
        let rules = policy.track_rules().ok_or(Violation::Policy { reason: PolicyMismatch::Statement })?;
        let epoch = epoch_bounds(policy, inputs.epoch)?;
        let count = frame.samples().len();
        ensure(count <= self.samples(), || {
            let most = self.samples();
            violation(rules::SAMPLES, format!("expected a frame of at most {most} samples, got {count}"))
        })?; // T1
        enrolled.check(policy, epoch)?; // C3, C6, C9, C11, C12
        ensure(witness.places.are_of(&policy.parts().fence), || Violation::Fence { reading: 0 })?; // C5
        for (index, (sample, choice)) in frame.samples().iter().zip(&witness.choices).enumerate() {
            if choice.is_counted() {
                witness.check_sample(index, sample)?; // C5, C7, C8
                let (expiry, time) = (enrolled.attributes.expiry.get(), frame.time(index).get());
                let (start, end) = epoch;
                // A device may sign samples out of order, so that the first and the last are in the epoch and one between is not.
                let outside = || Violation::Epoch { reading: index, time, start, end };
                ensure((start..end).contains(&time), outside)?; // C6
                ensure(time < expiry, || Violation::Expiry { reading: index, expiry, time })?; // C10
            }
        }
        let position = enrolled.position.get();
        ensure(enrolled.registry_root() == inputs.registry_root, || Violation::Membership {
            reading: 0,
            position,
        })?; // C4
        let tally = Tally::of(&rules, frame, &witness.choices, epoch.0).map_err(of_tally)?; // T2, T3
        check_claims(&rules, inputs, &tally)?; // T4 to T9
        let of_epoch = (inputs.policy_id, inputs.epoch);
        own_device::check(&witness.secret, &enrolled.identity, of_epoch, &inputs.nullifier) // C20, C21
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &TrackInputVars<G>,
        witness: Option<&TrackWitness>,
    ) -> Result<(), SynthesisError> {
        let values = witness.map(|witness| Values::new(self, witness));
        let values = values.as_ref();

        // C1. The policy with its parameters.
        let epoch = inputs.epoch.bounded()?;
        let policy = witness.map(|witness| &witness.policy);
        let policy = policy_vars::open::<Track, G>(g, inputs.policy_id.var(), &epoch, policy)?;
        let limits = g.rule(Rule::POLICY, |g| open_limits(g, &policy.parameters))?;

        // C5, in part. The places are of the fence.
        let places = g.rule(Rule::FENCE, |g| {
            places::open(g, &policy.fence_root, values.map(|values| &values.places))
        })?;

        // C5 to C8 of each sample.
        let start = frame::witness_start(g, values.map(|values| &values.frame))?;
        let fixed = SampleLimits {
            channel: policy.block.channel.clone(),
            low: policy.block.low.clone(),
            span: policy.span.clone(),
            max_accuracy: policy.block.max_accuracy.clone(),
            slot: limits.slot_ms.clone(),
            after_start: g.sub(start.var(), policy.block.start.var()),
        };
        let imports = sample::imports(fixed, &places);
        let samples = g.repeat_as("sample", self.samples(), &imports, |g, index, imports| {
            sample::synthesize(g, imports, values.map(|values| &values.samples[index]))
        })?;

        // T2, T3. From each to the next.
        let of_steps = StepLimits {
            top_speed: limits.top_speed_mm_s.var().clone(),
            longest_gap: limits.longest_gap_ms.var().clone(),
            jitter: limits.jitter_mm.var().clone(),
            latitude_scale: limits.latitude_scale.var().clone(),
            longitude_scale: limits.longitude_scale.var().clone(),
        };
        let walk = steps::walk(g, &of_steps, &samples, values.map(|values| &values.continues[..]))?;

        // T1, C3, C6, C9 to C12. The frame that was signed.
        let signed = totals::chain(g, &samples, &walk.last_offset)?;
        let of_frame = values.map(|values| &values.frame);
        let FrameVars { leaf, identity } =
            frame::synthesize(g, &policy.block, None, &start, &signed, of_frame)?;

        // C4. The leaf is under the registry root.
        g.rule(Rule::MEMBERSHIP, |g| {
            let path = Path::witness(g, TREE_DEPTH, values.map(|values| &values.registry[..]))?;
            leaf.under(g, inputs.registry_root.var(), &path)
        })?;

        // T4 to T9.
        let bounds = SampleBounds {
            least: limits.least_samples.var().clone(),
            most_left_out: limits.most_left_out.var().clone(),
        };
        totals::claims(g, inputs, &bounds, &signed.count, &samples, &walk)?;

        // C20, C21. The device is the prover's own.
        let of_epoch = (inputs.policy_id.var(), epoch.var());
        let secret = values.map(|values| values.secret);
        own_device::synthesize(g, secret, &identity, of_epoch, inputs.nullifier.var())
    }
}

/// The parameters, each in its range.
fn open_limits<G: Gadgets>(
    g: &mut G,
    packed: &G::Var,
) -> Result<TrackLimits<Bounded<G::Var>>, SynthesisError> {
    let parts = crate::gadgets::unpack::split(g, "limit", packed, &TrackLimits::LANE.widths())?;
    let parts: [Bounded<G::Var>; 8] = parts.try_into().unwrap_or_else(|_| unreachable!("one a width"));
    let [
        top_speed_mm_s,
        longest_gap_ms,
        jitter_mm,
        latitude_scale,
        longitude_scale,
        slot_ms,
        least_samples,
        most_left_out,
    ] = parts;
    Ok(TrackLimits {
        top_speed_mm_s,
        longest_gap_ms,
        jitter_mm,
        latitude_scale,
        longitude_scale,
        slot_ms,
        least_samples,
        most_left_out,
    })
}

/// The witness as field elements.
struct Values {
    frame: FrameValues,
    places: PlaceValues,
    samples: Vec<SampleValues>,
    continues: Vec<ContinuesValue>,
    registry: [[Fr; merkle::ARITY]; TREE_DEPTH],
    secret: Fr,
}

impl Values {
    fn new(statement: &Track, witness: &TrackWitness) -> Self {
        let enrolled = &witness.frame;
        let (samples, capacity) = (enrolled.signed.frame().samples(), statement.samples());
        let counted = witness.choices.iter().map(|choice| choice.is_counted());
        let place = |location: &Location| witness.places.locate(location);
        Values {
            frame: FrameValues::new(enrolled),
            places: PlaceValues::new(&witness.places),
            samples: SampleValues::all(samples, counted, place, capacity),
            continues: ContinuesValue::all(&witness.choices, capacity),
            registry: enrolled.path.levels(Domain::Node, enrolled.leaf().hash(), enrolled.position.get()),
            secret: witness.secret.expose(),
        }
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        self.registry.as_flattened_mut().iter_mut().for_each(Zeroize::zeroize);
        self.secret.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::layout::PublicInputs;

    #[test]
    fn five_words() {
        assert_eq!(TrackInputs::layout().words(), 5);
    }
}
