//! One proof of a statement against one key.

use std::fmt;
use std::marker::PhantomData;

use zksensor_model::claim::Claim;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;

use crate::equation::Equation;
use crate::error::VerifyError;
use crate::inputs::{inputs_from_bytes, inputs_from_words};
use crate::key::VerifyingKey;
use crate::proof::Proof;

/// Verifies proofs of one statement against one key. Built once, used from any thread.
pub struct Verifier<S: Claim> {
    pub(crate) key: VerifyingKey,
    pub(crate) equation: Equation,
    statement: PhantomData<fn() -> S>,
}

impl<S: Claim> Verifier<S> {
    /// Prepares the pairings of a key, which has to be the statement's.
    ///
    /// An insecure key is taken: ask [`VerifyingKey::is_insecure`] where that matters.
    ///
    /// # Errors
    /// [`VerifyError::KeyMismatch`] if the key is for another statement, version or shape; [`VerifyError::KeyInputs`] if it
    /// takes another number of public inputs than the statement's layout.
    pub fn new(statement: &S, key: VerifyingKey) -> Result<Self, VerifyError> {
        let statement = statement.id();
        if *key.statement() != statement {
            return Err(VerifyError::KeyMismatch {
                key: key.statement().clone().into(),
                statement: statement.into(),
            });
        }
        let layout = S::Inputs::layout().words();
        if key.public_inputs() != layout {
            return Err(VerifyError::KeyInputs { statement, key: key.public_inputs(), layout });
        }
        Ok(Verifier { equation: Equation::new(key.points()), statement: PhantomData, key })
    }

    /// The key.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Accepts a proof of the statement for typed public inputs.
    ///
    /// # Errors
    /// [`VerifyError::Inputs`] if a field does not fit its width, [`VerifyError::Rejected`] if the proof does not hold.
    pub fn verify(&self, proof: &Proof, inputs: &S::Inputs) -> Result<(), VerifyError> {
        self.verify_words(proof, &inputs.to_words()?).map(|_| ())
    }

    /// Accepts a proof of the statement for packed public inputs, and returns what they mean.
    ///
    /// # Errors
    /// [`VerifyError::InputCount`] for one word more or less than the layout has, [`VerifyError::Inputs`] or
    /// [`VerifyError::Ambiguous`] if the words are not how typed inputs pack, [`VerifyError::Rejected`] if the proof does
    /// not hold.
    pub fn verify_words(&self, proof: &Proof, words: &[Fr]) -> Result<S::Inputs, VerifyError> {
        let inputs = inputs_from_words(words)?;
        self.equation.holds(self.key.points(), proof, words)?;
        Ok(inputs)
    }

    /// Accepts a proof and public inputs as they come over a wire, and returns what the inputs mean.
    ///
    /// `proof` is as [`Proof::to_bytes`] writes it, `inputs` as [`crate::inputs_to_bytes`] writes words.
    ///
    /// # Errors
    /// [`VerifyError::Proof`] if the proof's bytes are refused; [`VerifyError::InputLength`] unless there are 32 bytes for
    /// each public input, [`VerifyError::NotCanonical`] for a word of r or more; and as [`Verifier::verify_words`].
    pub fn verify_bytes(&self, proof: &[u8], inputs: &[u8]) -> Result<S::Inputs, VerifyError> {
        let words = inputs_from_bytes(inputs, self.key.public_inputs())?;
        self.verify_words(&Proof::from_bytes(proof)?, &words)
    }
}

impl<S: Claim> fmt::Debug for Verifier<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("statement", &self.key.statement())
            .field("key", &self.key.key_id().to_string())
            .finish_non_exhaustive()
    }
}
