//! Sums of many multiples of points that stay the same.
//!
//! Pippenger's method: the scalars in signed digits of c bits ([`digits`]), the points of a window sorted by their digit into buckets
//! ([`buckets`]), the buckets summed by pairwise affine additions ([`runs`](crate::curve::runs)), and weighed. Zeros cost nothing, ones and minus
//! ones an addition, numbers below 2^64 of either sign only the windows that they reach ([`scalars`]); c is what costs least ([`cost`]).
//!
//! Memory, beside the points: at most 112 bytes a scalar while they are sorted, 36 then; and what a thread works with, which is
//! below 16 MiB in G1 and 32 MiB in G2. That is for two kinds of [`TERMS`] = 2^17 terms at most in one window of 2^15 buckets, or for
//! [`TASK`] = 2^16 entries and buckets at most in several windows: 64 bytes in G1 and 128 in G2 for each two entries and for each two
//! of up to 3 times as many buckets, 8 bytes an entry, 40 a bucket, and below 1.5 MiB for a batch of additions.

mod buckets;
mod cost;
pub(crate) mod digits;
pub(crate) mod scalars;

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ff::AdditiveGroup;
use zeroize::Zeroizing;

use crate::curve::convert::{Curve, Enter, Leave};
use crate::curve::coordinate::Coordinate;
use crate::field::Machine;
use crate::field::machine::Line;
use crate::kernel::{Kernel, Way};
use crate::pool::{each_chunk, map_with};
use buckets::{Bench, Kind, Weighed};
use cost::{Costs, Load};
use digits::Windows;
use scalars::{FULL_BITS, SMALL_BITS, Scalars};

/// Points that are copied at once.
const AT_ONCE: usize = 1 << 14;
/// Columns of a [`Query`] are below this.
pub const MOST_COLUMNS: usize = 1 << 31;
/// The most terms that are sorted into the same buckets, or units that are summed at once.
const TERMS: usize = 1 << 17;
/// Entries that make a task worth its while. Of several windows it has no more than these, and no more buckets.
const TASK: usize = 1 << 16;

/// Whether the rest of some work is still wanted; threads ask together.
pub type GoOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// The points of a query that are not the identity, in the form of the kernel, with the columns that they belong to.
#[derive(Clone)]
pub struct Query<P> {
    kernel: Kernel,
    /// The column of the first point, and of the one that would be next.
    first: usize,
    next: usize,
    /// Of each point that is not the identity.
    lines: Vec<Line>,
    columns: Vec<u32>,
    curve: std::marker::PhantomData<P>,
}

impl<P: Curve> Query<P> {
    /// Keeps the points that count; point i belongs to column `first` + i. The kernel is the one that [`Kernel::detect`] finds, and
    /// the portable one where that is an error, which [`Query::kernel`] then has as its reason.
    ///
    /// Points have to be on the curve, which is not checked: with others, sums are wrong or panic.
    ///
    /// # Panics
    /// If there are 2^31 columns or more.
    pub fn new(points: &[P], first: usize) -> Self {
        Query::on(Kernel::chosen(), points, first)
    }

    /// As [`Query::new`], for a kernel. Points have to be on the curve.
    ///
    /// # Panics
    /// As [`Query::new`].
    pub fn on(kernel: Kernel, points: &[P], first: usize) -> Self {
        let count = points.iter().filter(|point| !point.is_zero()).count();
        let mut query = Query::empty_on(kernel, first, count);
        query.extend(points);
        query
    }

    /// No points yet, and room for so many that are not the identity. The kernel is as of [`Query::new`].
    ///
    /// # Panics
    /// As [`Query::new`].
    pub fn empty(first: usize, room: usize) -> Self {
        Query::empty_on(Kernel::chosen(), first, room)
    }

    fn empty_on(kernel: Kernel, first: usize, room: usize) -> Self {
        assert!(first < MOST_COLUMNS, "fewer than 2^31 columns");
        Query {
            kernel,
            first,
            next: first,
            lines: Vec::with_capacity(room * P::BaseField::LINES),
            columns: Vec::with_capacity(room),
            curve: std::marker::PhantomData,
        }
    }

    /// Adds the points of the columns that follow. They have to be on the curve, which is not checked.
    ///
    /// # Panics
    /// As [`Query::new`].
    pub fn extend(&mut self, points: &[P]) {
        let end = self.next.checked_add(points.len());
        assert!(end.is_some_and(|end| end < MOST_COLUMNS), "fewer than 2^31 columns");
        for points in points.chunks(AT_ONCE) {
            let counts = || points.iter().enumerate().filter(|(_, point)| !point.is_zero());
            self.columns.extend(counts().map(|(index, _)| (self.next + index) as u32));
            let present: Vec<P> = counts().map(|(_, point)| *point).collect();
            self.lines.extend(P::entered(self.kernel, &present));
            self.next += points.len();
        }
    }

    /// How many points it has, the identity among them.
    pub fn len(&self) -> usize {
        self.next - self.first
    }

    /// Whether it has none, not even the identity.
    pub fn is_empty(&self) -> bool {
        self.next == self.first
    }

    /// Whether each point is there, and not the identity.
    pub fn present(&self) -> impl Iterator<Item = bool> {
        let mut columns = self.columns.iter().peekable();
        (self.first..self.next).map(move |column| columns.next_if(|next| **next as usize == column).is_some())
    }

    /// How many points are not the identity.
    pub fn present_len(&self) -> usize {
        self.columns.len()
    }

    /// Of the points that are not the identity, those of these numbers.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn present_points(&self, range: Range<usize>) -> Vec<P> {
        let lines = &self.lines[range.start * P::BaseField::LINES..range.end * P::BaseField::LINES];
        P::left(self.kernel, lines)
    }

    /// The kernel that sums it.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    fn sum(&self, assignment: &[Fr], go_on: GoOn<'_>) -> Option<P::Group> {
        match self.kernel.way {
            #[cfg(target_arch = "x86_64")]
            Way::Ifma(machine) => self.sum_on(machine, assignment, go_on),
            Way::Portable(machine) => self.sum_on(machine, assignment, go_on),
        }
    }

    fn sum_on<M: Machine>(&self, machine: M, assignment: &[Fr], go_on: GoOn<'_>) -> Option<P::Group> {
        let mut scalars = Scalars::new(&self.columns, assignment);
        let chunks = scalars.full.len().max(scalars.small.len()).div_ceil(TERMS);
        let load = Load { full: scalars.full.len(), small: scalars.small.len(), chunks };
        let width = Costs::of::<M, P::BaseField>().width(load);
        let (full, small) = (Windows::new(width, FULL_BITS), Windows::new(width, SMALL_BITS));
        full.prepare(&mut scalars.full);
        small.prepare(&mut scalars.small);

        let tasks = tasks([scalars.full.len(), scalars.small.len(), scalars.units.len()], [full, small]);
        let is_whole = AtomicBool::new(true);
        let parts = map_with(
            tasks.len(),
            || Bench::<M, P>::new(machine),
            |bench, index| match &tasks[index] {
                _ if !go_on() => {
                    is_whole.store(false, Ordering::Relaxed);
                    Vec::new()
                }
                Task::Units(range) => bench.units(&self.lines, &scalars.units[range.clone()]),
                Task::Windows { full: of_full, small: of_small, windows } => {
                    let kinds = [
                        Kind { windows: full, terms: &scalars.full, range: of_full.clone() },
                        Kind { windows: small, terms: &scalars.small, range: of_small.clone() },
                    ];
                    bench.windows(&self.lines, &kinds, width, windows.clone())
                }
            },
        );
        is_whole.into_inner().then(|| sum_of(&parts))
    }
}

/// How many points, and none of them.
impl<P> fmt::Debug for Query<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("points", &self.columns.len())
            .field("kernel", &self.kernel)
            .finish_non_exhaustive()
    }
}

/// What is summed at once, on one thread.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    Units(Range<usize>),
    Windows { full: Range<usize>, small: Range<usize>, windows: Range<u32> },
}

/// All tasks, which do not depend on the number of threads.
fn tasks([fulls, smalls, units]: [usize; 3], [full, small]: [Windows; 2]) -> Vec<Task> {
    let chunk = |index: usize, count: usize| (index * TERMS).min(count)..((index + 1) * TERMS).min(count);
    let mut tasks = Vec::new();
    let buckets = 1usize << (full.width - 1);
    for index in 0..fulls.max(smalls).div_ceil(TERMS) {
        let (of_full, of_small) = (chunk(index, fulls), chunk(index, smalls));
        let mut window = 0;
        let last = if of_full.is_empty() { small.count } else { full.count };
        while window < last {
            let entries = of_full.len() + if window < small.count { of_small.len() } else { 0 };
            let together = u32::try_from(TASK / entries.max(buckets)).unwrap_or(u32::MAX).max(1);
            let end = window.saturating_add(together).min(last);
            tasks.push(Task::Windows {
                full: of_full.clone(),
                small: of_small.clone(),
                windows: window..end,
            });
            window = end;
        }
    }
    tasks.extend((0..units.div_ceil(TERMS)).map(|index| Task::Units(chunk(index, units))));
    tasks
}

/// Sum of 2^bit * sum, from the highest bit down.
fn sum_of<P: Curve>(parts: &[Vec<Weighed<P>>]) -> P::Group {
    let bits = parts.iter().flatten().map(|part| part.bit + 1).max().unwrap_or(0);
    let mut by_bit = Zeroizing::new(vec![P::Group::default(); bits]);
    for part in parts.iter().flatten() {
        by_bit[part.bit] += part.sum;
    }
    let mut sum = P::Group::default();
    for part in by_bit.iter().rev() {
        sum.double_in_place();
        sum += part;
    }
    sum
}

/// The points in the form of a kernel.
pub(crate) fn entered<P: Curve>(kernel: Kernel, points: &[P]) -> Vec<Line> {
    match kernel.way {
        #[cfg(target_arch = "x86_64")]
        Way::Ifma(machine) => enter(machine, points),
        Way::Portable(machine) => enter(machine, points),
    }
}

/// The points of all lines.
pub(crate) fn left<P: Curve>(kernel: Kernel, lines: &[Line]) -> Vec<P> {
    match kernel.way {
        #[cfg(target_arch = "x86_64")]
        Way::Ifma(machine) => leave(machine, lines),
        Way::Portable(machine) => leave(machine, lines),
    }
}

fn leave<M: Machine, P: Curve>(machine: M, lines: &[Line]) -> Vec<P> {
    let places: Vec<u32> = (0..lines.len() / P::BaseField::LINES).map(|place| place as u32).collect();
    machine.run(Leave { lines, places: &places, curve: std::marker::PhantomData })
}

fn enter<M: Machine, P: Curve>(machine: M, points: &[P]) -> Vec<Line> {
    let mut lines = vec![Line::ZERO; points.len() * P::BaseField::LINES];
    each_chunk(&mut lines, |at, lines| {
        let first = at / P::BaseField::LINES;
        let points = &points[first..first + lines.len() / P::BaseField::LINES];
        machine.run(Enter { points, lines });
    });
    lines
}

/// Sum of assignment * point in G1.
///
/// # Panics
/// If a point belongs to a column that the assignment does not have; and with some points that are not on the curve, which
/// [`Query::new`] must not be given.
pub fn sum_g1(query: &Query<G1Affine>, assignment: &[Fr]) -> G1Projective {
    query.sum(assignment, &|| true).expect("it always goes on")
}

/// As [`sum_g1`], as long as `go_on` says so, which any thread asks before each part of the sum: of at most 2^16 points in one window,
/// unless one window has more, up to 2^18. `None` once it said no.
///
/// # Panics
/// As [`sum_g1`].
pub fn sum_g1_while(query: &Query<G1Affine>, assignment: &[Fr], go_on: GoOn<'_>) -> Option<G1Projective> {
    query.sum(assignment, go_on)
}

/// Sum of assignment * point in G2.
///
/// # Panics
/// As [`sum_g1`].
pub fn sum_g2(query: &Query<G2Affine>, assignment: &[Fr]) -> G2Projective {
    query.sum(assignment, &|| true).expect("it always goes on")
}

/// As [`sum_g2`], as long as `go_on` says so, as [`sum_g1_while`] asks it.
///
/// # Panics
/// As [`sum_g1`].
pub fn sum_g2_while(query: &Query<G2Affine>, assignment: &[Fr], go_on: GoOn<'_>) -> Option<G2Projective> {
    query.sum(assignment, go_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_are_all_there_is_once_and_none_is_more_than_its_memory_is_for() {
        let counts = [0, 1, 1000, TASK / 2, TERMS, TERMS + 1, 3 * TERMS + 5000];
        let each = counts.iter().flat_map(|full| counts.iter().map(move |small| [*full, *small, *small / 3]));
        for counts in each {
            for width in [3, 8, 13, 16] {
                let kinds = [Windows::new(width, FULL_BITS), Windows::new(width, SMALL_BITS)];
                let mut done = [0; 3];
                for task in tasks(counts, kinds) {
                    match &task {
                        Task::Units(range) => {
                            assert!(!range.is_empty() && range.len() <= TERMS);
                            done[2] += range.len();
                        }
                        Task::Windows { full, small, windows } => {
                            assert!(full.len() <= TERMS && small.len() <= TERMS && !windows.is_empty());
                            let of = |range: &Range<usize>, kind: Windows| {
                                windows.clone().filter(|window| *window < kind.count).count() * range.len()
                            };
                            let entries = [of(full, kinds[0]), of(small, kinds[1])];
                            done[0] += entries[0];
                            done[1] += entries[1];
                            let buckets = windows.len() << (width - 1);
                            let most = entries[0] + entries[1] <= TASK && buckets <= TASK;
                            assert!(windows.len() == 1 || most, "{task:?} of {counts:?}, width {width}");
                        }
                    }
                }
                let wanted =
                    [counts[0] * kinds[0].count as usize, counts[1] * kinds[1].count as usize, counts[2]];
                assert_eq!(done, wanted, "{counts:?}, width {width}");
            }
        }
    }
}
