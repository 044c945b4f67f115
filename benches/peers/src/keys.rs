//! A key for both sides.

use std::io::{self, Read, Write};

use ark_bn254::Bn254;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, SerializationError};
use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::Statement;
use zksensor_prover::{ProveError, ProvingKey, insecure_setup_with_ark};

/// A proving key as arkworks has it.
pub type ArkKey = ark_groth16::ProvingKey<Bn254>;

/// Makes one key for a statement, as we have it and as arkworks has it.
///
/// # Security
/// As [`insecure_setup_with_ark`]: whoever makes it can forge.
///
/// # Errors
/// As [`insecure_setup_with_ark`].
pub fn keys<S: Statement, R: RngCore + CryptoRng + ?Sized>(
    statement: &S,
    rng: &mut R,
) -> Result<(ProvingKey, ArkKey), ProveError> {
    insecure_setup_with_ark(statement, rng, &())
}

/// Writes arkworks' uncompressed bytes.
///
/// # Errors
/// The writer's.
pub fn write_ark_key(key: &ArkKey, mut writer: impl Write) -> io::Result<()> {
    key.serialize_uncompressed(&mut writer).map_err(io_error)?;
    writer.flush()
}

/// Reads what [`write_ark_key`] wrote, and checks no point of it: a key of this machine's own.
///
/// # Errors
/// The reader's, or that it is no key.
#[expect(
    clippy::disallowed_methods,
    reason = "the key was made by this program a moment ago, and a proof under it convinces nobody"
)]
pub fn read_ark_key(reader: impl Read) -> io::Result<ArkKey> {
    ArkKey::deserialize_uncompressed_unchecked(reader).map_err(io_error)
}

fn io_error(error: SerializationError) -> io::Error {
    match error {
        SerializationError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}
