//! The proof system, for a [`Prover`](zksensor_prover::Prover).

use std::fmt;
use std::sync::Arc;

use halo2_proofs::halo2curves::bn256::{Bn256, G1Affine};
use halo2_proofs::plonk::{self, create_proof, keygen_pk2};
use halo2_proofs::poly::kzg::commitment::KZGCommitmentScheme;
use halo2_proofs::poly::kzg::multiopen::ProverSHPLONK;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use zeroize::{Zeroize, ZeroizeOnDrop};
use zksensor_circuits::native::Failure;
use zksensor_circuits::statement::{Assignment, Statement, StatementId};
use zksensor_model::rule::Scope;
use zksensor_plonkish::{Circuit, Size, assign, compile};
use zksensor_prover::rand::{CryptoRng, RngCore};
use zksensor_prover::{Cancel, Phase, Progress, ProofSystem, Watch};
use zksensor_verifier_halo2::{Challenge, Proof, ProofWriter, Verifier, VerifyError, VerifyingKey};

use crate::error::ProveError;
use crate::key::ProvingKey;
use crate::setup::{COMPRESS_SELECTORS, assert_rows};
use crate::srs::Srs;

/// halo2 on tables of lookups, KZG on BN254.
///
/// A proof is never the same twice, not with the same [`Blinding`] either: halo2 draws the polynomial that hides the quotient from the
/// operating system, on each thread. It can be cancelled between its phases, of which [`Phase::Multiexp`] is nearly all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Halo2;

/// The seed of the rows that blind, in all columns of a proof. Wiped when it goes; its `Debug` shows nothing.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Blinding([u8; 32]);

impl fmt::Debug for Blinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blinding").finish_non_exhaustive()
    }
}

/// A statement and its key, ready to prove.
///
/// halo2's circuits cannot be shared by threads, so that what is kept is halo2's key and the size that every table of the statement has.
pub struct Compiled<S: Statement> {
    table: Table,
    size: Size,
    verifier: Verifier<S>,
}

impl<S: Statement> Compiled<S> {
    /// The verifier of its proofs.
    pub fn verifier(&self) -> &Verifier<S> {
        &self.verifier
    }

    /// Rows of the table, and what is in them.
    pub fn size(&self) -> &Size {
        &self.size
    }

    fn new(statement: &S, key: ProvingKey, progress: &dyn Progress) -> Result<Self, ProveError> {
        let nobody = Cancel::default();
        let watch = Watch::new(progress, &nobody);
        let (verifying, srs) = (key.verifying_key().clone(), key.srs().clone());
        watch.phase(Phase::Compile, || {
            let circuit = compile(statement)?;
            assert_rows(&circuit, &srs)?;
            let table = Table::new(&circuit, srs, &verifying)?;
            let verifier = Verifier::new(statement, verifying).map_err(ProveError::Verifier)?;
            Ok(Compiled { table, size: *circuit.size(), verifier })
        })
    }

    fn prove(
        &self,
        assignment: &Assignment<'_, S>,
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        let (statement, words) = (assignment.statement(), assignment.words());
        let circuit = watch.phase(Phase::Witness, || {
            let circuit = assign(statement, &self.size, words, assignment.witness(), None)?;
            match circuit.failures().first() {
                Some(failure) => Err(disagreement(circuit.id(), failure)),
                None => Ok(circuit),
            }
        })?;
        watch.phase(Phase::Multiexp, || self.table.prove(circuit, blinding))
    }
}

/// halo2's side of a key. It knows no statement, so that halo2 is compiled here, and not in every crate that proves one.
struct Table {
    key: plonk::ProvingKey<G1Affine>,
    srs: Arc<Srs>,
}

impl Table {
    fn new(circuit: &Circuit, srs: Arc<Srs>, verifying: &VerifyingKey) -> Result<Self, ProveError> {
        let statement = || circuit.id().clone().into();
        let key = keygen_pk2(srs.params(), circuit, COMPRESS_SELECTORS)
            .map_err(|_| ProveError::Library { what: "lay out the table", statement: statement() })?;
        if key.get_vk().transcript_repr() != verifying.transcript_start() {
            return Err(ProveError::KeyTable { statement: statement() });
        }
        Ok(Table { key, srs })
    }

    /// A table that is filled.
    fn prove(&self, circuit: Circuit, blinding: &Blinding) -> Result<Proof, ProveError> {
        let id = circuit.id().clone();
        let publics = circuit.publics().to_vec();
        let mut writer = ProofWriter::default();
        create_proof::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, Challenge, _, _, _>(
            self.srs.params(),
            &self.key,
            &[circuit],
            &[&[&publics]],
            ChaCha20Rng::from_seed(blinding.0),
            &mut writer,
        )
        .map_err(|_| ProveError::Library { what: "prove a table", statement: id.into() })?;
        Ok(Proof::from_bytes(&writer.finish())?)
    }
}

/// Where the circuit does not accept what `check` did.
fn disagreement(statement: &StatementId, failure: &Failure) -> ProveError {
    let path = &failure.path[..];
    ProveError::CheckDisagrees {
        statement: statement.clone().into(),
        rule: failure.rule(),
        scope: if path.is_empty() { String::from("no scope") } else { Scope::join(path) },
    }
}

/// Nothing of the key but its id.
impl<S: Statement> fmt::Debug for Compiled<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled")
            .field("verifier", &self.verifier)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl ProofSystem for Halo2 {
    type ProvingKey = ProvingKey;
    type VerifyingKey = VerifyingKey;
    type Proof = Proof;
    type Blinding = Blinding;
    type Compiled<S: Statement> = Compiled<S>;
    type Error = ProveError;
    type VerifyError = VerifyError;

    fn statement(key: &ProvingKey) -> &StatementId {
        key.statement()
    }

    fn draw<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Blinding {
        let mut blinding = Blinding([0; 32]);
        rng.fill_bytes(&mut blinding.0);
        blinding
    }

    fn compile<S: Statement>(
        statement: &S,
        key: ProvingKey,
        progress: &dyn Progress,
    ) -> Result<Compiled<S>, ProveError> {
        Compiled::new(statement, key, progress)
    }

    fn prove<S: Statement>(
        compiled: &Compiled<S>,
        assignment: &Assignment<'_, S>,
        blinding: &Blinding,
        watch: &Watch<'_>,
    ) -> Result<Proof, ProveError> {
        compiled.prove(assignment, blinding, watch)
    }

    fn verifying_key<S: Statement>(compiled: &Compiled<S>) -> &VerifyingKey {
        compiled.verifier.key()
    }

    fn verify<S: Statement>(
        compiled: &Compiled<S>,
        proof: &Proof,
        inputs: &S::Inputs,
    ) -> Result<(), VerifyError> {
        compiled.verifier.verify(proof, inputs)
    }
}
