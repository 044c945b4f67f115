//! What releases cost together.
//!
//! A release of a private sum is (epsilon, delta)-differentially private with delta of the [total variation](super::thresholds) of the
//! sampler alone. What k of them cost together, of the same devices, is bounded by two theorems; the smaller holds.
//!
//! Source: Dwork, Roth, "The Algorithmic Foundations of Differential Privacy", 2014: Theorem 3.16 (basic composition) and Theorem 3.20
//! (advanced composition).

use super::thresholds::TOTAL_VARIATION_LOG2;

/// What releases cost: for every set of outcomes, P(with a device's reading) <= exp(epsilon) P(with another of it) + delta.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// epsilon.
    pub epsilon: f64,
    /// delta.
    pub delta: f64,
}

impl Cost {
    /// What one release costs whose epsilon is this ratio ([`NoiseRules::epsilon`](super::NoiseRules::epsilon)): a sampler at a total
    /// variation of t makes delta (1 + exp(epsilon)) t.
    pub fn of_release((over, under): (u64, u64)) -> Cost {
        let epsilon = over as f64 / under as f64;
        let delta = ((1.0 + epsilon.exp()) * 2f64.powi(TOTAL_VARIATION_LOG2)).min(1.0);
        Cost { epsilon, delta }
    }

    /// What `count` such releases cost together: basic composition, which adds up.
    pub fn basic(self, count: u32) -> Cost {
        let count = f64::from(count);
        Cost { epsilon: self.epsilon * count, delta: (self.delta * count).min(1.0) }
    }

    /// What `count` such releases cost together, but for a probability of `slack` more: advanced composition.
    pub fn advanced(self, count: u32, slack: f64) -> Cost {
        let (Cost { epsilon, delta }, count) = (self, f64::from(count));
        let spread = (2.0 * count * (1.0 / slack).ln()).sqrt() * epsilon;
        Cost { epsilon: spread + count * epsilon * epsilon.exp_m1(), delta: (count * delta + slack).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Corollary 3.21: at epsilon / (2 sqrt(2 k ln(1 / slack))) each, k releases cost no more than epsilon < 1 together.
    #[test]
    fn the_published_corollary_holds() {
        for count in [2u32, 10, 100, 1_000, 10_000, 1_000_000] {
            for slack in [1e-3, 1e-6, (-32f64).exp()] {
                for total in [0.01, 0.5, 0.999] {
                    let each = total / (2.0 * (2.0 * f64::from(count) * (1.0f64 / slack).ln()).sqrt());
                    let cost = Cost { epsilon: each, delta: 0.0 }.advanced(count, slack);
                    assert!(cost.epsilon <= total, "{count} {slack} {total}: {}", cost.epsilon);
                    // and is not much less: the corollary loses a factor of two
                    assert!(cost.epsilon >= total / 2.0);
                    assert_eq!(cost.delta, slack);
                }
            }
        }
    }

    /// Theorem 3.20 by hand: 100 releases of 0.1, slack 1e-5: sqrt(200 ln 1e5) 0.1 + 10 (e^0.1 - 1) = 4.7985 + 1.0517.
    #[test]
    fn the_theorem_by_hand() {
        let each = Cost { epsilon: 0.1, delta: 1e-9 };
        let cost = each.advanced(100, 1e-5);
        assert!((cost.epsilon - 5.850_237).abs() < 1e-4, "{}", cost.epsilon);
        assert!((cost.delta - 1.01e-5).abs() < 1e-12);
        let basic = each.basic(100);
        assert!((basic.epsilon - 10.0).abs() < 1e-9 && (basic.delta - 1e-7).abs() < 1e-15);
        // Few releases cost less by adding up.
        assert!(each.basic(2).epsilon < each.advanced(2, 1e-5).epsilon);
    }

    #[test]
    fn the_sampler_costs_a_delta_and_no_more_than_certainty() {
        let cost = Cost::of_release((1, 2));
        assert_eq!(cost.epsilon, 0.5);
        assert!(cost.delta < 2f64.powi(-54) && cost.delta > 2f64.powi(-55));
        assert_eq!(Cost::of_release((u64::MAX, 1)).delta, 1.0);
    }
}
