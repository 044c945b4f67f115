//! The lines that a project writes to link zksensor: devices sign, an aggregator proves, anybody verifies.
//!
//! ```text
//! cargo run --release --example link_the_crate [-- --json]
//! ```
//!
//! The temperature of five sensors of a town, as its mean and nothing else. In a real network the four blocks of `prove`
//! run in four places: the registrar's, each device's, the aggregator's, and whoever trusts no one.

#[path = "shared/command.rs"]
mod command;

use std::process::ExitCode;

use serde_json::json;
use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble};
use zksensor::circuits::statement::Binding;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::io::{fence, policy};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::reading::{Location, PayloadHash, Reading, SignedReading, UnixMillis};
use zksensor::model::registry::Registry;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::rand::rngs::OsRng;
use zksensor::verifier::{Verifier, inputs_to_bytes};

use command::{Failure, Report};

/// What everybody agrees on: where, when, what, and how many at least.
const POLICY: &str = r#"
[network]
chain_id = 80002
registry = "0x1111111111111111111111111111111111111111"
[epoch]
origin = "2026-01-01T00:00:00Z"
length_s = 3600
[reading]
schema = "air_quality"
channel = "temperature"
unit = "Cel"
low = -4_000      # -40.00 to 60.00: the schema has two decimal places
high = 6_000
max_accuracy_mm = 10_000
[statement]
family = "aggregate"
version = 2
k = 5
"#;
const FENCE: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;
/// Devices of the example.
const DEVICES: usize = 5;

fn main() -> ExitCode {
    command::run("cargo run --release --example link_the_crate [-- --json]", 0..=0, |_| prove())
}

fn prove() -> Result<Report, Failure> {
    let fence = fence::from_geojson(FENCE)?;
    let policy = policy::from_toml(POLICY, Some(&fence))?;

    // The registrar enrols the public leaf of each device; key and secret stay on the device.
    let keys: Vec<DeviceKey> = (0..DEVICES).map(|_| DeviceKey::generate(&mut OsRng)).collect();
    let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
    let leaf = |key: &DeviceKey| {
        let identity = DeviceSecret::generate(&mut OsRng).identity();
        Leaf { key: *key.public(), identity, attributes }
    };
    let mut registry = Registry::new();
    registry.enrol_all(keys.iter().map(leaf))?;

    // Each device signs, and sends bytes.
    let epoch = 2;
    let start = policy.epoch_start(epoch).ok_or("the policy has no such epoch")?.get();
    let mut sent = Vec::new();
    for (number, key) in (0..).zip(&keys) {
        let reading = Reading {
            network: policy.parts().network,
            schema: policy.parts().schema,
            sequence: 1,
            time: UnixMillis::new(start + 60_000 * number)?,
            location: Location::from_e7(481_500_000, 115_500_000)?,
            accuracy_mm: 4_000,
            channels: [0, 0, 2_150 + 10 * i64::try_from(number)?, 0],
            payload_hash: PayloadHash::NONE,
        };
        sent.push(key.sign(&reading)?.encode());
    }

    // The aggregator asks the policy about each reading, and proves. A real key comes from a ceremony.
    let statement = Aggregate::new(8, 8, 3)?;
    let target = AggregateTarget { epoch, chunk: statement.first_chunk(), binding: Binding::NONE };
    let mut assembly = AggregateAssembly::new(statement, policy, fence, &registry, target);
    for (number, bytes) in (1..).zip(&sent) {
        assembly.offer(number, SignedReading::decode(bytes)?)?;
    }
    let job = assembly.job()?;
    let prover = Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let proof = prover.prove(&job.assignment(), &mut OsRng)?.to_bytes();
    let words = inputs_to_bytes(job.assignment().words());

    // Anybody verifies, from bytes and the key, that the proof is about this policy and this registry.
    let verifier = Verifier::new(&statement, prover.verifier().key().clone())?;
    let inputs = verifier.verify_bytes(&proof, &words)?;
    if (inputs.policy_id, inputs.registry_root, inputs.epoch) != (policy.id(), registry.root(), epoch) {
        return Err("the proof is about another policy, registry or epoch".into());
    }
    let mean = inputs.sum as f64 / f64::from(inputs.count) / 100.0;
    Ok(Report {
        people: format!(
            "{} devices, mean temperature {mean:.3} Cel: proven in {} bytes, verified",
            inputs.count,
            proof.len()
        ),
        json: json!({ "verified": true, "count": inputs.count, "mean": mean, "proof_bytes": proof.len() }),
    })
}
