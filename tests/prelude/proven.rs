//! What is proven of the chunks of a registry, and what is said of the others.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use zksensor::model::registry::Chunk;
use zksensor::prelude::*;
use zksensor::prover::ProveError;

use super::{blank, builder, fleet, policy, prover, reading};

/// Readings of five devices of the fullest chunk and of two of another one; the number of devices by chunk.
fn two_chunks(policy: &Policy) -> (Registry, Vec<SignedReading>, BTreeMap<Chunk, usize>) {
    let (devices, registry) = fleet(600);
    let mut by_chunk = BTreeMap::<Chunk, Vec<&Device>>::new();
    for device in &devices {
        let position = registry.position_of(&device.leaf().key).unwrap();
        by_chunk.entry(Chunk::around(position, 3).unwrap()).or_default().push(device);
    }
    assert!(by_chunk.len() > 1);
    let counts = by_chunk.iter().map(|(chunk, devices)| (*chunk, devices.len())).collect();
    let (_, fullest) = by_chunk.pop_first().unwrap();
    let (_, other) = by_chunk.pop_first().unwrap();
    let readings = fullest[..5].iter().chain(&other[..2]).enumerate();
    let readings =
        readings.map(|(number, device)| reading(device, policy, &format!("2{number}.05"))).collect();
    (registry, readings, counts)
}

#[test]
fn every_chunk_with_enough_is_proven_and_the_others_are_told_of() {
    let policy = policy();
    let (registry, readings, counts) = two_chunks(&policy);
    let steps = Arc::new(Mutex::new(Vec::new()));
    let heard = steps.clone();
    let aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap();
    let mut aggregator = aggregator.progress(move |step| heard.lock().unwrap().push(step));
    let key = aggregator.verifying_key();
    for signed in readings {
        assert_eq!(aggregator.offer(signed), None);
    }
    let chunks = aggregator.prove_all_chunks().unwrap();
    assert!(chunks.failed.is_empty());
    let first = *counts.keys().next().unwrap();
    assert_eq!(*steps.lock().unwrap(), [Step { chunk: first, proven: true, done: 1, of: 1 }]);
    let told: Vec<_> = chunks.too_few.iter().map(|few| (few.chunk, few.registered, few.wanted)).collect();
    let others: Vec<_> = counts.iter().skip(1).map(|(chunk, count)| (*chunk, *count, 5)).collect();
    assert_eq!(told, others);
    let few = chunks.too_few[0];
    assert_eq!(few.taken, 2);
    assert!(few.to_string().contains("expected readings of 5 devices at least, got 2;"), "{few}");
    assert!(chunks.too_few[1..].iter().all(|few| few.taken == 0));

    let [proof] = &chunks.proven[..] else { panic!("expected one proof, got {}", chunks.proven.len()) };
    let expect = Expect::new(&policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE);
    let fact = expect.key_id(key.key_id()).verify(&key, proof).unwrap();
    assert_eq!(fact.sum().to_string(), "110.25 Cel");
    assert_eq!((fact.mean().to_string(), fact.devices()), ("22.05 Cel".to_owned(), 5));
    assert_eq!((fact.minimum(), fact.maximum()), (None, None), "the policy asks for neither");
    let shown =
        "mean temperature 22.05 Cel of 5 devices, from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z";
    assert_eq!(fact.to_string(), shown);
}

#[test]
fn of_a_device_the_earliest_reading_counts_or_the_one_that_is_asked_for() {
    let (policy, (devices, registry)) = (policy(), fleet(5));
    for (take, mean) in [(Take::First, "10.00 Cel"), (Take::Last, "16.00 Cel"), (Take::Middle, "14.00 Cel")] {
        let mut aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap().taking(take);
        for (device, minutes) in devices.iter().flat_map(|device| [20, 10, 40, 30].map(|m| (device, m))) {
            let at = format!("2026-01-01T02:{minutes}:00Z").parse().unwrap();
            let reading = device.reading(&policy).at(at).location_degrees("48.15", "11.55").unwrap();
            let value = format!("{}", 8 + minutes / 5);
            let refusal = aggregator.offer(reading.set("temperature", &value).unwrap().sign().unwrap());
            assert!(refusal.is_none_or(|refusal| refusal.reason.is_passed_over()));
        }
        let key = aggregator.verifying_key();
        let proof = aggregator.prove_all_chunks().unwrap().proven.remove(0);
        let expect = Expect::new(&policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE);
        assert_eq!(expect.key_id(key.key_id()).verify(&key, &proof).unwrap().mean().to_string(), mean);
    }
}

/// One prover, one registry and one look at each reading serve several policies; what one refuses another takes.
#[test]
fn several_policies_are_proven_of_the_same_readings() {
    let (heat, (devices, registry)) = (policy(), fleet(5));
    let damp = builder().mean(air_quality::HUMIDITY).between("0", "100").build().unwrap();
    let cool = builder().between("-40", "12").at_least(2).insecure_small_k().build().unwrap();
    let start = |policy: &Policy| Aggregator::new(policy, &registry, 2, prover()).unwrap();
    let mut aggregators = [&heat, &damp, &cool].map(start);
    let mut refused = [0; 3];
    for (number, device) in devices.iter().enumerate() {
        let reading = blank(device, &heat).set("temperature", &format!("1{number}")).unwrap();
        let bytes = reading.set("humidity", &format!("5{number}.5")).unwrap().sign().unwrap().encode();
        let signed = SignedReading::decode(&bytes).unwrap();
        for (aggregator, refused) in aggregators.iter_mut().zip(&mut refused) {
            *refused += usize::from(aggregator.offer(signed).is_some());
        }
    }
    assert_eq!(refused, [0, 0, 2]);
    let key = aggregators[0].verifying_key();
    let means = aggregators.into_iter().zip([&heat, &damp, &cool]).map(|(aggregator, policy)| {
        let proof = aggregator.prove_all_chunks().unwrap().proven.remove(0);
        let expect = Expect::new(policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE);
        let fact = expect.key_id(key.key_id()).verify(&key, &proof).unwrap();
        (fact.mean().to_string(), fact.devices())
    });
    let wanted = [("12.00 Cel", 5), ("52.5 %RH", 5), ("11.00 Cel", 3)];
    assert_eq!(means.collect::<Vec<_>>(), wanted.map(|(mean, devices)| (mean.to_owned(), devices)));
}

#[test]
fn a_cancelled_chunk_is_told_of_as_such() {
    let policy = policy();
    let (registry, readings, counts) = two_chunks(&policy);
    let cancel = Cancel::default();
    let mut aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap().cancel(&cancel);
    for signed in readings {
        assert_eq!(aggregator.offer(signed), None);
    }
    cancel.cancel();
    let chunks = aggregator.prove_all_chunks().unwrap();
    assert!(chunks.proven.is_empty());
    assert_eq!(chunks.failed[0].reason, ProveError::Cancelled);
    assert_eq!((chunks.failed.len(), chunks.too_few.len()), (1, counts.len() - 1));
}

#[test]
fn nothing_offered_is_nothing_proven() {
    let (policy, (_, registry)) = (policy(), fleet(5));
    let chunks = Aggregator::new(&policy, &registry, 2, prover()).unwrap().prove_all_chunks().unwrap();
    assert!(chunks.proven.is_empty() && chunks.too_few.iter().all(|few| few.taken == 0));
    let none = Registry::new();
    let chunks = Aggregator::new(&policy, &none, 2, prover()).unwrap().prove_all_chunks().unwrap();
    assert!(chunks.proven.is_empty() && chunks.too_few.is_empty() && chunks.failed.is_empty());
}

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn the_same_is_awaited_and_ends_when_it_is_dropped() {
    let policy = policy();
    let (registry, readings, _) = two_chunks(&policy);
    let offered = || {
        let mut aggregator = Aggregator::new(&policy, &registry, 2, prover()).unwrap();
        assert!(readings.iter().all(|signed| aggregator.offer(*signed).is_none()));
        aggregator
    };
    let chunks = block_on(offered().prove_all_chunks_async().unwrap()).unwrap();
    assert_eq!((chunks.proven.len(), chunks.failed.len()), (1, 0));

    let cancel = Cancel::default();
    drop(offered().cancel(&cancel).prove_all_chunks_async().unwrap());
    assert!(cancel.is_cancelled());

    // Whoever hears may panic: whoever waits is told.
    let loud = offered().progress(|_| panic!("a panic of the test"));
    let error = block_on(loud.prove_all_chunks_async().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "the thread that proves ended in a panic");
}
