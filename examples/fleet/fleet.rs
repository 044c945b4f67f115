//! What both ways to count have in common: the cars with their keys, registry and policy, a stretch of the trace each; and what the
//! policy has against a row.

use zksensor::circuits::assemble::AssembleError;
use zksensor::circuits::statement::{Job, Rule, ShapeError, Statement, Violation};
use zksensor::import::FrameCutError;
use zksensor::model::claim::ClaimFamily;
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::fence::Fence;
use zksensor::model::policy::time::parse_rfc3339_millis;
use zksensor::model::policy::{Outputs, Parameters, Policy, PolicyParts};
use zksensor::model::reading::{Network, PayloadHash, Reading, UnixMillis};
use zksensor::model::registry::{Chunk, DeviceMembership, Registry};
use zksensor::model::schema;
use zksensor::page::{Mark, Outcome};

use crate::fence::INNER_MUNICH;
use crate::trace::{Fix, TraceError};

/// Stretches, and so cars.
pub(crate) const STRETCHES: usize = 128;
/// Cars that the policy wants at least.
pub(crate) const K: u32 = 64;
/// Levels of the chunk: the first 512 devices are in one.
pub(crate) const LEVELS: u8 = 3;
/// The epoch of the trace: the first hour from [`ORIGIN`], because the trace crosses 05:00.
pub(crate) const EPOCH: u32 = 0;

const ORIGIN: &str = "2014-09-10T04:30:00Z";
const EPOCH_LENGTH_MS: u64 = 3_600_000;
/// 130 km/h in mm/s.
const FASTEST: i64 = 36_111;
/// The trace does not say how accurate it is; a good receiver under open sky is.
const ASSUMED_ACCURACY_MM: u32 = 3_000;
const MAX_ACCURACY_MM: u32 = 5_000;
/// Of vehicles: channel 0 is the speed, in mm/s.
const SCHEMA: u32 = schema::VEHICLE.id;
const CLASS: u16 = 1;

/// Why there is nothing to prove.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FleetError {
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[error("row {row} does not go into a frame: {reason}")]
    Sample { row: usize, reason: FrameCutError },
    #[error(
        "{found} of the stretches have a row that the policy takes, it wants at least {K}; use a trace that is in central Munich for longer, or another fence"
    )]
    TooFew { found: usize },
    #[error(transparent)]
    Shape(#[from] ShapeError),
    #[error(transparent)]
    Violation(#[from] Violation),
    #[error(transparent)]
    Assemble(#[from] AssembleError),
}

/// A claim about the cars that holds, and what is not in it.
pub(crate) struct Claimed<S: Statement> {
    pub(crate) job: Job<S>,
    pub(crate) policy: Policy,
    pub(crate) rows: Rows,
    /// What there is to say of frames, if the cars signed such.
    pub(crate) frames: Option<OfFrames>,
}

/// What there is to say of frames alone.
pub(crate) struct OfFrames {
    /// Samples that a frame holds.
    pub(crate) samples: usize,
    /// Rows that are in no frame, since that of their car was full or another epoch began.
    pub(crate) cut: usize,
    /// Cars of whose frame nothing is counted, in order.
    pub(crate) refused: Vec<Refused>,
    /// The mean of the counted speeds, from the trace and not from the proof.
    pub(crate) true_mean_mm_s: f64,
}

/// What became of the rows.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Every row that the policy refuses, in order.
    pub(crate) refused: Vec<Refused>,
    /// Where each was taken and what became of it, in order: rows of the trace but the first.
    pub(crate) marks: Vec<Mark>,
}

impl Rows {
    /// The next one, unless the policy refuses it.
    pub(crate) fn push(&mut self, fix: &Fix, outcome: Result<Outcome, Violation>) {
        let outcome = outcome.unwrap_or_else(|violation| {
            let refused = Refused::new(fix.row, fix, &violation);
            let rule = refused.rule;
            self.refused.push(refused);
            Outcome::LeftOut(rule)
        });
        self.marks.push(Mark { location: fix.location, outcome });
    }
}

/// A row, or a car's frame, that the policy does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Of the row, or of the car, counted from 1.
    pub(crate) number: usize,
    pub(crate) rule: Rule,
    pub(crate) why: String,
}

impl Refused {
    /// What the policy has against number `number`, in the terms of the row that it is, or begins with.
    pub(crate) fn new(number: usize, fix: &Fix, violation: &Violation) -> Self {
        let why = match violation {
            Violation::Fence { .. } => {
                let degrees = |units: i32| f64::from(units) / 1e7;
                let (north, east) = (degrees(fix.location.latitude()), degrees(fix.location.longitude()));
                format!("{north:.7}, {east:.7} is outside the fence")
            }
            Violation::Value { value, low, high, .. } => {
                format!(
                    "{value} mm/s ({} km/h) is not a speed of {low} to {high} mm/s",
                    kilometres_per_hour(*value)
                )
            }
            Violation::Epoch { time, start, end, .. } => {
                format!("{time} ms is not in the epoch [{start}, {end}) ms")
            }
            Violation::OwnOfReading { reason, .. } => reason.to_string(),
            other => other.to_string(),
        };
        let rule = violation.rule().expect("a violation about a reading has a rule");
        Refused { number, rule, why }
    }
}

/// Of a speed in mm/s, to the nearest.
fn kilometres_per_hour(speed_mm_s: i64) -> i64 {
    (speed_mm_s * 36 + 5_000) / 10_000
}

/// The rows of each car. Row 1 has no speed: it only starts the clock.
pub(crate) fn stretches(fixes: &[Fix]) -> Result<Vec<&[Fix]>, TraceError> {
    let wanted = STRETCHES + 1;
    if fixes.len() < wanted {
        return Err(TraceError::Short { wanted, found: fixes.len() });
    }
    let moving = &fixes[1..];
    let start = |stretch: usize| stretch * moving.len() / STRETCHES;
    Ok((0..STRETCHES).map(|stretch| &moving[start(stretch)..start(stretch + 1)]).collect())
}

/// Capacity of the smallest proof that holds so many cars: in steps of 16, so that traces that differ little share a key.
pub(crate) fn capacity(cars: usize) -> usize {
    cars.next_multiple_of(16)
}

/// The cars, enrolled.
pub(crate) struct Cars {
    pub(crate) keys: Vec<DeviceKey>,
    pub(crate) registry: Registry,
    pub(crate) memberships: Vec<DeviceMembership>,
    pub(crate) fence: Fence,
}

impl Cars {
    /// Keys and secrets are made of the car's number: whoever reads this has them. It is an example; a device makes its key
    /// from randomness of its own.
    pub(crate) fn new() -> Self {
        let seed = |car: usize, purpose: u8| {
            let mut seed = [0; 32];
            seed[1] = purpose;
            seed[24..].copy_from_slice(&(car as u64 + 1).to_be_bytes());
            seed
        };
        let keys: Vec<DeviceKey> = (0..STRETCHES).map(|car| DeviceKey::from_seed(seed(car, 1))).collect();
        let expiry = millis(parse_rfc3339_millis("2015-01-01T00:00:00Z").expect("a time"));
        let leaves: Vec<Leaf> = keys
            .iter()
            .enumerate()
            .map(|(car, key)| {
                let secret = DeviceSecret::from_be_bytes(&seed(car, 2)).expect("the first byte is 0");
                let attributes = Attributes { class: CLASS, expiry, owner: car as u128 };
                Leaf { key: *key.public(), identity: secret.identity(), attributes }
            })
            .collect();
        let mut registry = Registry::new();
        let positions = registry.enrol_all(leaves).expect("128 different keys");
        let memberships =
            positions.iter().map(|position| registry.membership(*position).expect("just enrolled")).collect();
        let fence = zksensor::io::fence::from_geojson(INNER_MUNICH).expect("our own fence is a good one");
        Cars { keys, registry, memberships, fence }
    }

    /// The chunk that all of them are in.
    pub(crate) fn chunk(&self) -> Chunk {
        Chunk::new(LEVELS, 0).expect("a chunk of the registry")
    }

    /// Triangles of the smallest shape that the fence fits, in whole tree nodes.
    pub(crate) fn triangles(&self) -> usize {
        self.fence.triangles().len().next_multiple_of(8)
    }

    /// What any car would say of a row.
    pub(crate) fn reading(&self, fix: &Fix) -> Reading {
        Reading {
            network: network(),
            schema: SCHEMA,
            sequence: fix.row as u64,
            time: fix.time,
            location: fix.location,
            accuracy_mm: ASSUMED_ACCURACY_MM,
            channels: [fix.speed_mm_s.expect("every row but the first has a speed"), 0, 0, 0],
            payload_hash: PayloadHash::NONE,
        }
    }

    /// The policy for claims of `S`.
    pub(crate) fn policy<S: ClaimFamily>(&self, parameters: Parameters) -> Policy {
        Policy::new(PolicyParts {
            network: network(),
            fence: self.fence.root(),
            low: 0,
            high: FASTEST,
            max_accuracy_mm: MAX_ACCURACY_MM,
            epoch_origin: millis(parse_rfc3339_millis(ORIGIN).expect("a time")),
            epoch_length_ms: EPOCH_LENGTH_MS,
            k: K,
            family: S::FAMILY,
            statement_version: S::VERSION,
            schema: SCHEMA,
            channel: 0,
            device_class: Some(CLASS),
            outputs: Outputs::default(),
            parameters,
            insecure_small_k: false,
        })
        .expect("a good policy")
    }
}

fn network() -> Network {
    Network::new(80_002, [0x11; 20])
}

fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).expect("a time of 2014")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace;
    use crate::traces::synthetic;

    #[test]
    fn stretches_are_all_rows_but_the_first() {
        let fixes = trace::parse(&synthetic(256, &[])).unwrap();
        let stretches = stretches(&fixes).unwrap();
        assert_eq!((stretches.len(), stretches.concat()), (STRETCHES, fixes[1..].to_vec()));
    }

    #[test]
    fn a_short_trace_is_refused() {
        let fixes = trace::parse(&synthetic(99, &[])).unwrap();
        let error = stretches(&fixes).unwrap_err().to_string();
        assert!(error.contains("at least 129 rows") && error.contains("got 99"), "{error}");
    }
}
