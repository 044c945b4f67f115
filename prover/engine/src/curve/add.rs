//! Affine addition of many pairs of points that share one inversion.
//!
//! For (x1, y1) + (x2, y2) = (x3, y3) with x1 not x2: l = (y2 - y1) / (x2 - x1), x3 = l^2 - x1 - x2, y3 = l (x1 - x3) - y1. With
//! d = x2 - x1, x3 = l^2 - 2 x1 - d. The inverses of all d of a batch are one inversion and three products each
//! (Montgomery's trick): a walk forward makes the products of all d before each, a walk backward takes them apart.
//!
//! A batch is first walked as if no pair were special. If the product of all d is zero, some pair has the same x, and the batch
//! is walked again with care: for equal points d = 2 y1 and y2 - y1 becomes 3 x1^2, the slope of the tangent, and x3 = l^2 - 2 x1; a
//! point and its opposite make the point at infinity, which is not in the formulas, so that what they write is replaced, as
//! it is if one of the two was at infinity. A point at infinity would pass the first walk unseen: (0, 0) has an x like
//! any other. So once one was made, every batch of this [`Adder`] is walked with care; and what it is given at first has none.

use std::marker::PhantomData;

use super::coordinate::Coordinate;
use super::inverses::Inverses;
use super::pairs::Pairs;
use crate::field::machine::{Line, MAX_LANES};
use crate::field::{Machine, Work};

/// Independent chains of products, which the processor computes beside each other.
pub(super) const WAYS: usize = 2;
/// Vectors that are asked for before they are gathered.
const AHEAD: usize = 4;

/// Pairs that wait to be added, and what their addition needs. Wiped when dropped.
pub(crate) struct Adder<M: Machine, F: Coordinate> {
    machine: M,
    /// Whether there may be points at infinity.
    careful: bool,
    pairs: Box<Pairs>,
    steps: Vec<Step<M, F>>,
    /// d before it was replaced, of a walk with care.
    runs: Vec<F::V<M>>,
    /// At most one for each pair of a batch, which there is room for from the first walk with care on.
    fixes: Vec<Fix>,
}

/// A vector of pairs between the two walks.
struct Step<M: Machine, F: Coordinate> {
    x: F::V<M>,
    y: F::V<M>,
    /// x2 - x1, or what is inverted in its place.
    run: F::V<M>,
    /// y2 - y1, or 3 x1^2.
    rise: F::V<M>,
    /// The product of all that is inverted before, in this way.
    before: F::V<M>,
}

impl<M: Machine, F: Coordinate> Clone for Step<M, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Machine, F: Coordinate> Copy for Step<M, F> {}

/// What belongs at a place in spite of the formulas.
#[derive(Clone)]
struct Fix {
    place: u32,
    point: [Line; 2],
}

impl Fix {
    const NONE: Fix = Fix { place: 0, point: [Line::ZERO; 2] };
}

impl<M: Machine, F: Coordinate> Adder<M, F> {
    /// Pairs of a batch.
    const BATCH: usize = M::BATCH / F::LINES;

    /// For points of which none is at infinity.
    pub(crate) fn new(machine: M) -> Self {
        let zero = F::constant(machine, F::ZERO);
        let step = Step { x: zero, y: zero, run: zero, rise: zero, before: zero };
        Adder {
            machine,
            careful: false,
            pairs: Box::new(Pairs::NONE),
            steps: vec![step; Self::BATCH.next_multiple_of(WAYS * M::LANES) / M::LANES],
            runs: Vec::new(),
            fixes: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Pairs>()
            + size_of::<Step<M, F>>() * self.steps.capacity()
            + size_of::<F::V<M>>() * self.runs.capacity()
            + size_of::<Fix>() * self.fixes.capacity()
    }

    /// Begins anew, with points of which none is at infinity.
    pub(crate) fn restart(&mut self) {
        debug_assert!(self.pairs.count() == 0, "no pair waits");
        self.careful = false;
    }

    /// Whether so many pairs wait that they have to be added.
    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.pairs.count() == Self::BATCH
    }

    /// As [`Pairs::push`].
    #[inline(always)]
    pub(crate) fn push(&mut self, left: u32, right: u32, place: u32) {
        self.pairs.push(left, right, place);
    }

    /// As [`Pairs::push_run`].
    #[inline(always)]
    pub(crate) fn push_run(&mut self, points: &[u32], place: u32) -> usize {
        self.pairs.push_run(Self::BATCH, points, place)
    }

    /// As [`Pairs::push_neighbours`].
    #[inline(always)]
    pub(crate) fn push_neighbours(&mut self, first: u32, from: u32, to: u32) -> u32 {
        self.pairs.push_neighbours(Self::BATCH, first, from, to)
    }

    /// Adds the pairs that wait, of one table, none of which is an opposite, and writes sums into it at their places, of which
    /// none is among the points of a pair that comes later.
    pub(crate) fn add_within(&mut self, table: &mut [Line]) {
        if self.pairs.pad::<M>() {
            let (inverses, careful) = self.forward::<false>(table);
            self.machine.run(Backward { adder: self, sums: table, inverses, careful });
            self.fix(table);
        }
    }

    /// Adds the pairs that wait, of one table, and writes sums into another at their places.
    pub(crate) fn add_into(&mut self, table: &[Line], sums: &mut [Line]) {
        if self.pairs.pad::<M>() {
            let (inverses, careful) = self.forward::<true>(table);
            self.machine.run(Backward { adder: self, sums, inverses, careful });
            self.fix(sums);
        }
    }

    /// Copies points of one table into another, or their opposites, as the entries say.
    pub(crate) fn copy_into(&self, table: &[Line], entries: &[u32], places: &[u32], copies: &mut [Line]) {
        self.machine.run(Copied::<F> { table, entries, places, copies, coordinate: PhantomData });
    }

    /// The walk forward: the inverses of the products of each way, and whether it was with care.
    fn forward<const SIGNED: bool>(&mut self, table: &[Line]) -> ([F::V<M>; WAYS], bool) {
        let machine = self.machine;
        if !self.careful {
            let products = machine.run(Forward::<_, _, SIGNED, false> { adder: self, table });
            if let Some(inverses) = machine.run(Inverses::<M, F>(products)) {
                return (inverses, false);
            }
        }
        let products = machine.run(Forward::<_, _, SIGNED, true> { adder: self, table });
        let inverses = machine.run(Inverses::<M, F>(products));
        (inverses.expect("no point that is on the curve has y = 0"), true)
    }

    /// Puts what the formulas do not give, and forgets the pairs.
    fn fix(&mut self, sums: &mut [Line]) {
        for fix in &self.fixes {
            let first = fix.place as usize * F::LINES;
            sums[first..first + F::LINES].copy_from_slice(&fix.point[..F::LINES]);
        }
        self.fixes.fill(Fix::NONE);
        std::hint::black_box(&self.fixes);
        self.fixes.clear();
        self.pairs.clear();
    }
}

impl<M: Machine, F: Coordinate> Drop for Adder<M, F> {
    fn drop(&mut self) {
        let zero = F::constant(self.machine, F::ZERO);
        self.steps.fill(Step { x: zero, y: zero, run: zero, rise: zero, before: zero });
        self.runs.fill(zero);
        self.fixes.fill(Fix::NONE);
        *self.pairs = Pairs::NONE;
        // The compiler must think that somebody looks.
        std::hint::black_box((&self.steps, &self.runs, &self.fixes, &self.pairs));
    }
}

struct Copied<'a, F> {
    table: &'a [Line],
    entries: &'a [u32],
    places: &'a [u32],
    copies: &'a mut [Line],
    coordinate: PhantomData<F>,
}

impl<M: Machine, F: Coordinate> Work<M> for Copied<'_, F> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for (entries, places) in self.entries.chunks(M::LANES).zip(self.places.chunks(M::LANES)) {
            let mut padded = [entries[0]; MAX_LANES];
            padded[..entries.len()].copy_from_slice(entries);
            let [x, y] = F::gather(machine, self.table, &padded[..M::LANES]);
            let y = F::select(machine, machine.odd(&padded[..M::LANES]), y, F::negative(machine, y));
            F::scatter(machine, [x, y], self.copies, places);
        }
    }
}

struct Forward<'a, M: Machine, F: Coordinate, const SIGNED: bool, const CAREFUL: bool> {
    adder: &'a mut Adder<M, F>,
    table: &'a [Line],
}

impl<M: Machine, F: Coordinate, const SIGNED: bool, const CAREFUL: bool> Work<M>
    for Forward<'_, M, F, SIGNED, CAREFUL>
{
    /// The products of each way.
    type Output = [F::V<M>; WAYS];

    #[inline(always)]
    fn on(self, machine: M) -> Self::Output {
        let Forward { adder, table } = self;
        let one = F::constant(machine, F::ONE);
        let mut products = [one; WAYS];
        if CAREFUL {
            // Empty or of this size: nothing is left behind where a vector grew.
            adder.runs.resize(adder.steps.len(), one);
            adder.fixes.reserve_exact(Adder::<M, F>::BATCH);
        }
        let pairs = &*adder.pairs;
        let vectors = pairs.vectors::<M>();
        for (index, step) in adder.steps[..vectors].iter_mut().enumerate() {
            let (lefts, rights) = (pairs.left::<M>(index), pairs.right::<M>(index));
            if SIGNED && index + AHEAD < vectors {
                machine.prefetch(table, pairs.left::<M>(index + AHEAD), F::LINES);
                machine.prefetch(table, pairs.right::<M>(index + AHEAD), F::LINES);
            }
            let [x, mut y] = F::gather(machine, table, lefts);
            let [other_x, mut other_y] = F::gather(machine, table, rights);
            if SIGNED {
                y = F::select(machine, machine.odd(lefts), y, F::negative(machine, y));
                other_y = F::select(machine, machine.odd(rights), other_y, F::negative(machine, other_y));
            }
            let mut run = F::minus(machine, other_x, x);
            let mut rise = F::minus(machine, other_y, y);
            if CAREFUL {
                adder.runs[index] = run;
                let at_infinity = F::zeros(machine, x) & F::zeros(machine, y);
                let other_at_infinity = F::zeros(machine, other_x) & F::zeros(machine, other_y);
                let infinite = at_infinity | other_at_infinity;
                let same_x = F::zeros(machine, run) & !infinite;
                let equal = same_x & F::zeros(machine, rise);
                let opposite = same_x & !equal;
                run = F::select(machine, equal, run, F::plus(machine, y, y));
                run = F::select(machine, infinite | opposite, run, one);
                let square = F::squared(machine, x);
                let tangent = F::plus(machine, F::plus(machine, square, square), square);
                rise = F::select(machine, equal, rise, tangent);
                adder.careful |= infinite | opposite != 0;
                let points = [([x, y], other_at_infinity & !at_infinity), ([other_x, other_y], at_infinity)];
                let places = pairs.places::<M>(index);
                for (point, lanes) in points {
                    if lanes != 0 {
                        fix::<M, F>(machine, &mut adder.fixes, point, lanes, places);
                    }
                }
                if opposite != 0 {
                    let zero = F::constant(machine, F::ZERO);
                    fix::<M, F>(machine, &mut adder.fixes, [zero, zero], opposite, places);
                }
            }
            let product = &mut products[index % WAYS];
            *step = Step { x, y, run, rise, before: *product };
            *product = F::times(machine, *product, run);
        }
        products
    }
}

/// Notes the points of some lanes for their places.
#[inline(always)]
fn fix<M: Machine, F: Coordinate>(
    machine: M,
    fixes: &mut Vec<Fix>,
    point: [F::V<M>; 2],
    lanes: u32,
    places: &[u32],
) {
    let mut lines = [Line::ZERO; 2 * MAX_LANES];
    let each: [u32; MAX_LANES] = std::array::from_fn(|lane| lane as u32);
    F::scatter(machine, point, &mut lines, &each[..M::LANES]);
    for (lane, place) in places.iter().enumerate().filter(|(lane, _)| lanes >> lane & 1 == 1) {
        let mut point = [Line::ZERO; 2];
        point[..F::LINES].copy_from_slice(&lines[lane * F::LINES..(lane + 1) * F::LINES]);
        fixes.push(Fix { place: *place, point });
    }
}

struct Backward<'a, M: Machine, F: Coordinate> {
    adder: &'a Adder<M, F>,
    sums: &'a mut [Line],
    inverses: [F::V<M>; WAYS],
    careful: bool,
}

impl<M: Machine, F: Coordinate> Work<M> for Backward<'_, M, F> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        let Backward { adder, sums, mut inverses, careful } = self;
        let steps = &adder.steps[..adder.pairs.vectors::<M>()];
        for (group, steps) in steps.chunks_exact(WAYS).enumerate().rev() {
            // Each line for all ways, so that their products are beside each other.
            let mut slopes = inverses;
            for way in 0..WAYS {
                slopes[way] = F::times(machine, inverses[way], steps[way].before);
            }
            for way in 0..WAYS {
                inverses[way] = F::times(machine, inverses[way], steps[way].run);
            }
            for way in 0..WAYS {
                slopes[way] = F::times(machine, slopes[way], steps[way].rise);
            }
            let mut xs = slopes;
            for way in 0..WAYS {
                let run = if careful { adder.runs[group * WAYS + way] } else { steps[way].run };
                xs[way] = F::square_minus(machine, slopes[way], steps[way].x, run);
            }
            let mut ys = xs;
            for way in 0..WAYS {
                let back = F::minus(machine, steps[way].x, xs[way]);
                ys[way] = F::mul_sub(machine, slopes[way], back, steps[way].y);
            }
            for way in 0..WAYS {
                let places = adder.pairs.places::<M>(group * WAYS + way);
                F::scatter(machine, [xs[way], ys[way]], sums, places);
            }
        }
    }
}
