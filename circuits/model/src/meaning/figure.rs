//! A number of a claim.

use alloc::string::{String, ToString as _};
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
    /// The number without its unit.
    pub fn decimal(&self) -> String {
        match self {
            Figure::Amount(amount) => Mean::of(*amount, 1).decimal(),
            Figure::Mean(mean) => mean.decimal(),
            Figure::Count(count) => count.to_string(),
        }
    }

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
