//! One pairing equation, e(A, B) = e(alpha, beta) e(IC(x), gamma) e(C, delta) (Groth 2016, section 3.2), and what verifies
//! by it without a statement.

use std::fmt;

use ark_bn254::{Bn254, G1Projective};
use ark_ec::pairing::{Pairing, PairingOutput};
use ark_ec::{AffineRepr, CurveGroup};
use zksensor_model::field::Fr;

use crate::error::{KeyError, VerifyError};
use crate::key::{KeyPoints, sanity};
use crate::proof::Proof;

pub(crate) type G1Prepared = <Bn254 as Pairing>::G1Prepared;
pub(crate) type G2Prepared = <Bn254 as Pairing>::G2Prepared;

/// Verifies proofs against a key that names no statement, such as one of a circom circuit.
///
/// # Security
/// A proof that holds says that somebody knew a witness of *some* circuit for these words. What the circuit is, and what
/// the words mean, the caller has to know from elsewhere; [`crate::Verifier`] knows both. With [`UntypedVerifier::new`] the
/// key is held to the same checks as a [`crate::VerifyingKey`].
pub struct UntypedVerifier {
    key: KeyPoints,
    equation: Equation,
}

impl UntypedVerifier {
    /// Checks the elements of a key and prepares its pairings.
    ///
    /// # Errors
    /// [`KeyError::IcCount`], [`KeyError::Point`], [`KeyError::Related`], [`KeyError::Generator`] and
    /// [`KeyError::IcRepeated`], as [`crate::VerifyingKey::new`].
    pub fn new(key: KeyPoints) -> Result<Self, KeyError> {
        sanity::check(&key)?;
        Ok(UntypedVerifier { equation: Equation::new(&key), key })
    }

    /// As [`UntypedVerifier::new`], but takes a key of somebody's circuit that has two points of IC equal up to sign, as it has
    /// where two public inputs stand in the same constraints, such as x + y = z.
    ///
    /// # Errors
    /// As [`UntypedVerifier::new`], without [`KeyError::IcRepeated`].
    ///
    /// # Security
    /// Such a key does not tell those inputs apart: ask [`UntypedVerifier::unbound`], which says what a proof shows of them.
    pub fn new_foreign(key: KeyPoints) -> Result<Self, KeyError> {
        sanity::unforgeable(&key)?;
        Ok(UntypedVerifier { equation: Equation::new(&key), key })
    }

    /// The first two public inputs that the key does not tell apart, if there are any.
    pub fn unbound(&self) -> Option<Unbound> {
        let ic = &self.key.gamma_abc_g1;
        // IC[0] is that of the constant one, which nobody chooses.
        let (first, second) = sanity::repeated(&ic[1..])?;
        Some(Unbound { first, second, opposite: ic[first + 1] != ic[second + 1] })
    }

    /// The elements of the key.
    pub fn points(&self) -> &KeyPoints {
        &self.key
    }

    /// The number of public inputs.
    pub fn public_inputs(&self) -> usize {
        self.key.gamma_abc_g1.len() - 1
    }

    /// Accepts a proof for these public inputs.
    ///
    /// # Errors
    /// [`VerifyError::InputCount`] for another number of words, [`VerifyError::Rejected`] if the proof does not hold.
    pub fn verify(&self, proof: &Proof, words: &[Fr]) -> Result<(), VerifyError> {
        self.equation.holds(&self.key, proof, words)
    }
}

/// Two public inputs whose points of IC are equal up to sign: a proof shows their sum, or their difference, and neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unbound {
    /// One public input, from 0.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// Whether the points are opposite: the proof shows the difference, else the sum.
    pub opposite: bool,
}

impl fmt::Display for Unbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unbound { first, second, opposite } = self;
        let (points, what) = if *opposite { ("opposite", "difference") } else { ("equal", "sum") };
        write!(
            f,
            "the key has {points} points for the public signals {first} and {second}: a proof shows their {what} alone, and \
             holds as well for any two numbers of the same {what}"
        )
    }
}

impl fmt::Debug for UntypedVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntypedVerifier")
            .field("public_inputs", &self.public_inputs())
            .finish_non_exhaustive()
    }
}

/// The pairings of a key that was checked.
pub(crate) struct Equation {
    pub(crate) minus_beta: G2Prepared,
    pub(crate) minus_gamma: G2Prepared,
    pub(crate) minus_delta: G2Prepared,
    alpha_beta: PairingOutput<Bn254>,
}

impl Equation {
    pub(crate) fn new(key: &KeyPoints) -> Self {
        Equation {
            minus_beta: (-key.beta_g2).into(),
            minus_gamma: (-key.gamma_g2).into(),
            minus_delta: (-key.delta_g2).into(),
            alpha_beta: Bn254::pairing(key.alpha_g1, key.beta_g2),
        }
    }

    /// Whether the equation holds; `key` is the one that this was made of.
    pub(crate) fn holds(&self, key: &KeyPoints, proof: &Proof, words: &[Fr]) -> Result<(), VerifyError> {
        let left: [G1Prepared; 3] =
            [proof.a().into(), public_point(key, words)?.into_affine().into(), proof.c().into()];
        let right = [proof.b().into(), self.minus_gamma.clone(), self.minus_delta.clone()];
        let product = Bn254::final_exponentiation(Bn254::multi_miller_loop(left, right));
        match product {
            Some(product) if product == self.alpha_beta => Ok(()),
            _ => Err(VerifyError::Rejected),
        }
    }
}

/// IC(x) = IC[0] + sum of x_i IC[i + 1]. A longer or shorter x is refused, never cut.
fn public_point(key: &KeyPoints, words: &[Fr]) -> Result<G1Projective, VerifyError> {
    let ic = &key.gamma_abc_g1;
    if words.len() + 1 != ic.len() {
        return Err(VerifyError::InputCount { wanted: ic.len() - 1, got: words.len() });
    }
    let constant = ic[0].into_group();
    Ok(ic[1..].iter().zip(words).fold(constant, |sum, (point, word)| sum + *point * *word))
}
