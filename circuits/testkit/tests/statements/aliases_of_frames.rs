//! As `aliases`, of statements about frames: an activity that is no bit, a start before 1970, an offset beyond its width.

use std::sync::atomic::{AtomicUsize, Ordering};

use ark_ff::{AdditiveGroup, BigInteger, Field as _, PrimeField};
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::track::{Track, TrackInputs};
use zksensor_circuits::statement::{Binding, Rule, Statement};
use zksensor_circuits::trace::Site;
use zksensor_model::field::{self, Fr};
use zksensor_model::frame::{Frame, FrameHeader, Sample, SignedFrame};
use zksensor_model::policy::{PolicyId, encoding};
use zksensor_model::preimages::{self, SurveyLimits};
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::Signature;
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::survey::{counted, surveyed};
use super::kit::track::moving;
use super::kit::{TRIANGLES, Tested, World, forged, millis, respond};

/// The activity -1 takes a device away from those that are counted, and its samples from those that were left out.
/// C18 would refuse it, too: one that is not 1 counts no sample (S3), so that no factor is 0 but the activity itself.
#[test]
fn no_device_is_less_than_none() {
    const SAMPLES: usize = 3;
    let mut world = surveyed(6, SAMPLES, FleetOptions { k: 4, ..FleetOptions::of::<Survey>() });
    world.values(&[Fleet::LOW; 6 * SAMPLES]);
    let position = world.members[4 * SAMPLES].position + 1;
    world.members[5 * SAMPLES..].iter_mut().for_each(|member| member.position = position);
    let one_left_out: &[bool] = &[true, false, true];
    let chosen = [one_left_out, one_left_out, one_left_out, one_left_out, one_left_out, &[false; SAMPLES]];
    let (inputs, witness) = counted(&world, &chosen);
    assert_eq!((inputs.devices, inputs.counted, inputs.left_out), (6, 10, 8));
    let inputs = SurveyInputs { devices: 4, left_out: 2, ..inputs };
    let negative = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "active" && site.instance == 5 {
            values[0] = -Fr::ONE;
        }
    };
    let verdict = forged(Survey::kit(), (&inputs, &witness), negative);
    verdict.assert_refused_by(Rule::ACTIVITY, "four devices of five");
}

/// No policy asks for a spread without a step, but an id can be of one.
#[test]
fn a_shape_without_quality_is_for_no_policy_that_asks_for_a_spread_alone() {
    let kit = Conformance::new(Survey::new(5, 7, TRIANGLES, 3, false).unwrap());
    let mut none = surveyed(5, 3, FleetOptions::of::<Survey>());
    none.limits_of_devices(|parts| parts.quality = None);
    let (mut inputs, witness) = Survey::claim(&none, Binding::NONE);
    let spread = field::power_of_two(SurveyLimits::PARTS.largest_step.bits());
    let mut lanes = none.fleet.policy.lanes();
    lanes[4] += spread;
    inputs.policy_id = PolicyId::from_field(poseidon::hash(Domain::Policy, &lanes));
    let asks = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "parameters" {
            values[0] += spread;
        }
    };
    forged(&kit, (&inputs, &witness), asks).assert_refused_by(Rule::POLICY, "a spread of 1 and no step");
}

/// A sequence number that is less by a fraction lends the start below it in the lane as many milliseconds as one likes.
#[test]
fn no_frame_begins_later_for_a_fraction_of_its_number() {
    const LATER: u64 = 1000;
    let fraction = Fr::from(LATER) * field::power_of_two(encoding::TIME_BITS).inverse().unwrap();
    let later = |site: &Site<'_>, values: &mut [Fr]| match site.name {
        _ if site.instance > 0 => {}
        "frame start" => values[0] += Fr::from(LATER),
        "sequence" => values[0] -= fraction,
        _ => {}
    };
    let (inputs, witness) = Track::claim(&moving(3), Binding::NONE);
    forged(Track::kit(), (&inputs, &witness), later).assert_refused("a frame a second later");
    let (inputs, witness) = Survey::claim(&Survey::good(), Binding::NONE);
    forged(Survey::kit(), (&inputs, &witness), later).assert_refused("a frame of a survey a second later");
}

/// A device signs samples of after the last millisecond that there is; their low bits are those of the first second of 1970.
#[test]
fn no_sample_is_of_after_the_time_that_there_is() {
    const LAST_DAYS: u32 = 1 << 31;
    let mut world = World::new(1, FleetOptions { k: 1, ..FleetOptions::of::<Survey>() });
    world.policy(|parts| parts.epoch_origin = millis(0));
    let mut witness = world.survey_witness();
    let signed = &mut witness.devices[0].frame.signed;
    let header = *signed.frame().header();
    let header = FrameHeader { start: millis((1 << encoding::TIME_BITS) - u64::from(LAST_DAYS)), ..header };
    let sample = Sample { offset_ms: LAST_DAYS + 500, ..signed.frame().samples()[0] };
    let frame = Frame::insecure_unchecked(header, vec![sample]).unwrap();
    *signed = world.fleet.keys[world.members[0].device].sign_frame(frame);
    let inputs = witness.inputs(0, Binding::NONE);
    let verdict = forged(Survey::kit(), (&inputs, &witness), |_, _| ());
    verdict.assert_refused_by(Rule::EPOCH, "half a second after the last one");
}

/// Milliseconds before 1970 at which a frame is shown to begin.
const BEFORE: u64 = 1 << 31;

/// What a device signs is not the frame that is shown, but a hint makes both one message.
struct Shown {
    frame: Frame,
    signature: Signature,
    key: Point,
}

/// The first device's hint of this name that has this value.
#[derive(Clone, Copy)]
struct Hint {
    name: &'static str,
    value: u32,
}

impl Hint {
    fn is(&self, site: &Site<'_>, values: &[Fr]) -> bool {
        site.name == self.name && site.instance == 0 && values == [Fr::from(self.value)]
    }
}

/// Milliseconds after its start that a frame is said to have its sample.
const OFFSET: u32 = 500;

impl Shown {
    fn signed_as(frame: Frame, message: Fr) -> Shown {
        let (secret, nonce) = (Scalar::from(987_654_321u64), Scalar::from(777u64));
        let key = BASE8.mul(&secret);
        Shown { frame, signature: respond(&secret, &key, &nonce, &Point::IDENTITY, &message), key }
    }

    /// A frame that was signed for the last days that there are, in the year 10,889, and what it is shown as: its start is negative, and
    /// the sequence number above it in the lane one more. Its sample is of the first second of 1970.
    fn of_the_last_days(world: &World) -> Shown {
        let honest = world.fleet.frame(world.members[0].device, &[world.members[0].reading]);
        let honest = honest.frame();
        let header = FrameHeader { start: millis(0), sequence: 8, ..*honest.header() };
        let sample = Sample { offset_ms: u32::try_from(BEFORE).unwrap() + OFFSET, ..honest.samples()[0] };
        let shown = Frame::insecure_unchecked(header, vec![sample]).unwrap();
        let summary = shown.summary();
        let last = field::power_of_two(encoding::TIME_BITS) - Fr::from(BEFORE);
        let signed = preimages::FrameHeader {
            sequence: Fr::from(7u64),
            start_unix_ms: last,
            ..summary.header_parts()
        };
        let header = signed.pack();
        let unit = field::power_of_two(preimages::FrameHeader::PARTS.count.bits());
        assert_eq!(header, summary.header_parts().pack() - Fr::from(BEFORE) * unit);
        let message = preimages::Frame { header, ..summary.preimage() }.hash();
        Shown::signed_as(shown, message)
    }

    /// A frame that was signed for some months before the epoch, and what it is shown as: its sample is [`beyond_offsets`] milliseconds
    /// later. On top of the lane these are the field's order and some more, which the parts below have less.
    fn of_months_before(world: &World) -> Shown {
        let honest = world.fleet.frame(world.members[0].device, &[world.members[0].reading]);
        let honest = honest.frame();
        let start = millis(honest.time(0).get() - u64::from(OFFSET) - beyond_offsets());
        let header = FrameHeader { start, ..*honest.header() };
        let sample = Sample { offset_ms: OFFSET, ..honest.samples()[0] };
        let shown = Frame::insecure_unchecked(header, vec![sample]).unwrap();
        let unit = field::power_of_two(below_offset());
        let element = sample.insecure_parts().pack() + Fr::from(beyond_offsets()) * unit;
        let bits: u32 = preimages::Sample::LANE.widths().iter().sum();
        assert!(element.into_bigint().num_bits() <= bits, "what is signed is a sample");
        let mut first = [Fr::ZERO; 7];
        first[0] = element;
        let chain = preimages::Samples::of(Fr::ZERO, first).hash();
        let message = preimages::Frame { chain, ..shown.summary().preimage() }.hash();
        Shown::signed_as(shown, message)
    }

    /// That a statement refuses it as the frame of its first device, with the hint of this name changed.
    fn assert_refused_by<S: Statement>(
        self,
        kit: &Conformance<S>,
        mut world: World,
        (hint, change): (Hint, Fr),
        claim: impl Fn(&World, &dyn Fn(SignedFrame) -> SignedFrame) -> (S::Inputs, S::Witness),
    ) {
        let Shown { frame, signature, key } = self;
        world.members[0].sign_under(key, move |_| signature);
        let signed = |good: SignedFrame| {
            SignedFrame::insecure_unverified(frame.clone(), *good.key(), *good.signature())
        };
        let (inputs, witness) = claim(&world, &signed);
        let times = AtomicUsize::new(0);
        let changed = |site: &Site<'_>, values: &mut [Fr]| {
            if hint.is(site, values) {
                values[0] += change;
                times.fetch_add(1, Ordering::Relaxed);
            }
        };
        let verdict = forged(kit, (&inputs, &witness), changed);
        assert_eq!(times.into_inner(), 2, "one hint {} of each backend", hint.name);
        verdict.assert_refused(&format!("a frame whose {} is another", hint.name));
    }

    /// The epoch is the one that begins with 1970, or that of the readings.
    fn assert_refused_by_all(make: fn(&World) -> Shown, of_1970: bool, change: (Hint, Fr)) {
        let epoch = if of_1970 { 0 } else { Fleet::EPOCH };
        let with_origin = |mut world: World| {
            if of_1970 {
                world.policy(|parts| parts.epoch_origin = millis(0));
            }
            world
        };
        let world = with_origin(moving(1));
        make(&world).assert_refused_by(Track::kit(), world, change, |world, signed| {
            let mut witness = world.track_witness();
            witness.frame.signed = signed(witness.frame.signed);
            let inputs = TrackInputs { slots: 0, ..witness.inputs(epoch, Binding::NONE) };
            (inputs, witness)
        });
        let world = with_origin(World::new(1, FleetOptions { k: 1, ..FleetOptions::of::<Survey>() }));
        make(&world).assert_refused_by(Survey::kit(), world, change, |world, signed| {
            let mut witness = world.survey_witness();
            let frame = &mut witness.devices[0].frame;
            frame.signed = signed(frame.signed.clone());
            (witness.inputs(epoch, Binding::NONE), witness)
        });
    }
}

/// The fewest milliseconds that are the field's order or more on top of a sample's lane: about 300 days, more than an offset has bits for.
fn beyond_offsets() -> u64 {
    let later = (Fr::MODULUS >> below_offset()).as_ref()[0] + 1;
    assert!(later > u64::from(u32::MAX));
    later
}

/// Bits of a sample's lane below its offset.
fn below_offset() -> u32 {
    preimages::Sample::LANE.widths()[1..].iter().sum()
}

#[test]
fn no_frame_begins_before_the_time_that_there_is() {
    Shown::assert_refused_by_all(
        Shown::of_the_last_days,
        true,
        (Hint { name: "frame start", value: 0 }, -Fr::from(BEFORE)),
    );
}

#[test]
fn no_sample_is_later_than_an_offset_can_be() {
    let offset = Hint { name: "offset", value: OFFSET };
    Shown::assert_refused_by_all(Shown::of_months_before, false, (offset, Fr::from(beyond_offsets())));
}
