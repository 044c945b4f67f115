//! Stretches of a trace as cars: keys, registry, policy, signed readings, and what the policy says of each.

use zksensor::circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor::circuits::statement::{EnrolledReading, Rule, Violation};
use zksensor::model::claim::ClaimFamily;
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::fence::Fence;
use zksensor::model::policy::time::parse_rfc3339_millis;
use zksensor::model::policy::{Outputs, Parameters, Policy, PolicyParts};
use zksensor::model::reading::{Network, PayloadHash, Reading, UnixMillis};
use zksensor::model::registry::{Chunk, DeviceMembership, Registry};
use zksensor::page::{Mark, Outcome};

use crate::fence::INNER_MUNICH;
use crate::trace::{self, Fix, TraceError};

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
/// The profile "car": channel 0 is the speed in mm/s.
const SCHEMA: u32 = 1;
const CLASS: u16 = 1;

/// Why there are no readings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FleetError {
    #[error(transparent)]
    Trace(#[from] TraceError),
}

/// A row that the policy does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) row: usize,
    pub(crate) rule: Rule,
    pub(crate) why: String,
}

/// The readings of a trace, sorted out.
#[derive(Debug)]
pub(crate) struct Sorted {
    /// The first reading of each stretch that the policy takes, in the order of positions.
    pub(crate) witness: AggregateWitness,
    /// Every row that it refuses, in order.
    pub(crate) refused: Vec<Refused>,
    /// Where every reading was taken and what became of it, in order: rows of the trace but the first.
    pub(crate) marks: Vec<Mark>,
}

/// Signs every row of a trace and puts it to the policy.
pub(crate) fn sorted(text: &str) -> Result<Sorted, FleetError> {
    let fixes = trace::parse(text)?;
    let wanted = STRETCHES + 1;
    if fixes.len() < wanted {
        return Err(TraceError::Short { wanted, found: fixes.len() }.into());
    }
    let cars = Cars::new();
    let mut witness = cars.witness();
    let (mut refused, mut marks) = (Vec::new(), Vec::new());
    // Row 1 has no speed: it only starts the clock.
    let moving = &fixes[1..];
    for stretch in 0..STRETCHES {
        let rows = stretch * moving.len() / STRETCHES..(stretch + 1) * moving.len() / STRETCHES;
        let mut first = None;
        for fix in &moving[rows] {
            let reading = cars.sign(stretch, fix);
            let outcome = match witness.check_reading(EPOCH, &reading) {
                Ok(()) if first.is_some() => Outcome::Spare,
                Ok(()) => {
                    first = Some(reading);
                    Outcome::Counted
                }
                Err(violation) => {
                    let row = explain(fix, &violation);
                    let rule = row.rule;
                    refused.push(row);
                    Outcome::LeftOut(rule)
                }
            };
            marks.push(Mark { location: fix.location, outcome });
        }
        witness.readings.extend(first);
    }
    witness.readings.sort_by_key(|reading| reading.position);
    Ok(Sorted { witness, refused, marks })
}

/// What the policy has against a row, in the row's own terms.
fn explain(fix: &Fix, violation: &Violation) -> Refused {
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
        other => other.to_string(),
    };
    let rule = violation.rule().expect("a violation about a reading has a rule");
    Refused { row: fix.row, rule, why }
}

/// Of a speed in mm/s, to the nearest.
fn kilometres_per_hour(speed_mm_s: i64) -> i64 {
    (speed_mm_s * 36 + 5_000) / 10_000
}

/// The cars, enrolled.
struct Cars {
    keys: Vec<DeviceKey>,
    registry: Registry,
    memberships: Vec<DeviceMembership>,
    fence: Fence,
    policy: Policy,
}

impl Cars {
    /// Keys and secrets are made of the car's number: whoever reads this has them. It is an example; a device makes its key
    /// from randomness of its own.
    fn new() -> Self {
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
        let policy = policy(&fence);
        Cars { keys, registry, memberships, fence, policy }
    }

    /// An aggregate without readings.
    fn witness(&self) -> AggregateWitness {
        let chunk = Chunk::new(LEVELS, 0).expect("a chunk of the registry");
        let (policy, fence, cap) = (self.policy, self.fence.clone(), self.registry.cap(chunk));
        AggregateWitness { policy, fence, cap, readings: Vec::new() }
    }

    fn sign(&self, car: usize, fix: &Fix) -> EnrolledReading {
        let reading = Reading {
            network: network(),
            schema: SCHEMA,
            sequence: fix.row as u64,
            time: fix.time,
            location: fix.location,
            accuracy_mm: ASSUMED_ACCURACY_MM,
            channels: [fix.speed_mm_s.expect("every row but the first has a speed"), 0, 0, 0],
            payload_hash: PayloadHash::NONE,
        };
        let signed = self.keys[car].sign(&reading).expect("the accuracy is not 0");
        EnrolledReading::new(signed, &self.memberships[car])
    }
}

fn policy(fence: &Fence) -> Policy {
    Policy::new(PolicyParts {
        network: network(),
        fence: fence.root(),
        low: 0,
        high: FASTEST,
        max_accuracy_mm: MAX_ACCURACY_MM,
        epoch_origin: millis(parse_rfc3339_millis(ORIGIN).expect("a time")),
        epoch_length_ms: EPOCH_LENGTH_MS,
        k: K,
        family: Aggregate::FAMILY,
        statement_version: Aggregate::VERSION,
        schema: SCHEMA,
        channel: 0,
        device_class: Some(CLASS),
        outputs: Outputs::default(),
        parameters: Parameters::NONE,
        insecure_small_k: false,
    })
    .expect("a good policy")
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
    use std::fmt::Write as _;
    use std::io::Write as _;

    /// 256 rows, a second apart, that go 11 m north and back again in the inner city; `odd` replaces rows.
    fn synthetic(odd: &[(usize, &str)]) -> String {
        let mut text = String::from("time,lat,lon\n");
        for row in 1..=256usize {
            let place = odd.iter().find(|(at, _)| *at == row).map(|(_, place)| *place);
            let place = place.unwrap_or(if row % 2 == 0 { "48.1371,11.5750" } else { "48.1372,11.5750" });
            writeln!(text, "2014-09-10T04:{:02}:{:02}Z,{place}", 40 + row / 60, row % 60).unwrap();
        }
        text
    }

    #[test]
    fn odd_rows_are_refused_by_their_rules_and_the_stretch_gives_another() {
        let in_hole = "48.1550,11.5400";
        let sorted = sorted(&synthetic(&[(100, in_hole), (256, "48.1371,11.5900")])).unwrap();
        let refused: Vec<(usize, String)> =
            sorted.refused.iter().map(|refused| (refused.row, refused.rule.to_string())).collect();
        // The jumps into the hole and out of it are too fast; so is the last row.
        assert_eq!(refused, [(100, "C7".into()), (101, "C7".into()), (256, "C7".into())]);
        assert_eq!(sorted.marks.len(), 255);
        // The first stretch has one reading, the others two, so each has one that is good.
        assert_eq!(sorted.witness.readings.len(), STRETCHES);
        let speeds = sorted.witness.readings.iter().map(|reading| reading.value(&sorted.witness.policy));
        assert!(speeds.into_iter().all(|speed| speed == 11_119), "11.119 m a second");
        let became = |outcome| sorted.marks.iter().filter(|mark| mark.outcome == outcome).count();
        let left_out = became(Outcome::LeftOut(Rule::VALUE));
        assert_eq!(
            (became(Outcome::Counted), left_out, became(Outcome::Spare)),
            (STRETCHES, 3, 255 - STRETCHES - 3)
        );
    }

    #[test]
    fn rows_outside_the_fence_and_outside_the_hour_are_refused() {
        let far = synthetic(&[]).replace("11.5750", "11.4000");
        assert!(sorted(&far).unwrap().refused.iter().all(|refused| refused.rule == Rule::FENCE));
        let late = synthetic(&[]).replace("T04:", "T06:");
        let late = sorted(&late).unwrap();
        assert!(late.refused.iter().all(|refused| refused.rule == Rule::EPOCH) && late.refused.len() == 255);
    }

    #[test]
    fn a_short_trace_is_refused() {
        let text: String = synthetic(&[]).lines().take(100).flat_map(|line| [line, "\n"]).collect();
        let error = sorted(&text).unwrap_err().to_string();
        assert!(error.contains("at least 129 rows") && error.contains("got 99"), "{error}");
    }

    #[test]
    fn the_munich_trace_gives_enough_cars_and_its_glitch_is_refused() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/munich_car_trace.csv");
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
                assert!(!required, "ZKSENSOR_REQUIRE asks for data, but {path}: {error}");
                // Straight to standard error: libtest captures `eprintln!`.
                writeln!(std::io::stderr(), "skipped: the Munich trace: {path}: {error}").unwrap();
                return;
            }
        };
        let sorted = sorted(&text).unwrap();
        assert_eq!(sorted.marks.len(), 1193);
        assert!(sorted.witness.readings.len() >= K as usize);
        let fast: Vec<usize> = sorted
            .refused
            .iter()
            .filter(|refused| refused.rule == Rule::VALUE)
            .map(|refused| refused.row)
            .collect();
        assert_eq!(fast, [534, 620, 686]);
        let glitch = sorted.refused.iter().find(|refused| refused.row == 620).unwrap();
        assert!(glitch.why.contains("1693 km/h"), "{}", glitch.why);
    }
}
