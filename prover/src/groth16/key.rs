//! A proving key: what a proof is made of, with the statement that it is for.
//!
//! There is no B in G1, as no proof needs it ([`Blinding`](super::Blinding)), H and L are [folded](super::folded), and of the points that are
//! the identity there is one bit: a column that is in no B has no point there. alpha, beta and delta are the verifying half's.

mod read;
mod write;

use std::fmt;
use std::io::{self, Read, Write};

use ark_bn254::{G1Affine, G2Affine};
use zksensor_engine::Query;
use zksensor_model::claim::StatementId;
use zksensor_r1cs::RowsDigest;
use zksensor_verifier::VerifyingKey;

use super::subgroup::all_in_g2;
use crate::error::ProveError;

const MAGIC: &[u8; 12] = b"zksensor-pk\x03";
const DIGEST_BYTES: usize = 32;
const LENGTH_BYTES: usize = 4;
/// Of the number of points of a query.
const COUNT_BYTES: usize = 4;

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
    queries: Queries,
}

/// The points that a proof is a sum of, in the form of the engine's kernel.
#[derive(Clone)]
pub(crate) struct Queries {
    /// A of each column.
    pub(crate) a: Query<G1Affine>,
    /// B of each column.
    pub(crate) b: Query<G2Affine>,
    /// K and L' of each column, the public inputs' first, and behind them H' of each point of the domain.
    pub(crate) c: Query<G1Affine>,
}

impl ProvingKey {
    pub(crate) fn new(verifying: VerifyingKey, rows: RowsDigest, queries: Queries) -> Self {
        ProvingKey { verifying, rows, queries }
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

    pub(crate) fn into_parts(self) -> (VerifyingKey, Queries) {
        (self.verifying, self.queries)
    }

    /// Whether all points of B are of order r, which whoever made the key can only have outwitted by search.
    pub(crate) fn is_in_g2(&self) -> bool {
        all_in_g2(&self.queries.b, &write::digest(self))
    }

    /// The canonical bytes:
    ///
    /// ```text
    /// zksensor-pk, and 3                 12
    /// digest of the rows                 32
    /// length of the verifying key, and it 4, big-endian
    /// A in G1, B in G2, C in G1          three queries: the number of points (4, big-endian), a bit for each point, set where it is
    ///                                    not the identity, from the lowest of the first byte on, zeros to the end of the last; and
    ///                                    the points that are not: x and y, each 32 bytes little-endian, in G2 each the part
    ///                                    without u and the part with it
    /// keccak256 of all before            32
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(write::length(self));
        self.write(&mut bytes).expect("writing to memory cannot fail");
        bytes
    }

    /// Writes the bytes of [`ProvingKey::to_bytes`] without holding them.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        write::write(self, writer)
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
