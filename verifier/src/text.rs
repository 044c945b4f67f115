//! The serde form of proofs, keys and their ids: text, hexadecimal, as `to_hex` and `Display` have it. Reading checks as much as
//! bytes are checked.
//!
//! A proving key has none: it is files' matter, of megabytes to gigabytes.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::key::{KeyId, VerifyingKey};
use crate::proof::Proof;

impl Serialize for Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Proof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Proof::from_hex(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for VerifyingKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for VerifyingKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        VerifyingKey::from_hex(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
