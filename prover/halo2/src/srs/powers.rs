//! Parameters of powers that others made: those of a ceremony.

use halo2_proofs::halo2curves::bn256::{Fq, Fq2, G1Affine, G2Affine};
use zksensor_model::ark_bn254;
use zksensor_model::ark_ff::PrimeField as _;
use zksensor_verifier_halo2::{PointError, parameters_of_powers, put_g1, put_g2, read_g1, read_g2};

use super::{Srs, encoding, structure};
use crate::error::SrsError;

impl Srs {
    /// Parameters of s^i G1, 2^k of them from the generator on, and s G2, such as those of a `.ptau`. The Lagrange polynomials are made of
    /// them. Every point is checked, and that the powers are those of one secret.
    ///
    /// # Security
    /// No check tells who knows the secret: `insecure` is what the caller says. Say `false` only of powers of a ceremony whose file was held
    /// against a digest that its makers published.
    ///
    /// # Errors
    /// [`SrsError::Rows`] for a number of powers that no table has, [`SrsError::Point`] and [`SrsError::Structure`] for what are not powers.
    pub fn of_powers(
        powers: &[ark_bn254::G1Affine],
        s_g2: &ark_bn254::G2Affine,
        insecure: bool,
    ) -> Result<Self, SrsError> {
        let k = match powers.len() {
            rows if rows.is_power_of_two() => rows.ilog2() as u8,
            _ => 0,
        };
        encoding::check_rows(k)?;
        let at = |index| move |reason: PointError| SrsError::Point { index, reason };
        let mut bytes = Vec::new();
        let mut checked = Vec::with_capacity(powers.len());
        for (index, point) in powers.iter().enumerate() {
            bytes.clear();
            put_g1(&mut bytes, &to_g1(point));
            checked.push(read_g1(bytes[..].try_into().expect("a point of G1")).map_err(at(index))?);
        }
        bytes.clear();
        put_g2(&mut bytes, &to_g2(s_g2));
        let s_g2 = read_g2(bytes[..].try_into().expect("a point of G2")).map_err(at(2 * powers.len()))?;
        let srs = encoding::sealed(parameters_of_powers(k.into(), checked, s_g2), insecure);
        structure::check(&srs.params, srs.digest)?;
        Ok(srs)
    }
}

/// The point of halo2's curve; the identity has zeros.
pub(super) fn to_g1(point: &ark_bn254::G1Affine) -> G1Affine {
    G1Affine { x: coordinate(&point.x), y: coordinate(&point.y) }
}

fn to_g2(point: &ark_bn254::G2Affine) -> G2Affine {
    let pair = |value: &ark_bn254::Fq2| Fq2 { c0: coordinate(&value.c0), c1: coordinate(&value.c1) };
    G2Affine { x: pair(&point.x), y: pair(&point.y) }
}

fn coordinate(value: &ark_bn254::Fq) -> Fq {
    Fq::from_raw(value.into_bigint().0)
}
