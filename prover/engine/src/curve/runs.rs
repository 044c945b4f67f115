//! Sums of runs of points, by pairwise additions: neighbours in a run are added, and the sums of neighbours, until one is left.
//!
//! Pairs of all runs wait for the same inversions, whatever the length of a run, so that no lane is empty.

use std::marker::PhantomData;

use zeroize::Zeroizing;

use super::add::Adder;
use super::convert::{Curve, Leave};
use super::coordinate::Coordinate;
use crate::field::Machine;
use crate::field::machine::Line;
use crate::wipe::{clear, grow, wipe};

/// Where the sum of a run of no points is.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// The sums of runs. Wiped when dropped.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    /// Points, of which those at `places` count.
    pub(crate) lines: Vec<Line>,
    /// The point of each run, or [`NOWHERE`].
    pub(crate) places: Zeroizing<Vec<u32>>,
}

impl Drop for Sums {
    fn drop(&mut self) {
        wipe(&mut self.lines);
    }
}

/// The last entries of odd runs, and their places.
struct Lone {
    count: usize,
    entries: Zeroizing<Vec<u32>>,
    places: Zeroizing<Vec<u32>>,
}

impl Lone {
    /// Room for as many as there are runs, and for one that is written and does not count.
    fn new(runs: usize) -> Self {
        Lone {
            count: 0,
            entries: Zeroizing::new(vec![0; runs + 1]),
            places: Zeroizing::new(vec![0; runs + 1]),
        }
    }
}

/// Runs that are not summed yet: from where, and how many.
type Open = Zeroizing<Vec<(u32, u32)>>;

impl Sums {
    /// Sums runs of points of a table: run i is the next `lengths[i]` of the entries, each twice a place, and 1 more for the opposite
    /// of the point. Takes the memory of what was here before.
    ///
    /// Of n points in all it holds at most (n + runs) / 2 beside the table.
    pub(crate) fn sum<M: Machine, F: Coordinate>(
        &mut self,
        adder: &mut Adder<M, F>,
        table: &[Line],
        entries: &[u32],
        lengths: &[u32],
    ) {
        let halves: usize = lengths.iter().map(|length| length.div_ceil(2) as usize).sum();
        // Everything that counts is written before it is read.
        grow(&mut self.lines, halves * F::LINES);
        clear(&mut self.places, lengths.len());
        let mut open = self.first(adder, table, entries, lengths);
        while !open.is_empty() {
            self.next(adder, &mut open);
        }
    }

    /// The sum of each run, as arkworks has it.
    pub(crate) fn leave<M: Machine, C: Curve>(&self, machine: M) -> Zeroizing<Vec<C>> {
        let mut live = Zeroizing::new(Vec::with_capacity(self.places.len()));
        live.extend(self.places.iter().copied().filter(|place| *place != NOWHERE));
        let leave = Leave { lines: &self.lines, places: &live, curve: PhantomData };
        let points = Zeroizing::new(machine.run(leave));
        let mut points = points.iter().copied();
        let mut next = || points.next().expect("a point for each place");
        Zeroizing::new(
            self.places.iter().map(|place| if *place == NOWHERE { C::zero() } else { next() }).collect(),
        )
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
        let mut lone = Lone::new(lengths.len());
        let mut place = 0;
        for length in lengths {
            let (run, rest) = entries.split_at(*length as usize);
            entries = rest;
            self.places.push(if run.is_empty() { NOWHERE } else { place });
            let (first, mut rest) = (place, run);
            while rest.len() > 1 {
                if adder.is_full() {
                    adder.add_into(table, &mut self.lines);
                }
                let pushed = adder.push_run(rest, place);
                place += pushed as u32;
                rest = &rest[2 * pushed..];
            }
            // Written whether there is one or not, as no branch can foresee it.
            lone.entries[lone.count] = rest.first().copied().unwrap_or_default();
            lone.places[lone.count] = place;
            lone.count += rest.len();
            place += rest.len() as u32;
            if place - first > 1 {
                open.push((first, place - first));
            }
        }
        adder.add_into(table, &mut self.lines);
        adder.copy_into(table, &lone.entries[..lone.count], &lone.places[..lone.count], &mut self.lines);
        open
    }

    /// The sums of neighbours in open runs, each at the run's beginning.
    ///
    /// Sum i of a run goes to its place i, and is of the places 2i and 2i + 1: no later pair asks for place i.
    fn next<M: Machine, F: Coordinate>(&mut self, adder: &mut Adder<M, F>, open: &mut Open) {
        for (first, length) in open.iter() {
            let mut pair = 0;
            while pair < length / 2 {
                if adder.is_full() {
                    adder.add_within(&mut self.lines);
                }
                pair += adder.push_neighbours(*first, pair, length / 2);
            }
        }
        adder.add_within(&mut self.lines);
        let mut kept = 0;
        for index in 0..open.len() {
            let (first, length) = open[index];
            // The last of an odd run goes to the end of the sums; of an even run, the place is free.
            let (from, to) = ((first + length - 1) as usize, (first + length / 2) as usize);
            for line in 0..F::LINES {
                self.lines[to * F::LINES + line] = self.lines[from * F::LINES + line];
            }
            let length = length.div_ceil(2);
            open[kept] = (first, length);
            kept += usize::from(length > 1);
        }
        open.truncate(kept);
    }
}

#[cfg(test)]
impl Sums {
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Line>() * self.lines.capacity() + size_of::<u32>() * self.places.capacity()
    }
}
