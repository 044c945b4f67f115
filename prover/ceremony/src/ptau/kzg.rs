//! What commitments to polynomials (KZG) need of powers of tau, checked: tau^i in G1 and tau in G2. No second phase is behind them.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};

use super::powers::check_tau;
use super::{MOST_POWER, Ptau, TAU_G1, TAU_G2};
use crate::combine::unforeseen;
use crate::error::CeremonyError;

/// Powers of tau for polynomials of 2^k coefficients: they were checked when they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KzgPowers {
    /// tau^i G1, i below 2^k.
    pub g1: Vec<G1Affine>,
    /// tau G2.
    pub tau_g2: G2Affine,
    /// Whether the file was held against a digest ([`Ptau::trusted`]); what is made of others is INSECURE.
    pub is_trusted: bool,
}

impl<R: Read + Seek> Ptau<R> {
    /// Powers for polynomials of 2^k coefficients. Only those are read.
    ///
    /// # Errors
    /// [`CeremonyError::Powers`] if the file is too small; [`CeremonyError::Section`] for a point that is none; [`CeremonyError::Phase1`] if
    /// the points are not the powers of one number, or not those that the last contribution left.
    pub fn kzg_powers(&mut self, k: u32) -> Result<KzgPowers, CeremonyError> {
        let got = self.power;
        if k > got || !(1..MOST_POWER).contains(&k) {
            return Err(CeremonyError::Powers { wanted: k, got });
        }
        let g1: Vec<G1Affine> = self.sections.points(TAU_G1, 0, 1 << k)?;
        let g2: Vec<G2Affine> = self.sections.points(TAU_G2, 0, 2)?;
        check_tau(&g1, &g2, &mut unforeseen()?)?;
        let tau_g2 = g2[1];
        self.check_last_tau(g1[1], tau_g2)?;
        Ok(KzgPowers { g1, tau_g2, is_trusted: self.is_trusted })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rand::rngs::OsRng;

    use super::*;
    use crate::ptau_digest;
    use crate::toy_ptau;

    fn toy(power: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        toy_ptau(power, &mut OsRng, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn powers_are_those_of_the_file_and_of_one_number() {
        let bytes = toy(5);
        let of = |bytes: &[u8], k| Ptau::open(Cursor::new(bytes.to_vec())).unwrap().kzg_powers(k);
        let five = of(&bytes, 5).unwrap();
        let three = of(&bytes, 3).unwrap();
        assert_eq!((five.g1.len(), three.g1.len(), five.is_trusted), (32, 8, false));
        assert_eq!((&five.g1[..8], five.tau_g2), (&three.g1[..], three.tau_g2));
        for wanted in [0, 6, 28, u32::MAX] {
            assert!(matches!(of(&bytes, wanted), Err(CeremonyError::Powers { got: 5, .. })), "{wanted}");
        }
        // Section 2 is behind 12 of the file, its own 12 and those of the header, 44, and before section 3: one power is another's.
        let power = |i: usize| (12 + 12 + 44 + 12 + 64 * i, 64);
        let in_g2 = |i: usize| (power(63).0 + 12 + 128 * i, 128);
        for (to, (from, size), step) in [
            (power(0), power(1), "the first power of tau in G1 is not the generator"),
            (in_g2(0), in_g2(1), "the first power of tau in G2 is not the generator"),
            (power(1), power(2), "tau in G1 and tau in G2 are not one number"),
            (in_g2(1), in_g2(2), "tau in G1 and tau in G2 are not one number"),
            (power(2), power(3), "section 2 does not rise by tau"),
            (power(31), power(30), "section 2 does not rise by tau"),
        ] {
            let mut altered = bytes.clone();
            altered.copy_within(from..from + size, to.0);
            let error = of(&altered, 5).unwrap_err();
            assert!(
                matches!(error, CeremonyError::Phase1 { step: named } if named == step),
                "{to:?}: {error}"
            );
        }
        let digest = ptau_digest(Cursor::new(&bytes)).unwrap();
        let trusted = Ptau::open(Cursor::new(bytes)).unwrap().trusted(&digest);
        assert!(matches!(trusted.err(), Some(CeremonyError::NoPowersContribution)), "a toy has none");
    }
}
