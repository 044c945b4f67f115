//! Signed digits of magnitudes, each without those before it.
//!
//! For windows of c bits and W of them, c W > bits of the magnitude s: to s the half of every window but the last is added once,
//! s' = s + sum over k < W - 1 of 2^(c k + c - 1), and digit k is what s' has in window k, less 2^(c - 1) for k < W - 1. So
//! digits below the last are in [-2^(c - 1), 2^(c - 1)), and their sum with weights 2^(c k) is s. The last is what is left: at
//! least 0, and at most 2^(c - 1), since s' < s + 2^(c (W - 1)) and s < 2^(c W - 1).

use super::scalars::Term;
use crate::field::modulus::{Words, plus};

/// Windows of one width over magnitudes of some bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Windows {
    /// Bits of a window.
    pub(super) width: u32,
    /// How many there are.
    pub(super) count: u32,
}

impl Windows {
    pub(super) fn new(width: u32, bits: u32) -> Self {
        Windows { width, count: (bits + 1).div_ceil(width) }
    }

    /// Adds to each magnitude the halves of its windows: below 2^253 + 2^253 at most, as c (W - 1) <= 253.
    pub(super) fn prepare(self, terms: &mut [Term]) {
        let mut halves: Words = [0; 4];
        for window in 0..self.count - 1 {
            let bit = self.width * window + self.width - 1;
            halves[bit as usize / 64] |= 1 << (bit % 64);
        }
        for term in terms {
            term.magnitude = plus(&term.magnitude, &halves).0;
        }
    }

    /// The digit of a prepared magnitude.
    #[inline(always)]
    pub(super) fn digit(self, prepared: &Words, window: u32) -> i32 {
        let at = self.width * window;
        let (word, shift) = (at as usize / 64, at % 64);
        // What the window has of the next word, which is nothing if it begins a word: the shift is in two parts.
        let next = prepared.get(word + 1).map_or(0, |next| next << 1 << (63 - shift));
        let bits = (prepared[word] >> shift | next) & ((1 << self.width) - 1);
        let half = if window + 1 < self.count { 1 << (self.width - 1) } else { 0 };
        bits as i32 - half
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
                for edge in edges(&BigUint::from(3u8), &(BigUint::from(1u8) << 255)) {
                    if edge >= bound {
                        continue;
                    }
                    let mut terms = [Term { point: 0, magnitude: words(&edge) }];
                    windows.prepare(&mut terms);
                    let mut sum = BigInt::ZERO;
                    for window in 0..windows.count {
                        let digit = windows.digit(&terms[0].magnitude, window);
                        let half = 1i32 << (width - 1);
                        assert!((-half..=half).contains(&digit), "{digit} of {edge:x} in {windows:?}");
                        sum += BigInt::from(digit) << (width * window);
                    }
                    assert_eq!(sum, BigInt::from(edge.clone()), "{edge:x} in {windows:?}");
                    assert!(integer(&terms[0].magnitude) < BigUint::from(1u8) << 255);
                }
            }
        }
    }
}
