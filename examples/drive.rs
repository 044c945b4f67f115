//! A car proves how far it drove, and hides where.
//!
//! ```text
//! cargo run --release --example drive [-- TRACE.csv|WALK.gpx] [--json]
//! ```
//!
//! The CSV has the columns `time`, `lat`, `lon`: one car's fixes, such as the Munich trace in `../shared/data`. The car signs them in
//! frames, one each two minutes, which are the epochs of the policy. Of each frame it proves what it shows in inner Munich: samples
//! counted and left out, legs, distance, time. Public become these numbers, the policy and a nullifier for each epoch: no coordinate,
//! and no key. Of a walk in GPX, and of a trace that was never there, the fence is the cell of the H3 grid that holds its first fix: a
//! hexagon of resolution 5, some 250 square kilometres.
//!
//! The distance is compared with that along the same fixes on the ellipsoid, computed outside of the circuit. It is never more. It is
//! somewhat less: each step gives up the jitter, so that a parked car makes no way, and the ends of frames have no step between them.
//! A jump that no car makes, as row 620 of the Munich trace, is left out.

#[path = "shared/cell.rs"]
mod cell;
#[path = "shared/command.rs"]
mod command;
#[path = "shared/data.rs"]
mod data;
#[allow(dead_code, reason = "the fleet of the other example counts rows, too")]
#[path = "fleet/fence.rs"]
mod fence;
#[allow(dead_code, reason = "the fleet of the other example cuts the trace into stretches")]
#[path = "fleet/trace.rs"]
mod trace;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use h3o::Resolution;
use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::assemble::{Assemble, OwnDevice, ReadingTarget, TrackAssembly};
use zksensor::circuits::statement::track::{Track, TrackInputs};
use zksensor::circuits::statement::{Binding, ClaimFamily, Job};
use zksensor::import::{FrameCuts, FrameCutter, GpxReader, RangeError, Target};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::fence::Fence;
use zksensor::model::frame::{Frame, FrameLink};
use zksensor::model::policy::{Outputs, Policy, PolicyParts};
use zksensor::model::reading::{Network, PayloadHash, Reading, UnixMillis};
use zksensor::model::registry::Registry;
use zksensor::model::schema::{ABSENT, POSITION};
use zksensor::model::track::{Choice, Quantum, Scales, TrackParts, TrackRules};
use zksensor::prover::{Prover, insecure_setup};
use zksensor::verifier::inputs_to_bytes;

use command::{Failure, Report};
use trace::Fix;

/// Samples of a frame at the most: two minutes of a fix a second.
const SAMPLES: usize = 126;
/// Length of an epoch, and so of a frame.
const EPOCH_MS: u64 = 120_000;
/// A schema of the project's own, whose channel 0 is the row of the trace.
const SCHEMA: u32 = 65_536;
/// The trace says nothing of its accuracy; that of a receiver under open sky.
const ACCURACY_MM: u32 = 500;
/// Four times the accuracy: what the car moves by while it is parked.
const JITTER_MM: u32 = 4 * ACCURACY_MM;
/// 252 km/h.
const TOP_SPEED_MM_S: u32 = 70_000;

fn main() -> ExitCode {
    let usage = "cargo run --release --example drive [-- TRACE.csv|WALK.gpx] [--json]";
    command::run(usage, 0..=1, |paths| {
        let path = data::path_or_data(paths, "munich_car_trace.csv");
        let text = data::read(&path)?;
        let is_gpx = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gpx"));
        prove(&if is_gpx { walk(&text)? } else { trace::parse(&text)? })
    })
}

fn network() -> Network {
    Network::new(80_002, [0x11; 20])
}

/// The fixes of a track in GPX.
fn walk(text: &str) -> Result<Vec<Fix>, Failure> {
    let target = Target { network: network(), schema: &POSITION, first_sequence: 0 };
    let rows = GpxReader::new(text.as_bytes(), &target, RangeError::default());
    let mut fixes: Vec<Fix> = Vec::new();
    for row in rows {
        let Reading { time, location, .. } = row?.reading;
        let before = fixes.last().map(|before| (before.time, &before.location));
        let speed_mm_s = before.and_then(|before| trace::speed_mm_s(before, (time, &location)));
        fixes.push(Fix { row: fixes.len() + 1, time, location, speed_mm_s });
    }
    Ok(fixes)
}

/// Inner Munich, or where a trace begins that was never there.
fn fence_of(fixes: &[Fix]) -> Result<(Fence, &'static str), Failure> {
    let first = fixes.first().ok_or("expected a trace with a fix, found none")?;
    let munich = zksensor::io::fence::from_geojson(fence::INNER_MUNICH)?;
    if fixes.iter().any(|fix| munich.locate(&fix.location).is_some()) {
        return Ok((munich, "inner Munich"));
    }
    Ok((cell::around(&first.location, Resolution::Five)?.1, "the cell of its first fix"))
}

fn prove(fixes: &[Fix]) -> Result<Report, Failure> {
    let (fence, place) = fence_of(fixes)?;
    let policy = policy(&fence, fixes.first().map_or(UnixMillis::MAX, |first| first.time))?;
    let (key, secret) = (DeviceKey::generate(&mut OsRng), DeviceSecret::generate(&mut OsRng));
    let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
    let mut registry = Registry::new();
    let position = registry.enrol(Leaf { key: *key.public(), identity: secret.identity(), attributes })?;
    let membership = registry.membership(position)?;

    let statement = Track::new(SAMPLES)?;
    let mut jobs: Vec<Job<Track>> = Vec::new();
    let mut refused = 0;
    for frame in frames(fixes, policy)? {
        let epoch = policy.epoch_of(frame.header().start).ok_or("a time before the policy's first epoch")?;
        let device = OwnDevice { key: *key.public(), secret: secret.clone(), membership: Some(membership) };
        let target = ReadingTarget { epoch, binding: Binding::NONE };
        let mut assembly =
            TrackAssembly::new(statement, policy, fence.clone(), device, target, Quantum::EXACT);
        // A frame that was taken elsewhere shows nothing of the fence.
        match assembly.offer(1, key.sign_frame(frame)) {
            Ok(()) => jobs.push(assembly.job()?),
            Err(_) => refused += 1,
        }
    }
    if jobs.is_empty() {
        return Err(
            format!("expected a trace with two fixes in {place} within two minutes, found none").into()
        );
    }

    let prover = Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let mut total = Total::default();
    let mut proving = Duration::ZERO;
    for job in &jobs {
        let start = Instant::now();
        let assignment = job.assignment();
        let proof = prover.prove(&assignment, &mut OsRng)?.to_bytes();
        proving += start.elapsed();
        let inputs = prover.verifier().verify_bytes(&proof, &inputs_to_bytes(assignment.words()))?;
        if inputs.policy_id != policy.id() {
            return Err("a proof is about another policy".into());
        }
        total.add(&inputs);
    }

    let true_m: f64 = jobs.iter().map(true_distance_m).sum();
    let Total { samples, left_out, legs, distance_cm, observed_ms } = total;
    let (distance_m, prove_ms, proofs) = (distance_cm as f64 / 100.0, proving.as_millis(), jobs.len());
    Ok(Report {
        people: format!(
            "{} fixes in {} frames, {refused} of them with nothing to show of {place}\nproven in {proofs} proofs, {prove_ms} ms: \
             {samples} samples counted, {left_out} left out, {legs} legs, {distance_m:.2} m in {} s; verified\nalong the same fixes on \
             the ellipsoid: {true_m:.2} m",
            fixes.len(),
            proofs + refused,
            observed_ms / 1000,
        ),
        json: json!({
            "verified": true, "samples": samples, "left_out": left_out, "legs": legs, "distance_m": distance_m,
            "true_distance_m": true_m, "prove_ms": prove_ms, "proofs": proofs, "observed_ms": observed_ms,
        }),
    })
}

/// What all proofs claim.
#[derive(Default)]
struct Total {
    samples: u64,
    left_out: u64,
    legs: u64,
    distance_cm: u64,
    observed_ms: u64,
}

impl Total {
    fn add(&mut self, inputs: &TrackInputs) {
        self.samples += u64::from(inputs.samples);
        self.left_out += u64::from(inputs.left_out);
        self.legs += u64::from(inputs.legs);
        self.distance_cm += u64::from(inputs.distance_cm);
        self.observed_ms += u64::from(inputs.observed_ms);
    }
}

/// The fence, in epochs of two minutes from the first fix on.
fn policy(fence: &Fence, origin: UnixMillis) -> Result<Policy, Failure> {
    let rules = TrackRules::new(TrackParts {
        top_speed_mm_s: TOP_SPEED_MM_S,
        longest_gap_ms: 30_000,
        jitter_mm: JITTER_MM,
        scales: Scales::over(fence)?,
        slot_ms: 60_000,
        least_samples: 2,
        most_left_out: SAMPLES as u16,
    })?;
    Ok(Policy::new(PolicyParts {
        network: network(),
        fence: fence.root(),
        low: 1,
        high: 1 << 32,
        max_accuracy_mm: ACCURACY_MM,
        epoch_origin: origin,
        epoch_length_ms: EPOCH_MS,
        k: 1,
        family: Track::FAMILY,
        statement_version: Track::VERSION,
        schema: SCHEMA,
        channel: 0,
        device_class: None,
        outputs: Outputs::default(),
        parameters: rules.parameters(),
        insecure_small_k: false,
    })?)
}

/// The fixes as frames, each in one epoch.
fn frames(fixes: &[Fix], policy: Policy) -> Result<Vec<Frame>, Failure> {
    let cuts = FrameCuts { samples: SAMPLES, span_ms: None, policy: Some(policy) };
    let mut cutter = FrameCutter::new(cuts, 1, FrameLink::NONE);
    let mut frames = Vec::new();
    for fix in fixes {
        let row = i64::try_from(fix.row)?;
        frames.extend(cutter.push(&Reading {
            network: policy.parts().network,
            schema: SCHEMA,
            sequence: 0,
            time: fix.time,
            location: fix.location,
            accuracy_mm: ACCURACY_MM,
            channels: [row, ABSENT, ABSENT, ABSENT],
            payload_hash: PayloadHash::NONE,
        })?);
    }
    frames.extend(cutter.finish());
    Ok(frames)
}

/// Metres along all fixes of a frame from the first counted to the last, without those that no car can have reached.
fn true_distance_m(job: &Job<Track>) -> f64 {
    let assignment = job.assignment();
    let witness = assignment.witness();
    let (frame, choices) = (witness.frame.signed.frame(), &witness.choices);
    let counted = |choice: &Choice| choice.is_counted();
    let (first, last) = (choices.iter().position(counted), choices.iter().rposition(counted));
    let (Some(first), Some(last)) = (first, last) else { return 0.0 };
    let fix = |index: usize| (frame.time(index), &frame.samples()[index].location);
    let (mut before, mut millimetres) = (fix(first), 0.0);
    for index in first + 1..=last {
        let here = fix(index);
        let speed = trace::speed_mm_s(before, here).filter(|speed| *speed <= i64::from(TOP_SPEED_MM_S));
        if let Some(speed) = speed {
            millimetres += speed as f64 * (here.0.get() - before.0.get()) as f64 / 1000.0;
            before = here;
        }
    }
    millimetres / 1000.0
}
