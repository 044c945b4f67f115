//! The mock as a proof system, for a [`Prover`](zksensor_prover::Prover).

use zksensor_circuits::statement::{Assignment, Statement, StatementId};
use zksensor_prover::rand::{CryptoRng, RngCore};
use zksensor_prover::{Phase, Progress, ProofSystem, Watch};

use crate::error::{MockError, VerifyError};
use crate::key::MockKey;
use crate::proof::MockProof;
use crate::verifier::Verifier;

/// The proof system that proves nothing. Claims are checked, as for every other: a prover is given none that does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mock;

impl ProofSystem for Mock {
    type ProvingKey = MockKey;
    type VerifyingKey = MockKey;
    type Proof = MockProof;
    /// Nothing hides the witness, as nothing of it is in a mock.
    type Blinding = ();
    type Compiled<S: Statement> = Verifier<S>;
    type Error = MockError;
    type VerifyError = VerifyError;

    fn statement(key: &MockKey) -> &StatementId {
        key.statement()
    }

    fn draw<R: RngCore + CryptoRng + ?Sized>(_: &mut R) {}

    fn compile<S: Statement>(
        statement: &S,
        key: MockKey,
        _: &dyn Progress,
    ) -> Result<Verifier<S>, MockError> {
        Verifier::new(statement, key).map_err(|error| match error {
            VerifyError::KeyMismatch { key, statement } => {
                zksensor_prover::Fault::KeyMismatch { key, statement }.into()
            }
            reason => zksensor_prover::Fault::SelfCheck { reason }.into(),
        })
    }

    fn prove<S: Statement>(
        compiled: &Verifier<S>,
        assignment: &Assignment<'_, S>,
        (): &(),
        watch: &Watch<'_>,
    ) -> Result<MockProof, MockError> {
        watch.phase(Phase::Witness, || Ok(MockProof::of(compiled.key(), assignment.words())))
    }

    fn verifying_key<S: Statement>(compiled: &Verifier<S>) -> &MockKey {
        compiled.key()
    }

    fn verify<S: Statement>(
        compiled: &Verifier<S>,
        proof: &MockProof,
        inputs: &S::Inputs,
    ) -> Result<(), VerifyError> {
        compiled.verify(proof, inputs)
    }
}
