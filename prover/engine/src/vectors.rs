//! Elements of a field in the form of a machine.

use ark_bn254::Fr;

use crate::field::{Machine, Modulus, Work};
use crate::pool::each_chunk;

/// Vectors that are wiped when they are dropped.
pub(crate) struct Vectors<M: Machine, P: Modulus = Fr> {
    pub(crate) machine: M,
    pub(crate) all: Vec<M::V<P>>,
}

impl<M: Machine, P: Modulus> Vectors<M, P> {
    /// So many vectors of zeros.
    pub(crate) fn zeros(machine: M, count: usize) -> Self {
        Vectors { machine, all: vec![machine.constant(P::ZERO); count] }
    }

    /// The values and zeros behind them, of so many vectors.
    pub(crate) fn enter(machine: M, values: &[P], count: usize) -> Self {
        let mut vectors = Vectors::zeros(machine, count);
        each_chunk(&mut vectors.all, |at, vectors| {
            let values = values.get(at * M::LANES..).unwrap_or_default();
            machine.run(Enter::<M, P>(values, vectors));
        });
        vectors
    }

    /// As [`Vectors::enter`], on this thread alone.
    pub(crate) fn enter_here(machine: M, values: &[P], count: usize) -> Self {
        let mut vectors = Vectors::zeros(machine, count);
        machine.run(Enter::<M, P>(values, &mut vectors.all));
        vectors
    }

    /// Writes as many values as there are.
    pub(crate) fn leave(&self, values: &mut [P]) {
        each_chunk(values, |at, values| {
            self.machine.run(Leave::<M, P>(&self.all[at / M::LANES..], values));
        });
    }
}

impl<M: Machine, P: Modulus> Drop for Vectors<M, P> {
    fn drop(&mut self) {
        self.all.fill(self.machine.constant(P::ZERO));
        // The compiler must think that somebody looks.
        std::hint::black_box(&self.all);
    }
}

struct Enter<'a, M: Machine, P: Modulus>(&'a [P], &'a mut [M::V<P>]);

impl<M: Machine, P: Modulus> Work<M> for Enter<'_, M, P> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for (vector, values) in self.1.iter_mut().zip(self.0.chunks(M::LANES)) {
            *vector = machine.enter(values);
        }
    }
}

struct Leave<'a, M: Machine, P: Modulus>(&'a [M::V<P>], &'a mut [P]);

impl<M: Machine, P: Modulus> Work<M> for Leave<'_, M, P> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for (vector, values) in self.0.iter().zip(self.1.chunks_mut(M::LANES)) {
            machine.leave(*vector, values);
        }
    }
}
