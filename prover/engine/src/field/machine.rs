//! What a kind of machine can do with elements of a prime field, several at a time.

use super::modulus::{Modulus, Words};

/// A line of the cache: two elements of a field, packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))]
pub(crate) struct Line(pub(crate) [Words; 2]);

impl Line {
    pub(crate) const ZERO: Line = Line([[0; 4]; 2]);
}

/// The most lanes of any machine.
pub(crate) const MAX_LANES: usize = 8;

/// A computation that is compiled once for each machine.
pub(crate) trait Work<M: Machine> {
    /// What it computes.
    type Output;

    /// Computes it. Implementations and all that they call in a loop are `#[inline(always)]`, or they would be compiled
    /// for the least processor of the target.
    fn on(self, machine: M) -> Self::Output;
}

/// A kind of machine. A value of the type is the proof that this is one.
///
/// A vector ([`Machine::V`]) holds [`Machine::LANES`] elements. Every operation takes any vectors and returns the exact
/// result modulo p, in a Montgomery form x R whose R is the machine's own; how far an element may be from its least
/// representative between operations is the machine's own, too. *Packed* words are such representatives, below 2^256.
pub(crate) trait Machine: Copy + Send + Sync + 'static {
    /// Elements of a vector.
    const LANES: usize;
    /// How many additions of points of one line share an inversion at most, by measurement; half as many of two.
    const BATCH: usize;

    /// A vector of elements.
    type V<P: Modulus>: Copy + Send + Sync;

    /// Runs a computation, compiled for this machine.
    fn run<W: Work<Self>>(self, work: W) -> W::Output;

    /// x in every lane, given as arkworks has it.
    fn constant<P: Modulus>(self, value: P) -> Self::V<P>;

    /// Elements from arkworks, at most as many as there are lanes; zeros behind them.
    fn enter<P: Modulus>(self, values: &[P]) -> Self::V<P>;

    /// Elements for arkworks, into at most as many places as there are lanes.
    fn leave<P: Modulus>(self, vector: Self::V<P>, values: &mut [P]);

    fn add<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>) -> Self::V<P>;

    fn sub<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>) -> Self::V<P>;

    fn neg<P: Modulus>(self, a: Self::V<P>) -> Self::V<P>;

    fn mul<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>) -> Self::V<P>;

    /// a^2.
    fn square<P: Modulus>(self, a: Self::V<P>) -> Self::V<P>;

    /// a + b w and a - b w, a step of a transform.
    fn butterfly<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>, w: Self::V<P>) -> [Self::V<P>; 2];

    /// The element of a lane, in every lane.
    fn spread<P: Modulus>(self, a: Self::V<P>, lane: usize) -> Self::V<P>;

    /// Lane j of vector i becomes lane i of vector j, of as many vectors as there are lanes.
    fn transpose<P: Modulus>(self, vectors: &mut [Self::V<P>]);

    /// a b - c.
    fn mul_sub<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>, c: Self::V<P>) -> Self::V<P>;

    /// a^2 - 2b - c.
    fn square_minus<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>, c: Self::V<P>) -> Self::V<P>;

    /// (a0 + a1 u) (b0 + b1 u) where u^2 = -1.
    fn mul2<P: Modulus>(self, a: [Self::V<P>; 2], b: [Self::V<P>; 2]) -> [Self::V<P>; 2];

    /// (a0 + a1 u) (b0 + b1 u) - (c0 + c1 u) where u^2 = -1.
    fn mul2_sub<P: Modulus>(
        self,
        a: [Self::V<P>; 2],
        b: [Self::V<P>; 2],
        c: [Self::V<P>; 2],
    ) -> [Self::V<P>; 2];

    /// a b - 2c - d.
    fn mul_minus<P: Modulus>(self, a: Self::V<P>, b: Self::V<P>, c: Self::V<P>, d: Self::V<P>) -> Self::V<P>;

    /// The lanes that are zero, as bits.
    fn zeros<P: Modulus>(self, a: Self::V<P>) -> u32;

    /// The lanes of b where the bit is set, of a elsewhere.
    fn select<P: Modulus>(self, lanes: u32, a: Self::V<P>, b: Self::V<P>) -> Self::V<P>;

    /// The elements of the lines `table[step * (index >> 1) + offset]`, of as many lines as there are lanes.
    fn gather<P: Modulus>(
        self,
        table: &[Line],
        indices: &[u32],
        step: usize,
        offset: usize,
    ) -> [Self::V<P>; 2];

    /// The lanes whose index is odd, as bits.
    fn odd(self, indices: &[u32]) -> u32;

    /// Asks for the lines that [`Machine::gather`] will read.
    fn prefetch(self, table: &[Line], indices: &[u32], step: usize);

    /// Writes the first lanes to the lines `table[step * place + offset]`, one for each place.
    fn scatter<P: Modulus>(
        self,
        vectors: [Self::V<P>; 2],
        table: &mut [Line],
        places: &[u32],
        step: usize,
        offset: usize,
    );
}
