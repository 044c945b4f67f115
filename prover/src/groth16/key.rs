//! A proving key: arkworks' elements with the statement that they are for.

mod read;

use std::fmt;
use std::io::{self, Read, Write};

use ark_bn254::Bn254;
use ark_serialize::CanonicalSerialize;
use sha3::{Digest, Keccak256};
use zksensor_model::claim::StatementId;
use zksensor_r1cs::RowsDigest;
use zksensor_verifier::VerifyingKey;

use crate::error::ProveError;

const MAGIC: &[u8; 12] = b"zksensor-pk\x02";
const NAME: &[u8] = b"zksensor-pk";
const DIGEST_BYTES: usize = 32;
const LENGTH_BYTES: usize = 4;

/// A Groth16 proving key over BN254 for one statement.
///
/// # Security
/// It is public. One that was altered cannot make false proofs verify; and a proof that verifies is blinded as it should be, with the
/// delta of the verifying half alone ([`Blinding`](super::Blinding)). Whether a proof comes out at all could then depend on the
/// witness: load keys only from where you trust.
#[derive(Clone)]
pub struct ProvingKey {
    verifying: VerifyingKey,
    rows: RowsDigest,
    key: ark_groth16::ProvingKey<Bn254>,
}

impl ProvingKey {
    #[cfg_attr(not(feature = "insecure-setup"), allow(dead_code, reason = "only a setup makes keys"))]
    pub(crate) fn new(
        verifying: VerifyingKey,
        rows: RowsDigest,
        key: ark_groth16::ProvingKey<Bn254>,
    ) -> Self {
        ProvingKey { verifying, rows, key }
    }

    /// The id of the statement, such as `aggregate/v2/64x32x3`.
    pub fn statement(&self) -> &StatementId {
        self.verifying.statement()
    }

    /// The verifying half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The digest of the rows that the key was made for.
    pub fn rows(&self) -> RowsDigest {
        self.rows
    }

    /// Whether one machine made the key: whoever ran that setup can forge.
    pub fn is_insecure(&self) -> bool {
        self.verifying.is_insecure()
    }

    /// The elements.
    pub fn as_ark(&self) -> &ark_groth16::ProvingKey<Bn254> {
        &self.key
    }

    pub(crate) fn into_parts(self) -> (VerifyingKey, ark_groth16::ProvingKey<Bn254>) {
        (self.verifying, self.key)
    }

    /// The canonical bytes: `zksensor-pk` and a version byte; the digest of the rows (32); the length (4, big-endian) and
    /// the bytes of the verifying key; arkworks' uncompressed proving key; keccak256 of all before.
    pub fn to_bytes(&self) -> Vec<u8> {
        let verifying = self.verifying.to_bytes().len();
        let header = MAGIC.len() + 2 * DIGEST_BYTES + LENGTH_BYTES;
        let mut bytes = Vec::with_capacity(header + verifying + self.key.uncompressed_size());
        self.write(&mut bytes).expect("writing to memory cannot fail");
        bytes
    }

    /// Writes the bytes of [`ProvingKey::to_bytes`] without holding them.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        let verifying = self.verifying.to_bytes();
        let mut writer = Hashed { writer, hasher: Keccak256::new() };
        writer.write_all(MAGIC)?;
        writer.write_all(&self.rows.to_bytes())?;
        let length = u32::try_from(verifying.len()).expect("a verifying key is small");
        writer.write_all(&length.to_be_bytes())?;
        writer.write_all(&verifying)?;
        self.key.serialize_uncompressed(&mut writer).map_err(|error| match error {
            ark_serialize::SerializationError::IoError(error) => error,
            _ => io::ErrorKind::InvalidData.into(),
        })?;
        let Hashed { mut writer, hasher } = writer;
        writer.write_all(&hasher.finalize())?;
        writer.flush()
    }

    /// Reads what [`ProvingKey::to_bytes`] writes, and nothing else. Every point is checked to be on its curve and of
    /// order r, which takes seconds for a large key.
    ///
    /// # Errors
    /// [`ProveError::KeyBytes`] names what is wrong; [`ProveError::Key`] if the verifying half is unfit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProveError> {
        ProvingKey::read(bytes, bytes.len() as u64)
    }

    /// As [`ProvingKey::from_bytes`] from a reader that has exactly `length` bytes. Little more is in memory than the key.
    ///
    /// # Errors
    /// As [`ProvingKey::from_bytes`]; [`ProveError::KeyRead`] if the reader fails or ends early.
    pub fn read(reader: impl Read, length: u64) -> Result<Self, ProveError> {
        read::read(reader, length, |_| false).map(|(key, _)| key)
    }

    /// As [`ProvingKey::read`], but does not ask for the order of the points of G2, which takes most of the time, if
    /// `checked_before` knows the digest: keccak256 of all bytes but the last 32, recomputed here from what was read, never
    /// taken on the file's word. Everything else is checked each time. Also returns the digest, which was checked now.
    ///
    /// # Security
    /// Who says that a digest was checked before vouches that [`ProvingKey::read`] accepted that file. Keep digests where
    /// nobody else can write, not beside the key: who sends a key can send such a note with it. A point of another order
    /// makes whether a proof comes out depend on the witness; no proof is returned that does not verify.
    ///
    /// # Errors
    /// As [`ProvingKey::read`].
    pub fn read_checked_before(
        reader: impl Read,
        length: u64,
        checked_before: impl FnOnce(&[u8; 32]) -> bool,
    ) -> Result<(Self, [u8; 32]), ProveError> {
        read::read(reader, length, checked_before)
    }
}

/// Its id, and none of its millions of points.
impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvingKey")
            .field("statement", &self.statement().to_string())
            .field("key", &self.verifying.key_id().to_string())
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// Writes, and hashes what was written.
struct Hashed<W> {
    writer: W,
    hasher: Keccak256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
