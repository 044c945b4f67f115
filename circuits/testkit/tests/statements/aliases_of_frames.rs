//! As `aliases`, of statements about frames: an extreme that one device is beyond, an activity that is no bit, a start before 1970.

use ark_ff::Field as _;
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::track::{Track, TrackInputs};
use zksensor_circuits::statement::{Binding, Rule, Statement};
use zksensor_circuits::trace::Site;
use zksensor_model::field::{self, Fr};
use zksensor_model::frame::{Frame, FrameHeader, Sample, SignedFrame};
use zksensor_model::policy::{Outputs, encoding};
use zksensor_model::preimages;
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::Signature;
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::survey::{counted, surveyed};
use super::kit::track::moving;
use super::kit::{Tested, World, forged, millis, respond, rule_of};

/// Both extremes are published.
const EXTREMES: Outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };

/// Every device's own extremes are what they are, and of all devices the second is claimed.
#[test]
fn an_extreme_that_one_device_is_beyond() {
    let mut world = surveyed(5, 1, FleetOptions { outputs: EXTREMES, ..FleetOptions::of::<Survey>() });
    world.values(&[1000, 2000, 3000, 4000, 5000].map(|above| Fleet::LOW + above));
    let (inputs, witness) = Survey::claim(&world, Binding::NONE);
    for (inputs, rule, second) in [
        (SurveyInputs { minimum: 2000, ..inputs }, Rule::MINIMUM, 2000u64),
        (SurveyInputs { maximum: 4000, ..inputs }, Rule::MAXIMUM, 4000),
    ] {
        let beyond = |site: &Site<'_>, values: &mut [Fr]| {
            if site.name == "extreme" && rule_of(site) == Some(rule) {
                values[0] = Fr::from(second);
            }
        };
        let verdict = forged(Survey::kit(), (&inputs, &witness), beyond);
        verdict.assert_refused_by(rule, "one device is beyond it");
    }
}

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

/// A frame that was signed for the last days that there are, in the year 10,889, and what it is shown as: its start is negative, and the
/// sequence number above it in the lane one more. Its sample is of the first second of 1970.
fn of_the_last_days(world: &World) -> (Frame, Signature, Point) {
    let honest = world.fleet.frame(world.members[0].device, &[world.members[0].reading]);
    let honest = honest.frame();
    let header = FrameHeader { start: millis(0), sequence: 8, ..*honest.header() };
    let sample = Sample { offset_ms: u32::try_from(BEFORE).unwrap() + 500, ..honest.samples()[0] };
    let shown = Frame::insecure_unchecked(header, vec![sample]).unwrap();
    let summary = shown.summary();
    let last = field::power_of_two(encoding::TIME_BITS) - Fr::from(BEFORE);
    let signed =
        preimages::FrameHeader { sequence: Fr::from(7u64), start_unix_ms: last, ..summary.header_parts() };
    let header = signed.pack();
    let unit = field::power_of_two(preimages::FrameHeader::PARTS.count.bits());
    assert_eq!(header, summary.header_parts().pack() - Fr::from(BEFORE) * unit);
    let message = preimages::Frame { header, ..summary.preimage() }.hash();
    let (secret, nonce) = (Scalar::from(987_654_321u64), Scalar::from(777u64));
    let key = BASE8.mul(&secret);
    (shown, respond(&secret, &key, &nonce, &Point::IDENTITY, &message), key)
}

/// A frame of one sample in an epoch that begins with 1970, signed so by the device's own key.
fn assert_no_start_before_1970<S: Statement>(
    kit: &Conformance<S>,
    mut world: World,
    claim: impl Fn(&World, &dyn Fn(SignedFrame) -> SignedFrame) -> (S::Inputs, S::Witness),
) {
    world.policy(|parts| parts.epoch_origin = millis(0));
    let (shown, signature, key) = of_the_last_days(&world);
    world.members[0].sign_under(key, move |_| signature);
    let signed =
        |good: SignedFrame| SignedFrame::insecure_unverified(shown.clone(), *good.key(), *good.signature());
    let (inputs, witness) = claim(&world, &signed);
    let earlier = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "frame start" && site.instance == 0 {
            values[0] -= Fr::from(BEFORE);
        }
    };
    forged(kit, (&inputs, &witness), earlier).assert_refused("a frame that begins before 1970");
}

#[test]
fn no_frame_begins_before_the_time_that_there_is() {
    assert_no_start_before_1970(Track::kit(), moving(1), |world, signed| {
        let mut witness = world.track_witness();
        witness.frame.signed = signed(witness.frame.signed);
        let inputs = TrackInputs { slots: 0, ..witness.inputs(0, Binding::NONE) };
        (inputs, witness)
    });
    let one = FleetOptions { k: 1, ..FleetOptions::of::<Survey>() };
    assert_no_start_before_1970(Survey::kit(), World::new(1, one), |world, signed| {
        let mut witness = world.survey_witness();
        let frame = &mut witness.devices[0].frame;
        frame.signed = signed(frame.signed.clone());
        (witness.inputs(0, Binding::NONE), witness)
    });
}
