//! Whether a document is of a size that may be read into memory, found out without reading it there: a number that takes two
//! bytes of text takes fifty or more as a value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::object::not_geojson;
use super::{MAX_ARRAYS, MAX_MEMBERS, OutlineError};

/// Counts arrays among coordinates and values elsewhere.
///
/// # Errors
/// [`OutlineError::TooLarge`] where there are too many; [`OutlineError::NotGeoJson`] for what is no JSON.
pub(super) fn check(text: &str) -> Result<(), OutlineError> {
    let mut count = Count { arrays: 0, members: 0 };
    let mut reader = serde_json::Deserializer::from_str(text);
    let counted = Values { count: &mut count, in_coordinates: false }.deserialize(&mut reader);
    counted.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if count.is_too_large() { OutlineError::TooLarge { line, column } } else { not_geojson(&[], &error) }
    })
}

struct Count {
    arrays: usize,
    members: usize,
}

impl Count {
    fn is_too_large(&self) -> bool {
        self.arrays > MAX_ARRAYS || self.members > MAX_MEMBERS
    }

    fn check<E: Error>(&self) -> Result<(), E> {
        if self.is_too_large() { Err(E::custom("too many values")) } else { Ok(()) }
    }
}

/// Any value, counted with all that it holds.
struct Values<'a> {
    count: &'a mut Count,
    in_coordinates: bool,
}

impl Values<'_> {
    fn scalar<E: Error>(self) -> Result<(), E> {
        self.count.members += usize::from(!self.in_coordinates);
        self.count.check()
    }
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Values { count, in_coordinates } = self;
        if in_coordinates {
            count.arrays += 1;
        } else {
            count.members += 1;
        }
        count.check()?;
        while items.next_element_seed(Values { count, in_coordinates })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Values { count, .. } = self;
        count.members += 1;
        while let Some(in_coordinates) = members.next_key_seed(IsCoordinates)? {
            members.next_value_seed(Values { count, in_coordinates })?;
        }
        count.check()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.scalar()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar()
    }
}

/// Whether a key is `coordinates`.
struct IsCoordinates;

impl<'de> DeserializeSeed<'de> for IsCoordinates {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsCoordinates {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<bool, E> {
        Ok(key == "coordinates")
    }
}
