//! Which frames a survey takes: the first of each device of which enough obeys the policy, as many as a proof holds; and which of its
//! samples are counted.

use std::fmt;

use zksensor_model::fence::Fence;
use zksensor_model::frame::SignedFrame;
use zksensor_model::policy::Policy;
use zksensor_model::registry::Registry;

use super::seats::Seats;
use super::{AggregateTarget, Assemble, AssembleError, Assembled, Refusal, RefusalReason};
use crate::statement::survey::{EnrolledFrame, Survey, SurveyDevice, SurveyWitness, check_chunk};

/// Takes the frames of a survey. Its `Debug` shows how many there are.
pub struct SurveyAssembly<'r> {
    statement: Survey,
    witness: SurveyWitness,
    seats: Seats<'r, SurveyDevice>,
}

impl<'r> SurveyAssembly<'r> {
    /// Takes frames that obey `policy` with `fence`, by devices of `registry`, for the epoch and chunk of `target`, at most as many as a
    /// proof of `statement` holds.
    pub fn new(
        statement: Survey,
        policy: Policy,
        fence: Fence,
        registry: &'r Registry,
        target: AggregateTarget,
    ) -> Self {
        let witness = SurveyWitness { policy, fence, cap: registry.cap(target.chunk), devices: Vec::new() };
        SurveyAssembly { statement, witness, seats: Seats::new(registry, target, statement.devices()) }
    }
}

impl Assemble for SurveyAssembly<'_> {
    type Statement = Survey;
    type Signed = SignedFrame;

    fn offer(&mut self, row: u64, signed: SignedFrame) -> Result<(), Refusal> {
        let refuse = |reason| Refusal { row, reason };
        let membership = self.seats.membership(signed.key()).map_err(refuse)?;
        let frame = EnrolledFrame::new(signed, &membership);
        let device = SurveyDevice::fullest(&self.witness.policy, &self.witness.fence, frame);
        self.witness
            .check_device(&self.statement, self.seats.target().epoch, &device)
            .map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        self.seats.take(device.frame.position, (row, 0), device).map_err(refuse)
    }

    fn len(&self) -> usize {
        self.seats.len()
    }

    fn passed_over(&self) -> u64 {
        self.seats.passed_over()
    }

    fn finish(self) -> Result<Assembled<Survey>, AssembleError> {
        let AggregateTarget { epoch, chunk, binding } = *self.seats.target();
        let devices = self.seats.into_taken(self.witness.policy.parts().k)?;
        check_chunk(&self.statement, chunk)?;
        let witness = SurveyWitness { devices, ..self.witness };
        let inputs = witness.inputs(epoch, binding);
        Ok(Assembled { statement: self.statement, inputs, witness })
    }
}

impl fmt::Debug for SurveyAssembly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SurveyAssembly").field("taken", &self.seats.len()).finish_non_exhaustive()
    }
}
