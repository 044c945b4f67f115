//! One element at a time in four words of 64 bits: for every machine. No branch depends on a value.
//!
//! Elements are in Montgomery form with R = 2^256, which is arkworks' own, and below 2p; 4p < 0.757 * 2^256, so that a product needs no
//! subtraction at its end.

use super::machine::{Line, Machine, Work};
use super::modulus::sealed::Reduced;
use super::modulus::{Modulus, Words, minus, plus};

/// Every machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable {
    /// Where the processor multiplies without touching flags, what runs is compiled for that.
    #[cfg(target_arch = "x86_64")]
    mulx: Option<super::mulx::Mulx>,
}

impl Portable {
    pub(crate) fn new() -> Self {
        Portable {
            #[cfg(target_arch = "x86_64")]
            mulx: super::mulx::Mulx::detect(),
        }
    }
}

/// a + b c + d, which is at most 2^128 - 1: (2^64 - 1)^2 + 2 (2^64 - 1). Low word, high word.
#[inline(always)]
const fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let wide = b as u128 * c as u128 + a as u128 + d as u128;
    (wide as u64, (wide >> 64) as u64)
}

/// a if a < m, a - m if not.
#[inline(always)]
const fn reduced(a: &Words, m: &Words) -> Words {
    let (less, borrow) = minus(a, m);
    select(borrow, &less, a)
}

/// 2p.
#[inline(always)]
const fn twice(p: &Words) -> Words {
    plus(p, p).0
}

/// b if chosen, a if not.
#[inline(always)]
const fn select(chosen: bool, a: &Words, b: &Words) -> Words {
    let mask = (chosen as u64).wrapping_neg();
    let mut words = [0; 4];
    let mut index = 0;
    while index < 4 {
        words[index] = a[index] ^ (mask & (a[index] ^ b[index]));
        index += 1;
    }
    words
}

/// a b / 2^256 modulo p, for a and b below 2p.
///
/// Montgomery's product, operand by operand. Invariant: before and after a round t < 3p < 2^256, in four words. A round makes
/// (t + a b_i + m p) / 2^64 < (3p + (2^64 - 1) 2p + (2^64 - 1) p) / 2^64 = 3p; so the two carries into the top word do not
/// overflow together. What it makes at the end is below a b / 2^256 + p < (4 * 0.1891 + 1) p < 2p.
#[inline(always)]
pub(crate) fn product<P: Modulus>(a: &Words, b: &Words) -> Words {
    let p = P::P;
    let mut t = [0u64; 4];
    for b in *b {
        let (low, mut carry) = multiply_add(t[0], a[0], b, 0);
        let m = low.wrapping_mul(P::MINUS_INVERSE);
        let (_, mut other) = multiply_add(low, m, p[0], 0);
        for index in 1..4 {
            let (sum, next) = multiply_add(t[index], a[index], b, carry);
            carry = next;
            (t[index - 1], other) = multiply_add(sum, m, p[index], other);
        }
        t[3] = carry + other;
    }
    t
}

/// a + b modulo p, for a and b below 2p: the sum is below 4p < 2^256.
#[inline(always)]
pub(crate) fn sum<P: Modulus>(a: &Words, b: &Words) -> Words {
    reduced(&plus(a, b).0, &twice(&P::P))
}

/// a - b modulo p, for a and b below 2p: 2p are added if it is negative.
#[inline(always)]
pub(crate) fn difference<P: Modulus>(a: &Words, b: &Words) -> Words {
    let (words, borrow) = minus(a, b);
    plus(&words, &select(borrow, &[0; 4], &twice(&P::P))).0
}

impl Machine for Portable {
    const LANES: usize = 1;
    const BATCH: usize = 2048;

    type V<P: Modulus> = Words;

    #[inline(always)]
    fn run<W: Work<Self>>(self, work: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        if let Some(mulx) = self.mulx {
            return super::mulx::run(mulx, self, work);
        }
        work.on(self)
    }

    #[inline(always)]
    fn constant<P: Modulus>(self, value: P) -> Words {
        value.words()
    }

    #[inline(always)]
    fn enter<P: Modulus>(self, values: &[P]) -> Words {
        values.first().map_or([0; 4], |value| value.words())
    }

    #[inline(always)]
    fn leave<P: Modulus>(self, vector: Words, values: &mut [P]) {
        if let Some(value) = values.first_mut() {
            *value = P::of_words(reduced(&vector, &P::P), Reduced(()));
        }
    }

    #[inline(always)]
    fn add<P: Modulus>(self, a: Words, b: Words) -> Words {
        sum::<P>(&a, &b)
    }

    #[inline(always)]
    fn sub<P: Modulus>(self, a: Words, b: Words) -> Words {
        difference::<P>(&a, &b)
    }

    #[inline(always)]
    fn neg<P: Modulus>(self, a: Words) -> Words {
        difference::<P>(&[0; 4], &a)
    }

    #[inline(always)]
    fn mul<P: Modulus>(self, a: Words, b: Words) -> Words {
        product::<P>(&a, &b)
    }

    #[inline(always)]
    fn square<P: Modulus>(self, a: Words) -> Words {
        product::<P>(&a, &a)
    }

    #[inline(always)]
    fn butterfly<P: Modulus>(self, a: Words, b: Words, w: Words) -> [Words; 2] {
        let product = product::<P>(&b, &w);
        [sum::<P>(&a, &product), difference::<P>(&a, &product)]
    }

    #[inline(always)]
    fn spread<P: Modulus>(self, a: Words, _: usize) -> Words {
        a
    }

    #[inline(always)]
    fn transpose<P: Modulus>(self, _: &mut [Words]) {}

    #[inline(always)]
    fn mul_sub<P: Modulus>(self, a: Words, b: Words, c: Words) -> Words {
        difference::<P>(&product::<P>(&a, &b), &c)
    }

    #[inline(always)]
    fn square_minus<P: Modulus>(self, a: Words, b: Words, c: Words) -> Words {
        self.mul_minus::<P>(a, a, b, c)
    }

    /// Karatsuba's three products.
    #[inline(always)]
    fn mul2<P: Modulus>(self, a: [Words; 2], b: [Words; 2]) -> [Words; 2] {
        let (low, high) = (product::<P>(&a[0], &b[0]), product::<P>(&a[1], &b[1]));
        let cross = product::<P>(&sum::<P>(&a[0], &a[1]), &sum::<P>(&b[0], &b[1]));
        [difference::<P>(&low, &high), difference::<P>(&cross, &sum::<P>(&low, &high))]
    }

    #[inline(always)]
    fn mul2_sub<P: Modulus>(self, a: [Words; 2], b: [Words; 2], c: [Words; 2]) -> [Words; 2] {
        let product = self.mul2::<P>(a, b);
        [difference::<P>(&product[0], &c[0]), difference::<P>(&product[1], &c[1])]
    }

    #[inline(always)]
    fn mul_minus<P: Modulus>(self, a: Words, b: Words, c: Words, d: Words) -> Words {
        difference::<P>(&difference::<P>(&product::<P>(&a, &b), &sum::<P>(&c, &c)), &d)
    }

    #[inline(always)]
    fn zeros<P: Modulus>(self, a: Words) -> u32 {
        let a = reduced(&a, &P::P);
        u32::from(a[0] | a[1] | a[2] | a[3] == 0)
    }

    #[inline(always)]
    fn select<P: Modulus>(self, lanes: u32, a: Words, b: Words) -> Words {
        select(lanes & 1 == 1, &a, &b)
    }

    #[inline(always)]
    fn gather<P: Modulus>(self, table: &[Line], indices: &[u32], step: usize, offset: usize) -> [Words; 2] {
        table[step * (indices[0] >> 1) as usize + offset].0
    }

    #[inline(always)]
    fn odd(self, indices: &[u32]) -> u32 {
        indices[0] & 1
    }

    #[inline(always)]
    fn prefetch(self, _: &[Line], _: &[u32], _: usize) {}

    #[inline(always)]
    fn scatter<P: Modulus>(
        self,
        vectors: [Words; 2],
        table: &mut [Line],
        places: &[u32],
        step: usize,
        offset: usize,
    ) {
        if let Some(place) = places.first() {
            table[step * *place as usize + offset] = Line(vectors);
        }
    }
}
