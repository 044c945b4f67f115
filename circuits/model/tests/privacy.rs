//! Whether the noise is what it says: by tests of distributions that nobody here invented. Each is seeded, so none of them flakes, and is
//! such that one seed in a million would have been refused. A wrong sampler has to be refused by the same tests.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

#[path = "privacy/closeness.rs"]
mod closeness;
#[path = "privacy/laplace.rs"]
mod laplace;

use std::io::Write;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use zksensor_model::field::Fr;
use zksensor_model::noise::thresholds::TOTAL_VARIATION_LOG2;
use zksensor_model::noise::{Digits, NoiseRules};

use laplace::Laplace;

/// What a false alarm has to be rarer than.
const ALARM: f64 = 1e-6;

/// Noises of the native sampler, of words from a generator of its own: hashes are drawn from below.
fn digits(seed: u64) -> impl Iterator<Item = Digits> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    std::iter::repeat_with(move || Digits::of_words(|_| rng.next_u64() >> 2))
}

fn rules(scale_bits: u8) -> NoiseRules {
    NoiseRules::new(scale_bits).unwrap()
}

#[test]
fn ten_million_noises_are_those_of_a_discrete_laplace_variable() {
    const SAMPLES: u64 = 10_000_000;
    // scale 1, 8 and 512: the cells of the last are of many values
    let scales = [(0, 1, 12), (3, 1, 90), (9, 64, 80)];
    let mut counts = scales.map(|(scale_bits, width, cells)| Laplace::cells(scale_bits, width, cells));
    for digits in digits(1).take(SAMPLES as usize) {
        for (counts, (scale_bits, ..)) in counts.iter_mut().zip(scales) {
            counts.add(digits.noise(&rules(scale_bits)));
        }
    }
    let mut least = 1.0f64;
    for (counts, (scale_bits, ..)) in counts.iter().zip(scales) {
        let p = counts.chi_square_p(2f64.powi(scale_bits.into()));
        assert!(p > ALARM, "scale 2^{scale_bits}: p = {p:e}");
        // a scale that is half a percent off is not taken for it
        for off in [0.995, 1.005] {
            let p = counts.chi_square_p(2f64.powi(scale_bits.into()) * off);
            assert!(p < ALARM, "scale 2^{scale_bits} times {off}: p = {p:e}");
        }
        least = least.min(p);
    }
    // not println!, which the test's frame keeps
    let _ = writeln!(
        std::io::stderr(),
        "PRIVACY {{\"samples\":{SAMPLES},\"chi2_p\":{least:.6},\"tv_bound_log2\":{TOTAL_VARIATION_LOG2}}}"
    );
}

#[test]
fn noises_of_seeds_are_those_of_a_discrete_laplace_variable() {
    let mut counts = Laplace::cells(4, 4, 20);
    for number in 0..10_000u64 {
        counts.add(Digits::of_seed(&Fr::from(number)).unwrap().noise(&rules(4)));
    }
    let p = counts.chi_square_p(16.0);
    assert!(p > ALARM, "p = {p:e}");
    assert!(counts.chi_square_p(16.0 * 1.2) < ALARM, "a fifth more is not told from it");
}

#[test]
fn a_million_noises_are_close_to_those_of_another_sampler() {
    // 17 ballots, each wrong with probability 4014 / (n t^2) < 0.065 at the most: nine of them are with less than 6e-7.
    const BALLOTS: u64 = 17;
    const SAMPLES: usize = 1_000_000;
    const TOLERANCE: f64 = 0.25;
    let (mut same, mut other) = (0, 0);
    for ballot in 0..BALLOTS {
        let ours = closeness::histogram(digits(100 + ballot).take(SAMPLES).map(|one| one.noise(&rules(0))));
        let reference = |scale: f64, seed| closeness::histogram(laplace::inverse(scale, seed).take(SAMPLES));
        same += u64::from(closeness::verify(&ours, &reference(1.0, 1_000 + ballot), SAMPLES, TOLERANCE));
        other += u64::from(closeness::verify(&ours, &reference(4.0, 2_000 + ballot), SAMPLES, TOLERANCE));
    }
    assert!(same > BALLOTS / 2, "{same} of {BALLOTS} accept the same distribution");
    assert!(other < BALLOTS / 2, "{other} of {BALLOTS} accept four times the scale");
}
