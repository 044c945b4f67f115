//! The mean speed of a fleet from what its dongles send to DIMO, each payload signed by the dongle itself.
//!
//! ```text
//! cargo run --release --example vehicle [-- STATUS.json] [--json]
//! ```
//!
//! The file is one status of an AutoPi dongle: that of `../shared/data`, or your own. One vehicle is no fleet, so seven more
//! are made up of it: the same document with another speed, signed by a dongle's secp256k1 key of their own. The gateway
//! checks that signature, and then signs the reading with a key that a circuit can check: *on the word of that dongle*. The
//! first vehicle is the document as it came; nobody here knows the key of its dongle, so its signature is not looked at.

#[path = "shared/command.rs"]
mod command;
#[path = "shared/data.rs"]
mod data;

use std::process::ExitCode;

use k256::ecdsa::SigningKey;
use rand::rngs::OsRng;
use serde_json::{Value, json};
use sha3::{Digest, Keccak256};
use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble};
use zksensor::circuits::statement::Binding;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::import::{DimoReader, RangeError, Target};
use zksensor::io::{fence, policy};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::hex;
use zksensor::model::reading::{Location, Network, Reading, UnixMillis};
use zksensor::model::registry::Registry;
use zksensor::model::schema::VEHICLE;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::verifier::inputs_to_bytes;

use command::{Failure, Report};

/// Vehicles of the fleet.
const VEHICLES: i64 = 8;
const POLICY: &str = r#"
[network]
chain_id = 80002
registry = "0x1111111111111111111111111111111111111111"
[epoch]
origin = "2024-01-01T00:00:00Z"
length_s = 3600
[reading]
schema = "vehicle"
channel = "speed"
unit = "m/s"
low = 0
high = 36_111     # 36.111 m/s: 130 km/h
max_accuracy_mm = 10_000
device_class = 2
[statement]
family = "aggregate"
version = 2
k = 5
"#;

fn main() -> ExitCode {
    let usage = "cargo run --release --example vehicle [-- STATUS.json] [--json]";
    command::run(usage, 0..=1, |paths| {
        prove(&data::read(&data::path_or_data(paths, "dimo_autopi_v2_status.json"))?)
    })
}

fn prove(status: &str) -> Result<Report, Failure> {
    let first = read(status, None)?;
    let fence = fence::from_geojson(&box_around(&first.location))?;
    let policy = policy::from_toml(POLICY, Some(&fence))?;

    // What the gateway gets: the document, and seven like it, each with the address of the dongle that has to have signed it.
    let mut readings = vec![first];
    for vehicle in 1..VEHICLES {
        let dongle = SigningKey::random(&mut OsRng);
        let document = like(status, vehicle, &dongle)?;
        if read(&document.replacen("vehicleSpeed", "vehiclespeed", 1), Some(&dongle)).is_ok() {
            return Err("a payload that was altered after it was signed came through".into());
        }
        readings.push(read(&document, Some(&dongle))?);
    }

    // One key of the gateway stands for one vehicle, and signs what the importer made of its payload.
    let keys: Vec<DeviceKey> = readings.iter().map(|_| DeviceKey::generate(&mut OsRng)).collect();
    let attributes = Attributes { class: 2, expiry: UnixMillis::MAX, owner: 0 };
    let mut registry = Registry::new();
    registry.enrol_all(keys.iter().map(|key| {
        let identity = DeviceSecret::generate(&mut OsRng).identity();
        Leaf { key: *key.public(), identity, attributes }
    }))?;
    let epoch = policy.epoch_of(readings[0].time).ok_or("a time before the policy's first epoch")?;
    let statement = Aggregate::new(8, 8, 3)?;
    let target = AggregateTarget { epoch, chunk: statement.first_chunk(), binding: Binding::NONE };
    let mut assembly = AggregateAssembly::new(statement, policy, fence, &registry, target);
    for (number, (key, reading)) in (1..).zip(keys.iter().zip(&readings)) {
        assembly.offer(number, key.sign(reading)?)?;
    }

    let job = assembly.job()?;
    let prover = Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let proof = prover.prove(&job.assignment(), &mut OsRng)?.to_bytes();
    let inputs = prover.verifier().verify_bytes(&proof, &inputs_to_bytes(job.assignment().words()))?;

    let mean = inputs.sum as f64 / f64::from(inputs.count) / 1000.0;
    let attested = VEHICLES - 1;
    Ok(Report {
        people: format!(
            "{VEHICLES} vehicles, {attested} of them on the word of their dongles\nproven: a mean speed of {mean:.3} m/s \
             ({:.1} km/h), in {} bytes; verified",
            mean * 3.6,
            proof.len()
        ),
        json: json!({
            "verified": true, "count": inputs.count, "attested": attested, "mean_m_s": mean, "proof_bytes": proof.len(),
        }),
    })
}

/// The reading in a document. With a dongle, only if the document carries its signature.
fn read(document: &str, dongle: Option<&SigningKey>) -> Result<Reading, Failure> {
    let target = Target { network: Network::new(80_002, [0x11; 20]), schema: &VEHICLE, first_sequence: 0 };
    let reader = DimoReader::new(document.as_bytes(), &target, RangeError::default());
    let mut reader = match dongle {
        Some(dongle) => reader.attested_by(address(dongle)),
        None => reader,
    };
    Ok(reader.next().ok_or("expected a document with a fix, found none")??.reading)
}

/// The document with another speed, signed by `dongle`: keccak256 of the bytes of `data`.
fn like(status: &str, vehicle: i64, dongle: &SigningKey) -> Result<String, Failure> {
    let mut event: Value = serde_json::from_str(status)?;
    let signals = event.pointer_mut("/data/vehicle/signals").and_then(Value::as_array_mut);
    let signals = signals.ok_or("expected a status of AutoPi, with data.vehicle.signals")?;
    let speed = signals.iter_mut().find(|signal| signal["name"] == "vehicleSpeed");
    let speed = &mut speed.ok_or("expected a signal vehicleSpeed")?["value"];
    *speed = json!(speed.as_i64().ok_or("expected a speed in whole km/h")? + 3 * vehicle);
    let (signature, recovery) =
        dongle.sign_prehash_recoverable(&Keccak256::digest(event["data"].to_string()))?;
    let bytes = [signature.to_bytes().as_slice(), &[27 + recovery.to_byte()]].concat();
    event["signature"] = json!(hex::encode(&bytes));
    Ok(event.to_string())
}

/// The Ethereum address of a key.
fn address(key: &SigningKey) -> [u8; 20] {
    let point = key.verifying_key().to_encoded_point(false);
    let digest = Keccak256::digest(&point.as_bytes()[1..]);
    std::array::from_fn(|index| digest[12 + index])
}

/// Some ten kilometres to every side.
fn box_around(place: &Location) -> String {
    let degrees = |units: i32| f64::from(units) / 1e7;
    let (north, east) = (degrees(place.latitude()), degrees(place.longitude()));
    let (south, north, west, east) = (north - 0.1, north + 0.1, east - 0.15, east + 0.15);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"#
    )
}
