//! A true proof about something else is no fact.

use zksensor::model::claim::Claim;
use zksensor::prelude::*;
use zksensor::verifier::{KeyId, VerifyingKey, inputs_to_bytes};

use super::{builder, fleet, prover, reading};

/// A policy that asks for minimum and maximum, and a proof of it, bound to `binding`.
fn proven(binding: Binding) -> (Policy, Registry, VerifyingKey, ProofFile) {
    let policy = builder().minimum().maximum().build().unwrap();
    let (devices, registry) = fleet(5);
    let mut aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap();
    for (number, device) in devices.iter().enumerate() {
        assert_eq!(aggregator.offer(reading(device, &policy, &format!("-{number}.2"))), None);
    }
    // That it is said late changes nothing.
    let aggregator = aggregator.binding(binding);
    let key = aggregator.verifying_key();
    let proof = aggregator.prove_all_chunks().unwrap().proven.remove(0);
    (policy, registry, key, proof)
}

#[test]
fn all_is_compared() {
    let statement = *prover().statement();
    let binding = Binding::new(80_002, [1; 20], [2; 20], &statement.id());
    let (policy, registry, key, proof) = proven(binding);
    let root = registry.root();
    let expect = |policy, root, epoch, binding, key_id: KeyId| {
        let expect = Expect::new(policy).registry_root(root).epoch(epoch);
        expect.binding(binding).key_id(key_id).verify(&key, &proof).map_err(|error| error.to_string())
    };
    let id = key.key_id();
    let fact = expect(&policy, root, 2, binding, id).unwrap();
    assert_eq!((fact.mean().to_string(), fact.devices()), ("-2.20 Cel".to_owned(), 5));
    assert_eq!(fact.minimum().unwrap().to_string(), "-4.20 Cel");
    assert_eq!(fact.maximum().unwrap().to_string(), "-0.20 Cel");
    assert_eq!(fact.interval(), policy.interval(2).unwrap());
    assert_eq!(fact.inputs().registry_root, root);

    let other = builder().minimum().maximum().between("-40", "60.01").build().unwrap();
    let refused = |result: Result<Fact, String>, wanted: &str, hint: &str| {
        let error = result.unwrap_err();
        assert!(error.starts_with(wanted) && error.contains(hint), "{error}");
    };
    refused(expect(&other, root, 2, binding, id), "expected a proof about policy", "another one?");
    let empty = Registry::new().root();
    refused(
        expect(&policy, empty, 2, binding, id),
        "expected a proof about the registry root",
        "end of the epoch",
    );
    refused(
        expect(&policy, root, 3, binding, id),
        "expected a proof about epoch 3, got one about epoch 2",
        "old one",
    );
    refused(expect(&policy, root, 2, Binding::NONE, id), "expected a proof bound to 0x0000", "recipient");
    let stranger: KeyId = format!("0x{}", "1".repeat(64)).parse().unwrap();
    refused(
        expect(&policy, root, 2, binding, stranger),
        "expected a proof under the key 0x1111",
        "INSECURE-0x",
    );
}

#[test]
fn a_proof_that_does_not_hold_is_no_fact() {
    let (policy, registry, key, proof) = proven(Binding::NONE);
    let expect = Expect::new(&policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE);
    let expect = expect.key_id(key.key_id());
    let (bytes, mut inputs) = (proof.proof().to_bytes(), inputs_to_bytes(proof.words()));
    assert_eq!(expect.verify_bytes(&key, &bytes, &inputs).unwrap(), expect.verify(&key, &proof).unwrap());
    assert!(matches!(expect.verify_bytes(&key, &bytes[1..], &inputs), Err(Error::Rejected(_))));
    *inputs.last_mut().unwrap() ^= 1;
    assert!(matches!(expect.verify_bytes(&key, &bytes, &inputs), Err(Error::Rejected(_))));

    // Another proof's public inputs beside this proof.
    let (_, _, _, other) = proven(Binding::NONE);
    let swapped =
        ProofFile::new(prover().statement(), key.key_id(), proof.proof().clone(), other.words().to_vec())
            .unwrap();
    assert!(matches!(expect.verify(&key, &swapped), Err(Error::Rejected(_))));
}

#[test]
fn a_key_of_another_statement_is_none() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/verify_only/proof.json");
    let proof = ProofFile::load(std::path::Path::new(seed)).unwrap();
    let (policy, registry, key, _) = proven(Binding::NONE);
    let expect = Expect::new(&policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE);
    assert!(matches!(expect.key_id(key.key_id()).verify(&key, &proof), Err(Error::Rejected(_))));
}
