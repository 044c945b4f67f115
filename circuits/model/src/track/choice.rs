//! Which samples to count: those that show the most distance, as many as the policy wants.

use alloc::vec;
use alloc::vec::Vec;

use super::{Choice, LENGTH_BITS, Step, TrackRules};
use crate::frame::Sample;

/// A price that counts every sample that can be: more than any step is long.
const HIGHEST_PRICE: u64 = 1 << (LENGTH_BITS + 1);

/// The choices that show the most distance of the samples that may be counted (`may[i]` for sample i), among those that count as many
/// as the rules want; if no choice counts so many, one that counts the most.
///
/// A sample that is passed over makes its neighbours' step longer than two steps less the jitter of each, but cuts a corner: which is
/// more is found for all of them together, in time that grows with the square of the samples within the longest gap. Where too few
/// would be counted each counted sample is given a worth in millimetres, the lowest that makes them enough. So the choice is then the
/// best for its number of samples, which may be more than are wanted.
///
/// # Panics
/// If there is not one of `may` for each sample.
pub fn choose(rules: &TrackRules, samples: &[Sample], may: &[bool]) -> Vec<Choice> {
    assert_eq!(samples.len(), may.len(), "whether it may be counted, for each sample");
    let parts = rules.parts();
    let wanted = samples.len().saturating_sub(parts.most_left_out.into()).max(parts.least_samples.into());
    let steps = steps(rules, samples, may);
    let (mut low, mut high) = (0, HIGHEST_PRICE);
    let mut best = walk(samples, may, &steps, low);
    if count(&best) >= wanted {
        return best;
    }
    best = walk(samples, may, &steps, high);
    while count(&best) >= wanted && high - low > 1 {
        let middle = low.midpoint(high);
        let choices = walk(samples, may, &steps, middle);
        if count(&choices) >= wanted {
            (high, best) = (middle, choices);
        } else {
            low = middle;
        }
    }
    best
}

fn count(choices: &[Choice]) -> usize {
    choices.iter().filter(|choice| choice.is_counted()).count()
}

/// For each sample those before it that it may continue from, each with the length of the step.
fn steps(rules: &TrackRules, samples: &[Sample], may: &[bool]) -> Vec<Vec<(usize, u64)>> {
    let mut first = 0;
    let of = |to: usize| {
        let gap = |from: usize| samples[to].offset_ms.saturating_sub(samples[from].offset_ms);
        while gap(first) > rules.parts().longest_gap_ms {
            first += 1;
        }
        if !may[to] {
            return Vec::new();
        }
        let step = |from: usize| {
            let step = Step::between(rules, &samples[from], &samples[to]).ok().filter(|_| may[from])?;
            Some((from, u64::from(step.length_mm)))
        };
        (first..to).filter_map(step).collect()
    };
    (0..samples.len()).map(of).collect()
}

/// The best way to a sample.
#[derive(Clone, Copy, Default)]
struct Way {
    /// Millimetres with the worth of what is counted, then how many are: of two ways as long the one that counts more.
    value: (u64, usize),
    before: Option<usize>,
    continues: bool,
}

fn walk(samples: &[Sample], may: &[bool], steps: &[Vec<(usize, u64)>], price: u64) -> Vec<Choice> {
    let mut ways: Vec<Way> = vec![Way::default(); samples.len()];
    // The best of those before, and of those before that are earlier than the one that is looked at.
    let (mut earlier, mut same): (Option<usize>, Option<usize>) = (None, None);
    let better = |ways: &[Way], one: Option<usize>, other: Option<usize>| match (one, other) {
        (Some(one), Some(other)) if ways[one].value < ways[other].value => Some(other),
        (one, other) => one.or(other),
    };
    for to in 0..samples.len() {
        if to > 0 && samples[to - 1].offset_ms < samples[to].offset_ms {
            earlier = better(&ways, earlier, same.take());
        }
        if !may[to] {
            continue;
        }
        let worth = |value: (u64, usize), length: u64| (value.0 + length + price, value.1 + 1);
        let start = earlier.map_or((0, 0), |before| ways[before].value);
        let mut way = Way { value: worth(start, 0), before: earlier, continues: false };
        for (from, length) in &steps[to] {
            let value = worth(ways[*from].value, *length);
            // A leg that goes on is better than two of the same length.
            if value >= way.value {
                way = Way { value, before: Some(*from), continues: true };
            }
        }
        ways[to] = way;
        same = better(&ways, same, Some(to));
    }
    let mut choices = vec![Choice::LeftOut; samples.len()];
    let mut at = better(&ways, earlier, same);
    while let Some(sample) = at {
        let Way { before, continues, .. } = ways[sample];
        choices[sample] = if continues { Choice::Continues } else { Choice::Starts };
        at = before;
    }
    choices
}
