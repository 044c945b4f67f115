//! Integers of 64 bits as decimal text: a JSON number above 2^53 is rounded by JavaScript, jq and every browser.
//!
//! A number is read, too, as long as it is exact. Formats that people do not read have the integers as they are.

use alloc::string::ToString;
use core::fmt::{self, Display};
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::schema::ABSENT;

/// From here on not every integer is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// An integer.
pub(crate) struct Whole<T>(pub(crate) T);

/// A channel: an integer, or null where nothing was measured.
pub(crate) struct Channel(pub(crate) i64);

impl<T: Serialize + Display> Serialize for Whole<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(&self.0),
            false => self.0.serialize(serializer),
        }
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() && self.0 == ABSENT {
            true => serializer.serialize_unit(),
            false => Whole(self.0).serialize(serializer),
        }
    }
}

/// What numbers and texts become.
trait Integer: TryFrom<i128> + FromStr + Display {
    const RANGE: &'static str;
}

impl Integer for u64 {
    const RANGE: &'static str = "an integer from 0 to 2^64 - 1 as decimal text";
}

impl Integer for i64 {
    const RANGE: &'static str = "an integer from -2^63 to 2^63 - 1 as decimal text";
}

impl<'de> Deserialize<'de> for Whole<u64> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_any(AnyForm { absent: None, integer: PhantomData }).map(Whole),
            false => u64::deserialize(deserializer).map(Whole),
        }
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer
                .deserialize_any(AnyForm { absent: Some(ABSENT), integer: PhantomData })
                .map(Channel),
            false => i64::deserialize(deserializer).map(Channel),
        }
    }
}

/// Decimal text, an exact number, or null if that means something.
struct AnyForm<T> {
    absent: Option<T>,
    integer: PhantomData<T>,
}

impl<T: Integer> Visitor<'_> for AnyForm<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::RANGE)?;
        f.write_str(if self.absent.is_some() { ", or null" } else { "" })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        // One text for each integer: no sign that says nothing, no leading zero.
        let parsed = text.parse::<T>().ok().filter(|integer| integer.to_string() == text);
        parsed
            .ok_or_else(|| E::custom(format_args!("expected {self}, got {} bytes of other text", text.len())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.exact(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.exact(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        if number.abs() > EXACT {
            return Err(self.rounded());
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 2^53")]
        let integer = number as i128;
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        let whole = integer as f64 == number;
        match whole {
            true => self.exact(integer),
            false => Err(E::custom(format_args!("expected {self}, got a number with a fraction"))),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        match self.absent {
            Some(absent) => Ok(absent),
            None => Err(E::custom(format_args!("expected {self}, got null"))),
        }
    }
}

impl<T: Integer> AnyForm<T> {
    fn exact<E: Error>(self, number: i128) -> Result<T, E> {
        T::try_from(number).map_err(|_| match number.unsigned_abs() > 1 << 53 {
            true => self.rounded(),
            false => E::custom(format_args!("expected {self}, got a number beyond that")),
        })
    }

    fn rounded<E: Error>(&self) -> E {
        E::custom(format_args!(
            "expected {self}, got a number above 2^53 that was rounded; was this file rewritten by a program that rounds \
             numbers, such as JavaScript or jq?"
        ))
    }
}

impl<T: Integer> Display for AnyForm<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expecting(f)
    }
}
