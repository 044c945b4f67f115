//! `survey`: a bad vector of every rule that is about a device; the others are in `survey_own_bad` and `survey_totals_bad`.

use zksensor_circuits::statement::survey::{PLACES, Survey, SurveyInputs, SurveyWitness};
use zksensor_circuits::statement::{
    Binding, ClaimFamily, PolicyMismatch, Rule, Statement, Violation, aggregate,
};
use zksensor_model::claim::survey as rules;
use zksensor_model::field::Fr;
use zksensor_model::frame::SignedFrame;
use zksensor_model::policy::{Outputs, Parameters, PolicyId};
use zksensor_model::reading::{Location, Network, PayloadHash, Reading};
use zksensor_model::registry::{ChunkCap, Position, RegistryRoot};
use zksensor_model::schema::ABSENT;
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions, IN_HOLE, OUTSIDE, middle};

use super::bad::Bad;
use super::kit::survey::{counted, surveyed};
use super::kit::{APART, FIRST, TRIANGLES, Tested, World, epoch, forged, millis, run, stranger};
use super::survey_own_bad::{bad_s1, bad_s2, bad_s3, bad_s4, bad_s5, bad_s6};
use super::survey_totals_bad::{bad_c13, bad_c14, bad_c15, bad_c16, bad_c17, bad_c18, bad_c19};

/// The tests here whose vectors need no hook.
impl Bad for Survey {
    #[rustfmt::skip]
    const BAD: &'static [fn()] = &[
        bad_c1, bad_c1_a_fence_larger_than_the_circuit, bad_c2, bad_c3, bad_c4, bad_c5, bad_c6, bad_c7, bad_c8, bad_c9, bad_c10,
        bad_c11, bad_c12, bad_c13, bad_c14, bad_c15, bad_c16, bad_c17, bad_c18, bad_c19, bad_s1, bad_s2, bad_s3, bad_s4, bad_s5, bad_s6,
    ];
}

/// Samples of each device.
pub(super) const SAMPLES: usize = 3;

pub(super) fn refuse(name: &'static str, claim: ClaimOf<Survey>, rule: Rule) {
    run(Survey::kit(), name, claim, rule);
}

pub(super) fn claim(world: &World) -> ClaimOf<Survey> {
    Survey::claim(world, Binding::NONE)
}

pub(super) fn bad(name: &'static str, world: &World, rule: Rule) {
    refuse(name, claim(world), rule);
}

/// Five devices with three samples each.
pub(super) fn world() -> World {
    Survey::good()
}

pub(super) fn options(k: u32, outputs: Outputs) -> FleetOptions {
    FleetOptions { k, outputs, ..FleetOptions::of::<Survey>() }
}

/// The first, a middle and the last sample of the third device, of which each in turn is changed.
fn each_edited(name: &'static str, rule: Rule, change: impl Fn(&mut Reading)) {
    for sample in 0..SAMPLES {
        let mut world = world();
        world.edit(2 * SAMPLES + sample, &change);
        bad(name, &world, rule);
    }
}

/// The claim with another device in the place of the third.
fn with_third(change: impl FnOnce(&mut SurveyWitness)) -> ClaimOf<Survey> {
    let (inputs, mut witness) = claim(&world());
    change(&mut witness);
    (inputs, witness)
}

/// What is wrong with a sample that is left out is nobody's business.
#[test]
fn a_sample_that_is_left_out_obeys_no_rule() {
    let mut world = world();
    for device in 0..5 {
        world.edit(SAMPLES * device + 1, |reading| {
            reading.location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap();
            (reading.accuracy_mm, reading.channels[0]) = (u32::MAX, Fleet::HIGH + 1);
        });
    }
    run(Survey::kit(), "the second is left out", counted(&world, &[&[true, false, true][..]; 5]), None);
}

#[test]
fn bad_c1() {
    let (mut inputs, witness) = claim(&world());
    inputs.policy_id = PolicyId::from_field(inputs.policy_id.to_field() + Fr::from(1u64));
    refuse("another id", (inputs, witness), Rule::POLICY);

    let mut other = world();
    other.policy(|parts| {
        (parts.family, parts.parameters) = (aggregate::Aggregate::FAMILY, Parameters::NONE);
    });
    bad("a policy for another statement", &other, Rule::POLICY);

    let mut other = world();
    other.policy(|parts| parts.statement_version = 2);
    bad("a policy for another version", &other, Rule::POLICY);

    let mut other = world();
    let mut triangles = other.fleet.fence.triangles().to_vec();
    triangles.reverse();
    other.fleet.fence = triangles.try_into().unwrap();
    bad("a fence that is not the policy's", &other, Rule::POLICY);

    let (mut inputs, witness) = claim(&world());
    inputs.epoch = u32::MAX;
    refuse("an epoch beyond 2^48 ms", (inputs, witness), Rule::POLICY);

    let mut without = world();
    without.limits_of_devices(|parts| parts.quality = None);
    bad("a policy that asks for no quality", &without, Rule::POLICY);
}

/// A key of a shape without the rules of quality passes for no policy that asks for it.
#[test]
fn a_shape_without_quality_is_for_no_policy_that_asks_for_it() {
    let statement = Survey::new(5, 7, TRIANGLES, 3, false).unwrap();
    let kit = Conformance::new(statement);
    let mut none = world();
    none.limits_of_devices(|parts| parts.quality = None);
    run(&kit, "no quality asked for", claim(&none), None);
    for (least_spread, largest_step) in [(0, 60_000), (0, 1), (1, 60_000), (200, (1 << 40) - 1)] {
        let mut asks = world();
        asks.quality(least_spread, largest_step);
        let (inputs, witness) = claim(&asks);
        let said = statement.check(&inputs, &witness);
        assert_eq!(said, Err(Violation::Policy { reason: PolicyMismatch::Quality { asked: true } }));
        run(&kit, "quality asked for", (inputs, witness), Rule::POLICY);
    }
}

#[test]
fn bad_c1_a_fence_larger_than_the_circuit() {
    let mut world = world();
    let triangles = world.fleet.fence.triangles().to_vec();
    let many: Vec<_> = triangles.iter().cycle().take(24).copied().collect();
    world.fleet.fence = many.try_into().unwrap();
    let root = world.fleet.fence.root();
    world.policy(|parts| parts.fence = root);
    bad("more triangles than the shape", &world, Rule::POLICY);
}

#[test]
fn bad_c2() {
    let none = World { members: Vec::new(), ..world() };
    bad("no device at all", &none, Rule::ACTIVITY);
}

/// More devices than slots: the circuit never sees the ninth, so what it refuses is the count that includes it.
#[test]
fn bad_c2_too_many_devices() {
    let (inputs, witness) = claim(&World::new(9, options(5, Outputs::default())));
    let said = Survey::kit().statement().check(&inputs, &witness);
    assert_eq!(said, Err(Violation::Activity { capacity: 8, got: 9 }));
    forged(Survey::kit(), (&inputs, &witness), |_, _| {}).assert_refused_by(Rule::COUNT, "nine devices");
}

/// Activity is no part of the witness type, so a hook switches slots off: with all that its samples say, and with none counted.
#[test]
fn bad_c2_gaps() {
    for (name, off) in [("a gap", 3), ("slot 0 is off", 0)] {
        let (whole, witness) = claim(&surveyed(6, SAMPLES, options(5, Outputs::default())));
        let mut rest = witness.clone();
        rest.devices.remove(off);
        let inputs =
            SurveyInputs { registry_root: whole.registry_root, ..rest.inputs(Fleet::EPOCH, Binding::NONE) };
        let verdict = forged(Survey::kit(), (&inputs, &witness), |site, values| {
            if site.instance == off && ["active", "counted"].contains(&site.name) {
                values[0] = Fr::from(0u64);
            }
        });
        verdict.assert_refused_by(Rule::ACTIVITY, name);
        assert!(
            verdict.native.iter().all(|failure| failure.rule() == Some(Rule::ACTIVITY)),
            "{:?}",
            verdict.native
        );
    }
}

/// A device that is switched off and goes on counting.
#[test]
fn bad_s3_of_a_device_that_is_off() {
    let (whole, witness) = claim(&surveyed(6, SAMPLES, options(5, Outputs::default())));
    let (mut inputs, _) = claim(&surveyed(5, SAMPLES, options(5, Outputs::default())));
    (inputs.registry_root, inputs.sum, inputs.counted) = (whole.registry_root, whole.sum, whole.counted);
    let verdict = forged(Survey::kit(), (&inputs, &witness), |site, values| {
        if site.instance == 5 && site.name == "active" {
            values[0] = Fr::from(0u64);
        }
    });
    verdict.assert_refused_by(rules::COUNTED, "a device that is off and counts");
}

#[test]
fn bad_c3() {
    let altered = |change: &dyn Fn(&mut World)| {
        let (inputs, mut witness) = claim(&world());
        let mut world = world();
        change(&mut world);
        let other = world.survey_witness().devices[2].frame.signed.frame().clone();
        let signed = &mut witness.devices[2].frame.signed;
        *signed = SignedFrame::insecure_unverified(other, *signed.key(), *signed.signature());
        refuse("an altered frame", (inputs, witness), Rule::SIGNATURE);
    };
    for sample in 0..SAMPLES {
        altered(&|world| {
            world.edit(2 * SAMPLES + sample, |reading| reading.channels[1] += 1);
        });
    }
    for change in [
        |reading: &mut Reading| reading.sequence += 1,
        |reading: &mut Reading| reading.payload_hash = PayloadHash::NONE,
    ] {
        altered(&|world| {
            world.edit(2 * SAMPLES, change);
        });
    }
    let claim = with_third(|witness| {
        let frame = witness.devices[2].frame.signed.frame().clone();
        let by_another = stranger().0.sign_frame(frame.clone());
        let signed = &mut witness.devices[2].frame.signed;
        *signed = SignedFrame::insecure_unverified(frame, *signed.key(), *by_another.signature());
    });
    refuse("a signature of another device", claim, Rule::SIGNATURE);
}

#[test]
fn bad_c4() {
    let mut outsider = world();
    outsider.members[SAMPLES].enrolled = Some(outsider.members[0].leaf.hash());
    for further in 1..SAMPLES {
        outsider.members[SAMPLES + further].enrolled = outsider.members[SAMPLES].enrolled;
    }
    bad("a device that is not enrolled", &outsider, Rule::MEMBERSHIP);

    let claim_of = |change: &dyn Fn(&mut SurveyWitness)| with_third(change);
    refuse(
        "attributes that are not the registry's",
        claim_of(&|witness| witness.devices[2].frame.attributes.owner += 1),
        Rule::MEMBERSHIP,
    );
    let sibling = claim_of(&|witness| witness.devices[2].frame.path.siblings[0][3] += Fr::from(1u64));
    refuse("another sibling", sibling, Rule::MEMBERSHIP);
    // In another subtree of the cap and in the same leaf node.
    const THIRD: u32 = FIRST + 2 * APART;
    for (name, position) in [("a position in another cap node", THIRD + 3), ("the next position", THIRD + 1)]
    {
        let moved = claim_of(&|witness| witness.devices[2].frame.position = Position::new(position).unwrap());
        refuse(name, moved, Rule::MEMBERSHIP);
    }

    let (mut inputs, witness) = claim(&world());
    inputs.registry_root = RegistryRoot::from_field(inputs.registry_root.to_field() + Fr::from(1u64));
    refuse("another root", (inputs, witness), Rule::MEMBERSHIP);
    for (name, node) in [("another cap node", 0), ("another cap node, not on a path", 63)] {
        let (inputs, mut witness) = claim(&world());
        let mut nodes = *witness.cap.nodes();
        nodes[node] += Fr::from(1u64);
        witness.cap =
            ChunkCap::new(witness.cap.chunk(), Box::new(nodes), witness.cap.siblings().to_vec()).unwrap();
        refuse(name, (inputs, witness), Rule::MEMBERSHIP);
    }
}

#[test]
fn bad_c5() {
    for (latitude, longitude) in [IN_HOLE, OUTSIDE, (0, 0)] {
        each_edited("outside of the fence", Rule::FENCE, |reading| {
            reading.location = Location::from_e7(latitude, longitude).unwrap();
        });
    }
    // In the fence, but not in the triangles that the device opens.
    let (inputs, mut witness) = claim(&world());
    let used = witness.devices[2].places[0];
    witness.devices[2].places = [(used + 1) % witness.fence.triangles().len(); PLACES];
    refuse("triangles beside", (inputs, witness), Rule::FENCE);
    // Triangles that there are none of, in the shape or beyond it.
    for place in [11, TRIANGLES, usize::MAX] {
        let (inputs, mut witness) = claim(&world());
        witness.devices[2].places[PLACES - 1] = place;
        refuse("a triangle that is none", (inputs, witness), Rule::FENCE);
    }
    // In one triangle more than a device opens.
    let mut spread = surveyed(5, 5, options(5, Outputs::default()));
    let triangles = spread.fleet.fence.triangles().to_vec();
    for (sample, triangle) in triangles.iter().take(5).enumerate() {
        spread.edit(sample, |reading| reading.location = middle(triangle));
    }
    bad("five triangles", &spread, Rule::FENCE);
}

/// A triangle that is none of the fence's is refused, whoever is in it.
#[test]
fn a_triangle_of_nobodys_is_refused() {
    let mut world = world();
    world.edit(2 * SAMPLES, |reading| reading.location = Location::from_e7(OUTSIDE.0, OUTSIDE.1).unwrap());
    let (inputs, witness) = claim(&world);
    let anywhere: zksensor_model::fence::Triangle =
        [[480_000_000, 110_000_000], [480_000_000, 120_000_000], [490_000_000, 115_000_000]]
            .try_into()
            .unwrap();
    for place in 0..PLACES {
        let seen = std::sync::atomic::AtomicUsize::new(0);
        let verdict = forged(Survey::kit(), (&inputs, &witness), |site, values| {
            if site.instance != 2 {
                return;
            }
            if site.name == "place" {
                let at = seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % PLACES;
                if at == place {
                    values[0] = anywhere.pack();
                }
            } else if site.name == "place index" {
                values[0] = Fr::from(place as u64);
            }
        });
        verdict.assert_refused_by(Rule::FENCE, "a triangle of nobody's");
    }
}

#[test]
fn bad_c6() {
    let (start, end) = epoch(&world());
    for time in [start - 1, end, end + 5] {
        let mut world = world();
        world.edit(2 * SAMPLES, |reading| reading.time = millis(time));
        let late = time >= end;
        for sample in 1..SAMPLES {
            let own = world.members[2 * SAMPLES + sample].reading.time.get();
            let time = if late { time + sample as u64 } else { own };
            world.edit(2 * SAMPLES + sample, |reading| reading.time = millis(time));
        }
        bad("too early or too late", &world, Rule::EPOCH);
        let mut choice = [&[true, true, true][..]; 5];
        choice[2] = if late { &[true, true, false] } else { &[false, true, true] };
        refuse("left out all the same", counted(&world, &choice), Rule::EPOCH);
    }
    let mut late = world();
    late.edit(3 * SAMPLES - 1, |reading| reading.time = millis(end));
    let mut choice = [&[true, true, true][..]; 5];
    choice[2] = &[true, true, false];
    refuse("the last too late, and left out", counted(&late, &choice), Rule::EPOCH);
    let mut at_0 = world();
    for sample in 0..SAMPLES {
        at_0.edit(2 * SAMPLES + sample, |reading| reading.time = millis(sample as u64));
    }
    bad("a frame of 1970", &at_0, Rule::EPOCH);
    // A device that signs samples out of order: the first and the last are in the epoch, one between is not.
    for time in [start - 1, end] {
        let mut world = world();
        world.edit(2 * SAMPLES + 1, |reading| reading.time = millis(time));
        for third in [[false, true, false], [true, true, false], [false, true, true]] {
            let mut choice = [&[true, true, true][..]; 5];
            choice[2] = &third;
            let ordered = if time < start { !third[0] } else { !third[2] };
            if ordered {
                refuse("one between is not", counted(&world, &choice), Rule::EPOCH);
            }
        }
        let mut choice = [&[true, true, true][..]; 5];
        choice[2] = &[true, false, true];
        run(Survey::kit(), "one between is not, and left out", counted(&world, &choice), None);
    }
    let (mut inputs, witness) = claim(&world());
    inputs.epoch += 1;
    refuse("another epoch", (inputs, witness), Rule::EPOCH);
}

#[test]
fn bad_c7() {
    let far = 1i64 << 40;
    for value in [Fleet::LOW - 1, Fleet::HIGH + 1, Fleet::HIGH - far, 1 - far, far - 1] {
        each_edited("a value out of range", Rule::VALUE, |reading| reading.channels[0] = value);
    }
    // The sum would not fit its field, so the claim is of what an absent channel is stored as.
    let mut absent = world();
    let value = absent.members[2 * SAMPLES].reading.channels[0];
    absent.edit(2 * SAMPLES, |reading| reading.channels[0] = ABSENT);
    let (inputs, witness) = claim(&absent);
    let sum = claim(&world()).0.sum - value - far;
    refuse("an absent channel", (SurveyInputs { sum, ..inputs }, witness), Rule::VALUE);
}

#[test]
fn bad_c8() {
    for accuracy in [Fleet::MAX_ACCURACY + 1, u32::MAX, 0] {
        each_edited("too inaccurate, or of none", Rule::ACCURACY, |reading| reading.accuracy_mm = accuracy);
    }
}

#[test]
fn bad_c9() {
    for class in [8, 0, u16::MAX] {
        let mut world = world();
        for sample in 0..SAMPLES {
            world.members[4 * SAMPLES + sample].leaf.attributes.class = class;
        }
        bad("another class", &world, Rule::CLASS);
    }
}

#[test]
fn bad_c10() {
    let last = world().members[2 * SAMPLES + 2].reading.time.get();
    for expiry in [last, last - 1, 0] {
        let mut world = world();
        for sample in 0..SAMPLES {
            world.members[2 * SAMPLES + sample].leaf.attributes.expiry = millis(expiry);
        }
        bad("expires by the last sample", &world, Rule::EXPIRY);
    }
    let mut world = world();
    for sample in 0..SAMPLES {
        world.members[2 * SAMPLES + sample].leaf.attributes.expiry = millis(last);
    }
    let mut choice = [&[true, true, true][..]; 5];
    choice[2] = &[true, true, false];
    run(Survey::kit(), "the last sample is left out", counted(&world, &choice), None);
}

#[test]
fn bad_c11() {
    let mut world = world();
    world.edit(2 * SAMPLES, |reading| reading.network = Network::new(137, [0x11; 20]));
    bad("another chain", &world, Rule::NETWORK);
}

#[test]
fn bad_c12() {
    let mut world = world();
    world.edit(2 * SAMPLES, |reading| reading.schema += 1);
    bad("another schema", &world, Rule::SCHEMA);
}
