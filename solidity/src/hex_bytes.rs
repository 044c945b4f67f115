//! Bytes that are `0x` and hex where they are serialized.

use alloy_primitives::hex;
use serde::{Deserialize, Deserializer, Serializer, de};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode_prefixed(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let digits =
        text.strip_prefix("0x").ok_or_else(|| de::Error::custom("expected `0x` and hexadecimal digits"))?;
    hex::decode(digits).map_err(de::Error::custom)
}
