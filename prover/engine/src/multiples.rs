//! Many multiples of one point.
//!
//! Of the point B there is a table of d 2^(c k) B for every window k of c bits and every d that is half a window at most
//! ([`table`]). A scalar in signed digits, as a multi-exponentiation has them, then is a run of points of the table, of which at most
//! one is of each window; runs are summed by pairwise affine additions ([`runs`](crate::curve::runs)), which share inversions.
//! Zeros cost nothing, small numbers of either sign only the windows that they reach.
//!
//! Memory, beside the results: the table, 64 bytes a point in G1 and 128 in G2, of at most 2^12 points in each of 20 windows; and below
//! 4 MiB in G1 and 8 MiB in G2 for a thread.

mod table;

use std::fmt;
use std::marker::PhantomData;

use ark_bn254::Fr;
use ark_ff::Zero;
use zeroize::{Zeroize, Zeroizing};

use crate::curve::add::Adder;
use crate::curve::convert::Curve;
use crate::curve::runs::Sums;
use crate::field::Machine;
use crate::field::modulus::plus;
use crate::kernel::{Kernel, Way};
use crate::multiexp::scalars::magnitude;
use crate::pool::each_with;
use crate::wipe::clear;
pub(crate) use table::Table;

/// Scalars that a thread takes at once: their runs stay in its cache.
const CHUNK: usize = 1 << 10;

/// A point that is multiplied by many scalars.
///
/// ```
/// use ark_bn254::{Fr, G1Affine};
/// use ark_ec::{AffineRepr, CurveGroup};
/// use zksensor_engine::{FixedBase, ark_bn254};
///
/// let base = G1Affine::generator();
/// let scalars = [0, 1, 2].map(|value: u64| Fr::from(value));
/// let multiples = FixedBase::new(base, scalars.len()).multiples(&scalars);
/// assert_eq!(multiples, [G1Affine::identity(), base, (base + base).into_affine()]);
/// ```
#[derive(Clone)]
pub struct FixedBase<P> {
    kernel: Kernel,
    /// None of the identity.
    table: Option<Table>,
    curve: PhantomData<P>,
}

impl<P: Curve> FixedBase<P> {
    /// Makes the table of a point, which is as large as so many scalars are worth. The kernel is as of
    /// [`Query::new`](crate::Query::new).
    ///
    /// The point has to be on the curve and of order r, which is not checked: of another one, multiples are wrong or panic.
    pub fn new(base: P, scalars: usize) -> Self {
        FixedBase::on(Kernel::chosen(), base, scalars)
    }

    /// As [`FixedBase::new`], for a kernel.
    pub fn on(kernel: Kernel, base: P, scalars: usize) -> Self {
        let table = (!base.is_zero()).then(|| P::table(kernel, base, scalars));
        FixedBase { kernel, table, curve: PhantomData }
    }

    /// The kernel that multiplies.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// Scalar times point for each scalar, in their order; in parallel on the pool that it is called in.
    pub fn multiples(&self, scalars: &[Fr]) -> Vec<P> {
        match &self.table {
            Some(table) => P::multiples(self.kernel, table, scalars),
            None => vec![P::zero(); scalars.len()],
        }
    }
}

/// How large the table is, and none of it.
impl<P> fmt::Debug for FixedBase<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedBase")
            .field("width", &self.table.as_ref().map(|table| table.windows.width))
            .field("kernel", &self.kernel)
            .finish_non_exhaustive()
    }
}

/// The table of a point that is not the identity.
pub(crate) fn table_of<C: Curve>(kernel: Kernel, base: C, scalars: usize) -> Table {
    match kernel.way {
        #[cfg(target_arch = "x86_64")]
        Way::Ifma(machine) => Table::for_count(machine, base, scalars),
        Way::Portable(machine) => Table::for_count(machine, base, scalars),
    }
}

/// Scalar times the point of a table.
pub(crate) fn multiples<C: Curve>(kernel: Kernel, table: &Table, scalars: &[Fr]) -> Vec<C> {
    let mut points = vec![C::zero(); scalars.len()];
    match kernel.way {
        #[cfg(target_arch = "x86_64")]
        Way::Ifma(machine) => multiples_on(machine, table, scalars, &mut points),
        Way::Portable(machine) => multiples_on(machine, table, scalars, &mut points),
    }
    points
}

fn multiples_on<M: Machine, C: Curve>(machine: M, table: &Table, scalars: &[Fr], points: &mut [C]) {
    each_with(
        points.chunks_mut(CHUNK).collect(),
        || Bench::<M, C>::new(machine),
        |bench, index, points| bench.multiples(table, &scalars[index * CHUNK..][..points.len()], points),
    );
}

/// What one thread works with, one chunk after the other. Wiped when dropped.
struct Bench<M: Machine, C: Curve> {
    machine: M,
    adder: Adder<M, C::BaseField>,
    sums: Sums,
    entries: Zeroizing<Vec<u32>>,
    lengths: Zeroizing<Vec<u32>>,
}

impl<M: Machine, C: Curve> Bench<M, C> {
    fn new(machine: M) -> Self {
        Bench {
            machine,
            adder: Adder::new(machine),
            sums: Sums::default(),
            entries: Zeroizing::default(),
            lengths: Zeroizing::default(),
        }
    }

    fn multiples(&mut self, table: &Table, scalars: &[Fr], points: &mut [C]) {
        self.adder.restart();
        self.sort(table, scalars);
        self.sums.sum(&mut self.adder, &table.lines, &self.entries, &self.lengths);
        points.copy_from_slice(&self.sums.leave::<M, C>(self.machine));
    }

    /// A run for each scalar: the points of the table that its digits are for.
    fn sort(&mut self, table: &Table, scalars: &[Fr]) {
        let windows = table.windows;
        let (halves, half) = (windows.halves(), 1u32 << (windows.width - 1));
        let room = scalars.len() * windows.count as usize;
        // One more that is written and does not count.
        clear(&mut self.entries, room + 1);
        clear(&mut self.lengths, scalars.len());
        self.entries.resize(room + 1, 0);
        let mut end = 0;
        for scalar in scalars {
            let begin = end;
            if !scalar.is_zero() {
                let (mut words, negative) = magnitude(*scalar);
                words = plus(&words, &halves).0;
                for window in 0..windows.count {
                    let digit = windows.digit(&words, window);
                    let place = (window * half).wrapping_add(digit.unsigned_abs()).wrapping_sub(1);
                    // Written whether there is a point or not, as no branch can foresee it.
                    self.entries[end] = place << 1 | u32::from((digit < 0) != negative);
                    end += usize::from(digit != 0);
                }
                words.zeroize();
            }
            self.lengths.push((end - begin) as u32);
        }
        self.entries.truncate(end);
    }
}

#[cfg(test)]
mod tests;
