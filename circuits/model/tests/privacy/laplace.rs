//! The discrete Laplace distribution: counts of values by cells against it, and a sampler that has no digits.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// How often noises fell into cells of `width` values, the middle one around 0, those beyond the ends in the last of them.
pub(crate) struct Laplace {
    width: i64,
    counts: Vec<u64>,
}

impl Laplace {
    /// Of 2 `cells` + 1 cells, which have to be fuller than five by expectation for the test to hold.
    pub(crate) fn cells(scale_bits: u8, width: i64, cells: usize) -> Self {
        assert!(width == 1 || width.unsigned_abs() < 1 << scale_bits, "a cell is narrower than the scale");
        Laplace { width, counts: vec![0; 2 * cells + 1] }
    }

    fn middle(&self) -> i64 {
        i64::try_from(self.counts.len() / 2).unwrap()
    }

    pub(crate) fn add(&mut self, noise: i64) {
        let cell = (noise + self.width / 2).div_euclid(self.width);
        let cell = cell.clamp(-self.middle(), self.middle()) + self.middle();
        self.counts[usize::try_from(cell).unwrap()] += 1;
    }

    /// P(x < `bound`) at this scale, in closed form: with q = exp(-1 / scale), q^(1 - bound) / (1 + q) for a bound of at most 1.
    fn below(bound: i64, scale: f64) -> f64 {
        let q = (-1.0 / scale).exp();
        match bound {
            1.. => 1.0 - Self::below(1 - bound, scale),
            _ => ((bound - 1) as f64 / scale).exp() / (1.0 + q),
        }
    }

    /// The probability of a chi-square statistic (Pearson 1900) of these counts or a larger one.
    pub(crate) fn chi_square_p(&self, scale: f64) -> f64 {
        let samples: u64 = self.counts.iter().sum();
        let mut statistic = 0.0;
        for (cell, count) in self.counts.iter().enumerate() {
            let start = (i64::try_from(cell).unwrap() - self.middle()) * self.width - self.width / 2;
            let first = if cell == 0 { 0.0 } else { Self::below(start, scale) };
            let last =
                if cell + 1 == self.counts.len() { 1.0 } else { Self::below(start + self.width, scale) };
            let expected = (last - first) * samples as f64;
            assert!(expected > 5.0, "cell {cell} expects {expected}");
            statistic += (*count as f64 - expected).powi(2) / expected;
        }
        survival(statistic, self.counts.len() - 1)
    }
}

/// P(X > x) of a chi-square variable of an even number of degrees of freedom: exp(-x/2) times the sum of (x/2)^i / i! below half of it.
fn survival(x: f64, degrees: usize) -> f64 {
    assert_eq!(degrees % 2, 0);
    let half = x / 2.0;
    let (mut logarithm, mut sum) = (-half, 0.0);
    for step in 0..degrees / 2 {
        sum += logarithm.exp();
        logarithm += half.ln() - ((step + 1) as f64).ln();
    }
    sum
}

/// A sampler of another kind: the difference of two geometric variables, each by the inverse of its distribution function.
pub(crate) fn inverse(scale: f64, seed: u64) -> impl Iterator<Item = i64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut geometric = move || {
        // uniform in (0, 1]
        let uniform = ((rng.next_u64() >> 11) + 1) as f64 / 2f64.powi(53);
        (-uniform.ln() * scale).floor() as i64
    };
    std::iter::repeat_with(move || geometric() - geometric())
}

#[test]
fn the_reference_is_what_it_says() {
    // chi-square: 18.307 is passed once in 20 times at 10 degrees of freedom, 3.940 in 19 of 20
    assert!((survival(18.307, 10) - 0.05).abs() < 1e-5);
    assert!((survival(3.940, 10) - 0.95).abs() < 1e-4);
    // P(0) = tanh(1 / (2 scale))
    let at_0 = Laplace::below(1, 8.0) - Laplace::below(0, 8.0);
    assert!((at_0 - (1.0f64 / 16.0).tanh()).abs() < 1e-12);
    let mut counts = Laplace::cells(3, 1, 40);
    inverse(8.0, 3).take(200_000).for_each(|noise| counts.add(noise));
    assert!(counts.chi_square_p(8.0) > super::ALARM);
}
