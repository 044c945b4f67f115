//! A key from one machine's randomness: for development.

use ark_bn254::{Bn254, G1Projective, G2Projective};
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::{Field, UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop};
use zksensor_circuits::statement::Statement;
use zksensor_engine::{self as engine, Domain};
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
    let lagrange = domain.lagrange(tau);
    let (u, v, w) = qap::columns(circuit, &lagrange);
    let inputs = circuit.publics() + 1;
    let joined = |divisor: &Fr, range: std::ops::Range<usize>| -> Vec<Fr> {
        let inverse = divisor.inverse().expect("the trapdoor is not zero");
        range.map(|i| (*beta * u[i] + *alpha * v[i] + w[i]) * inverse).collect()
    };
    let ic = joined(gamma, 0..inputs);
    let l = joined(delta, inputs..circuit.columns());
    // Z(tau) tau^i / delta for i = 0 to n - 2.
    let mut power = domain.vanishing(tau) * delta.inverse().expect("the trapdoor is not zero");
    let h: Vec<Fr> = (1..domain.size())
        .map(|_| {
            let value = power;
            power *= tau;
            value
        })
        .collect();

    let g1 = BatchMulPreprocessing::new(G1Projective::generator(), u.len() + v.len() + l.len() + h.len());
    let g2 = BatchMulPreprocessing::new(G2Projective::generator(), v.len());
    let one = G1Projective::generator();
    let two = G2Projective::generator();
    ark_groth16::ProvingKey {
        vk: ark_groth16::VerifyingKey {
            alpha_g1: (one * alpha).into_affine(),
            beta_g2: (two * beta).into_affine(),
            gamma_g2: (two * gamma).into_affine(),
            delta_g2: (two * delta).into_affine(),
            gamma_abc_g1: multiples(&g1, &ic),
        },
        beta_g1: (one * beta).into_affine(),
        delta_g1: (one * delta).into_affine(),
        a_query: multiples(&g1, &u),
        b_g1_query: multiples(&g1, &v),
        b_g2_query: multiples(&g2, &v),
        h_query: multiples(&g1, &h),
        l_query: multiples(&g1, &l),
    }
}

/// scalar * base for each; zeros cost nothing.
fn multiples<G>(table: &BatchMulPreprocessing<G>, scalars: &[Fr]) -> Vec<G::MulBase>
where
    G: ark_ec::scalar_mul::ScalarMul<ScalarField = Fr>,
    G::MulBase: Send + Sync + Copy + ark_ec::AffineRepr,
    BatchMulPreprocessing<G>: Sync,
{
    const CHUNK: usize = 1 << 13;
    let live: Vec<usize> = (0..scalars.len()).filter(|index| !scalars[*index].is_zero()).collect();
    let parts = engine::map(live.len().div_ceil(CHUNK), |index| {
        let chunk = &live[index * CHUNK..((index + 1) * CHUNK).min(live.len())];
        let scalars: Vec<Fr> = chunk.iter().map(|index| scalars[*index]).collect();
        table.batch_mul(&scalars)
    });
    let mut points = vec![<G::MulBase as ark_ec::AffineRepr>::zero(); scalars.len()];
    for (index, point) in live.into_iter().zip(parts.into_iter().flatten()) {
        points[index] = point;
    }
    points
}
