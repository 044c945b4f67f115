use super::*;
use crate::field;
use crate::frame::{Frame, FrameHeader, FrameLink, Sample};
use crate::reading::{Location, Network, PayloadHash, UnixMillis};
use crate::schema::ABSENT;
use alloc::vec::Vec;

const PARTS_OF_A_CAR: TrackParts = TrackParts {
    top_speed_mm_s: 70_000,
    longest_gap_ms: 60_000,
    jitter_mm: 10_000,
    scales: Scales { latitude: 11_384, longitude: 7_611 },
    slot_ms: 600_000,
    least_samples: 2,
    most_left_out: 20,
};

fn rules() -> TrackRules {
    TrackRules::new(PARTS_OF_A_CAR).unwrap()
}

fn sample(offset_ms: u32, latitude: i32, longitude: i32) -> Sample {
    let location = Location::from_e7(latitude, longitude).unwrap();
    Sample { offset_ms, location, accuracy_mm: 3_000, channels: [0, ABSENT, ABSENT] }
}

fn frame(samples: Vec<Sample>) -> Frame {
    let header = FrameHeader {
        network: Network::new(137, [0x11; 20]),
        schema: 2,
        sequence: 7,
        start: UnixMillis::new(1_767_225_600_000).unwrap(),
        link: FrameLink::NONE,
        payload_hash: PayloadHash::NONE,
    };
    Frame::new(header, samples).unwrap()
}

#[test]
fn rules_are_read_as_they_are_packed_and_no_other_lane_is_rules() {
    assert_eq!(TrackRules::of(rules().parameters()), Ok(rules()));
    let most = TrackParts {
        top_speed_mm_s: (1 << 19) - 1,
        longest_gap_ms: (1 << 16) - 1,
        jitter_mm: (1 << 20) - 1,
        scales: Scales { latitude: 16_383, longitude: 16_383 },
        slot_ms: (1 << 27) - 1,
        least_samples: u16::MAX,
        most_left_out: u16::MAX,
    };
    let most = TrackRules::new(most).unwrap();
    assert_eq!(TrackRules::of(most.parameters()), Ok(most));
    let wide = Parameters::from_field(most.parameters().to_field() + field::power_of_two(148));
    for lane in [wide, Parameters::from_field(-Fr::from(1u64))] {
        assert_eq!(TrackRules::of(lane), Err(TrackRulesError::Parameters { got: lane }));
    }
    assert!(matches!(TrackRules::of(Parameters::NONE), Err(TrackRulesError::Part { got: 0, .. })));
}

#[test]
fn every_part_has_its_range() {
    let refused = |change: fn(&mut TrackParts)| {
        let mut parts = PARTS_OF_A_CAR;
        change(&mut parts);
        match TrackRules::new(parts) {
            Err(TrackRulesError::Part { part, .. }) => part,
            Err(TrackRulesError::Step { .. }) => "step",
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(|parts| parts.top_speed_mm_s = 0), "top_speed_mm_s");
    assert_eq!(refused(|parts| parts.top_speed_mm_s = 1 << 19), "top_speed_mm_s");
    assert_eq!(refused(|parts| parts.longest_gap_ms = 0), "longest_gap_ms");
    assert_eq!(refused(|parts| parts.longest_gap_ms = 1 << 22), "longest_gap_ms");
    assert_eq!(refused(|parts| parts.jitter_mm = 1 << 20), "jitter_mm");
    assert_eq!(refused(|parts| parts.scales.latitude = 0), "latitude_scale");
    assert_eq!(refused(|parts| parts.scales.longitude = 1 << 14), "longitude_scale");
    assert_eq!(refused(|parts| parts.slot_ms = 0), "slot_ms");
    assert_eq!(refused(|parts| parts.least_samples = 0), "least_samples");
    assert_eq!(refused(|parts| parts.longest_gap_ms = 1 << 20), "step");
    assert_eq!(rules().check_epoch(600_000 * 65_536), Ok(()));
    assert_eq!(rules().check_epoch(600_000 * 65_536 + 1), Err(TrackRulesError::Slots { got: 65_537 }));
}

/// The rule by itself, in integers that hold everything.
fn is_allowed(parts: &TrackParts, [dt, dlat, dlon]: [u64; 3], length: u64) -> bool {
    let square = (u128::from(parts.scales.latitude) * u128::from(dlat)).pow(2)
        + (u128::from(parts.scales.longitude) * u128::from(dlon)).pow(2);
    let reach = u128::from(parts.top_speed_mm_s) * u128::from(dt) + 1000 * u128::from(parts.jitter_mm);
    // The least whole millimetre above the distance.
    let above = (1u128..).find(|above| square < above.pow(2) << 20).unwrap();
    let fast = 1000 * above <= reach;
    let long = length == 0 || u128::from(length + u64::from(parts.jitter_mm)).pow(2) * (1 << 20) <= square;
    (1..=u64::from(parts.longest_gap_ms)).contains(&dt) && fast && long
}

#[test]
fn a_step_has_the_greatest_length_that_the_rule_lets_it_have() {
    let steps = [
        [1, 0, 0],
        [1_000, 900, 0],
        [1_000, 901, 0],
        [1_000, 5_000, 300],
        [1_000, 7_194, 0],
        [1_000, 7_195, 0],
        [1_000, 7_196, 0],
        [60_000, 300_000, 300_000],
    ];
    for [dt, dlat, dlon] in steps {
        let [time, north, east] = [dt, dlat, dlon].map(|value| i32::try_from(value).unwrap());
        let here = sample(5, 481_000_000, 115_000_000);
        for (north, east) in [(north, east), (-north, east), (north, -east), (-north, -east)] {
            let there = sample(5 + time as u32, 481_000_000 + north, 115_000_000 + east);
            match Step::between(&rules(), &here, &there) {
                Ok(Step { time_ms, length_mm }) => {
                    assert_eq!(u64::from(time_ms), dt);
                    let length = u64::from(length_mm);
                    assert!(is_allowed(&PARTS_OF_A_CAR, [dt, dlat, dlon], length), "{dt} {dlat} {dlon}");
                    assert!(!is_allowed(&PARTS_OF_A_CAR, [dt, dlat, dlon], length + 1), "{dt} {dlat} {dlon}");
                }
                Err(StepError::Speed) => assert!(!is_allowed(&PARTS_OF_A_CAR, [dt, dlat, dlon], 0)),
                Err(error) => panic!("{error}"),
            }
        }
    }
    let (here, later) = (sample(5, 0, 0), sample(60_006, 0, 0));
    assert_eq!(Step::between(&rules(), &here, &here), Err(StepError::Order));
    assert_eq!(Step::between(&rules(), &later, &here), Err(StepError::Order));
    assert_eq!(Step::between(&rules(), &here, &later), Err(StepError::Gap { got: 60_001, most: 60_000 }));
    let far = sample(60_005, 1 << COORDINATE_STEP_BITS, 0);
    assert_eq!(Step::between(&rules(), &here, &far), Err(StepError::Speed));
}

#[test]
fn choices_add_up() {
    use Choice::{Continues, LeftOut, Starts};
    let samples: Vec<Sample> = (0..6)
        .map(|second| sample(60_000 * second, 481_000_000 + 50_000 * second as i32, 115_000_000))
        .collect();
    let frame = frame(samples);
    let start = frame.header().start.get() - 500_000;
    let tally = |choices: &[Choice]| Tally::of(&rules(), &frame, choices, start);
    let one = Step::between(&rules(), &frame.samples()[0], &frame.samples()[1]).unwrap();
    let all = tally(&[Starts, Continues, Continues, Starts, LeftOut, Starts]).unwrap();
    let wanted = Tally {
        samples: 5,
        left_out: 1,
        legs: 3,
        distance_mm: 2 * u64::from(one.length_mm),
        observed_ms: 120_000,
        slots: 2,
    };
    assert_eq!(all, wanted);
    assert_eq!(tally(&[LeftOut; 6]).unwrap(), Tally { left_out: 6, ..Tally::default() });
    assert_eq!(tally(&[Starts; 5]), Err(TallyError::Count { wanted: 6, got: 5 }));
    let none = tally(&[LeftOut, Continues, LeftOut, LeftOut, LeftOut, LeftOut]);
    assert_eq!(none, Err(TallyError::Leg { sample: 1, reason: None }));
    let gap = tally(&[Starts, LeftOut, Continues, LeftOut, LeftOut, LeftOut]);
    assert!(matches!(gap, Err(TallyError::Leg { sample: 2, reason: Some(StepError::Gap { .. }) })));
}

#[test]
fn two_samples_of_one_moment_are_not_both_counted() {
    let frame = frame(Vec::from([sample(7, 0, 0), sample(7, 0, 0)]));
    let start = frame.header().start.get();
    for second in [Choice::Starts, Choice::Continues] {
        let got = Tally::of(&rules(), &frame, &[Choice::Starts, second], start);
        assert_eq!(got, Err(TallyError::Order { sample: 1 }));
    }
}

/// Every choice there is, tried: the best is as long as what is chosen.
#[test]
fn what_is_chosen_shows_the_most() {
    use rand::{RngCore, SeedableRng};
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(5);
    for round in 0..40 {
        let mut time = 0;
        let samples: Vec<Sample> = (0..7)
            .map(|_| {
                time += rng.next_u32() % 30_000;
                let [north, east] = [(); 2].map(|()| (rng.next_u32() % 12_000) as i32);
                sample(time, 481_000_000 + north, 115_000_000 + east)
            })
            .collect();
        let may: Vec<bool> = samples.iter().map(|_| rng.next_u32() % 5 != 0).collect();
        let mut parts = PARTS_OF_A_CAR;
        (parts.jitter_mm, parts.least_samples) = (5_000 * (round % 4), 1);
        parts.most_left_out = if round < 20 { 7 } else { 3 };
        let rules = TrackRules::new(parts).unwrap();
        let frame = frame(samples.clone());
        let start = frame.header().start.get();
        let enough = |tally: &Tally| tally.left_out <= parts.most_left_out.into();
        let mut best: Option<u64> = None;
        let mut most = 0;
        for pattern in 0..3u32.pow(7) {
            let digit = |sample: u32| match pattern / 3u32.pow(sample) % 3 {
                0 => Choice::LeftOut,
                1 => Choice::Starts,
                _ => Choice::Continues,
            };
            let choices: Vec<Choice> = (0..7).map(digit).collect();
            if choices.iter().zip(&may).any(|(choice, may)| choice.is_counted() && !may) {
                continue;
            }
            let Ok(tally) = Tally::of(&rules, &frame, &choices, start) else { continue };
            most = most.max(tally.samples);
            if enough(&tally) {
                best = best.max(Some(tally.distance_mm));
            }
        }
        let chosen = choose(&rules, &samples, &may);
        let tally = Tally::of(&rules, &frame, &chosen, start).unwrap();
        match best {
            None => assert_eq!(tally.samples, most, "none is enough"),
            Some(best) if round < 20 => assert_eq!(tally.distance_mm, best),
            // The best of its number of samples: never more than the best of enough, and enough.
            Some(best) => assert!(enough(&tally) && tally.distance_mm <= best),
        }
    }
}
