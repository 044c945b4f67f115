//! Signed digits of magnitudes, each without those before it.
//!
//! For windows of c bits and W of them, c W > bits of the magnitude s: to s the half of every window but the last is added once,
//! s' = s + sum over k < W - 1 of 2^(c k + c - 1), and digit k is what s' has in window k, less 2^(c - 1) for k < W - 1. So
//! digits below the last are in [-2^(c - 1), 2^(c - 1)), and their sum with weights 2^(c k) is s. The last is what is left: at
//! least 0, and at most 2^(c - 1), since s' < s + 2^(c (W - 1)) and s < 2^(c W - 1).

use std::ops::Range;

use super::scalars::Terms;
use crate::field::modulus::{Words, plus};

/// Windows of one width over magnitudes of some bits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    /// Bits of a window.
    pub(crate) width: u32,
    /// How many there are.
    pub(crate) count: u32,
}

impl Windows {
    pub(crate) fn new(width: u32, bits: u32) -> Self {
        Windows { width, count: (bits + 1).div_ceil(width) }
    }

    /// The half of every window but the last.
    pub(crate) fn halves(self) -> Words {
        let mut halves: Words = [0; 4];
        for window in 0..self.count - 1 {
            let bit = self.width * window + self.width - 1;
            halves[bit as usize / 64] |= 1 << (bit % 64);
        }
        halves
    }

    /// Adds to each magnitude the halves of its windows: below 2^253 + 2^253 at most, as c (W - 1) <= 253.
    pub(super) fn prepare(self, terms: &mut Terms) {
        let halves = self.halves();
        let [a, b, c, d] = &mut terms.words;
        for (((a, b), c), d) in a.iter_mut().zip(b.iter_mut()).zip(c.iter_mut()).zip(d.iter_mut()) {
            [*a, *b, *c, *d] = plus(&[*a, *b, *c, *d], &halves).0;
        }
    }

    /// The digit of a prepared magnitude in a window.
    #[inline(always)]
    pub(crate) fn digit(self, words: &Words, window: u32) -> i32 {
        let at = self.width * window;
        let (word, shift) = (at as usize / 64, at % 64);
        let above = words.get(word + 1).copied().unwrap_or_default();
        let bits = (u128::from(above) << 64 | u128::from(words[word])) >> shift;
        let half = if window + 1 < self.count { 1 << (self.width - 1) } else { 0 };
        (bits as u64 & ((1 << self.width) - 1)) as i32 - half
    }

    /// Appends the digits of some prepared terms in a window.
    pub(super) fn digits(self, terms: &Terms, range: Range<usize>, window: u32, digits: &mut Vec<i32>) {
        let at = self.width * window;
        let (word, shift) = (at as usize / 64, at % 64);
        let mask = (1 << self.width) - 1;
        let half = if window + 1 < self.count { 1 << (self.width - 1) } else { 0 };
        let low = &terms.words[word][range.clone()];
        if shift + self.width <= 64 || word == 3 {
            digits.extend(low.iter().map(|low| (low >> shift & mask) as i32 - half));
        } else {
            let high = &terms.words[word + 1][range];
            let digit =
                |(low, high): (&u64, &u64)| ((low >> shift | high << (64 - shift)) & mask) as i32 - half;
            digits.extend(low.iter().zip(high).map(digit));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::tests::{edges, integer, words};
    use num_bigint::{BigInt, BigUint};

    #[test]
    fn digits_make_up_the_magnitude_and_stay_within_half_a_window() {
        for bits in [64u32, 253] {
            let bound = BigUint::from(1u8) << bits;
            for width in 2..=20 {
                let windows = Windows::new(width, bits);
                let mut magnitudes = edges(&BigUint::from(3u8), &(BigUint::from(1u8) << 255));
                magnitudes.retain(|magnitude| magnitude < &bound);
                let mut terms = Terms::of(&magnitudes.iter().map(words).collect::<Vec<_>>());
                windows.prepare(&mut terms);
                let mut sums = vec![BigInt::ZERO; magnitudes.len()];
                for window in 0..windows.count {
                    let mut digits = Vec::new();
                    // In two parts.
                    windows.digits(&terms, 0..9, window, &mut digits);
                    windows.digits(&terms, 9..magnitudes.len(), window, &mut digits);
                    let half = 1i32 << (width - 1);
                    for (index, (sum, digit)) in sums.iter_mut().zip(digits).enumerate() {
                        assert!((-half..=half).contains(&digit), "{digit} in {windows:?}");
                        assert_eq!(windows.digit(&terms.magnitude(index), window), digit, "in {windows:?}");
                        *sum += BigInt::from(digit) << (width * window);
                    }
                }
                for (index, (sum, magnitude)) in sums.into_iter().zip(magnitudes).enumerate() {
                    assert_eq!(sum, BigInt::from(magnitude), "in {windows:?}");
                    assert!(integer(&terms.magnitude(index)) < BigUint::from(1u8) << 255);
                }
            }
        }
    }
}
