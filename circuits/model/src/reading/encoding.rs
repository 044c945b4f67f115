//! The canonical binary form of a signed reading: fixed length, big-endian.
//!
//! | field | bytes |
//! |---|---|
//! | version | 1 |
//! | network | 31 |
//! | schema | 4 |
//! | sequence | 8 |
//! | time (Unix ms) | 6 |
//! | latitude, longitude (1e-7 degree + 2^31) | 4, 4 |
//! | accuracy (mm) | 4 |
//! | channels (each + 2^63) | 4 x 8 |
//! | payload hash | 31 |
//! | key (packed point) | 32 |
//! | signature (packed R, S little-endian) | 64 |

use alloc::vec::Vec;

use super::{
    Location, Network, PayloadHash, READING_VERSION, Reading, ReadingError, SignedReading, UnixMillis,
    offset_channel,
};
use crate::field;
use crate::primitives::eddsa::{PublicKey, Signature};

/// Length of an encoded signed reading, in bytes.
pub const SIGNED_READING_LENGTH: usize = 1 + 31 + 4 + 8 + 6 + 4 + 4 + 4 + 4 * 8 + 31 + 32 + 64;

impl SignedReading {
    /// The canonical binary form.
    pub fn encode(&self) -> [u8; SIGNED_READING_LENGTH] {
        let reading = &self.reading;
        let (latitude, longitude) = reading.location.offset();
        let mut bytes = Vec::with_capacity(SIGNED_READING_LENGTH);
        bytes.push(READING_VERSION);
        bytes.extend_from_slice(&field::to_be_bytes(&reading.network.to_field())[1..]);
        bytes.extend_from_slice(&reading.schema.to_be_bytes());
        bytes.extend_from_slice(&reading.sequence.to_be_bytes());
        bytes.extend_from_slice(&reading.time.get().to_be_bytes()[2..]);
        bytes.extend_from_slice(&latitude.to_be_bytes());
        bytes.extend_from_slice(&longitude.to_be_bytes());
        bytes.extend_from_slice(&reading.accuracy_mm.to_be_bytes());
        for channel in reading.channels {
            bytes.extend_from_slice(&offset_channel(channel).to_be_bytes());
        }
        bytes.extend_from_slice(&field::to_be_bytes(&reading.payload_hash.to_field())[1..]);
        bytes.extend_from_slice(&self.key.encode());
        bytes.extend_from_slice(&self.signature.encode());
        bytes.try_into().expect("the parts add up to the constant")
    }

    /// Reads what [`SignedReading::encode`] writes and checks the signature.
    ///
    /// # Errors
    /// [`ReadingError`]: wrong length or version, a field out of range, or a key or signature that is not one or does not
    /// hold.
    pub fn decode(bytes: &[u8]) -> Result<SignedReading, ReadingError> {
        SignedReading::decode_with(bytes, |_| None)
    }

    /// The same for who knows keys: one that is known by its bytes is not looked at again, which takes as long as a third of the signature.
    /// The signature is checked as ever.
    ///
    /// # Errors
    /// As [`SignedReading::decode`].
    pub fn decode_with(
        bytes: &[u8],
        known: impl FnOnce(&[u8; 32]) -> Option<PublicKey>,
    ) -> Result<SignedReading, ReadingError> {
        if bytes.len() != SIGNED_READING_LENGTH {
            return Err(ReadingError::Length { wanted: SIGNED_READING_LENGTH, got: bytes.len() });
        }
        let mut rest = Rest(bytes);
        let [version] = rest.take();
        if version != READING_VERSION {
            return Err(ReadingError::Version { wanted: READING_VERSION, got: version });
        }
        let reading = Reading {
            network: Network::from_field(rest.field248())?,
            schema: u32::from_be_bytes(rest.take()),
            sequence: u64::from_be_bytes(rest.take()),
            time: UnixMillis::new(rest.time())?,
            location: Location::from_e7(rest.coordinate(), rest.coordinate())?,
            accuracy_mm: u32::from_be_bytes(rest.take()),
            channels: core::array::from_fn(|_| rest.channel()),
            payload_hash: PayloadHash::from_field(rest.field248())?,
        };
        reading.check()?;
        let packed = rest.take();
        let key = match known(&packed).filter(|key| key.encode() == packed) {
            Some(key) => key,
            None => PublicKey::decode(&packed).map_err(|reason| ReadingError::Key { reason })?,
        };
        let signature =
            Signature::decode(&rest.take()).map_err(|reason| ReadingError::Signature { reason })?;
        SignedReading::new(reading, key, signature)
    }
}

/// The bytes not yet read; the length was checked, so there are enough.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, tail) = self.0.split_first_chunk().expect("the parts add up to the checked length");
        self.0 = tail;
        *head
    }

    fn field248(&mut self) -> field::Fr {
        let mut padded = [0u8; 32];
        padded[1..].copy_from_slice(&self.take::<31>());
        field::from_be_bytes(&padded).expect("248 bits are below r")
    }

    fn time(&mut self) -> u64 {
        let mut padded = [0u8; 8];
        padded[2..].copy_from_slice(&self.take::<6>());
        u64::from_be_bytes(padded)
    }

    /// A coordinate in 1e-7 degree, written plus 2^31.
    fn coordinate(&mut self) -> i32 {
        (u32::from_be_bytes(self.take()) ^ (1 << 31)).cast_signed()
    }

    /// A channel, written plus 2^63.
    fn channel(&mut self) -> i64 {
        (u64::from_be_bytes(self.take()) ^ (1 << 63)).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceKey;
    use crate::primitives::babyjubjub::Scalar;
    use crate::primitives::eddsa::{PublicKeyError, SignatureError};
    use crate::reading::tests::any_reading;
    use ark_ff::{BigInteger, PrimeField};
    use proptest::prelude::*;

    fn example() -> SignedReading {
        let reading = Reading {
            network: Network::new(80002, [0x33; 20]),
            schema: 7,
            sequence: 1,
            time: UnixMillis::new(1_767_225_600_000).unwrap(),
            location: Location::from_e7(-1, 1_800_000_000).unwrap(),
            accuracy_mm: 2_000,
            channels: [-40_000, 0, 1, i64::MIN],
            payload_hash: PayloadHash::of(b"rest"),
        };
        DeviceKey::from_seed([4; 32]).sign(&reading).unwrap()
    }

    fn decode_altered(offset: usize, replacement: &[u8]) -> Result<SignedReading, ReadingError> {
        let mut bytes = example().encode();
        bytes[offset..offset + replacement.len()].copy_from_slice(replacement);
        SignedReading::decode(&bytes)
    }

    #[test]
    fn each_fault_has_its_error() {
        let bytes = example().encode();
        assert_eq!(SignedReading::decode(&bytes), Ok(example()));
        for length in [0, 220, 222] {
            let mut other = bytes.to_vec();
            other.resize(length, 0);
            assert_eq!(SignedReading::decode(&other), Err(ReadingError::Length { wanted: 221, got: length }));
        }
        assert_eq!(decode_altered(0, &[2]), Err(ReadingError::Version { wanted: 1, got: 2 }));
        assert_eq!(decode_altered(50, &[0; 4]), Err(ReadingError::Latitude { got: i32::MIN }));
        assert_eq!(decode_altered(54, &[0xff; 4]), Err(ReadingError::Longitude { got: i32::MAX }));
        assert_eq!(decode_altered(58, &[0; 4]), Err(ReadingError::ZeroAccuracy));
        let identity: [u8; 32] = core::array::from_fn(|index| u8::from(index == 0));
        assert_eq!(
            decode_altered(125, &identity),
            Err(ReadingError::Key { reason: PublicKeyError::Identity })
        );
        let mismatch = Err(ReadingError::Signature { reason: SignatureError::Mismatch });
        assert_eq!(decode_altered(157, &identity), mismatch);
        assert_eq!(decode_altered(43, &[9]), mismatch);
        let beyond = decode_altered(189, &Scalar::MODULUS.to_bytes_le());
        let Err(ReadingError::Signature { reason: SignatureError::ScalarNotCanonical { .. } }) = beyond
        else {
            panic!("{beyond:?}")
        };
    }

    #[test]
    fn a_key_that_is_known_saves_its_own_checks_and_no_others() {
        let bytes = example().encode();
        let key = *example().key();
        let mut asked = None;
        let known = SignedReading::decode_with(&bytes, |packed| {
            asked = Some(*packed);
            Some(key)
        });
        assert_eq!((known, asked), (Ok(example()), Some(key.encode())));
        // Another one's is not taken for it.
        let other = *DeviceKey::from_seed([5; 32]).public();
        assert_eq!(SignedReading::decode_with(&bytes, |_| Some(other)), Ok(example()));
        let mut altered = bytes;
        altered[43] ^= 1;
        let mismatch = Err(ReadingError::Signature { reason: SignatureError::Mismatch });
        assert_eq!(SignedReading::decode_with(&altered, |_| Some(key)), mismatch);
        altered = bytes;
        altered[125] ^= 1;
        assert!(SignedReading::decode_with(&altered, |_| Some(key)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_reading_round_trips_and_every_bit_counts(reading in any_reading(), seed: [u8; 32], bit in 0..8 * SIGNED_READING_LENGTH) {
            let signed = DeviceKey::from_seed(seed).sign(&reading).unwrap();
            let mut bytes = signed.encode();
            prop_assert_eq!(SignedReading::decode(&bytes), Ok(signed));
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(SignedReading::decode(&bytes).is_err());
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), SIGNED_READING_LENGTH), short: Vec<u8>) {
            let mut bytes = bytes;
            bytes[0] = READING_VERSION;
            prop_assert!(SignedReading::decode(&bytes).is_err());
            prop_assert!(SignedReading::decode(&short).is_err());
        }
    }
}
