//! A key from one machine's randomness: for development.
//!
//! What tells the trapdoor is wiped where this crate and the engine keep it; not the stack, and not what arkworks needs meanwhile to
//! evaluate Lagrange polynomials.

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};
use zksensor_circuits::statement::Statement;
use zksensor_engine::{Domain, FixedBase};
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;
use zksensor_verifier::VerifyingKey;

use super::ark::key_from_ark;
use super::compiled::domain_of;
use super::key::ProvingKey;
use super::qap;
use crate::error::ProveError;
use crate::progress::{Phase, Progress, phase};

/// The secrets that a setup must forget.
#[derive(Zeroize, ZeroizeOnDrop)]
struct Trapdoor {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    delta: Fr,
    tau: Fr,
}

/// Makes a key for a statement (Groth16 setup, eprint 2016/260 section 3.2).
///
/// # Security
/// Whoever sees this process's memory, or guesses `rng`, can prove anything under the key. The key says so in its id.
/// Production keys come from a ceremony.
///
/// # Errors
/// [`ProveError::Synthesis`] if the statement does not compile, [`ProveError::TooLarge`] if it is too large.
pub fn insecure_setup<S: Statement, R: RngCore + CryptoRng + ?Sized>(
    statement: &S,
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<ProvingKey, ProveError> {
    let circuit = phase(progress, Phase::Compile, || zksensor_r1cs::compile(statement))?;
    phase(progress, Phase::Setup, || {
        let domain = domain_of(&circuit)?;
        let mut nonzero = || loop {
            let value = Fr::rand(rng);
            if !value.is_zero() {
                return value;
            }
        };
        let mut trapdoor = Trapdoor {
            alpha: nonzero(),
            beta: nonzero(),
            gamma: nonzero(),
            delta: nonzero(),
            tau: nonzero(),
        };
        while domain.vanishing(&trapdoor.tau).is_zero() {
            trapdoor.tau = nonzero();
        }
        let key = generate(&circuit, &domain, &trapdoor);
        let verifying = VerifyingKey::new(circuit.id(), key_from_ark(&key.vk), true)?;
        Ok(ProvingKey::new(verifying, circuit.rows_digest(), key))
    })
}

fn generate(circuit: &Circuit, domain: &Domain, trapdoor: &Trapdoor) -> ark_groth16::ProvingKey<Bn254> {
    let Trapdoor { alpha, beta, gamma, delta, tau } = trapdoor;
    let lagrange = Zeroizing::new(domain.lagrange(tau));
    let [u, v, w] = qap::columns(circuit, &lagrange).map(Zeroizing::new);
    let inputs = circuit.publics() + 1;
    let joined = |divisor: &Fr, range: std::ops::Range<usize>| -> Zeroizing<Vec<Fr>> {
        let inverse = divisor.inverse().expect("the trapdoor is not zero");
        Zeroizing::new(range.map(|i| (*beta * u[i] + *alpha * v[i] + w[i]) * inverse).collect())
    };
    let ic = joined(gamma, 0..inputs);
    let l = joined(delta, inputs..circuit.columns());
    // Z(tau) tau^i / delta for i = 0 to n - 2.
    let mut power = domain.vanishing(tau) * delta.inverse().expect("the trapdoor is not zero");
    let powers = (1..domain.size()).map(|_| {
        let value = power;
        power *= tau;
        value
    });
    let h = Zeroizing::new(powers.collect::<Vec<Fr>>());
    power.zeroize();

    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    let g1 = FixedBase::new(one, u.len() + v.len() + l.len() + h.len());
    let g2 = FixedBase::new(two, v.len());
    ark_groth16::ProvingKey {
        vk: ark_groth16::VerifyingKey {
            alpha_g1: (one * alpha).into_affine(),
            beta_g2: (two * beta).into_affine(),
            gamma_g2: (two * gamma).into_affine(),
            delta_g2: (two * delta).into_affine(),
            gamma_abc_g1: g1.multiples(&ic),
        },
        beta_g1: (one * beta).into_affine(),
        delta_g1: (one * delta).into_affine(),
        a_query: g1.multiples(&u),
        b_g1_query: g1.multiples(&v),
        b_g2_query: g2.multiples(&v),
        h_query: g1.multiples(&h),
        l_query: g1.multiples(&l),
    }
}
