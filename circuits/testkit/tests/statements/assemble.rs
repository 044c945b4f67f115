//! Which readings a claim is made of as they come, and why it is not of the others.

use zksensor_circuits::assemble::{
    AggregateAssembly, AggregateTarget, Assemble, AssembleError, Assembled, OwnDevice, ReadingAssembly,
    ReadingTarget, Refusal, RefusalReason, TrackAssembly,
};
use zksensor_circuits::native;
use zksensor_circuits::statement::reading::{Nullifier, Salt, SingleReading};
use zksensor_circuits::statement::track::Track;
use zksensor_circuits::statement::{Assignment, Binding, PolicyMismatch, Rule, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_model::reading::{Location, Reading, SignedReading, UnixMillis};
use zksensor_model::registry::{Chunk, Registry};
use zksensor_model::track::Quantum;
use zksensor_testkit::{Fleet, FleetOptions, OUTSIDE};

fn fleet(devices: usize, k: u32) -> Fleet {
    Fleet::new(&FleetOptions { devices, k, ..FleetOptions::default() })
}

/// In the fleet's epoch, bound to nothing.
fn target(chunk: u32) -> AggregateTarget {
    let chunk = Chunk::new(Fleet::LEVELS, chunk).unwrap();
    AggregateTarget { epoch: Fleet::EPOCH, chunk, binding: Binding::NONE }
}

fn assembly(fleet: &Fleet, capacity: usize) -> AggregateAssembly<'_> {
    let fence = fleet.fence.clone();
    AggregateAssembly::new(fleet.statement(capacity), fleet.policy, fence, &fleet.registry, target(0))
}

/// Offers a good reading of each of these devices, numbered from 1.
fn offer(
    fleet: &Fleet,
    assembly: &mut impl Assemble<Signed = SignedReading>,
    devices: impl IntoIterator<Item = usize>,
) -> Vec<Refusal> {
    let offers = (1..).zip(devices);
    offers
        .filter_map(|(row, index)| assembly.offer(row, fleet.sign(index, &fleet.reading(index))).err())
        .collect()
}

#[test]
fn one_good_reading_a_device_is_taken() {
    let fleet = fleet(7, FleetOptions::default().k);
    let mut assembly = assembly(&fleet, 8);
    assert_eq!(offer(&fleet, &mut assembly, 0..6), []);
    let again = assembly.offer(7, fleet.sign(3, &fleet.reading(3))).unwrap_err();
    assert_eq!((again.rule(), again.reason), (Some(Rule::ORDER), RefusalReason::Again { taken: 4 }));
    let location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
    let mut reading = fleet.reading(6);
    reading.location = location;
    let outside = assembly.offer(8, fleet.sign(6, &reading)).unwrap_err();
    assert_eq!(outside.to_string(), "C5: the location of reading 8 is outside the fence");
    assert_eq!((assembly.len(), format!("{assembly:?}").contains('6')), (6, true));

    let Assembled { statement, inputs, witness } = assembly.finish().unwrap();
    assert_eq!(inputs.count, 6);
    assert!(Assignment::new(&statement, inputs, &witness).is_ok());
}

#[test]
fn strangers_and_other_chunks_are_refused() {
    let fleet = fleet(1, FleetOptions::default().k);
    let signed = fleet.sign(0, &fleet.reading(0));
    let (empty, statement) = (Registry::new(), fleet.statement(1));
    let mut assembly =
        AggregateAssembly::new(statement, fleet.policy, fleet.fence.clone(), &empty, target(0));
    assert_eq!(assembly.offer(1, signed).unwrap_err().rule(), Some(Rule::MEMBERSHIP));
    assert!(assembly.is_empty());
    let fence = fleet.fence.clone();
    let mut assembly = AggregateAssembly::new(statement, fleet.policy, fence, &fleet.registry, target(1));
    let refused = assembly.offer(1, signed).unwrap_err();
    assert_eq!(refused.rule(), Some(Rule::CHUNK));
    assert!(refused.to_string().ends_with("which is not in chunk 1 of 512 positions"), "{refused}");
}

/// Positions in stages: the first 512 devices are in one chunk of three levels, whoever they are.
#[test]
fn three_hundred_devices_of_a_young_network_are_one_claim() {
    let fleet = fleet(300, 300);
    let mut assembly = assembly(&fleet, 300);
    assert_eq!(offer(&fleet, &mut assembly, 0..300), []);
    let Assembled { statement, inputs, witness } = assembly.finish().unwrap();
    assert_eq!((inputs.count, inputs.chunk_bits, inputs.chunk), (300, 9, 0));
    let words = inputs.to_words().unwrap();
    assert_eq!(native::run(&statement, &words, &witness, None).unwrap(), []);
    assert!(Assignment::new(&statement, inputs, &witness).is_ok());
}

/// A chunk of another width than the shape's is no claim, whoever made the witness.
#[test]
fn a_chunk_of_another_width_is_no_claim() {
    let fleet = fleet(6, FleetOptions::default().k);
    let chunk = Chunk::new(4, 0).unwrap();
    let (statement, fence) = (fleet.statement(8), fleet.fence.clone());
    let target = AggregateTarget { chunk, ..target(0) };
    let mut assembly = AggregateAssembly::new(statement, fleet.policy, fence, &fleet.registry, target);
    assert_eq!(offer(&fleet, &mut assembly, 0..6), []);
    let error = assembly.job().unwrap_err();
    assert_eq!(error.rule(), Some(Rule::CHUNK), "{error}");
}

#[test]
fn what_is_full_takes_no_more_and_is_still_a_claim() {
    let fleet = fleet(5, 2);
    let mut assembly = assembly(&fleet, 3);
    let refused = offer(&fleet, &mut assembly, [4, 2, 0, 1, 3, 2]);
    let full = RefusalReason::Full { capacity: 3 };
    let reasons: Vec<_> = refused.iter().map(|refusal| (refusal.row, refusal.reason.clone())).collect();
    assert_eq!(reasons, [(4, full.clone()), (5, full), (6, RefusalReason::Again { taken: 2 })]);
    assert_eq!(refused[0].rule(), Some(Rule::ACTIVITY));
    let message = refused[0].to_string();
    assert!(
        message.starts_with("C2: reading 4 ") && message.contains("the 3 that a proof holds"),
        "{message}"
    );
    assert!(message.contains("larger capacity") && message.contains("smaller chunks"), "{message}");
    // A bad reading is refused by what is bad about it, full or not.
    let mut late = fleet.reading(1);
    late.time = UnixMillis::new(late.time.get() + (1 << 40)).unwrap();
    assert_eq!(assembly.offer(7, fleet.sign(1, &late)).unwrap_err().rule(), Some(Rule::EPOCH));
    assert_eq!(assembly.len(), 3);
    assert_eq!(assembly.job().unwrap().inputs().count, 3);
}

#[test]
fn too_few_are_no_claim() {
    let fleet = fleet(5, 3);
    let mut few = assembly(&fleet, 8);
    assert_eq!(few.job().unwrap_err(), AssembleError::TooFew { wanted: 3, got: 0 });
    few = assembly(&fleet, 8);
    assert_eq!(offer(&fleet, &mut few, 0..2), []);
    let error = few.job().unwrap_err();
    assert_eq!((error.rule(), &error), (Some(Rule::COUNT), &AssembleError::TooFew { wanted: 3, got: 2 }));
    let mut enough = assembly(&fleet, 8);
    assert_eq!(offer(&fleet, &mut enough, 0..3), []);
    assert_eq!(enough.job().unwrap().inputs().count, 3);
}

fn own(fleet: &Fleet, index: usize) -> OwnDevice {
    OwnDevice {
        key: *fleet.sign(index, &fleet.reading(index)).key(),
        secret: fleet.secrets[index].clone(),
        membership: fleet.registry.membership(fleet.positions[index]).ok(),
    }
}

fn of_device(fleet: &Fleet, device: OwnDevice) -> ReadingAssembly {
    let frame = ReadingTarget { epoch: Fleet::EPOCH, binding: Binding::NONE };
    let salt = Salt::insecure_from_field(Fr::from(7u64));
    ReadingAssembly::new(fleet.policy, fleet.fence.clone(), device, frame, salt)
}

fn readings() -> Fleet {
    Fleet::new(&FleetOptions { devices: 3, ..FleetOptions::of::<SingleReading>() })
}

#[test]
fn the_first_good_reading_of_the_own_device_is_taken() {
    let fleet = readings();
    let mut assembly = of_device(&fleet, own(&fleet, 1));
    let mut outside = fleet.reading(1);
    outside.location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
    let refused = assembly.offer(1, fleet.sign(1, &outside)).unwrap_err();
    assert_eq!(refused.to_string(), "C5: the location of reading 1 is outside the fence");
    let refused = assembly.offer(2, fleet.sign(0, &fleet.reading(0))).unwrap_err();
    assert_eq!((refused.rule(), refused.reason), (Some(Rule::SIGNATURE), RefusalReason::OtherDevice));
    assert!(assembly.is_empty());
    let chosen = fleet.sign(1, &fleet.reading(1));
    assert_eq!(assembly.offer(3, chosen), Ok(()));
    let mut later = fleet.reading(1);
    later.sequence += 1;
    let refused = assembly.offer(4, fleet.sign(1, &later)).unwrap_err();
    assert_eq!(
        (refused.rule(), refused.reason.clone()),
        (Some(Rule::NULLIFIER), RefusalReason::Second { taken: 3 })
    );
    assert!(refused.to_string().starts_with("C21: reading 4 is passed over for reading 3"), "{refused}");
    assert_eq!(assembly.len(), 1);
    assert!(!format!("{assembly:?}").contains(&format!("{:?}", fleet.positions[1])));

    let job = assembly.job().unwrap();
    let nullifier = Nullifier::of(&fleet.secrets[1], fleet.policy.id(), Fleet::EPOCH);
    assert_eq!((job.inputs().nullifier, job.inputs().registry_root), (nullifier, fleet.registry.root()));
    assert_eq!(job.assignment().witness().reading.signed, chosen);
}

#[test]
fn a_device_without_its_own_place_proves_nothing() {
    let fleet = readings();
    let somebody = fleet.registry.membership(fleet.positions[2]).ok();
    for membership in [None, somebody] {
        let mut assembly = of_device(&fleet, OwnDevice { membership, ..own(&fleet, 1) });
        let refused = assembly.offer(1, fleet.sign(1, &fleet.reading(1))).unwrap_err();
        assert_eq!((refused.rule(), refused.reason), (Some(Rule::MEMBERSHIP), RefusalReason::NotEnrolled));
        let error = assembly.job().unwrap_err();
        assert_eq!((error.rule(), error), (None, AssembleError::NoReading));
    }
    let secret = fleet.secrets[0].clone();
    let mut assembly = of_device(&fleet, OwnDevice { secret, ..own(&fleet, 1) });
    let refused = assembly.offer(1, fleet.sign(1, &fleet.reading(1))).unwrap_err();
    assert_eq!(refused.rule(), Some(Rule::IDENTITY));
}

/// What is about no reading alone is said at the end.
#[test]
fn a_policy_of_another_statement_is_no_claim() {
    let fleet = readings();
    let mut assembly = assembly(&fleet, 4);
    assert_eq!(offer(&fleet, &mut assembly, 0..3), []);
    let reason = PolicyMismatch::Statement;
    assert_eq!(assembly.job().unwrap_err(), AssembleError::Violation(Violation::Policy { reason }));
}

/// Seven samples of a device that moves, the fourth of which is far away and the sixth outside.
fn moving_readings(fleet: &Fleet) -> Vec<Reading> {
    let mut readings: Vec<Reading> = (0..7).map(|index| fleet.reading(index)).collect();
    for (index, reading) in readings.iter_mut().enumerate() {
        let step = i32::try_from(index).unwrap();
        reading.location = Location::from_e7(481_020_000 + 4_000 * step, 115_700_000 + 4_500 * step).unwrap();
    }
    readings[3].location = Location::from_e7(481_020_000, 115_990_000).unwrap();
    readings[5].location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
    readings
}

#[test]
fn of_a_frame_the_samples_are_taken_that_show_the_most() {
    let fleet = Fleet::new(&FleetOptions { devices: 3, ..FleetOptions::of::<Track>() });
    let of_device = |device: OwnDevice, quantum| {
        let target = ReadingTarget { epoch: Fleet::EPOCH, binding: Binding::NONE };
        let statement = Track::new(7).unwrap();
        TrackAssembly::new(statement, fleet.policy, fleet.fence.clone(), device, target, quantum)
    };
    let readings = moving_readings(&fleet);
    let mut assembly = of_device(own(&fleet, 1), Quantum::EXACT);
    let refused = assembly.offer(1, fleet.frame(0, &readings)).unwrap_err();
    assert_eq!(refused.reason, RefusalReason::OtherDevice);
    let outside = vec![readings[5]; 1];
    let refused = assembly.offer(2, fleet.frame(1, &outside)).unwrap_err();
    assert!(refused.to_string().contains("T4"), "{refused}");
    let mut long = readings.clone();
    long.extend(
        readings.iter().map(|reading| Reading {
            time: UnixMillis::new(reading.time.get() + 10_000).unwrap(),
            ..*reading
        }),
    );
    let refused = assembly.offer(3, fleet.frame(1, &long)).unwrap_err();
    assert!(refused.to_string().contains("T1"), "{refused}");
    assert_eq!(assembly.offer(4, fleet.frame(1, &readings)), Ok(()));
    let refused = assembly.offer(5, fleet.frame(1, &readings)).unwrap_err();
    assert_eq!(refused.reason, RefusalReason::Second { taken: 4 });
    let exact = *assembly.job().unwrap().inputs();
    // Four steps of some 55 m and one over the two that are left out, or all of them with a leg of one sample.
    assert!(exact.left_out >= 1 && exact.legs <= 2, "{exact:?}");
    assert!((28_000..34_000).contains(&exact.distance_cm), "{exact:?}");

    let quantum = Quantum { distance_cm: 10_000, observed_ms: 4_000 };
    let mut assembly = of_device(own(&fleet, 1), quantum);
    assert_eq!(assembly.offer(1, fleet.frame(1, &readings)), Ok(()));
    let rounded = *assembly.job().unwrap().inputs();
    assert_eq!((rounded.distance_cm, rounded.observed_ms), (30_000, 4_000));
    assert_eq!(rounded.nullifier, exact.nullifier);
}
