//! `prove` with the key of a reading.

use rand::rngs::OsRng;
use zksensor::circuits::assemble::{Assemble, OwnDevice, ReadingAssembly, ReadingFrame};
use zksensor::circuits::statement::Claim;
use zksensor::circuits::statement::reading::{Reading, Salt};
use zksensor::files::{self, DeviceFile, Kind, OpeningFile};
use zksensor::model::registry::DeviceMembership;
use zksensor::prover::ProvingKey;

use super::{Args, Provable, ProveCommandError, binding, offer_all, policy_and_fence, prove, report};
use crate::args;
use crate::output::Output;

impl Provable for Reading {
    /// Takes the first good reading of the device and proves it.
    fn run(self, args: &Args, key: ProvingKey, output: &Output) -> Result<(), ProveCommandError> {
        let id = self.id();
        let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
        let (policy, document) = policy_and_fence(args, output)?;
        let union_of = args::union_of(&document);
        let device = DeviceFile::load(args.device.as_ref().ok_or(missing("--device"))?)?;
        let membership = membership(args, &device)?;
        let own = OwnDevice { key: *device.key().public(), secret: device.secret().clone(), membership };
        let frame = ReadingFrame { epoch: args.epoch, binding: binding(args, &id) };
        let salt = Salt::generate(&mut OsRng);
        let mut assembly = ReadingAssembly::new(policy, document.fence, own, frame, salt.clone());
        let refusals = offer_all(&args.readings, output, &mut assembly)?;
        let job = assembly.job().map_err(|error| refusals.explain(error))?;
        let (file, prove_ms) = prove::<Self>(args, key, &job, output)?;
        if let Some(path) = &args.opening {
            let opening = OpeningFile::new(&job.assignment().witness().reading.signed, salt);
            opening.save(path, args.force.overwrite())?;
        }
        report((&args.out, union_of), &file, &refusals, prove_ms, output);
        Ok(())
    }
}

/// The device's place: from the registry, where it may be unknown, or from a file of its own.
fn membership(args: &Args, device: &DeviceFile) -> Result<Option<DeviceMembership>, ProveCommandError> {
    if let Some(path) = &args.membership {
        return Ok(Some(files::load_json(path, Kind::Membership)?));
    }
    let Some(path) = &args.registry else {
        return Ok(None);
    };
    let registry = files::load_registry(path)?;
    let position = registry.position_of(device.key().public());
    Ok(position.and_then(|position| registry.membership(position).ok()))
}
