//! What the kernels need of a modulus, in limbs of 52 bits.

use super::super::modulus::{Modulus, Words, less, minus, plus};

pub(super) const LIMBS: usize = 5;
const MASK: u64 = (1 << 52) - 1;

/// Constants of a modulus.
pub(super) trait Constants: Modulus {
    /// p.
    const P_LIMBS: [u64; LIMBS] = limbs(&Self::P);
    /// -1/p modulo 2^52.
    const MINUS_INVERSE_52: u64 = Self::MINUS_INVERSE & MASK;
    /// N = (k p + 1) / 2^52 for k = -1/p modulo 2^52, so that k p = -1 modulo 2^52; as k <= 2^52 - 1, N <= p.
    ///
    /// Adding t k p to a number that ends in the limb t makes that limb 0, and t k p = t N 2^52 - t: who drops the limb and
    /// adds t N to what is above has added t k p, a multiple of p, and needs no product to find t.
    const FRIENDLY: [u64; LIMBS] = friendly(&Self::P, Self::MINUS_INVERSE_52);
    /// Limb i of the multiple of p that [`super::arithmetic::reduce`] adds in each of eight cases, signed.
    const MULTIPLES: [[i64; 8]; LIMBS] = multiples(&Self::P);
    /// 2^264 modulo p.
    const ENTER: Words = power_of_two(264, &Self::P);
    /// 2^256 modulo p.
    const LEAVE: Words = power_of_two(256, &Self::P);
}

impl<P: Modulus> Constants for P {}

/// 256 bits in limbs of 52; the last has 48.
pub(super) const fn limbs(words: &Words) -> [u64; LIMBS] {
    [
        words[0] & MASK,
        (words[0] >> 52 | words[1] << 12) & MASK,
        (words[1] >> 40 | words[2] << 24) & MASK,
        (words[2] >> 28 | words[3] << 36) & MASK,
        words[3] >> 16,
    ]
}

const fn friendly(p: &Words, k: u64) -> [u64; LIMBS] {
    // k p + 1 in five words; the carry begins with the 1.
    let (mut wide, mut carry, mut index) = ([0u64; 5], 1u128, 0);
    while index < 4 {
        let digit = p[index] as u128 * k as u128 + carry;
        wide[index] = digit as u64;
        carry = digit >> 64;
        index += 1;
    }
    wide[4] = carry as u64;
    assert!(wide[0] & MASK == 0, "k p = -1 modulo 2^52");
    limbs(&[
        wide[0] >> 52 | wide[1] << 12,
        wide[1] >> 52 | wide[2] << 12,
        wide[2] >> 52 | wide[3] << 12,
        wide[3] >> 52 | wide[4] << 12,
    ])
}

/// For a value in [j 2^255, (j + 1) 2^255) with j = -5 to 2, the multiple k p with 0 < j 2^255 + k p <= p, at place j modulo 8.
const fn multiples(p: &Words) -> [[i64; 8]; LIMBS] {
    let mut table = [[0; 8]; LIMBS];
    let mut case = -5i64;
    while case <= 2 {
        let multiple = multiple(case, p);
        // |k| p by limbs without carries: |k| <= 14, so each is below 2^56.
        let (limbs, mut limb) = (limbs(p), 0);
        while limb < LIMBS {
            table[limb][(case & 7) as usize] = multiple * limbs[limb] as i64;
            limb += 1;
        }
        case += 1;
    }
    table
}

/// k: the least integer with j 2^255 + k p > 0.
pub(super) const fn multiple(case: i64, p: &Words) -> i64 {
    let half = [0, 0, 0, 1 << 63];
    // k p + j 2^255, kept in (0, p] while j goes step by step.
    let (mut rest, mut multiple, mut step) = (*p, 1, 0);
    while step < case {
        // Up: rest + 2^255 < 2^256, less p while it is above p.
        rest = plus(&rest, &half).0;
        while less(p, &rest) {
            rest = minus(&rest, p).0;
            multiple -= 1;
        }
        step += 1;
    }
    step = 0;
    while step > case {
        // Down: p is added until 2^255 can be taken and something is left; rest <= 2^255 before, so below 2^256.
        while !less(&half, &rest) {
            rest = plus(&rest, p).0;
            multiple += 1;
        }
        rest = minus(&rest, &half).0;
        step -= 1;
    }
    multiple
}

/// 2^exponent modulo p.
const fn power_of_two(exponent: u32, p: &Words) -> Words {
    let (mut power, mut step) = ([1, 0, 0, 0], 0);
    while step < exponent {
        // Less than 2p < 2^255.
        let doubled = plus(&power, &power).0;
        power = if less(&doubled, p) { doubled } else { minus(&doubled, p).0 };
        step += 1;
    }
    power
}

/// The least representative of a value below 4p.
#[inline]
pub(super) fn canonical(mut words: Words, p: &Words) -> Words {
    for _ in 0..3 {
        let (reduced, borrow) = minus(&words, p);
        words = if borrow { words } else { reduced };
    }
    words
}
