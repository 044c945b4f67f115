//! Round constants and MDS matrix, drawn from a Grain LFSR as Poseidon's authors draw them (eprint 2019/458, appendix F, and
//! their script `generate_parameters_grain.sage`). circomlib's tables are what comes out.

use alloc::vec::Vec;

use ark_ff::{BigInt, BigInteger, Field, PrimeField};

use super::Parameters;
use crate::field::Fr;

/// Full rounds at every width.
const FULL_ROUNDS: usize = 8;

/// circomlib's numbers of partial rounds for 2 to 9 lanes.
const PARTIAL_ROUNDS: [usize; 8] = [56, 57, 56, 60, 60, 63, 64, 63];

/// The constants for `width` lanes, 2 to 9: first those of the rounds in order, then x and y of the Cauchy matrix
/// 1 / (x_i + y_j).
pub(super) fn draw(width: usize) -> Parameters {
    let partial_rounds = PARTIAL_ROUNDS[width - 2];
    let mut grain = Grain::new(width, partial_rounds);
    let round_constants = (0..width * (FULL_ROUNDS + partial_rounds)).map(|_| grain.element()).collect();
    let x: Vec<Fr> = (0..width).map(|_| grain.reduced()).collect();
    let y: Vec<Fr> = (0..width).map(|_| grain.reduced()).collect();
    let inverse = |sum: Fr| sum.inverse().expect("no sum is 0 at these widths, which a test draws");
    let mds = x.iter().map(|x| y.iter().map(|y| inverse(*x + y)).collect()).collect();
    Parameters { width, full_rounds: FULL_ROUNDS, partial_rounds, round_constants, mds }
}

/// An 80-bit register, oldest bit on top.
struct Grain(u128);

impl Grain {
    /// Bits 0, 13, 23, 38, 51 and 62 of the register, counted from the oldest.
    const TAPS: u128 = 1 << 79 | 1 << 66 | 1 << 56 | 1 << 41 | 1 << 28 | 1 << 17;

    /// Starts from what is drawn for: a prime field (1), S-box x^a (0), bits of the modulus, lanes, rounds, and 30 ones.
    fn new(width: usize, partial_rounds: usize) -> Grain {
        let bits = Fr::MODULUS_BIT_SIZE as usize;
        let parts = [(1, 2), (0, 4), (bits, 12), (width, 12), (FULL_ROUNDS, 10), (partial_rounds, 10)];
        let start = parts.into_iter().fold(0, |start, (value, length)| start << length | value as u128);
        let mut grain = Grain(start << 30 | ((1 << 30) - 1));
        for _ in 0..160 {
            grain.shift();
        }
        grain
    }

    fn shift(&mut self) -> bool {
        let new = (self.0 & Grain::TAPS).count_ones() & 1;
        self.0 = (self.0 << 1 | u128::from(new)) & ((1 << 80) - 1);
        new == 1
    }

    /// The second bit of the next pair whose first is set.
    fn bit(&mut self) -> bool {
        while !self.shift() {
            self.shift();
        }
        self.shift()
    }

    /// As many bits as the modulus has, the first the most significant.
    fn integer(&mut self) -> BigInt<4> {
        let mut integer = BigInt::zero();
        for place in (0..Fr::MODULUS_BIT_SIZE as usize).rev() {
            integer.0[place / 64] |= u64::from(self.bit()) << (place % 64);
        }
        integer
    }

    /// The next integer below r; larger ones are passed over.
    fn element(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(self.integer()) {
                return element;
            }
        }
    }

    /// The next integer modulo r; it is below 2 r.
    fn reduced(&mut self) -> Fr {
        let mut integer = self.integer();
        if integer >= Fr::MODULUS {
            integer.sub_with_borrow(&Fr::MODULUS);
        }
        Fr::from_bigint(integer).expect("254 bits are below 2 r")
    }
}
