//! Values of a polynomial in the form of a machine.

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;

use crate::field::{Machine, Work};
use crate::pool::each_chunk;

/// Vectors that are wiped when they are dropped.
pub(super) struct Vectors<M: Machine> {
    pub(super) machine: M,
    pub(super) all: Vec<M::V<Fr>>,
}

impl<M: Machine> Vectors<M> {
    /// So many vectors of zeros.
    pub(super) fn zeros(machine: M, count: usize) -> Self {
        Vectors { machine, all: vec![machine.constant(Fr::ZERO); count] }
    }

    /// The values and zeros behind them, of so many vectors.
    pub(super) fn enter(machine: M, values: &[Fr], count: usize) -> Self {
        let mut vectors = Vectors::zeros(machine, count);
        each_chunk(&mut vectors.all, |at, vectors| {
            let values = values.get(at * M::LANES..).unwrap_or_default();
            machine.run(Enter::<M>(values, vectors));
        });
        vectors
    }

    /// As [`Vectors::enter`], on this thread alone.
    pub(super) fn enter_here(machine: M, values: &[Fr], count: usize) -> Self {
        let mut vectors = Vectors::zeros(machine, count);
        machine.run(Enter::<M>(values, &mut vectors.all));
        vectors
    }

    /// Writes as many values as there are.
    pub(super) fn leave(&self, values: &mut [Fr]) {
        each_chunk(values, |at, values| {
            self.machine.run(Leave::<M>(&self.all[at / M::LANES..], values));
        });
    }
}

impl<M: Machine> Drop for Vectors<M> {
    fn drop(&mut self) {
        self.all.fill(self.machine.constant(Fr::ZERO));
        // The compiler must think that somebody looks.
        std::hint::black_box(&self.all);
    }
}

struct Enter<'a, M: Machine>(&'a [Fr], &'a mut [M::V<Fr>]);

impl<M: Machine> Work<M> for Enter<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for (vector, values) in self.1.iter_mut().zip(self.0.chunks(M::LANES)) {
            *vector = machine.enter(values);
        }
    }
}

struct Leave<'a, M: Machine>(&'a [M::V<Fr>], &'a mut [Fr]);

impl<M: Machine> Work<M> for Leave<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for (vector, values) in self.0.iter().zip(self.1.chunks_mut(M::LANES)) {
            machine.leave(*vector, values);
        }
    }
}
