//! Which readings an aggregate takes as they come, and why it does not.

use zksensor_circuits::assemble::{Admission, RefusalReason};
use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::aggregate::AggregateFrame;
use zksensor_circuits::statement::{Assignment, Binding};
use zksensor_model::reading::Location;
use zksensor_model::registry::Registry;
use zksensor_testkit::{Fleet, FleetOptions, OUTSIDE};

#[test]
fn one_good_reading_a_device_is_taken() {
    let fleet = Fleet::new(&FleetOptions { devices: 7, ..FleetOptions::default() });
    let frame = AggregateFrame::whole(Fleet::EPOCH);
    let mut admission = Admission::new(fleet.policy, fleet.fence.clone(), &fleet.registry, frame);
    for index in 0..6 {
        let row = index as u64 + 1;
        assert_eq!(admission.offer(row, fleet.sign(index, &fleet.reading(index))), Ok(()));
    }
    let again = admission.offer(7, fleet.sign(3, &fleet.reading(3))).unwrap_err();
    assert_eq!((again.rule(), again.reason), (Some(Rule::ORDER), RefusalReason::Again { taken: 4 }));
    let location = Location::new(OUTSIDE.0, OUTSIDE.1).unwrap();
    let mut reading = fleet.reading(6);
    reading.location = location;
    let outside = admission.offer(8, fleet.sign(6, &reading)).unwrap_err();
    assert_eq!(outside.to_string(), "C5: the location of reading 8 is outside the fence");
    assert_eq!(admission.len(), 6);

    let statement = fleet.statement(8);
    let witness = admission.finish();
    let inputs = witness.inputs(frame);
    assert_eq!(inputs.count, 6);
    assert!(Assignment::new(&statement, inputs, &witness).is_ok());
}

#[test]
fn strangers_and_other_chunks_are_refused() {
    let fleet = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::default() });
    let signed = fleet.sign(0, &fleet.reading(0));
    let frame = AggregateFrame::whole(Fleet::EPOCH);
    let empty = Registry::new();
    let mut admission = Admission::new(fleet.policy, fleet.fence.clone(), &empty, frame);
    assert_eq!(admission.offer(1, signed).unwrap_err().rule(), Some(Rule::MEMBERSHIP));
    assert!(admission.is_empty());
    let chunk = (fleet.positions[0].get() >> 20) ^ 1;
    let frame = AggregateFrame { chunk_bits: 20, chunk, binding: Binding::NONE, ..frame };
    let mut admission = Admission::new(fleet.policy, fleet.fence.clone(), &fleet.registry, frame);
    assert_eq!(admission.offer(1, signed).unwrap_err().rule(), Some(Rule::CHUNK));
}
