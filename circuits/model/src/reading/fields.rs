//! The typed fields of a reading, each with its range.

use super::ReadingError;
use crate::field::{self, Fr};

/// Where a signature counts: the low 248 bits of keccak256(abi.encode(uint256 chain id, address registry)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(Fr);

impl Network {
    /// The network of the registry contract at `registry` on the chain `chain_id`.
    pub fn new(chain_id: u64, registry: [u8; 20]) -> Network {
        let mut words = [0u8; 64];
        words[24..32].copy_from_slice(&chain_id.to_be_bytes());
        words[44..].copy_from_slice(&registry);
        Network(field::keccak248(&words))
    }

    /// The network behind a field element.
    ///
    /// # Errors
    /// [`ReadingError::Network`] at 2^248 or above.
    pub fn from_field(value: Fr) -> Result<Network, ReadingError> {
        if field::bit_length(&value) > 248 {
            return Err(ReadingError::Network { got: field::to_hex(&value) });
        }
        Ok(Network(value))
    }

    /// The network as a field element, below 2^248.
    pub fn to_field(&self) -> Fr {
        self.0
    }
}

/// The low 248 bits of keccak256 of what a device sends beside the typed fields; 0 if nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayloadHash(Fr);

impl PayloadHash {
    /// No payload.
    pub const NONE: PayloadHash = PayloadHash(ark_ff::MontFp!("0"));

    /// The hash of a payload; [`PayloadHash::NONE`] if it is empty.
    pub fn of(payload: &[u8]) -> PayloadHash {
        if payload.is_empty() { PayloadHash::NONE } else { PayloadHash(field::keccak248(payload)) }
    }

    /// The payload hash behind a field element.
    ///
    /// # Errors
    /// [`ReadingError::PayloadHash`] at 2^248 or above.
    pub fn from_field(value: Fr) -> Result<PayloadHash, ReadingError> {
        if field::bit_length(&value) > 248 {
            return Err(ReadingError::PayloadHash { got: field::to_hex(&value) });
        }
        Ok(PayloadHash(value))
    }

    /// The hash as a field element, below 2^248.
    pub fn to_field(&self) -> Fr {
        self.0
    }
}

/// A time in milliseconds since the Unix epoch, below 2^48 (the year 10889).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(u64);

impl UnixMillis {
    /// The latest time.
    pub const MAX: UnixMillis = UnixMillis((1 << 48) - 1);

    /// The time `millis` milliseconds after the Unix epoch.
    ///
    /// # Errors
    /// [`ReadingError::Time`] at 2^48 or above.
    pub fn new(millis: u64) -> Result<UnixMillis, ReadingError> {
        if millis > UnixMillis::MAX.0 {
            return Err(ReadingError::Time { got: millis });
        }
        Ok(UnixMillis(millis))
    }

    /// Milliseconds since the Unix epoch.
    pub fn get(self) -> u64 {
        self.0
    }
}

/// A place on the WGS 84 ellipsoid, in units of 1e-7 degree (about 11 mm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Location {
    latitude: i32,
    longitude: i32,
}

impl Location {
    /// The place at `latitude` (north positive) and `longitude` (east positive), both in 1e-7 degree: 48.1372 degrees are
    /// 481,372,000. Degrees as text are read by `location_degrees` of the facade, and by `Place` of `zksensor-io`.
    ///
    /// # Errors
    /// [`ReadingError::Latitude`] beyond 90 degrees, [`ReadingError::Longitude`] beyond 180.
    pub fn from_e7(latitude: i32, longitude: i32) -> Result<Location, ReadingError> {
        if latitude.unsigned_abs() > 900_000_000 {
            return Err(ReadingError::Latitude { got: latitude });
        }
        if longitude.unsigned_abs() > 1_800_000_000 {
            return Err(ReadingError::Longitude { got: longitude });
        }
        Ok(Location { latitude, longitude })
    }

    /// North positive, in 1e-7 degree.
    pub fn latitude(&self) -> i32 {
        self.latitude
    }

    /// East positive, in 1e-7 degree.
    pub fn longitude(&self) -> i32 {
        self.longitude
    }

    /// Latitude and longitude as circuits see them: each plus 2^31.
    pub fn offset(&self) -> (u32, u32) {
        (offset_i32(self.latitude), offset_i32(self.longitude))
    }
}

/// Plus 2^31.
fn offset_i32(value: i32) -> u32 {
    value.cast_unsigned() ^ (1 << 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_keep_the_order() {
        assert_eq!([i32::MIN, -1, 0, i32::MAX].map(offset_i32), [0, (1 << 31) - 1, 1 << 31, u32::MAX]);
    }

    #[test]
    fn ranges_end_where_they_should() {
        assert!(Location::from_e7(900_000_000, -1_800_000_000).is_ok());
        assert_eq!(Location::from_e7(-900_000_001, 0), Err(ReadingError::Latitude { got: -900_000_001 }));
        assert_eq!(Location::from_e7(i32::MIN, 0), Err(ReadingError::Latitude { got: i32::MIN }));
        assert_eq!(Location::from_e7(0, 1_800_000_001), Err(ReadingError::Longitude { got: 1_800_000_001 }));
        assert_eq!(UnixMillis::new((1 << 48) - 1), Ok(UnixMillis::MAX));
        assert_eq!(UnixMillis::new(1 << 48), Err(ReadingError::Time { got: 1 << 48 }));
        assert!(Network::from_field(field::power_of_two(248) - Fr::from(1u64)).is_ok());
        assert!(matches!(Network::from_field(field::power_of_two(248)), Err(ReadingError::Network { .. })));
        assert!(matches!(
            PayloadHash::from_field(field::power_of_two(248)),
            Err(ReadingError::PayloadHash { .. })
        ));
        assert_eq!(PayloadHash::of(b""), PayloadHash::NONE);
    }
}
