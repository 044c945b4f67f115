//! Which proof system a file is of.

use zksensor_verifier::Proof;

use super::ProofFileError;
use crate::files::Kind;

/// A proof as files have it: of each proof system there is a kind of file of its own, so that nobody takes one for the other.
pub trait FileProof: Sized + sealed::Sealed {
    /// The kind of its file.
    const KIND: Kind;
    /// What the file's member `format` says.
    const FORMAT: &'static str;

    /// The proof as `0x` and lower-case digits.
    fn to_hex(&self) -> String;

    /// Reads what [`FileProof::to_hex`] writes; upper-case digits are accepted.
    ///
    /// # Errors
    /// That of the proof system, for what is no proof of it.
    fn from_hex(text: &str) -> Result<Self, ProofFileError>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! file_proof {
    ($(#[$attribute:meta])* $proof:path, $kind:expr, $format:literal) => {
        $(#[$attribute])*
        impl sealed::Sealed for $proof {}

        $(#[$attribute])*
        impl FileProof for $proof {
            const KIND: Kind = $kind;
            const FORMAT: &'static str = $format;

            fn to_hex(&self) -> String {
                <$proof>::to_hex(self)
            }

            fn from_hex(text: &str) -> Result<Self, ProofFileError> {
                Ok(<$proof>::from_hex(text)?)
            }
        }
    };
}

file_proof!(Proof, Kind::Proof, "zksensor-proof/v1");
file_proof!(
    #[cfg(feature = "halo2")]
    zksensor_verifier_halo2::Proof,
    Kind::Halo2Proof,
    "zksensor-halo2-proof/v1"
);
file_proof!(
    #[cfg(feature = "mock")]
    zksensor_mock::MockProof,
    Kind::MockProof,
    "zksensor-mock-proof/v1"
);
