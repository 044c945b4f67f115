//! The six words: what they refuse, and why; and what they prove.

#![expect(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

#[path = "prelude/expected.rs"]
mod expected;
#[path = "prelude/offered.rs"]
mod offered;
#[path = "prelude/proven.rs"]
mod proven;
#[path = "prelude/written.rs"]
mod written;

use std::sync::{Arc, OnceLock};

use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::prelude::*;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::rand::rngs::OsRng;

const TOWN: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;
const ORIGIN: &str = "2026-01-01T00:00:00Z";
/// In epoch 2.
const THEN: &str = "2026-01-01T02:15:00Z";

/// A policy but for what `but` says of it.
fn builder() -> PolicyBuilder {
    Policy::on_chain(80_002, [0x11; 20])
        .mean(air_quality::TEMPERATURE)
        .between("-40", "60")
        .inside(Fence::geojson(TOWN).unwrap())
        .hourly(ORIGIN)
        .at_least(5)
}

fn policy() -> Policy {
    builder().build().unwrap()
}

/// Devices, and the registry that has them.
fn fleet(devices: usize) -> (Vec<Device>, Registry) {
    let devices: Vec<Device> = (0..devices).map(|_| Device::generate()).collect();
    let mut registry = Registry::new();
    registry.enrol_all(devices.iter().map(Device::leaf)).unwrap();
    (devices, registry)
}

/// A reading of epoch 2 inside the fence, without any value.
fn blank<'d>(device: &'d Device, policy: &Policy) -> ReadingBuilder<'d> {
    device.reading(policy).at(THEN.parse().unwrap()).location_degrees("48.15", "11.55").unwrap()
}

fn reading(device: &Device, policy: &Policy, temperature: &str) -> SignedReading {
    blank(device, policy).set("temperature", temperature).unwrap().sign().unwrap()
}

/// A prover of five readings, for all tests.
fn prover() -> Arc<Prover<Aggregate>> {
    static PROVER: OnceLock<Arc<Prover<Aggregate>>> = OnceLock::new();
    let make = || {
        let statement = Aggregate::new(5, 8, 3).unwrap();
        let key = insecure_setup(&statement, &mut OsRng, &()).unwrap();
        Arc::new(Prover::builder(statement, key).build().unwrap())
    };
    PROVER.get_or_init(make).clone()
}
