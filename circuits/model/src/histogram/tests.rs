use super::*;
use crate::field;
use std::vec::Vec;

fn bins(low: i64, high: i64, width: u64) -> Bins {
    Bins { low, high, width }
}

#[test]
fn rules_are_read_as_they_are_packed_and_no_other_lane_is_rules() {
    for width in [1, 2, 250, MOST_WIDTH] {
        let rules = HistogramRules::new(width).unwrap();
        assert_eq!(HistogramRules::of(rules.parameters()), Ok(rules));
        assert_eq!(rules.parameters().to_field(), Fr::from(width));
    }
    for width in [0, MOST_WIDTH + 1, u64::MAX] {
        assert_eq!(HistogramRules::new(width), Err(HistogramRulesError::Width { got: width }));
    }
    for lane in [field::power_of_two(40), field::power_of_two(64), -Fr::from(1u64)] {
        let got = Parameters::from_field(lane);
        assert_eq!(HistogramRules::of(got), Err(HistogramRulesError::Parameters { got }));
    }
    assert_eq!(HistogramRules::of(Parameters::NONE), Err(HistogramRulesError::Width { got: 0 }));
}

#[test]
fn bins_cut_the_range_without_a_gap() {
    for (low, high, width) in [
        (-4_000, 6_000, 625),
        (0, 15, 1),
        (0, 14, 1),
        (-7, 100, 3),
        (-(1 << 40), -1, (1 << 36) - 1),
        (0, (1 << 40) - 1, 1),
        (5, 5, MOST_WIDTH),
        (-(1 << 40), -(1 << 40) + 9, MOST_WIDTH),
    ] {
        let bins = bins(low, high, width);
        let ranges: Vec<Within> = (0..BINS).filter_map(|bin| bins.range(bin)).collect();
        assert_eq!(ranges.len(), bins.reachable());
        assert_eq!((ranges[0].at_least, ranges[ranges.len() - 1].at_most), (low, high), "{bins:?}");
        for (bin, range) in ranges.iter().enumerate() {
            assert!(range.at_least <= range.at_most, "{bins:?} {bin}");
            assert!(bin == 0 || ranges[bin - 1].at_most + 1 == range.at_least, "{bins:?} {bin}");
            assert_eq!(
                [range.at_least, range.at_most].map(|value| bins.of(value)),
                [Some(bin); 2],
                "{bins:?} {bin}"
            );
        }
        assert_eq!([low - 1, high + 1, i64::MIN, i64::MAX].map(|value| bins.of(value)), [None; 4]);
        assert_eq!([BINS, usize::MAX].map(|bin| bins.range(bin)), [None; 2]);
    }
}

#[test]
fn the_last_bin_is_open_and_an_exact_multiple_begins_a_bin() {
    let bins = bins(-100, 1_000, 10);
    for (value, bin) in [(-100, 0), (-91, 0), (-90, 1), (49, 14), (50, 15), (59, 15), (60, 15), (1_000, 15)] {
        assert_eq!(bins.of(value), Some(bin), "{value}");
    }
    assert_eq!(bins.range(15), Some(Within { at_least: 50, at_most: 1_000 }));
}

/// Values in order and their counts: every bound holds of the values, and is attained by those that lie as they may.
#[test]
fn quantiles_and_shares_hold_of_every_value_that_has_these_counts() {
    let mut seed = 7u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for _ in 0..2_000 {
        let low = random(2_000) as i64 - 1_000;
        let high = low + random(400) as i64;
        let bins = bins(low, high, 1 + random(40));
        let mut values: Vec<i64> =
            (0..1 + random(30)).map(|_| low + random((high - low + 1) as u64) as i64).collect();
        values.sort_unstable();
        let counts = Counts::of(bins, &values).unwrap();
        assert_eq!(counts.devices() as usize, values.len());
        // The least and the greatest values with the same counts.
        let ends: Vec<Within> =
            values.iter().map(|value| bins.range(bins.of(*value).unwrap()).unwrap()).collect();
        for (numerator, denominator) in [(0, 1), (1, 10), (1, 4), (1, 2), (2, 3), (9, 10), (1, 1)] {
            let rank = (values.len() as u64 * numerator).div_ceil(denominator).max(1) as usize;
            let found = counts.quantile(numerator as u32, denominator as u32).unwrap();
            assert_eq!(found, ends[rank - 1]);
            assert!((found.at_least..=found.at_most).contains(&values[rank - 1]));
        }
        let middle = [(values.len() - 1) / 2, values.len() / 2];
        let median = counts.median().unwrap();
        assert_eq!((median.at_least, median.at_most), (ends[middle[0]].at_least, ends[middle[1]].at_most));
        let threshold = low - 5 + random(420) as i64;
        let above = |of: fn(&Within) -> i64| ends.iter().filter(|end| of(end) > threshold).count() as u32;
        let shown = counts.above(threshold);
        assert_eq!(shown.at_least, above(|end| end.at_least));
        assert_eq!(shown.at_most, above(|end| end.at_most));
        let are = values.iter().filter(|value| **value > threshold).count() as u32;
        assert!((shown.at_least..=shown.at_most).contains(&are));
    }
}

#[test]
fn what_is_no_histogram_has_no_bounds_and_nothing_panics() {
    let cut = bins(0, 100, 10);
    let none = Counts::new(cut, [0; BINS]);
    assert_eq!((none.median(), none.quantile(1, 2)), (None, None));
    assert_eq!(none.above(0), Above { at_least: 0, at_most: 0, devices: 0 });
    let some = Counts::new(cut, [1; BINS]);
    assert_eq!([(1, 0), (2, 1), (0, 0), (u32::MAX, 1)].map(|(of, all)| some.quantile(of, all)), [None; 4]);
    // Bins above high hold nothing, whoever says so.
    let mut counts = [0; BINS];
    counts[BINS - 1] = u16::MAX;
    let lie = Counts::new(cut, counts);
    assert_eq!((lie.median(), lie.above(0)), (None, Above { at_least: 0, at_most: 0, devices: 65_535 }));
    let most = Counts::new(bins(-(1 << 40), (1 << 40) - 1, MOST_WIDTH), [u16::MAX; BINS]);
    assert_eq!(most.devices(), 16 * 65_535);
    assert!(most.quantile(1, u32::MAX).is_some());
    assert_eq!(Counts::of(cut, &[5; 65_535]).unwrap().counts()[0], u16::MAX);
    assert_eq!(Counts::of(cut, &[5; 65_536]), None);
    assert_eq!(Counts::of(cut, &[5, 101]), None);
}
