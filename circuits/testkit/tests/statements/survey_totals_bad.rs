//! `survey`: a bad vector of every rule about all devices together.

use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_model::policy::Outputs;
use zksensor_testkit::{Fleet, FleetOptions};

use super::kit::survey::surveyed;
use super::kit::{FIRST, World};
use super::survey_bad::{SAMPLES, bad, claim, options, refuse, world};

fn all_outputs() -> World {
    surveyed(8, SAMPLES, options(8, Outputs { sum_of_squares: true, minimum: true, maximum: true }))
}

#[test]
pub(super) fn bad_c13() {
    // With another frame, in the slot beside and apart.
    for of in [4, 0] {
        let mut twice = world();
        let mut again = twice.members[of * SAMPLES].clone();
        again.reading.sequence += 1;
        twice.members.push(again);
        bad("a device twice", &twice, Rule::ORDER);
    }
    let (_, mut witness) = claim(&world());
    witness.devices.swap(1, 2);
    refuse("out of order", (witness.inputs(Fleet::EPOCH, Binding::NONE), witness), Rule::ORDER);
}

#[test]
pub(super) fn bad_c14() {
    // Positions 512 to 540, which are in chunk 1 of 512.
    for (name, chunk_bits, chunk) in [
        ("a narrower chunk that holds all", 6, 8),
        ("a wider chunk that holds all", 12, 0),
        ("the whole registry", 21, 0),
        ("one bit more", 10, 1),
        ("the chunk after the last", 9, 1 << 12),
        ("the last chunk number", 9, (1 << 15) - 1),
    ] {
        let (mut inputs, witness) = claim(&world());
        (inputs.chunk_bits, inputs.chunk) = (chunk_bits, chunk);
        refuse(name, (inputs, witness), Rule::CHUNK);
    }
    let good = World::new(1, FleetOptions { k: 1, ..FleetOptions::of::<Survey>() });
    for position in [0, 511, 1024, FIRST + 4096, (1 << 21) - 1] {
        let mut other = good.clone();
        other.members[0].position = position;
        let (_, mut witness) = claim(&other);
        witness.cap = other.cap(good.chunk());
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        refuse("one device in another chunk", (inputs, witness), Rule::CHUNK);
    }
}

/// k and order count devices, whatever their samples.
#[test]
pub(super) fn bad_c15() {
    for difference in [1, -1] {
        let (mut inputs, witness) = claim(&surveyed(6, SAMPLES, options(5, Outputs::default())));
        inputs.devices = inputs.devices.checked_add_signed(difference).unwrap();
        refuse("another number of devices", (inputs, witness), Rule::COUNT);
    }
    bad("fewer devices than k", &surveyed(4, 7, options(5, Outputs::default())), Rule::COUNT);
    let (mut inputs, witness) = claim(&surveyed(4, SAMPLES, options(5, Outputs::default())));
    inputs.devices = inputs.counted;
    refuse("as many devices as samples", (inputs, witness), Rule::COUNT);
}

#[test]
pub(super) fn bad_c16() {
    for difference in [1, -1] {
        let (mut inputs, witness) = claim(&world());
        inputs.sum += difference;
        refuse("another sum", (inputs, witness), Rule::SUM);
    }
}

#[test]
pub(super) fn bad_c17() {
    let (inputs, witness) = claim(&all_outputs());
    for squares in [inputs.sum_of_squares + 1, inputs.sum_of_squares - 1, 0] {
        let inputs = SurveyInputs { sum_of_squares: squares, ..inputs };
        refuse("another sum of squares", (inputs, witness.clone()), Rule::SUM_OF_SQUARES);
    }
    let (mut inputs, witness) = claim(&world());
    inputs.sum_of_squares = 1;
    refuse("a sum of squares that is not asked for", (inputs, witness), Rule::SUM_OF_SQUARES);
}

#[test]
pub(super) fn bad_c18() {
    let (inputs, witness) = claim(&all_outputs());
    for minimum in [inputs.minimum + 1, inputs.maximum, (1 << 40) - 1] {
        let inputs = SurveyInputs { minimum, ..inputs };
        refuse("another minimum", (inputs, witness.clone()), Rule::MINIMUM);
    }
    let (mut inputs, witness) = claim(&world());
    inputs.minimum = 1;
    refuse("a minimum that is not asked for", (inputs, witness), Rule::MINIMUM);
}

#[test]
pub(super) fn bad_c19() {
    let (inputs, witness) = claim(&all_outputs());
    for maximum in [inputs.maximum + 1, inputs.maximum - 1, inputs.minimum] {
        let inputs = SurveyInputs { maximum, ..inputs };
        refuse("another maximum", (inputs, witness.clone()), Rule::MAXIMUM);
    }
    let (mut inputs, witness) = claim(&world());
    inputs.maximum = 1;
    refuse("a maximum that is not asked for", (inputs, witness), Rule::MAXIMUM);
}
