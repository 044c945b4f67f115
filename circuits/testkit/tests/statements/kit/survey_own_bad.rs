//! Claims about one device that a rule of each sample, or of how samples follow each other, refuses.

use zksensor_circuits::statement::Binding;
use zksensor_circuits::statement::survey::Survey;
use zksensor_model::frame::SAMPLES_A_STEP;
use zksensor_testkit::{ClaimOf, Fleet};

use super::super::tested::Tested;
use super::super::{World, epoch, millis};
use super::{counted, surveyed};

/// All of them.
pub(super) fn all() -> Vec<ClaimOf<Survey>> {
    let mut all = of_quality();
    all.extend(of_accuracy());
    all.extend(of_order());
    all.extend(of_epoch());
    all
}

fn device(samples: usize) -> World {
    surveyed(1, samples, Survey::options())
}

fn claim(world: &World) -> ClaimOf<Survey> {
    Survey::claim(world, Binding::NONE)
}

/// Samples that are looked at: the first, one that follows another, and the next. What stands in a frame is the same for all others.
const LOOKED_AT: usize = 3;

/// Stuck; and some sample a step too far up or down.
fn of_quality() -> Vec<ClaimOf<Survey>> {
    let mut stuck = device(3);
    stuck.values(&[7, 9, 8]).quality(3, 5);
    let mut all = vec![claim(&stuck)];
    for sample in 0..LOOKED_AT {
        for step in [6, -6, 1_000] {
            let mut jumping = device(SAMPLES_A_STEP);
            let mut values = [0; SAMPLES_A_STEP];
            values[sample..].fill(step);
            if sample == 0 {
                values[1..].fill(0);
            }
            jumping.values(&values).quality(1, 5);
            all.push(claim(&jumping));
        }
    }
    all
}

/// Some sample less accurate than it may be, or of no accuracy.
fn of_accuracy() -> Vec<ClaimOf<Survey>> {
    let of = |sample: usize| {
        [Fleet::MAX_ACCURACY + 1, u32::MAX, 0].map(|accuracy| {
            let mut world = device(SAMPLES_A_STEP);
            world.edit(sample, |reading| reading.accuracy_mm = accuracy);
            claim(&world)
        })
    };
    (0..LOOKED_AT).flat_map(of).collect()
}

/// Two samples of one moment; fewer than are wanted, more left out than may be.
fn of_order() -> Vec<ClaimOf<Survey>> {
    let mut all = Vec::new();
    for sample in 1..LOOKED_AT {
        let mut same = device(SAMPLES_A_STEP);
        let time = same.members[sample - 1].reading.time;
        same.edit(sample, |reading| reading.time = time);
        all.push(claim(&same));
    }
    let mut few = device(3);
    few.limits_of_devices(|parts| parts.least_samples = 4);
    all.push(claim(&few));
    few.limits_of_devices(|parts| (parts.least_samples, parts.most_left_out) = (1, 0));
    all.push(counted(&few, &[&[true, false, true]]));
    all
}

/// Of a device that signs samples in any order: the first or the last of its frame, or the first or the last that is counted, is out of
/// the epoch, and nothing else is.
fn of_epoch() -> Vec<ClaimOf<Survey>> {
    let mut all = Vec::new();
    for short in [false, true] {
        let mut good = device(3);
        if short {
            good.policy(|parts| parts.epoch_length_ms = 40);
        }
        let (start, end) = epoch(&good);
        for (sample, time) in good.members.iter_mut().zip([start + 5, start + 7, start + 9]) {
            sample.reading.time = millis(time);
        }
        for (sample, times, choice) in [
            (0, [start - 1, end], [false, true, true]),
            (2, [start - 1, end], [true, true, false]),
            (1, [start - 1, start - 1], [false, true, true]),
            (1, [end, end], [true, true, false]),
        ] {
            for time in times {
                let mut world = good.clone();
                world.edit(sample, |reading| reading.time = millis(time));
                all.push(counted(&world, &[&choice]));
            }
        }
    }
    all
}
