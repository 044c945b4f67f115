//! Which frame a node proves of its own device: the first that obeys the policy, and which of its samples are counted.

use std::fmt;

use zksensor_model::fence::Fence;
use zksensor_model::frame::SignedFrame;
use zksensor_model::policy::Policy;
use zksensor_model::reading::Location;
use zksensor_model::track::{Choice, Quantum, choose};

use super::{Assemble, AssembleError, Assembled, OwnDevice, ReadingTarget, Refusal, RefusalReason};
use crate::statement::Assignment;
use crate::statement::track::{EnrolledFrame, Places, Track, TrackInputs, TrackWitness};

/// Takes the frame of one device. Its `Debug` shows whether there is one.
pub struct TrackAssembly {
    statement: Track,
    policy: Policy,
    fence: Fence,
    device: OwnDevice,
    target: ReadingTarget,
    quantum: Quantum,
    taken: Option<(u64, TrackInputs, TrackWitness)>,
    passed_over: u64,
}

impl TrackAssembly {
    /// Takes a frame of `device` that obeys `policy` with `fence` in the epoch of `target`, for a proof of this shape, and claims
    /// what it shows as coarsely as `quantum` says.
    pub fn new(
        statement: Track,
        policy: Policy,
        fence: Fence,
        device: OwnDevice,
        target: ReadingTarget,
        quantum: Quantum,
    ) -> Self {
        TrackAssembly { statement, policy, fence, device, target, quantum, taken: None, passed_over: 0 }
    }

    fn round(&self, inputs: TrackInputs) -> TrackInputs {
        let distance_cm = self.quantum.distance_cm(inputs.distance_cm);
        let observed_ms = self.quantum.observed_ms(inputs.observed_ms);
        TrackInputs { distance_cm, observed_ms, ..inputs }
    }

    /// The triangles that hold the most of the samples that obey the policy, and of these samples those that show the most.
    fn choose(&self, frame: &EnrolledFrame) -> (Places, Vec<Choice>) {
        let (parts, samples) = (self.policy.parts(), frame.signed.frame().samples());
        let expiry = frame.attributes.expiry.get();
        let obeys = |index: usize| {
            let sample = &samples[index];
            let value = sample.channels.get(usize::from(parts.channel));
            value.is_some_and(|value| (parts.low..=parts.high).contains(value))
                && sample.accuracy_mm <= parts.max_accuracy_mm
                && frame.signed.frame().time(index).get() < expiry
        };
        let obey: Vec<bool> = (0..samples.len()).map(obeys).collect();
        let locations =
            samples.iter().zip(&obey).filter(|(_, obeys)| **obeys).map(|(sample, _)| &sample.location);
        let places = Places::of(&self.fence, locations);
        let held = |location: &Location| places.locate(location).is_some();
        let may: Vec<bool> =
            samples.iter().zip(obey).map(|(sample, obeys)| obeys && held(&sample.location)).collect();
        let choices = match self.policy.track_rules() {
            Some(rules) => choose(&rules, samples, &may),
            None => vec![Choice::LeftOut; samples.len()], // no policy for tracks: C1 refuses it
        };
        (places, choices)
    }
}

impl Assemble for TrackAssembly {
    type Statement = Track;
    type Signed = SignedFrame;

    fn offer(&mut self, row: u64, signed: SignedFrame) -> Result<(), Refusal> {
        let refuse = |reason| Refusal { row, reason };
        let membership = self.device.membership_for(signed.key()).map_err(refuse)?;
        let frame = EnrolledFrame::new(signed, membership);
        let (places, choices) = self.choose(&frame);
        let witness =
            TrackWitness { policy: self.policy, places, frame, choices, secret: self.device.secret.clone() };
        let inputs = self.round(witness.inputs(self.target.epoch, self.target.binding));
        Assignment::new(&self.statement, inputs, &witness)
            .map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        match &self.taken {
            Some((taken, ..)) => {
                self.passed_over += 1;
                Err(refuse(RefusalReason::Second { taken: *taken }))
            }
            None => {
                self.taken = Some((row, inputs, witness));
                Ok(())
            }
        }
    }

    fn len(&self) -> usize {
        usize::from(self.taken.is_some())
    }

    fn passed_over(&self) -> u64 {
        self.passed_over
    }

    fn finish(self) -> Result<Assembled<Track>, AssembleError> {
        let (_, inputs, witness) = self.taken.ok_or(AssembleError::NoReading)?;
        Ok(Assembled { statement: self.statement, inputs, witness })
    }
}

impl fmt::Debug for TrackAssembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackAssembly").field("taken", &self.taken.is_some()).finish_non_exhaustive()
    }
}
