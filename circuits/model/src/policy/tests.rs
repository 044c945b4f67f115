use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::claim::ClaimFamily;
use crate::claim::aggregate::Aggregate;
use crate::claim::reading::SingleReading;

fn parts() -> PolicyParts {
    PolicyParts {
        network: Network::new(137, [0x11; 20]),
        fence: FenceRoot::from_field(Fr::from(7u64)),
        low: -40_000,
        high: 60_000,
        max_accuracy_mm: 10_000,
        epoch_origin: UnixMillis::new(1_410_323_400_000).unwrap(),
        epoch_length_ms: 3_600_000,
        k: 8,
        family: Aggregate::FAMILY,
        statement_version: 2,
        schema: 3,
        channel: 2,
        device_class: Some(5),
        outputs: Outputs { sum_of_squares: true, minimum: false, maximum: true },
        parameters: Parameters::NONE,
        insecure_small_k: false,
    }
}

fn changed(change: impl FnOnce(&mut PolicyParts)) -> Result<Policy, PolicyError> {
    let mut parts = parts();
    change(&mut parts);
    Policy::new(parts)
}

fn reading(parts: &mut PolicyParts) {
    parts.family = SingleReading::FAMILY;
    parts.k = 1;
    parts.outputs = Outputs::default();
}

/// The lanes as DESIGN writes them, in integers: 223 bits do not fit a u128, so the first lane comes in two halves.
#[test]
fn lanes_are_packed_as_declared() {
    let lanes = changed(|_| ()).unwrap().lanes();
    let offset = |value: i64| u128::try_from(value + (1 << 40)).unwrap();
    let upper = offset(-40_000) << 73 | offset(60_000) << 32 | 10_000;
    let lower = 1_410_323_400_000u128 << 61 | 3_600_000 << 21 | 8;
    assert_eq!(lanes[2], Fr::from(upper) * field::power_of_two(109) + Fr::from(lower));
    let kinds = 1u128 << 70 | 2 << 54 | 3 << 22 | 2 << 20 | 5 << 3 | 0b101;
    assert_eq!(field::to_u128(&lanes[3]), Some(kinds));
    let any = changed(|parts| parts.device_class = None).unwrap().lanes();
    assert_eq!(field::to_u128(&any[3]), Some(kinds - (5 << 3) + (1 << 19)));
}

#[test]
fn the_id_is_pinned() {
    let id = Policy::new(parts()).unwrap().id();
    assert_eq!(id.to_string(), "0x08911b2d9612d033b8bf44abb8527bf03b3bf2384ead4fda85025ecf943672ec");
    assert_eq!(serde_json::from_str::<PolicyId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
}

#[test]
fn every_part_but_the_acknowledgement_changes_the_id() {
    let changes: [fn(&mut PolicyParts); 17] = [
        |_| (),
        |parts| parts.network = Network::new(80002, [0x11; 20]),
        |parts| parts.fence = FenceRoot::from_field(Fr::from(8u64)),
        |parts| parts.low += 1,
        |parts| parts.high += 1,
        |parts| parts.max_accuracy_mm += 1,
        |parts| parts.epoch_origin = UnixMillis::new(parts.epoch_origin.get() + 1).unwrap(),
        |parts| parts.epoch_length_ms += 1,
        |parts| parts.k += 1,
        reading,
        |parts| parts.statement_version += 1,
        |parts| parts.schema += 1,
        |parts| parts.channel += 1,
        |parts| parts.device_class = None,
        |parts| parts.device_class = Some(0),
        |parts| parts.outputs.minimum = true,
        |parts| parts.outputs.maximum = false,
    ];
    let mut ids: Vec<String> = changes.map(|change| changed(change).unwrap().id().to_string()).to_vec();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), changes.len());
    let acknowledged = changed(|parts| parts.insecure_small_k = true).unwrap();
    assert_eq!(acknowledged.id(), changed(|_| ()).unwrap().id());
}

#[test]
fn ranges_end_where_they_should() {
    let (least, most) = (-(1i64 << 40), (1i64 << 40) - 1);
    let range = |low, high| changed(|parts| (parts.low, parts.high) = (low, high)).map(|_| ());
    assert_eq!(range(least, -1), Ok(()));
    assert_eq!(range(0, most), Ok(()));
    assert_eq!(range(5, 5), Ok(()));
    assert_eq!(range(least - 1, -1), Err(PolicyError::Value { part: "low", got: least - 1 }));
    assert_eq!(range(0, most + 1), Err(PolicyError::Value { part: "high", got: most + 1 }));
    assert_eq!(range(i64::MIN, i64::MAX), Err(PolicyError::Value { part: "low", got: i64::MIN }));
    assert_eq!(range(least, 0), Err(PolicyError::Range { low: least, high: 0 }));
    assert_eq!(range(6, 5), Err(PolicyError::Range { low: 6, high: 5 }));

    let channel = |channel| changed(|parts| parts.channel = channel).map(|_| ());
    let accuracy = |most| changed(|parts| parts.max_accuracy_mm = most).map(|_| ());
    assert_eq!((accuracy(0), accuracy(1), accuracy(u32::MAX)), (Err(PolicyError::Accuracy), Ok(()), Ok(())));
    assert_eq!((channel(3), channel(4)), (Ok(()), Err(PolicyError::Channel { got: 4 })));
    let length = |length| changed(|parts| parts.epoch_length_ms = length).map(|_| ());
    assert_eq!(length(1), Ok(()));
    for found in [0, 1 << 40, u64::MAX] {
        assert_eq!(length(found), Err(PolicyError::EpochLength { got: found }));
    }
}

#[test]
fn small_k_and_outputs_need_what_they_need() {
    let of = |k: u32, sum_of_squares: bool, insecure_small_k: bool| {
        let change = |parts: &mut PolicyParts| {
            (parts.k, parts.outputs.sum_of_squares, parts.insecure_small_k) =
                (k, sum_of_squares, insecure_small_k);
        };
        changed(change).map(|_| ())
    };
    assert_eq!(of(5, false, false), Ok(()));
    assert_eq!(of(4, false, false), Err(PolicyError::SmallK { got: 4 }));
    assert_eq!(of(1, false, true), Ok(()));
    assert_eq!(of(0, false, true), Err(PolicyError::K { got: 0 }));
    assert_eq!(of((1 << 21) - 1, true, false), Ok(()));
    assert_eq!(of(1 << 21, false, false), Err(PolicyError::K { got: 1 << 21 }));
    assert_eq!(of(8, true, false), Ok(()));
    assert_eq!(of(7, true, true), Err(PolicyError::SumOfSquares { got: 7 }));

    assert!(changed(reading).is_ok());
    let with_k = |parts: &mut PolicyParts| {
        reading(parts);
        parts.k = 2;
    };
    assert_eq!(changed(with_k), Err(PolicyError::ReadingK { family: "reading", got: 2 }));
    let with_minimum = |parts: &mut PolicyParts| {
        reading(parts);
        parts.outputs.minimum = true;
    };
    assert_eq!(changed(with_minimum), Err(PolicyError::ReadingOutputs { family: "reading", flags: 0b010 }));
}

#[test]
fn parameters_are_for_families_that_have_them() {
    let got = Parameters::from_field(Fr::from(5u64));
    let of = |family| changed(|parts| (parts.family, parts.parameters) = (family, got));
    let refused = of(Aggregate::FAMILY);
    assert_eq!(refused, Err(PolicyError::Parameters { family: "aggregate", got }));
    const OWN: StatementFamily = StatementFamily::own(200, "own", Devices::AtLeastK).with_parameters();
    let policy = of(OWN).unwrap();
    assert_eq!(policy.lanes()[4], Fr::from(5u64));
    assert!(policy.to_string().contains(&got.to_string()));
    let without = changed(|parts| parts.family = OWN).unwrap();
    assert_eq!(without.lanes()[4], Fr::from(0u64));
    assert_ne!(without.id(), policy.id());
}

#[test]
fn epochs_are_half_open_and_end_by_two_to_the_48() {
    let time = |millis: u64| UnixMillis::new(millis).unwrap();
    let (origin, length, limit) = (1_000u64, 10u64, 1u64 << 48);
    let policy =
        changed(|parts| (parts.epoch_origin, parts.epoch_length_ms) = (time(origin), length)).unwrap();
    assert_eq!(policy.epoch_of(time(999)), None);
    assert_eq!([1_000, 1_009, 1_010].map(|at| policy.epoch_of(time(at))), [Some(0), Some(0), Some(1)]);
    assert_eq!((policy.epoch_start(3), policy.epoch_end_ms(3)), (Some(time(1_030)), Some(1_040)));
    // With 10 milliseconds, epochs run out before time does.
    assert_eq!(policy.epoch_end_ms(u32::MAX), Some(origin + (1 << 32) * length));
    assert_eq!(policy.epoch_of(time(origin + (1 << 32) * length - 1)), Some(u32::MAX));
    assert_eq!(policy.epoch_of(time(origin + (1 << 32) * length)), None);

    // The last epoch that fits ends exactly at 2^48; the next one, and its times, do not exist.
    let long = |origin: u64| {
        changed(|parts| (parts.epoch_origin, parts.epoch_length_ms) = (time(origin), 1 << 39)).unwrap()
    };
    let (exact, late) = (long(0), long(1));
    assert_eq!(exact.epoch_end_ms(511), Some(limit));
    assert_eq!(exact.epoch_of(time(limit - 1)), Some(511));
    assert_eq!(exact.epoch_start(512), None);
    assert_eq!(exact.epoch_end_ms(u32::MAX), None);
    assert_eq!(late.epoch_end_ms(511), None);
    assert_eq!(late.epoch_of(time(limit - 1)), None);
    assert_eq!(late.epoch_of(time(1 + 511 * (1 << 39) - 1)), Some(510));

    let origin = limit - 5;
    let refused = changed(|parts| (parts.epoch_origin, parts.epoch_length_ms) = (time(origin), 6));
    assert_eq!(refused, Err(PolicyError::EpochOrigin { origin, length: 6 }));
    assert!(changed(|parts| (parts.epoch_origin, parts.epoch_length_ms) = (time(origin), 5)).is_ok());
}

#[test]
fn the_summary_says_what_is_in_it() {
    let policy = Policy::new(parts()).unwrap();
    let text = policy.to_string();
    for part in [
        "aggregate/v2, k >= 8, sum of squares, maximum",
        "schema 3 (air_quality), channel 2 (temperature), device class 5",
        "-40000 to 60000 (-400 to 600 Cel)",
        "3600000 ms from 2014-09-10T04:30:00Z",
        &policy.id().to_string(),
    ] {
        assert!(text.contains(part), "{text}");
    }
}
