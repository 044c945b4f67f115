//! The fields of the engine, on every path that this machine has, against arkworks.
//!
//! The input says which limbs the numbers have that a path computes with, so that a limb at its limit is a byte and not luck:
//!
//! ```text
//! field (1)  count of operations (1)  operations (1 each)  pairs of numbers until the end
//! ```
//!
//! A number is a byte that says what it stands for and five limbs of 52 bits, the least first, each a byte and what that asks for.

use zksensor::ark_bn254::{Fq, Fr};
use zksensor::prover::engine::{Elements, Kernel, Modulus};

/// The bits of a limb.
const LIMB: u32 = 52;
/// The most operations of an input.
const OPERATIONS: usize = 32;

/// Any bytes: operations on as many pairs as there are.
pub(crate) fn bytes(input: &[u8]) {
    let Some((field, rest)) = input.split_first() else { return };
    let Some((count, rest)) = rest.split_first() else { return };
    let count = usize::from(*count) % (OPERATIONS + 1);
    let (operations, numbers) = rest.split_at(count.min(rest.len()));
    match field % 2 {
        0 => on_every_path::<Fq>(operations, numbers),
        _ => on_every_path::<Fr>(operations, numbers),
    }
}

fn on_every_path<P: Modulus>(operations: &[u8], numbers: &[u8]) {
    let mut numbers = Numbers(numbers);
    let pairs = std::iter::from_fn(|| Some((numbers.element::<P>()?, numbers.element::<P>()?)));
    let (a, b): (Vec<P>, Vec<P>) = pairs.unzip();
    for kernel in Kernel::all() {
        let entered = [&a, &b].map(|values| Elements::enter(kernel, values));
        compare(kernel, operations, entered, [a.clone(), b.clone()]);
    }
}

/// Runs the operations on both, without leaving the path's own form between them, and compares after each.
fn compare<P: Modulus>(kernel: Kernel, operations: &[u8], got: [Elements<P>; 2], wanted: [Vec<P>; 2]) {
    let ([mut a, mut b], [mut wanted_a, mut wanted_b]) = (got, wanted);
    assert_eq!([a.leave(), b.leave()], [&*wanted_a, &*wanted_b], "{kernel}: what was entered");
    for (index, operation) in operations.iter().enumerate() {
        let on_ark: fn(P, P) -> P = match operation % 4 {
            0 => {
                a.mul(&b);
                |a, b| a * b
            }
            1 => {
                a.add(&b);
                |a, b| a + b
            }
            2 => {
                a.sub(&b);
                |a, b| a - b
            }
            _ => {
                a.square_less(&b);
                |a, b| a * a - b.double() - b
            }
        };
        for (a, b) in wanted_a.iter_mut().zip(&wanted_b) {
            *a = on_ark(*a, *b);
        }
        assert_eq!(a.leave(), wanted_a, "{kernel}: operation {index}, {operation}");
        // What was computed is the other operand of what comes.
        if operation & 4 == 4 {
            std::mem::swap(&mut a, &mut b);
            std::mem::swap(&mut wanted_a, &mut wanted_b);
        }
    }
    assert_eq!([a.leave(), b.leave()], [wanted_a, wanted_b], "{kernel}: both at the end");
}

/// What is left of the numbers.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    /// The element whose limbs in a path's own form are these, modulo p; none at the end of the input.
    fn element<P: Modulus>(&mut self) -> Option<P> {
        let form = self.byte()?;
        let p = limbs(P::MODULUS.as_ref());
        let mut value = P::ZERO;
        for (index, of_p) in p.into_iter().enumerate() {
            let limb = self.limb(of_p)?;
            value += P::from(limb) * P::from(2u8).pow([u64::from(LIMB) * index as u64]);
        }
        if form & 4 == 4 {
            value = -value;
        }
        // x R is the number, for the R of one path or the other, or x itself is.
        let bits = [0, 256, 260][usize::from(form % 3)];
        let radix = P::from(2u8).pow([bits]);
        Some(value * radix.inverse().expect("a power of 2 is not 0"))
    }

    /// One limb: at a limit, one of p's or its neighbour, or the 7 bytes that follow.
    fn limb(&mut self, of_p: u64) -> Option<u64> {
        let most = (1 << LIMB) - 1;
        Some(match self.byte()? % 12 {
            0 => 0,
            1 => 1,
            2 => most,
            3 => most - 1,
            4 => of_p,
            5 => of_p.saturating_sub(1),
            6 => (of_p + 1).min(most),
            7 => most - of_p,
            8 => 1 << (LIMB - 1),
            9 => (1 << (LIMB - 1)) - 1,
            // Half of p, where doubling comes to p.
            10 => of_p / 2,
            _ => {
                let mut limb = [0; 8];
                for byte in &mut limb[..7] {
                    *byte = self.byte()?;
                }
                u64::from_le_bytes(limb) & most
            }
        })
    }
}

/// The limbs of 52 bits of words of 64.
fn limbs(words: &[u64]) -> [u64; 5] {
    let bits = |index: u32| {
        let at = LIMB * index;
        let word = |index: u32| u128::from(words.get(index as usize).copied().unwrap_or(0));
        let (low, high) = (word(at / 64), word(at / 64 + 1));
        (((high << 64 | low) >> (at % 64)) as u64) & ((1 << LIMB) - 1)
    };
    [0, 1, 2, 3, 4].map(bits)
}
