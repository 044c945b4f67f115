//! Every operation of both machines, on packed words at the limits of what they may be, against integers.
#![allow(clippy::unwrap_used, reason = "tests")]

mod moves;

use ark_bn254::{Fq, Fr};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use num_bigint::BigUint;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::machine::{Line, Machine, Work};
use super::modulus::{Modulus, Words};
use super::portable::Portable;

/// A machine and what its packed words may be.
pub(super) struct Tested<M> {
    machine: M,
    /// The bits of R.
    bits: u32,
    /// Whether words may go up to 2^255 + p, or only up to 2p.
    loose: bool,
}

impl<M: Machine> Tested<M> {
    fn bound<P: Modulus>(&self) -> BigUint {
        let p = integer(&P::P);
        if self.loose { (BigUint::from(1u8) << 255) + p + (BigUint::from(1u8) << 216) } else { p * 2u8 }
    }
}

pub(crate) fn integer(words: &Words) -> BigUint {
    BigUint::from_slice(&words.iter().flat_map(|w| [*w as u32, (w >> 32) as u32]).collect::<Vec<_>>())
}

pub(crate) fn words(value: &BigUint) -> Words {
    let digits = value.to_u64_digits();
    assert!(digits.len() <= 4, "{value} has more than 256 bits");
    std::array::from_fn(|index| digits.get(index).copied().unwrap_or(0))
}

/// What arithmetic gets wrong: around multiples of p and around the bound; each limb of 52 and of 64 bits alone at its limits, and
/// alone not.
pub(crate) fn edges(p: &BigUint, bound: &BigUint) -> Vec<BigUint> {
    let one = BigUint::from(1u8);
    let mut edges = vec![BigUint::ZERO, one.clone(), BigUint::from(2u8)];
    for multiple in 1u8..4 {
        let multiple = p * multiple;
        edges.extend([&multiple - 1u8, multiple.clone(), &multiple + 1u8]);
    }
    for bits in [252, 253, 254, 255] {
        edges.extend([(&one << bits) - 1u8, &one << bits]);
    }
    let top = bound - 1u8;
    edges.extend([top.clone(), &top - 1u8, (&top >> 208) << 208u8, ((&top >> 208) << 208) - 1u8]);
    for width in [52u32, 64] {
        let ones = (&one << width) - 1u8;
        for limb in 0..256 / width {
            let alone = &ones << (limb * width);
            edges.extend([alone.clone(), &one << (limb * width), &one << (limb * width + width - 1)]);
            if limb * width + width <= 250 {
                let below = (&one << 250) - 1u8;
                edges.push(&below - &alone);
            }
        }
    }
    edges.retain(|edge| edge < bound);
    edges.sort();
    edges.dedup();
    edges
}

/// Three operands and what every operation makes of them.
struct All<'a, P> {
    operands: [&'a [Words]; 4],
    modulus: std::marker::PhantomData<P>,
}

const OPERATIONS: usize = 13;

impl<M: Machine, P: Modulus> Work<M> for All<'_, P> {
    type Output = Vec<[Words; OPERATIONS]>;

    #[inline(always)]
    fn on(self, machine: M) -> Self::Output {
        let count = self.operands[0].len();
        let mut results = vec![[[0; 4]; OPERATIONS]; count];
        let each: Vec<u32> = (0..count as u32).collect();
        let twice: Vec<u32> = each.iter().map(|index| 2 * index).collect();
        let table = |operand: usize| -> Vec<Line> {
            self.operands[operand].iter().map(|words| Line([*words, self.operands[3][0]])).collect()
        };
        let tables = [table(0), table(1), table(2), table(3)];
        let mut out = vec![Line::ZERO; count];
        for first in (0..count).step_by(M::LANES) {
            let indices = &twice[first..first + M::LANES];
            let places = &each[first..first + M::LANES];
            let [a, _] = machine.gather::<P>(&tables[0], indices, 1, 0);
            let [b, _] = machine.gather::<P>(&tables[1], indices, 1, 0);
            let [c, _] = machine.gather::<P>(&tables[2], indices, 1, 0);
            let [d, _] = machine.gather::<P>(&tables[3], indices, 1, 0);
            let [low, high] = machine.mul2([a, b], [c, d]);
            let [low_less, high_less] = machine.mul2_sub([a, b], [c, d], [b, c]);
            let [plus, minus] = machine.butterfly(a, b, c);
            let results_of = [
                machine.add(a, b),
                machine.sub(a, b),
                machine.neg(a),
                machine.mul(a, b),
                machine.square(a),
                machine.mul_sub(a, b, c),
                machine.square_minus(a, b, c),
                machine.mul_minus(a, b, c, d),
                low,
                high,
                machine.sub(machine.add(low_less, b), machine.sub(high_less, low_less)),
                plus,
                minus,
            ];
            for (operation, result) in results_of.into_iter().enumerate() {
                machine.scatter([result, result], &mut out, places, 1, 0);
                for index in first..first + M::LANES {
                    assert_eq!(out[index].0[0], out[index].0[1]);
                    results[index][operation] = out[index].0[0];
                }
            }
        }
        results
    }
}

/// Runs every operation on the quadruples, and compares with integers modulo p.
fn compare<P: Modulus, M: Machine>(tested: &Tested<M>, quadruples: &[[Words; 4]]) {
    let mut padded = quadruples.to_vec();
    while !padded.len().is_multiple_of(M::LANES) {
        padded.push(*padded.last().unwrap());
    }
    let operands: [Vec<Words>; 4] =
        std::array::from_fn(|operand| padded.iter().map(|quadruple| quadruple[operand]).collect());
    let results = tested.machine.run(All::<P> {
        operands: [&operands[0], &operands[1], &operands[2], &operands[3]],
        modulus: std::marker::PhantomData,
    });
    let (p, bound) = (integer(&P::P), tested.bound::<P>());
    let inverse = (BigUint::from(1u8) << tested.bits).modinv(&p).unwrap();
    for (quadruple, results) in padded.iter().zip(results) {
        let [a, b, c, d] = quadruple.map(|words| integer(&words) % &p);
        let mul = |x: &BigUint, y: &BigUint| x * y % &p * &inverse % &p;
        let sub = |x: &BigUint, y: &BigUint| ((x % &p) + &p - (y % &p)) % &p;
        let (low, high) = (sub(&mul(&a, &c), &mul(&b, &d)), (mul(&a, &d) + mul(&b, &c)) % &p);
        let (low_less, high_less) = (sub(&low, &b), sub(&high, &c));
        let wanted: [BigUint; OPERATIONS] = [
            (&a + &b) % &p,
            sub(&a, &b),
            sub(&BigUint::ZERO, &a),
            mul(&a, &b),
            mul(&a, &a),
            sub(&mul(&a, &b), &c),
            sub(&mul(&a, &a), &(&b + &b + &c)),
            sub(&mul(&a, &b), &(&c + &c + &d)),
            low,
            high,
            sub(&(&low_less + &b), &sub(&high_less, &low_less)),
            (&a + mul(&b, &c)) % &p,
            sub(&a, &mul(&b, &c)),
        ];
        for (operation, (result, wanted)) in results.iter().zip(&wanted).enumerate() {
            let result = integer(result);
            assert!(result < bound, "operation {operation} of {quadruple:x?} leaves the bound: {result:x}");
            assert_eq!(&(result % &p), wanted, "operation {operation} of {quadruple:x?}");
        }
    }
}

/// All pairs of edges as first and second operands, in either order, with the others at an edge, too.
fn edges_of<P: Modulus, M: Machine>(tested: &Tested<M>) {
    let edges = edges(&integer(&P::P), &tested.bound::<P>());
    let edges: Vec<Words> = edges.iter().map(words).collect();
    assert!(edges.len() > 30, "{} edges", edges.len());
    let mut quadruples = Vec::new();
    for (first, a) in edges.iter().enumerate() {
        for (second, b) in edges.iter().enumerate() {
            let other = |step: usize| edges[(first * step + second) % edges.len()];
            quadruples.push([*a, *b, other(7), other(11)]);
            quadruples.push([*a, *b, *edges.last().unwrap(), *edges.last().unwrap()]);
            quadruples.push([*a, other(5), *b, other(3)]);
        }
    }
    compare::<P, M>(tested, &quadruples);
}

/// Random words below the bound, and among them runs of ones and of zeros.
fn random_of<P: Modulus, M: Machine>(tested: &Tested<M>) {
    let mut rng = ChaCha20Rng::seed_from_u64(u64::from(tested.bits));
    let bound = tested.bound::<P>();
    let mut random = || {
        let mut words: Words = std::array::from_fn(|_| rng.next_u64());
        for word in &mut words {
            match rng.next_u32() % 8 {
                0 => *word = 0,
                1 => *word = u64::MAX,
                2 => *word <<= rng.next_u32() % 64,
                _ => {}
            }
        }
        self::words(&(integer(&words) % &bound))
    };
    let quadruples: Vec<[Words; 4]> = (0..20_000).map(|_| std::array::from_fn(|_| random())).collect();
    compare::<P, M>(tested, &quadruples);
}

fn portable() -> Tested<Portable> {
    Tested { machine: Portable::new(), bits: 256, loose: false }
}

#[cfg(target_arch = "x86_64")]
fn ifma() -> Option<Tested<super::ifma::Ifma>> {
    super::ifma::Ifma::detect().map(|machine| Tested { machine, bits: 260, loose: true })
}

#[test]
fn operations_at_the_limits_are_those_of_integers() {
    edges_of::<Fq, _>(&portable());
    edges_of::<Fr, _>(&portable());
    #[cfg(target_arch = "x86_64")]
    if let Some(ifma) = ifma() {
        edges_of::<Fq, _>(&ifma);
        edges_of::<Fr, _>(&ifma);
    }
}

#[test]
fn operations_on_random_words_are_those_of_integers() {
    random_of::<Fq, _>(&portable());
    random_of::<Fr, _>(&portable());
    #[cfg(target_arch = "x86_64")]
    if let Some(ifma) = ifma() {
        random_of::<Fq, _>(&ifma);
        random_of::<Fr, _>(&ifma);
    }
}

/// What `zeros` says of each lane, of all that is congruent to zero and of what is next to it.
struct Zeros<'a, P>(&'a [Words], std::marker::PhantomData<P>);

impl<M: Machine, P: Modulus> Work<M> for Zeros<'_, P> {
    type Output = Vec<bool>;

    fn on(self, machine: M) -> Vec<bool> {
        let lines: Vec<Line> = self.0.iter().map(|words| Line([*words; 2])).collect();
        let mut all = Vec::new();
        for index in 0..lines.len() as u32 {
            // In each lane once, with a neighbour in the others.
            for lane in 0..M::LANES {
                let mut indices = vec![2 * ((index + 1) % lines.len() as u32); M::LANES];
                indices[lane] = 2 * index;
                let [vector, _] = machine.gather::<P>(&lines, &indices, 1, 0);
                let zero = machine.zeros(vector) >> lane & 1 == 1;
                // And chosen lanes come from the other.
                let other = machine.constant(P::ONE);
                let chosen = machine.select(1 << lane, vector, other);
                assert_eq!(machine.zeros(chosen) >> lane & 1, 0, "one is not zero");
                let chosen = machine.select(!(1 << lane), vector, other);
                assert_eq!(machine.zeros(chosen) >> lane & 1 == 1, zero);
                if lane == 0 {
                    all.push(zero);
                } else {
                    assert_eq!(*all.last().unwrap(), zero, "lane {lane} of {index}");
                }
            }
        }
        all
    }
}

fn zeros_of<P: Modulus, M: Machine>(tested: &Tested<M>) {
    let p = integer(&P::P);
    let edges = edges(&p, &tested.bound::<P>());
    let all: Vec<Words> = edges.iter().map(words).collect();
    let found = tested.machine.run(Zeros::<P>(&all, std::marker::PhantomData));
    for (edge, found) in edges.iter().zip(found) {
        assert_eq!(found, edge % &p == BigUint::ZERO, "{edge:x}");
    }
}

#[test]
fn zeros_are_the_multiples_of_the_modulus() {
    zeros_of::<Fq, _>(&portable());
    zeros_of::<Fr, _>(&portable());
    #[cfg(target_arch = "x86_64")]
    if let Some(ifma) = ifma() {
        zeros_of::<Fq, _>(&ifma);
        zeros_of::<Fr, _>(&ifma);
    }
}

/// Elements of arkworks, edges among them.
pub(crate) fn element<P: Modulus>() -> impl Strategy<Value = P> {
    prop_oneof![
        4 => any::<u64>().prop_map(|seed| P::rand(&mut ChaCha20Rng::seed_from_u64(seed))),
        1 => Just(P::ZERO),
        1 => Just(P::ONE),
        1 => Just(-P::ONE),
        1 => any::<u64>().prop_map(P::from),
        1 => (0u32..254).prop_map(|bits| P::from(2u64).pow([u64::from(bits)])),
        1 => (0u32..254).prop_map(|bits| -P::from(2u64).pow([u64::from(bits)])),
    ]
}

fn agrees_with_ark<P: Modulus>(a: &[P], b: &[P]) {
    use crate::{Elements, Kernel};
    for kernel in Kernel::all() {
        let enter = |values: &[P]| Elements::enter(kernel, values);
        assert_eq!(enter(a).leave(), a, "{kernel}");
        let of = |operation: fn(&mut Elements<P>, &Elements<P>)| {
            let mut left = enter(a);
            operation(&mut left, &enter(b));
            left.leave()
        };
        let each = |operation: fn(P, P) -> P| -> Vec<P> {
            a.iter().zip(b).map(|(a, b)| operation(*a, *b)).collect()
        };
        assert_eq!(of(Elements::mul), each(|a, b| a * b), "{kernel}");
        assert_eq!(of(Elements::add), each(|a, b| a + b), "{kernel}");
        assert_eq!(of(Elements::sub), each(|a, b| a - b), "{kernel}");
        assert_eq!(of(Elements::square_less), each(|a, b| a.square() - b.double() - b), "{kernel}");
    }
}

proptest! {
    #[test]
    fn elements_agree_with_ark_in_fq(pairs in prop::collection::vec((element::<Fq>(), element::<Fq>()), 0..40)) {
        let (a, b): (Vec<Fq>, Vec<Fq>) = pairs.into_iter().unzip();
        agrees_with_ark(&a, &b);
    }

    #[test]
    fn elements_agree_with_ark_in_fr(pairs in prop::collection::vec((element::<Fr>(), element::<Fr>()), 0..40)) {
        let (a, b): (Vec<Fr>, Vec<Fr>) = pairs.into_iter().unzip();
        agrees_with_ark(&a, &b);
    }
}

/// A long chain, in which an error that is rare has many chances, and every value depends on all before it.
#[test]
fn a_chain_of_a_hundred_thousand_operations_is_arks() {
    use crate::{Elements, Kernel};
    for kernel in Kernel::all() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let mut values: Vec<Fq> = (0..16).map(|_| Fq::rand(&mut rng)).collect();
        let others: Vec<Fq> = (0..16).map(|_| Fq::rand(&mut rng)).collect();
        let (mut chain, fixed) = (Elements::enter(kernel, &values), Elements::enter(kernel, &others));
        for _ in 0..2_000 {
            chain.mul(&fixed);
            chain.add(&fixed);
            chain.square_less(&fixed);
            chain.sub(&fixed);
            for (value, other) in values.iter_mut().zip(&others) {
                let next = *value * other + other;
                *value = next.square() - other.double() - other - other;
            }
        }
        assert_eq!(chain.leave(), values, "{kernel}");
    }
}
