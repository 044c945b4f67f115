//! `track`: slots and steps that are not those of the samples, with every hint as it would have to be.

use ark_ff::Field as _;
use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::track::{Track, TrackInputs};
use zksensor_circuits::trace::Site;
use zksensor_model::claim::track as rules;
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::reading::Location;
use zksensor_model::track::Choice::{Continues, Starts};
use zksensor_model::track::Scales;

use super::kit::track::{chosen, later, moving};
use super::kit::{Tested, World, forged, rule_of};

/// Milliseconds of a slot.
const SLOT: u32 = 100_000;
/// Slots after its own in which the rest of a sample has 32 bits again: as many as the field's order modulo 2^32 has.
const AROUND: u32 = 0xf000_0001 / SLOT;

/// The last of three samples of one slot, two slots after the epoch's start, is shown in another, so that there are two.
#[test]
fn a_slot_that_is_not_the_samples() {
    let mut world = moving(3);
    world.limits(|parts| parts.slot_ms = SLOT);
    later(&mut world, 0..3, 2 * u64::from(SLOT));
    let (inputs, witness) = chosen(&world, &[Starts, Continues, Continues]);
    assert_eq!(inputs.slots, 1);
    let inputs = TrackInputs { slots: 2, ..inputs };
    let (slot, one) = (Fr::from(SLOT), Fr::ONE);
    for (name, slots, rest) in [
        ("a fraction of a slot later", -slot.inverse().unwrap(), one),
        ("the slot before", -one, slot),
        ("a slot far behind", Fr::from(AROUND), -slot * Fr::from(AROUND)),
    ] {
        let another = |site: &Site<'_>, values: &mut [Fr]| {
            if site.name == "slot and rest" && site.instance == 2 {
                values[0] += slots;
                values[1] += rest;
            }
        };
        forged(Track::kit(), (&inputs, &witness), another).assert_refused_by(Rule::EPOCH, name);
    }
}

/// Two samples whose longitudes differ by 2^24 or more, so far north that a device can be fast enough: natively they are of no leg.
#[test]
fn a_step_over_more_longitude_than_there_is_room_for() {
    const LATITUDE: i32 = 700_000_000;
    const WEST: i32 = 115_000_000;
    let (south, north, east) = (LATITUDE, LATITUDE + 1_000_000, WEST + 20_000_000);
    let fence =
        [[[south, WEST], [south, east], [north, east]], [[south, WEST], [north, east], [north, WEST]]];
    let mut world = moving(2);
    world.fleet.fence =
        Fence::new(fence.map(|corners| Triangle::try_from(corners).unwrap()).to_vec()).unwrap();
    let (root, scales) = (world.fleet.fence.root(), Scales::over(&world.fleet.fence).unwrap());
    world.policy(|parts| parts.fence = root);
    world.limits(|parts| {
        (parts.top_speed_mm_s, parts.longest_gap_ms, parts.scales) = (500_000, 130_000, scales);
    });
    later(&mut world, 1..2, 129_000);
    let at = |world: &mut World, east: i32| {
        for (sample, longitude) in [(0, WEST), (1, WEST + east)] {
            let location = Location::from_e7(LATITUDE, longitude).unwrap();
            world.edit(sample, |reading| reading.location = location);
        }
        chosen(world, &[Starts, Continues])
    };
    let (inputs, witness) = at(&mut world, (1 << 24) - 1);
    assert!(inputs.distance_cm > 6_000_000, "{} cm", inputs.distance_cm);
    assert!(forged(Track::kit(), (&inputs, &witness), |_, _| ()).accepted("as far as may be"));
    let (inputs, witness) = at(&mut world, (1 << 24) + 1);
    let verdict = forged(Track::kit(), (&inputs, &witness), |_, _| ());
    verdict.assert_refused_by(rules::STEP, "some millimetres more");
}

/// A step of five metres in a second, by a device that makes a millimetre in it, is shown as one of none.
#[test]
fn a_step_that_is_too_short() {
    let mut world = moving(2);
    world.limits(|parts| (parts.top_speed_mm_s, parts.jitter_mm) = (1, 1_000));
    for (sample, latitude) in [(0, 481_020_000), (1, 481_020_450)] {
        world.edit(sample, |reading| reading.location = Location::from_e7(latitude, 115_700_000).unwrap());
    }
    let (inputs, witness) = chosen(&world, &[Starts, Continues]);
    let none = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "distance" && site.instance == 0 {
            values[0] = Fr::from(0u64);
        }
    };
    let inputs = TrackInputs { legs: 1, distance_cm: 0, ..inputs };
    forged(Track::kit(), (&inputs, &witness), none).assert_refused_by(rules::STEP, "no step at all");
}

/// A step within the jitter adds nothing, and takes nothing away either.
#[test]
fn a_step_of_less_than_nothing() {
    let mut world = moving(3);
    let parked = world.members[1].reading.location;
    world.edit(2, |reading| reading.location = parked);
    let (inputs, witness) = chosen(&world, &[Starts, Continues, Continues]);
    let inputs = TrackInputs { distance_cm: 0, ..inputs };
    let less = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "more than jitter" && site.instance == 1 && rule_of(site) == Some(rules::STEP) {
            values[0] = Fr::from(1u64);
        }
    };
    forged(Track::kit(), (&inputs, &witness), less).assert_refused_by(rules::STEP, "less than nothing");
}
