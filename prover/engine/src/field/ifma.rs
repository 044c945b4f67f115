//! Eight elements at a time with AVX-512 IFMA: the products of 52-bit limbs.
//!
//! An element is x R modulo p with R = 2^260, in five limbs of 52 bits, the least first, limb i of eight elements in one
//! register ([`Vector`]). Between operations
//!
//! * every limb is at least 0 and below 2^52, and
//! * the value of the five limbs is below B = 2^255 + p + 2^216 < 3.646 p < 2^256.
//!
//! Everything here takes such vectors and returns such, so that any operation may follow any other. What happens in
//! between is bounded beside the code; 2.6449 p < 2^255 < 2.6451 p, and p / R < 0.01182.

mod arithmetic;
mod constants;
mod lanes;
mod simd;

pub(crate) use simd::Ifma;

use super::machine::{Line, Machine, Work};
use super::modulus::Modulus;
use super::modulus::sealed::Reduced;
use arithmetic::Limbs;
use constants::Constants;

/// Eight elements modulo P.
#[derive(Clone, Copy)]
pub(crate) struct Vector<P> {
    limbs: Limbs,
    modulus: std::marker::PhantomData<P>,
}

impl<P: Modulus> Vector<P> {
    #[inline(always)]
    fn new(limbs: Limbs) -> Self {
        Vector { limbs, modulus: std::marker::PhantomData }
    }
}

impl Machine for Ifma {
    const LANES: usize = 8;
    const BATCH: usize = 3072;

    type V<P: Modulus> = Vector<P>;

    #[inline(always)]
    fn run<W: Work<Self>>(self, work: W) -> W::Output {
        simd::run(self, work)
    }

    #[inline(always)]
    fn constant<P: Modulus>(self, value: P) -> Vector<P> {
        self.enter(&[value; 8])
    }

    /// x 2^256 times 2^264 over R is x R.
    #[inline(always)]
    fn enter<P: Modulus>(self, values: &[P]) -> Vector<P> {
        let mut lines = [Line::ZERO; 8];
        for (line, value) in lines.iter_mut().zip(values) {
            line.0[0] = value.words();
        }
        let [vector, _] = self.gather::<P>(&lines, &lanes::EACH, 1, 0);
        self.mul(vector, Vector::new(arithmetic::broadcast(self, &P::ENTER)))
    }

    /// x R times 2^256 over R is x 2^256, which is then reduced.
    #[inline(always)]
    fn leave<P: Modulus>(self, vector: Vector<P>, values: &mut [P]) {
        let left = self.mul(vector, Vector::new(arithmetic::broadcast(self, &P::LEAVE)));
        let mut lines = [Line::ZERO; 8];
        self.scatter::<P>([left, left], &mut lines, &lanes::PLACES, 1, 0);
        for (value, line) in values.iter_mut().zip(&lines) {
            *value = P::of_words(constants::canonical(line.0[0], &P::P), Reduced(()));
        }
    }

    #[inline(always)]
    fn add<P: Modulus>(self, a: Vector<P>, b: Vector<P>) -> Vector<P> {
        // At least 0, below 2B < 7.3 p.
        Vector::new(arithmetic::reduce::<P>(self, arithmetic::plus(self, a.limbs, b.limbs)))
    }

    #[inline(always)]
    fn sub<P: Modulus>(self, a: Vector<P>, b: Vector<P>) -> Vector<P> {
        // Above -B, below B.
        Vector::new(arithmetic::reduce::<P>(self, arithmetic::minus(self, a.limbs, b.limbs)))
    }

    #[inline(always)]
    fn neg<P: Modulus>(self, a: Vector<P>) -> Vector<P> {
        let zero = [self.zero(); 5];
        Vector::new(arithmetic::reduce::<P>(self, arithmetic::minus(self, zero, a.limbs)))
    }

    #[inline(always)]
    fn mul<P: Modulus>(self, a: Vector<P>, b: Vector<P>) -> Vector<P> {
        let columns = arithmetic::product::<P>(self, &a.limbs, &b.limbs);
        Vector::new(arithmetic::carried(self, columns))
    }

    #[inline(always)]
    fn square<P: Modulus>(self, a: Vector<P>) -> Vector<P> {
        Vector::new(arithmetic::carried(self, arithmetic::square::<P>(self, &a.limbs)))
    }

    #[inline(always)]
    fn butterfly<P: Modulus>(self, a: Vector<P>, b: Vector<P>, w: Vector<P>) -> [Vector<P>; 2] {
        // The product's columns are of a value in [0, 2.16 p): the sum is below B + 2.16 p < 5.81 p, the difference above -2.16 p.
        let columns = arithmetic::product::<P>(self, &b.limbs, &w.limbs);
        [
            Vector::new(arithmetic::reduce::<P>(self, arithmetic::plus(self, a.limbs, columns))),
            Vector::new(arithmetic::reduce::<P>(self, arithmetic::minus(self, a.limbs, columns))),
        ]
    }

    #[inline(always)]
    fn spread<P: Modulus>(self, a: Vector<P>, lane: usize) -> Vector<P> {
        let mut limbs = a.limbs;
        for limb in &mut limbs {
            *limb = self.word(*limb, lane as u64);
        }
        Vector::new(limbs)
    }

    #[inline(always)]
    fn transpose<P: Modulus>(self, vectors: &mut [Vector<P>]) {
        let vectors = &mut vectors[..8];
        for limb in 0..constants::LIMBS {
            let mut rows = [self.zero(); 8];
            for (row, vector) in rows.iter_mut().zip(vectors.iter()) {
                *row = vector.limbs[limb];
            }
            for (row, vector) in lanes::transposed(self, rows).iter().zip(vectors.iter_mut()) {
                vector.limbs[limb] = *row;
            }
        }
    }

    #[inline(always)]
    fn mul_sub<P: Modulus>(self, a: Vector<P>, b: Vector<P>, c: Vector<P>) -> Vector<P> {
        // Above -B, below 2.2 p.
        let columns = arithmetic::product::<P>(self, &a.limbs, &b.limbs);
        Vector::new(arithmetic::reduce::<P>(self, arithmetic::minus(self, columns, c.limbs)))
    }

    #[inline(always)]
    fn square_minus<P: Modulus>(self, a: Vector<P>, b: Vector<P>, c: Vector<P>) -> Vector<P> {
        Vector::new(arithmetic::less_two_and_one::<P>(
            self,
            arithmetic::square::<P>(self, &a.limbs),
            b.limbs,
            c.limbs,
        ))
    }

    #[inline(always)]
    fn mul_minus<P: Modulus>(self, a: Vector<P>, b: Vector<P>, c: Vector<P>, d: Vector<P>) -> Vector<P> {
        let columns = arithmetic::product::<P>(self, &a.limbs, &b.limbs);
        Vector::new(arithmetic::less_two_and_one::<P>(self, columns, c.limbs, d.limbs))
    }

    #[inline(always)]
    fn mul2<P: Modulus>(self, a: [Vector<P>; 2], b: [Vector<P>; 2]) -> [Vector<P>; 2] {
        let [low, high] = arithmetic::product2::<P>(self, a.map_limbs(), b.map_limbs());
        [Vector::new(arithmetic::carried(self, low)), Vector::new(arithmetic::carried(self, high))]
    }

    #[inline(always)]
    fn mul2_sub<P: Modulus>(self, a: [Vector<P>; 2], b: [Vector<P>; 2], c: [Vector<P>; 2]) -> [Vector<P>; 2] {
        let [low, high] = arithmetic::product2::<P>(self, a.map_limbs(), b.map_limbs());
        // Above -B, below 2.4 p.
        [
            Vector::new(arithmetic::reduce::<P>(self, arithmetic::minus(self, low, c[0].limbs))),
            Vector::new(arithmetic::reduce::<P>(self, arithmetic::minus(self, high, c[1].limbs))),
        ]
    }

    #[inline(always)]
    fn zeros<P: Modulus>(self, a: Vector<P>) -> u32 {
        arithmetic::zeros::<P>(self, a.limbs)
    }

    #[inline(always)]
    fn select<P: Modulus>(self, lanes: u32, a: Vector<P>, b: Vector<P>) -> Vector<P> {
        let mut limbs = a.limbs;
        for (limb, other) in limbs.iter_mut().zip(b.limbs) {
            *limb = self.blend(lanes, *limb, other);
        }
        Vector::new(limbs)
    }

    #[inline(always)]
    fn gather<P: Modulus>(
        self,
        table: &[Line],
        indices: &[u32],
        step: usize,
        offset: usize,
    ) -> [Vector<P>; 2] {
        let [first, second] = lanes::gather(self, table, indices, step, offset);
        [Vector::new(first), Vector::new(second)]
    }

    #[inline(always)]
    fn odd(self, indices: &[u32]) -> u32 {
        lanes::odd(indices)
    }

    #[inline(always)]
    fn prefetch(self, table: &[Line], indices: &[u32], step: usize) {
        for index in indices {
            let first = step * (*index >> 1) as usize;
            for line in table.iter().skip(first).take(step) {
                self.fetch(line);
            }
        }
    }

    #[inline(always)]
    fn scatter<P: Modulus>(
        self,
        vectors: [Vector<P>; 2],
        table: &mut [Line],
        places: &[u32],
        step: usize,
        offset: usize,
    ) {
        lanes::scatter(self, [vectors[0].limbs, vectors[1].limbs], table, places, step, offset);
    }
}

trait MapLimbs {
    fn map_limbs(self) -> [Limbs; 2];
}

impl<P> MapLimbs for [Vector<P>; 2] {
    #[inline(always)]
    fn map_limbs(self) -> [Limbs; 2] {
        let [first, second] = self;
        [first.limbs, second.limbs]
    }
}

#[cfg(test)]
mod tests;
