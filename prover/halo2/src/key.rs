//! A proving key: the parameters and the verifying half. All else is computed from the statement.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::Arc;

use halo2_proofs::halo2curves::bn256::G2Affine;
use zksensor_circuits::statement::StatementId;
use zksensor_verifier::names::{GROTH16_PROVING_KEY, HALO2_PROVING_KEY as MAGIC};
use zksensor_verifier_halo2::VerifyingKey;

use crate::error::ProveError;
use crate::srs::Srs;

const VERSION: u8 = 1;
const LENGTH_BYTES: usize = 4;
/// Magic, version and the length of the verifying key.
const HEADER: usize = MAGIC.len() + 1 + LENGTH_BYTES;
/// More than any verifying key has.
const MOST_VERIFYING: u32 = 1 << 16;

/// A proving key of halo2 for one statement.
///
/// # Security
/// It is public. One that was altered cannot make false proofs verify, and no proof is returned that does not verify.
#[derive(Clone)]
pub struct ProvingKey {
    verifying: VerifyingKey,
    srs: Arc<Srs>,
}

impl ProvingKey {
    /// A key of parameters that it was made of.
    pub(crate) fn new(verifying: VerifyingKey, srs: Arc<Srs>) -> Self {
        ProvingKey { verifying, srs }
    }

    /// The id of the statement, such as `reading/v2`.
    pub fn statement(&self) -> &StatementId {
        self.verifying.statement()
    }

    /// The verifying half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The parameters, which other keys may share.
    pub fn srs(&self) -> &Arc<Srs> {
        &self.srs
    }

    /// Whether one machine made the parameters: whoever ran that can forge.
    pub fn is_insecure(&self) -> bool {
        self.verifying.is_insecure()
    }

    /// How many bytes [`ProvingKey::write`] writes.
    pub fn length(&self) -> u64 {
        (HEADER + self.verifying.to_bytes().len()) as u64 + self.srs.length()
    }

    /// Writes the canonical bytes: `zksensor-halo2-pk`, the version 1, the length of the verifying key (4, big-endian) and it, and the
    /// parameters. The last two end in digests of their own.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, mut writer: impl Write) -> io::Result<()> {
        let verifying = self.verifying.to_bytes();
        let length = u32::try_from(verifying.len()).expect("a verifying key has some thousand bytes");
        writer.write_all(MAGIC)?;
        writer.write_all(&[VERSION])?;
        writer.write_all(&length.to_be_bytes())?;
        writer.write_all(&verifying)?;
        self.srs.write(writer)
    }

    /// Reads what [`ProvingKey::write`] writes, and nothing else, from a reader that has exactly `length` bytes.
    ///
    /// # Errors
    /// [`ProveError::Groth16Key`] for a key of Groth16, [`ProveError::KeyBytes`], [`ProveError::Key`] and [`ProveError::Srs`] for what is
    /// wrong, [`ProveError::KeyRead`] if the reader fails or ends early.
    pub fn read(mut reader: impl Read, length: u64) -> Result<Self, ProveError> {
        let wrong = |reason| ProveError::KeyBytes { reason, got: length };
        let failed = |error: io::Error| ProveError::KeyRead { kind: error.kind() };
        const OTHER: &str = "do not begin with `zksensor-halo2-pk` and version 1";
        let mut header = [0; HEADER];
        if length < HEADER as u64 {
            return Err(wrong(OTHER));
        }
        reader.read_exact(&mut header).map_err(failed)?;
        if header.starts_with(GROTH16_PROVING_KEY) {
            return Err(ProveError::Groth16Key);
        }
        let rest = header.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(&[VERSION]));
        let bytes: [u8; LENGTH_BYTES] = rest.and_then(|rest| rest.try_into().ok()).ok_or(wrong(OTHER))?;
        let verifying = u32::from_be_bytes(bytes);
        let left = (length - HEADER as u64).checked_sub(verifying.into());
        let Some(left) = left.filter(|_| verifying <= MOST_VERIFYING) else {
            return Err(wrong("hold a length that does not fit"));
        };
        let mut bytes = vec![0; verifying as usize];
        reader.read_exact(&mut bytes).map_err(failed)?;
        let verifying = VerifyingKey::from_bytes(&bytes)?;
        let srs = Srs::read(reader, left)?;
        let of = |srs: &Srs| (srs.k(), srs.is_insecure(), srs.params().s_g2());
        let named: (u32, bool, G2Affine) =
            (verifying.k().into(), verifying.is_insecure(), verifying.points().s_g2);
        if of(&srs) != named {
            return Err(wrong("hold a verifying key of other parameters"));
        }
        Ok(ProvingKey { verifying, srs: Arc::new(srs) })
    }
}

/// Its id, and none of its points.
impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvingKey")
            .field("statement", &self.statement().to_string())
            .field("key", &self.verifying.key_id().to_string())
            .field("srs", &self.srs)
            .finish()
    }
}
