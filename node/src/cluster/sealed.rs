//! The witness of a job as it travels: HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305.
//!
//! Sealed for whoever has the secret of the workers, and bound to the id of its job: encapsulated key (32 bytes), then ciphertext.

use std::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use thiserror::Error;
use zeroize::Zeroizing;
use zksensor::hex;
use zksensor::rand::RngCore;
use zksensor::rand::rngs::OsRng;

use super::task::JobId;

/// Bytes of either key.
const KEY_BYTES: usize = 32;
/// What is sealed under a key for another purpose does not open here.
const INFO: &[u8] = b"zksensor node/v1 job";

type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Secret = <X25519HkdfSha256 as Kem>::PrivateKey;
type Encapsulated = <X25519HkdfSha256 as Kem>::EncappedKey;

/// It is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected `0x` and 64 hexadecimal digits, as `zksensor node worker-key` prints them")]
pub struct WorkersKeyError;

/// What witnesses are sealed for: the workers' public key.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkersKey(Public);

impl WorkersKey {
    /// Reads `0x` and 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`WorkersKeyError`], also for a key of small order, under which everybody would open what is sealed.
    pub fn parse(text: &str) -> Result<Self, WorkersKeyError> {
        let bytes: [u8; KEY_BYTES] = hex::parse(text).map_err(|_| WorkersKeyError)?;
        let key = WorkersKey(Public::from_bytes(&bytes).map_err(|_| WorkersKeyError)?);
        key.try_seal(&JobId::PROBE, b"").ok_or(WorkersKeyError)?;
        Ok(key)
    }

    /// Seals the witness of a job.
    pub fn seal(&self, id: &JobId, plain: &[u8]) -> Vec<u8> {
        self.try_seal(id, plain).expect("a key that was read seals")
    }

    fn try_seal(&self, id: &JobId, plain: &[u8]) -> Option<Vec<u8>> {
        let (encapsulated, sealed) =
            hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Base,
                &self.0,
                INFO,
                plain,
                id.as_bytes(),
            )
            .ok()?;
        Some([encapsulated.to_bytes().as_slice(), &sealed].concat())
    }
}

impl fmt::Display for WorkersKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for WorkersKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkersKey({self})")
    }
}

/// What opens them: the secret that the workers of one queue share. `Debug` shows nothing of it, and it is zeroized when it goes.
pub struct WorkerSecret(Secret);

impl WorkerSecret {
    /// The secret of 32 uniformly random bytes.
    pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        WorkerSecret(Secret::from_bytes(bytes).expect("any 32 bytes are a secret of X25519"))
    }

    /// 32 bytes of the system's randomness, for a new secret.
    pub fn random_bytes() -> Zeroizing<[u8; KEY_BYTES]> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        OsRng.fill_bytes(&mut *bytes);
        bytes
    }

    /// What is sealed for it.
    pub fn public(&self) -> WorkersKey {
        WorkersKey(X25519HkdfSha256::sk_to_pk(&self.0))
    }

    /// The witness of a job; nothing if it was altered, or sealed for another job or under another key.
    pub fn open(&self, id: &JobId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (encapsulated, sealed) = sealed.split_at_checked(KEY_BYTES)?;
        let encapsulated = Encapsulated::from_bytes(encapsulated).ok()?;
        let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &self.0,
            &encapsulated,
            INFO,
            sealed,
            id.as_bytes(),
        );
        opened.ok().map(Zeroizing::new)
    }
}

impl fmt::Debug for WorkerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WorkerSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_opens_for_its_job_under_its_secret_and_unaltered_alone() {
        let secret = WorkerSecret::from_bytes(&WorkerSecret::random_bytes());
        let key = WorkersKey::parse(&secret.public().to_string()).unwrap();
        assert_eq!(key, secret.public());
        let (id, other) = (JobId::PROBE, JobId::from_bytes([7; 32]));
        let sealed = key.seal(&id, b"witness");
        assert_eq!(secret.open(&id, &sealed).unwrap().as_slice(), b"witness");
        assert!(secret.open(&other, &sealed).is_none());
        assert!(WorkerSecret::from_bytes(&[9; 32]).open(&id, &sealed).is_none());
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(secret.open(&id, &altered).is_none(), "byte {at}");
            assert!(secret.open(&id, &sealed[..at]).is_none(), "{at} bytes");
        }
        assert_ne!(key.seal(&id, b"witness"), sealed);
    }

    /// The points of order 1 to 8 are nobody's key: with them the shared secret would be zero, whoever has what.
    #[test]
    fn what_is_no_key_is_refused() {
        let eight = "0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";
        let one = format!("0x01{}", "0".repeat(62));
        let zero = format!("0x{}", "0".repeat(64));
        for text in ["", "0x00", &zero, &zero[2..], &one, eight, &zero.replace('0', "g"), &"1".repeat(66)] {
            assert_eq!(WorkersKey::parse(text), Err(WorkersKeyError), "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", WorkerSecret::from_bytes(&[7; 32])), "WorkerSecret(..)");
    }
}
