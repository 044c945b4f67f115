//! Groth16 over BN254 (eprint 2016/260, section 3.2).

mod ark;
mod blinding;
mod blocks;
mod compiled;
mod folded;
mod key;
mod qap;
#[cfg(feature = "insecure-setup")]
mod setup;
mod subgroup;

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Assignment, Statement, StatementId};
use zksensor_verifier::{Proof, VerifyError, VerifyingKey};

use crate::error::ProveError;
use crate::progress::Progress;
use crate::system::ProofSystem;
use crate::watch::Watch;

pub use ark::{key_from_ark, key_to_ark, proof_from_ark, proof_to_ark};
pub use blinding::Blinding;
pub use compiled::Compiled;
pub use key::ProvingKey;
#[cfg(feature = "insecure-setup")]
pub use setup::{insecure_setup, insecure_setup_with_ark};

/// Groth16 over BN254, on rank-1 constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Groth16;

impl ProofSystem for Groth16 {
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
        Blinding::draw(rng)
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
        compiled.verifier().key()
    }

    fn verify<S: Statement>(
        compiled: &Compiled<S>,
        proof: &Proof,
        inputs: &S::Inputs,
    ) -> Result<(), VerifyError> {
        compiled.verifier().verify(proof, inputs)
    }
}
