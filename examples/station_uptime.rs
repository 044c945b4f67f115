//! A base station proves how long it was up, in the cell that it declared, and hides where in the cell it is.
//!
//! ```text
//! cargo run --release --example station_uptime [-- LOG.nmea] [--json]
//! ```
//!
//! The log is NMEA 0183 of a receiver that does not move: that of a u-blox in `../shared/data`, a minute long, or your own of up to an
//! hour of UTC. The station signs it as one frame, at most 1,001 fixes. The policy counts slots of ten seconds of the hour: one in which
//! a fix with four satellites or more was taken in the cell is *up*. Public become the number of slots, of fixes that are counted and
//! left out, and how long the legs between them are: no coordinate, and no key. A station that stands still shows no distance, since
//! what its fixes scatter by is below the policy's jitter.

#[path = "shared/cell.rs"]
mod cell;
#[path = "shared/command.rs"]
mod command;
#[path = "shared/data.rs"]
mod data;

use std::process::ExitCode;
use std::time::Instant;

use h3o::Resolution;
use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::assemble::{Assemble, OwnDevice, ReadingTarget, TrackAssembly};
use zksensor::circuits::statement::Binding;
use zksensor::circuits::statement::track::Track;
use zksensor::import::{FrameCuts, FrameCutter, NmeaReader, RangeError, Target};
use zksensor::io::policy::{self, PolicyDocument};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::frame::{Frame, FrameLink, MAX_FRAME_SAMPLES, SAMPLES_A_STEP};
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
length_s = 3600
[reading]
schema = "gnss_station"
channel = "satellites"
unit = "count"
low = 4
high = 200
max_accuracy_mm = 10_000
[statement]
family = "track"
version = 1
k = 1
[track]
top_speed_mm_s = 1_000
longest_gap_ms = 10_000
jitter_mm = 40_000
slot_ms = 10_000
least_samples = 2
most_left_out = 100
round_distance_cm = 10_000
round_observed_ms = 10_000
"#;

fn main() -> ExitCode {
    let usage = "cargo run --release --example station_uptime [-- LOG.nmea] [--json]";
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
    let PolicyDocument { policy, quantum, .. } = policy::document(POLICY, Some(&fence))?;
    let epoch = policy.epoch_of(first.time).ok_or("a time before the policy's first epoch")?;
    let cuts = FrameCuts { samples: MAX_FRAME_SAMPLES, span_ms: None, policy: Some(policy) };
    let frame = first_frame(FrameCutter::new(cuts, 0, FrameLink::NONE), &readings)?;
    let fixes = frame.samples().len();

    let (key, secret) = (DeviceKey::generate(&mut OsRng), DeviceSecret::generate(&mut OsRng));
    let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
    let mut registry = Registry::new();
    let position = registry.enrol(Leaf { key: *key.public(), identity: secret.identity(), attributes })?;
    let membership = Some(registry.membership(position)?);

    let statement = Track::new(fixes.next_multiple_of(SAMPLES_A_STEP))?;
    let device = OwnDevice { key: *key.public(), secret, membership };
    let target = ReadingTarget { epoch, binding: Binding::NONE };
    let mut assembly = TrackAssembly::new(statement, policy, fence, device, target, quantum);
    assembly.offer(1, key.sign_frame(frame))?;
    let job = assembly.job()?;

    let prover = Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let (assignment, start) = (job.assignment(), Instant::now());
    let proof = prover.prove(&assignment, &mut OsRng)?.to_bytes();
    let prove_ms = start.elapsed().as_millis();
    let shown = prover.verifier().verify_bytes(&proof, &inputs_to_bytes(assignment.words()))?;
    if shown.policy_id != policy.id() {
        return Err("the proof is about another policy".into());
    }

    let slots_an_epoch = policy.track_rules().map_or(0, |rules| rules.slots(policy.parts().epoch_length_ms));
    Ok(Report {
        people: format!(
            "{fixes} fixes of epoch {epoch} in one frame, {} in the log\nproven: a registered station was up in the cell {cell} in at \
             least {} of {slots_an_epoch} slots of ten seconds, with at least {} fixes, at most {} left out, over at least {} s; it went \
             at least {} m; {prove_ms} ms, {} bytes; verified",
            readings.len(),
            shown.slots,
            shown.samples,
            shown.left_out,
            shown.observed_ms / 1000,
            shown.distance_cm / 100,
            proof.len()
        ),
        json: json!({
            "verified": true, "fixes": fixes, "samples": shown.samples, "left_out": shown.left_out, "slots": shown.slots,
            "slots_an_epoch": slots_an_epoch, "observed_ms": shown.observed_ms, "distance_cm": shown.distance_cm,
            "cell": cell.to_string(), "epoch": epoch, "prove_ms": prove_ms, "proof_bytes": proof.len(),
        }),
    })
}

/// The fixes up to the end of the hour, or as many as a frame holds.
fn first_frame(mut cutter: FrameCutter, readings: &[Reading]) -> Result<Frame, Failure> {
    for reading in readings {
        if let Some(frame) = cutter.push(reading)? {
            return Ok(frame);
        }
    }
    cutter.finish().ok_or_else(|| "expected a log with a fix, found none".into())
}
