//! Scalars sorted by what they cost: nothing, one addition, few windows, all windows.
//!
//! A scalar s is taken as s or as -(r - s), whichever is smaller: r/2 < 2^253. Small negative numbers are then small, too.

use ark_bn254::Fr;
use ark_ff::{PrimeField, Zero};
use zeroize::Zeroizing;

use crate::field::modulus::{Words, less, minus};
use crate::pool::{CHUNK, map};

/// Bits of a magnitude.
pub(crate) const FULL_BITS: u32 = 253;
/// Bits of a small magnitude.
pub(super) const SMALL_BITS: u32 = 64;

/// Points, each by twice its place, and 1 more for its opposite; and by what they are multiplied, a column for each word, the
/// least first: a window reads one or two. Wiped when dropped.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) points: Zeroizing<Vec<u32>>,
    pub(super) words: [Zeroizing<Vec<u64>>; 4],
}

impl Terms {
    /// Room for so many, so that nothing is left behind where a vector grew.
    fn with_capacity(count: usize) -> Self {
        Terms {
            points: Zeroizing::new(Vec::with_capacity(count)),
            words: [(); 4].map(|()| Zeroizing::new(Vec::with_capacity(count))),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    fn push(&mut self, point: u32, magnitude: &Words) {
        self.points.push(point);
        for (column, word) in self.words.iter_mut().zip(magnitude) {
            column.push(*word);
        }
    }

    fn append(&mut self, other: &Terms) {
        self.points.extend_from_slice(&other.points);
        for (column, other) in self.words.iter_mut().zip(&other.words) {
            column.extend_from_slice(other);
        }
    }

    /// Magnitudes, and what they are read as.
    #[cfg(test)]
    pub(super) fn of(magnitudes: &[Words]) -> Self {
        let mut terms = Terms::with_capacity(magnitudes.len());
        for (place, magnitude) in magnitudes.iter().enumerate() {
            terms.push(2 * place as u32, magnitude);
        }
        terms
    }

    #[cfg(test)]
    pub(super) fn magnitude(&self, index: usize) -> Words {
        [0, 1, 2, 3].map(|word| self.words[word][index])
    }
}

/// The terms of a sum, sorted, each kind in the order of its points. Wiped when dropped.
#[derive(Debug, Default)]
pub(super) struct Scalars {
    /// Points that are added as they are.
    pub(super) units: Zeroizing<Vec<u32>>,
    /// Terms below 2^[`SMALL_BITS`].
    pub(super) small: Terms,
    /// All others, below 2^[`FULL_BITS`].
    pub(super) full: Terms,
}

impl Scalars {
    /// Sorts the values of the columns that the points belong to.
    pub(super) fn new(columns: &[u32], assignment: &[Fr]) -> Self {
        let parts = map(columns.len().div_ceil(CHUNK), |index| {
            let first = index * CHUNK;
            Scalars::of(&columns[first..(first + CHUNK).min(columns.len())], first as u32, assignment)
        });
        let total = |of: fn(&Scalars) -> usize| parts.iter().map(of).sum();
        let mut all = Scalars {
            units: Zeroizing::new(Vec::with_capacity(total(|part| part.units.len()))),
            small: Terms::with_capacity(total(|part| part.small.len())),
            full: Terms::with_capacity(total(|part| part.full.len())),
        };
        for part in parts {
            all.units.extend_from_slice(&part.units);
            all.small.append(&part.small);
            all.full.append(&part.full);
        }
        all
    }

    /// One after the other. What it reserves is enough for all, so that nothing is left behind where a vector grew.
    fn of(columns: &[u32], first: u32, assignment: &[Fr]) -> Self {
        let mut scalars = Scalars {
            units: Zeroizing::new(Vec::with_capacity(columns.len())),
            small: Terms::with_capacity(columns.len()),
            full: Terms::with_capacity(columns.len()),
        };
        for (place, column) in (first..).zip(columns) {
            let value = assignment[*column as usize];
            if value.is_zero() {
                continue;
            }
            let (magnitude, negative) = magnitude(value);
            let point = place << 1 | u32::from(negative);
            match magnitude {
                [1, 0, 0, 0] => scalars.units.push(point),
                [_, 0, 0, 0] => scalars.small.push(point, &magnitude),
                _ => scalars.full.push(point, &magnitude),
            }
        }
        scalars
    }
}

/// s or r - s, whichever is smaller, and whether it is the latter.
#[inline(always)]
pub(crate) fn magnitude(scalar: Fr) -> (Words, bool) {
    let value = scalar.into_bigint().0;
    let (opposite, _) = minus(&Fr::MODULUS.0, &value);
    let negative = less(&opposite, &value);
    (if negative { opposite } else { value }, negative)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field};

    #[test]
    fn scalars_are_sorted_by_what_they_cost() {
        let two_64 = Fr::from(2u64).pow([64]);
        let half = -Fr::from(2u64).inverse().unwrap_or_default(); // (r - 1) / 2
        let assignment = [
            Fr::ZERO,
            Fr::ONE,
            -Fr::ONE,
            Fr::from(2u64),
            -Fr::from(2u64),
            two_64 - Fr::ONE,
            Fr::ONE - two_64,
            two_64,
            -two_64,
            half,
            half + Fr::ONE,
        ];
        let columns: Vec<u32> = (0..assignment.len() as u32).collect();
        let scalars = Scalars::new(&columns, &assignment);
        assert_eq!(*scalars.units, [2, 5]);
        let of = |terms: &Terms| -> Vec<(u32, Words)> {
            (0..terms.len()).map(|index| (terms.points[index], terms.magnitude(index))).collect()
        };
        let small = of(&scalars.small);
        assert_eq!(
            small,
            [(6, [2, 0, 0, 0]), (9, [2, 0, 0, 0]), (10, [u64::MAX, 0, 0, 0]), (13, [u64::MAX, 0, 0, 0])]
        );
        let full = of(&scalars.full);
        let half = half.into_bigint().0;
        assert_eq!(full, [(14, [0, 1, 0, 0]), (17, [0, 1, 0, 0]), (18, half), (21, half)]);
        assert!(half[3] >> 61 == 0, "253 bits");
    }
}
