//! Where a device sits in the tree, and the order in which positions are given out.
//!
//! **In stages**, so that a young registry is dense and small chunks serve it: the first 512 devices are spread over positions 0
//! to 511, the next, up to 4,096 of them, over 512 to 4,095, and so on by powers of eight to 2^21. Within a stage the order is a
//! fixed public permutation. Devices enrolled together (one owner, one delivery) would otherwise be neighbours, share a chunk, and
//! be each other's anonymity set; and the chunks of a stage would fill one after the other instead of evenly. The permutation
//! hides nothing: anyone can invert it.
//!
//! The permutation of a stage [8^j, 8^(j+1)) is a bijection of 3(j + 1) bits, walked until it is in the stage again (a cycle of a
//! bijection comes back to where it began, so the walk ends; Black and Rogaway, Ciphers with Arbitrary Finite Domains, CT-RSA
//! 2002, section 3).
//!
//! **It is part of the layout**: positions are proven in statements and stored paths depend on them. Changing it moves
//! every device of every registry, so it needs a new version of the registry file and of the statements.

use core::fmt;

use super::{CAPACITY, RegistryError};
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

/// Bits of the first stage: 512 positions.
const FIRST_STAGE_BITS: u32 = 3 * DIGIT_BITS as u32;

/// The fractional digits of the golden ratio, so that 0 is no fixed point.
const OFFSET: u32 = 0x9e37_79b9;

/// Odd multipliers: those of the 32-bit mixer `lowbias32`, which has this shape. Their low bits are taken.
const MULTIPLIERS: [u32; 2] = [0x7feb_352d, 0x846c_a68b];

/// A stage: the positions of so many bits that no earlier stage has.
#[derive(Debug, Clone, Copy)]
struct Stage {
    bits: u32,
}

impl Stage {
    /// That of an order, or of a position: a stage permutes its own.
    fn of(number: u32) -> Self {
        let bits = (u32::BITS - number.leading_zeros()).next_multiple_of(DIGIT_BITS as u32);
        Stage { bits: bits.max(FIRST_STAGE_BITS) }
    }

    fn permute(self, order: u32) -> u32 {
        self.walk(order, Self::step)
    }

    fn invert(self, position: u32) -> u32 {
        self.walk(position, Self::step_back)
    }

    /// Steps until it is in the stage.
    fn walk(self, from: u32, step: fn(Self, u32) -> u32) -> u32 {
        let first = if self.bits == FIRST_STAGE_BITS { 0 } else { 1 << (self.bits - DIGIT_BITS as u32) };
        let mut value = step(self, from);
        while value < first {
            value = step(self, value);
        }
        value
    }

    /// xorshift, multiply, xorshift, multiply, xorshift: each is a bijection of the stage's bits.
    fn step(self, value: u32) -> u32 {
        let start = self.xorshift(value.wrapping_add(self.offset()) & self.mask());
        MULTIPLIERS.iter().fold(start, |value, &factor| self.xorshift(self.multiply(value, factor)))
    }

    fn step_back(self, value: u32) -> u32 {
        let start = self.xorshift(value);
        let mixed = MULTIPLIERS
            .iter()
            .rev()
            .fold(start, |value, &factor| self.xorshift(self.multiply(value, inverse(factor))));
        mixed.wrapping_sub(self.offset()) & self.mask()
    }

    fn mask(self) -> u32 {
        (1 << self.bits) - 1
    }

    fn offset(self) -> u32 {
        OFFSET >> (u32::BITS - self.bits)
    }

    /// Its own inverse, because twice the shift is no less than the width.
    fn xorshift(self, value: u32) -> u32 {
        value ^ value >> self.bits.div_ceil(2)
    }

    fn multiply(self, value: u32, factor: u32) -> u32 {
        value.wrapping_mul(factor) & self.mask()
    }
}

fn permute(order: u32) -> u32 {
    Stage::of(order).permute(order)
}

fn invert(position: u32) -> u32 {
    Stage::of(position).invert(position)
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

    /// Where the stages begin, and where the last one ends.
    const BORDERS: [u32; 6] = [0, 1 << 9, 1 << 12, 1 << 15, 1 << 18, CAPACITY];

    #[test]
    fn the_first_positions_of_each_stage_are_pinned() {
        // Layout: a change here moves every device of every registry.
        let first = BORDERS.map(|border| (border..CAPACITY).take(4).map(permute).collect::<Vec<u32>>());
        let pinned: [&[u32]; 6] = [
            &[106, 23, 299, 465],
            &[2953, 878, 2584, 3405],
            &[5246, 4431, 26369, 22610],
            &[146539, 193436, 215864, 136119],
            &[1656973, 1602295, 807455, 1483954],
            &[],
        ];
        assert_eq!(first, pinned);
    }

    #[test]
    fn each_stage_is_a_bijection_of_its_own_positions_and_inverts() {
        assert!(matches!(Position::of_enrolment(CAPACITY), Err(RegistryError::Full { .. })));
        let mut seen = vec![false; CAPACITY as usize];
        for stage in BORDERS.windows(2) {
            for order in stage[0]..stage[1] {
                let position = permute(order);
                assert!((stage[0]..stage[1]).contains(&position), "{order} leaves its stage");
                assert!(!core::mem::replace(&mut seen[position as usize], true), "{position} comes twice");
                assert_eq!(invert(position), order);
                assert_eq!(Position::of_enrolment(order).map(Position::enrolment), Ok(order));
            }
        }
    }

    #[test]
    fn neighbours_are_unrelated_and_the_chunks_of_a_stage_fill_evenly() {
        for stage in BORDERS.windows(2) {
            let (first, size) = (stage[0], stage[1] - stage[0]);
            // Eight devices for each of equally wide chunks: over the whole stage, and the last of it.
            let width = (stage[1] / 64).max(8);
            let chunks = size / width;
            let run = (8 * chunks).min(size);
            for start in [first, first + (size - run) / 2, stage[1] - run] {
                let mut fill = vec![0u32; chunks as usize];
                (start..start + run).for_each(|order| fill[((permute(order) - first) / width) as usize] += 1);
                let mean = run / chunks;
                assert!(fill.iter().all(|&count| count <= 3 * mean), "{stage:?} from {start}: {fill:?}");
                assert!(
                    fill.iter().filter(|&&count| count == 0).count() <= 1,
                    "{stage:?} from {start}: {fill:?}"
                );
            }
            // Neighbours share one of the 64 chunks about as often as by chance.
            let near =
                (first..stage[1] - 1).filter(|&order| permute(order) / width == permute(order + 1) / width);
            let near = near.count();
            assert!(near <= 2 * (size / chunks) as usize, "{stage:?}: {near} neighbours share a chunk");
        }
    }

    #[test]
    fn positions_are_below_two_to_the_21() {
        let last = Position::new(CAPACITY - 1).unwrap();
        assert_eq!((last.get(), last.digit(6)), (2_097_151, 7));
        assert!(matches!(
            Position::new(CAPACITY),
            Err(RegistryError::PositionOutOfRange { position: 2_097_152 })
        ));
        assert!(serde_json::from_str::<Position>("2097152").is_err());
        assert_eq!(serde_json::from_str::<Position>("5").unwrap(), Position::new(5).unwrap());
    }
}
