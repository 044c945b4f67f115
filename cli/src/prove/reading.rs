//! `prove` with the key of a reading.

use rand::rngs::OsRng;
use zksensor::circuits::assemble::{Assemble, ReadingAssembly, ReadingTarget};
use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::reading::{Salt, SingleReading};
use zksensor::files::OpeningFile;
use zksensor::io::policy::PolicyDocument;

use super::own_device::own_device;
use super::{Provable, ProveCommandError, Subject, Task, binding, offer_all, prove, report};
use crate::backend::Backend;
use crate::output::Output;

impl Provable for SingleReading {
    /// Takes a good reading of the device and proves it.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError> {
        let (Task { args, key, places }, id) = (task, self.id());
        let outputs = places.one(&id)?;
        let subject = Subject::one(args, output)?;
        let (PolicyDocument { policy, .. }, epoch) = (subject.policy, subject.epoch);
        let (own, taken) = own_device((args, &id), &policy, epoch, output)?;
        let target = ReadingTarget { epoch, binding: binding(args, &id) };
        let salt = Salt::generate(&mut OsRng);
        let assembly = ReadingAssembly::new(policy, subject.fence.fence.clone(), own, target, salt.clone());
        let mut assembly = assembly.taking(args.take());
        let refusals = offer_all(args, &id, output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let (file, prove_ms) = prove::<Self, B>(args, key, &job, output)?;
        let opening = OpeningFile::new(&job.assignment().witness().reading.signed, salt).to_json();
        let out = outputs.path().to_owned();
        outputs.commit(&file, &opening)?;
        report((&subject, &out), taken, &file, &refusals, prove_ms, output);
        Ok(())
    }
}
