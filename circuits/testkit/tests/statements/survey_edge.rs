//! `survey`: claims at the edge of a rule that hold, in many shapes.

use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_model::field::Fr;
use zksensor_model::policy::Outputs;
use zksensor_model::registry::{Chunk, RegistryRoot};
use zksensor_model::schema::ABSENT;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions, Specimen};

use super::kit::survey::{counted, surveyed};
use super::kit::{Tested, World, epoch, millis, run};
use super::trees::strip;

fn options(k: u32, outputs: Outputs) -> FleetOptions {
    FleetOptions { k, outputs, ..FleetOptions::of::<Survey>() }
}

fn claim(world: &World) -> ClaimOf<Survey> {
    Survey::claim(world, Binding::NONE)
}

fn good(name: &'static str, world: &World) {
    run(Survey::kit(), name, claim(world), None);
}

#[test]
fn full_and_part_filled() {
    for devices in [5, 8] {
        for samples in 1..=7 {
            good("devices with samples", &surveyed(devices, samples, options(5, Outputs::default())));
        }
    }
    let mut uneven = surveyed(5, 7, options(5, Outputs::default()));
    // Of the devices one sample, two, and so on.
    let mut device = 0;
    let mut of_device = 0;
    uneven.members.retain(|member| {
        if !member.further {
            (device, of_device) = (device + 1, 0);
        }
        of_device += 1;
        of_device <= device
    });
    assert_eq!(uneven.members.len(), 1 + 2 + 3 + 4 + 5);
    good("devices with ever more samples", &uneven);
}

/// Every subset of a frame of four samples but the empty one: first, last and between.
#[test]
fn every_subset_of_a_frame() {
    let world = surveyed(1, 4, FleetOptions { k: 1, ..options(1, Outputs::default()) });
    for subset in 1u8..16 {
        let chosen: Vec<bool> = (0..4).map(|sample| subset >> sample & 1 == 1).collect();
        let (inputs, witness) = counted(&world, &[&chosen]);
        assert_eq!((inputs.counted, inputs.counted + inputs.left_out), (subset.count_ones(), 4));
        run(Survey::kit(), "a subset", (inputs, witness), None);
    }
}

#[test]
fn values_and_every_combination_of_outputs() {
    let (low, high) = (Fleet::LOW, Fleet::HIGH);
    for flags in 0..8u8 {
        let outputs =
            Outputs { sum_of_squares: flags & 4 != 0, minimum: flags & 2 != 0, maximum: flags & 1 != 0 };
        let mut world = surveyed(8, 2, options(8, outputs));
        world.quality(0, (1 << 40) - 1);
        let (inputs, witness) = claim(&world);
        assert_eq!(inputs.sum_of_squares != 0, outputs.sum_of_squares);
        assert_eq!(inputs.maximum != 0, outputs.maximum);
        run(Survey::kit(), "a combination of outputs", (inputs, witness), None);
        for values in [[low; 16], [high; 16], [0; 16]] {
            good("all equal", world.values(&values));
        }
        good("both ends", world.values(&[low, high].repeat(8)));
        good("negative", world.values(&[-1, -2, -3, -39_999].repeat(4)));
    }
}

#[test]
fn the_widest_policies() {
    // What is least stands for an absent channel.
    let least = 1 - (1i64 << 40);
    for (low, high) in [(least, 0), (0, (1 << 40) - 1), (least, least), ((1 << 40) - 1, (1 << 40) - 1)] {
        let outputs = Outputs { sum_of_squares: true, minimum: true, maximum: true };
        let mut world = surveyed(8, 7, options(8, outputs));
        world.policy(|parts| (parts.low, parts.high) = (low, high));
        world.quality(0, (1 << 40) - 1);
        good("every value at high: the greatest sum of squares", world.values(&[high; 56]));
        good("every value at low", world.values(&[low; 56]));
        world.quality(high.abs_diff(low), (1 << 40) - 1);
        good("from end to end", world.values(&[low, high].repeat(28)));
    }
}

#[test]
fn times_and_expiry() {
    let mut world = surveyed(5, 3, options(5, Outputs::default()));
    let (start, end) = epoch(&world);
    for (sample, time) in [start, start + 1, end - 1].into_iter().enumerate() {
        world.edit(sample, |reading| reading.time = millis(time));
        world.members[sample].leaf.attributes.expiry = millis(end);
    }
    good("from the first to the last millisecond of the epoch", &world);
    for channel in 0..3 {
        let options = FleetOptions { channel, ..options(5, Outputs::default()) };
        let mut world = surveyed(5, 2, options);
        for member in &mut world.members {
            for (other, value) in member.reading.channels.iter_mut().enumerate() {
                if other != usize::from(channel) {
                    *value = ABSENT;
                }
            }
        }
        good("one channel alone", &world);
    }
}

/// (devices, samples, triangles, levels): chains of one, two and three steps, fences of one node, several and more than eight of them.
const SHAPES: [(usize, usize, usize, u8); 8] = [
    (1, 7, 8, 3),
    (1, 21, 24, 3),
    (2, 14, 16, 3),
    (3, 7, 72, 2),
    (2, 7, 128, 4),
    (9, 7, 16, 5),
    (2, 14, 256, 6),
    (3, 7, 16, 7),
];

/// `check` and both backends agree in each, with and without quality.
#[test]
fn every_shape_agrees() {
    for (devices, samples, triangles, levels) in SHAPES {
        for quality in [false, true] {
            agree(Survey::new(devices, samples, triangles, levels.into(), quality).unwrap(), levels);
        }
    }
}

fn agree(statement: Survey, levels: u8) {
    let kit = Conformance::new(statement);
    let world = |devices: usize, samples: usize| {
        let options = FleetOptions { k: 1, ..options(1, Outputs { minimum: true, ..Outputs::default() }) };
        let mut world = World { levels, ..surveyed(devices, samples, options) };
        let fence = strip(statement.triangles());
        let corner = fence.triangles().last().unwrap().corners()[0].signed();
        for member in &mut world.members {
            member.reading.location =
                zksensor_model::reading::Location::from_e7(corner.0, corner.1 + 1).unwrap();
        }
        world.policy(|parts| parts.fence = fence.root());
        world.fleet.fence = fence;
        if !statement.quality() {
            world.limits_of_devices(|parts| parts.quality = None);
        }
        world
    };
    let full = world(statement.devices(), statement.samples());
    run(&kit, "full", claim(&full), None);
    let fewer = world(statement.devices().div_ceil(2), statement.samples() / 2);
    run(&kit, "fewer devices with fewer samples", claim(&fewer), None);

    let mut outside = full.clone();
    let last = outside.members.len() - 1;
    outside.edit(last, |reading| {
        reading.location = zksensor_model::reading::Location::from_e7(10, 0).unwrap();
    });
    run(&kit, "the last sample is outside", claim(&outside), Rule::FENCE);
    let mut other = full.clone();
    other.fleet.fence = strip(statement.triangles() - 1);
    let (mut inputs, witness) = claim(&other);
    run(&kit, "a triangle of the fence is missing", (inputs, witness), Rule::POLICY);
    let claim = || claim(&full);
    let witness;
    (inputs, witness) = claim();
    inputs.registry_root = RegistryRoot::from_field(Fr::from(1u64));
    run(&kit, "another registry", (inputs, witness), Rule::MEMBERSHIP);
    let (inputs, witness) = claim();
    run(&kit, "one more than the sum", (SurveyInputs { sum: inputs.sum + 1, ..inputs }, witness), Rule::SUM);
    let (inputs, witness) = claim();
    let chunk_bits = inputs.chunk_bits ^ 1;
    run(&kit, "another width of the chunk", (SurveyInputs { chunk_bits, ..inputs }, witness), Rule::CHUNK);
    if full.chunk().levels_above() > 0 {
        let (inputs, witness) = claim();
        let chunk = inputs.chunk ^ 1;
        run(&kit, "another chunk", (SurveyInputs { chunk, ..inputs }, witness), Rule::MEMBERSHIP);
    }
}

/// The registry as it is used.
#[test]
fn through_the_registry() {
    for levels in [Chunk::LEAST_LEVELS, Fleet::LEVELS] {
        for quality in [false, true] {
            let statement = Survey::new(5, 14, 16, levels.into(), quality).unwrap();
            let witness = statement.filled().unwrap();
            let inputs = Survey::inputs_of(&witness, Binding::NONE);
            assert_eq!((inputs.devices, inputs.counted, inputs.left_out), (5, 70, 0));
            run(&Conformance::new(statement), "enrolled in a registry", (inputs, witness), None);
        }
    }
}
