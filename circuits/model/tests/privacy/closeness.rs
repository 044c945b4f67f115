//! Whether two sets of samples are of similar discrete distributions: the test of Google's differential-privacy library,
//! `StatisticalTestsUtil.verifyCloseness`, after Chan, Diakonikolas, Valiant, Valiant, "Optimal Algorithms for Testing Closeness of Discrete
//! Distributions", SODA 2014.

use std::collections::HashMap;

/// How often each value came.
pub(crate) fn histogram(samples: impl Iterator<Item = i64>) -> HashMap<i64, u64> {
    let mut counts = HashMap::new();
    for sample in samples {
        *counts.entry(sample).or_default() += 1;
    }
    counts
}

/// Of `n` samples each. Distributions whose l2 distance is below half of `tolerance` are accepted, such of more than `tolerance` are not,
/// but for an error of probability 4014 / (n tolerance^2) at the most.
pub(crate) fn verify(a: &HashMap<i64, u64>, b: &HashMap<i64, u64>, n: usize, tolerance: f64) -> bool {
    let n = n as f64;
    let pairs =
        |counts: &HashMap<i64, u64>| -> u64 { counts.values().map(|count| count * (count - 1) / 2).sum() };
    let across: u64 = a.iter().map(|(value, count)| count * b.get(value).unwrap_or(&0)).sum();
    let statistic = pairs(a) as f64 + pairs(b) as f64 - (n - 1.0) / n * across as f64;
    statistic < tolerance * (n - 1.0) * tolerance * n / 4.0
}

/// The library's own samples and answers (`StatisticalTestsUtilTest`).
#[test]
fn it_answers_as_the_library_does() {
    let of = |counts: [u64; 5]| -> HashMap<i64, u64> { (1..).zip(counts).collect() };
    let (a, b) = (of([1, 2, 3, 4, 5]), of([5, 4, 3, 2, 1]));
    for tolerance in [1e-9, 0.5] {
        assert!(verify(&a, &a, 15, tolerance));
    }
    for tolerance in [1e-9, 0.001] {
        assert!(!verify(&a, &b, 15, tolerance));
    }
    assert!(verify(&a, &b, 15, 0.5));
}
