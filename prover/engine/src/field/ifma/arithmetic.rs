//! Products, carries and reductions of eight elements at a time.
//!
//! *Columns* are limbs of a value that are yet to carry: signed, of absolute value below 2^58. The value that they make is
//! what is bounded.

use super::constants::{Constants, LIMBS};
use super::simd::{Ifma, Register};
use crate::field::modulus::{Modulus, Words};

/// Five limbs, or columns, of eight elements.
pub(super) type Limbs = [Register; LIMBS];

/// The same element in each lane.
#[inline(always)]
pub(super) fn broadcast(machine: Ifma, words: &Words) -> Limbs {
    let limbs = super::constants::limbs(words);
    let mut registers = [machine.zero(); LIMBS];
    for index in 0..LIMBS {
        registers[index] = machine.splat(limbs[index]);
    }
    registers
}

#[inline(always)]
pub(super) fn plus(machine: Ifma, a: Limbs, b: Limbs) -> Limbs {
    let mut sum = a;
    for index in 0..LIMBS {
        sum[index] = machine.add(a[index], b[index]);
    }
    sum
}

#[inline(always)]
pub(super) fn minus(machine: Ifma, a: Limbs, b: Limbs) -> Limbs {
    let mut difference = a;
    for index in 0..LIMBS {
        difference[index] = machine.sub(a[index], b[index]);
    }
    difference
}

/// Limbs out of columns, whose value is in [0, 2^260). The carries are signed: |carry| < 2^7.
#[inline(always)]
pub(super) fn carried(machine: Ifma, mut columns: Limbs) -> Limbs {
    for index in 0..LIMBS - 1 {
        let carry = machine.shift_right_signed(columns[index]);
        columns[index] = machine.low_52(columns[index]);
        columns[index + 1] = machine.add(columns[index + 1], carry);
    }
    columns
}

/// An element within the bounds that is the value of the columns modulo p, for a value in [-5 2^255, 3 2^255), which is
/// (-13.2 p, 7.93 p), and at least 2^216 away from the ends.
///
/// The last column is the value over 2^208, rounded down, but for the carries of the others: |error| < 2^7. So the case j = column >> 47 is that of
/// a value in [j 2^255 - 2^215, (j + 1) 2^255 + 2^215), to which a multiple of p with 0 < j 2^255 + k p <= p is added: the result is in
/// (j 2^255 + k p - 2^215, 2^255 + p + 2^215). It is not negative, as j 2^255 + k p > 2^216 for each of the eight (a test looks).
#[inline(always)]
pub(super) fn reduce<P: Modulus>(machine: Ifma, mut columns: Limbs) -> Limbs {
    let case = machine.shift_right_47(columns[LIMBS - 1]);
    for (column, multiples) in columns.iter_mut().zip(&P::MULTIPLES) {
        *column = machine.add(*column, machine.lookup(multiples, case));
    }
    carried(machine, columns)
}

/// a - 2b - c reduced, for columns a of a value below 2.5 p: the value is above -3B > -10.94 p and below 2.5 p.
#[inline(always)]
pub(super) fn less_two_and_one<P: Modulus>(machine: Ifma, a: Limbs, b: Limbs, c: Limbs) -> Limbs {
    let once = minus(machine, a, b);
    let twice = minus(machine, once, b);
    reduce::<P>(machine, minus(machine, twice, c))
}

/// Ten columns, of which a product has its ten.
type Wide = [Register; 2 * LIMBS];

/// Adds a b_i 2^(52 i): to each of the columns i to i + 5 at most 2 (2^52 - 1).
#[inline(always)]
fn add_row(machine: Ifma, wide: &mut Wide, row: usize, a: &Limbs, b: Register) {
    for index in 0..LIMBS {
        wide[row + index] = machine.add_low(wide[row + index], a[index], b);
    }
    for index in 0..LIMBS {
        wide[row + index + 1] = machine.add_high(wide[row + index + 1], a[index], b);
    }
}

/// Makes column i = 0 to 3 nought and forgets it: with t its low 52 bits, adds t k p 2^(52 i), which is t N 2^(52 (i + 1)) - t 2^(52 i);
/// what the column has above t is carried.
///
/// t <= 2^52 - 1 is what the instructions take of the column by themselves. Adds below t N 2^(52 (i + 1)) < p 2^(52 (i + 2)).
#[inline(always)]
fn fold_row<P: Modulus>(machine: Ifma, wide: &mut Wide, row: usize) {
    let t = wide[row];
    wide[row + 1] = machine.add(wide[row + 1], machine.shift_right(t));
    for index in 0..LIMBS {
        wide[row + 1 + index] = machine.add_low(wide[row + 1 + index], t, machine.splat(P::FRIENDLY[index]));
    }
    for index in 0..LIMBS {
        wide[row + 2 + index] = machine.add_high(wide[row + 2 + index], t, machine.splat(P::FRIENDLY[index]));
    }
}

/// Makes column 4 nought by Montgomery's step, m = -t/p modulo 2^52, and returns the five above: adds m p 2^208 < p R.
#[inline(always)]
fn fold_last<P: Modulus>(machine: Ifma, mut wide: Wide) -> Limbs {
    let m = machine.add_low(machine.zero(), wide[4], machine.splat(P::MINUS_INVERSE_52));
    for index in 0..LIMBS {
        wide[4 + index] = machine.add_low(wide[4 + index], m, machine.splat(P::P_LIMBS[index]));
    }
    for index in 0..LIMBS {
        wide[5 + index] = machine.add_high(wide[5 + index], m, machine.splat(P::P_LIMBS[index]));
    }
    let carry = machine.shift_right(wide[4]);
    [machine.add(wide[5], carry), wide[6], wide[7], wide[8], wide[9]]
}

/// Columns of a b / R.
///
/// Bounds: a column takes at most 10 terms of the product, 8 and 2 of the reductions, each below 2^52, and a carry below
/// 2^6: below 2^57. The value is below (a b + p (2^104 + 2^156 + 2^208 + 2^260) + p R) / R < a b / R + 2.001 p; with a, b < B
/// it is below (3.646^2 * 0.01182 + 2.001) p < 2.16 p.
#[inline(always)]
pub(super) fn product<P: Modulus>(machine: Ifma, a: &Limbs, b: &Limbs) -> Limbs {
    let mut wide = [machine.zero(); 2 * LIMBS];
    for (row, limb) in b.iter().enumerate() {
        add_row(machine, &mut wide, row, a, *limb);
        if row < LIMBS - 1 {
            fold_row::<P>(machine, &mut wide, row);
        }
    }
    fold_last::<P>(machine, wide)
}

/// Columns of a^2 / R: the products of different limbs once, doubled. Bounds as of [`product`].
#[inline(always)]
pub(super) fn square<P: Modulus>(machine: Ifma, a: &Limbs) -> Limbs {
    let mut wide = [machine.zero(); 2 * LIMBS];
    for row in 0..LIMBS {
        for other in row + 1..LIMBS {
            let column = row + other;
            wide[column] = machine.add_low(wide[column], a[row], a[other]);
            wide[column + 1] = machine.add_high(wide[column + 1], a[row], a[other]);
        }
    }
    for column in &mut wide[1..2 * LIMBS - 1] {
        *column = machine.add(*column, *column);
    }
    for row in 0..LIMBS {
        wide[2 * row] = machine.add_low(wide[2 * row], a[row], a[row]);
        wide[2 * row + 1] = machine.add_high(wide[2 * row + 1], a[row], a[row]);
    }
    for row in 0..LIMBS - 1 {
        fold_row::<P>(machine, &mut wide, row);
    }
    fold_last::<P>(machine, wide)
}

/// Columns of (a b + c d) / R, reduced together.
///
/// Bounds: a column takes at most 20 terms of the products and 10 of the reductions, below 2^57; the value is below
/// (2 * 3.646^2 * 0.01182 + 2.001) p < 2.32 p.
#[inline(always)]
fn sum_of_products<P: Modulus>(machine: Ifma, a: &Limbs, b: &Limbs, c: &Limbs, d: &Limbs) -> Limbs {
    let mut wide = [machine.zero(); 2 * LIMBS];
    for row in 0..LIMBS {
        add_row(machine, &mut wide, row, a, b[row]);
        add_row(machine, &mut wide, row, c, d[row]);
        if row < LIMBS - 1 {
            fold_row::<P>(machine, &mut wide, row);
        }
    }
    fold_last::<P>(machine, wide)
}

/// Columns of a0 b0 - a1 b1 and of a0 b1 + a1 b0, over R, each reduced once. Bounds as of the sum of two products.
#[inline(always)]
pub(super) fn product2<P: Modulus>(machine: Ifma, a: [Limbs; 2], b: [Limbs; 2]) -> [Limbs; 2] {
    let zero = [machine.zero(); LIMBS];
    let negative = reduce::<P>(machine, minus(machine, zero, a[1]));
    [
        sum_of_products::<P>(machine, &a[0], &b[0], &negative, &b[1]),
        sum_of_products::<P>(machine, &a[0], &b[1], &a[1], &b[0]),
    ]
}

/// The lanes that are a multiple of p, which is 0, p, 2p or 3p as a value is below B < 4p.
#[inline(always)]
pub(super) fn zeros<P: Modulus>(machine: Ifma, a: Limbs) -> u32 {
    let mut zeros = 0;
    let mut multiple = [0; 4];
    for _ in 0..4 {
        let limbs = broadcast(machine, &multiple);
        let mut same = 0xff;
        for index in 0..LIMBS {
            same &= machine.equal(a[index], limbs[index]);
        }
        zeros |= same;
        multiple = crate::field::modulus::plus(&multiple, &P::P).0;
    }
    zeros
}
