//! `schema`, `channel` and `unit` of a policy, and whether they, `low` and `high` fit the registry of schemas.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use super::bound::{Bound, Fixed, Instead};
use zksensor_model::policy::encoding;
use zksensor_model::schema::{FIRST_OWN, Quantity, SCHEMAS, Schema};

/// Channels of a reading.
const CHANNELS: u32 = 1 << encoding::CHANNEL_BITS;

/// Why schema, channel, unit and range of a policy do not fit each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// A schema that is neither in the registry nor a project's own.
    #[error(
        "expected `reading.schema` to be one of {}, or a number from {FIRST_OWN} for a schema of your own, got {got}; \
         see `zksensor schema list`",
        names(SCHEMAS.iter().map(|schema| schema.name))
    )]
    Schema {
        /// Name or number that came.
        got: NameOrNumber,
    },
    /// Another schema than the one in the file that the policy names.
    #[error("expected `reading.schema` to be \"{}\" or {}, as `reading.schema_file` has it, got {got}", own.name, own.id)]
    OtherFile {
        /// The schema of the file.
        own: &'static Schema,
        /// Name or number that came.
        got: NameOrNumber,
    },
    /// A channel that the schema does not have.
    #[error(
        "expected `reading.channel` to be one of {}, the channels of {}, or an index below {}, got {got}",
        names(schema.channels.iter().map(|channel| channel.name)), schema.name, schema.channels.len()
    )]
    Channel {
        /// The schema.
        schema: &'static Schema,
        /// Name or index that came.
        got: NameOrNumber,
    },
    /// A schema of the project's own has no names.
    #[error(
        "expected `reading.channel` to be an index from 0 to 3, as schema {schema} is your own, got {got}"
    )]
    OwnChannel {
        /// Number of the schema.
        schema: u32,
        /// Name or index that came.
        got: NameOrNumber,
    },
    /// Not the unit of the channel, or none.
    #[error(
        "expected `reading.unit` to be \"{wanted}\", as {channel} of {schema} has it, got {}", Got(got.as_deref())
    )]
    Unit {
        /// Name of the schema.
        schema: &'static str,
        /// Name of the channel.
        channel: &'static str,
        /// Its unit.
        wanted: &'static str,
        /// Unit that came.
        got: Option<String>,
    },
    /// A unit that cannot be checked.
    #[error(
        "expected no `reading.unit`, as the registry of schemas gives none for schema {schema}, got {got:?}"
    )]
    UncheckedUnit {
        /// Number of the schema.
        schema: u32,
        /// Unit that came.
        got: String,
    },
    /// A bound that no working sensor reports.
    #[error(
        "expected `reading.{key}` from {} to {} ({} to {} {}), the plausible range of {channel}, got {got} ({} {})",
        quantity.low, quantity.high, quantity.decimal(quantity.low), quantity.decimal(quantity.high), quantity.unit,
        quantity.decimal(*got), quantity.unit
    )]
    Range {
        /// `low` or `high`.
        key: &'static str,
        /// Name of the channel.
        channel: &'static str,
        /// What the channel measures.
        quantity: Quantity,
        /// Value that came, in fixed point.
        got: i64,
    },
    /// A number with a point, where the point is fixed.
    #[error("expected `reading.{key}` to be an integer, {}, got {got}{}", Fixed(quantity.as_deref()), Instead(suggestion))]
    Decimal {
        /// `low` or `high`.
        key: &'static str,
        /// What the channel measures, where the registry of schemas says so.
        quantity: Option<Box<Quantity>>,
        /// Number that came.
        got: String,
        /// The integer that it is in fixed point, where there is one.
        suggestion: Option<i64>,
    },
}

/// A name, or a number: of a schema, or of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameOrNumber {
    /// A name of the registry.
    Name(String),
    /// A number.
    Number(u32),
}

impl NameOrNumber {
    fn is_of(&self, schema: &Schema) -> bool {
        match self {
            Self::Name(name) => name == schema.name,
            Self::Number(number) => *number == schema.id,
        }
    }
}

impl fmt::Display for NameOrNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(formatter, "{name:?}"),
            Self::Number(number) => write!(formatter, "{number}"),
        }
    }
}

impl<'de> Deserialize<'de> for NameOrNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrNumberVisitor)
    }
}

struct NameOrNumberVisitor;

impl Visitor<'_> for NameOrNumberVisitor {
    type Value = NameOrNumber;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name, or a number from 0 to 2^32 - 1")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<NameOrNumber, E> {
        Ok(NameOrNumber::Name(name.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<NameOrNumber, E> {
        let number = u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self));
        number.map(NameOrNumber::Number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<NameOrNumber, E> {
        let number = u32::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self));
        number.map(NameOrNumber::Number)
    }
}

/// What a policy says of the value.
pub(super) struct Value {
    pub(super) schema: NameOrNumber,
    pub(super) channel: NameOrNumber,
    pub(super) unit: Option<String>,
    pub(super) low: Bound,
    pub(super) high: Bound,
}

/// Which value it is, and its range in fixed point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Resolved {
    /// Number of the schema.
    pub(super) schema: u32,
    /// Index of the channel.
    pub(super) channel: u8,
    pub(super) low: i64,
    pub(super) high: i64,
}

/// The number of the schema and the index of the channel, if unit and range fit them.
pub(super) fn resolve(value: Value, given: Option<&'static Schema>) -> Result<Resolved, ChannelError> {
    let schema = match &value.schema {
        got if given.is_some() => given.filter(|own| got.is_of(own)),
        NameOrNumber::Name(name) => Schema::named(name),
        NameOrNumber::Number(number) if *number >= FIRST_OWN => return own(*number, value),
        NameOrNumber::Number(number) => Schema::numbered(*number),
    };
    let unknown = match given {
        Some(own) => ChannelError::OtherFile { own, got: value.schema },
        None => ChannelError::Schema { got: value.schema },
    };
    let schema = schema.ok_or(unknown)?;
    let index = match &value.channel {
        NameOrNumber::Name(name) => schema.channel(name).map(|(index, _)| index),
        NameOrNumber::Number(number) => usize::try_from(*number).ok(),
    };
    let found = index.and_then(|index| Some((index, schema.channels.get(index)?)));
    let (index, channel) = found.ok_or(ChannelError::Channel { schema, got: value.channel })?;
    let (low, high) = (value.low.fixed("low", channel.quantity), value.high.fixed("high", channel.quantity));
    let (low, high) = (low?, high?);
    match (channel.quantity, value.unit) {
        (None, None) => {}
        (None, Some(found)) => return Err(ChannelError::UncheckedUnit { schema: schema.id, got: found }),
        (Some(quantity), unit) => {
            if unit.as_deref() != Some(quantity.unit) {
                let (schema, channel, wanted) = (schema.name, channel.name, quantity.unit);
                return Err(ChannelError::Unit { schema, channel, wanted, got: unit });
            }
            for (key, found) in [("low", low), ("high", high)] {
                if !(quantity.low..=quantity.high).contains(&found) {
                    return Err(ChannelError::Range { key, channel: channel.name, quantity, got: found });
                }
            }
        }
    }
    let channel = u8::try_from(index).expect("a schema has at most four channels");
    Ok(Resolved { schema: schema.id, channel, low, high })
}

/// The same of a schema that the registry does not know.
fn own(schema: u32, value: Value) -> Result<Resolved, ChannelError> {
    if let Some(found) = value.unit {
        return Err(ChannelError::UncheckedUnit { schema, got: found });
    }
    match value.channel {
        NameOrNumber::Number(index @ 0..CHANNELS) => {
            let channel = u8::try_from(index).expect("an index below four is a byte");
            let (low, high) = (value.low.fixed("low", None)?, value.high.fixed("high", None)?);
            Ok(Resolved { schema, channel, low, high })
        }
        found => Err(ChannelError::OwnChannel { schema, got: found }),
    }
}

fn names(names: impl Iterator<Item = &'static str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// What came, or none.
struct Got<'a>(Option<&'a str>);

impl fmt::Display for Got<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(found) => write!(formatter, "{found:?}"),
            None => formatter.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(schema: &str, channel: &str, unit: Option<&str>, low: i64, high: i64) -> Value {
        let read = |text: &str| match text.parse() {
            Ok(number) => NameOrNumber::Number(number),
            Err(_) => NameOrNumber::Name(text.to_owned()),
        };
        let (low, high) = (Bound::Fixed(low), Bound::Fixed(high));
        Value { schema: read(schema), channel: read(channel), unit: unit.map(str::to_owned), low, high }
    }

    fn refused(value: Value) -> String {
        resolve(value, None).unwrap_err().to_string()
    }

    #[test]
    fn names_and_numbers_are_the_same() {
        for schema in SCHEMAS {
            for (index, channel) in schema.channels.iter().enumerate() {
                let (unit, low, high) = match channel.quantity {
                    Some(quantity) => (Some(quantity.unit), quantity.low, quantity.high),
                    None => (None, i64::MIN, i64::MAX),
                };
                let expected = |low, high| {
                    let channel = u8::try_from(index).unwrap();
                    Ok(Resolved { schema: schema.id, channel, low, high })
                };
                let (id, at) = (schema.id.to_string(), index.to_string());
                let named = value(schema.name, channel.name, unit, low, high);
                assert_eq!(resolve(named, None), expected(low, high));
                assert_eq!(resolve(value(&id, &at, unit, low, high), None), expected(low, high));
                assert_eq!(resolve(value(schema.name, &at, unit, low, low), None), expected(low, low));
            }
        }
        for index in 0..4u8 {
            let expected = Resolved { schema: 65_536, channel: index, low: -9, high: 9 };
            assert_eq!(resolve(value("65536", &index.to_string(), None, -9, 9), None), Ok(expected));
        }
        let last = Resolved { schema: u32::MAX, channel: 3, low: 0, high: 0 };
        assert_eq!(resolve(value("4294967295", "3", None, 0, 0), None), Ok(last));
    }

    #[test]
    fn a_unit_has_to_be_there_and_the_same() {
        let speed = |unit| value("vehicle", "speed", unit, 0, 1);
        assert_eq!(
            refused(speed(None)),
            "expected `reading.unit` to be \"m/s\", as speed of vehicle has it, got none"
        );
        for other in ["km/h", "M/S", "m/s ", ""] {
            let end = format!("got {other:?}");
            assert!(refused(speed(Some(other))).ends_with(&end), "{other}");
        }
        for (schema, channel) in [("generic", "value"), ("65536", "0")] {
            let number = if schema == "generic" { "1" } else { schema };
            assert_eq!(
                refused(value(schema, channel, Some("m"), 0, 1)),
                format!(
                    "expected no `reading.unit`, as the registry of schemas gives none for schema {number}, got \"m\""
                )
            );
        }
    }

    #[test]
    fn a_bound_outside_the_plausible_range_is_refused() {
        let temperature = |low, high| value("air_quality", "temperature", Some("Cel"), low, high);
        assert_eq!(
            refused(temperature(-9_001, 7_000)),
            "expected `reading.low` from -9000 to 7000 (-90 to 70 Cel), the plausible range of temperature, got -9001 \
             (-90.01 Cel)"
        );
        assert!(refused(temperature(0, 7_001)).starts_with("expected `reading.high` from -9000 to 7000"));
        assert!(refused(temperature(i64::MIN, 0)).ends_with("(-92233720368547758.08 Cel)"));
        assert!(resolve(temperature(-9_000, 7_000), None).is_ok());
    }

    #[test]
    fn unknown_names_and_numbers_are_refused_with_those_there_are() {
        for schema in ["0", "8", "65535", "Vehicle", "car", ""] {
            let message = refused(value(schema, "0", None, 0, 1));
            assert!(
                message.contains(
                    "one of generic, vehicle, air_quality, gnss_station, camera_event, position, weather"
                ),
                "{message}"
            );
            assert!(
                message.contains("from 65536") && message.contains("`zksensor schema list`"),
                "{message}"
            );
        }
        for channel in ["4", "4294967295", "altitude", "Speed"] {
            let message = refused(value("2", channel, Some("m/s"), 0, 1));
            assert!(
                message.contains("one of speed, odometer, energy, engine_speed, the channels of vehicle"),
                "{message}"
            );
        }
        for channel in ["4", "value"] {
            let message = refused(value("65536", channel, None, 0, 1));
            assert!(message.contains("an index from 0 to 3, as schema 65536 is your own"), "{message}");
        }
    }
}
