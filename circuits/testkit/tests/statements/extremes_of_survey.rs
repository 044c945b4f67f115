//! `survey`: extremes that are not those of the samples, with every hint as it would have to be.

use ark_ff::AdditiveGroup;
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_circuits::trace::Site;
use zksensor_model::claim::survey as rules;
use zksensor_model::field::{self, Fr};
use zksensor_model::policy::{Outputs, encoding};
use zksensor_testkit::{ClaimOf, Fleet, FleetOptions};

use super::kit::survey::surveyed;
use super::kit::{Tested, forged, rule_of};

/// Both extremes are published.
const EXTREMES: Outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };

/// Five devices of one sample each, a thousand apart.
fn claim() -> ClaimOf<Survey> {
    let mut world = surveyed(5, 1, FleetOptions { outputs: EXTREMES, ..FleetOptions::of::<Survey>() });
    world.values(&[1000, 2000, 3000, 4000, 5000].map(|above| Fleet::LOW + above));
    Survey::claim(&world, Binding::NONE)
}

/// Whether a hint is of this device.
fn extremes_of(site: &Site<'_>, device: usize) -> bool {
    site.name == "minimum and maximum" && site.instance == device
}

/// Every device's own extremes are what they are, and of all devices another is claimed: one that a device is beyond, or none has.
#[test]
fn an_extreme_of_all_that_is_none() {
    let (inputs, witness) = claim();
    for (inputs, rule, another) in [
        (SurveyInputs { minimum: 2000, ..inputs }, Rule::MINIMUM, 2000u64),
        (SurveyInputs { minimum: 999, ..inputs }, Rule::MINIMUM, 999),
        (SurveyInputs { maximum: 4000, ..inputs }, Rule::MAXIMUM, 4000),
        (SurveyInputs { maximum: 5001, ..inputs }, Rule::MAXIMUM, 5001),
    ] {
        let changed = |site: &Site<'_>, values: &mut [Fr]| {
            if site.name == "extreme" && rule_of(site) == Some(rule) {
                values[0] = Fr::from(another);
            }
        };
        let verdict = forged(Survey::kit(), (&inputs, &witness), changed);
        verdict.assert_refused_by(rule, &format!("the extreme {another}"));
    }
}

/// A device's own extreme is one that no sample of it has, and so is that of all.
#[test]
fn an_extreme_of_a_device_that_no_sample_has() {
    let (inputs, witness) = claim();
    for (inputs, rule, device, [minimum, maximum]) in [
        (SurveyInputs { minimum: 999, ..inputs }, Rule::MINIMUM, 0, [999u64, 1000]),
        (SurveyInputs { maximum: 5001, ..inputs }, Rule::MAXIMUM, 4, [5000, 5001]),
    ] {
        let changed = |site: &Site<'_>, values: &mut [Fr]| {
            if extremes_of(site, device) {
                values.copy_from_slice(&[minimum, maximum].map(Fr::from));
            }
        };
        let verdict = forged(Survey::kit(), (&inputs, &witness), changed);
        verdict.assert_refused_by(rule, &format!("a device of {minimum} to {maximum}"));
    }
}

/// The least of all values is below the policy's range, and nothing is published of it but in the sum.
#[test]
fn a_least_value_below_the_range() {
    let below = -Fr::from(5u64);
    let mut world = surveyed(5, 2, FleetOptions::of::<Survey>());
    world.values(&(0..10).map(|sample| Fleet::LOW - 5 + 100 * sample).collect::<Vec<_>>());
    let (inputs, witness) = Survey::claim(&world, Binding::NONE);
    let changed = |site: &Site<'_>, values: &mut [Fr]| {
        if extremes_of(site, 0) {
            values.copy_from_slice(&[below, Fr::from(95u64)]);
        } else if site.name == "extreme" && rule_of(site) == Some(Rule::MINIMUM) {
            values[0] = below;
        }
    };
    let verdict = forged(Survey::kit(), (&inputs, &witness), changed);
    verdict.assert_refused_by(Rule::VALUE, "a value below the range, beside one that is in it");
}

/// The greatest value has a 41st bit, so that its low bits are in range; the least of each device is one less.
#[test]
fn a_greatest_value_beyond_its_width() {
    const BEYOND: u64 = 1 << encoding::VALUE_SPAN_BITS;
    let mut world = surveyed(5, 2, FleetOptions::of::<Survey>());
    let beyond = Fleet::LOW + i64::try_from(BEYOND).unwrap();
    let values: [[i64; 2]; 5] = [[beyond - 1, beyond]; 5];
    world.values(values.as_flattened());
    world.policy(|parts| parts.high = parts.low + (1 << encoding::VALUE_SPAN_BITS) - 1);
    let (inputs, witness) = Survey::claim(&world, Binding::NONE);
    let changed = |site: &Site<'_>, values: &mut [Fr]| {
        if site.name == "minimum and maximum" && site.instance < 5 {
            values.copy_from_slice(&[BEYOND - 1, BEYOND].map(Fr::from));
        }
    };
    let verdict = forged(Survey::kit(), (&inputs, &witness), changed);
    verdict.assert_refused_by(Rule::VALUE, "a value of 41 bits");
}

/// A step down by so much that what it is above the largest one down is negative, with low bits as of a small one.
#[test]
fn a_step_down_whose_low_bits_are_those_of_a_small_one() {
    const LARGEST: u64 = 0xA0_0000_0000;
    const DOWN: i64 = 0xFB_F000_0001;
    let mut world = surveyed(5, 2, FleetOptions::of::<Survey>());
    let mut values = [Fleet::LOW; 10];
    values[0] += DOWN;
    world.values(&values).quality(0, LARGEST);
    world.policy(|parts| parts.high = parts.low + (1 << encoding::VALUE_SPAN_BITS) - 1);
    let above = field::from_i64(i64::try_from(LARGEST).unwrap() - DOWN);
    let low_bits = field::bit_field(&above, 0, encoding::VALUE_SPAN_BITS + 1);
    assert!(low_bits < Fr::from(2 * LARGEST), "{low_bits}");
    let (inputs, witness) = Survey::claim(&world, Binding::NONE);
    let verdict = forged(Survey::kit(), (&inputs, &witness), |_, _| ());
    verdict.assert_refused_by(rules::STEP, "a step down of more than the largest");
}

/// A place that no device has shows one value alone.
#[test]
fn an_unused_place_has_no_extremes() {
    let (inputs, witness) = claim();
    let changed = |site: &Site<'_>, values: &mut [Fr]| {
        if extremes_of(site, 6) {
            assert_eq!(values, [Fr::ZERO; 2]);
            values.fill(Fr::from(3000u64));
        }
    };
    let verdict = forged(Survey::kit(), (&inputs, &witness), changed);
    verdict.assert_refused_by(Rule::MINIMUM, "extremes of a place that is not used");
}
