//! The six words with mocks: a test of a program, without a setup.

use zksensor::model::claim::Binding;
use zksensor::prelude::backend::{Backend, Key};
use zksensor::prelude::*;

const TOWN: &str =
    r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;

fn policy() -> Policy {
    Policy::on_chain(80_002, [0x11; 20])
        .mean(air_quality::TEMPERATURE)
        .between("-40", "60")
        .inside(Fence::geojson(TOWN).unwrap())
        .hourly("2026-01-01T00:00:00Z")
        .at_least(5)
        .build()
        .unwrap()
}

fn fleet(policy: &Policy, devices: usize) -> (Registry, Vec<SignedReading>) {
    let devices: Vec<Device> = (0..devices).map(|_| Device::generate()).collect();
    let mut registry = Registry::new();
    registry.enrol_all(devices.iter().map(Device::leaf)).unwrap();
    let reading = |(number, device): (usize, &Device)| {
        let at = "2026-01-01T02:15:00Z".parse().unwrap();
        let reading = device.reading(policy).at(at).location_degrees("48.15", "11.55").unwrap();
        reading.set("temperature", &format!("2{number}")).unwrap().sign().unwrap()
    };
    let readings = devices.iter().enumerate().map(reading).collect();
    (registry, readings)
}

/// A program: it does not know whether what it proves with is a mock.
fn program<P: Backend>(
    mut aggregator: Aggregator<'_, P>,
    readings: Vec<SignedReading>,
    expect: impl Fn(&P::VerifyingKey, &ProofFile<P::Proof>) -> Result<Fact, Error>,
) -> (Vec<Refusal>, Result<Fact, Error>) {
    let key = aggregator.verifying_key();
    let refused = readings.into_iter().filter_map(|signed| aggregator.offer(signed)).collect();
    let chunks = aggregator.prove_all_chunks().unwrap();
    assert!(chunks.failed.is_empty());
    (refused, expect(&key, &chunks.proven[0]))
}

#[test]
fn a_program_is_tested_without_a_setup() {
    let policy = policy();
    let (registry, readings) = fleet(&policy, 5);
    let root = registry.root();
    let aggregator = Aggregator::mock(&policy, &registry, 2).unwrap();
    let id = aggregator.verifying_key().key_id();
    let expect = Expect::new(&policy).registry_root(root).epoch(2).binding(Binding::NONE).key_id(id);
    let twice = readings.iter().cloned().chain(readings.iter().take(1).cloned()).collect();
    let (refused, fact) = program(aggregator, twice, |key, proof| {
        let words = zksensor::verifier::inputs_to_bytes(proof.words());
        let by_bytes = expect.verify_bytes(key, &proof.proof().to_bytes(), &words).unwrap();
        let fact = expect.verify(key, proof)?;
        assert_eq!(fact, by_bytes);
        Ok(fact)
    });
    assert_eq!(refused.len(), 1, "one reading of each device is taken");
    let fact = fact.unwrap();
    assert_eq!((fact.mean().to_string(), fact.devices()), ("22.00 Cel".to_owned(), 5));
}

#[test]
fn what_is_expected_is_compared_as_with_proofs() {
    let policy = policy();
    let (registry, readings) = fleet(&policy, 5);
    let mut aggregator = Aggregator::mock(&policy, &registry, 2).unwrap();
    let key = aggregator.verifying_key();
    for signed in readings {
        assert!(aggregator.offer(signed).is_none());
    }
    let proof = aggregator.prove_all_chunks().unwrap().proven.remove(0);
    let of = |root, epoch, binding, id| {
        Expect::new(&policy).registry_root(root).epoch(epoch).binding(binding).key_id(id).verify(&key, &proof)
    };
    let (root, id, none) = (registry.root(), key.key_id(), Binding::NONE);
    assert!(of(root, 2, none, id).is_ok());
    assert!(matches!(of(Registry::new().root(), 2, none, id), Err(Error::OtherRegistry { .. })));
    assert!(matches!(of(root, 3, none, id), Err(Error::OtherEpoch { .. })));
    let other = Binding::new(80_002, [1; 20], [2; 20], key.of());
    assert!(matches!(of(root, 2, other, id), Err(Error::OtherBinding { .. })));
    // A program names the id of a key that somebody published: no mock is under it.
    let published = zksensor::verifier::KeyId::new([7; 32], false);
    assert!(matches!(of(root, 2, none, published), Err(Error::OtherKey { .. })));
    let insecure = zksensor::verifier::KeyId::new([7; 32], true);
    assert!(matches!(of(root, 2, none, insecure), Err(Error::OtherKey { .. })));
}

#[test]
fn too_few_and_strangers_are_refused_as_with_proofs() {
    let policy = policy();
    let (registry, mut readings) = fleet(&policy, 5);
    let (_, strangers) = fleet(&policy, 1);
    let mut aggregator = Aggregator::mock(&policy, &registry, 2).unwrap();
    let refusal = aggregator.offer(strangers.into_iter().next().unwrap()).unwrap();
    assert!(matches!(refusal.reason, RefusalReason::NotEnrolled));
    readings.truncate(2);
    for signed in readings {
        assert!(aggregator.offer(signed).is_none());
    }
    let chunks = aggregator.prove_all_chunks().unwrap();
    assert!(chunks.proven.is_empty());
    assert_eq!((chunks.too_few[0].taken, chunks.too_few[0].wanted), (2, 5));
}
