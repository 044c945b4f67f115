//! From lines in memory, a point each, to registers, a limb each, and back.

use super::arithmetic::Limbs;
use super::simd::{Ifma, Register};
use crate::field::machine::Line;

/// Indices of the lines 0 to 7, as `gather` takes them.
pub(super) const EACH: [u32; 8] = [0, 2, 4, 6, 8, 10, 12, 14];
/// The lines 0 to 7, as `scatter` takes them.
pub(super) const PLACES: [u32; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// Word j of register i becomes word i of register j.
#[inline(always)]
pub(super) fn transposed(machine: Ifma, rows: [Register; 8]) -> [Register; 8] {
    let [a, b, c, d, e, f, g, h] = rows;
    // Words 0, 2, 4, 6 of two rows each, one after the other; and 1, 3, 5, 7.
    let (even0, odd0) = (machine.unpack_low(a, b), machine.unpack_high(a, b));
    let (even1, odd1) = (machine.unpack_low(c, d), machine.unpack_high(c, d));
    let (even2, odd2) = (machine.unpack_low(e, f), machine.unpack_high(e, f));
    let (even3, odd3) = (machine.unpack_low(g, h), machine.unpack_high(g, h));
    // Words j and j + 4 of four rows.
    let (low0, low2) = (machine.even_quarters(even0, even1), machine.odd_quarters(even0, even1));
    let (low1, low3) = (machine.even_quarters(odd0, odd1), machine.odd_quarters(odd0, odd1));
    let (high0, high2) = (machine.even_quarters(even2, even3), machine.odd_quarters(even2, even3));
    let (high1, high3) = (machine.even_quarters(odd2, odd3), machine.odd_quarters(odd2, odd3));
    [
        machine.even_quarters(low0, high0),
        machine.even_quarters(low1, high1),
        machine.even_quarters(low2, high2),
        machine.even_quarters(low3, high3),
        machine.odd_quarters(low0, high0),
        machine.odd_quarters(low1, high1),
        machine.odd_quarters(low2, high2),
        machine.odd_quarters(low3, high3),
    ]
}

/// Limbs of 52 bits out of words of 64.
#[inline(always)]
fn unpacked(machine: Ifma, [a, b, c, d]: [Register; 4]) -> Limbs {
    [
        machine.low_52(a),
        machine.low_52(machine.or(machine.right::<52>(a), machine.left::<12>(b))),
        machine.low_52(machine.or(machine.right::<40>(b), machine.left::<24>(c))),
        machine.low_52(machine.or(machine.right::<28>(c), machine.left::<36>(d))),
        machine.right::<16>(d),
    ]
}

/// Words of 64 bits out of limbs of 52, of a value below 2^256.
#[inline(always)]
fn packed(machine: Ifma, [a, b, c, d, e]: Limbs) -> [Register; 4] {
    [
        machine.or(a, machine.left::<52>(b)),
        machine.or(machine.right::<12>(b), machine.left::<40>(c)),
        machine.or(machine.right::<24>(c), machine.left::<28>(d)),
        machine.or(machine.right::<36>(d), machine.left::<16>(e)),
    ]
}

/// As [`crate::field::Machine::gather`].
#[inline(always)]
pub(super) fn gather(
    machine: Ifma,
    table: &[Line],
    indices: &[u32],
    step: usize,
    offset: usize,
) -> [Limbs; 2] {
    let mut rows = [machine.zero(); 8];
    for (row, index) in rows.iter_mut().zip(&indices[..8]) {
        *row = machine.load(&table[step * (*index >> 1) as usize + offset]);
    }
    let [a, b, c, d, e, f, g, h] = transposed(machine, rows);
    [unpacked(machine, [a, b, c, d]), unpacked(machine, [e, f, g, h])]
}

/// As [`crate::field::Machine::scatter`].
#[inline(always)]
pub(super) fn scatter(
    machine: Ifma,
    [first, second]: [Limbs; 2],
    table: &mut [Line],
    places: &[u32],
    step: usize,
    offset: usize,
) {
    let ([a, b, c, d], [e, f, g, h]) = (packed(machine, first), packed(machine, second));
    let rows = transposed(machine, [a, b, c, d, e, f, g, h]);
    for (row, place) in rows.iter().zip(places) {
        machine.store(&mut table[step * *place as usize + offset], *row);
    }
}

/// The lanes whose index is odd, as bits.
#[inline(always)]
pub(super) fn odd(indices: &[u32]) -> u32 {
    let mut odd = 0;
    for (lane, index) in indices[..8].iter().enumerate() {
        odd |= (index & 1) << lane;
    }
    odd
}
