//! What takes mocks of one statement.

use std::fmt;
use std::marker::PhantomData;

use zksensor_model::claim::Claim;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_verifier::{inputs_from_bytes, inputs_from_words};

use crate::error::VerifyError;
use crate::key::MockKey;
use crate::proof::MockProof;

/// Takes mocks of one statement, as [`zksensor_verifier::Verifier`] takes proofs, and refuses real ones. Built once, used from any thread.
pub struct Verifier<S: Claim> {
    key: MockKey,
    statement: PhantomData<fn() -> S>,
}

impl<S: Claim> Verifier<S> {
    /// The verifier of a statement, whose key is known.
    pub fn mock(statement: &S) -> Self {
        Verifier { key: MockKey::new(&statement.id()), statement: PhantomData }
    }

    /// As [`Verifier::mock`], for a key that came from somewhere.
    ///
    /// # Errors
    /// [`VerifyError::KeyMismatch`] if the key is for another statement, version or shape.
    pub fn new(statement: &S, key: MockKey) -> Result<Self, VerifyError> {
        let statement = statement.id();
        if *key.statement() != statement {
            let key = key.statement().clone().into();
            return Err(VerifyError::KeyMismatch { key, statement: statement.into() });
        }
        Ok(Verifier { key, statement: PhantomData })
    }

    /// The key.
    pub fn key(&self) -> &MockKey {
        &self.key
    }

    /// Accepts a mock of the statement for typed public inputs.
    ///
    /// # Errors
    /// [`VerifyError::Inputs`] if a field does not fit its width, [`VerifyError::Rejected`] for a mock of anything else.
    pub fn verify(&self, proof: &MockProof, inputs: &S::Inputs) -> Result<(), VerifyError> {
        self.verify_words(proof, &inputs.to_words()?).map(|_| ())
    }

    /// Accepts a mock of the statement for packed public inputs, and returns what they mean.
    ///
    /// # Errors
    /// [`VerifyError::Inputs`] if the words are not how typed inputs pack, [`VerifyError::Rejected`] for a mock of anything else.
    pub fn verify_words(&self, proof: &MockProof, words: &[Fr]) -> Result<S::Inputs, VerifyError> {
        let inputs = inputs_from_words(words)?;
        match *proof == MockProof::of(&self.key, words) {
            true => Ok(inputs),
            false => Err(VerifyError::Rejected),
        }
    }

    /// Accepts a mock and public inputs as they come over a wire, and returns what the inputs mean.
    ///
    /// # Errors
    /// As [`Verifier::verify_words`]; [`VerifyError::Proof`] for bytes that are no mock, those of a proof among them.
    pub fn verify_bytes(&self, proof: &[u8], inputs: &[u8]) -> Result<S::Inputs, VerifyError> {
        let words = inputs_from_bytes(inputs, S::Inputs::layout().words())?;
        self.verify_words(&MockProof::from_bytes(proof)?, &words)
    }
}

impl<S: Claim> fmt::Debug for Verifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("mock::Verifier").field("statement", self.key.statement()).finish_non_exhaustive()
    }
}
