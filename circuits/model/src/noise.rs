//! Noise that nobody chose: what a private sum is published with.
//!
//! A policy for `private-sum` has [`NoiseRules`] as its parameters: the scale 2^s of a discrete
//! Laplace variable, P(x) proportional to exp(-|x| / 2^s). The sensitivity of the sum is that of the exchange of one admissible reading of
//! a device, high - low, so a release is epsilon-differentially private with epsilon = (high - low) / 2^s, but for the
//! [total variation](thresholds) of the sampler.
//!
//! The variable is the difference of two geometric ones, whose binary digits are independent ([`Digits`]); each digit is a comparison of
//! 62 bits with a constant ([`thresholds`]). The bits come of a seed ([`Seal::seed`]) that has two parents: a secret of the aggregator,
//! which a [`Seal`] fixed together with the exact sum before a deadline, and a [`Beacon`], public randomness of after it.
//!
//! Source: Ghosh, Roughgarden, Sundararajan, "Universally Utility-Maximizing Privacy Mechanisms", STOC 2009 (the geometric mechanism);
//! Dwork, Kenthapadi, McSherry, Mironov, Naor, "Our Data, Ourselves", Eurocrypt 2006, section 4 (its digits).

#[cfg(feature = "std")]
pub mod accounting;
mod digits;
mod rules;
mod seal;
pub mod thresholds;

pub use digits::{DIGESTS, Digits, NoCanonicalWords, TOP_BITS, top_limit, words};
pub use rules::{MOST_SCALE_BITS, NoiseRules, NoiseRulesError};
pub use seal::{Beacon, Release, Seal, SealError, SealId};
