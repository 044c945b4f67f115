//! A base station proves that it is inside the cell that it declared, and hides where in the cell it is.
//!
//! ```text
//! cargo run --release --example gnss_station [-- LOG.nmea] [--json]
//! ```
//!
//! The log is NMEA 0183 of a receiver that does not move: that of a u-blox in `../shared/data`, or your own. The cell is of
//! the H3 grid: a hexagon of resolution 8, some 0.7 square kilometres. Here the station declares the cell of its first fix; a
//! network would have it in its registry. Public become the policy (and so the cell), a nullifier that counts the station
//! once an epoch, and a commitment to the reading: no coordinate, and no key.

#[path = "shared/cell.rs"]
mod cell;
#[path = "shared/command.rs"]
mod command;
#[path = "shared/data.rs"]
mod data;

use std::process::ExitCode;

use h3o::Resolution;
use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::statement::reading::{ReadingWitness, Salt, SingleReading};
use zksensor::circuits::statement::{Assignment, Binding, EnrolledReading};
use zksensor::import::{NmeaReader, RangeError, Target};
use zksensor::io::policy;
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::field;
use zksensor::model::reading::{Network, Reading, UnixMillis};
use zksensor::model::registry::Registry;
use zksensor::model::schema::GNSS_STATION;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::verifier::inputs_to_bytes;

use command::{Failure, Report};

const POLICY: &str = r#"
[network]
chain_id = 80002
registry = "0x1111111111111111111111111111111111111111"
[epoch]
origin = "2020-01-01T00:00:00Z"
length_s = 86_400
[reading]
schema = "gnss_station"
channel = "satellites"
unit = "count"
low = 4
high = 200
max_accuracy_mm = 10_000
[statement]
family = "reading"
version = 2
k = 1
"#;

fn main() -> ExitCode {
    let usage = "cargo run --release --example gnss_station [-- LOG.nmea] [--json]";
    command::run(usage, 0..=1, |paths| {
        prove(&data::read(&data::path_or_data(paths, "nmea_ublox-neo-m9n_stationary.log"))?)
    })
}

fn prove(log: &str) -> Result<Report, Failure> {
    let network = Network::new(80_002, [0x11; 20]);
    let target = Target { network, schema: &GNSS_STATION, first_sequence: 0 };
    let rows = NmeaReader::new(log.as_bytes(), &target, RangeError::default());
    // A fix that the receiver itself calls invalid, or half of one at an end of the log, is no reading.
    let readings: Vec<Reading> = rows.filter_map(Result::ok).map(|row| row.reading).collect();
    let first = readings.first().ok_or("expected a log with a fix, found none")?;

    let (cell, fence) = cell::around(&first.location, Resolution::Eight)?;
    let policy = policy::from_toml(POLICY, Some(&fence))?;
    let inside = readings.iter().filter(|reading| fence.locate(&reading.location).is_some()).count();

    let (key, secret) = (DeviceKey::generate(&mut OsRng), DeviceSecret::generate(&mut OsRng));
    let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
    let mut registry = Registry::new();
    let position = registry.enrol(Leaf { key: *key.public(), identity: secret.identity(), attributes })?;

    let enrolled = EnrolledReading::new(key.sign(first)?, &registry.membership(position)?);
    let epoch = policy.epoch_of(first.time).ok_or("a time before the policy's first epoch")?;
    let witness = ReadingWitness::new(policy, &fence, enrolled, secret, Salt::generate(&mut OsRng));
    let inputs = witness.inputs(epoch, Binding::NONE);
    let assignment = Assignment::new(&SingleReading, inputs, &witness)?;
    let prover = Prover::builder(SingleReading, insecure_setup(&SingleReading, &mut OsRng, &())?).build()?;
    let proof = prover.prove(&assignment, &mut OsRng)?.to_bytes();
    let inputs = prover.verifier().verify_bytes(&proof, &inputs_to_bytes(assignment.words()))?;
    if inputs.policy_id != policy.id() {
        return Err("the proof is about another policy".into());
    }

    let (fixes, nullifier) = (readings.len(), field::to_hex(&inputs.nullifier.to_field()));
    Ok(Report {
        people: format!(
            "{fixes} fixes in the log, {inside} of them in the cell {cell}\nproven: a registered station was in the cell in \
             epoch {epoch}, in {} bytes; verified\n  nullifier {nullifier}",
            proof.len()
        ),
        json: json!({
            "verified": true, "fixes": fixes, "in_cell": inside, "cell": cell.to_string(), "epoch": epoch,
            "nullifier": nullifier, "proof_bytes": proof.len(),
        }),
    })
}
