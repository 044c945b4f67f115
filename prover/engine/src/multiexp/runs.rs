//! Sums of runs of points, by pairwise additions: neighbours in a run are added, and the sums of neighbours, until one is left.
//!
//! Pairs of all runs wait for the same inversions, whatever the length of a run, so that no lane is empty.

use zeroize::Zeroizing;

use crate::curve::add::Adder;
use crate::curve::coordinate::Coordinate;
use crate::field::Machine;
use crate::field::machine::Line;

/// Where the sum of a run of no points is.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The sums of runs. Wiped when dropped.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Points, of which those at `places` count.
    pub(super) lines: Vec<Line>,
    /// The point of each run, or [`NOWHERE`].
    pub(super) places: Zeroizing<Vec<u32>>,
}

impl Drop for Sums {
    fn drop(&mut self) {
        self.lines.fill(Line::ZERO);
        // The compiler must think that somebody looks.
        std::hint::black_box(&self.lines);
    }
}

/// Runs that are not summed yet: from where, and how many.
type Open = Zeroizing<Vec<(u32, u32)>>;

impl Sums {
    /// Sums runs of points of a table: run i is the next `lengths[i]` of the entries, each twice a place, and 1 more for the opposite
    /// of the point. Takes the memory of what was here before.
    ///
    /// Of n points in all it holds at most (n + runs) / 2 beside the table.
    pub(super) fn sum<M: Machine, F: Coordinate>(
        &mut self,
        adder: &mut Adder<M, F>,
        table: &[Line],
        entries: &[u32],
        lengths: &[u32],
    ) {
        let halves: usize = lengths.iter().map(|length| length.div_ceil(2) as usize).sum();
        // Everything that counts is written before it is read.
        if self.lines.len() < halves * F::LINES {
            self.lines.fill(Line::ZERO);
            self.lines.clear();
            self.lines.resize(halves * F::LINES, Line::ZERO);
        }
        self.places.clear();
        self.places.reserve(lengths.len());
        let mut open = self.first(adder, table, entries, lengths);
        while !open.is_empty() {
            self.next(adder, &mut open);
        }
    }

    /// The sums of neighbours in the table.
    fn first<M: Machine, F: Coordinate>(
        &mut self,
        adder: &mut Adder<M, F>,
        table: &[Line],
        mut entries: &[u32],
        lengths: &[u32],
    ) -> Open {
        let mut open = Open::new(Vec::with_capacity(lengths.len()));
        let mut lone = Zeroizing::new((Vec::with_capacity(lengths.len()), Vec::with_capacity(lengths.len())));
        let mut place = 0;
        for length in lengths {
            let (run, rest) = entries.split_at(*length as usize);
            entries = rest;
            self.places.push(if run.is_empty() { NOWHERE } else { place });
            let first = place;
            let mut pairs = run.chunks_exact(2);
            for pair in &mut pairs {
                if adder.is_full() {
                    adder.add_into(table, &mut self.lines);
                }
                adder.push(pair[0], pair[1], place);
                place += 1;
            }
            if let [last] = pairs.remainder() {
                lone.0.push(*last);
                lone.1.push(place);
                place += 1;
            }
            if place - first > 1 {
                open.push((first, place - first));
            }
        }
        adder.add_into(table, &mut self.lines);
        adder.copy_into(table, &lone.0, &lone.1, &mut self.lines);
        open
    }

    /// The sums of neighbours in open runs, each at the run's beginning.
    ///
    /// Sum i of a run goes to its place i, and is of the places 2i and 2i + 1: no later pair asks for place i.
    fn next<M: Machine, F: Coordinate>(&mut self, adder: &mut Adder<M, F>, open: &mut Open) {
        for (first, length) in open.iter() {
            for pair in 0..length / 2 {
                if adder.is_full() {
                    adder.add_within(&mut self.lines);
                }
                adder.push((first + 2 * pair) << 1, (first + 2 * pair + 1) << 1, first + pair);
            }
        }
        adder.add_within(&mut self.lines);
        for (first, length) in open.iter_mut() {
            let half = *length / 2;
            if *length % 2 == 1 {
                let (from, to) = ((*first + *length - 1) as usize, (*first + half) as usize);
                self.lines.copy_within(from * F::LINES..(from + 1) * F::LINES, to * F::LINES);
            }
            *length = length.div_ceil(2);
        }
        open.retain(|(_, length)| *length > 1);
    }
}
