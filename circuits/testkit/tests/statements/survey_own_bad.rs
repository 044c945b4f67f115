//! `survey`: a bad vector of every rule of its own, about the samples of a device.

use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_model::claim::survey as rules;
use zksensor_model::policy::Outputs;
use zksensor_testkit::{Conformance, Fleet};

use super::kit::survey::{counted, surveyed};
use super::kit::{TRIANGLES, Tested, World, run};
use super::survey_bad::{SAMPLES, bad, claim, options, refuse, world};

/// A circuit sees as many samples as it has: of a longer frame none is there.
#[test]
pub(super) fn bad_s1() {
    run_too_long(Survey::kit(), 8);
}

/// A frame of two steps of the chain, beside a device of one sample.
#[test]
fn frames_of_two_steps_of_the_chain() {
    let kit = Conformance::new(Survey::new(2, 14, TRIANGLES, 3, true).unwrap());
    run_too_long(&kit, 15);
    for samples in [7, 8, 13, 14] {
        let mut world = surveyed(2, samples, options(1, Outputs::default()));
        world.members.truncate(samples + 1);
        run(&kit, "up to two steps of the chain", claim(&world), None);
    }
}

fn run_too_long(kit: &Conformance<Survey>, samples: usize) {
    let mut world = surveyed(2, samples, options(1, Outputs::default()));
    world.members.truncate(samples + 1);
    world.limits_of_devices(|parts| parts.most_left_out = 100);
    let (inputs, witness) = counted(&world, &[&vec![false; samples], &[true]]);
    // What it counts, so that nothing else tells.
    run(kit, "longer than there is room", (SurveyInputs { left_out: 0, ..inputs }, witness), rules::SAMPLES);
}

#[test]
pub(super) fn bad_s2() {
    for (sample, as_late_as) in [(1, 0), (2, 1), (2, 0)] {
        let mut world = world();
        let time = world.members[2 * SAMPLES + as_late_as].reading.time;
        world.edit(2 * SAMPLES + sample, |reading| reading.time = time);
        bad("two samples of one moment, or back in time", &world, rules::TIMES);
        let mut choice = [&[true, true, true][..]; 5];
        let third = [true, sample != 1, sample != 2];
        choice[2] = &third;
        run(Survey::kit(), "the later of the two is left out", counted(&world, &choice), None);
    }
    // A sample between them that is left out makes no difference.
    let mut world = world();
    let time = world.members[2 * SAMPLES].reading.time;
    world.edit(2 * SAMPLES + 2, |reading| reading.time = time);
    let mut choice = [&[true, true, true][..]; 5];
    choice[2] = &[true, false, true];
    refuse("the same moment, apart", counted(&world, &choice), rules::TIMES);
}

#[test]
pub(super) fn bad_s3() {
    for difference in [1, -1] {
        let (mut inputs, witness) = claim(&world());
        inputs.counted = inputs.counted.checked_add_signed(difference).unwrap();
        // The sum goes with it, so that nothing else tells.
        inputs.sum += i64::from(difference) * Fleet::LOW;
        refuse("another number of samples", (inputs, witness), rules::COUNTED);
    }
    let mut world = world();
    world.limits_of_devices(|parts| parts.least_samples = 3);
    run(Survey::kit(), "as many as the policy wants", claim(&world), None);
    let mut choice = [&[true, true, true][..]; 5];
    choice[4] = &[true, false, true];
    refuse("one device with fewer", counted(&world, &choice), rules::COUNTED);
    // No sample at all: a device that counts for k with nothing.
    choice[4] = &[false; SAMPLES];
    refuse("one device with none", counted(&world, &choice), rules::COUNTED);
}

#[test]
pub(super) fn bad_s4() {
    let mut world = world();
    world.limits_of_devices(|parts| parts.most_left_out = 1);
    let mut choice = [&[true, true, true][..]; 5];
    choice[3] = &[true, false, true];
    run(Survey::kit(), "as many as may be", counted(&world, &choice), None);
    for left_out in [0, 2] {
        let (inputs, witness) = counted(&world, &choice);
        let inputs = SurveyInputs { left_out, ..inputs };
        refuse("another number left out", (inputs, witness), rules::LEFT_OUT);
    }
    choice[3] = &[false, true, false];
    refuse("more than may be of one device", counted(&world, &choice), rules::LEFT_OUT);
}

#[test]
pub(super) fn bad_s5() {
    let mut world = world();
    // Each goes up by a hundred twice.
    world.quality(200, 60_000);
    run(Survey::kit(), "as far apart as they have to be", claim(&world), None);
    world.quality(201, 60_000);
    bad("all too near", &world, rules::SPREAD);
    world.quality(200, 60_000);
    let stuck = world.members[3 * SAMPLES].reading.channels[0];
    for sample in 1..SAMPLES {
        world.edit(3 * SAMPLES + sample, |reading| reading.channels[0] = stuck);
    }
    bad("one that is stuck", &world, rules::SPREAD);
    // What is left out does not help.
    let mut moves = world.clone();
    moves.edit(3 * SAMPLES + 1, |reading| reading.channels[0] = stuck + 200);
    run(Survey::kit(), "one that moves once", claim(&moves), None);
    let mut choice = [&[true, true, true][..]; 5];
    choice[3] = &[true, false, true];
    refuse("and that is left out", counted(&moves, &choice), rules::SPREAD);
    let mut alone = World::new(5, options(5, Outputs::default()));
    alone.quality(0, 1);
    run(Survey::kit(), "a single sample has no spread", claim(&alone), None);
    alone.quality(1, 1);
    bad("and none is too little", &alone, rules::SPREAD);
}

#[test]
pub(super) fn bad_s6() {
    let mut world = world();
    world.quality(0, 100);
    run(Survey::kit(), "steps of as much as may be", claim(&world), None);
    world.quality(0, 99);
    bad("one more", &world, rules::STEP);
    world.quality(0, 100);
    let (first, at) = (world.members[2 * SAMPLES].reading.channels[0], 2 * SAMPLES);
    for values in [[0, 101, 100], [101, 0, 100], [0, 100, 201], [201, 101, 0]] {
        let mut jumps = world.clone();
        for (sample, value) in values.into_iter().enumerate() {
            jumps.edit(at + sample, |reading| reading.channels[0] = first + value);
        }
        bad("up or down by one more", &jumps, rules::STEP);
    }
    // Without what jumps the others are near; with it left out and the others far, they are not.
    let mut glitch = world.clone();
    for (sample, value) in [0, 5_000, 100].into_iter().enumerate() {
        glitch.edit(at + sample, |reading| reading.channels[0] = first + value);
    }
    let mut choice = [&[true, true, true][..]; 5];
    choice[2] = &[true, false, true];
    run(Survey::kit(), "the glitch is left out", counted(&glitch, &choice), None);
    glitch.edit(at + 2, |reading| reading.channels[0] = first + 101);
    refuse("the two beside it are too far apart", counted(&glitch, &choice), rules::STEP);
}
