//! The objects of a document, whose parts stay text until somebody asks for them: a number is read from its digits.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::OutlineError;
use super::super::position::{ReadPosition, Wrong, position};

/// What is looked at in an object of GeoJSON.
#[derive(serde::Deserialize)]
#[serde(expecting = "a GeoJSON object")]
pub(super) struct Object<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) geometry: Option<&'a RawValue>,
    #[serde(borrow)]
    features: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) crs: Option<&'a RawValue>,
}

/// What a feature may be called by.
#[derive(serde::Deserialize)]
#[serde(expecting = "properties, an object")]
struct Properties<'a> {
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow, rename = "NAME")]
    upper: Option<&'a RawValue>,
    #[serde(borrow, rename = "Name")]
    title: Option<&'a RawValue>,
}

impl Object<'_> {
    /// Its type.
    pub(super) fn kind(&self) -> Result<String, OutlineError> {
        self.kind.clone().ok_or(OutlineError::NoMember { wanted: "type" })
    }

    /// What a feature is called: by its properties, then by its id.
    pub(super) fn names(&self) -> Vec<String> {
        let text = |raw: &RawValue| serde_json::from_str::<String>(raw.get()).ok();
        let properties =
            self.properties.and_then(|raw| serde_json::from_str::<Properties<'_>>(raw.get()).ok());
        let properties = properties.into_iter().flat_map(|found| [found.name, found.upper, found.title]);
        let number = |raw: &RawValue| raw.get().starts_with(|c: char| c == '-' || c.is_ascii_digit());
        let id = self.id.and_then(|raw| text(raw).or_else(|| number(raw).then(|| raw.get().to_owned())));
        properties.flatten().filter_map(text).chain(id).collect()
    }
}

/// The whole document, of which all objects are parts.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    /// Reads a part of the document.
    pub(super) fn read<T: Deserialize<'a>>(&self, part: &'a str) -> Result<T, OutlineError> {
        serde_json::from_str(part).map_err(|error| {
            let before = part.as_ptr().addr() - self.text.as_ptr().addr();
            not_geojson(&self.text.as_bytes()[..before], &error)
        })
    }

    /// Reads a part of the document that has to be an object.
    pub(super) fn object(&self, part: &'a str) -> Result<Object<'a>, OutlineError> {
        // A parser of structures takes a list for one, too.
        if part.trim_start().starts_with('[') { Err(OutlineError::List) } else { self.read(part) }
    }

    /// The features of a collection.
    pub(super) fn features(&self, collection: &Object<'a>) -> Result<Vec<Object<'a>>, OutlineError> {
        let list = collection.features.ok_or(OutlineError::NoMember { wanted: "features" })?;
        let features: Vec<&'a RawValue> = self.read(list.get())?;
        let read = |raw: &&'a RawValue| {
            let feature = self.object(raw.get())?;
            match feature.kind()?.as_str() {
                "Feature" => Ok(feature),
                other => Err(OutlineError::Type { got: super::shown(other) }),
            }
        };
        features.iter().map(read).collect()
    }

    /// The coordinates of a geometry.
    pub(super) fn coordinates<T: Deserialize<'a>>(&self, geometry: &Object<'a>) -> Result<T, OutlineError> {
        let list = geometry.coordinates.ok_or(OutlineError::NoMember { wanted: "coordinates" })?;
        self.read(list.get())
    }
}

/// The error of the parser, with the place counted from the beginning of the document.
pub(super) fn not_geojson(before: &[u8], error: &serde_json::Error) -> OutlineError {
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let last = before.iter().rev().take_while(|byte| **byte != b'\n').count();
    let column = if error.line() == 1 { last + error.column() } else { error.column() };
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let reason = reason.chars().take(REASON_SHOWN).collect();
    OutlineError::NotGeoJson { line: lines + error.line(), column, reason }
}

/// The most characters of a parser's reason that an error shows.
const REASON_SHOWN: usize = 120;

/// A position: two numbers as they are written; what follows them is no part of it.
pub(super) struct Numbers(pub(super) ReadPosition);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Numbers, D::Error> {
        struct Both;

        impl<'de> Visitor<'de> for Both {
            type Value = Numbers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position: a list of a longitude and a latitude")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Numbers, A::Error> {
                let first = numbers.next_element::<&'de RawValue>()?;
                let second = numbers.next_element::<&'de RawValue>()?;
                while numbers.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Numbers(match (first, second) {
                    (Some(longitude), Some(latitude)) => position(longitude.get(), latitude.get()),
                    _ => Err(Wrong::Short.into()),
                }))
            }
        }

        deserializer.deserialize_seq(Both)
    }
}
