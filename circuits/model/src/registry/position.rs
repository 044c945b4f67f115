//! Where a device sits in the tree, and the order in which positions are given out.
//!
//! The n-th enrolled device gets position `permute(n)`, a fixed public bijection of 21 bits. Devices enrolled together (one
//! owner, one delivery) would otherwise be neighbours, share a chunk, and be each other's anonymity set; and chunks would
//! fill one after the other instead of evenly. The permutation hides nothing: anyone can invert it.
//!
//! **It is part of the layout**: positions are proven in statements and stored paths depend on them. Changing it moves
//! every device of every registry, so it needs a new version of the registry file and of the statements.

use core::fmt;

use super::{CAP, CAPACITY, RegistryError, TREE_DEPTH};
use crate::primitives::merkle::{self, DIGIT_BITS};

/// The place of a leaf in the registry tree, 0 to 2^21 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Position(u32);

impl Position {
    /// The position `position`.
    ///
    /// # Errors
    /// [`RegistryError::PositionOutOfRange`] from 2^21 on.
    pub fn new(position: u32) -> Result<Self, RegistryError> {
        if position < CAPACITY {
            Ok(Position(position))
        } else {
            Err(RegistryError::PositionOutOfRange { position })
        }
    }

    /// The position as an integer below 2^21.
    pub fn get(self) -> u32 {
        self.0
    }

    /// Which child of its parent the ancestor at `level` is, 0 to 7; level 0 is the leaf.
    pub fn digit(self, level: usize) -> usize {
        merkle::digit(self.0, level)
    }

    /// Index in the cap, 0 to 63, of the node above this leaf.
    pub fn cap_index(self) -> usize {
        (self.0 >> CAP_SHIFT) as usize
    }

    /// The position of the device enrolled as number `number`, counted from 0.
    ///
    /// # Errors
    /// [`RegistryError::Full`] from 2^21 on.
    pub fn of_enrolment(number: u32) -> Result<Self, RegistryError> {
        if number < CAPACITY {
            Ok(Position::of_order(number))
        } else {
            Err(RegistryError::Full { wanted: 1, enrolled: CAPACITY })
        }
    }

    /// The number of the enrolment that this position is given out by, counted from 0: the inverse of
    /// [`Position::of_enrolment`].
    pub fn enrolment(self) -> u32 {
        self.order()
    }

    /// The position of the device enrolled as number `order`, counted from 0.
    pub(super) fn of_order(order: u32) -> Self {
        debug_assert!(order < CAPACITY);
        Position(permute(order))
    }

    /// Inverse of [`Position::of_order`].
    pub(super) fn order(self) -> u32 {
        invert(self.0)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u32> for Position {
    type Error = RegistryError;

    fn try_from(position: u32) -> Result<Self, RegistryError> {
        Position::new(position)
    }
}

impl From<Position> for u32 {
    fn from(position: Position) -> u32 {
        position.0
    }
}

/// Bits of a position below the cap.
const CAP_SHIFT: usize = DIGIT_BITS * TREE_DEPTH - CAP.ilog2() as usize;

const BITS: u32 = CAPACITY.ilog2();
const MASK: u32 = CAPACITY - 1;

/// The fractional digits of the golden ratio in 21 bits, so that 0 is no fixed point.
const OFFSET: u32 = 0x9e37_79b9 >> (32 - BITS);

/// Odd multipliers: the low 21 bits of those of the 32-bit mixer `lowbias32`, which has this shape.
const MULTIPLIERS: [u32; 2] = [0x7feb_352d & MASK, 0x846c_a68b & MASK];

/// xorshift, multiply, xorshift, multiply, xorshift: each step is a bijection of 21 bits.
fn permute(order: u32) -> u32 {
    let start = xorshift((order + OFFSET) & MASK);
    MULTIPLIERS.iter().fold(start, |value, &factor| xorshift(multiply(value, factor)))
}

fn invert(position: u32) -> u32 {
    let start = xorshift(position);
    let mixed =
        MULTIPLIERS.iter().rev().fold(start, |value, &factor| xorshift(multiply(value, inverse(factor))));
    mixed.wrapping_sub(OFFSET) & MASK
}

/// Its own inverse, because twice the shift is more than the width.
fn xorshift(value: u32) -> u32 {
    const SHIFT: u32 = BITS.div_ceil(2);
    value ^ value >> SHIFT
}

fn multiply(value: u32, factor: u32) -> u32 {
    value.wrapping_mul(factor) & MASK
}

/// The inverse of an odd number modulo 2^32: each Newton step doubles the correct low bits, three at the start.
const fn inverse(odd: u32) -> u32 {
    let mut guess = odd;
    let mut step = 0;
    while step < 4 {
        guess = guess.wrapping_mul(2u32.wrapping_sub(odd.wrapping_mul(guess)));
        step += 1;
    }
    guess
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn the_first_positions_are_pinned() {
        // Layout: a change here moves every device of every registry.
        let first: Vec<u32> = (0..8).map(permute).collect();
        assert_eq!(first, [1250425, 1482585, 684182, 1838026, 2052701, 555968, 1795206, 2035097]);
    }

    #[test]
    fn the_permutation_is_a_bijection_and_inverts() {
        assert!(matches!(Position::of_enrolment(CAPACITY), Err(RegistryError::Full { .. })));
        let mut seen = vec![false; CAPACITY as usize];
        for order in 0..CAPACITY {
            let position = permute(order);
            assert!(!core::mem::replace(&mut seen[position as usize], true), "{position} comes twice");
            assert_eq!(invert(position), order);
            assert_eq!(Position::of_enrolment(order).map(Position::enrolment), Ok(order));
        }
    }

    #[test]
    fn neighbours_are_unrelated_and_chunks_fill_evenly() {
        let cap_of = |order: u32| Position::of_order(order).cap_index();
        for start in [0, 1000, 123_456, CAPACITY - 4096] {
            let mut fill = [0u32; CAP];
            (start..start + 4096).for_each(|order| fill[cap_of(order)] += 1);
            assert!(fill.iter().all(|&count| (32..=96).contains(&count)), "mean is 64: {fill:?}");
        }
        // One in 64 pairs would share a cap node by chance; one in 2^12 a node three levels up.
        let pairs = 0..CAPACITY - 1;
        let same_cap = pairs.clone().filter(|&order| cap_of(order) == cap_of(order + 1)).count();
        let near = pairs.filter(|&order| permute(order) >> 9 == permute(order + 1) >> 9).count();
        assert!(
            same_cap < CAPACITY as usize / 32 && near < 1024,
            "{same_cap} share a cap node, {near} a low node"
        );
    }

    #[test]
    fn positions_are_below_two_to_the_21() {
        let last = Position::new(CAPACITY - 1).unwrap();
        assert_eq!((last.get(), last.cap_index(), last.digit(6)), (2_097_151, 63, 7));
        assert!(matches!(
            Position::new(CAPACITY),
            Err(RegistryError::PositionOutOfRange { position: 2_097_152 })
        ));
        assert!(serde_json::from_str::<Position>("2097152").is_err());
        assert_eq!(serde_json::from_str::<Position>("5").unwrap(), Position::new(5).unwrap());
    }
}
