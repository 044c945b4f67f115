//! What one row of `track` alone refuses: wires that lie, and frames of a device that signs whatever it likes.

use ark_ff::{AdditiveGroup, Field as _};
use zksensor_circuits::statement::track::{Track, TrackInputs};
use zksensor_circuits::statement::{Binding, Rule, Scope};
use zksensor_circuits::trace::WireKind;
use zksensor_model::claim::track as rules;
use zksensor_model::field::Fr;
use zksensor_model::frame::SAMPLES_A_STEP;
use zksensor_model::preimages;
use zksensor_model::track::Choice;
use zksensor_testkit::{ClaimOf, FleetOptions, Forger, Target, hostile_values};

use super::super::World;
use super::super::tested::{Lies, Override, Tested, high_bit_of_channel};
use super::{chosen, moving};

/// All of them, at claims of seven samples or less.
pub(super) fn all() -> Vec<Lies<Track>> {
    let mut all = vec![
        doubled(),
        longer(),
        fewer_slots(),
        late_in_a_slot(),
        of_the_slot_before(),
        of_an_absent_one(),
        less_than_one(),
    ];
    all.extend([1, 2].map(channel));
    all.extend((1..SAMPLES_A_STEP - 1).map(gap));
    all
}

fn of_samples(count: usize) -> ClaimOf<Track> {
    Track::claim(&moving(count), Binding::NONE)
}

/// A step that continues a leg twice has twice the time and distance.
fn doubled() -> Lies<Track> {
    Lies::of(of_samples(2), "continues", |_| vec![vec![Fr::from(2u64)]])
}

/// The root is one more, and its square is said to be that of the true one.
fn longer() -> Lies<Track> {
    let overrides = |forger: &Forger<'_, Track>| {
        let of_step =
            |target: &Target| target.instance == Some(0) && Scope::is_innermost(&target.path, rules::STEP);
        let root = forger.hints().into_iter().find(|target| of_step(target) && target.name == "distance");
        let root = root.expect("a step has a root");
        let length = forger.values(&root)[0];
        assert!(length > Fr::ONE, "the samples are apart");
        let square =
            forger.products().find(|target| of_step(target) && forger.values(target) == [length.square()]);
        let square = (square.expect("the root is squared"), vec![length.square()]);
        vec![vec![(root, vec![length + Fr::ONE]), square]]
    };
    Lies::new(of_samples(2), overrides)
}

/// A sample of another slot is said to be of the same, and fewer slots are claimed.
fn fewer_slots() -> Lies<Track> {
    let mut world = moving(SAMPLES_A_STEP);
    world.limits(|parts| parts.slot_ms = 500);
    let (inputs, witness) = Track::claim(&world, Binding::NONE);
    let claim = (TrackInputs { slots: 1, ..inputs }, witness);
    let overrides = |forger: &Forger<'_, Track>| {
        let inverses = forger
            .hints()
            .into_iter()
            .filter(|target| target.name == "inverse" && Scope::is_innermost(&target.path, rules::SLOTS));
        inverses.map(|target| vec![(target, vec![Fr::ZERO])]).collect()
    };
    Lies::new(claim, overrides)
}

/// At the last millisecond of a slot, the bits of where in it are no bits: the last difference is 0 whatever they are.
fn late_in_a_slot() -> Lies<Track> {
    let mut world = moving(2);
    world.limits(|parts| parts.slot_ms = 1_001);
    let overrides = |forger: &Forger<'_, Track>| {
        let bits = forger
            .hints()
            .into_iter()
            .filter(|target| target.instance == Some(1) && Scope::is_innermost(&target.path, Rule::EPOCH));
        let lies = |target: Target| {
            let all = hostile_values(forger.values(&target)).into_iter();
            all.map(|hostile| vec![(target.clone(), hostile.values)]).collect::<Vec<Override>>()
        };
        bits.flat_map(lies).collect()
    };
    Lies::new(Track::claim(&world, Binding::NONE), overrides)
}

/// A sample is said to be in the slot before, more than a slot after its start.
fn of_the_slot_before() -> Lies<Track> {
    let mut world = moving(2);
    world.limits(|parts| parts.slot_ms = 600);
    let (inputs, witness) = Track::claim(&world, Binding::NONE);
    let overrides = |forger: &Forger<'_, Track>| {
        let parts = forger
            .hints()
            .into_iter()
            .find(|target| target.instance == Some(1) && target.name == "slot and rest");
        vec![vec![(parts.expect("a sample is in a slot"), vec![Fr::ZERO, Fr::from(1_000u64)])]]
    };
    let claim = (TrackInputs { slots: 1, ..inputs }, witness);
    Lies { chain: Some(Rule::EPOCH), ..Lies::new(claim, overrides) }
}

/// The policy's channel in two bits that are none, where a sample has one value in every channel.
fn channel(channel: u8) -> Lies<Track> {
    let mut world = World::new(1, FleetOptions { channel, ..Track::options() });
    world.edit(0, |reading| reading.channels = [reading.channels[usize::from(channel)]; 4]);
    Lies::new(Track::claim(&world, Binding::NONE), move |forger| high_bit_of_channel(forger, channel))
}

/// A frame with an element 0 where a sample is left out, which is not counted as one.
fn gap(sample: usize) -> Lies<Track> {
    let mut choices = [Choice::Starts; SAMPLES_A_STEP];
    choices[sample] = Choice::LeftOut;
    let claim =
        signed(moving(SAMPLES_A_STEP), &choices, SAMPLES_A_STEP - 1, |elements| elements[sample] = Fr::ZERO);
    let overrides = move |forger: &Forger<'_, Track>| {
        vec![parts(forger, sample).map(|target| (target, vec![Fr::ZERO])).collect()]
    };
    Lies::new(claim, overrides)
}

/// A frame whose chain has one element more than it has samples.
fn of_an_absent_one() -> Lies<Track> {
    const AT: usize = 3;
    let value = Fr::from(5u64);
    let element = preimages::Sample {
        offset_ms: Fr::ZERO,
        latitude_e7: Fr::ZERO,
        longitude_e7: Fr::ZERO,
        accuracy_mm: Fr::ZERO,
        channel_0: value,
        channel_1: Fr::ZERO,
        channel_2: Fr::ZERO,
    };
    let element = element.pack();
    let claim = signed(moving(AT), &[Choice::Starts; AT], AT, |elements| elements[AT] = element);
    let overrides = move |forger: &Forger<'_, Track>| {
        let part = parts(forger, AT).find(|target| target.name == "channel 0").expect("a sample has it");
        vec![vec![(part, vec![value])]]
    };
    Lies::new(claim, overrides)
}

/// A sample of which there is minus one, so that a frame of three has two.
fn less_than_one() -> Lies<Track> {
    const AT: usize = 3;
    let claim = signed(moving(AT), &[Choice::Starts; AT], AT - 1, |_| {});
    let overrides = |forger: &Forger<'_, Track>| {
        let present = parts(forger, AT).find(|target| target.name == "present").expect("a sample has it");
        vec![vec![(present, vec![-Fr::ONE])]]
    };
    Lies::new(claim, overrides)
}

/// The free inputs of a sample, and whether it is there.
fn parts(forger: &Forger<'_, Track>, sample: usize) -> impl Iterator<Item = Target> {
    forger.targets().filter(move |target| {
        target.instance == Some(sample)
            && target.kind == Some(WireKind::Witness)
            && Scope::is_innermost(&target.path, rules::SAMPLES)
    })
}

/// The claim of a world whose device signed that its frame has `count` samples and these elements, whatever the samples are.
fn signed(
    mut world: World,
    choices: &[Choice],
    count: usize,
    change: impl FnOnce(&mut [Fr]),
) -> ClaimOf<Track> {
    let frame = world.track_witness().frame.signed.frame().clone();
    world.sign_elements(&frame, count, change);
    chosen(&world, choices)
}
