//! A noise by its digits, and the digits by the words of a seed.

use alloc::vec::Vec;
use core::fmt;

use ark_ff::{BigInteger, PrimeField};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::rules::{MOST_SCALE_BITS, NoiseRules};
use super::thresholds::{DIGITS, THRESHOLDS, VARIABLES, WORD_BITS};
use crate::field::Fr;
use crate::preimages::NoiseWords;

/// Words of a digest: a fourth would be 2^-8 from uniform, as a digest is below r.
const WORDS_A_DIGEST: usize = 3;

/// Words that a noise takes.
const WORDS: usize = VARIABLES * DIGITS;

/// Digests that a noise takes: the last has a word that nothing reads.
pub const DIGESTS: usize = WORDS.div_ceil(WORDS_A_DIGEST);

/// Bits of a digest above its words.
pub const TOP_BITS: u32 = 254 - WORD_BITS * WORDS_A_DIGEST as u32;

/// floor(r / 2^186): where the top of a digest is below it, its words are uniform, and there is one way to cut it.
pub fn top_limit() -> u128 {
    let limit = Fr::MODULUS >> (WORD_BITS * WORDS_A_DIGEST as u32);
    u128::from(limit.0[0]) | u128::from(limit.0[1]) << 64
}

/// The words of a digest, lowest first; `None` if it is not below floor(r / 2^186) 2^186, which happens once in 2^67 times.
pub fn words(digest: &Fr) -> Option<[u64; WORDS_A_DIGEST]> {
    let integer = digest.into_bigint();
    let part = |place: u32, width: u32| {
        let limbs = (integer >> place).0;
        let low = u128::from(limbs[0]) | u128::from(limbs[1]) << 64;
        low & ((1 << width) - 1)
    };
    let top = part(WORD_BITS * WORDS_A_DIGEST as u32, TOP_BITS);
    debug_assert!(integer.num_bits() <= 254);
    let word = |index: u32| u64::try_from(part(index * WORD_BITS, WORD_BITS)).expect("62 bits");
    (top < top_limit()).then(|| [word(0), word(1), word(2)])
}

/// A digest of a seed that is not canonical: no noise comes of it, once in 2^62 seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no noise comes of this seed, as digest {digest} of it is too close to the modulus; there is no release"
)]
pub struct NoCanonicalWords {
    /// Which of its digests.
    pub digest: usize,
}

/// The digits of the two geometric variables of a noise, digit 0 in bit 0. Its `Debug` shows nothing of them.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Digits([u64; VARIABLES]);

impl Digits {
    /// The digits of this seed, which [`Seal::seed`](super::Seal::seed) gives.
    ///
    /// # Errors
    /// [`NoCanonicalWords`].
    pub fn of_seed(seed: &Fr) -> Result<Digits, NoCanonicalWords> {
        let mut all: Zeroizing<Vec<u64>> = Zeroizing::new(Vec::with_capacity(DIGESTS * WORDS_A_DIGEST));
        for digest in 0..DIGESTS {
            let hash = NoiseWords { seed: *seed, index: Fr::from(digest as u64) }.hash();
            all.extend(words(&hash).ok_or(NoCanonicalWords { digest })?);
        }
        Ok(Digits::of_words(|index| all[index]))
    }

    /// The digits of words of 62 uniform bits: number d of the first variable of word d, number d of the second of word 46 + d.
    pub fn of_words(mut word: impl FnMut(usize) -> u64) -> Digits {
        let mut variables = [0; VARIABLES];
        for (variable, digits) in variables.iter_mut().enumerate() {
            for (digit, threshold) in THRESHOLDS.iter().enumerate() {
                *digits |= u64::from(word(variable * DIGITS + digit) < *threshold) << digit;
            }
        }
        Digits(variables)
    }

    /// The noise at scale 2^s: of digit d the place is d - 40 + s, and those below 0 are masked. Less than 2^46 in size.
    pub fn noise(&self, rules: &NoiseRules) -> i64 {
        let masked = MOST_SCALE_BITS - rules.scale_bits();
        let [added, taken] = self.0.map(|digits| i64::try_from(digits >> masked).expect("46 bits"));
        added - taken
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits")
    }
}

const _: () = assert!(Fr::MODULUS_BIT_SIZE == 254 && TOP_BITS == 68 && DIGESTS == 31);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field;

    #[test]
    fn a_digest_is_cut_in_one_way() {
        let at = |top: u128, low: u64| {
            let shifted = Fr::from(top) * field::power_of_two(186);
            shifted
                + Fr::from(low)
                + Fr::from(5u64) * field::power_of_two(62)
                + Fr::from(9u64) * field::power_of_two(124)
        };
        assert_eq!(words(&at(0, 7)), Some([7, 5, 9]));
        assert_eq!(words(&at(top_limit() - 1, (1 << 62) - 1)), Some([(1 << 62) - 1, 5, 9]));
        // the last block goes up to r alone: what lies in it has no words
        let start = Fr::from(top_limit()) * field::power_of_two(186);
        assert_eq!(words(&start), None);
        assert_eq!(words(&-Fr::from(1u64)), None);
        let mut last = start.into_bigint();
        last.sub_with_borrow(&1u64.into());
        assert_eq!(words(&Fr::from_bigint(last).unwrap()), Some([(1 << 62) - 1; 3]));
    }

    #[test]
    fn the_scale_masks_low_digits() {
        let rules = |bits| NoiseRules::new(bits).unwrap();
        let most = Digits::of_words(|index| if index < DIGITS { 0 } else { u64::MAX });
        assert_eq!(most.noise(&rules(40)), (1 << 46) - 1);
        assert_eq!(most.noise(&rules(0)), (1 << 6) - 1);
        let least = Digits::of_words(|index| if index < DIGITS { u64::MAX } else { 0 });
        assert_eq!(least.noise(&rules(40)), -((1 << 46) - 1));
        // a word that is the threshold is not below it
        let at = Digits::of_words(|index| THRESHOLDS[index % DIGITS] - u64::from(index == 40));
        assert_eq!((at.noise(&rules(0)), at.noise(&rules(3))), (1, 8));
        assert_eq!(alloc::format!("{at:?}"), "Digits");
    }
}
