//! `prove` with the key of a reading.

use rand::rngs::OsRng;
use zksensor::circuits::assemble::{Assemble, OwnDevice, ReadingAssembly, ReadingTarget};
use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::reading::{Salt, SingleReading};
use zksensor::files::{self, DeviceFile, Kind, OpeningFile, RegistryFile, RegistryFileFailure};
use zksensor::model::policy::Policy;
use zksensor::model::registry::DeviceMembership;

use super::{Args, Provable, ProveCommandError, Task, binding, offer_all, policy_and_fence, prove, report};
use crate::args;
use crate::output::Output;
use crate::registry::{RegistryCommandError, Taken, say_torn};

impl Provable for SingleReading {
    /// Takes the first good reading of the device and proves it.
    fn run(self, task: Task<'_>, output: &Output) -> Result<(), ProveCommandError> {
        let (Task { args, key, outputs }, id) = (task, self.id());
        let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
        let (policy, document) = policy_and_fence(args, output)?;
        let union_of = args::union_of(&document);
        let device = DeviceFile::load(args.device.as_ref().ok_or(missing("--device"))?)?;
        let (membership, taken) = membership(args, &device, &policy, output)?;
        let own = OwnDevice { key: *device.key().public(), secret: device.secret().clone(), membership };
        let frame = ReadingTarget { epoch: args.epoch, binding: binding(args, &id) };
        let salt = Salt::generate(&mut OsRng);
        let mut assembly = ReadingAssembly::new(policy, document.fence, own, frame, salt.clone());
        let refusals = offer_all(&args.readings, output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let (file, prove_ms) = prove::<Self>(args, key, &job, output)?;
        let opening = OpeningFile::new(&job.assignment().witness().reading.signed, salt).to_json();
        outputs.commit(&file, &opening)?;
        report((&args.out, union_of, taken), &file, &refusals, prove_ms, output);
        Ok(())
    }
}

/// The device's place: from the registry, where it may be unknown, or from a file of its own.
fn membership(
    args: &Args,
    device: &DeviceFile,
    policy: &Policy,
    output: &Output,
) -> Result<(Option<DeviceMembership>, Option<Taken>), ProveCommandError> {
    if let Some(path) = &args.membership {
        return Ok((Some(files::load_json(path, Kind::Membership)?), None));
    }
    let Some(path) = &args.registry else {
        return Ok((None, None));
    };
    let mut registry = RegistryFile::load(path)?;
    say_torn(&registry, output);
    let taken = Taken::of_epoch(&registry, args.registry_at, policy, args.epoch, output)?;
    let position = registry.journal().position_of(device.key().public());
    let membership = position.map(|position| registry.membership(position, taken.moment)).transpose();
    match membership {
        // Not there at that time: then no reading is taken, and the refusals say so.
        Err(RegistryFileFailure::Registry(_)) => Ok((None, Some(taken))),
        Err(error) => Err(RegistryCommandError::from(error).into()),
        Ok(membership) => Ok((membership, Some(taken))),
    }
}
