//! A key from one machine's randomness: for development.
//!
//! What tells the trapdoor is wiped where this crate and the engine keep it; not the stack, and not what arkworks needs meanwhile to
//! evaluate Lagrange polynomials.

use std::ops::Range;

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};
use zksensor_circuits::statement::Statement;
use zksensor_engine::{Domain, FixedBase, Query};
use zksensor_model::field::Fr;
use zksensor_r1cs::Circuit;
use zksensor_verifier::VerifyingKey;

use super::ark::key_from_ark;
use super::compiled::domain_of;
use super::key::{ProvingKey, Queries};
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
    setup(statement, rng, progress, |_| ()).map(|(key, ())| key)
}

/// As [`insecure_setup`], and the same key as arkworks has it: what [`ProvingKey::from_ark`] makes the first of.
///
/// # Security
/// As of [`insecure_setup`].
///
/// # Errors
/// As of [`insecure_setup`].
pub fn insecure_setup_with_ark<S: Statement, R: RngCore + CryptoRng + ?Sized>(
    statement: &S,
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<(ProvingKey, ark_groth16::ProvingKey<Bn254>), ProveError> {
    setup(statement, rng, progress, |exponents| exponents.to_ark())
}

fn setup<S: Statement, R: RngCore + CryptoRng + ?Sized, T>(
    statement: &S,
    rng: &mut R,
    progress: &dyn Progress,
    beside: impl FnOnce(&Exponents<'_>) -> T,
) -> Result<(ProvingKey, T), ProveError> {
    let circuit = phase(progress, Phase::Compile, || zksensor_r1cs::compile(statement))?;
    phase(progress, Phase::Setup, || {
        let domain = domain_of(&circuit)?;
        let trapdoor = Trapdoor::draw(rng, &domain);
        let exponents = Exponents::of(&circuit, &domain, &trapdoor);
        let verifying = VerifyingKey::new(circuit.id(), key_from_ark(&exponents.verifying()), true)?;
        let key = ProvingKey::new(verifying, circuit.rows_digest(), exponents.queries());
        Ok((key, beside(&exponents)))
    })
}

impl Trapdoor {
    fn draw<R: RngCore + CryptoRng + ?Sized>(rng: &mut R, domain: &Domain) -> Self {
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
        trapdoor
    }
}

/// The logarithms of a key, each wiped when it goes.
struct Exponents<'a> {
    circuit: &'a Circuit,
    domain: &'a Domain,
    trapdoor: &'a Trapdoor,
    /// u, v and w of each column.
    columns: [Zeroizing<Vec<Fr>>; 3],
    g1: FixedBase<G1Affine>,
    g2: FixedBase<G2Affine>,
}

fn invert(value: &Fr) -> Fr {
    value.inverse().expect("neither the trapdoor nor Z on the coset is zero")
}

impl<'a> Exponents<'a> {
    fn of(circuit: &'a Circuit, domain: &'a Domain, trapdoor: &'a Trapdoor) -> Self {
        let lagrange = Zeroizing::new(domain.lagrange(&trapdoor.tau));
        let columns = circuit.columns();
        Exponents {
            circuit,
            domain,
            trapdoor,
            columns: qap::columns(circuit, &lagrange).map(Zeroizing::new),
            g1: FixedBase::new(G1Affine::generator(), 2 * columns + domain.size()),
            g2: FixedBase::new(G2Affine::generator(), columns),
        }
    }

    fn verifying(&self) -> ark_groth16::VerifyingKey<Bn254> {
        let Trapdoor { alpha, beta, gamma, delta, .. } = self.trapdoor;
        let (one, two) = (G1Affine::generator(), G2Affine::generator());
        ark_groth16::VerifyingKey {
            alpha_g1: (one * alpha).into_affine(),
            beta_g2: (two * beta).into_affine(),
            gamma_g2: (two * gamma).into_affine(),
            delta_g2: (two * delta).into_affine(),
            gamma_abc_g1: self.g1.multiples(&self.joined(gamma, 0..self.inputs())),
        }
    }

    /// Public inputs, and the one.
    fn inputs(&self) -> usize {
        self.circuit.publics() + 1
    }

    /// (beta u + alpha v + w) / divisor of each of the columns.
    fn joined(&self, divisor: &Fr, range: Range<usize>) -> Zeroizing<Vec<Fr>> {
        let (Trapdoor { alpha, beta, .. }, [u, v, w]) = (self.trapdoor, &self.columns);
        let inverse = Zeroizing::new(invert(divisor));
        Zeroizing::new(range.map(|i| (*beta * u[i] + *alpha * v[i] + w[i]) * *inverse).collect())
    }

    /// Z(tau) / delta.
    fn scale(&self) -> Zeroizing<Fr> {
        let Trapdoor { delta, tau, .. } = self.trapdoor;
        Zeroizing::new(self.domain.vanishing(tau) * invert(delta))
    }

    /// e(f) / z of the Lagrange polynomials ([`folded`](super::folded)), of which these are the values at tau and the coefficients of
    /// X^(n - 1).
    fn folded(&self, mut values: Zeroizing<Vec<Fr>>, leading: &[Fr]) -> Zeroizing<Vec<Fr>> {
        let scale = Zeroizing::new(*self.scale() * invert(&self.domain.vanishing_on_coset()));
        let top = Zeroizing::new(self.trapdoor.tau.pow([self.domain.size() as u64 - 1]));
        for (value, leading) in values.iter_mut().zip(leading) {
            *value = (*value - *leading * *top) * *scale;
        }
        values
    }

    fn queries(&self) -> Queries {
        let (domain, tau) = (self.domain, &self.trapdoor.tau);
        let rows = self.folded(Zeroizing::new(domain.lagrange(tau)), &domain.leading());
        let mut of_c = Zeroizing::new(qap::columns_of_c(self.circuit, &rows));
        drop(rows);
        let of_witness = self.joined(&self.trapdoor.delta, self.inputs()..self.circuit.columns());
        for (column, value) in of_c.iter_mut().enumerate() {
            let of_witness = column.checked_sub(self.inputs()).map_or(Fr::ZERO, |column| of_witness[column]);
            *value = of_witness - *value;
        }
        drop(of_witness);
        let coset = self.folded(Zeroizing::new(domain.lagrange_on_coset(tau)), &domain.leading_on_coset());
        let mut c = Query::empty(0, of_c.len() + coset.len());
        c.extend(&self.g1.multiples(&of_c));
        c.extend(&self.g1.multiples(&coset));
        let [u, v, _] = &self.columns;
        Queries { a: Query::new(&self.g1.multiples(u), 0), b: Query::new(&self.g2.multiples(v), 0), c }
    }

    fn to_ark(&self) -> ark_groth16::ProvingKey<Bn254> {
        let Trapdoor { beta, delta, tau, .. } = self.trapdoor;
        let one = G1Affine::generator();
        // Z(tau) tau^i / delta for i = 0 to n - 2.
        let mut power = self.scale();
        let powers = (1..self.domain.size()).map(|_| {
            let value = *power;
            *power *= tau;
            value
        });
        let h = Zeroizing::new(powers.collect::<Vec<Fr>>());
        let l = self.joined(delta, self.inputs()..self.circuit.columns());
        let [u, v, _] = &self.columns;
        ark_groth16::ProvingKey {
            vk: self.verifying(),
            beta_g1: (one * beta).into_affine(),
            delta_g1: (one * delta).into_affine(),
            a_query: self.g1.multiples(u),
            b_g1_query: self.g1.multiples(v),
            b_g2_query: self.g2.multiples(v),
            h_query: self.g1.multiples(&h),
            l_query: self.g1.multiples(&l),
        }
    }
}
