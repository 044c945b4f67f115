//! Levels of butterflies.
//!
//! Values into coefficients goes from natural order to bits reversed, block k of a level by (a + t_k b, a - t_k b); coefficients into
//! values undoes that with the inverse twiddles, level by level, by (a + b, t_k (a - b)), from bits reversed to natural order. The
//! levels between far vectors run on columns of a few vectors, copied together; then blocks that the second cache holds do the others.

use ark_bn254::Fr;

use super::tables::{Tables, Twiddles, inside};
use crate::field::{Machine, Work};
use crate::pool::each_with;
use crate::vectors::Vectors;

/// Elements of a block.
const BLOCK: usize = 1 << 12;
/// Vectors of all rows of some columns, if there are not more rows.
const COLUMNS: usize = 1 << 11;
/// The most columns of a task.
const WIDEST: usize = 1 << 6;

/// Replaces values on the domain by values on the coset.
pub(super) fn to_coset<M: Machine>(tables: &Tables<M>, values: &mut Vectors<M>) {
    far(values, &tables.inverse, true);
    near(values, tables);
    far(values, &tables.forward, false);
}

fn near<M: Machine>(values: &mut Vectors<M>, tables: &Tables<M>) {
    let (machine, block) = (values.machine, BLOCK / M::LANES);
    let blocks: Vec<_> = values.all.chunks_mut(block).collect();
    each_with(
        blocks,
        || (),
        |(), index, data| machine.run(Near { tables, index, first: index * block, data }),
    );
}

fn far<M: Machine>(values: &mut Vectors<M>, twiddles: &Twiddles<M>, inverse: bool) {
    let (machine, block) = (values.machine, BLOCK / M::LANES);
    let rows = values.all.len() / block;
    if rows < 2 {
        return;
    }
    let width = (COLUMNS / rows).clamp(1, WIDEST);
    let mut tasks: Vec<Vec<&mut [M::V<Fr>]>> = (0..block / width).map(|_| Vec::with_capacity(rows)).collect();
    for row in values.all.chunks_mut(block) {
        for (task, columns) in tasks.iter_mut().zip(row.chunks_mut(width)) {
            task.push(columns);
        }
    }
    each_with(
        tasks,
        || Vectors::zeros(machine, rows * width),
        |scratch, _, columns| {
            machine.run(Far::<M> { twiddles, inverse, columns, width, scratch: &mut scratch.all });
        },
    );
}

struct Far<'a, M: Machine> {
    twiddles: &'a Twiddles<M>,
    inverse: bool,
    columns: Vec<&'a mut [M::V<Fr>]>,
    width: usize,
    scratch: &'a mut [M::V<Fr>],
}

impl<M: Machine> Work<M> for Far<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(mut self, machine: M) {
        for (to, from) in self.scratch.chunks_mut(self.width).zip(&self.columns) {
            to.copy_from_slice(from);
        }
        if self.inverse {
            split::<M>(machine, self.twiddles, self.scratch, 0, self.width);
        } else {
            join::<M>(machine, self.twiddles, self.scratch, 0, self.width);
        }
        for (from, to) in self.scratch.chunks(self.width).zip(&mut self.columns) {
            to.copy_from_slice(from);
        }
    }
}

struct Near<'a, M: Machine> {
    tables: &'a Tables<M>,
    index: usize,
    first: usize,
    data: &'a mut [M::V<Fr>],
}

impl<M: Machine> Work<M> for Near<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        let Near { tables, index, first, data } = self;
        split::<M>(machine, &tables.inverse, data, index, 1);
        for (square, vectors) in data.chunks_exact_mut(M::LANES).enumerate() {
            let at = first + square * M::LANES;
            let twiddles = at / M::LANES * inside::<M>();
            split_inside::<M>(machine, &tables.inverse.tail.all[twiddles..], vectors);
            for (vector, scale) in vectors.iter_mut().zip(&tables.coset.all[at..]) {
                *vector = machine.mul(*vector, *scale);
            }
            join_inside::<M>(machine, &tables.forward.tail.all[twiddles..], vectors);
        }
        join::<M>(machine, &tables.forward, data, index, 1);
    }
}

/// The twiddle of a block, in every lane.
#[inline(always)]
fn twiddle<M: Machine>(machine: M, twiddles: &Twiddles<M>, block: usize) -> M::V<Fr> {
    machine.spread(twiddles.blocks.all[block / M::LANES], block % M::LANES)
}

/// (a + b, t (a - b)).
#[inline(always)]
fn joined<M: Machine>(machine: M, a: M::V<Fr>, b: M::V<Fr>, t: M::V<Fr>) -> [M::V<Fr>; 2] {
    [machine.add(a, b), machine.mul(machine.sub(a, b), t)]
}

/// Levels from the whole of the data, which is block `index` of its level, to blocks of twice `least` vectors; two levels at a time.
#[inline(always)]
fn split<M: Machine>(machine: M, twiddles: &Twiddles<M>, data: &mut [M::V<Fr>], index: usize, least: usize) {
    let (mut size, mut block) = (data.len(), index);
    while size >= 4 * least {
        for (offset, data) in data.chunks_exact_mut(size).enumerate() {
            let block = block + offset;
            let outer = twiddle(machine, twiddles, block);
            let inner = [2 * block, 2 * block + 1].map(|block| twiddle(machine, twiddles, block));
            let (low, high) = data.split_at_mut(size / 2);
            let ((a, b), (c, d)) = (low.split_at_mut(size / 4), high.split_at_mut(size / 4));
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                let [w, y] = machine.butterfly(*a, *c, outer);
                let [x, z] = machine.butterfly(*b, *d, outer);
                [*a, *b] = machine.butterfly(w, x, inner[0]);
                [*c, *d] = machine.butterfly(y, z, inner[1]);
            }
        }
        (size, block) = (size / 4, block * 4);
    }
    if size >= 2 * least {
        for (offset, data) in data.chunks_exact_mut(size).enumerate() {
            let t = twiddle(machine, twiddles, block + offset);
            let (low, high) = data.split_at_mut(size / 2);
            for (a, b) in low.iter_mut().zip(high) {
                [*a, *b] = machine.butterfly(*a, *b, t);
            }
        }
    }
}

/// What [`split`] does, undone from its last level to its first.
#[inline(always)]
fn join<M: Machine>(machine: M, twiddles: &Twiddles<M>, data: &mut [M::V<Fr>], index: usize, least: usize) {
    let (whole, mut size) = (data.len(), 4 * least);
    while size <= whole {
        let block = index * (whole / size);
        for (offset, data) in data.chunks_exact_mut(size).enumerate() {
            let block = block + offset;
            let outer = twiddle(machine, twiddles, block);
            let inner = [2 * block, 2 * block + 1].map(|block| twiddle(machine, twiddles, block));
            let (low, high) = data.split_at_mut(size / 2);
            let ((a, b), (c, d)) = (low.split_at_mut(size / 4), high.split_at_mut(size / 4));
            for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
                let [w, x] = joined(machine, *a, *b, inner[0]);
                let [y, z] = joined(machine, *c, *d, inner[1]);
                [*a, *c] = joined(machine, w, y, outer);
                [*b, *d] = joined(machine, x, z, outer);
            }
        }
        size *= 4;
    }
    if size / 2 == whole {
        let t = twiddle(machine, twiddles, index);
        let (low, high) = data.split_at_mut(whole / 2);
        for (a, b) in low.iter_mut().zip(high) {
            [*a, *b] = joined(machine, *a, *b, t);
        }
    }
}

/// The levels inside of the vectors of a square, each of which is a block.
#[inline(always)]
fn split_inside<M: Machine>(machine: M, twiddles: &[M::V<Fr>], square: &mut [M::V<Fr>]) {
    if M::LANES == 1 {
        return;
    }
    machine.transpose(square);
    let (mut size, mut next) = (M::LANES, 0);
    while size >= 2 {
        for (data, t) in square.chunks_exact_mut(size).zip(&twiddles[next..]) {
            let (low, high) = data.split_at_mut(size / 2);
            for (a, b) in low.iter_mut().zip(high) {
                [*a, *b] = machine.butterfly(*a, *b, *t);
            }
        }
        next += M::LANES / size;
        size /= 2;
    }
    machine.transpose(square);
}

/// What [`split_inside`] does, undone.
#[inline(always)]
fn join_inside<M: Machine>(machine: M, twiddles: &[M::V<Fr>], square: &mut [M::V<Fr>]) {
    if M::LANES == 1 {
        return;
    }
    machine.transpose(square);
    let (mut size, mut next) = (2, M::LANES / 2 - 1);
    while size <= M::LANES {
        for (data, t) in square.chunks_exact_mut(size).zip(&twiddles[next..]) {
            let (low, high) = data.split_at_mut(size / 2);
            for (a, b) in low.iter_mut().zip(high) {
                [*a, *b] = joined(machine, *a, *b, *t);
            }
        }
        size *= 2;
        next /= 2;
    }
    machine.transpose(square);
}
