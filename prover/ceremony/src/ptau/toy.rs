//! Powers of tau of one machine, for tests and demonstrations.

use std::io::Write;

use ark_bn254::{Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::UniformRand;
use rand::{CryptoRng, RngCore};
use zeroize::Zeroizing;
use zksensor_engine::FixedBase;
use zksensor_model::field::Fr;

use super::{ALPHA_G1, BETA_G1, BETA_G2, CONTRIBUTIONS, HEADER, TAU_G1, TAU_G2};
use crate::combine::by_powers;
use crate::error::CeremonyError;
use crate::r1cs::modulus;
use crate::sections::{Format, begin, put_points, put_section};

/// Writes powers of tau that are a toy: whoever made them knows tau. They are not prepared, and list no contribution, by which they are known
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
    let g1 = FixedBase::new(G1Affine::generator(), 4 * count);
    let g2 = FixedBase::new(G2Affine::generator(), count);
    let mut header = modulus::<Fq>();
    [power, power].iter().for_each(|power| header.extend_from_slice(&power.to_le_bytes()));
    begin(&mut writer, Format::Ptau, 7)?;
    put_section(&mut writer, HEADER, &header)?;
    put_points(&mut writer, TAU_G1, &g1.multiples(&times(Fr::from(1u64), 2 * count - 1)))?;
    put_points(&mut writer, TAU_G2, &g2.multiples(&times(Fr::from(1u64), count)))?;
    put_points(&mut writer, ALPHA_G1, &g1.multiples(&times(*alpha, count)))?;
    put_points(&mut writer, BETA_G1, &g1.multiples(&times(*beta, count)))?;
    put_points(&mut writer, BETA_G2, &g2.multiples(&[*beta]))?;
    put_section(&mut writer, CONTRIBUTIONS, &0u32.to_le_bytes())?;
    Ok(writer.flush()?)
}
