//! The field that the coordinates of a curve are in: Fq for G1, Fq2 for G2.

use ark_bn254::{Fq, Fq2};
use ark_ff::Field;

use crate::field::Machine;
use crate::field::machine::{Line, MAX_LANES};

/// A field of coordinates. Operations are as those of [`Machine`].
pub(crate) trait Coordinate: Field {
    /// Lines of a point.
    const LINES: usize;

    /// A vector of coordinates.
    type V<M: Machine>: Copy + Send + Sync;

    fn constant<M: Machine>(machine: M, value: Self) -> Self::V<M>;
    fn enter<M: Machine>(machine: M, values: &[Self]) -> Self::V<M>;
    fn leave<M: Machine>(machine: M, vector: Self::V<M>, values: &mut [Self]);
    fn plus<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>) -> Self::V<M>;
    fn minus<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>) -> Self::V<M>;
    fn negative<M: Machine>(machine: M, a: Self::V<M>) -> Self::V<M>;
    fn times<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>) -> Self::V<M>;
    fn squared<M: Machine>(machine: M, a: Self::V<M>) -> Self::V<M>;
    /// a b - c.
    fn mul_sub<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>, c: Self::V<M>) -> Self::V<M>;
    /// a^2 - 2b - c.
    fn square_minus<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>, c: Self::V<M>) -> Self::V<M>;
    /// The lanes that are zero, as bits.
    fn zeros<M: Machine>(machine: M, a: Self::V<M>) -> u32;
    /// The lanes of b where the bit is set, of a elsewhere.
    fn select<M: Machine>(machine: M, lanes: u32, a: Self::V<M>, b: Self::V<M>) -> Self::V<M>;
    /// The coordinates of the points at `index >> 1`, of as many as there are lanes.
    fn gather<M: Machine>(machine: M, table: &[Line], indices: &[u32]) -> [Self::V<M>; 2];
    /// Writes the first lanes to the points at the places.
    fn scatter<M: Machine>(machine: M, point: [Self::V<M>; 2], table: &mut [Line], places: &[u32]);
}

impl Coordinate for Fq {
    const LINES: usize = 1;

    type V<M: Machine> = M::V<Fq>;

    #[inline(always)]
    fn constant<M: Machine>(machine: M, value: Fq) -> M::V<Fq> {
        machine.constant(value)
    }

    #[inline(always)]
    fn enter<M: Machine>(machine: M, values: &[Fq]) -> M::V<Fq> {
        machine.enter(values)
    }

    #[inline(always)]
    fn leave<M: Machine>(machine: M, vector: M::V<Fq>, values: &mut [Fq]) {
        machine.leave(vector, values);
    }

    #[inline(always)]
    fn plus<M: Machine>(machine: M, a: M::V<Fq>, b: M::V<Fq>) -> M::V<Fq> {
        machine.add(a, b)
    }

    #[inline(always)]
    fn minus<M: Machine>(machine: M, a: M::V<Fq>, b: M::V<Fq>) -> M::V<Fq> {
        machine.sub(a, b)
    }

    #[inline(always)]
    fn negative<M: Machine>(machine: M, a: M::V<Fq>) -> M::V<Fq> {
        machine.neg(a)
    }

    #[inline(always)]
    fn times<M: Machine>(machine: M, a: M::V<Fq>, b: M::V<Fq>) -> M::V<Fq> {
        machine.mul(a, b)
    }

    #[inline(always)]
    fn squared<M: Machine>(machine: M, a: M::V<Fq>) -> M::V<Fq> {
        machine.square(a)
    }

    #[inline(always)]
    fn mul_sub<M: Machine>(machine: M, a: M::V<Fq>, b: M::V<Fq>, c: M::V<Fq>) -> M::V<Fq> {
        machine.mul_sub(a, b, c)
    }

    #[inline(always)]
    fn square_minus<M: Machine>(machine: M, a: M::V<Fq>, b: M::V<Fq>, c: M::V<Fq>) -> M::V<Fq> {
        machine.square_minus(a, b, c)
    }

    #[inline(always)]
    fn zeros<M: Machine>(machine: M, a: M::V<Fq>) -> u32 {
        machine.zeros(a)
    }

    #[inline(always)]
    fn select<M: Machine>(machine: M, lanes: u32, a: M::V<Fq>, b: M::V<Fq>) -> M::V<Fq> {
        machine.select(lanes, a, b)
    }

    #[inline(always)]
    fn gather<M: Machine>(machine: M, table: &[Line], indices: &[u32]) -> [M::V<Fq>; 2] {
        machine.gather(table, indices, 1, 0)
    }

    #[inline(always)]
    fn scatter<M: Machine>(machine: M, point: [M::V<Fq>; 2], table: &mut [Line], places: &[u32]) {
        machine.scatter(point, table, places, 1, 0);
    }
}

/// a0 + a1 u with u^2 = -1.
impl Coordinate for Fq2 {
    const LINES: usize = 2;

    type V<M: Machine> = [M::V<Fq>; 2];

    #[inline(always)]
    fn constant<M: Machine>(machine: M, value: Fq2) -> Self::V<M> {
        [machine.constant(value.c0), machine.constant(value.c1)]
    }

    #[inline(always)]
    fn enter<M: Machine>(machine: M, values: &[Fq2]) -> Self::V<M> {
        let mut parts = [[Fq::default(); MAX_LANES]; 2];
        let count = values.len().min(M::LANES);
        for (lane, value) in values[..count].iter().enumerate() {
            [parts[0][lane], parts[1][lane]] = [value.c0, value.c1];
        }
        [machine.enter(&parts[0][..count]), machine.enter(&parts[1][..count])]
    }

    #[inline(always)]
    fn leave<M: Machine>(machine: M, vector: Self::V<M>, values: &mut [Fq2]) {
        let mut parts = [[Fq::default(); MAX_LANES]; 2];
        machine.leave(vector[0], &mut parts[0][..M::LANES]);
        machine.leave(vector[1], &mut parts[1][..M::LANES]);
        for (lane, value) in values.iter_mut().take(M::LANES).enumerate() {
            *value = Fq2::new(parts[0][lane], parts[1][lane]);
        }
    }

    #[inline(always)]
    fn plus<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>) -> Self::V<M> {
        [machine.add(a[0], b[0]), machine.add(a[1], b[1])]
    }

    #[inline(always)]
    fn minus<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>) -> Self::V<M> {
        [machine.sub(a[0], b[0]), machine.sub(a[1], b[1])]
    }

    #[inline(always)]
    fn negative<M: Machine>(machine: M, a: Self::V<M>) -> Self::V<M> {
        [machine.neg(a[0]), machine.neg(a[1])]
    }

    #[inline(always)]
    fn times<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>) -> Self::V<M> {
        machine.mul2(a, b)
    }

    /// (a0 + a1) (a0 - a1) + 2 a0 a1 u.
    #[inline(always)]
    fn squared<M: Machine>(machine: M, a: Self::V<M>) -> Self::V<M> {
        let (sum, difference) = (machine.add(a[0], a[1]), machine.sub(a[0], a[1]));
        [machine.mul(sum, difference), machine.mul(machine.add(a[0], a[0]), a[1])]
    }

    #[inline(always)]
    fn mul_sub<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>, c: Self::V<M>) -> Self::V<M> {
        machine.mul2_sub(a, b, c)
    }

    #[inline(always)]
    fn square_minus<M: Machine>(machine: M, a: Self::V<M>, b: Self::V<M>, c: Self::V<M>) -> Self::V<M> {
        let (sum, difference) = (machine.add(a[0], a[1]), machine.sub(a[0], a[1]));
        [
            machine.mul_minus(sum, difference, b[0], c[0]),
            machine.mul_minus(machine.add(a[0], a[0]), a[1], b[1], c[1]),
        ]
    }

    #[inline(always)]
    fn zeros<M: Machine>(machine: M, a: Self::V<M>) -> u32 {
        machine.zeros(a[0]) & machine.zeros(a[1])
    }

    #[inline(always)]
    fn select<M: Machine>(machine: M, lanes: u32, a: Self::V<M>, b: Self::V<M>) -> Self::V<M> {
        [machine.select(lanes, a[0], b[0]), machine.select(lanes, a[1], b[1])]
    }

    #[inline(always)]
    fn gather<M: Machine>(machine: M, table: &[Line], indices: &[u32]) -> [Self::V<M>; 2] {
        [machine.gather(table, indices, 2, 0), machine.gather(table, indices, 2, 1)]
    }

    #[inline(always)]
    fn scatter<M: Machine>(machine: M, point: [Self::V<M>; 2], table: &mut [Line], places: &[u32]) {
        machine.scatter(point[0], table, places, 2, 0);
        machine.scatter(point[1], table, places, 2, 1);
    }
}
