//! What each ratio is to reach.

/// What is wanted of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Goal {
    /// So much or more.
    AtLeast(f64),
    /// So much or less.
    AtMost(f64),
}

impl Goal {
    /// Whether a figure reaches it.
    pub(super) fn is_met(self, figure: f64) -> bool {
        match self {
            Goal::AtLeast(least) => figure >= least,
            Goal::AtMost(most) => figure <= most,
        }
    }

    /// The number.
    pub(super) fn number(self) -> f64 {
        match self {
            Goal::AtLeast(number) | Goal::AtMost(number) => number,
        }
    }
}

/// The figures that have a goal.
const GOALS: [(&str, Goal); 10] = [
    ("msm_g1_x", Goal::AtLeast(6.0)),
    ("msm_g2_x", Goal::AtLeast(8.0)),
    ("fft_x", Goal::AtLeast(5.0)),
    ("dense_x_1t", Goal::AtLeast(7.0)),
    ("dense_x_2t", Goal::AtLeast(7.0)),
    ("aggregate64_x", Goal::AtLeast(5.0)),
    ("taceo_x_1t", Goal::AtLeast(3.0)),
    ("taceo_x_2t", Goal::AtLeast(3.0)),
    ("portable_x", Goal::AtLeast(2.0)),
    ("key_ratio", Goal::AtMost(0.8)),
];

/// The goal of a figure, if it has one.
pub(super) fn of(key: &str) -> Option<Goal> {
    GOALS.iter().find(|(name, _)| *name == key).map(|(_, goal)| *goal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_from_its_number_on() {
        assert!(Goal::AtLeast(2.0).is_met(2.0) && !Goal::AtLeast(2.0).is_met(1.99));
        assert!(Goal::AtMost(0.8).is_met(0.8) && !Goal::AtMost(0.8).is_met(0.81));
        assert!(!Goal::AtLeast(2.0).is_met(f64::NAN) && !Goal::AtMost(0.8).is_met(f64::NAN));
        assert_eq!((of("key_ratio"), of("reading_ms")), (Some(Goal::AtMost(0.8)), None));
    }
}
