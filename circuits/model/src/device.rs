//! Devices: the key that signs readings, the identity secret behind nullifiers, and what the registry stores of both.
//!
//! ```
//! use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
//! use zksensor_model::reading::UnixMillis;
//! let key = DeviceKey::from_seed([1; 32]);
//! let secret = DeviceSecret::from_be_bytes(&[2; 32])?;
//! let attributes = Attributes { class: 3, expiry: UnixMillis::MAX, owner: 7 };
//! let leaf = Leaf { key: *key.public(), identity: secret.identity(), attributes };
//! assert_ne!(leaf.hash(), Leaf { attributes: Attributes { class: 4, ..attributes }, ..leaf }.hash());
//! # Ok::<(), zksensor_model::field::FieldError>(())
//! ```

use alloc::format;
use alloc::string::String;
use core::fmt;

use ark_ff::PrimeField;
use rand::{CryptoRng, RngCore};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::element::element_types;
use crate::field::{self, FieldError, Fr};
use crate::hex;
use crate::object;
use crate::preimages;
use crate::primitives::eddsa::{PublicKey, SecretKey, Signature};
use crate::reading::{Reading, ReadingError, SignedReading, UnixMillis};

/// The key with which a device signs its readings. Zeroized when dropped; `Debug` shows the public key alone.
#[derive(Debug, Clone)]
pub struct DeviceKey(SecretKey);

impl DeviceKey {
    /// The key of 32 secret, uniformly random bytes (see [`SecretKey::from_seed`]).
    pub fn from_seed(seed: [u8; 32]) -> DeviceKey {
        DeviceKey(SecretKey::from_seed(seed))
    }

    /// A new key from the caller's generator.
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> DeviceKey {
        DeviceKey(SecretKey::generate(rng))
    }

    /// The public key.
    pub fn public(&self) -> &PublicKey {
        self.0.public()
    }

    /// The secret bytes behind the key, for a key file.
    ///
    /// # Security
    /// Whoever has them signs as this device.
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.expose_seed()
    }

    /// Signs a reading.
    ///
    /// # Errors
    /// [`ReadingError::ZeroAccuracy`]: such a reading must not be signed.
    pub fn sign(&self, reading: &Reading) -> Result<SignedReading, ReadingError> {
        reading.check()?;
        let signature = self.sign_message(&reading.message());
        Ok(SignedReading::insecure_unverified(*reading, *self.public(), signature))
    }

    /// The signature over the message of something that may be signed.
    pub(crate) fn sign_message(&self, message: &Fr) -> Signature {
        self.0.sign(message)
    }
}

/// The secret behind a device's [`Identity`] and nullifiers; only the device's own node has it. Zeroized when dropped; `Debug`
/// shows nothing of it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DeviceSecret(Fr);

impl DeviceSecret {
    /// A new secret from the caller's generator, uniform up to 2^-258 (512 bits modulo r).
    pub fn generate<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> DeviceSecret {
        let mut bytes = Zeroizing::new([0u8; 64]);
        rng.fill_bytes(&mut *bytes);
        #[allow(clippy::disallowed_methods, reason = "64 random bytes, no encoding of anything")]
        DeviceSecret(Fr::from_le_bytes_mod_order(&*bytes))
    }

    /// The secret of 32 big-endian bytes, as in a secret file.
    ///
    /// # Errors
    /// [`FieldError::NotCanonical`] if they are not below r, with nothing of the secret in it.
    pub fn from_be_bytes(bytes: &[u8; 32]) -> Result<DeviceSecret, FieldError> {
        let redacted = |_| FieldError::NotCanonical { hex: String::from("a secret that is not shown") };
        field::from_be_bytes(bytes).map(DeviceSecret).map_err(redacted)
    }

    /// The secret as a field element.
    ///
    /// # Security
    /// Whoever has it can tell every nullifier of the device. It goes into witnesses and secret files only.
    pub fn expose(&self) -> Fr {
        self.0
    }

    /// The public commitment to the secret.
    pub fn identity(&self) -> Identity {
        Identity(preimages::Identity { device_secret: self.0 }.hash())
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSecret(..)")
    }
}

element_types! {
    /// The commitment Poseidon\[identity\](device secret).
    pub struct Identity;
}

/// What the registry says of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attributes {
    /// What kind of device it is; policies select by it.
    pub class: u16,
    /// Readings must be earlier than this, in Unix milliseconds.
    #[serde(rename = "expiry_unix_ms")]
    pub expiry: UnixMillis,
    /// Whose it is: `0x` and 32 hexadecimal digits in serde.
    #[serde(serialize_with = "serialize_owner", deserialize_with = "deserialize_owner")]
    pub owner: u128,
}

/// What the registry stores for one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct Leaf {
    /// Signs the readings.
    pub key: PublicKey,
    /// Commits to the device secret.
    pub identity: Identity,
    /// What kind, until when, whose.
    pub attributes: Attributes,
}

impl Leaf {
    /// The lanes of the hash by name. Each part of the attributes is a lane of its own, so that a circuit ranges the expiry
    /// alone: here their types keep them in range.
    pub fn preimage(&self) -> preimages::Leaf<Fr> {
        let (key, Attributes { class, expiry, owner }) = (self.key.point(), self.attributes);
        preimages::Leaf {
            key_x: key.x,
            key_y: key.y,
            identity: self.identity.0,
            class: Fr::from(class),
            expiry_unix_ms: Fr::from(expiry.get()),
            owner: Fr::from(owner),
        }
    }

    /// Poseidon\[leaf\](Ax, Ay, identity, class, expiry, owner).
    pub fn hash(&self) -> Fr {
        self.preimage().hash()
    }
}

#[derive(Deserialize)]
#[serde(rename = "Leaf", deny_unknown_fields)]
struct LeafText {
    key: PublicKey,
    identity: Identity,
    #[serde(deserialize_with = "object::deserialize")]
    attributes: Attributes,
}

impl<'de> Deserialize<'de> for Leaf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Leaf, D::Error> {
        let LeafText { key, identity, attributes } = object::deserialize(deserializer)?;
        Ok(Leaf { key, identity, attributes })
    }
}

fn serialize_owner<S: Serializer>(owner: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    hex::encode(&owner.to_be_bytes()).serialize(serializer)
}

fn deserialize_owner<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong =
        || format!("expected an owner as `0x` and 32 hexadecimal digits, got {} bytes of text", text.len());
    hex::decode(&text).map(u128::from_be_bytes).ok_or_else(|| D::Error::custom(wrong()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::{Location, Network, PayloadHash};
    use alloc::string::ToString;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn leaf() -> Leaf {
        let attributes = Attributes {
            class: 0xabcd,
            expiry: UnixMillis::new(0x1234_5678_9abc).unwrap(),
            owner: u128::MAX - 1,
        };
        let identity = DeviceSecret(Fr::from(5u64)).identity();
        Leaf { key: *DeviceKey::from_seed([1; 32]).public(), identity, attributes }
    }

    #[test]
    fn each_attribute_is_a_lane_of_its_own() {
        let lanes = preimages::Lanes::lanes(leaf().preimage()).map(|lane| field::to_hex(&lane));
        let key = leaf().key.point().x;
        assert_eq!(lanes[0], field::to_hex(&key));
        let expected = ["abcd", "123456789abc", "fffffffffffffffffffffffffffffffe"];
        assert_eq!(lanes[3..], expected.map(|lane| format!("0x{lane:0>64}")));
    }

    #[test]
    fn leaves_read_back_and_unknown_fields_are_refused() {
        let mut document = serde_json::to_value(leaf()).unwrap();
        assert_eq!(document["attributes"]["expiry_unix_ms"], 0x1234_5678_9abc_u64);
        assert_eq!(document["attributes"]["owner"], "0xfffffffffffffffffffffffffffffffe");
        assert_eq!(serde_json::from_value::<Leaf>(document.clone()).unwrap(), leaf());
        document["attributes"]["owner"] = "0x1".into();
        assert!(
            serde_json::from_value::<Leaf>(document.clone())
                .unwrap_err()
                .to_string()
                .contains("32 hexadecimal digits")
        );
        document["attributes"]["colour"] = "red".into();
        assert!(serde_json::from_value::<Leaf>(document).is_err());
    }

    #[test]
    fn secrets_are_redacted_and_canonical() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (first, second) = (DeviceSecret::generate(&mut rng), DeviceSecret::generate(&mut rng));
        assert_ne!(first.identity(), second.identity());
        assert_eq!(
            DeviceSecret::from_be_bytes(&field::to_be_bytes(&first.expose())).unwrap().identity(),
            first.identity()
        );
        assert_eq!(format!("{first:?}"), "DeviceSecret(..)");
        let error = DeviceSecret::from_be_bytes(&[0xff; 32]).unwrap_err().to_string();
        assert!(!error.contains("ffff"), "{error}");
        let key = DeviceKey::generate(&mut rng);
        assert_ne!(key.public(), DeviceKey::generate(&mut rng).public());
        assert_eq!(DeviceKey::from_seed(*key.expose_seed()).public(), key.public());
    }

    #[test]
    fn signing_gives_what_verification_accepts_and_refuses_accuracy_zero() {
        let mut reading = Reading {
            network: Network::new(1, [0; 20]),
            schema: 0,
            sequence: 0,
            time: UnixMillis::new(0).unwrap(),
            location: Location::from_e7(0, 0).unwrap(),
            accuracy_mm: 1,
            channels: [0; 4],
            payload_hash: PayloadHash::NONE,
        };
        let signed = DeviceKey::from_seed([1; 32]).sign(&reading).unwrap();
        assert_eq!(SignedReading::new(reading, *signed.key(), *signed.signature()), Ok(signed));
        reading.accuracy_mm = 0;
        assert_eq!(DeviceKey::from_seed([1; 32]).sign(&reading), Err(ReadingError::ZeroAccuracy));
        assert_eq!(
            SignedReading::new(reading, *signed.key(), *signed.signature()),
            Err(ReadingError::ZeroAccuracy)
        );
    }
}
