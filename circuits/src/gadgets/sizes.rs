//! Sizes that a backend or a gadget asks for before it does anything.

use super::{Bounded, Port, SynthesisError};

/// Elements that so many bits select from; `None` for more than there can be.
pub(super) fn of_bits(bits: usize) -> Option<usize> {
    u32::try_from(bits).ok().and_then(|bits| 1usize.checked_shl(bits))
}

/// `each` is empty, or has one list of ports for each of `count` instances, all of the kinds of the first: what an
/// arithmetization asks of [`super::Gadgets::repeat_each`] before it does anything.
///
/// # Errors
/// [`SynthesisError::Size`], [`SynthesisError::Shape`] or [`SynthesisError::PortKinds`].
pub fn assert_instances_alike<V: Clone>(
    name: &'static str,
    count: usize,
    each: &[Vec<Port<V>>],
) -> Result<(), SynthesisError> {
    if count == 0 {
        return Err(SynthesisError::Size { gadget: "repeat", wanted: "at least one instance", got: 0 });
    }
    let Some((first, rest)) = each.split_first() else { return Ok(()) };
    let shape = |unit, expected, got| Err(SynthesisError::Shape { what: name, unit, wanted: expected, got });
    if each.len() != count {
        return shape("lists of imports", count, each.len());
    }
    for ports in rest {
        if ports.len() != first.len() {
            return shape("imports of an instance", first.len(), ports.len());
        }
        if let Some((wanted, got)) =
            first.iter().zip(ports).map(|(a, b)| (a.kind(), b.kind())).find(|(wanted, got)| wanted != got)
        {
            return Err(SynthesisError::PortKinds { name, wanted, got });
        }
    }
    Ok(())
}

/// A range that an element has room for.
///
/// # Errors
/// [`SynthesisError::Size`] for another.
pub fn assert_width(width: u32) -> Result<(), SynthesisError> {
    if (1..=253).contains(&width) {
        return Ok(());
    }
    Err(SynthesisError::Size { gadget: "assert_range", wanted: "1 to 253 bits", got: width as usize })
}

/// The most bits of values that are compared. b - a is then below 2^252 or at least r - 2^252, which is above 2^253: a range tells one from
/// the other. With one bit more b - a modulo r can lie in the range although b < a, as r - 2^253 is below 2^253.
pub const ORDER_BITS: u32 = 252;

/// Two values that can be compared.
///
/// # Errors
/// [`SynthesisError::Size`] if they differ in width, or have more than [`ORDER_BITS`].
pub fn assert_comparable<V>(a: &Bounded<V>, b: &Bounded<V>) -> Result<(), SynthesisError> {
    if a.width() > ORDER_BITS {
        return Err(SynthesisError::Size {
            gadget: "assert_order",
            wanted: "values of at most 252 bits",
            got: a.width() as usize,
        });
    }
    if a.width() == b.width() {
        return Ok(());
    }
    Err(SynthesisError::Size {
        gadget: "assert_order",
        wanted: "two values of one width, but they differ",
        got: a.width().abs_diff(b.width()) as usize,
    })
}
