//! Which frames a survey is made of as they come, which of their samples are counted, and why others are not.

use zksensor_circuits::assemble::{AggregateTarget, Assemble, AssembleError, RefusalReason, SurveyAssembly};
use zksensor_circuits::statement::survey::Survey;
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_model::claim::survey as rules;
use zksensor_model::reading::{Location, Reading, UnixMillis};
use zksensor_model::registry::{Chunk, Registry};
use zksensor_model::survey::{Quality, SurveyParts, SurveyRules};
use zksensor_testkit::{Fleet, FleetOptions, OUTSIDE, middle};

use super::kit::World;

/// A fleet of six whose policy asks for two samples a device, that move and do not jump.
fn fleet(k: u32) -> Fleet {
    let mut world = World::new(6, FleetOptions { k, ..FleetOptions::of::<Survey>() });
    let quality = Some(Quality { least_spread: 5, largest_step: 50 });
    let rules = SurveyRules::new(SurveyParts { least_samples: 2, most_left_out: 5, quality }).unwrap();
    world.policy(|parts| parts.parameters = rules.parameters());
    world.fleet
}

fn assembly<'f>(fleet: &'f Fleet, registry: &'f Registry, chunk: u32) -> SurveyAssembly<'f> {
    let statement = Survey::new(4, 7, 16, Fleet::LEVELS.into(), true).unwrap();
    let chunk = Chunk::new(Fleet::LEVELS, chunk).unwrap();
    let target = AggregateTarget { epoch: Fleet::EPOCH, chunk, binding: Binding::NONE };
    SurveyAssembly::new(statement, fleet.policy, fleet.fence.clone(), registry, target)
}

/// Readings of a device a second apart, with these values.
fn readings(fleet: &Fleet, device: usize, values: &[i64]) -> Vec<Reading> {
    let first = fleet.reading(device);
    let reading = |(second, value): (u64, &i64)| {
        let mut reading = first;
        reading.channels[0] = *value;
        reading.time = UnixMillis::new(first.time.get() + 1_000 * second).unwrap();
        reading
    };
    (0..).zip(values).map(reading).collect()
}

#[test]
fn one_good_frame_a_device_is_taken_and_the_most_samples_of_it() {
    let fleet = fleet(3);
    let mut assembly = assembly(&fleet, &fleet.registry, 0);
    let frame = |device: usize, values: &[i64]| fleet.frame(device, &readings(&fleet, device, values));
    assert_eq!(assembly.offer(1, frame(0, &[0, 10, 20])), Ok(()));
    // A glitch, a sample outside of the fence and one of the same moment are left out.
    let mut of_second = readings(&fleet, 1, &[100, 9_000, 120, 130, 140, 150]);
    of_second[3].location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
    of_second[5].time = of_second[4].time;
    assert_eq!(assembly.offer(2, fleet.frame(1, &of_second)), Ok(()));
    for (row, values, rule) in [
        (3, &[7, 7, 7][..], rules::SPREAD),
        (4, &[7], rules::COUNTED),
        (5, &[0, 900, 0, 900], rules::SPREAD),
        (6, &[0, 1_000, 2_000, 3_000], rules::COUNTED),
        (7, &[7; 8], rules::SAMPLES),
    ] {
        let refused = assembly.offer(row, frame(2, values)).unwrap_err();
        assert_eq!((refused.row, refused.rule()), (row, Some(rule)), "{refused}");
    }
    let again = assembly.offer(8, frame(1, &[1, 2, 8])).unwrap_err();
    assert_eq!(again.reason, RefusalReason::Again { taken: 2 });
    assert_eq!((assembly.len(), format!("{assembly:?}").contains('2')), (2, true));
    for device in [5, 3] {
        assert_eq!(assembly.offer(9, frame(device, &[0, 10])), Ok(()));
    }
    let full = assembly.offer(10, frame(4, &[0, 10])).unwrap_err();
    assert_eq!(full.reason, RefusalReason::Full { capacity: 4 });

    let job = assembly.job().unwrap();
    let inputs = job.inputs();
    assert_eq!((inputs.devices, inputs.counted, inputs.left_out), (4, 3 + 3 + 2 + 2, 3));
    assert_eq!(inputs.sum, 30 + (100 + 120 + 140) + 10 + 10);
}

/// A device that was in more triangles than it opens shows the samples of those that hold the most.
#[test]
fn of_many_triangles_those_are_opened_that_hold_the_most() {
    let fleet = fleet(1);
    let mut assembly = assembly(&fleet, &fleet.registry, 0);
    let mut wide = readings(&fleet, 0, &[0, 10, 20, 30, 40, 50, 60]);
    for (reading, triangle) in wide.iter_mut().zip([0, 1, 1, 2, 3, 4, 4]) {
        reading.location = middle(&fleet.fence.triangles()[triangle]);
    }
    assert_eq!(assembly.offer(1, fleet.frame(0, &wide)), Ok(()));
    assert_eq!(assembly.job().unwrap().inputs().counted, 6);
}

#[test]
fn strangers_other_chunks_and_too_few_are_refused() {
    let fleet = fleet(2);
    let frame = fleet.frame(0, &readings(&fleet, 0, &[0, 10]));
    let empty = Registry::new();
    let mut of_nobody = assembly(&fleet, &empty, 0);
    assert_eq!(of_nobody.offer(1, frame.clone()).unwrap_err().rule(), Some(Rule::MEMBERSHIP));
    let mut beside = assembly(&fleet, &fleet.registry, 1);
    assert_eq!(beside.offer(1, frame.clone()).unwrap_err().rule(), Some(Rule::CHUNK));
    let mut alone = assembly(&fleet, &fleet.registry, 0);
    assert_eq!(alone.offer(1, frame), Ok(()));
    assert_eq!(alone.job().unwrap_err(), AssembleError::TooFew { wanted: 2, got: 1 });
}
