//! `prove` with the key of a reading.

use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::assemble::{Refusal, RefusalReason};
use zksensor::circuits::statement::reading::{Reading, ReadingWitness, Salt};
use zksensor::circuits::statement::{Assignment, Claim, EnrolledReading};
use zksensor::files::{self, DeviceFile, Kind};
use zksensor::model::field;
use zksensor::model::known::KnownStatement;
use zksensor::model::registry::DeviceMembership;
use zksensor::prover::ProvingKey;

use super::{Args, ProveCommandError, binding, offer_all, policy_and_fence, prove, report};
use crate::args;
use crate::output::Output;

/// Takes the first good reading of the device and proves it.
pub(super) fn run(
    args: &Args,
    statement: Reading,
    key: ProvingKey,
    output: &Output,
) -> Result<(), ProveCommandError> {
    let id = statement.id();
    let missing = |option| ProveCommandError::Option { option, statement: id.to_string() };
    let (policy, document) = policy_and_fence(args, output)?;
    let union_of = args::union_of(&document);
    let device = DeviceFile::load(args.device.as_ref().ok_or(missing("--device"))?)?;
    let membership = membership(args, &device)?;
    let binding = binding(args, &id);
    let salt = Salt::generate(&mut OsRng);
    let mut taken: Option<(u64, ReadingWitness)> = None;
    let refusals = offer_all(&args.readings, output, |row, reading| {
        let refuse = |reason| Refusal { row, reason };
        if reading.key() != device.key().public() {
            return Err(refuse(RefusalReason::OtherDevice));
        }
        let Some(membership) = &membership else {
            return Err(refuse(RefusalReason::NotEnrolled));
        };
        let enrolled = EnrolledReading::new(reading, membership);
        let witness =
            ReadingWitness::new(policy, &document.fence, enrolled, device.secret().clone(), salt.clone());
        let inputs = witness.inputs(args.epoch, binding);
        let checked = Assignment::new(&statement, inputs, &witness).map(|_| ());
        checked.map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        match &taken {
            Some((first, _)) => Err(refuse(RefusalReason::Again { taken: *first })),
            None => {
                taken = Some((row, witness));
                Ok(())
            }
        }
    })?;
    let none = || ProveCommandError::NoReading { rows: refusals.rows, first: refusals.first() };
    let (_, witness) = taken.ok_or_else(none)?;
    let inputs = witness.inputs(args.epoch, binding);
    let known = KnownStatement::Reading(statement);
    let (file, prove_ms) = prove(args, statement, known, key, (inputs, &witness), output)?;
    if let Some(path) = &args.opening {
        let opening = json!({
            "format": "zksensor-opening/v1",
            "commitment": field::to_hex(&inputs.commitment.to_field()),
            "salt": field::to_hex(&salt.expose()),
            "reading": witness.reading.signed,
        });
        files::write(path, Kind::Opening, args.force.overwrite(), format!("{opening}\n").as_bytes())?;
    }
    report((&args.out, union_of), &file, &refusals, prove_ms, output);
    Ok(())
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
