//! The proof of a file against a key.

use zksensor_model::claim::ClaimFamily;
use zksensor_model::known::{ClaimVisitor, KnownStatement, UnknownStatement};
use zksensor_verifier::{Verifier, VerifyError, VerifyingKey};

use super::ProofFile;

/// Why the proof in a file does not hold under a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofKeyError {
    /// The statement is none of this library: whoever has its claim makes the [`Verifier`].
    #[error(transparent)]
    Statement(#[from] UnknownStatement),
    /// It was made with another key.
    #[error("expected a proof under the key {wanted}, got one under {got}")]
    Key {
        /// Id of the key that was given.
        wanted: String,
        /// Id in the file.
        got: String,
    },
    /// It does not hold.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl ProofFile {
    /// Accepts the proof if it was made with this key, and holds.
    ///
    /// # Errors
    /// [`ProofKeyError`].
    pub fn verify(&self, key: VerifyingKey) -> Result<(), ProofKeyError> {
        struct Verify<'f>(VerifyingKey, &'f ProofFile);
        impl ClaimVisitor for Verify<'_> {
            type Output = Result<(), ProofKeyError>;
            fn visit<C: ClaimFamily + Copy>(self, claim: &C) -> Self::Output {
                let Verify(key, file) = self;
                let verifier = Verifier::new(claim, key)?;
                let wanted = verifier.key().key_id().to_string();
                if wanted != file.key_id {
                    return Err(ProofKeyError::Key { wanted, got: file.key_id.clone() });
                }
                verifier.verify_words(&file.proof, &file.words)?;
                Ok(())
            }
        }
        KnownStatement::of(self.statement.id())?.visit(Verify(key, self))
    }
}
