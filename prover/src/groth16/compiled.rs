//! A statement compiled to rows, its key sorted, and what a proof does with both.

use std::fmt;

use ark_bn254::{Bn254, G1Affine, G1Projective, G2Affine};
use ark_ec::CurveGroup;
use zeroize::Zeroizing;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Assignment, Statement};
use zksensor_engine::{self as engine, Domain, Kernel, Query};
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;
use zksensor_r1cs::Circuit;
use zksensor_verifier::{Proof, Verifier};

use super::blocks::Blocks;
use super::{Blinding, ProvingKey, qap};
use crate::error::ProveError;
use crate::progress::{Phase, Progress, phase};
use crate::watch::{Shared, Watch};

/// A statement and its key, ready to prove under Groth16.
pub struct Compiled<S: Statement> {
    circuit: Circuit,
    domain: Domain,
    key: Elements,
    verifier: Verifier<S>,
}

/// The key sorted for use: only points that count.
struct Elements {
    alpha: G1Affine,
    beta_g1: G1Affine,
    beta_g2: G2Affine,
    delta_g1: G1Affine,
    delta_g2: G2Affine,
    a: Query<G1Affine>,
    b_g1: Query<G1Affine>,
    b_g2: Query<G2Affine>,
    h: Query<G1Affine>,
    l: Query<G1Affine>,
}

impl<S: Statement> Compiled<S> {
    /// Compiles the statement and sorts the key.
    pub(super) fn new(statement: &S, key: ProvingKey, progress: &dyn Progress) -> Result<Self, ProveError> {
        let kernel = Kernel::detect().map_err(ProveError::Engine)?;
        let circuit = phase(progress, Phase::Compile, || zksensor_r1cs::compile(statement))?;
        let rows = circuit.rows_digest();
        if key.rows() != rows {
            let statement = statement.id().into();
            return Err(ProveError::KeyRows { statement, key: key.rows(), circuit: rows });
        }
        let domain = domain_of(&circuit)?;
        let (verifying, key) = key.into_parts();
        let key = Elements::new(kernel, &circuit, &domain, key)?;
        let verifier = Verifier::new(statement, verifying).map_err(ProveError::Verifier)?;
        Ok(Compiled { circuit, domain, key, verifier })
    }

    pub(crate) fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    pub(crate) fn domain(&self) -> &Domain {
        &self.domain
    }

    pub(crate) fn verifier(&self) -> &Verifier<S> {
        &self.verifier
    }

    /// Witness program, quotient, sums.
    pub(super) fn prove(
        &self,
        assignment: &Assignment<'_, S>,
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        let (statement, words) = (assignment.statement(), assignment.words());
        let full = watch.phase(Phase::Witness, || {
            let blocks = Blocks::of(&self.circuit, watch);
            match self.circuit.assign(statement, words, assignment.witness(), &blocks, None) {
                // What stops is the executor of the blocks, which this watch ended; no statement may say so for it.
                Err(SynthesisError::Stopped) if watch.check().is_err() => Err(ProveError::Cancelled),
                full => Ok(Zeroizing::new(full?)),
            }
        })?;
        let quotient = watch.phase(Phase::Transform, || {
            let sides = qap::evaluate(&self.circuit, &full);
            let (a, b) = sides.ok_or_else(|| self.disagreement(&full))?;
            let advanced = |percent| watch.advanced(Phase::Transform, percent).map_err(ProveError::from);
            engine::quotient(&self.domain, a, b, advanced)
        })?;
        watch.phase(Phase::Multiexp, || self.key.prove(&full, &quotient, blinding, watch))
    }

    /// Where the circuit does not accept what `check` did.
    fn disagreement(&self, assignment: &[Fr]) -> ProveError {
        let found = self.circuit.first_unsatisfied(assignment);
        let (rule, path) = found.map_or((None, Vec::new()), |found| (found.rule(), found.path));
        let scope = if path.is_empty() { String::from("no scope") } else { Scope::join(&path) };
        ProveError::CheckDisagrees { statement: self.circuit.id().clone().into(), rule, scope }
    }
}

impl Elements {
    fn new(
        kernel: Kernel,
        circuit: &Circuit,
        domain: &Domain,
        key: ark_groth16::ProvingKey<Bn254>,
    ) -> Result<Self, ProveError> {
        let (columns, inputs) = (circuit.columns(), circuit.publics() + 1);
        let sizes = [
            ("A", columns, key.a_query.len()),
            ("B in G1", columns, key.b_g1_query.len()),
            ("B in G2", columns, key.b_g2_query.len()),
            ("H", domain.size() - 1, key.h_query.len()),
            ("L", columns - inputs, key.l_query.len()),
        ];
        for (query, expected, got) in sizes {
            if expected != got {
                return Err(ProveError::KeySize { query, wanted: expected, got });
            }
        }
        Ok(Elements {
            alpha: key.vk.alpha_g1,
            beta_g1: key.beta_g1,
            beta_g2: key.vk.beta_g2,
            delta_g1: key.delta_g1,
            delta_g2: key.vk.delta_g2,
            a: Query::on(kernel, key.a_query, 0),
            b_g1: Query::on(kernel, key.b_g1_query, 0),
            b_g2: Query::on(kernel, key.b_g2_query, 0),
            h: Query::on(kernel, key.h_query, 0),
            l: Query::on(kernel, key.l_query, inputs),
        })
    }

    /// A = alpha + sum a z + r delta, B = beta + sum b z + s delta,
    /// C = sum l z + sum h q + s A + r B - r s delta.
    ///
    /// The sums are begun one after the other and share the threads: where one has no more parts than threads, the next is begun
    /// on those that wait.
    fn prove(
        &self,
        assignment: &[Fr],
        quotient: &[Fr],
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        let Blinding { r, s } = blinding;
        let done = Shared::new(watch, Phase::Multiexp, 100);
        let of_g1 = |share, query, values| part(watch, &done, share, || engine::sum_g1(query, values));
        let of_a_and_b = || {
            let a = || of_g1(15, &self.a, assignment);
            engine::join(a, || of_g1(13, &self.b_g1, assignment))
        };
        let of_the_rest = || {
            let b_g2 = || part(watch, &done, 30, || engine::sum_g2(&self.b_g2, assignment));
            let l = || of_g1(15, &self.l, assignment);
            engine::join(b_g2, || engine::join(l, || of_g1(27, &self.h, quotient)))
        };
        let ((a, b_g1), (b_g2, (l, h))) = engine::join(of_a_and_b, of_the_rest);
        watch.check()?;
        let a = a? + self.alpha + self.delta_g1 * *r;
        let b_g1 = b_g1? + self.beta_g1 + self.delta_g1 * *s;
        let b_g2 = b_g2? + self.beta_g2 + self.delta_g2 * *s;
        let c: G1Projective = l? + h? + a * *s + b_g1 * *r - self.delta_g1 * (*r * s);
        Ok(Proof::new(a.into_affine(), b_g2.into_affine(), c.into_affine())?)
    }
}

/// A sum that takes this share of the time of all, in percent, unless nobody wants the proof any more.
fn part<T>(
    watch: &Watch<'_>,
    done: &Shared<'_>,
    share: usize,
    sum: impl FnOnce() -> T,
) -> Result<T, ProveError> {
    watch.check()?;
    let sum = sum();
    done.add(share);
    Ok(sum)
}

/// Nothing of the key but its id.
impl<S: Statement> fmt::Debug for Compiled<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

/// The evaluation domain of a circuit: a row a constraint, and one a public input.
pub(super) fn domain_of(circuit: &Circuit) -> Result<Domain, ProveError> {
    let constraints = circuit.constraints();
    Domain::new(constraints + circuit.publics() + 1).ok_or(ProveError::TooLarge { constraints })
}
