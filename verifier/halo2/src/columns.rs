//! The columns of a table: all that a verifier has to know of its gates.

use std::collections::HashMap;

use halo2_base::gates::circuit::{BaseCircuitParams, BaseConfig};
use halo2_base::halo2_proofs::halo2curves::bn256::Fr as Scalar;
use halo2_base::halo2_proofs::halo2curves::ff::{PrimeField as _, WithSmallOrderMulGroup as _};
use halo2_base::halo2_proofs::plonk::ConstraintSystem;
use halo2_base::halo2_proofs::poly::EvaluationDomain;

use crate::bytes::{G1_BYTES, WORD};
use crate::error::KeyError;

/// Rows and columns of halo2-base's vertical gate with one table that ranges are looked up in, and one column of public inputs. Gates,
/// copies and lookups follow from them; which are on in which row is in the commitments of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// There are 2^k rows.
    pub k: u8,
    /// Columns of gates.
    pub gates: u8,
    /// Columns that are looked up. With one column of gates, 1 says that it is looked up itself, by a selector.
    pub lookups: u8,
    /// Columns of constants.
    pub constants: u8,
    /// The table has 2^so many rows; it is only there if something is looked up.
    pub table_bits: u8,
}

impl Columns {
    /// Fewer rows do not hold those that blind.
    const LEAST_K: u8 = 5;
    /// Domains of quotients are up to eight times as large, and the field has roots of unity of order 2^28.
    const MOST_K: u8 = 25;
    /// Of each kind. Each is a commitment and its openings in a proof.
    const MOST: u8 = 32;

    /// As halo2-base has them; `None` if they are none of these tables'.
    pub fn of(params: &BaseCircuitParams) -> Option<Self> {
        let byte = |size: usize| u8::try_from(size).ok();
        let ([gates], [lookups]) =
            (&params.num_advice_per_phase[..], &params.num_lookup_advice_per_phase[..])
        else {
            return None;
        };
        let columns = Columns {
            k: byte(params.k)?,
            gates: byte(*gates)?,
            lookups: byte(*lookups)?,
            constants: byte(params.num_fixed)?,
            table_bits: byte(params.lookup_bits?)?,
        };
        (params.num_instance_columns == 1 && columns.check().is_ok()).then_some(columns)
    }

    /// For halo2-base.
    pub fn params(&self) -> BaseCircuitParams {
        BaseCircuitParams {
            k: self.k.into(),
            num_advice_per_phase: vec![self.gates.into()],
            num_fixed: self.constants.into(),
            num_lookup_advice_per_phase: vec![self.lookups.into()],
            lookup_bits: Some(self.table_bits.into()),
            num_instance_columns: 1,
        }
    }

    /// Whether the library can be asked for such a table without a panic.
    pub(crate) fn check(&self) -> Result<(), KeyError> {
        let Columns { k, gates, lookups, constants, table_bits } = *self;
        let bounds = [
            ("binary logarithm of its rows", k, Self::LEAST_K, Self::MOST_K),
            ("number of columns of gates", gates, 1, Self::MOST),
            ("number of columns of lookups", lookups, 0, if gates == 1 { 1 } else { Self::MOST }),
            ("number of columns of constants", constants, 0, Self::MOST),
            ("binary logarithm of rows of its table", table_bits, 1, k.saturating_sub(1)),
        ];
        match bounds.into_iter().find(|(_, got, least, most)| got < least || got > most) {
            Some((what, got, least, most)) => Err(KeyError::Columns { what, least, most, got }),
            None => Ok(()),
        }
    }

    /// Gates, copies and lookups, selectors as columns of constants: as keys are made here.
    pub(crate) fn system(&self) -> ConstraintSystem<Scalar> {
        let mut system = ConstraintSystem::default();
        BaseConfig::configure(&mut system, self.params());
        let selectors = vec![Vec::new(); system.num_selectors()];
        system.directly_convert_selectors_to_fixed(selectors).0
    }

    /// The domain that a verifier evaluates in. What a prover transforms with is left out, of which halo2 would compute and hold hundreds of bytes
    /// for each row.
    pub(crate) fn domain(&self, system: &ConstraintSystem<Scalar>) -> EvaluationDomain<Scalar> {
        let quotients = system.degree() as u64 - 1;
        let (k, n) = (u32::from(self.k), 1u64 << self.k);
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
}
