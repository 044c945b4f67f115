//! The two moduli, and what is computed from them before the program runs.

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, PrimeField};

/// Four words of 64 bits, the least first.
pub(crate) type Words = [u64; 4];

/// A prime field of BN254, Fq or Fr: p has 254 bits, 0.756 * 2^254 < p < 0.757 * 2^254, which the bounds of the kernels rest on.
pub trait Modulus: sealed::Sealed {}

impl<P: sealed::Sealed> Modulus for P {}

pub(crate) mod sealed {
    use super::{BigInt, PrimeField, Words, minus_inverse};

    /// What only this crate has: an element made of any words is not one.
    #[derive(Debug, Clone, Copy)]
    pub struct Reduced(pub(crate) ());

    /// Only Fq and Fr have it.
    pub trait Sealed: PrimeField<BigInt = BigInt<4>> {
        /// p.
        const P: Words = Self::MODULUS.0;
        /// -1/p modulo 2^64.
        const MINUS_INVERSE: u64 = minus_inverse(Self::P[0]);

        /// The words of x 2^256, the form in which arkworks holds x.
        fn words(&self) -> Words;

        /// The element that arkworks holds as these words, which are less than p.
        fn of_words(words: Words, reduced: Reduced) -> Self;
    }
}

macro_rules! modulus {
    ($field:ty) => {
        impl sealed::Sealed for $field {
            #[inline]
            fn words(&self) -> Words {
                self.0.0
            }

            #[inline]
            #[expect(clippy::disallowed_methods, reason = "the words are in Montgomery form and reduced")]
            fn of_words(words: Words, _: sealed::Reduced) -> Self {
                debug_assert!(less(&words, &Self::P), "words of an element are less than p");
                <$field>::new_unchecked(BigInt(words))
            }
        }
    };
}
modulus!(Fq);
modulus!(Fr);

/// Whether a < b.
pub(crate) const fn less(a: &Words, b: &Words) -> bool {
    let mut index = 4;
    while index > 0 {
        index -= 1;
        if a[index] != b[index] {
            return a[index] < b[index];
        }
    }
    false
}

/// a + b modulo 2^256, and the carry.
pub(crate) const fn plus(a: &Words, b: &Words) -> (Words, bool) {
    let (mut sum, mut carry, mut index) = ([0; 4], 0, 0);
    while index < 4 {
        let digit = a[index] as u128 + b[index] as u128 + carry;
        sum[index] = digit as u64;
        carry = digit >> 64;
        index += 1;
    }
    (sum, carry == 1)
}

/// a - b modulo 2^256, and whether a < b.
pub(crate) const fn minus(a: &Words, b: &Words) -> (Words, bool) {
    let (mut difference, mut borrow, mut index) = ([0; 4], false, 0);
    while index < 4 {
        let (digit, first) = a[index].overflowing_sub(b[index]);
        let (digit, second) = digit.overflowing_sub(borrow as u64);
        difference[index] = digit;
        borrow = first | second;
        index += 1;
    }
    (difference, borrow)
}

/// -1/p modulo 2^64 for odd p, by Newton's iteration: each step doubles the bits that are right, of which there are three at first.
const fn minus_inverse(p: u64) -> u64 {
    let (mut inverse, mut step) = (p, 0);
    while step < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg()
}
