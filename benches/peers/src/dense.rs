//! `dense`: chains of products, whose every value is an element of full size.
//!
//! A circuit of readings has many bits, which cost a prover little: it leaves zeros out, and adds the points of ones. Here is nothing
//! to be left out. A chain begins with four free elements; with the coefficients of its row, each further element z is
//!
//! ```text
//! (a0 z[-1] + a1 z[-2] + a2 z[-4]) (b0 z[-1] + b1 z[-3] + b2 z[-4]) = z + c z[-2]
//! ```
//!
//! so that (almost) every column is in A, B and C. The rows of all chains but the last are the same, which is a block that is compiled
//! once; as many rows as still fit are one chain more, outside of blocks.
//!
//! | rule | name |
//! |---|---|
//! | D1 | the last elements of the chains add up to the public input |

use std::fmt;
use std::sync::Arc;

use ark_ff::{AdditiveGroup, UniformRand};
use rand::RngCore;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_circuits::gadgets::{Gadgets, Port, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;

use crate::PeerError;

/// D1.
const SUM: Rule = Rule::own(1, "D1 sum");
/// Rows of a chain.
const CHAIN: usize = 126;
/// Rows that the evaluation domain has beside those of the circuit: one for the constant, one for the public input.
const BESIDE: usize = 2;
/// Free elements of a chain.
const FREE: usize = 4;
/// Two chains, and the row of D1.
const LEAST_BITS: u32 = 8;
/// What 64 GB still prove.
const MOST_BITS: u32 = 24;

zksensor_model::public_inputs! {
    /// What `dense` makes public.
    pub struct DenseInputs, DenseVars {
        /// The sum of the last elements.
        sum: Element = element as "uint256",
    }
}

/// The statement of a size. Its coefficients are the same in every process.
#[derive(Clone)]
pub struct Dense {
    bits: u32,
    coefficients: Arc<[Coefficients]>,
}

/// Those of one row.
struct Coefficients {
    a: [Fr; 3],
    b: [Fr; 3],
    c: Fr,
}

/// The free elements of each chain, that outside of blocks last.
#[derive(Clone)]
pub struct DenseWitness {
    free: Vec<[Fr; FREE]>,
}

/// How many chains there are.
impl fmt::Debug for DenseWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DenseWitness").field("chains", &self.free.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Dense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dense").field("bits", &self.bits).finish_non_exhaustive()
    }
}

impl Dense {
    /// The circuit that fills an evaluation domain of 2^bits.
    ///
    /// # Errors
    /// [`PeerError::Bits`] unless it is of 2^8 to 2^24.
    pub fn new(bits: u32) -> Result<Self, PeerError> {
        if !(LEAST_BITS..=MOST_BITS).contains(&bits) {
            return Err(PeerError::Bits { least: LEAST_BITS, most: MOST_BITS, got: bits });
        }
        let rng = &mut ChaCha20Rng::seed_from_u64(0);
        let mut row = || {
            let mut random = || Fr::rand(rng);
            let mut three = || [random(), random(), random()];
            Coefficients { a: three(), b: three(), c: random() }
        };
        Ok(Dense { bits, coefficients: (0..CHAIN).map(|_| row()).collect() })
    }

    /// Constraints: with those that bind the public input, as many as the domain has rows.
    pub fn rows(&self) -> usize {
        (1 << self.bits) - BESIDE
    }

    /// The exponent of the domain's size.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Chains that are blocks. One row is that of D1.
    fn blocks(&self) -> usize {
        (self.rows() - 1) / CHAIN
    }

    /// Rows of the chain outside of blocks.
    fn rest(&self) -> usize {
        (self.rows() - 1) % CHAIN
    }

    /// A witness of random elements, and what it makes public.
    pub fn random(&self, rng: &mut (impl RngCore + ?Sized)) -> (DenseInputs, DenseWitness) {
        let free = (0..=self.blocks()).map(|_| std::array::from_fn(|_| Fr::rand(rng))).collect();
        let witness = DenseWitness { free };
        (DenseInputs { sum: Element(self.sum(&witness)) }, witness)
    }

    /// The last elements' sum.
    fn sum(&self, witness: &DenseWitness) -> Fr {
        let rows = |chain: usize| if chain < self.blocks() { CHAIN } else { self.rest() };
        let chains = witness.free.iter().enumerate();
        chains.map(|(chain, free)| last(&self.coefficients[..rows(chain)], free)).sum()
    }
}

/// The last element of a chain of so many rows.
fn last(rows: &[Coefficients], free: &[Fr; FREE]) -> Fr {
    let sum = |by: &[Fr; 3], of: [Fr; 3]| by.iter().zip(of).map(|(by, of)| *by * of).sum::<Fr>();
    let [_, _, _, last] = rows.iter().fold(*free, |[fourth, third, second, first], row| {
        let (a, b) = (sum(&row.a, [first, second, fourth]), sum(&row.b, [first, third, fourth]));
        [third, second, first, a * b - row.c * second]
    });
    last
}

impl Claim for Dense {
    type Inputs = DenseInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "dense".into(), version: 1, shape: vec![self.bits] }
    }

    fn rules(&self) -> Vec<Rule> {
        vec![SUM]
    }
}

impl Statement for Dense {
    type Witness = DenseWitness;

    fn check(&self, inputs: &DenseInputs, witness: &DenseWitness) -> Result<(), Violation> {
        let refused = |reason: &'static str| Err(Violation::Own { rule: SUM, reason: reason.into() });
        if witness.free.len() != self.blocks() + 1 {
            return refused("there are not as many chains as the circuit has");
        }
        match self.sum(witness) == inputs.sum.0 {
            true => Ok(()), // D1
            false => refused("the last elements of the chains do not add up to the public input"),
        }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&DenseWitness>,
    ) -> Result<(), SynthesisError> {
        let free = |chain: usize| witness.and_then(|witness| witness.free.get(chain));
        let rows = &self.coefficients;
        let exports = g.repeat("chain", self.blocks(), &[], |g, index, _| {
            Ok(vec![Port::element(&chain(g, rows, free(index))?)])
        })?;
        let rest = chain(g, &rows[..self.rest()], free(self.blocks()))?;

        // D1.
        g.rule(SUM, |g| {
            let of_blocks = exports.iter().flatten().map(Port::var);
            let sum = g.sum(of_blocks.chain([&rest]));
            g.assert_equal(&sum, inputs.sum.var())
        })
    }
}

/// The last element of a chain.
fn chain<G: Gadgets>(
    g: &mut G,
    rows: &[Coefficients],
    free: Option<&[Fr; FREE]>,
) -> Result<G::Var, SynthesisError> {
    let mut first = |index: usize| g.witness("free", free.map(|free| free[index]));
    let mut z = [first(0)?, first(1)?, first(2)?, first(3)?];
    for Coefficients { a, b, c } in rows {
        let [fourth, third, second, first] = &z;
        let left = g.linear(Fr::ZERO, &[(a[0], first), (a[1], second), (a[2], fourth)]);
        let right = g.linear(Fr::ZERO, &[(b[0], first), (b[1], third), (b[2], fourth)]);
        // left * right = next + c second
        let product = |values: &[Fr]| vec![values[0] * values[1] - *c * values[2]];
        let next = g.hint("next", 1, &[&left, &right, second], product)?.swap_remove(0);
        let sum = g.linear(Fr::ZERO, &[(Fr::from(1u64), &next), (*c, second)]);
        g.assert_product(&left, &right, &sum)?;
        let [_, third, second, first] = z;
        z = [third, second, first, next];
    }
    let [_, _, _, last] = z;
    Ok(last)
}

#[cfg(test)]
mod tests {
    use zksensor_circuits::statement::Assignment;
    use zksensor_r1cs::{Sequential, compile};
    use zksensor_testkit::first_unsatisfied;

    use super::*;

    fn claim(bits: u32) -> (Dense, DenseInputs, DenseWitness) {
        let dense = Dense::new(bits).unwrap();
        let (inputs, witness) = dense.random(&mut ChaCha20Rng::seed_from_u64(u64::from(bits)));
        (dense, inputs, witness)
    }

    fn words(inputs: &DenseInputs) -> Vec<Fr> {
        vec![inputs.sum.0]
    }

    #[test]
    fn it_has_the_rows_that_were_asked_for() {
        for bits in LEAST_BITS..=13 {
            let (dense, inputs, witness) = claim(bits);
            let circuit = compile(&dense).unwrap();
            assert_eq!((circuit.constraints(), circuit.publics()), ((1 << bits) - 2, 1), "2^{bits}");
            let full = circuit.assign(&dense, &words(&inputs), &witness, &Sequential, None).unwrap();
            assert_eq!(circuit.first_unsatisfied(&full), None, "2^{bits}");
        }
        for bits in [0, LEAST_BITS - 1, MOST_BITS + 1, u32::MAX] {
            let message = Dense::new(bits).unwrap_err().to_string();
            assert_eq!(message, format!("expected a dense circuit of 2^8 to 2^24 rows, got 2^{bits}"));
        }
    }

    #[test]
    fn no_value_is_small_and_almost_every_column_is_everywhere() {
        let (dense, inputs, witness) = claim(12);
        let circuit = compile(&dense).unwrap();
        let full = circuit.assign(&dense, &words(&inputs), &witness, &Sequential, None).unwrap();
        let small = full[1..].iter().filter(|value| zksensor_model::field::to_u128(value).is_some()).count();
        assert_eq!(small, 0);
        let mut seen = [(); 3].map(|()| vec![false; circuit.columns()]);
        for view in circuit.segments() {
            let sides = [&view.segment.a, &view.segment.b, &view.segment.c];
            for (seen, rows) in seen.iter_mut().zip(sides) {
                let entries = (0..rows.len()).flat_map(|row| rows.row(row));
                entries.for_each(|(_, column)| seen[view.global(*column)] = true);
            }
        }
        for side in seen {
            let share = side.iter().filter(|seen| **seen).count() as f64 / side.len() as f64;
            assert!(share > 0.95, "{share}");
        }
    }

    /// Every free element and every public input is tied: whichever is another one, check and circuit refuse.
    #[test]
    fn check_and_circuit_refuse_alike() {
        let (dense, inputs, witness) = claim(8);
        assert!(Assignment::new(&dense, inputs, &witness).is_ok());
        let refused = |inputs: DenseInputs, witness: &DenseWitness| {
            let found = first_unsatisfied(&dense, &words(&inputs), witness).unwrap().unwrap();
            assert_eq!(found.rule(), Some(SUM));
            let message = Assignment::new(&dense, inputs, witness).unwrap_err().to_string();
            assert!(message.starts_with("D1: the last elements of the chains do not add up"), "{message}");
        };
        for chain in 0..witness.free.len() {
            for index in 0..FREE {
                let mut other = witness.clone();
                other.free[chain][index] += Fr::from(1u64);
                refused(inputs, &other);
            }
        }
        refused(DenseInputs { sum: Element(inputs.sum.0 + Fr::from(1u64)) }, &witness);
        let mut short = witness;
        short.free.pop();
        let message = Assignment::new(&dense, inputs, &short).unwrap_err().to_string();
        assert!(message.contains("not as many chains"), "{message}");
    }

    /// A column of another value breaks a row: no hint is free.
    #[test]
    fn every_column_is_tied() {
        let (dense, inputs, witness) = claim(9);
        let circuit = compile(&dense).unwrap();
        let mut full = circuit.assign(&dense, &words(&inputs), &witness, &Sequential, None).unwrap();
        for column in 1..full.len() {
            let honest = full[column];
            full[column] += Fr::from(1u64);
            assert!(circuit.first_unsatisfied(&full).is_some(), "column {column}");
            full[column] = honest;
        }
    }
}
