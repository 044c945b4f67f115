//! Seeds of the engine's fields: numbers whose limbs are at their limits, in chains of operations.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::Seed;

/// How a limb is asked for: 0, 1, the most and 1 less, p's and its neighbours, what p's lacks of the most, the highest bit and
/// all below it, half of p's, 7 bytes.
const ZERO: u8 = 0;
const ONE: u8 = 1;
const MOST: u8 = 2;
const BELOW_MOST: u8 = 3;
const OF_P: u8 = 4;
const BELOW_P: u8 = 5;
const ABOVE_P: u8 = 6;
const LESS_P: u8 = 7;
const HIGHEST_BIT: u8 = 8;
const BELOW_HIGHEST_BIT: u8 = 9;
const HALF_P: u8 = 10;
const BYTES: u8 = 11;

/// Operations; their result is the other operand of the next one where `TURN` is added.
const MUL: u8 = 0;
const ADD: u8 = 1;
const SUB: u8 = 2;
const SQUARE_LESS: u8 = 3;
const TURN: u8 = 4;

/// The five limbs of a number, as they are asked for.
type Limbs = Vec<u8>;

/// One input for each kind of number, of each field.
pub(super) fn all() -> Vec<Seed> {
    let each = [MUL, ADD, SUB, SQUARE_LESS];
    let turning = [ADD, ADD, SUB, SQUARE_LESS, MUL, MUL].map(|operation| operation | TURN).repeat(4);
    let limits = alone(&[ZERO, MOST], &[ZERO, ONE, MOST, BELOW_MOST]);
    let around_p = alone(&[OF_P, HALF_P], &[BELOW_P, OF_P, ABOVE_P, LESS_P, HALF_P, ZERO, MOST]);
    let carries = alone(&[MOST, BELOW_HIGHEST_BIT, HIGHEST_BIT], &[BELOW_MOST, ONE, HIGHEST_BIT, BELOW_P]);
    let mut rng = ChaCha20Rng::seed_from_u64(14);
    let any: Vec<Limbs> = (0..50).map(|_| random(&mut rng)).collect();
    vec![
        ("elements", "limits_q", input(0, &each, &limits)),
        ("elements", "limits_r", input(1, &each, &limits)),
        ("elements", "around_p_q", input(0, &each, &around_p)),
        ("elements", "around_p_r", input(1, &each, &around_p)),
        ("elements", "carries_q", input(0, &turning, &carries)),
        ("elements", "carries_r", input(1, &turning, &carries)),
        ("elements", "sums_q", input(0, &[ADD | TURN; 32], &around_p)),
        ("elements", "differences_r", input(1, &[SUB | TURN; 32], &carries)),
        ("elements", "products_q", input(0, &[MUL | TURN; 32], &limits)),
        ("elements", "any_q", input(0, &turning, &any)),
        ("elements", "any_r", input(1, &turning, &any)),
        ("elements", "of_no_pair", vec![0, 4, MUL, ADD, SUB, SQUARE_LESS]),
    ]
}

/// Numbers of equal limbs but for one, at each place.
fn alone(all: &[u8], one: &[u8]) -> Vec<Limbs> {
    let each = all.iter().flat_map(|all| one.iter().map(move |one| (*all, *one)));
    let placed = each.flat_map(|(all, one)| {
        (0..5).map(move |place| (0..5).map(|limb| if limb == place { one } else { all }).collect())
    });
    let mut numbers: Vec<Limbs> = placed.collect();
    numbers.extend(all.iter().map(|all| vec![*all; 5]));
    numbers
}

fn random(rng: &mut ChaCha20Rng) -> Limbs {
    let mut limbs = Vec::new();
    for _ in 0..5 {
        let mut bytes = [0; 7];
        rng.fill_bytes(&mut bytes);
        limbs.push(BYTES);
        limbs.extend(bytes);
    }
    limbs
}

/// Each number with itself, and with others of which it is the first and the second; in the form of each path, and as it is.
fn input(field: u8, operations: &[u8], numbers: &[Limbs]) -> Vec<u8> {
    let mut input = vec![field, u8::try_from(operations.len()).unwrap()];
    input.extend(operations);
    for (index, number) in numbers.iter().enumerate() {
        for form in 0..3 {
            let other = &numbers[(index + [0, 1, 17][usize::from(form)]) % numbers.len()];
            // Another form of the second, whose sign is turned for some.
            for (form, number) in [(form, number), ((form + index as u8) % 8, other)] {
                input.push(form);
                input.extend(number);
            }
        }
    }
    input
}
