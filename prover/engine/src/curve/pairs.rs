//! Pairs of points that wait to be added, by their places in a table.

use super::add::WAYS;
use crate::field::Machine;
use crate::field::machine::MAX_LANES;

/// Pairs of a run that are written at once.
const ONCE: usize = 16;
/// The most pairs that wait, whatever the machine.
const MOST: usize = 4096;

/// The points of pairs and the places of their sums, and room for vectors that are not full.
pub(super) struct Pairs {
    count: usize,
    left: [u32; MOST + WAYS * MAX_LANES],
    right: [u32; MOST + WAYS * MAX_LANES],
    places: [u32; MOST + ONCE],
}

impl Pairs {
    pub(super) const NONE: Pairs = Pairs {
        count: 0,
        left: [0; MOST + WAYS * MAX_LANES],
        right: [0; MOST + WAYS * MAX_LANES],
        places: [0; MOST + ONCE],
    };

    /// The places of a vector, of which the last may have fewer than lanes or none.
    #[inline(always)]
    pub(super) fn places<M: Machine>(&self, vector: usize) -> &[u32] {
        let first = (vector * M::LANES).min(self.count);
        &self.places[first..(first + M::LANES).min(self.count)]
    }

    /// Vectors, those included that only fill the ways.
    pub(super) fn vectors<M: Machine>(&self) -> usize {
        self.count.next_multiple_of(WAYS * M::LANES) / M::LANES
    }

    /// How many wait.
    #[inline(always)]
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// None waits any more.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// The first points of the pairs of a vector.
    #[inline(always)]
    pub(super) fn left<M: Machine>(&self, vector: usize) -> &[u32] {
        &self.left[vector * M::LANES..(vector + 1) * M::LANES]
    }

    /// The second points of the pairs of a vector.
    #[inline(always)]
    pub(super) fn right<M: Machine>(&self, vector: usize) -> &[u32] {
        &self.right[vector * M::LANES..(vector + 1) * M::LANES]
    }

    /// Lets a pair wait: points by their place in the table to come, twice it, and 1 more for the opposite of the point.
    #[inline(always)]
    pub(super) fn push(&mut self, left: u32, right: u32, place: u32) {
        let index = self.count;
        assert!(index < MOST, "a full batch is added before the next pair");
        self.left[index] = left;
        self.right[index] = right;
        self.places[index] = place;
        self.count = index + 1;
    }

    /// Lets pairs of neighbours among the points wait, as many as there is room for in a batch of so many, 16 at most; sums go to `place` and behind.
    /// Returns how many, at least one if there are two points and the batch is not full.
    ///
    /// As many as these are written whatever the number: no branch depends on the length of a short run.
    #[inline(always)]
    pub(super) fn push_run(&mut self, batch: usize, points: &[u32], place: u32) -> usize {
        let first = self.count.min(batch);
        let count = (points.len() / 2).min(ONCE).min(batch - first);
        let mut two: [u32; 2 * ONCE] = [0; 2 * ONCE];
        if let Some(all) = points.first_chunk() {
            two = *all;
        } else {
            two[..points.len()].copy_from_slice(points);
        }
        let (left, right) = (&mut self.left[first..first + ONCE], &mut self.right[first..first + ONCE]);
        let places = &mut self.places[first..first + ONCE];
        for index in 0..ONCE {
            left[index] = two[2 * index];
            right[index] = two[2 * index + 1];
            places[index] = place + index as u32;
        }
        self.count = first + count;
        count
    }

    /// As [`Pairs::push_run`] of points in the table that the sums go to: pair i is of the places `first` + 2i and the next, its sum goes
    /// to `first` + i; from pair `from` on, up to `to`.
    #[inline(always)]
    pub(super) fn push_neighbours(&mut self, batch: usize, first: u32, from: u32, to: u32) -> u32 {
        let at = self.count.min(batch);
        let count = ((to - from) as usize).min(ONCE).min(batch - at);
        let (left, right) = (&mut self.left[at..at + ONCE], &mut self.right[at..at + ONCE]);
        let places = &mut self.places[at..at + ONCE];
        for index in 0..ONCE {
            let pair = from.wrapping_add(index as u32);
            let point = first.wrapping_add(pair.wrapping_mul(2)).wrapping_mul(2);
            left[index] = point;
            right[index] = point.wrapping_add(2);
            places[index] = first.wrapping_add(pair);
        }
        self.count = at + count;
        count as u32
    }

    /// Fills the last vectors with the last pair again. Whether there are any.
    pub(super) fn pad<M: Machine>(&mut self) -> bool {
        let Some(last) = self.count.checked_sub(1) else { return false };
        for index in self.count..self.vectors::<M>() * M::LANES {
            (self.left[index], self.right[index]) = (self.left[last], self.right[last]);
        }
        true
    }
}
