//! Keys of ours out of a ceremony that holds.
//!
//! A key of circom's has H_i = L_i(tau) / delta, with L_i the Lagrange polynomials of twice the domain at the points x_i = v w^i that are not of it
//! (v a root of unity of twice the order). For f of a degree below n, f Z vanishes on the domain and is -2 f(x_i) at x_i, as Z is -2 there. So
//! the sum of -2 x_i^j H_i is tau^j Z(tau) / delta, the H of arkworks: n values of a transform, of which [`ProvingKey::of_ceremony`] makes ours.

use std::io::{Read, Seek};

use ark_bn254::{Bn254, G1Affine, G1Projective};
use ark_ec::AffineRepr;
use ark_ff::FftField;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zksensor_circuits::statement::Statement;
use zksensor_model::field::Fr;
use zksensor_prover::{Progress, ProvingKey};
use zksensor_verifier::Ceremony;

use crate::combine::by_powers;
use crate::error::CeremonyError;
use crate::initial::Initial;
use crate::ptau::affine;
use crate::verify::Transcript;
use crate::zkey::{A, B_G1, B_G2, H, IC, L, Zkey};

impl<R: Read + Seek> Zkey<R> {
    /// Verifies the ceremony, and makes the keys of a statement of it. Their id commits to the transcript's digest and the number of
    /// contributions. Keys of powers of tau that were not held against a digest ([`crate::Ptau::trusted`]) are INSECURE.
    ///
    /// # Errors
    /// As [`Zkey::verify`]; [`CeremonyError::NoContribution`] if nobody contributed a secret, as everybody knows what beacons hide;
    /// [`CeremonyError::Key`] if the verifying key is unfit.
    pub fn finish<S: Statement>(
        &mut self,
        statement: &S,
        initial: &Initial,
        progress: &dyn Progress,
    ) -> Result<(ProvingKey, Transcript), CeremonyError> {
        let transcript = self.verify(initial)?;
        let secrets = transcript.secrets();
        if secrets == 0 {
            return Err(CeremonyError::NoContribution { beacons: transcript.contributions().len() });
        }
        let key = self.read_ark()?;
        let key = if transcript.has_trusted_powers() {
            let contributions = crate::rows::number(secrets);
            let ceremony = Ceremony::new(transcript.digest(), contributions).expect("somebody contributed");
            ProvingKey::of_ceremony(statement, &key, ceremony, progress)?
        } else {
            ProvingKey::from_ark(statement, &key, true, progress)?
        };
        Ok((key, transcript))
    }

    /// The key as arkworks has it.
    fn read_ark(&mut self) -> Result<ark_groth16::ProvingKey<Bn254>, CeremonyError> {
        let header = self.header;
        let h_query = powers(&self.all::<G1Affine>(H)?);
        Ok(ark_groth16::ProvingKey {
            vk: ark_groth16::VerifyingKey {
                alpha_g1: header.alpha_g1,
                beta_g2: header.beta_g2,
                gamma_g2: header.gamma_g2,
                delta_g2: header.delta_g2,
                gamma_abc_g1: self.all(IC)?,
            },
            beta_g1: header.beta_g1,
            delta_g1: header.delta_g1,
            a_query: self.all(A)?,
            b_g1_query: self.all(B_G1)?,
            b_g2_query: self.all(B_G2)?,
            h_query,
            l_query: self.all(L)?,
        })
    }
}

/// tau^j Z(tau) / delta for j = 0 to n - 2.
fn powers(h: &[G1Affine]) -> Vec<G1Affine> {
    let size = h.len();
    let domain = Radix2EvaluationDomain::<Fr>::new(size).expect("the field has roots of this order");
    let mut points: Vec<G1Projective> = h.iter().map(|point| point.into_group()).collect();
    domain.fft_in_place(&mut points);
    let mut scale = vec![-Fr::from(2u64); size];
    by_powers(&mut scale, Fr::get_root_of_unity(2 * size as u64).expect("the domain is below the field's"));
    affine(size - 1, |at| points[at] * scale[at])
}
