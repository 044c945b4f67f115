//! A proving key: arkworks' elements with the statement that they are for.

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_std::io::{self, ErrorKind, Write};
use sha3::{Digest, Keccak256};
use zksensor_verifier::VerifyingKey;

use crate::error::ProveError;
use crate::executor;
use crate::subgroup::all_in_g2;

const MAGIC: &[u8] = b"zksensor-pk\x01";
const DIGEST_BYTES: usize = 32;
const LENGTH_BYTES: usize = 4;

/// A Groth16 proving key over BN254 for one statement.
///
/// # Security
/// It is public. One that was altered cannot make false proofs verify; and since delta is checked to be the same in G1 as
/// in the verifying half, a proof that verifies is blinded as it should be. Whether a proof comes out at all could then
/// depend on the witness: load keys only from where you trust.
#[derive(Debug, Clone)]
pub struct ProvingKey {
    verifying: VerifyingKey,
    key: ark_groth16::ProvingKey<Bn254>,
}

impl ProvingKey {
    #[cfg_attr(not(feature = "insecure-setup"), allow(dead_code, reason = "only a setup makes keys"))]
    pub(crate) fn new(verifying: VerifyingKey, key: ark_groth16::ProvingKey<Bn254>) -> Self {
        ProvingKey { verifying, key }
    }

    /// The id of the statement, such as `aggregate/v1/64x32`.
    pub fn statement(&self) -> &str {
        self.verifying.statement()
    }

    /// The verifying half.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
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

    /// The canonical bytes: `zksensor-pk` and a version byte; the length (4, big-endian) and the bytes of the verifying
    /// key; arkworks' uncompressed proving key; keccak256 of all before.
    pub fn to_bytes(&self) -> Vec<u8> {
        let verifying = self.verifying.to_bytes();
        let size = MAGIC.len() + LENGTH_BYTES + verifying.len() + self.key.uncompressed_size() + DIGEST_BYTES;
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(
            &u32::try_from(verifying.len()).expect("a verifying key is small").to_be_bytes(),
        );
        bytes.extend_from_slice(&verifying);
        self.key.serialize_uncompressed(&mut bytes).expect("writing to memory cannot fail");
        let digest = Keccak256::digest(&bytes);
        bytes.extend_from_slice(&digest);
        bytes
    }

    /// Reads what [`ProvingKey::to_bytes`] writes, and nothing else. Every point is checked to be on its curve and of
    /// order r, which takes seconds for a large key; the digest is checked before anything is allocated.
    ///
    /// # Errors
    /// [`ProveError::KeyBytes`] names what is wrong; [`ProveError::Key`] if the verifying half is unfit.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProveError> {
        let wrong = |reason| ProveError::KeyBytes { reason, got: bytes.len() };
        let body = bytes
            .strip_prefix(MAGIC)
            .ok_or_else(|| wrong("do not begin with `zksensor-pk` and version 1"))?;
        let Some((body, digest)) = body.split_last_chunk::<DIGEST_BYTES>() else {
            return Err(wrong("end before the digest"));
        };
        let covered = &bytes[..bytes.len() - DIGEST_BYTES];
        if Keccak256::digest(covered).as_slice() != digest {
            return Err(wrong("do not match their digest; the file is damaged or cut off"));
        }
        let Some((length, rest)) = body.split_first_chunk::<LENGTH_BYTES>() else {
            return Err(wrong("end before the verifying key"));
        };
        let length = u32::from_be_bytes(*length) as usize;
        let Some((verifying, mut elements)) = rest.split_at_checked(length) else {
            return Err(wrong("end within the verifying key"));
        };
        let verifying = VerifyingKey::from_bytes(verifying)?;
        let written = elements;
        let key = read_unchecked(&mut elements)
            .ok_or_else(|| wrong("hold a length or a coordinate that does not fit"))?;
        if !points_are_sound(&key, digest) {
            return Err(wrong("hold a point off its curve or of another order"));
        }
        if !elements.is_empty() {
            return Err(wrong("go on after the last point"));
        }
        // arkworks ignores the sign of an uncompressed point, and the coordinates of one at infinity.
        if key.serialize_uncompressed(Same { rest: written }).is_err() {
            return Err(wrong("hold a point that is not written as it should be"));
        }
        if key.vk != *verifying.as_ark() {
            return Err(wrong("hold two different verifying keys"));
        }
        if !halves_agree(&key) {
            return Err(wrong("hold another beta or delta in G1 than in G2"));
        }
        Ok(ProvingKey { verifying, key })
    }
}

/// Takes what was there before, and nothing else.
struct Same<'a> {
    rest: &'a [u8],
}

impl Write for Same<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest = self.rest.strip_prefix(bytes).ok_or(ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// beta and delta are in G1 what the verifying key has in G2. Without it, a delta at infinity in G1 (and a beta and B query
/// to go with it) would give proofs that verify and are not blinded.
fn halves_agree(key: &ark_groth16::ProvingKey<Bn254>) -> bool {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    [(key.beta_g1, key.vk.beta_g2), (key.delta_g1, key.vk.delta_g2)]
        .into_iter()
        .all(|(in_g1, in_g2)| Bn254::pairing(in_g1, two) == Bn254::pairing(one, in_g2))
}

#[allow(
    clippy::disallowed_methods,
    reason = "asking each point of G2 for its order takes most of a load; `points_are_sound` asks all of them at once"
)]
fn read_unchecked(bytes: &mut &[u8]) -> Option<ark_groth16::ProvingKey<Bn254>> {
    ark_groth16::ProvingKey::deserialize_uncompressed_unchecked(bytes).ok()
}

/// Every point is on its curve and of order r; G1 of BN254 has no others.
fn points_are_sound(key: &ark_groth16::ProvingKey<Bn254>, seed: &[u8]) -> bool {
    let ark_groth16::ProvingKey {
        vk: _,
        beta_g1,
        delta_g1,
        a_query,
        b_g1_query,
        b_g2_query,
        h_query,
        l_query,
    } = key;
    let g1 = executor::map(4, |query| {
        [a_query, b_g1_query, h_query, l_query][query].iter().all(G1Affine::is_on_curve)
    });
    beta_g1.is_on_curve()
        && delta_g1.is_on_curve()
        && g1.into_iter().all(|sound| sound)
        && all_in_g2(b_g2_query, seed)
}
