//! What is asked of a proof system here: Groth16 is one, and in tests a mock.

use std::fmt;

use zksensor_io::files::{FileProof, ProofFile};
use zksensor_model::claim::StatementId;
use zksensor_model::claim::aggregate::AggregateInputs;
use zksensor_prover::{Groth16, ProofSystem};
use zksensor_verifier::{KeyId, Proof, Verifier, VerifyingKey};

use super::Error;
use super::aggregator::statement_of;

/// A proof system that an [`Aggregator`](super::Aggregator) proves with. A program that is generic over it is tested with mocks.
pub trait Backend:
    ProofSystem<
        Proof: FileProof + Clone + fmt::Debug + PartialEq,
        VerifyingKey: Key<Proof = Self::Proof> + Clone,
        Error: Clone + fmt::Debug + fmt::Display + Into<Error> + 'static,
    > + fmt::Debug
    + sealed::Sealed
    + 'static
{
}

impl Backend for Groth16 {}

/// What proofs are verified with: a [`VerifyingKey`], or in tests the key of mocks.
pub trait Key: sealed::Sealed {
    /// Its proofs.
    type Proof: FileProof;

    /// Its id, which says whether it is insecure.
    fn id(&self) -> KeyId;

    /// The statement that it is for.
    fn of(&self) -> &StatementId;

    /// Accepts the proof in a file.
    ///
    /// # Errors
    /// [`Error::Rejected`].
    fn accept(&self, proof: &ProofFile<Self::Proof>) -> Result<(), Error>;

    /// Accepts a proof as it comes over a wire, and returns what it claims.
    ///
    /// # Errors
    /// [`Error::Statement`] and [`Error::Rejected`].
    fn accept_bytes(&self, proof: &[u8], inputs: &[u8]) -> Result<AggregateInputs, Error>;
}

impl Key for VerifyingKey {
    type Proof = Proof;

    fn id(&self) -> KeyId {
        self.key_id()
    }

    fn of(&self) -> &StatementId {
        self.statement()
    }

    fn accept(&self, proof: &ProofFile) -> Result<(), Error> {
        Ok(proof.verify(self.clone())?)
    }

    fn accept_bytes(&self, proof: &[u8], inputs: &[u8]) -> Result<AggregateInputs, Error> {
        let verifier = Verifier::new(&statement_of(self.statement())?, self.clone())?;
        Ok(verifier.verify_bytes(proof, inputs)?)
    }
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Groth16 {}
impl sealed::Sealed for VerifyingKey {}

#[cfg(feature = "mock")]
mod mock {
    use zksensor_mock::{Mock, MockKey, MockProof, Verifier};

    use super::*;

    impl Backend for Mock {}

    impl Key for MockKey {
        type Proof = MockProof;

        fn id(&self) -> KeyId {
            self.key_id()
        }

        fn of(&self) -> &StatementId {
            self.statement()
        }

        fn accept(&self, proof: &ProofFile<MockProof>) -> Result<(), Error> {
            Ok(proof.verify(self.clone())?)
        }

        fn accept_bytes(&self, proof: &[u8], inputs: &[u8]) -> Result<AggregateInputs, Error> {
            Ok(Verifier::mock(&statement_of(self.statement())?).verify_bytes(proof, inputs)?)
        }
    }

    impl sealed::Sealed for Mock {}
    impl sealed::Sealed for MockKey {}
}
