//! A statement compiled to rows, its key sorted, and what a proof does with both.

use std::fmt;

use ark_bn254::{Bn254, G1Affine, G2Affine};
use zeroize::Zeroizing;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Assignment, Statement};
use zksensor_engine::{self as engine, Domain, GoOn, Kernel, Query};
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
    beta: G2Affine,
    delta: G2Affine,
    a: Query<G1Affine>,
    b: Query<G2Affine>,
    /// The query L, of the columns that are no inputs, and H behind it.
    c: Query<G1Affine>,
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
        watch.phase(Phase::Multiexp, || {
            let scalars = Zeroizing::new([&full[..], &quotient[..]].concat());
            drop((full, quotient));
            self.key.prove(&scalars, blinding, watch)
        })
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
        let (mut of_c, h) = (key.l_query, key.h_query);
        of_c.extend(h);
        Ok(Elements {
            alpha: key.vk.alpha_g1,
            beta: key.vk.beta_g2,
            delta: key.vk.delta_g2,
            a: Query::on(kernel, key.a_query, 0),
            b: Query::on(kernel, key.b_g2_query, 0),
            c: Query::on(kernel, of_c, inputs),
        })
    }

    /// A0 = alpha + sum a z, B0 = beta + sum b z and C0 = sum l z + sum h q, of the assignment z and behind it the quotient q; and
    /// what [`Blinding`] makes of them. L and H are one sum, whose buckets are weighed once.
    ///
    /// The sums are begun one after the other and share the threads: where one has no more parts than threads, the next is begun
    /// on those that wait.
    fn prove(&self, scalars: &[Fr], blinding: &Blinding, watch: &Watch<'_>) -> Result<Proof, ProveError> {
        let done = Shared::new(watch, Phase::Multiexp, 100);
        let b = || part(watch, &done, 34, |go_on| engine::sum_g2_while(&self.b, scalars, go_on));
        let c = || part(watch, &done, 48, |go_on| engine::sum_g1_while(&self.c, scalars, go_on));
        let a = || part(watch, &done, 18, |go_on| engine::sum_g1_while(&self.a, scalars, go_on));
        let (b, (c, a)) = engine::join(b, || engine::join(c, a));
        watch.check()?;
        let a = Zeroizing::new(a? + self.alpha);
        let b = Zeroizing::new(b? + self.beta);
        let (a, b, c) = blinding.randomise((&a, &b, &Zeroizing::new(c?)), self.delta);
        Ok(Proof::new(a, b, c)?)
    }
}

/// A sum that takes this share of the time of all, in percent, unless nobody wants the proof any more, which it asks as it goes.
fn part<T>(
    watch: &Watch<'_>,
    done: &Shared<'_>,
    share: usize,
    sum: impl FnOnce(GoOn<'_>) -> Option<T>,
) -> Result<T, ProveError> {
    let sum = sum(&|| watch.check().is_ok()).ok_or(ProveError::Cancelled)?;
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
