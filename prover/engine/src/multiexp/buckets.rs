//! Multiples of the points of some windows: points into buckets by their digit, the sums of the buckets, and their weights.

use std::ops::Range;

use zeroize::{Zeroize, Zeroizing};

use super::digits::Windows;
use super::scalars::Terms;
use crate::curve::add::Adder;
use crate::curve::convert::Curve;
use crate::curve::runs::{NOWHERE, Sums};
use crate::field::Machine;
use crate::field::machine::Line;
use crate::wipe::clear;

/// Bits of a bucket's number that are weighed one sum after the other.
const LAST_BITS: u32 = 4;

/// A sum that counts 2^`bit` times. Wiped when dropped.
pub(super) struct Weighed<C: Curve> {
    pub(super) bit: usize,
    pub(super) sum: C::Group,
}

impl<C: Curve> Drop for Weighed<C> {
    fn drop(&mut self) {
        self.bit.zeroize();
        self.sum.zeroize();
    }
}

/// Terms of one kind, prepared for their windows.
#[derive(Clone)]
pub(super) struct Kind<'a> {
    pub(super) windows: Windows,
    pub(super) terms: &'a Terms,
    pub(super) range: Range<usize>,
}

/// What one thread works with, one task after the other. Wiped when dropped.
pub(super) struct Bench<M: Machine, C: Curve> {
    machine: M,
    adder: Adder<M, C::BaseField>,
    sums: Sums,
    others: Sums,
    entries: Zeroizing<Vec<u32>>,
    lengths: Zeroizing<Vec<u32>>,
    next: Zeroizing<Vec<u32>>,
    digits: Zeroizing<Vec<i32>>,
}

/// Bits `shift` to `shift + bits - 1` of the numbers of a window's buckets: a run for each value that they take.
#[derive(Debug, Clone, Copy)]
struct Part {
    window: u32,
    shift: u32,
    bits: u32,
}

impl<M: Machine, C: Curve> Bench<M, C> {
    pub(super) fn new(machine: M) -> Self {
        Bench {
            machine,
            adder: Adder::new(machine),
            sums: Sums::default(),
            others: Sums::default(),
            entries: Zeroizing::default(),
            lengths: Zeroizing::default(),
            next: Zeroizing::default(),
            digits: Zeroizing::default(),
        }
    }

    /// The sum of some points of the table.
    pub(super) fn units(&mut self, table: &[Line], units: &[u32]) -> Vec<Weighed<C>> {
        self.adder.restart();
        let length = u32::try_from(units.len()).expect("fewer than 2^31 points");
        self.sums.sum(&mut self.adder, table, units, &[length]);
        let sum = self.sums.leave(self.machine).iter().copied().map(C::into_group).sum();
        vec![Weighed { bit: 0, sum }]
    }

    /// The sums of the multiples of points by the digits of some windows.
    pub(super) fn windows(
        &mut self,
        table: &[Line],
        kinds: &[Kind<'_>],
        width: u32,
        windows: Range<u32>,
    ) -> Vec<Weighed<C>> {
        self.adder.restart();
        self.sort(kinds, width, windows.clone());
        self.sums.sum(&mut self.adder, table, &self.entries, &self.lengths);
        let mut parts: Vec<Part> = windows.map(|window| Part { window, shift: 0, bits: width - 1 }).collect();
        while parts.iter().any(|part| part.bits > LAST_BITS) {
            parts = self.split(&parts);
        }
        self.weigh(&parts, width)
    }

    /// Entries by window and bucket: bucket b has the points with the digits b + 1 and -(b + 1), the latter as their opposites.
    fn sort(&mut self, kinds: &[Kind<'_>], width: u32, windows: Range<u32>) {
        let buckets = 1usize << (width - 1);
        let terms: usize = kinds.iter().map(|kind| kind.range.len()).sum();
        let live = |window| kinds.iter().filter(move |kind| window < kind.windows.count);
        let in_window = |window| live(window).map(|kind| kind.range.len()).sum::<usize>();
        let entries = windows.clone().map(in_window).sum();
        clear(&mut self.entries, entries);
        clear(&mut self.lengths, windows.len() * buckets);
        clear(&mut self.next, buckets);
        clear(&mut self.digits, terms);
        self.entries.resize(entries, 0);
        let mut end = 0;
        for window in windows {
            let counted = self.lengths.len();
            self.lengths.resize(counted + buckets, 0);
            let lengths = &mut self.lengths[counted..];
            self.digits.clear();
            for kind in live(window) {
                kind.windows.digits(kind.terms, kind.range.clone(), window, &mut self.digits);
            }
            // The digit 0 has no bucket, and is beyond all of them.
            let bucket = |digit: i32| (digit.unsigned_abs() as usize).wrapping_sub(1);
            for digit in &*self.digits {
                if let Some(length) = lengths.get_mut(bucket(*digit)) {
                    *length += 1;
                }
            }
            self.next.clear();
            for length in lengths {
                self.next.push(end);
                end += *length;
            }
            let mut digits = &self.digits[..];
            for kind in live(window) {
                let (of_kind, rest) = digits.split_at(kind.range.len());
                digits = rest;
                for (digit, point) in of_kind.iter().zip(&kind.terms.points[kind.range.clone()]) {
                    if let Some(next) = self.next.get_mut(bucket(*digit)) {
                        self.entries[*next as usize] = point ^ u32::from(*digit < 0);
                        *next += 1;
                    }
                }
            }
        }
        self.entries.truncate(end as usize);
    }

    /// The sums of each part by its upper and by its lower bits: with j = 2^l v + w, sum of j S_j = 2^l sum of v (sum of S_j with this v) +
    /// sum of w (sum of S_j with this w).
    fn split(&mut self, parts: &[Part]) -> Vec<Part> {
        let runs: usize = parts.iter().map(|part| 1usize << part.bits).sum();
        clear(&mut self.entries, 2 * runs);
        let halves = |bits: u32| [bits / 2, bits - bits / 2];
        clear(
            &mut self.lengths,
            parts.iter().flat_map(|part| halves(part.bits)).map(|bits| 1usize << bits).sum(),
        );
        let mut split = Vec::with_capacity(2 * parts.len());
        let mut places = &self.sums.places[..];
        for part in parts {
            let (of_part, rest) = places.split_at(1 << part.bits);
            places = rest;
            let [lower, upper] = halves(part.bits);
            let mut run = |of: &mut dyn Iterator<Item = u32>| {
                let before = self.entries.len();
                self.entries.extend(of.filter(|place| *place != NOWHERE).map(|place| place << 1));
                self.lengths.push((self.entries.len() - before) as u32);
            };
            for value in 0..1 << lower {
                run(&mut of_part.iter().skip(value).step_by(1 << lower).copied());
            }
            for value in 0..1 << upper {
                run(&mut of_part[value << lower..(value + 1) << lower].iter().copied());
            }
            split.push(Part { bits: lower, ..*part });
            split.push(Part { shift: part.shift + lower, bits: upper, ..*part });
        }
        std::mem::swap(&mut self.sums, &mut self.others);
        self.sums.sum(&mut self.adder, &self.others.lines, &self.entries, &self.lengths);
        split
    }

    /// Sums of value * run of each part; and once more all runs of the lowest part, as bucket b counts b + 1 times.
    fn weigh(&mut self, parts: &[Part], width: u32) -> Vec<Weighed<C>> {
        let points = self.sums.leave::<M, C>(self.machine);
        let mut points = &points[..];
        let mut weighed = Vec::with_capacity(parts.len());
        for part in parts {
            let (runs, rest) = points.split_at(1 << part.bits);
            points = rest;
            let (mut above, mut sum) = (C::Group::default(), C::Group::default());
            for run in runs[1..].iter().rev() {
                above += *run;
                sum += above;
            }
            if part.shift == 0 {
                above += runs[0];
                sum += above;
            }
            weighed.push(Weighed { bit: (width * part.window + part.shift) as usize, sum });
        }
        weighed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::convert::Enter;
    use crate::curve::coordinate::Coordinate;
    use crate::field::portable::Portable;
    use ark_bn254::{G1Affine, G2Affine};
    use ark_ec::CurveGroup;

    impl<M: Machine, C: Curve> Bench<M, C> {
        /// Memory that it keeps, and what [`Sums::sum`] needs of runs meanwhile.
        fn bytes(&self) -> usize {
            let words = [
                self.entries.capacity(),
                self.lengths.capacity(),
                self.next.capacity(),
                self.digits.capacity(),
            ];
            let runs = self.lengths.capacity();
            4 * words.iter().sum::<usize>()
                + self.sums.bytes()
                + self.others.bytes()
                + self.adder.bytes()
                + 16 * runs
        }
    }

    /// The most that there is of each in one task: entries, buckets, entries and buckets of several windows. Points are few, so that
    /// many pairs are equal or opposite.
    fn works_within<M: Machine, C: Curve>(machine: M, bound: usize) {
        let mut point = C::generator().into_group();
        let points: Vec<C> = (0..64)
            .map(|_| {
                point += C::generator();
                point.into_affine()
            })
            .collect();
        let mut table = vec![Line::ZERO; points.len() * C::BaseField::LINES];
        machine.run(Enter { points: &points, lines: &mut table });
        let mut word = 1u64;
        let mut random = || {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            word
        };
        let mut bench = Bench::<M, C>::new(machine);
        for (width, full, small, windows) in
            [(16, 1 << 17, 1 << 17, 0..1), (16, 1 << 14, 1 << 14, 0..2), (11, 1 << 11, 0, 0..23)]
        {
            let kinds = [(full, 253), (small, 64)].map(|(count, bits)| {
                let magnitudes: Vec<_> = (0..count).map(|_| [random(), 0, 0, 0]).collect();
                let mut terms = Terms::of(&magnitudes);
                terms.points.iter_mut().for_each(|point| *point = (random() >> 32) as u32 % 128);
                let windows = Windows::new(width, bits);
                windows.prepare(&mut terms);
                (windows, terms)
            });
            let kinds = kinds.each_ref().map(|(windows, terms)| Kind {
                windows: *windows,
                terms,
                range: 0..terms.len(),
            });
            let weighed = bench.windows(&table, &kinds, width, windows);
            assert!(!weighed.is_empty());
            assert!(bench.bytes() < bound, "{} bytes after a width of {width}", bench.bytes());
        }
    }

    #[test]
    fn a_thread_works_with_less_than_the_docs_say() {
        works_within::<_, G1Affine>(Portable::new(), 16 << 20);
        works_within::<_, G2Affine>(Portable::new(), 32 << 20);
        #[cfg(target_arch = "x86_64")]
        if let Some(machine) = crate::field::ifma::Ifma::detect() {
            works_within::<_, G1Affine>(machine, 16 << 20);
            works_within::<_, G2Affine>(machine, 32 << 20);
        }
    }
}
