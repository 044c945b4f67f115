//! What one row of `survey` alone refuses: wires that lie, and frames of a device that signs whatever it likes.

use ark_ff::{AdditiveGroup, Field as _};
use zksensor_circuits::statement::survey::Survey;
use zksensor_circuits::statement::{Binding, Scope};
use zksensor_circuits::trace::WireKind;
use zksensor_model::claim::survey as rules;
use zksensor_model::field::Fr;
use zksensor_model::frame::SAMPLES_A_STEP;
use zksensor_model::preimages;
use zksensor_testkit::{ClaimOf, FleetOptions, Forger, Target, hostile_values};

use super::super::World;
use super::super::tested::{Lies, Override, Tested, high_bit_of_channel};
use super::{EXTREMES, counted, surveyed};

/// Parts of a sample, and whether it is there.
const OF_A_SAMPLE: usize = 8;

/// All of them, at claims of the small shape.
pub(super) fn all() -> Vec<Lies<Survey>> {
    let mut lies =
        vec![extremes_of_a_device(), extremes_of_all(), without_accuracy(), largest_steps(), far_down()];
    lies.extend([1, 2].map(switched));
    lies.extend([1, 2].map(channel));
    lies.extend((1..SAMPLES_A_STEP).flat_map(|sample| [of_an_absent_one(sample), less_than_one(sample)]));
    lies.extend((1..SAMPLES_A_STEP - 1).map(gap));
    lies
}

fn of_samples(devices: usize, samples: usize, options: FleetOptions) -> ClaimOf<Survey> {
    Survey::claim(&surveyed(devices, samples, options), Binding::NONE)
}

/// What a hook switches off or counts twice.
fn switched(devices: usize) -> Lies<Survey> {
    let claim = of_samples(devices, 2, FleetOptions { outputs: EXTREMES, ..Survey::options() });
    Lies::of(claim, "active", |_| [0u64, 2].map(|value| vec![Fr::from(value)]).into())
}

/// Extremes that no sample of the device attains, and that nobody asked for.
fn extremes_of_a_device() -> Lies<Survey> {
    Lies::of(of_samples(1, 2, Survey::options()), "minimum and maximum", |honest| {
        let (minimum, maximum) = (honest[0], honest[1]);
        vec![vec![minimum - Fr::ONE, maximum], vec![minimum, maximum + Fr::ONE]]
    })
}

/// The same of the extremes of all devices.
fn extremes_of_all() -> Lies<Survey> {
    Lies::of(of_samples(2, 2, Survey::options()), "extreme", |honest| {
        vec![vec![honest[0] - Fr::ONE], vec![honest[0] + Fr::ONE]]
    })
}

/// Of a sample that is left out and has the accuracy 0, any number is said to be the inverse.
fn without_accuracy() -> Lies<Survey> {
    let mut world = surveyed(1, 2, Survey::options());
    world.edit(0, |reading| reading.accuracy_mm = 0);
    Lies::of(counted(&world, &[&[false, true]]), "inverse", |_| vec![vec![Fr::from(5u64)]])
}

/// Where steps may be as large as there are, the bits of each are all 1, and of the first each is said to be none.
fn largest_steps() -> Lies<Survey> {
    let mut world = surveyed(1, SAMPLES_A_STEP, Survey::options());
    world.values(&[7; SAMPLES_A_STEP]).quality(0, (1 << 40) - 1);
    let overrides = |forger: &Forger<'_, Survey>| {
        let bits = forger
            .hints()
            .into_iter()
            .filter(|target| target.instance == Some(0) && Scope::is_innermost(&target.path, rules::STEP))
            .filter(|target| target.nth == 0);
        let lies = |target: Target| {
            let all = hostile_values(forger.values(&target)).into_iter();
            all.map(|hostile| vec![(target.clone(), hostile.values)]).collect::<Vec<Override>>()
        };
        bits.flat_map(lies).collect()
    };
    Lies::new(Survey::claim(&world, Binding::NONE), overrides)
}

/// A step down by one too many is -1 above the least: bits that are all 1, and the top one -1.
fn far_down() -> Lies<Survey> {
    let mut world = surveyed(1, 2, Survey::options());
    world.values(&[106, 100]).quality(0, 5);
    let overrides = |forger: &Forger<'_, Survey>| {
        let of_step = |target: &Target| {
            target.instance == Some(0)
                && Scope::is_innermost(&target.path, rules::STEP)
                && target.columns.len() > 30
        };
        let bits = forger.hints().into_iter().find(of_step).expect("a step has bits");
        let mut values = vec![Fr::ONE; bits.columns.len()];
        *values.last_mut().expect("there are bits") = -Fr::ONE;
        vec![vec![(bits, values)]]
    };
    Lies::new(Survey::claim(&world, Binding::NONE), overrides)
}

/// The policy's channel in two bits that are none, where a sample has one value in every channel.
fn channel(channel: u8) -> Lies<Survey> {
    let mut world = World::new(1, FleetOptions { channel, ..Survey::options() });
    world.edit(0, |reading| reading.channels = [reading.channels[usize::from(channel)]; 4]);
    Lies::new(Survey::claim(&world, Binding::NONE), move |forger| high_bit_of_channel(forger, channel))
}

/// A frame with an element 0 where a sample is left out, which is not counted as one.
fn gap(sample: usize) -> Lies<Survey> {
    let mut choice = [true; SAMPLES_A_STEP];
    choice[sample] = false;
    let world = surveyed(1, SAMPLES_A_STEP, Survey::options());
    let claim = signed(world, &choice, SAMPLES_A_STEP - 1, |elements| elements[sample] = Fr::ZERO);
    Lies::new(claim, move |forger| {
        vec![parts(forger, sample).into_iter().map(|target| (target, vec![Fr::ZERO])).collect()]
    })
}

/// A frame of `samples` samples, whose chain has one element more.
fn of_an_absent_one(samples: usize) -> Lies<Survey> {
    let value = Fr::from(5u64);
    let element = preimages::Sample { channel_0: value, ..preimages::Sample::PARTS.map(|_| Fr::ZERO) }.pack();
    let world = surveyed(1, samples, Survey::options());
    let claim = signed(world, &vec![true; samples], samples, |elements| elements[samples] = element);
    Lies::new(claim, move |forger| {
        let part = parts(forger, samples).into_iter().find(|target| target.name == "channel 0");
        vec![vec![(part.expect("a sample has it"), vec![value])]]
    })
}

/// A sample of which there is minus one, so that a frame of one more has one less.
fn less_than_one(samples: usize) -> Lies<Survey> {
    let world = surveyed(1, samples, Survey::options());
    let claim = signed(world, &vec![true; samples], samples - 1, |_| {});
    Lies::new(claim, move |forger| {
        let present = parts(forger, samples).into_iter().find(|target| target.name == "present");
        vec![vec![(present.expect("a sample has it"), vec![-Fr::ONE])]]
    })
}

/// The free inputs of a sample of the first device, and whether it is there.
fn parts(forger: &Forger<'_, Survey>, sample: usize) -> Vec<Target> {
    let of_samples = forger.targets().filter(|target| {
        target.instance == Some(0)
            && target.kind == Some(WireKind::Witness)
            && Scope::is_innermost(&target.path, rules::SAMPLES)
    });
    of_samples.skip(OF_A_SAMPLE * sample).take(OF_A_SAMPLE).collect()
}

/// The claim of a world whose device signed that its frame has `count` samples and these elements, whatever the samples are.
fn signed(
    mut world: World,
    choice: &[bool],
    count: usize,
    change: impl FnOnce(&mut [Fr]),
) -> ClaimOf<Survey> {
    let frame = world.survey_witness().devices.swap_remove(0).frame.signed.frame().clone();
    world.sign_elements(&frame, count, change);
    let (inputs, witness) = counted(&world, &[choice]);
    // As many as the device says there are.
    let taken = choice.iter().filter(|counted| **counted).count();
    let left_out = u32::try_from(count.saturating_sub(taken)).unwrap();
    (zksensor_circuits::statement::survey::SurveyInputs { left_out, ..inputs }, witness)
}
