//! What a verifier knows of tables: one constraint system, and domains of as many rows as a key says.

use std::collections::HashMap;

use halo2_proofs::halo2curves::bn256::Fr as Scalar;
use halo2_proofs::halo2curves::ff::{PrimeField as _, WithSmallOrderMulGroup as _};
use halo2_proofs::plonk::ConstraintSystem;
use halo2_proofs::poly::EvaluationDomain;
use zksensor_plonkish_table::{Columns, LEAST_K, MOST_K};

use crate::bytes::{G1_BYTES, WORD, word};
use crate::error::KeyError;

/// Gates, copies and the lookup of every table.
pub(crate) fn system() -> ConstraintSystem<Scalar> {
    let mut system = ConstraintSystem::default();
    Columns::configure(&mut system);
    system
}

/// Whether a table can have 2^k rows.
pub(crate) fn check_rows(k: u8) -> Result<(), KeyError> {
    match (LEAST_K..=MOST_K).contains(&k.into()) {
        true => Ok(()),
        false => Err(KeyError::Rows { least: LEAST_K, most: MOST_K, got: k }),
    }
}

/// The domain that a verifier evaluates in. What a prover transforms with is left out, of which halo2 would compute and hold hundreds of bytes
/// for each row.
pub(crate) fn domain(k: u8, system: &ConstraintSystem<Scalar>) -> EvaluationDomain<Scalar> {
    let quotients = system.degree() as u64 - 1;
    let (k, n) = (u32::from(k), 1u64 << k);
    let extended_k = k + quotients.next_power_of_two().ilog2();
    let root = |k: u32| (k..Scalar::S).fold(Scalar::ROOT_OF_UNITY, |root, _| root.square());
    let inverse = |value: Scalar| value.invert().expect("roots of unity and powers of two are not zero");
    let (omega, extended_omega) = (root(k), root(extended_k));
    EvaluationDomain {
        n,
        k,
        extended_k,
        omega,
        omega_inv: inverse(omega),
        extended_omega,
        extended_omega_inv: inverse(extended_omega),
        g_coset: Scalar::ZETA,
        g_coset_inv: Scalar::ZETA.square(),
        quotient_poly_degree: quotients,
        ifft_divisor: inverse(Scalar::from(n)),
        extended_ifft_divisor: inverse(Scalar::from(1 << extended_k)),
        t_evaluations: Vec::new(),
        barycentric_weight: inverse(Scalar::from(n)),
        fft_data: HashMap::new(),
    }
}

/// Bytes of a proof: what the argument writes, in its order.
pub(crate) fn proof_bytes(system: &ConstraintSystem<Scalar>) -> usize {
    let (lookups, degree) = (system.lookups().len(), system.degree());
    let copied = system.permutation().get_columns().len();
    let products = copied.div_ceil(degree - 2);
    // advice; permuted input and table, and the product, of lookups; products of copies; one at random; the quotient; the openings
    let points = system.num_advice_columns() + 3 * lookups + products + 1 + (degree - 1) + 2;
    // columns where gates read them; the random one; copies, where products are read at 3 rows, and the last of them at 2; lookups
    let numbers = system.advice_queries().len()
        + system.fixed_queries().len()
        + 1
        + copied
        + (3 * products).saturating_sub(1)
        + 5 * lookups;
    points * G1_BYTES + numbers * WORD
}

/// The rows of a table of 2^k as a contract computes with them, 32 bytes each, big-endian: the root of unity of order 2^k, its inverse,
/// and 1 / 2^k.
pub fn rows(k: u8) -> [[u8; WORD]; 3] {
    let domain = domain(k, &system());
    [domain.omega, domain.omega_inv, domain.ifft_divisor].map(|value| word(&value))
}
