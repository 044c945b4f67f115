//! What jobs and keys are called in the queue.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};
use zksensor::circuits::statement::{Job, Statement};
use zksensor::model::field;

macro_rules! digests {
    ($($(#[$attribute:meta])* $name:ident($bytes:literal);)*) => {$(
        $(#[$attribute])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// The bytes.
            pub fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }

            /// Of these bytes.
            pub fn from_bytes(bytes: [u8; $bytes]) -> Self {
                $name(bytes)
            }

            /// Reads what is shown.
            pub fn parse(text: &str) -> Option<Self> {
                let is_shown = text.len() == 2 * $bytes && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                let bytes = zksensor::hex::parse(&format!("0x{text}")).ok().filter(|_| is_shown)?;
                Some($name(bytes))
            }
        }

        /// Hexadecimal digits: a word of a subject.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $name::parse(&text).ok_or_else(|| serde::de::Error::custom("expected hexadecimal digits, got something else"))
            }
        }
    )*};
}

digests! {
    /// A job: the same for whoever has this claim proven under this key.
    JobId(32);
    /// A proving key, by its id.
    KeyName(16);
}

impl JobId {
    /// The id of a claim that is proven under the key with this id.
    pub fn of<S: Statement>(job: &Job<S>, key_id: &str) -> Self {
        let words: Vec<[u8; 32]> = job.assignment().words().iter().map(field::to_be_bytes).collect();
        JobId(hashed(b"zksensor node/v1 job", &[key_id.as_bytes(), words.as_flattened()]))
    }

    /// A job that nobody has.
    pub(in crate::cluster) const PROBE: JobId = JobId([0; 32]);
}

impl KeyName {
    /// The name of the key with this id.
    pub fn of(key_id: &str) -> Self {
        let digest: [u8; 32] = hashed(b"zksensor node/v1 key", &[key_id.as_bytes()]);
        KeyName(*digest.first_chunk().expect("a name is shorter than a digest"))
    }
}

fn hashed(domain: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    hasher.update(domain);
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
