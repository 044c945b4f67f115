//! The proof of a file against a key.

#[cfg(feature = "mock")]
use zksensor_mock::Verifier as MockVerifier;
use zksensor_model::claim::ClaimFamily;
use zksensor_model::known::{ClaimVisitor, KnownStatement, UnknownStatement};
use zksensor_verifier::{KeyId, Proof, Verifier, VerifyError, VerifyingKey};
#[cfg(feature = "halo2")]
use zksensor_verifier_halo2::Verifier as Halo2Verifier;

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
    /// It does not hold, of halo2.
    #[cfg(feature = "halo2")]
    #[error(transparent)]
    Halo2(#[from] zksensor_verifier_halo2::VerifyError),
    /// It is a mock of something else.
    #[cfg(feature = "mock")]
    #[error(transparent)]
    Mock(#[from] zksensor_mock::VerifyError),
}

impl<P> ProofFile<P> {
    /// Requires the key that the file names.
    fn assert_key(&self, key: KeyId) -> Result<(), ProofKeyError> {
        let wanted = key.to_string();
        match wanted == self.key_id {
            true => Ok(()),
            false => Err(ProofKeyError::Key { wanted, got: self.key_id.clone() }),
        }
    }
}

macro_rules! verified_by {
    ($(#[$attribute:meta])* $proof:path, $verifier:ident, $key:path) => {
        $(#[$attribute])*
        impl ProofFile<$proof> {
            /// Accepts the proof if it was made with this key, and holds.
            ///
            /// # Errors
            /// [`ProofKeyError`].
            pub fn verify(&self, key: $key) -> Result<(), ProofKeyError> {
                struct Verify<'f>($key, &'f ProofFile<$proof>);
                impl ClaimVisitor for Verify<'_> {
                    type Output = Result<(), ProofKeyError>;
                    fn visit<C: ClaimFamily + Copy>(self, claim: &C) -> Self::Output {
                        let Verify(key, file) = self;
                        let verifier = $verifier::new(claim, key)?;
                        file.assert_key(verifier.key().key_id())?;
                        verifier.verify_words(&file.proof, &file.words)?;
                        Ok(())
                    }
                }
                KnownStatement::of(self.statement.id())?.visit(Verify(key, self))
            }
        }
    };
}

verified_by!(Proof, Verifier, VerifyingKey);
verified_by!(
    #[cfg(feature = "halo2")]
    zksensor_verifier_halo2::Proof,
    Halo2Verifier,
    zksensor_verifier_halo2::VerifyingKey
);
verified_by!(
    #[cfg(feature = "mock")]
    zksensor_mock::MockProof,
    MockVerifier,
    zksensor_mock::MockKey
);
