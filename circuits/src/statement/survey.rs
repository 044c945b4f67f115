//! `survey`: a statistic of the samples of N different devices over an epoch, at least k of them, a frame each.
//!
//! C1 to C19 of [`crate::statement`], where C5, C7 and C8 are of every counted sample, C16 to C19 of all of them together, and C2, C13
//! and C15 of devices; and rules of its own.
//!
//! | rule | name |
//! |---|---|
//! | S1 | the frame that was signed has these samples, without a gap, and no others |
//! | S2 | counted samples of a device are in the order of time, no two at one |
//! | S3 | of each device at least the policy's least number of samples is counted; the public number is that of all |
//! | S4 | of each device at most the policy's most are left out; the public number is that of all |
//! | S5 | with quality: the greatest and the least counted value of each device differ by the policy's least spread or more |
//! | S6 | with quality: no counted value differs from that of the device's counted sample before by more than the policy's largest step |
//!
//! A policy asks for quality or does not, and a shape has its rules or does not: C1 holds one to the other. What is of a single device
//! is one block, in which its samples stand one after the other. The fence's triangles are hashed once; a device opens [`PLACES`] of
//! them for all of its samples. Chunk, cap and order are as in [`super::aggregate`].

mod choose;
mod device;
mod order;
mod totals;
mod values;

use std::fmt;

use zksensor_model::claim::survey as rules;
pub use zksensor_model::claim::survey::{MAX_DEVICES, Survey, SurveyFields, SurveyInputs};
use zksensor_model::fence::Fence;
use zksensor_model::frame::Sample;
use zksensor_model::policy::Policy;
use zksensor_model::preimages::SurveyLimits;
use zksensor_model::reading::Location;
use zksensor_model::registry::{Chunk, ChunkCap, Position};
use zksensor_model::survey::SurveyRules;

use self::device::{DeviceLimits, DeviceValues, Exports, Imports, Shared};
use self::values::{OfQuality, QualityLimits};
pub use super::frame::EnrolledFrame;
use super::many::native::{self, Released};
use super::many::{self, Slot};
use super::policy_vars::{self, PolicyVars};
use super::{Binding, InputVars, PolicyMismatch, Rule, Statement, Violation, ensure};
use crate::gadgets::{Bounded, Gadgets, SynthesisError, WithLists, unpack};

/// Triangles of the fence that the counted samples of a device may lie in.
pub const PLACES: usize = 4;

/// The frame of a device, and what is counted of it. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct SurveyDevice {
    /// The frame with its registration.
    pub frame: EnrolledFrame,
    /// Of each sample whether it is counted.
    pub counted: Vec<bool>,
    /// Indices of the fence's triangles that hold the counted samples.
    pub places: [usize; PLACES],
}

impl fmt::Debug for SurveyDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SurveyDevice(..)")
    }
}

impl SurveyDevice {
    /// Finds the triangles that hold the most of the counted samples.
    pub fn new(fence: &Fence, frame: EnrolledFrame, counted: Vec<bool>) -> Self {
        let samples = frame.signed.frame().samples();
        let locations = samples.iter().zip(&counted).filter(|(_, counted)| **counted);
        let places = places_of(fence, locations.map(|(sample, _)| &sample.location));
        SurveyDevice { frame, counted, places }
    }

    /// The counted samples with their indices.
    fn samples(&self) -> impl Iterator<Item = (usize, &Sample)> {
        let samples = self.frame.signed.frame().samples().iter().enumerate();
        samples.zip(&self.counted).filter(|(_, counted)| **counted).map(|(sample, _)| sample)
    }

    /// The counted values, in the order of the frame; none where the policy is for something else and reads a channel that no sample has.
    fn values(&self, policy: &Policy) -> Vec<i64> {
        let channel = usize::from(policy.parts().channel);
        self.samples().filter_map(|(_, sample)| sample.channels.get(channel).copied()).collect()
    }

    /// The first of the places whose triangle holds the location.
    pub(crate) fn locate(&self, fence: &Fence, location: &Location) -> Option<usize> {
        let holds =
            |place: &usize| fence.triangles().get(*place).is_some_and(|triangle| triangle.contains(location));
        self.places.iter().position(holds)
    }
}

/// Indices of the triangles that hold the most of these locations.
pub(crate) fn places_of<'l>(
    fence: &Fence,
    locations: impl IntoIterator<Item = &'l Location>,
) -> [usize; PLACES] {
    let mut held = vec![0usize; fence.triangles().len()];
    locations.into_iter().filter_map(|location| fence.locate(location)).for_each(|index| held[index] += 1);
    let mut order: Vec<usize> = (0..held.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(held[*index]));
    std::array::from_fn(|place| order[place.min(order.len() - 1)])
}

/// What the aggregator knows. Its `Debug` shows how many devices there are.
#[derive(Clone)]
pub struct SurveyWitness {
    /// The policy.
    pub policy: Policy,
    /// Its fence.
    pub fence: Fence,
    /// What joins the devices of the chunk to the registry root.
    pub cap: ChunkCap,
    /// The devices, in the order of their positions.
    pub devices: Vec<SurveyDevice>,
}

impl fmt::Debug for SurveyWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SurveyWitness").field("devices", &self.devices.len()).finish_non_exhaustive()
    }
}

impl SurveyWitness {
    /// The public inputs that hold for a witness, in this epoch and for this binding. Whether its devices obey the rules is for
    /// [`Statement::check`].
    pub fn inputs(&self, epoch: u32, binding: Binding) -> SurveyInputs {
        let chunk = self.cap.chunk();
        let values = self.values();
        let Released { sum, sum_of_squares, minimum, maximum } =
            native::released(&values, self.policy.parts());
        let most = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let samples: usize = self.devices.iter().map(|device| device.counted.len()).sum();
        SurveyInputs {
            registry_root: self.cap.root(),
            policy_id: self.policy.id(),
            epoch,
            chunk_bits: native::bits_of(chunk),
            chunk: chunk.index(),
            devices: most(self.devices.len()),
            counted: most(values.len()),
            left_out: most(samples.saturating_sub(values.len())),
            sum,
            minimum,
            maximum,
            sum_of_squares,
            binding,
        }
    }

    /// The counted values of all devices.
    fn values(&self) -> Vec<i64> {
        self.devices.iter().flat_map(|device| device.values(&self.policy)).collect()
    }

    /// Whether one device obeys every rule that is about a device alone: C3 to C12, C14 and S1 to S6, for a proof of this shape. It need
    /// not be among [`SurveyWitness::devices`]; a violation calls it reading 0. The registry is the one of the cap.
    ///
    /// # Errors
    /// The first rule that does not hold, in the order in which [`Statement::check`] looks at them.
    pub fn check_device(
        &self,
        statement: &Survey,
        epoch: u32,
        device: &SurveyDevice,
    ) -> Result<(), Violation> {
        let rules = rules_of(statement, &self.policy)?;
        let epoch = super::epoch_bounds(&self.policy, epoch)?;
        self.check_slot(0, device, (statement, &rules), epoch, Some(true))
    }

    /// C5 to C12 and S1 to S6, for who has checked the signature (C3), as every [`SignedFrame`](zksensor_model::frame::SignedFrame) that was
    /// decoded has it checked, and has the membership from the registry itself (C4). It costs no hash and no curve: the whole is checked again
    /// before it is proven.
    ///
    /// # Errors
    /// As [`SurveyWitness::check_device`].
    pub fn check_measured(
        &self,
        statement: &Survey,
        epoch: u32,
        device: &SurveyDevice,
    ) -> Result<(), Violation> {
        let rules = rules_of(statement, &self.policy)?;
        let epoch = super::epoch_bounds(&self.policy, epoch)?;
        self.check_slot(0, device, (statement, &rules), epoch, None)
    }

    /// C3 to C12, C14 and S1 to S6 of device number `index`. `epoch` is (first millisecond, first after), `in_root` whether the cap
    /// leads to the registry root; without it C3, C4 and C14 are known to hold.
    fn check_slot(
        &self,
        index: usize,
        device: &SurveyDevice,
        (statement, rules): (&Survey, &SurveyRules),
        epoch: (u64, u64),
        in_root: Option<bool>,
    ) -> Result<(), Violation> {
        let enrolled = &device.frame;
        let samples = enrolled.signed.frame().samples().len();
        ensure(samples <= statement.samples(), || {
            let most = statement.samples();
            of_device(rules::SAMPLES, index, format!("a frame of at most {most} samples, got {samples}"))
        })?; // S1
        ensure(device.counted.len() == samples, || {
            let got = device.counted.len();
            of_device(rules::COUNTED, index, format!("a choice for each of {samples} samples, got {got}"))
        })?; // S3
        let of_frame = match in_root {
            Some(_) => enrolled.check(&self.policy, epoch), // C3, C6, C9, C11, C12
            None => enrolled.check_signed(&self.policy, epoch), // C6, C9, C11, C12
        };
        of_frame.map_err(|violation| violation.about(index))?;
        let of_fence = device.places.iter().all(|place| *place < self.fence.triangles().len());
        ensure(of_fence, || Violation::Fence { reading: index })?; // C5
        self.check_samples(index, device, epoch)?; // C5 to C8, C10, S2
        if let Some(in_root) = in_root {
            let leaf = enrolled.leaf().hash();
            native::check_seat(index, (&self.cap, in_root), leaf, enrolled.position, &enrolled.path)?; // C14, C4
        }
        check_numbers(index, device, rules)?; // S3, S4
        check_quality(index, &device.values(&self.policy), rules) // S5, S6
    }

    /// C5 to C8, C10 and S2 of the counted samples.
    fn check_samples(&self, index: usize, device: &SurveyDevice, epoch: (u64, u64)) -> Result<(), Violation> {
        let (parts, frame) = (self.policy.parts(), device.frame.signed.frame());
        let mut last: Option<u32> = None;
        for (number, sample) in device.samples() {
            let (time, (start, end)) = (frame.time(number).get(), epoch);
            ensure((start..end).contains(&time), || Violation::Epoch { reading: index, time, start, end })?; // C6
            ensure(last.is_none_or(|last| last < sample.offset_ms), || {
                let reason =
                    format!("sample {number} to be later than the counted one before; leave one out");
                of_device(rules::TIMES, index, reason)
            })?; // S2
            last = Some(sample.offset_ms);
            ensure(device.locate(&self.fence, &sample.location).is_some(), || Violation::Fence {
                reading: index,
            })?; // C5
            let value = sample.channels[usize::from(parts.channel)];
            if !(parts.low..=parts.high).contains(&value) {
                return Err(Violation::Value { reading: index, value, low: parts.low, high: parts.high }); // C7
            }
            let (accuracy, maximum) = (sample.accuracy_mm, parts.max_accuracy_mm);
            ensure(accuracy != 0, || Violation::NoAccuracy { reading: index })?; // C8
            ensure(accuracy <= maximum, || Violation::Accuracy { reading: index, accuracy, maximum })?;
            let expiry = device.frame.attributes.expiry.get();
            ensure(time < expiry, || Violation::Expiry { reading: index, expiry, time })?; // C10
        }
        Ok(())
    }
}

/// A rule of this statement does not hold for a device.
fn of_device(rule: Rule, index: usize, wanted: String) -> Violation {
    Violation::OwnOfReading { rule, reading: index, reason: format!("expected {wanted}").into() }
}

/// The rules of the policy, if the shape has those that it asks for.
fn rules_of(statement: &Survey, policy: &Policy) -> Result<SurveyRules, Violation> {
    let mismatch = |reason| Violation::Policy { reason };
    let rules = policy.survey_rules().ok_or(mismatch(PolicyMismatch::Statement))?;
    let asked = rules.parts().quality.is_some();
    if asked == statement.quality() { Ok(rules) } else { Err(mismatch(PolicyMismatch::Quality { asked })) }
}

/// S3 and S4 of a device.
fn check_numbers(index: usize, device: &SurveyDevice, rules: &SurveyRules) -> Result<(), Violation> {
    let parts = rules.parts();
    let counted = device.samples().count();
    let (least, most) = (usize::from(parts.least_samples), usize::from(parts.most_left_out));
    ensure(counted >= least, || {
        of_device(rules::COUNTED, index, format!("at least {least} counted samples, got {counted}"))
    })?;
    let left_out = device.counted.len() - counted;
    ensure(left_out <= most, || {
        of_device(rules::LEFT_OUT, index, format!("at most {most} samples left out, got {left_out}"))
    })
}

/// S5 and S6 of a device.
fn check_quality(index: usize, values: &[i64], rules: &SurveyRules) -> Result<(), Violation> {
    let Some(quality) = rules.parts().quality else { return Ok(()) };
    ensure(quality.spreads(values), || {
        let least = quality.least_spread;
        of_device(rules::SPREAD, index, format!("values at least {least} apart; the sensor may be stuck"))
    })?;
    ensure(quality.steps(values), || {
        let largest = quality.largest_step;
        of_device(rules::STEP, index, format!("steps of at most {largest}; leave out what jumps"))
    })
}

impl Statement for Survey {
    type Witness = SurveyWitness;

    fn check(&self, inputs: &SurveyInputs, witness: &SurveyWitness) -> Result<(), Violation> {
        let of_epoch = (inputs.policy_id, inputs.epoch);
        let (policy, fence, devices) = (&witness.policy, &witness.fence, &witness.devices);
        let epoch = native::check_policy::<Survey>(of_epoch, policy, fence, self.triangles())?; // C1
        let rules = rules_of(self, policy)?;
        ensure((1..=self.devices()).contains(&devices.len()), || Violation::Activity {
            capacity: self.devices(),
            got: devices.len(),
        })?; // C2
        native::check_chunk(self.first_chunk(), inputs.chunk_bits, inputs.chunk)?; // C14
        let chunk = (inputs.chunk_bits, inputs.chunk);
        let in_root = native::is_cap_of(&witness.cap, inputs.registry_root, chunk);
        for (index, device) in devices.iter().enumerate() {
            witness.check_slot(index, device, (self, &rules), epoch, Some(in_root))?; // C3 to C12, C14, S1 to S6
        }
        let positions: Vec<Position> = devices.iter().map(|device| device.frame.position).collect();
        native::check_order(&positions)?; // C13
        native::check_count(inputs.devices, devices.len(), policy.parts().k)?; // C15
        let values = witness.values();
        let samples: usize = devices.iter().map(|device| device.counted.len()).sum();
        let total = |rule, what: &str, claimed: u32, total: usize| {
            ensure(claimed as usize == total, || Violation::Own {
                rule,
                reason: format!("expected {total} samples {what}, got {claimed}").into(),
            })
        };
        total(rules::COUNTED, "counted", inputs.counted, values.len())?; // S3
        total(rules::LEFT_OUT, "left out", inputs.left_out, samples - values.len())?; // S4
        let &SurveyInputs { sum, sum_of_squares, minimum, maximum, .. } = inputs;
        let claimed = Released { sum, sum_of_squares, minimum, maximum };
        native::check_released(&claimed, &values, policy.parts()) // C16 to C19
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Survey>,
        witness: Option<&SurveyWitness>,
    ) -> Result<(), SynthesisError> {
        let chunk = self.first_chunk();
        let values = witness.map(|witness| DeviceValues::all(self, witness));

        // C1. The policy with its parameters, and its fence as packed triangles.
        let policy = policy_vars::open::<Survey, G>(
            g,
            inputs.policy_id.var(),
            &inputs.epoch.bounded()?,
            witness.map(|witness| &witness.policy),
        )?;
        let limits = g.rule(Rule::POLICY, |g| open_limits(g, &policy.parameters))?;
        let fence = witness.map(|witness| &witness.fence);
        let triangles = many::open_fence(g, &policy.fence_root, self.triangles(), fence)?;

        // C14, but for the devices.
        let index = many::chunk(g, &inputs.chunk_bits, &inputs.chunk, chunk)?;

        // C4, upper part. The cap leads to the root, at the digits of the chunk.
        let cap = witness.map(|witness| &witness.cap);
        let cap = many::open_cap(g, chunk, index, inputs.registry_root.var(), cap)?;

        // C2 to C8, C10, C14 and S1 to S6 of each device.
        let of_device = DeviceLimits {
            span: policy.span.clone(),
            least_samples: limits.least_samples.var().clone(),
            most_left_out: limits.most_left_out.var().clone(),
        };
        let values = values.as_deref();
        let lists = [triangles, cap];
        let devices = if self.quality() {
            let quality = g.rule(Rule::POLICY, |g| QualityLimits::open(g, &limits))?;
            devices_of(self, g, &policy, (of_device, quality), lists, values)?
        } else {
            g.rule(Rule::POLICY, |g| values::assert_none(g, &limits))?;
            devices_of(self, g, &policy, (of_device, ()), lists, values)?
        };

        // C2, C13, C15 to C19, S3, S4 of all of them.
        let slots: Vec<Slot<'_, G::Var>> = devices.iter().map(Exports::slot).collect();
        many::activity(g, &slots)?;
        many::order(g, chunk, &slots)?;
        totals::claims(g, inputs, &policy, &devices)
    }
}

/// C14 of a chunk: it is as wide as those of the shape.
pub(crate) fn check_chunk(statement: &Survey, chunk: Chunk) -> Result<(), Violation> {
    native::check_chunk(statement.first_chunk(), native::bits_of(chunk), chunk.index())
}

/// The devices, whose blocks have the rules of quality if there are limits of it.
fn devices_of<G: Gadgets, Q: OfQuality<G::Var>>(
    statement: &Survey,
    g: &mut G,
    policy: &PolicyVars<G::Var>,
    limits: (DeviceLimits<G::Var>, Q),
    lists: [Vec<G::Var>; 2],
    values: Option<&[DeviceValues]>,
) -> Result<Vec<Exports<G::Var>>, SynthesisError> {
    let (chunk, samples) = (statement.first_chunk(), statement.samples());
    let imports: Imports<G::Var, Q> = WithLists { fixed: (policy.block.clone(), limits), lists };
    g.repeat_as("device", statement.devices(), &imports, |g, index, imports| {
        let shared = Shared { chunk, samples };
        shared.synthesize(g, imports, values.map(|values| &values[index]))
    })
}

/// The parameters, each in its range.
fn open_limits<G: Gadgets>(
    g: &mut G,
    packed: &G::Var,
) -> Result<SurveyLimits<Bounded<G::Var>>, SynthesisError> {
    let parts = unpack::split(g, "limit", packed, &SurveyLimits::LANE.widths())?;
    let parts: [Bounded<G::Var>; 4] = parts.try_into().unwrap_or_else(|_| unreachable!("one a width"));
    let [least_samples, most_left_out, least_spread, largest_step] = parts;
    Ok(SurveyLimits { least_samples, most_left_out, least_spread, largest_step })
}
