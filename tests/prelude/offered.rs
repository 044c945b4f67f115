//! Readings that are not part of a mean, each by its rule.

use zksensor::circuits::statement::Rule;
use zksensor::prelude::*;

use super::{THEN, blank, builder, fleet, policy, prover, reading};

#[test]
fn each_refusal_has_its_rule_and_changes_nothing() {
    let (devices, registry) = fleet(7);
    let policy = policy();
    let mut aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap();
    let device = &devices[0];
    let at = |time: &str| device.reading(&policy).at(time.parse().unwrap());
    let warm = |reading: ReadingBuilder<'_>| reading.set("temperature", "20").unwrap().sign().unwrap();
    let elsewhere = |latitude| at(THEN).location_degrees(latitude, "11.55").unwrap();
    let of_vehicles = Policy::on_chain(80_002, [0x11; 20]).mean(vehicle::SPEED).between("0", "50");
    let of_vehicles =
        of_vehicles.inside(policy.fence().clone()).hourly(super::ORIGIN).at_least(5).build().unwrap();
    let elsewhere_network =
        Policy::on_chain(137, [0x11; 20]).mean(air_quality::TEMPERATURE).between("-40", "60");
    let elsewhere_network =
        elsewhere_network.inside(policy.fence().clone()).hourly(super::ORIGIN).at_least(5).build().unwrap();
    let absent = blank(device, &policy).set("humidity", "50").unwrap().sign().unwrap();
    let other_schema = blank(device, &of_vehicles).set("energy", "50").unwrap().sign().unwrap();
    let late = at("2026-01-01T03:00:00Z").location_degrees("48.15", "11.55").unwrap();
    for (signed, rule, words) in [
        (reading(&Device::generate(), &policy, "20"), Rule::MEMBERSHIP, "is not in the registry; enrol it"),
        (warm(elsewhere("48.0")), Rule::FENCE, "is outside the fence"),
        (warm(late), Rule::EPOCH, "the epoch is"),
        (reading(device, &policy, "65"), Rule::VALUE, "holds 6500, the policy takes -4000 to 6000"),
        (absent, Rule::VALUE, "holds no value, the policy takes -4000 to 6000"),
        (other_schema, Rule::SCHEMA, "has schema 2, the policy takes schema 3"),
        (warm(blank(device, &elsewhere_network)), Rule::NETWORK, "was signed for another network"),
    ] {
        let refusal = aggregator.offer(signed).unwrap();
        assert_eq!(refusal.rule(), Some(rule), "{refusal}");
        assert!(refusal.to_string().contains(words), "{refusal}");
    }
    // By number: seven were offered.
    let mut bytes = reading(device, &policy, "20").encode();
    let refusal = aggregator.offer_bytes(&bytes[1..]).unwrap();
    assert_eq!(refusal.rule(), None);
    assert!(refusal.to_string().starts_with("reading 8 is none: expected a signed reading of"), "{refusal}");
    *bytes.last_mut().unwrap() ^= 1;
    let refusal = aggregator.offer_bytes(&bytes).unwrap();
    assert_eq!((refusal.row, refusal.rule()), (9, Some(Rule::SIGNATURE)));

    let good = reading(device, &policy, "20");
    assert_eq!(aggregator.offer_bytes(&good.encode()), None);
    let again = aggregator.offer(good).unwrap();
    assert!(again.rule() == Some(Rule::ORDER) && again.reason.is_passed_over(), "{again}");
    for device in &devices[1..5] {
        assert_eq!(aggregator.offer(reading(device, &policy, "20")), None);
    }
    let full = aggregator.offer(reading(&devices[5], &policy, "20")).unwrap();
    assert_eq!(full.reason, RefusalReason::Full { capacity: 5 });
    let debug = format!("{aggregator:?}");
    assert!(debug.contains("offered: 16") && debug.len() < 400, "{debug}");
}

#[test]
fn accuracy_class_and_expiry_are_the_policys() {
    let policy = builder().accuracy_m("10").device_class(3).build().unwrap();
    let attributes = |class, expiry: &str| zksensor::model::device::Attributes {
        class,
        expiry: expiry.parse().unwrap(),
        owner: 0,
    };
    let devices = [
        Device::with(attributes(3, "2030-01-01T00:00:00Z")),
        Device::with(attributes(4, "2030-01-01T00:00:00Z")),
        Device::with(attributes(3, THEN)),
    ];
    let mut registry = Registry::new();
    registry.enrol_all(devices.iter().map(Device::leaf)).unwrap();
    let mut aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap();
    let sign = |device: &Device, metres| {
        let reading = blank(device, &policy).set("temperature", "20").unwrap();
        reading.accuracy_m(metres).unwrap().sign().unwrap()
    };
    let unknown = aggregator.offer(reading(&devices[0], &policy, "20")).unwrap();
    assert_eq!(unknown.rule(), Some(Rule::ACCURACY));
    assert_eq!(aggregator.offer(sign(&devices[0], "10.001")).unwrap().rule(), Some(Rule::ACCURACY));
    assert_eq!(aggregator.offer(sign(&devices[0], "10")), None);
    assert_eq!(aggregator.offer(sign(&devices[1], "1")).unwrap().rule(), Some(Rule::CLASS));
    assert_eq!(aggregator.offer(sign(&devices[2], "1")).unwrap().rule(), Some(Rule::EXPIRY));
}

#[test]
fn an_epoch_or_a_key_that_does_not_fit_is_refused_first() {
    let (_, registry) = fleet(1);
    let error = Aggregator::new(&policy(), &registry, u32::MAX, prover()).unwrap_err();
    assert!(matches!(error, Error::NoEpoch { got: u32::MAX }));
    let statement = zksensor::circuits::statement::reading::SingleReading;
    let key = zksensor::prover::insecure_setup(&statement, &mut zksensor::rand::rngs::OsRng, &()).unwrap();
    let error = Aggregator::with_key(&policy(), &registry, 2, key).unwrap_err().to_string();
    assert!(error.starts_with("expected a key for aggregate/v2, got one for reading/v2"), "{error}");
}
