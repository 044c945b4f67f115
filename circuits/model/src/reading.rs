//! What a device signs: typed fixed-point fields and the hash of whatever else it sends.
//!
//! A [`Reading`] hashes to one field element, its [message](Reading::message); a [`SignedReading`] carries the signature over
//! it and exists only if the signature holds. The binary form is in `reading/encoding.rs`, the JSON form in
//! `reading/text.rs`.
//!
//! ```
//! use zksensor_model::device::DeviceKey;
//! use zksensor_model::reading::{Location, Network, PayloadHash, Reading, SignedReading, UnixMillis};
//!
//! let reading = Reading {
//!     network: Network::new(137, [0x11; 20]),
//!     schema: 1,
//!     sequence: 42,
//!     time: UnixMillis::new(1_767_225_600_000)?,
//!     location: Location::from_e7(525_200_000, 134_050_000)?, // 52.52 N, 13.405 E
//!     accuracy_mm: 3_500,
//!     channels: [21_500, 0, 0, 0], // 21.5 degrees, if the schema says milli-degrees Celsius
//!     payload_hash: PayloadHash::of(b"battery: good"),
//! };
//! let signed = DeviceKey::from_seed([7; 32]).sign(&reading)?;
//! assert_eq!(SignedReading::decode(&signed.encode())?, signed);
//! # Ok::<(), zksensor_model::reading::ReadingError>(())
//! ```

use alloc::string::String;

use crate::field::Fr;
use crate::layout::InputValue;
use crate::preimages::{FirstChannels, Header, Lanes, LastChannels, Message};
use crate::primitives::eddsa::{self, PublicKey, PublicKeyError, Signature, SignatureError};

mod encoding;
mod fields;
mod text;
pub(crate) mod whole;

pub use encoding::SIGNED_READING_LENGTH;
pub use fields::{Location, Network, PayloadHash, UnixMillis};

/// Version of the encoding and of the message: the first field of both.
pub const READING_VERSION: u8 = 1;

/// [`Reading::accuracy_mm`] of a reading whose accuracy nobody knows.
pub const ACCURACY_UNKNOWN: u32 = u32::MAX;

/// Why something is not a reading, or not a signed one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadingError {
    /// Not as many bytes as the encoding has.
    #[error("expected a signed reading of {wanted} bytes, got {got}")]
    Length {
        /// Length of the encoding, in bytes.
        wanted: usize,
        /// What came, in bytes.
        got: usize,
    },
    /// Another version of the encoding.
    #[error("expected reading version {wanted}, got {got}")]
    Version {
        /// The version this crate knows.
        wanted: u8,
        /// The version that came.
        got: u8,
    },
    /// The time does not fit in 48 bits.
    #[error("expected a time below 2^48 in Unix milliseconds, got {got}; is it in microseconds?")]
    Time {
        /// What came, in Unix milliseconds.
        got: u64,
    },
    /// The latitude is beyond a pole.
    #[error("expected a latitude from -900000000 to 900000000 (1e-7 degree), got {got}")]
    Latitude {
        /// What came, in 1e-7 degree.
        got: i32,
    },
    /// The longitude is beyond 180 degrees.
    #[error("expected a longitude from -1800000000 to 1800000000 (1e-7 degree), got {got}")]
    Longitude {
        /// What came, in 1e-7 degree.
        got: i32,
    },
    /// The accuracy is 0.
    #[error("expected an accuracy of at least 1 mm, got 0; unknown is written {ACCURACY_UNKNOWN}")]
    ZeroAccuracy,
    /// The network does not fit in 248 bits.
    #[error("expected a network below 2^248, got {got}")]
    Network {
        /// What came, in hexadecimal.
        got: String,
    },
    /// The payload hash does not fit in 248 bits.
    #[error("expected a payload hash below 2^248, got {got}; cut keccak256 to its low 248 bits")]
    PayloadHash {
        /// What came, in hexadecimal.
        got: String,
    },
    /// The key is not one.
    #[error("{reason}")]
    Key {
        /// What is wrong with it.
        #[source]
        reason: PublicKeyError,
    },
    /// The signature is malformed or does not hold for this reading and key.
    #[error("{reason}")]
    Signature {
        /// What is wrong with it.
        #[source]
        reason: SignatureError,
    },
}

/// What a device measured, where and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reading {
    /// Where the signature counts.
    pub network: Network,
    /// The sensor profile: names, units and scales of the channels.
    pub schema: u32,
    /// Increases with every reading of the device.
    pub sequence: u64,
    /// When.
    pub time: UnixMillis,
    /// Where.
    pub location: Location,
    /// Horizontal accuracy of the location in millimetres; [`ACCURACY_UNKNOWN`] if unknown, never 0.
    pub accuracy_mm: u32,
    /// Fixed-point values; unit and scale by schema.
    pub channels: [i64; 4],
    /// The hash of everything else.
    pub payload_hash: PayloadHash,
}

impl Reading {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// [`ReadingError::ZeroAccuracy`].
    pub fn check(&self) -> Result<(), ReadingError> {
        if self.accuracy_mm == 0 { Err(ReadingError::ZeroAccuracy) } else { Ok(()) }
    }

    /// The lanes of the message by name.
    pub fn preimage(&self) -> Message<Fr> {
        Message {
            network: self.network.to_field(),
            payload_hash: self.payload_hash.to_field(),
            header: self.header().pack(),
            first_channels: FirstChannels {
                channel_0: self.channels[0].encode(&FirstChannels::PARTS.channel_0),
                channel_1: self.channels[1].encode(&FirstChannels::PARTS.channel_1),
            }
            .pack(),
            last_channels: LastChannels {
                channel_2: self.channels[2].encode(&LastChannels::PARTS.channel_2),
                channel_3: self.channels[3].encode(&LastChannels::PARTS.channel_3),
            }
            .pack(),
        }
    }

    /// The parts of the lane that is neither network nor payload nor channels, encoded.
    pub fn header(&self) -> Header<Fr> {
        let coordinate = |value: i32, part| i64::from(value).encode(part);
        Header {
            version: Fr::from(READING_VERSION),
            schema: Fr::from(self.schema),
            sequence: Fr::from(self.sequence),
            time_unix_ms: Fr::from(self.time.get()),
            latitude_e7: coordinate(self.location.latitude(), &Header::PARTS.latitude_e7),
            longitude_e7: coordinate(self.location.longitude(), &Header::PARTS.longitude_e7),
            accuracy_mm: Fr::from(self.accuracy_mm),
        }
    }

    /// The five lanes of the message, in order.
    pub fn lanes(&self) -> [Fr; 5] {
        self.preimage().lanes()
    }

    /// What is signed: Poseidon of the [lanes](Reading::lanes).
    pub fn message(&self) -> Fr {
        self.preimage().hash()
    }
}

/// A channel as circuits see it: plus 2^63.
pub fn offset_channel(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

/// A reading with a signature that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SignedReading {
    reading: Reading,
    key: PublicKey,
    signature: Signature,
}

impl SignedReading {
    /// Checks the reading and the signature over its message.
    ///
    /// # Errors
    /// [`ReadingError::ZeroAccuracy`] or [`ReadingError::Signature`].
    pub fn new(
        reading: Reading,
        key: PublicKey,
        signature: Signature,
    ) -> Result<SignedReading, ReadingError> {
        reading.check()?;
        eddsa::verify(&key, &reading.message(), &signature)
            .map_err(|reason| ReadingError::Signature { reason })?;
        Ok(SignedReading { reading, key, signature })
    }

    /// Puts the parts together unchecked.
    ///
    /// # Security
    /// For tests and hostile vectors only: it feeds bad signatures to the circuits.
    pub fn insecure_unverified(reading: Reading, key: PublicKey, signature: Signature) -> SignedReading {
        SignedReading { reading, key, signature }
    }

    /// What was signed.
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Who signed it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The signature over [`Reading::message`].
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::field;
    use crate::primitives::poseidon::{self, Domain};
    use alloc::format;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Every reading there is.
    pub(crate) fn any_reading() -> impl Strategy<Value = Reading> {
        let fields = (any::<u64>(), any::<u32>(), any::<u64>(), 0..1u64 << 48, -900_000_000..=900_000_000i32);
        let more = (-1_800_000_000..=1_800_000_000i32, 1..=u32::MAX, any::<[i64; 4]>(), any::<Vec<u8>>());
        (fields, more).prop_map(
            |((chain, schema, sequence, time, latitude), (longitude, accuracy_mm, channels, payload))| {
                Reading {
                    network: Network::new(chain, [0x22; 20]),
                    schema,
                    sequence,
                    time: UnixMillis::new(time).unwrap(),
                    location: Location::from_e7(latitude, longitude).unwrap(),
                    accuracy_mm,
                    channels,
                    payload_hash: PayloadHash::of(&payload),
                }
            },
        )
    }

    #[test]
    fn offsets_keep_the_order() {
        assert_eq!([i64::MIN, -1, 0, i64::MAX].map(offset_channel), [0, (1 << 63) - 1, 1 << 63, u64::MAX]);
    }

    #[test]
    fn lanes_are_packed_as_specified() {
        let reading = Reading {
            network: Network::new(137, [0x11; 20]),
            schema: 0x0a0b_0c0d,
            sequence: 0x0102_0304_0506_0708,
            time: UnixMillis::new(0x1112_1314_1516).unwrap(),
            location: Location::from_e7(1, -1).unwrap(),
            accuracy_mm: ACCURACY_UNKNOWN,
            channels: [1, -1, i64::MIN, i64::MAX],
            payload_hash: PayloadHash::NONE,
        };
        let texts = reading.lanes().map(|lane| field::to_hex(&lane));
        assert_eq!(texts[0], "0x001b9008e5e3fef1f2e11e5c51285cfae7b927d9bac5c3574afff985892d9d6a");
        assert_eq!(texts[1], format!("0x{}", "0".repeat(64)));
        assert_eq!(texts[2], "0x00010a0b0c0d0102030405060708111213141516800000017fffffffffffffff");
        assert_eq!(texts[3], "0x0000000000000000000000000000000080000000000000017fffffffffffffff");
        assert_eq!(texts[4], "0x000000000000000000000000000000000000000000000000ffffffffffffffff");
        assert_eq!(reading.message(), poseidon::hash(Domain::Message, &reading.lanes()));
    }
}
