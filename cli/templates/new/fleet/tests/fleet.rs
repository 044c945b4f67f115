//! What the network promises, and what it refuses.

use fleet::{Hour, Known, MEASURED, Measurement, enrol, policy, prove, sign, verify};
use zksensor::circuits::statement::Rule;
use zksensor::prelude::*;

const EPOCH: u32 = 2;

/// Stations, and what each of them sent.
fn sent(policy: &Policy, measured: &[Measurement]) -> (Vec<Device>, Vec<Vec<u8>>) {
    let stations: Vec<Device> = measured.iter().map(|_| Device::generate()).collect();
    let signed = stations
        .iter()
        .zip(measured)
        .map(|(station, measured)| sign(station, policy, measured).unwrap());
    let sent = signed.collect();
    (stations, sent)
}

fn known(hour: &Hour, registry: &Registry) -> Known {
    Known {
        epoch: hour.epoch,
        root: registry.root(),
        key_id: hour.key.key_id(),
    }
}

#[test]
fn the_mean_is_proven_and_is_a_fact_of_this_hour_registry_and_key_alone() {
    let policy = policy().unwrap();
    let (stations, sent) = sent(&policy, &MEASURED);
    let registry = enrol(&stations).unwrap();
    let hour = prove(&policy, &registry, EPOCH, &sent).unwrap();
    assert!(hour.refused.is_empty(), "{:?}", hour.refused);
    let [proof] = &hour.chunks.proven[..] else {
        panic!("{:?}", hour.chunks)
    };

    let known = known(&hour, &registry);
    let fact = verify(&policy, &known, &hour.key, proof).unwrap();
    assert_eq!(fact.mean().to_string(), "21.30 Cel");
    assert_eq!(fact.devices(), 5);

    let later = Known {
        epoch: EPOCH + 1,
        ..known
    };
    let refused = verify(&policy, &later, &hour.key, proof).unwrap_err();
    assert!(matches!(refused, Error::OtherEpoch { .. }), "{refused}");
    let strangers = Known {
        root: Registry::new().root(),
        ..known
    };
    let refused = verify(&policy, &strangers, &hour.key, proof).unwrap_err();
    assert!(matches!(refused, Error::OtherRegistry { .. }), "{refused}");

    // Somebody else's key, under which they prove what they like.
    let other = prove(&policy, &registry, EPOCH, &sent).unwrap();
    let refused = verify(&policy, &known, &other.key, &other.chunks.proven[0]).unwrap_err();
    assert!(matches!(refused, Error::OtherKey { .. }), "{refused}");
}

#[test]
fn what_is_no_good_reading_is_refused_by_its_rule_and_the_rest_are_too_few() {
    let policy = policy().unwrap();
    let mut measured = MEASURED;
    measured[0].latitude = "48.3000";
    measured[1].time = "2026-01-01T03:00:00Z";
    measured[2].celsius = "60.01";
    let (stations, mut sent) = sent(&policy, &measured);
    let registry = enrol(&stations[..4]).unwrap();
    // A reading that somebody altered on its way.
    *sent[3].last_mut().unwrap() ^= 1;

    let hour = prove(&policy, &registry, EPOCH, &sent).unwrap();
    let rules: Vec<Option<Rule>> = hour.refused.iter().map(Refusal::rule).collect();
    let wanted = [
        Rule::FENCE,
        Rule::EPOCH,
        Rule::VALUE,
        Rule::SIGNATURE,
        Rule::MEMBERSHIP,
    ];
    assert_eq!(rules, wanted.map(Some));
    assert!(hour.chunks.proven.is_empty());
}

#[test]
fn four_stations_are_too_few_however_often_they_send() {
    let policy = policy().unwrap();
    let (stations, mut sent) = sent(&policy, &MEASURED[..4]);
    let registry = enrol(&stations).unwrap();
    sent.extend(sent.clone());
    let hour = prove(&policy, &registry, EPOCH, &sent).unwrap();
    assert!(
        hour.refused
            .iter()
            .all(|refusal| refusal.reason.is_passed_over())
    );
    assert_eq!(hour.refused.len(), 4);
    assert!(hour.chunks.proven.is_empty());
    let few = hour.chunks.too_few[0];
    assert_eq!((few.taken, few.wanted), (4, 5));
}
