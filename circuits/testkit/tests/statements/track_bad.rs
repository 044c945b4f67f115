//! `track`: a bad vector of every rule.

use zksensor_circuits::statement::one::InFence;
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::track::{Nullifier, PLACES, Places, Track, TrackInputs, TrackWitness};
use zksensor_circuits::statement::{Binding, ClaimFamily, Rule};
use zksensor_model::claim::track as rules;
use zksensor_model::device::Identity;
use zksensor_model::field::Fr;
use zksensor_model::frame::SignedFrame;
use zksensor_model::policy::{Parameters, PolicyId};
use zksensor_model::reading::{Location, Network, Reading};
use zksensor_model::registry::{Position, RegistryRoot};
use zksensor_model::track::Choice::{self, Continues, LeftOut, Starts};
use zksensor_testkit::{ClaimOf, Fleet, IN_HOLE, OUTSIDE};

use super::bad::Bad;
use super::kit::track::{chosen, later, moving};
use super::kit::{Tested, World, epoch, forged, millis, rule_of, run, stranger};

/// The tests here whose vectors need no hook.
impl Bad for Track {
    #[rustfmt::skip]
    const BAD: &'static [fn()] = &[
        bad_c1, bad_c3, bad_c4, bad_c5, bad_c6, bad_c7, bad_c8, bad_c9, bad_c10, bad_c11, bad_c12, bad_c20, bad_c21,
        bad_t1, bad_t2, bad_t3, bad_t4, bad_t5, bad_t6_to_t9,
    ];
}

fn refuse(name: &'static str, claim: ClaimOf<Track>, rule: Rule) {
    run(Track::kit(), name, claim, rule);
}

fn bad(name: &'static str, world: &World, rule: Rule) {
    refuse(name, Track::claim(world, Binding::NONE), rule);
}

fn good() -> ClaimOf<Track> {
    Track::claim(&moving(5), Binding::NONE)
}

/// Five samples, of which each in turn is changed.
fn each_edited(name: &'static str, rule: Rule, change: impl Fn(&mut Reading)) {
    for sample in [0, 2, 4] {
        let mut world = moving(5);
        world.edit(sample, &change);
        bad(name, &world, rule);
    }
}

/// What is wrong with a sample that is left out is nobody's business.
#[test]
fn a_sample_that_is_left_out_obeys_no_rule() {
    let mut world = moving(5);
    world.edit(2, |reading| {
        reading.location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
        (reading.accuracy_mm, reading.channels[0]) = (u32::MAX, Fleet::HIGH + 1);
    });
    let claim = chosen(&world, &[Starts, Continues, LeftOut, Continues, Continues]);
    run(Track::kit(), "the third is left out", claim, None);
}

#[test]
fn bad_c1() {
    let (mut inputs, witness) = good();
    inputs.policy_id = PolicyId::from_field(inputs.policy_id.to_field() + Fr::from(1u64));
    refuse("another id", (inputs, witness), Rule::POLICY);

    let mut other = moving(5);
    other.policy(|parts| (parts.family, parts.parameters) = (SingleReading::FAMILY, Parameters::NONE));
    bad("a policy for another statement", &other, Rule::POLICY);

    let mut other = moving(5);
    other.policy(|parts| parts.statement_version = 2);
    bad("a policy for another version", &other, Rule::POLICY);

    let (mut inputs, witness) = good();
    inputs.epoch = u32::MAX;
    refuse("an epoch beyond 2^48 ms", (inputs, witness), Rule::POLICY);
}

#[test]
fn bad_c3() {
    let altered = |change: &dyn Fn(&mut World)| {
        let (inputs, mut witness) = good();
        let mut world = moving(5);
        change(&mut world);
        let (key, signature) = (*witness.frame.signed.key(), *witness.frame.signed.signature());
        let other = world.track_witness().frame.signed.frame().clone();
        witness.frame.signed = SignedFrame::insecure_unverified(other, key, signature);
        refuse("an altered frame", (inputs, witness), Rule::SIGNATURE);
    };
    for sample in 0..5 {
        altered(&|world| {
            world.edit(sample, |reading| reading.channels[1] += 1);
        });
    }
    altered(&|world| {
        world.edit(0, |reading| reading.sequence += 1);
    });
    let (inputs, mut witness) = good();
    let (key, frame) = (*witness.frame.signed.key(), witness.frame.signed.frame().clone());
    let by_another = stranger().0.sign_frame(frame.clone());
    witness.frame.signed = SignedFrame::insecure_unverified(frame, key, *by_another.signature());
    refuse("a signature of another device", (inputs, witness), Rule::SIGNATURE);
}

#[test]
fn bad_c4() {
    let (mut inputs, witness) = good();
    inputs.registry_root = RegistryRoot::from_field(inputs.registry_root.to_field() + Fr::from(1u64));
    refuse("another root", (inputs, witness), Rule::MEMBERSHIP);
    for level in 0..7 {
        let (inputs, mut witness) = good();
        witness.frame.path.siblings[level][6] += Fr::from(1u64);
        refuse("another sibling", (inputs, witness), Rule::MEMBERSHIP);
    }
    let (inputs, mut witness) = good();
    witness.frame.position = Position::new(1001).unwrap();
    refuse("another position", (inputs, witness), Rule::MEMBERSHIP);
    let (inputs, mut witness) = good();
    witness.frame.attributes.owner += 1;
    refuse("attributes that are not the registry's", (inputs, witness), Rule::MEMBERSHIP);
}

#[test]
fn bad_c5() {
    for (latitude, longitude) in [IN_HOLE, OUTSIDE, (0, 0)] {
        let mut world = moving(5);
        world.edit(2, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
        bad("a sample outside", &world, Rule::FENCE);
    }
    // A triangle that holds the samples, but is not of the fence.
    let (inputs, mut witness) = good();
    let anywhere = [[480_000_000, 110_000_000], [480_000_000, 120_000_000], [490_000_000, 115_000_000]];
    witness.places.triangles[0].triangle = anywhere.try_into().unwrap();
    refuse("a triangle of nobody's", (inputs, witness), Rule::FENCE);
    for place in 0..PLACES {
        for level in 0..4 {
            let (inputs, mut witness) = good();
            witness.places.triangles[place].path.siblings[level][0] += Fr::from(1u64);
            // Of the upper levels the first place of each branch says which they are.
            if level == 0 || place % 4 == 0 {
                refuse("another sibling", (inputs, witness), Rule::FENCE);
            }
        }
    }
    // Triangles of the fence, none of which holds the samples.
    let mut world = moving(5);
    let beside = world.fleet.fence.locate(&Location::from_e7(481_500_000, 115_200_000).unwrap()).unwrap();
    let triangles = [InFence::at(&world.fleet.fence, beside); PLACES];
    let witness = TrackWitness { places: Places { triangles }, ..good().1 };
    assert_eq!(witness.places.locate(&world.members[0].reading.location), None);
    refuse("triangles beside", (witness.inputs(Fleet::EPOCH, Binding::NONE), witness), Rule::FENCE);
    world.edit(4, |reading| reading.location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap());
    bad("the last one outside", &world, Rule::FENCE);
}

/// A path has one child at each level, and a place's group is a node of its branch.
#[test]
fn a_forged_node_of_the_fence_is_refused() {
    let (inputs, witness) = good();
    for place in [0, 3, 4, 7] {
        let InFence { triangle, path, .. } = witness.places.triangles[place];
        let siblings = path.siblings.iter().map(|siblings| siblings[6]);
        for target in siblings.chain([triangle.pack()]) {
            let verdict = forged(Track::kit(), (&inputs, &witness), |site, values| {
                let is_node = ["child", "branch node", "place"].contains(&site.name);
                if rule_of(site) == Some(Rule::FENCE) && is_node && values[0] == target {
                    values[0] += Fr::from(1u64);
                }
            });
            verdict.assert_refused_by(Rule::FENCE, "a forged node");
        }
    }
}

#[test]
fn bad_c6() {
    let (start, end) = epoch(&moving(5));
    let mut early = moving(5);
    early.edit(0, |reading| reading.time = millis(start - 1));
    bad("the first too early", &early, Rule::EPOCH);
    let mut late = moving(5);
    late.edit(4, |reading| reading.time = millis(end));
    bad("the last too late", &late, Rule::EPOCH);
    let without_the_first = [LeftOut, Starts, Continues, Continues, Continues];
    let without_the_last = [Starts, Continues, Continues, Continues, LeftOut];
    for choices in [without_the_first, without_the_last] {
        refuse("too early, and left out", chosen(&early, &choices), Rule::EPOCH);
    }
    for last in [LeftOut, Starts] {
        let choices = [Starts, Continues, Continues, Continues, last];
        refuse("too late", chosen(&late, &choices), Rule::EPOCH);
    }
    // A device that signs samples out of order: the first and the last are in the epoch, one between is not.
    for (time, choices) in [
        (start - 1, [LeftOut, LeftOut, Starts, Starts, Continues]),
        (start - 1, [LeftOut, LeftOut, Starts, LeftOut, LeftOut]),
        (end, [Starts, Continues, Starts, LeftOut, LeftOut]),
        (end, [LeftOut, LeftOut, Starts, LeftOut, LeftOut]),
    ] {
        let mut between = moving(5);
        between.edit(2, |reading| reading.time = millis(time));
        refuse("one between is not", chosen(&between, &choices), Rule::EPOCH);
        let choices = [Starts, Continues, LeftOut, Continues, Continues];
        run(Track::kit(), "one between is not, and left out", chosen(&between, &choices), None);
    }
}

#[test]
fn bad_c7() {
    let far = 1i64 << 40;
    for value in [Fleet::LOW - 1, Fleet::HIGH + 1, Fleet::HIGH - far, 1 - far, far - 1, i64::MIN] {
        each_edited("a value out of range", Rule::VALUE, |reading| reading.channels[0] = value);
    }
}

#[test]
fn bad_c8() {
    for accuracy in [Fleet::MAX_ACCURACY + 1, u32::MAX, 0] {
        each_edited("too inaccurate, or of none", Rule::ACCURACY, |reading| reading.accuracy_mm = accuracy);
    }
}

#[test]
fn bad_c9() {
    let mut world = moving(5);
    world.members[0].leaf.attributes.class = 8;
    bad("class 8", &world, Rule::CLASS);
}

#[test]
fn bad_c10() {
    let mut world = moving(5);
    world.members[0].leaf.attributes.expiry = world.members[4].reading.time;
    let all = [Starts, Continues, Continues, Continues, Continues];
    refuse("expires at the last sample", chosen(&world, &all), Rule::EXPIRY);
    let choices = [Starts, Continues, Continues, Continues, LeftOut];
    run(Track::kit(), "the last sample is left out", chosen(&world, &choices), None);
}

#[test]
fn bad_c11() {
    let mut world = moving(5);
    world.edit(0, |reading| reading.network = Network::new(137, [0x11; 20]));
    bad("another network", &world, Rule::NETWORK);
}

#[test]
fn bad_c12() {
    let mut world = moving(5);
    world.edit(0, |reading| reading.schema ^= 1 << 31);
    bad("another schema", &world, Rule::SCHEMA);
}

#[test]
fn bad_c20() {
    let (_, mut witness) = good();
    witness.secret = stranger().1;
    refuse("another secret", (witness.inputs(Fleet::EPOCH, Binding::NONE), witness), Rule::IDENTITY);
    let mut world = moving(5);
    world.members[0].leaf.identity = Identity::from_field(Fr::from(0u64));
    bad("an identity of nothing", &world, Rule::IDENTITY);
}

#[test]
fn bad_c21() {
    let (inputs, witness) = good();
    for nullifier in [
        Nullifier::from_field(inputs.nullifier.to_field() + Fr::from(1u64)),
        Nullifier::of(&stranger().1, inputs.policy_id, Fleet::EPOCH),
        Nullifier::of(&witness.secret, inputs.policy_id, Fleet::EPOCH + 1),
    ] {
        refuse("another nullifier", (TrackInputs { nullifier, ..inputs }, witness.clone()), Rule::NULLIFIER);
    }
}

#[test]
fn bad_t1() {
    bad("a frame of fifteen samples in a circuit of fourteen", &moving(15), rules::SAMPLES);
}

#[test]
fn bad_t2() {
    let mut world = moving(5);
    let time = world.members[1].reading.time;
    world.edit(2, |reading| reading.time = time);
    for third in [Starts, Continues] {
        let claim = chosen(&world, &[Starts, Continues, third, Continues, Continues]);
        refuse("two samples of one moment", claim, rules::ORDER);
    }
    // A sample between them makes no difference.
    let mut world = moving(5);
    let time = world.members[0].reading.time.get();
    for (sample, later) in [(1, 5), (2, 4), (3, 5)] {
        world.edit(sample, |reading| reading.time = millis(time + later));
    }
    refuse("back in time", chosen(&world, &[LeftOut, Starts, Starts, LeftOut, LeftOut]), rules::ORDER);
    refuse("the same moment", chosen(&world, &[Starts, Starts, LeftOut, Starts, LeftOut]), rules::ORDER);
}

#[test]
fn bad_t3() {
    let all: [Choice; 5] = [Starts, Continues, Continues, Continues, Continues];
    let mut late = moving(5);
    later(&mut late, 3..5, 59_001);
    refuse("too late", chosen(&late, &all), rules::STEP);
    let mut fast = moving(5);
    fast.edit(3, |reading| reading.location = Location::from_e7(481_032_000, 115_990_000).unwrap());
    refuse("too fast", chosen(&fast, &all), rules::STEP);
    refuse("of no leg", chosen(&moving(5), &[LeftOut, LeftOut, Continues, Starts, Continues]), rules::STEP);
}

#[test]
fn bad_t4() {
    let (inputs, witness) = good();
    refuse("more than are counted", (TrackInputs { samples: 6, ..inputs }, witness), rules::COUNTED);
    let mut world = moving(5);
    world.limits(|parts| parts.least_samples = 6);
    bad("fewer than the policy wants", &world, rules::COUNTED);
    world.limits(|parts| parts.least_samples = 5);
    let (inputs, witness) = Track::claim(&world, Binding::NONE);
    refuse("fewer claimed", (TrackInputs { samples: 4, ..inputs }, witness), rules::COUNTED);
}

#[test]
fn bad_t5() {
    let mut world = moving(5);
    world.limits(|parts| parts.most_left_out = 3);
    let none = chosen(&world, &[Starts, LeftOut, LeftOut, LeftOut, LeftOut]);
    refuse("more than the policy allows", none, rules::LEFT_OUT);
    let (inputs, witness) = chosen(&world, &[Starts, LeftOut, Continues, Continues, Continues]);
    refuse("fewer than are", (TrackInputs { left_out: 0, ..inputs }, witness), rules::LEFT_OUT);
    let (inputs, witness) = Track::claim(&world, Binding::NONE);
    refuse("more claimed than may be", (TrackInputs { left_out: 4, ..inputs }, witness), rules::LEFT_OUT);
}

#[test]
fn bad_t6_to_t9() {
    let mut world = moving(5);
    later(&mut world, 3..5, 70_000);
    let (inputs, witness) = Track::claim(&world, Binding::NONE);
    assert!(
        inputs.legs == 2 && inputs.distance_cm > 10_000 && inputs.observed_ms == 3_000 && inputs.slots == 1
    );
    for (claim, rule) in [
        (TrackInputs { legs: 1, ..inputs }, rules::LEGS),
        (TrackInputs { legs: 0, ..inputs }, rules::LEGS),
        (TrackInputs { distance_cm: inputs.distance_cm + 1, ..inputs }, rules::DISTANCE),
        (TrackInputs { distance_cm: u32::MAX, ..inputs }, rules::DISTANCE),
        (TrackInputs { observed_ms: 3_001, ..inputs }, rules::OBSERVED),
        (TrackInputs { observed_ms: u32::MAX, ..inputs }, rules::OBSERVED),
        (TrackInputs { slots: 2, ..inputs }, rules::SLOTS),
        (TrackInputs { slots: u16::MAX, ..inputs }, rules::SLOTS),
    ] {
        refuse("more than there is", (claim, witness.clone()), rule);
    }
    let less = TrackInputs {
        legs: 5,
        distance_cm: 10_000,
        observed_ms: 1,
        slots: 0,
        left_out: 3,
        samples: 2,
        ..inputs
    };
    run(Track::kit(), "less than there is", (less, witness), None);
}
