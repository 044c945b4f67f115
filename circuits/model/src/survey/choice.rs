//! Which samples of a device to count: as many as go together.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{Quality, SurveyRules};
use crate::frame::Sample;

/// The longest row of samples that may be counted (`may[i]` for sample i) in which each is later than the one before and, where the rules
/// ask for quality, no value of `channel` steps further than it may: so what jumps and comes back is left out. Of the rows that end with
/// each sample the longest is taken whose values spread as far as they have to, or the longest of all if none does: a sensor that is
/// stuck is not helped by its jumps. In time that grows with the square of the samples.
///
/// # Panics
/// If there is not one of `may` for each sample, or a sample has no such channel.
pub fn choose(rules: &SurveyRules, channel: usize, samples: &[Sample], may: &[bool]) -> Vec<bool> {
    assert_eq!(samples.len(), may.len(), "whether it may be counted, for each sample");
    let largest = rules.parts().quality.map_or(u64::MAX, |Quality { largest_step, .. }| largest_step);
    let follows = |from: usize, to: usize| {
        let (from, to) = (&samples[from], &samples[to]);
        from.offset_ms < to.offset_ms && to.channels[channel].abs_diff(from.channels[channel]) <= largest
    };
    // Of the longest row that ends with a sample: its length, and the sample before.
    let mut rows: Vec<(usize, Option<usize>)> = Vec::with_capacity(samples.len());
    for to in 0..samples.len() {
        let before = (0..to).filter(|from| may[*from] && follows(*from, to)).max_by_key(|from| rows[*from].0);
        rows.push((1 + before.map_or(0, |before| rows[before].0), before));
    }
    let row = |end: usize| {
        let mut row: Vec<usize> = core::iter::successors(Some(end), |sample| rows[*sample].1).collect();
        row.reverse();
        row
    };
    let spreads = |row: &[usize]| {
        let values: Vec<i64> = row.iter().map(|sample| samples[*sample].channels[channel]).collect();
        rules.parts().quality.is_none_or(|quality| quality.spreads(&values))
    };
    let mut ends: Vec<usize> = (0..samples.len()).filter(|sample| may[*sample]).collect();
    ends.sort_by_key(|end| Reverse(rows[*end].0));
    let best = ends.iter().map(|end| row(*end)).find(|row| spreads(row));
    let mut counted = vec![false; samples.len()];
    for sample in best.or_else(|| ends.first().map(|end| row(*end))).unwrap_or_default() {
        counted[sample] = true;
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::super::SurveyParts;
    use super::*;
    use crate::reading::Location;
    use proptest::prelude::*;

    fn samples(values: &[(u32, i64)]) -> Vec<Sample> {
        let location = Location::from_e7(0, 0).unwrap();
        let sample = |(offset_ms, value): &(u32, i64)| Sample {
            offset_ms: *offset_ms,
            location,
            accuracy_mm: 1,
            channels: [0, *value, 0],
        };
        values.iter().map(sample).collect()
    }

    fn rules(largest_step: u64) -> SurveyRules {
        let quality = Some(Quality { least_spread: 0, largest_step });
        SurveyRules::new(SurveyParts { least_samples: 1, most_left_out: 0, quality }).unwrap()
    }

    #[test]
    fn what_jumps_or_is_of_one_moment_is_left_out() {
        let glitch = samples(&[(0, 0), (1, 50), (2, 3), (2, 4), (3, 6)]);
        assert_eq!(choose(&rules(5), 1, &glitch, &[true; 5]), [true, false, false, true, true]);
        let none =
            SurveyRules::new(SurveyParts { least_samples: 1, most_left_out: 0, quality: None }).unwrap();
        let all = choose(&none, 1, &glitch, &[true; 5]);
        assert_eq!(all.iter().filter(|counted| **counted).count(), 4);
        assert_eq!(
            choose(&none, 1, &glitch, &[false, true, false, false, false]),
            [false, true, false, false, false]
        );
        assert_eq!(choose(&none, 1, &glitch, &[false; 5]), [false; 5]);
    }

    /// Of rows as long as each other, and of a shorter one beside one that is stuck, those are taken that move as they have to.
    #[test]
    fn what_is_stuck_is_passed_over() {
        let quality = Some(Quality { least_spread: 5, largest_step: 5 });
        let rules = SurveyRules::new(SurveyParts { least_samples: 2, most_left_out: 9, quality }).unwrap();
        let tie = samples(&[(0, 0), (1, 5), (1, 0)]);
        assert_eq!(choose(&rules, 1, &tie, &[true; 3]), [true, true, false]);
        let stuck = samples(&[(0, 0), (1, 0), (2, 0), (3, 0), (4, 100), (5, 104), (6, 108)]);
        assert_eq!(choose(&rules, 1, &stuck, &[true; 7]), [false, false, false, false, true, true, true]);
        let all_stuck = samples(&[(0, 0), (1, 0), (2, 0)]);
        assert_eq!(choose(&rules, 1, &all_stuck, &[true; 3]), [true; 3]);
    }

    proptest! {
        /// What is chosen goes together, and nothing longer does.
        #[test]
        fn the_longest_row_is_chosen(
            row in prop::collection::vec((0u32..3, -9i64..9, any::<bool>()), 1..9),
            largest in 1u64..9,
        ) {
            let mut time = 0;
            let values: Vec<(u32, i64)> = row.iter().map(|(later, value, _)| { time += later; (time, *value) }).collect();
            let may: Vec<bool> = row.iter().map(|(_, _, may)| *may).collect();
            let (samples, rules) = (samples(&values), rules(largest));
            let goes = |chosen: &[bool]| {
                let of: Vec<&Sample> = samples.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(sample, _)| sample).collect();
                let values: Vec<i64> = of.iter().map(|sample| sample.channels[1]).collect();
                of.windows(2).all(|pair| pair[0].offset_ms < pair[1].offset_ms)
                    && rules.parts().quality.unwrap().steps(&values)
                    && chosen.iter().zip(&may).all(|(chosen, may)| !chosen || *may)
            };
            let chosen = choose(&rules, 1, &samples, &may);
            prop_assert!(goes(&chosen));
            let count = |chosen: &[bool]| chosen.iter().filter(|chosen| **chosen).count();
            for subset in 0u32..1 << samples.len() {
                let other: Vec<bool> = (0..samples.len()).map(|sample| subset >> sample & 1 == 1).collect();
                prop_assert!(!goes(&other) || count(&other) <= count(&chosen), "{other:?}");
            }
        }
    }
}
