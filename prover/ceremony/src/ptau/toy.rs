//! Powers of tau of one machine, for tests and demonstrations.

use std::io::Write;

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{FftField, Field, UniformRand, batch_inversion};
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;
use zksensor_engine::FixedBase;
use zksensor_model::field::Fr;

use super::{ALPHA_G1, BETA_G1, BETA_G2, CONTRIBUTIONS, HEADER, PREPARED, TAU_G1, TAU_G2};
use crate::combine::by_powers;
use crate::error::CeremonyError;
use crate::r1cs::modulus;
use crate::sections::{Format, begin, put_points, put_section};

/// Writes powers of tau that are a toy: whoever made them knows tau. They are prepared, and list no contribution, by which they are known
/// everywhere: a key of them stays INSECURE.
///
/// # Errors
/// [`CeremonyError::Powers`] for a power of 0 or above 20; [`CeremonyError::System`] if the writer fails.
pub fn toy_ptau<R: RngCore + CryptoRng + ?Sized>(
    power: u32,
    rng: &mut R,
    mut writer: impl Write,
) -> Result<(), CeremonyError> {
    const MOST: u32 = 20;
    if !(1..=MOST).contains(&power) {
        return Err(CeremonyError::Powers { wanted: power, got: MOST });
    }
    let count = 1usize << power;
    let [tau, alpha, beta] = [(); 3].map(|()| Zeroizing::new(Fr::rand(rng)));
    let times = |first: Fr, count: usize| {
        let mut values = Zeroizing::new(vec![first; count]);
        by_powers(&mut values, *tau);
        values
    };
    let g1 = FixedBase::new(G1Affine::generator(), 12 * count);
    let g2 = FixedBase::new(G2Affine::generator(), 3 * count);
    let mut header = modulus::<Fq>();
    [power, power].iter().for_each(|power| header.extend_from_slice(&power.to_le_bytes()));
    begin(&mut writer, Format::Ptau, 11)?;
    put_section(&mut writer, HEADER, &header)?;
    put_points(&mut writer, TAU_G1, &g1.multiples(&times(Fr::from(1u64), 2 * count - 1)))?;
    put_points(&mut writer, TAU_G2, &g2.multiples(&times(Fr::from(1u64), count)))?;
    put_points(&mut writer, ALPHA_G1, &g1.multiples(&times(*alpha, count)))?;
    put_points(&mut writer, BETA_G1, &g1.multiples(&times(*beta, count)))?;
    put_points(&mut writer, BETA_G2, &g2.multiples(&[*beta]))?;
    put_section(&mut writer, CONTRIBUTIONS, &0u32.to_le_bytes())?;
    let mut rows = lagrange(&tau, power);
    let by = |factor: &Fr| Zeroizing::new(rows.iter().map(|value| *value * factor).collect::<Vec<Fr>>());
    let [by_alpha, by_beta] = [by(&alpha), by(&beta)];
    let of_g2 = g2.multiples(&rows);
    rows.extend_from_slice(&doubled(&tau, power + 1));
    put_points(&mut writer, TAU_G1 + PREPARED, &g1.multiples(&rows))?;
    put_points(&mut writer, TAU_G2 + PREPARED, &of_g2)?;
    put_points(&mut writer, ALPHA_G1 + PREPARED, &g1.multiples(&by_alpha))?;
    put_points(&mut writer, BETA_G1 + PREPARED, &g1.multiples(&by_beta))?;
    Ok(writer.flush()?)
}

/// The Lagrange polynomials of every size up to 2^most at a point, one size behind the other.
fn lagrange(at: &Fr, most: u32) -> Zeroizing<Vec<Fr>> {
    // Not to be moved while it grows, nor when those of one size more come behind.
    let mut values = Zeroizing::new(Vec::with_capacity(4 << most));
    for power in 0..=most {
        values.extend_from_slice(&of_size(at, power));
    }
    values
}

/// Those of size n = 2^power: w^i (x^n - 1) / (n (x - w^i)), with w the root of unity of order n.
fn of_size(at: &Fr, power: u32) -> Zeroizing<Vec<Fr>> {
    let size = 1usize << power;
    let roots = roots(size);
    let mut values: Zeroizing<Vec<Fr>> = Zeroizing::new(roots.iter().map(|root| *at - root).collect());
    batch_inversion(&mut values);
    let factor = (at.pow([size as u64]) - Fr::from(1u64)) / Fr::from(size as u64);
    values.iter_mut().zip(&roots).for_each(|(value, root)| *value *= factor * root);
    values
}

/// Those of size n = 2^power, without the power n - 1, of which circom's tools have no point: w^-(i (n - 1)) = w^i of its coefficient.
fn doubled(at: &Fr, power: u32) -> Zeroizing<Vec<Fr>> {
    let size = 1usize << power;
    let mut values = of_size(at, power);
    let last = at.pow([size as u64 - 1]) / Fr::from(size as u64);
    values.iter_mut().zip(roots(size)).for_each(|(value, root)| *value -= last * root);
    values
}

fn roots(size: usize) -> Vec<Fr> {
    let mut roots = vec![Fr::from(1u64); size];
    by_powers(&mut roots, Fr::get_root_of_unity(size as u64).expect("the power is below that of the field"));
    roots
}
