//! The device that proves of itself: its key, its secret, and its place in the registry.

use zksensor::circuits::assemble::OwnDevice;
use zksensor::circuits::statement::StatementId;
use zksensor::files::{self, DeviceFile, Kind, RegistryFile, RegistryFileFailure};
use zksensor::model::policy::Policy;
use zksensor::model::registry::DeviceMembership;

use super::{Args, ProveCommandError};
use crate::output::Output;
use crate::registry::{RegistryCommandError, Taken, say_torn};

/// The device of `--device`.
///
/// # Errors
/// [`ProveCommandError::Option`] if none is named, [`ProveCommandError::Unused`] if a chunk is; a file that is none.
pub(super) fn own_device(
    (args, statement): (&Args, &StatementId),
    policy: &Policy,
    epoch: u32,
    output: &Output,
) -> Result<(OwnDevice, Option<Taken>), ProveCommandError> {
    for (option, is_there) in [("--chunk", args.chunk.is_some()), ("--seal", args.seal.is_some())] {
        if is_there {
            return Err(ProveCommandError::Unused { option, statement: statement.to_string() });
        }
    }
    let missing = || ProveCommandError::Option { option: "--device", statement: statement.to_string() };
    let device = DeviceFile::load(args.device.as_ref().ok_or_else(missing)?)?;
    let (membership, taken) = membership(args, &device, (policy, epoch), output)?;
    Ok((OwnDevice { key: *device.key().public(), secret: device.secret().clone(), membership }, taken))
}

/// Its place: from the registry, where it may be unknown, or from a file of its own.
fn membership(
    args: &Args,
    device: &DeviceFile,
    (policy, epoch): (&Policy, u32),
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
    let taken = Taken::of_epoch(&registry, args.registry_at, policy, epoch, output)?;
    let position = registry.journal().position_of(device.key().public());
    let membership = position.map(|position| registry.membership(position, taken.moment)).transpose();
    match membership {
        // Not there at that time: then no reading is taken, and the refusals say so.
        Err(RegistryFileFailure::Registry(_)) => Ok((None, Some(taken))),
        Err(error) => Err(RegistryCommandError::from(error).into()),
        Ok(membership) => Ok((membership, Some(taken))),
    }
}
