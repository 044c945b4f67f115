//! Carries at their limits: columns that no product of two elements would easily make.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fq, Fr};
use num_bigint::{BigInt, BigUint, Sign};

use super::arithmetic::{self, Limbs};
use super::constants::{self, Constants};
use super::simd::Ifma;
use crate::field::machine::{Line, Machine, Work};
use crate::field::modulus::Modulus;

/// Signed columns of one element, the least first.
type Columns = [i64; 5];

fn value(columns: &Columns) -> BigInt {
    columns.iter().rev().fold(BigInt::ZERO, |sum, column| (sum << 52) + column)
}

/// The same columns in eight lanes and back.
struct Each<F>(Columns, F);

impl<F: Fn(Ifma, Limbs) -> Limbs> Work<Ifma> for Each<F> {
    type Output = Columns;

    fn on(self, machine: Ifma) -> Columns {
        let mut limbs = [machine.zero(); 5];
        for (limb, column) in limbs.iter_mut().zip(self.0) {
            *limb = machine.splat(column as u64);
        }
        let results = (self.1)(machine, limbs);
        let mut columns = [0; 5];
        for (column, result) in columns.iter_mut().zip(results) {
            let mut line = Line::ZERO;
            machine.store(&mut line, result);
            let words: Vec<u64> = line.0.into_iter().flatten().collect();
            assert!(words.iter().all(|word| *word == words[0]), "every lane is the same");
            *column = words[0] as i64;
        }
        columns
    }
}

fn p<P: Modulus>() -> BigInt {
    BigInt::from_biguint(Sign::Plus, crate::field::tests::integer(&P::P))
}

fn bound<P: Modulus>() -> BigInt {
    (BigInt::from(1) << 255) + p::<P>() + (BigInt::from(1) << 216)
}

/// Limbs of 52 bits, of a value within the bound, congruent to what was.
fn assert_reduced<P: Modulus>(before: &BigInt, after: &Columns, what: &Columns) {
    assert!(after.iter().all(|limb| (0..1 << 52).contains(limb)), "{what:x?} gives limbs {after:x?}");
    let after = value(after);
    assert!(after < bound::<P>(), "{what:x?} gives {after:x}, beyond the bound");
    assert_eq!((after - before) % p::<P>(), BigInt::ZERO, "{what:x?}");
}

/// Around each of the limits between two cases, and anywhere within, with lower columns at their limits: whatever these are,
/// the last column makes up for them.
fn reductions<P: Modulus>(machine: Ifma) {
    const MOST: i64 = (1 << 58) - 1;
    let patterns: [[i64; 4]; 9] = [
        [0; 4],
        [MOST; 4],
        [-MOST; 4],
        [MOST, -MOST, MOST, -MOST],
        [-MOST, MOST, -MOST, MOST],
        [0, 0, 0, MOST],
        [0, 0, 0, -MOST],
        [-1, 0, 0, 0],
        [(1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1],
    ];
    let unit = BigInt::from(1) << 255;
    let inside = BigInt::from(1) << 216;
    let (least, most) = (&unit * -5 + &inside, &unit * 3 - &inside);
    let mut seen = 0;
    for case in -5..=3 {
        for part in 0..8 {
            for low in &patterns {
                for step in [-200, -129, -128, -65, -64, -2, -1, 0, 1, 2, 63, 64, 127, 128, 200i64] {
                    let target: BigInt = &unit * case + (&unit >> 3) * part;
                    let low_value = value(&[low[0], low[1], low[2], low[3], 0]);
                    let last: BigInt = ((target - low_value) >> 208) + step;
                    let columns = [low[0], low[1], low[2], low[3], i64::try_from(last).unwrap()];
                    let before = value(&columns);
                    if before < least || before >= most {
                        continue;
                    }
                    seen += 1;
                    let after = machine.run(Each(columns, arithmetic::reduce::<P>));
                    assert_reduced::<P>(&before, &after, &columns);
                    if before.sign() != Sign::Minus {
                        let carried = machine.run(Each(columns, arithmetic::carried));
                        assert!(
                            carried[..4].iter().all(|limb| (0..1 << 52).contains(limb)) && carried[4] >= 0
                        );
                        assert_eq!(value(&carried), before);
                    }
                }
            }
        }
    }
    assert!(seen > 7_000, "{seen}");
}

#[test]
fn columns_at_their_limits_are_reduced() {
    let Some(machine) = Ifma::detect() else { return };
    reductions::<Fq>(machine);
    reductions::<Fr>(machine);
}

/// The proof of `reduce` rests on it.
fn multiples_leave_a_margin<P: Modulus>() {
    for case in -5i64..=2 {
        let multiple = constants::multiple(case, &P::P);
        let rest = (BigInt::from(case) << 255) + p::<P>() * multiple;
        assert!(rest > BigInt::from(1) << 216 && rest <= p::<P>(), "case {case}");
        let table: Columns = std::array::from_fn(|limb| P::MULTIPLES[limb][(case & 7) as usize]);
        assert_eq!(value(&table), p::<P>() * multiple);
    }
}

fn constants_are_right<P: Modulus>() {
    let wide = |limbs: &[u64; 5]| value(&limbs.map(|limb| limb as i64));
    let two_52 = BigInt::from(1) << 52;
    assert_eq!(wide(&P::P_LIMBS), p::<P>());
    assert_eq!((p::<P>() * P::MINUS_INVERSE_52 + 1) % &two_52, BigInt::ZERO);
    assert_eq!(wide(&P::FRIENDLY) * &two_52, p::<P>() * P::MINUS_INVERSE_52 + 1);
    assert!(wide(&P::FRIENDLY) <= p::<P>());
    // What the bounds are computed with.
    let p = p::<P>();
    assert!(
        (BigInt::from(1) << 255) * 10_000 > &p * 26_449 && (BigInt::from(1) << 255) * 10_000 < &p * 26_451
    );
    assert!(&p * 100_000 < BigInt::from(1182) << 260);
}

#[test]
fn constants_are_what_they_are_said_to_be() {
    multiples_leave_a_margin::<Fq>();
    multiples_leave_a_margin::<Fr>();
    constants_are_right::<Fq>();
    constants_are_right::<Fr>();
}

/// Operands for which the low limbs that are folded away are all that is asked for: 0, 1, and all ones, in every combination.
///
/// The other factor is the number 1, so that the product is the operand, and limb i of it is chosen when the limbs before are.
fn folded_limbs<P: Modulus>(machine: Ifma) {
    const MASK: u64 = (1 << 52) - 1;
    let choices = [0, 1, MASK, MASK - 1];
    let modulus = crate::field::tests::integer(&P::P) * P::MINUS_INVERSE_52;
    for combination in 0..choices.len().pow(4) {
        for last in [0, 1, (1u64 << 45) - 1, 1 << 45] {
            let mut operand = BigUint::ZERO;
            // What is left of the operand so far and of the multiples of p, over 2^(52 i).
            let mut rest = BigUint::ZERO;
            for limb in 0..4 {
                let wanted = choices[combination / choices.len().pow(limb) % choices.len()];
                let has = rest.iter_u64_digits().next().unwrap_or(0) & MASK;
                let chosen = wanted.wrapping_sub(has) & MASK;
                operand += BigUint::from(chosen) << (52 * limb);
                rest = (rest + chosen + &modulus * wanted) >> 52;
            }
            operand += BigUint::from(last) << 208;
            let words = crate::field::tests::words(&operand);
            let columns = constants::limbs(&words).map(|limb| limb as i64);
            let after = machine.run(Each(columns, |machine: Ifma, limbs: Limbs| {
                let one = arithmetic::broadcast(machine, &[1, 0, 0, 0]);
                arithmetic::carried(machine, arithmetic::product::<P>(machine, &one, &limbs))
            }));
            let other = machine.run(Each(columns, |machine: Ifma, limbs: Limbs| {
                let one = arithmetic::broadcast(machine, &[1, 0, 0, 0]);
                arithmetic::carried(machine, arithmetic::product::<P>(machine, &limbs, &one))
            }));
            assert_eq!(after, other);
            let scaled = value(&after) << 260;
            assert_reduced::<P>(&value(&after), &after, &columns);
            assert_eq!((scaled - BigInt::from(operand)) % p::<P>(), BigInt::ZERO, "{columns:x?}");
        }
    }
}

#[test]
fn limbs_that_are_folded_away_may_be_anything() {
    let Some(machine) = Ifma::detect() else { return };
    folded_limbs::<Fq>(machine);
    folded_limbs::<Fr>(machine);
}
