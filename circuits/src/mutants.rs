//! Assertions switched off, one at a time, to see who notices: the mutants of the conformance kit.
//!
//! Every assertion of [`crate::gadgets::Gadgets`] asks here, by the place in the source that it stands at and the scopes
//! around it, whether it is to be left out. Without the feature `mutants`, which nothing but the tests of the soundness kit has, the
//! answer is no, and nothing is looked up.
//!
//! An assertion that is off adds no row; a range that is off takes 254 bits, which every element has: its bits stay bits, and
//! nothing but the bound is gone.

use zksensor_model::rule::Scope;

#[cfg(feature = "mutants")]
mod switch;

#[cfg(feature = "mutants")]
pub use switch::{Assertion, VARIABLE, record};

/// Whether the assertion at this place is off.
#[cfg(feature = "mutants")]
pub fn is_off(
    location: &'static std::panic::Location<'static>,
    path: &[Scope],
    operation: &'static str,
) -> bool {
    switch::is_off(location, path, operation)
}

/// Whether the assertion at this place is off: never.
#[cfg(not(feature = "mutants"))]
pub fn is_off(
    _location: &'static std::panic::Location<'static>,
    _path: &[Scope],
    _operation: &'static str,
) -> bool {
    false
}

/// Whether some assertion is off.
pub fn is_any_off() -> bool {
    #[cfg(feature = "mutants")]
    return switch::is_any_off();
    #[cfg(not(feature = "mutants"))]
    false
}

/// The scope that a gadget stands in where it is looked at alone.
pub const ALONE: &str = "gadget";

/// Bits of a range that is off: every element has so many.
pub const RANGE_OFF_BITS: u32 = 254;
