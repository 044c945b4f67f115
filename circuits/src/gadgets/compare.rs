//! Order of two integers by their prefixes, and of an integer with a constant.
//!
//! Cut both integers into digits of w bits from the top. The prefix P_j is the integer of the first j digits. a < b holds
//! if and only if some j has 1 <= B_j - A_j < 2^w: at the first digit that differs the difference of the prefixes is that
//! of the digits, and a prefix that is smaller makes the whole smaller. So with one hint d
//!
//!   product over j of (B_j - A_j - 1 - d) = 0,   d in [0, 2^w)
//!
//! proves a < b in (digits - 1) + w constraints, where the bits of b - a - 1 would cost the whole width. For a <= b the
//! last factor is B - A - d. A further factor -active - d, which only d = 0 and active = 0 can meet, switches the
//! comparison off.
//!
//! Prefixes are below 2^(width - w), but for the last; differences therefore never wrap around r for widths up to 253.
//! [`assert_in_window`] says why they may not for 254 bits either.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use super::{Bit, Bits, Gadgets, SynthesisError, assert_width};
use zksensor_model::field::{self, Fr};

type Integer = <Fr as PrimeField>::BigInt;

/// Bits of a digit: about the root of the width, where (digits - 1) + w is least.
pub fn digit_bits(width: u32) -> u32 {
    (1..=width).min_by_key(|bits| width.div_ceil(*bits) + bits).unwrap_or(1)
}

/// Bit positions at which the proper prefixes of a `width`-bit integer end, from the top.
fn cuts(width: u32) -> Vec<u32> {
    let bits = digit_bits(width);
    (1..width.div_ceil(bits)).map(|digit| width - digit * bits).collect()
}

/// The proper prefixes of a value from its bits (least significant first, 1 to 254), shortest first.
///
/// # Errors
/// [`SynthesisError::Size`] for another number of bits.
pub fn prefixes<G: Gadgets>(g: &mut G, bits: &[Bit<G::Var>]) -> Result<Vec<G::Var>, SynthesisError> {
    let width = u32::try_from(bits.len()).ok().filter(|width| (1..=Fr::MODULUS_BIT_SIZE).contains(width));
    let Some(width) = width else {
        return Err(SynthesisError::Size { gadget: "prefixes", wanted: "1 to 254 bits", got: bits.len() });
    };
    let prefixes = cuts(width)
        .into_iter()
        .map(|cut| {
            let mut weight = Fr::ONE;
            let terms: Vec<(Fr, &G::Var)> = bits[cut as usize..]
                .iter()
                .map(|bit| {
                    let term = (weight, bit.var());
                    weight.double_in_place();
                    term
                })
                .collect();
            g.linear(Fr::ZERO, &terms)
        })
        .collect();
    Ok(prefixes)
}

fn constant_prefixes(value: &Integer, width: u32) -> Vec<Fr> {
    cuts(width)
        .into_iter()
        .map(|cut| Fr::from_bigint(*value >> cut).expect("a proper prefix is below r"))
        .collect()
}

/// Which comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// a <= b.
    AtMost,
    /// a < b.
    Below,
}

/// a <= b or a < b for two integers of one width, each given by its proper prefixes and its value; off if `active` is
/// given and 0.
///
/// # Errors
/// [`SynthesisError::Size`] for a width that is none of a range, or if one does not bring as many prefixes as it has.
pub fn assert_order<G: Gadgets>(
    g: &mut G,
    order: Order,
    a: (&[G::Var], &G::Var),
    b: (&[G::Var], &G::Var),
    width: u32,
    active: Option<&Bit<G::Var>>,
) -> Result<(), SynthesisError> {
    assert_width(width)?;
    let proper = cuts(width).len();
    if let Some(prefixes) = [a.0, b.0].into_iter().find(|prefixes| prefixes.len() != proper) {
        return Err(SynthesisError::Size {
            gadget: "assert_order",
            wanted: "every proper prefix of both values",
            got: prefixes.len(),
        });
    }
    let mut differences: Vec<G::Var> =
        a.0.iter().zip(b.0).map(|(a, b)| g.linear(-Fr::ONE, &[(Fr::ONE, b), (-Fr::ONE, a)])).collect();
    let last = if order == Order::Below { -Fr::ONE } else { Fr::ZERO };
    differences.push(g.linear(last, &[(Fr::ONE, b.1), (-Fr::ONE, a.1)]));
    if let Some(active) = active {
        differences.push(g.linear(Fr::ZERO, &[(-Fr::ONE, active.var())]));
    }
    assert_some_digit(g, &differences, digit_bits(width))
}

/// The integer with these bits (least significant first, fewer than 254) is at most `limit`.
///
/// # Errors
/// [`SynthesisError::Size`] for more than 253 bits, or for a limit that has more than the value.
pub fn assert_at_most<G: Gadgets>(
    g: &mut G,
    value: &Bits<G::Var>,
    limit: &Integer,
) -> Result<(), SynthesisError> {
    assert_width(value.width())?;
    if limit.num_bits() > value.width() {
        return Err(SynthesisError::Size {
            gadget: "assert_at_most",
            wanted: "a limit of no more bits than the value",
            got: limit.num_bits() as usize,
        });
    }
    let heads = prefixes(g, value.bits())?;
    let mut differences = below(g, &heads, &constant_prefixes(limit, value.width()));
    let limit = Fr::from_bigint(*limit).expect("a limit of at most 253 bits is below r");
    differences.push(g.linear(limit, &[(-Fr::ONE, value.var())]));
    assert_some_digit(g, &differences, digit_bits(value.width()))
}

/// The integer B with these 254 bits (least significant first) lies in [low, low + r), where `value` = B mod r and
/// low + r <= 2^254.
///
/// The last factors are congruences mod r: B = low + d mod r and B = low - 1 - d mod r. The first also holds for
/// B = low + d + r, which the second comparison refuses (no proper prefix of it is smaller, and its own last factor asks
/// for B < low or B = low + r - 1 - d); the second also for B = low - 1 - d, which the first refuses likewise.
///
/// # Errors
/// [`SynthesisError::Size`] for another number of bits, or for a window that goes beyond them.
pub fn assert_in_window<G: Gadgets>(
    g: &mut G,
    bits: &[Bit<G::Var>],
    value: &G::Var,
    low: &Integer,
) -> Result<(), SynthesisError> {
    let mut high = *low;
    let carried = high.add_with_carry(&Fr::MODULUS);
    high.sub_with_borrow(&Integer::from(1u64));
    let fits = !carried && high.num_bits() <= Fr::MODULUS_BIT_SIZE;
    let (Some(low_field), true, true) =
        (Fr::from_bigint(*low), fits, bits.len() == Fr::MODULUS_BIT_SIZE as usize)
    else {
        return Err(SynthesisError::Size {
            gadget: "assert_in_window",
            wanted: "254 bits, and a window within them",
            got: bits.len(),
        });
    };
    let width = Fr::MODULUS_BIT_SIZE;
    let heads = prefixes(g, bits)?;

    let mut above: Vec<G::Var> = heads
        .iter()
        .zip(constant_prefixes(low, width))
        .map(|(head, low)| g.linear(-low - Fr::ONE, &[(Fr::ONE, head)]))
        .collect();
    above.push(g.linear(-low_field, &[(Fr::ONE, value)]));
    assert_some_digit(g, &above, digit_bits(width))?;

    let mut under = below(g, &heads, &constant_prefixes(&high, width));
    under.push(g.linear(low_field - Fr::ONE, &[(-Fr::ONE, value)]));
    assert_some_digit(g, &under, digit_bits(width))
}

/// limit_j - head_j - 1 for every proper prefix.
fn below<G: Gadgets>(g: &mut G, heads: &[G::Var], limits: &[Fr]) -> Vec<G::Var> {
    heads.iter().zip(limits).map(|(head, limit)| g.linear(*limit - Fr::ONE, &[(-Fr::ONE, head)])).collect()
}

/// Some difference lies in [0, 2^bits).
fn assert_some_digit<G: Gadgets>(g: &mut G, differences: &[G::Var], bits: u32) -> Result<(), SynthesisError> {
    let from: Vec<&G::Var> = differences.iter().collect();
    let digit = g.hint("first difference", 1, &from, |values| {
        let small = values.iter().find(|value| field::bit_length(value) <= bits);
        vec![small.copied().unwrap_or(Fr::ZERO)]
    })?;
    g.assert_range(&digit[0], bits)?;
    g.assert_member(&digit[0], differences)
}
