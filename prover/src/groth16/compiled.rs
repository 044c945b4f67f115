//! A statement compiled to rows, the key for them, and what a proof does with both.

use std::fmt;

use zeroize::Zeroizing;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::{Assignment, Statement};
use zksensor_engine::{self as engine, Domain, GoOn, Kernel};
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;
use zksensor_r1cs::Circuit;
use zksensor_verifier::{KeyPoints, Proof, Verifier};

use super::blocks::Blocks;
use super::key::Queries;
use super::{Blinding, ProvingKey, qap};
use crate::error::ProveError;
use crate::progress::{Phase, Progress, phase};
use crate::watch::{Shared, Watch};

/// A statement and its key, ready to prove under Groth16.
pub struct Compiled<S: Statement> {
    rows: Rows,
    verifier: Verifier<S>,
}

impl<S: Statement> Compiled<S> {
    /// Compiles the statement, for which the key has to be.
    pub(super) fn new(statement: &S, key: ProvingKey, progress: &dyn Progress) -> Result<Self, ProveError> {
        Kernel::detect().map_err(ProveError::Engine)?;
        let circuit = phase(progress, Phase::Compile, || zksensor_r1cs::compile(statement))?;
        let rows = circuit.rows_digest();
        if key.rows() != rows {
            let statement = statement.id().into();
            return Err(ProveError::KeyRows { statement, key: key.rows(), circuit: rows });
        }
        let (verifying, queries) = key.into_parts();
        let rows = Rows::new(circuit, queries)?;
        let verifier = Verifier::new(statement, verifying).map_err(ProveError::Verifier)?;
        Ok(Compiled { rows, verifier })
    }

    pub(crate) fn circuit(&self) -> &Circuit {
        &self.rows.circuit
    }

    pub(crate) fn domain(&self) -> &Domain {
        &self.rows.domain
    }

    pub(crate) fn verifier(&self) -> &Verifier<S> {
        &self.verifier
    }

    /// Witness program, product on the coset, sums.
    pub(super) fn prove(
        &self,
        assignment: &Assignment<'_, S>,
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        let (statement, words) = (assignment.statement(), assignment.words());
        let circuit = &self.rows.circuit;
        let full = watch.phase(Phase::Witness, || {
            let blocks = Blocks::of(circuit, watch);
            match circuit.assign(statement, words, assignment.witness(), &blocks, None) {
                // What stops is the executor of the blocks, which this watch ended; no statement may say so for it.
                Err(SynthesisError::Stopped) if watch.check().is_err() => Err(ProveError::Cancelled),
                full => Ok(Zeroizing::new(full?)),
            }
        })?;
        self.rows.prove(full, self.verifier.key().points(), blinding, watch)
    }
}

/// The rows of a statement and the queries for them. They know no statement: what is below is compiled here, and not in every crate that
/// proves one.
struct Rows {
    circuit: Circuit,
    domain: Domain,
    queries: Queries,
}

impl Rows {
    fn new(circuit: Circuit, queries: Queries) -> Result<Self, ProveError> {
        let domain = domain_of(&circuit)?;
        assert_sizes(&circuit, &domain, &queries)?;
        Ok(Rows { circuit, domain, queries })
    }

    /// Product on the coset, sums.
    fn prove(
        &self,
        full: Zeroizing<Vec<Fr>>,
        key: &KeyPoints,
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        let product = watch.phase(Phase::Transform, || {
            let sides = qap::evaluate(&self.circuit, &full);
            let (a, b) = sides.ok_or_else(|| self.disagreement(&full))?;
            let advanced = |percent| watch.advanced(Phase::Transform, percent).map_err(ProveError::from);
            engine::product_on_coset(&self.domain, a, b, advanced)
        })?;
        watch.phase(Phase::Multiexp, || {
            let scalars = Zeroizing::new([&full[..], &product[..]].concat());
            drop((full, product));
            self.sum(&scalars, key, blinding, watch)
        })
    }

    /// A0 = alpha + sum a z, B0 = beta + sum b z and C0 = sum c z, of the assignment z and behind it, for C, A B on the coset; and
    /// what [`Blinding`] makes of them. C is one sum ([`folded`](super::folded)), whose buckets are weighed once.
    ///
    /// The sums are begun one after the other and share the threads: where one has no more parts than threads, the next is begun
    /// on those that wait.
    fn sum(
        &self,
        scalars: &[Fr],
        key: &KeyPoints,
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        let done = Shared::new(watch, Phase::Multiexp, 100);
        let b = || part(watch, &done, 34, |go_on| engine::sum_g2_while(&self.queries.b, scalars, go_on));
        let c = || part(watch, &done, 48, |go_on| engine::sum_g1_while(&self.queries.c, scalars, go_on));
        let a = || part(watch, &done, 18, |go_on| engine::sum_g1_while(&self.queries.a, scalars, go_on));
        let (b, (c, a)) = engine::join(b, || engine::join(c, a));
        watch.check()?;
        let KeyPoints { alpha_g1, beta_g2, delta_g2, .. } = key;
        let a = Zeroizing::new(a? + alpha_g1);
        let b = Zeroizing::new(b? + beta_g2);
        let (a, b, c) = blinding.randomise((&a, &b, &Zeroizing::new(c?)), *delta_g2);
        Ok(Proof::new(a, b, c)?)
    }

    /// Where the circuit does not accept what `check` did.
    fn disagreement(&self, assignment: &[Fr]) -> ProveError {
        let found = self.circuit.first_unsatisfied(assignment);
        let (rule, path) = found.map_or((None, Vec::new()), |found| (found.rule(), found.path));
        let scope = if path.is_empty() { String::from("no scope") } else { Scope::join(&path) };
        ProveError::CheckDisagrees { statement: self.circuit.id().clone().into(), rule, scope }
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

fn assert_sizes(circuit: &Circuit, domain: &Domain, queries: &Queries) -> Result<(), ProveError> {
    let columns = circuit.columns();
    assert_wanted([
        ("A", columns, queries.a.len()),
        ("B", columns, queries.b.len()),
        ("C", columns + domain.size(), queries.c.len()),
    ])
}

/// Of queries by their names, that the points that the circuit needs are as many as came.
pub(super) fn assert_wanted<const N: usize>(
    sizes: [(&'static str, usize, usize); N],
) -> Result<(), ProveError> {
    match sizes.into_iter().find(|(_, wanted, got)| wanted != got) {
        Some((query, wanted, got)) => Err(ProveError::KeySize { query, wanted, got }),
        None => Ok(()),
    }
}

/// The evaluation domain of a circuit: a row a constraint, and one a public input.
pub(super) fn domain_of(circuit: &Circuit) -> Result<Domain, ProveError> {
    let constraints = circuit.constraints();
    Domain::new(constraints + circuit.publics() + 1).ok_or(ProveError::TooLarge { constraints })
}
