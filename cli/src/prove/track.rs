//! `prove` with the key of a track.

use zksensor::circuits::assemble::{Assemble, ReadingTarget, TrackAssembly};
use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::track::Track;
use zksensor::io::policy::PolicyDocument;

use super::own_device::own_device;
use super::{Provable, ProveCommandError, Subject, Task, binding, offer_all, prove, report};
use crate::backend::Backend;
use crate::output::Output;

impl Provable for Track {
    /// Takes the first good frame of the device and proves what it shows, rounded as the policy says.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError> {
        let (Task { args, key, places }, id) = (task, self.id());
        let outputs = places.one(&id)?;
        if outputs.opening.is_some() {
            return Err(ProveCommandError::Unused { option: "--opening", statement: id.to_string() });
        }
        let subject = Subject::one(args, output)?;
        let (PolicyDocument { policy, quantum, .. }, epoch) = (subject.policy, subject.epoch);
        let (own, taken) = own_device((args, &id), &policy, epoch, output)?;
        let target = ReadingTarget { epoch, binding: binding(args, &id) };
        let fence = subject.fence.fence.clone();
        let mut assembly = TrackAssembly::new(self, policy, fence, own, target, quantum);
        let refusals = offer_all(args, &id, output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let (file, prove_ms) = prove::<Self, B>(args, key, &job, output)?;
        let out = outputs.path().to_owned();
        outputs.commit(&file, b"")?;
        report((&subject, &out), taken, &file, &refusals, prove_ms, output);
        Ok(())
    }
}
