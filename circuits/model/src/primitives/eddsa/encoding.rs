//! Keys and signatures as bytes (circomlib's packing) and as text (`0x` and the bytes in hexadecimal, in serde too).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use ark_ff::{BigInt, BigInteger, PrimeField};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{PublicKey, PublicKeyError, Signature, SignatureError};
use crate::hex;
use crate::primitives::babyjubjub::{Point, Scalar};

impl PublicKey {
    /// The packed point: 32 bytes.
    pub fn encode(&self) -> [u8; 32] {
        self.point().pack()
    }

    /// Reads what [`PublicKey::encode`] writes.
    ///
    /// # Errors
    /// [`PublicKeyError`] if the bytes are not a packed point, or the point may not be a key.
    pub fn decode(bytes: &[u8; 32]) -> Result<PublicKey, PublicKeyError> {
        PublicKey::new(Point::unpack(bytes).map_err(|reason| PublicKeyError::Encoding { reason })?)
    }
}

impl Signature {
    /// circomlib's `packSignature`: packed R, then S in 32 little-endian bytes.
    pub fn encode(&self) -> [u8; 64] {
        let mut bytes = [0u8; 64];
        bytes[..32].copy_from_slice(&self.r.pack());
        bytes[32..].copy_from_slice(&self.s.into_bigint().to_bytes_le());
        bytes
    }

    /// Reads what [`Signature::encode`] writes; says nothing about who signed what.
    ///
    /// # Errors
    /// [`SignatureError`] if R is not a packed point or S is l or larger.
    pub fn decode(bytes: &[u8; 64]) -> Result<Signature, SignatureError> {
        let (r, s) = bytes.split_at(32);
        let r = Point::unpack(r.try_into().expect("half of 64 bytes"))
            .map_err(|reason| SignatureError::Encoding { reason })?;
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().zip(s.chunks_exact(8)) {
            *limb = u64::from_le_bytes(chunk.try_into().expect("chunks of eight bytes"));
        }
        let s = Scalar::from_bigint(BigInt::new(limbs)).ok_or_else(|| {
            let big_endian: Vec<u8> = s.iter().rev().copied().collect();
            SignatureError::ScalarNotCanonical { s: hex::encode(&big_endian) }
        })?;
        Ok(Signature { r, s })
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.encode()))
    }
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    fn from_str(text: &str) -> Result<PublicKey, PublicKeyError> {
        PublicKey::decode(&hex::decode(text).ok_or(PublicKeyError::NotHex { length: text.len() })?)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.encode()))
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Signature, SignatureError> {
        Signature::decode(&hex::decode(text).ok_or(SignatureError::NotHex { length: text.len() })?)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Signature, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::{babyjubjub::PackedPointError, eddsa::SecretKey};
    use alloc::format;
    use alloc::string::ToString;
    use ark_ff::AdditiveGroup;
    use proptest::prelude::*;

    #[test]
    fn s_plus_l_is_refused() {
        let signature = SecretKey::from_seed([9; 32]).sign(&crate::field::Fr::from(1u64));
        for s in [signature.s, Scalar::ZERO] {
            let mut bytes = Signature { s, ..signature }.encode();
            let mut alias = s.into_bigint();
            alias.add_with_carry(&Scalar::MODULUS);
            bytes[32..].copy_from_slice(&alias.to_bytes_le());
            assert!(matches!(Signature::decode(&bytes), Err(SignatureError::ScalarNotCanonical { .. })));
        }
    }

    #[test]
    fn text_is_exact() {
        let key = *SecretKey::from_seed([9; 32]).public();
        let text = key.to_string();
        assert_eq!(text.parse(), Ok(key));
        assert_eq!(text[2..].parse::<PublicKey>(), Err(PublicKeyError::NotHex { length: 64 }));
        assert_eq!("0x".parse::<Signature>(), Err(SignatureError::NotHex { length: 2 }));
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<PublicKey>(&json).unwrap(), key);
        let identity = hex::encode(&Point::IDENTITY.pack());
        assert_eq!(identity.parse::<PublicKey>(), Err(PublicKeyError::Identity));
        let beyond = format!("0x{}", "ff".repeat(32));
        let refused = beyond.parse::<PublicKey>();
        assert!(matches!(
            refused,
            Err(PublicKeyError::Encoding { reason: PackedPointError::NotCanonical { .. } })
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn keys_of_arbitrary_bytes_round_trip_or_fail(bytes: [u8; 32]) {
            let mut bytes = bytes;
            bytes[31] &= 0x9f;
            if let Ok(key) = PublicKey::decode(&bytes) {
                prop_assert_eq!(key.encode(), bytes);
            }
        }

        #[test]
        fn signatures_of_arbitrary_bytes_round_trip_or_fail(r: [u8; 32], s: [u8; 32]) {
            let mut bytes = [0; 64];
            bytes[..32].copy_from_slice(&r);
            bytes[32..].copy_from_slice(&s);
            bytes[31] &= 0x9f;
            bytes[63] &= 0x07;
            if let Ok(signature) = Signature::decode(&bytes) {
                prop_assert_eq!(signature.encode(), bytes);
            }
        }

        #[test]
        fn arbitrary_text_never_panics(text: String) {
            prop_assert!(text.parse::<PublicKey>().is_err());
            prop_assert!(text.parse::<Signature>().is_err());
        }
    }
}
