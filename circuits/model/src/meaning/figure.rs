//! A number of a claim.

use core::fmt;

use crate::amount::{Amount, Mean};

/// A number of a claim, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Figure {
    /// So much of a unit.
    Amount(Amount),
    /// A mean, which is rounded where it is shown.
    Mean(Mean),
    /// So many.
    Count(u64),
}

impl Figure {
    /// Its unit; empty of a count, and where the schema gives none.
    pub fn unit(&self) -> &'static str {
        match self {
            Figure::Amount(amount) => amount.unit(),
            Figure::Mean(mean) => mean.sum().unit(),
            Figure::Count(_) => "",
        }
    }
}

/// With its unit.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Amount(amount) => amount.fmt(f),
            Figure::Mean(mean) => mean.fmt(f),
            Figure::Count(count) => count.fmt(f),
        }
    }
}
