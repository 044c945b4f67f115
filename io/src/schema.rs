//! A project's own schema as TOML: what the channels of its readings are called, in which unit they are, and what is plausible.
//!
//! ```toml
//! number = 65_540                  # from 65536: those below belong to the registry of schemas
//! name = "weather_mast"
//! about = "a mast at the coast"    # one line; optional
//!
//! [[channel]]                      # one to four, in the order that readings have them
//! name = "gust"
//! unit = "m/s"                     # as SenML or UCUM names it
//! decimal_places = 2               # the channel holds the value times 10^2
//! lowest = 0                       # in that fixed point: what a working sensor stays in, and a policy within
//! highest = 12_000
//! about = "strongest gust"         # optional
//! ```
//!
//! A policy names the file: `schema_file = "weather-mast.toml"` in its section `[reading]`, and then schema, channel and unit are checked as
//! those of the registry are.
//!
//! # What it is, and what it is not
//!
//! Readings and policies carry the *number*, and a signature, a policy's id and a proof commit to it, to the index of the channel and to
//! values in fixed point. They commit to no name, unit or scale: under another description of the number the same proof reads as another
//! amount. Numbers mean what they mean within one network (a chain and a registry contract, which every reading is signed for), whose project
//! gives each out once. Two projects may use one number: no reading of one counts in a proof of the other, as the networks differ. So take the
//! file from whom you take the policy, and compare its [`digest`].
//!
//! ```
//! let text = "number = 65_540\nname = \"mast\"\n[[channel]]\nname = \"gust\"\nunit = \"m/s\"\ndecimal_places = 2\nlowest = 0\nhighest = 12_000\n";
//! let schema = zksensor_io::schema::from_toml(text)?;
//! let (index, gust) = schema.channel("gust").expect("it has one");
//! assert_eq!((index, gust.amount(1_234).to_string()), (0, "12.34 m/s".to_owned()));
//! # Ok::<(), zksensor_io::schema::SchemaTomlError>(())
//! ```

mod error;
mod kept;
mod name;

use std::fmt::Write as _;

use serde::Deserialize;
use sha3::{Digest as _, Keccak256};
use zksensor_model::policy::encoding;
use zksensor_model::schema::{FIRST_OWN, Quantity, SCHEMAS, Schema};

use crate::policy::Bound;
pub use error::SchemaTomlError;
pub use kept::MOST_SCHEMAS;
use name::{about_of, name_of, unit_of};

/// The most bytes of a schema: about ten times what one needs.
pub const MAX_BYTES: usize = 8192;

/// The most channels: those of a reading.
pub const MOST_CHANNELS: usize = 1 << encoding::CHANNEL_BITS;

/// The most decimal places of a channel.
pub const MOST_DECIMAL_PLACES: u32 = 9;

/// Names that mean something else where channels are named: the fields of a table, and the parts of a reading.
const TAKEN: [&str; 21] = [
    "time",
    "time_s",
    "time_ms",
    "time_us",
    "time_ns",
    "lat",
    "latitude",
    "lon",
    "longitude",
    "accuracy",
    "accuracy_m",
    "accuracy_mm",
    "value",
    "value0",
    "value1",
    "value2",
    "value3",
    "sequence",
    "place",
    "device",
    "payload",
];

/// What a text says of a schema, checked, and of nobody's but its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSchema {
    number: u32,
    name: String,
    about: String,
    channels: Vec<OwnChannel>,
}

/// One of its channels.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OwnChannel {
    name: String,
    about: String,
    unit: String,
    scale: u32,
    low: i64,
    high: i64,
}

/// The schema that `text` describes; unknown keys are refused. It is kept for as long as the process runs, once for each that differs, and of
/// those [`MOST_SCHEMAS`] at most: some kilobytes each.
///
/// # Errors
/// [`SchemaTomlError`], naming the key.
pub fn from_toml(text: &str) -> Result<&'static Schema, SchemaTomlError> {
    kept::keep(parse(text)?)
}

/// As [`from_toml`], without keeping it.
///
/// # Errors
/// As [`from_toml`].
pub fn parse(text: &str) -> Result<OwnSchema, SchemaTomlError> {
    if text.len() > MAX_BYTES {
        return Err(SchemaTomlError::TooLong { got: text.len() });
    }
    let file: File = ::toml::from_str(text).map_err(|error| {
        let (line, source_line) = crate::policy::line_at(text, error.span().map_or(0, |span| span.start));
        SchemaTomlError::Toml { line, source_line, reason: error.message().to_owned() }
    })?;
    if file.number < FIRST_OWN {
        return Err(SchemaTomlError::Number { got: file.number });
    }
    let name = name_of("name", file.name)?;
    if SCHEMAS.iter().any(|schema| schema.name == name) {
        return Err(SchemaTomlError::OfTheRegistry { got: name });
    }
    if !(1..=MOST_CHANNELS).contains(&file.channel.len()) {
        return Err(SchemaTomlError::Channels { got: file.channel.len() });
    }
    let mut channels = Vec::<OwnChannel>::with_capacity(file.channel.len());
    for section in file.channel {
        let channel = section.read()?;
        if channels.iter().any(|other| other.name == channel.name) {
            return Err(SchemaTomlError::Repeated { got: channel.name });
        }
        channels.push(channel);
    }
    Ok(OwnSchema {
        number: file.number,
        name,
        about: about_of(file.about, "a schema of your own")?,
        channels,
    })
}

/// The text of a schema that [`digest`]s are of: everything but what `about` says, a line for the schema and one for each channel.
pub fn canonical(schema: &Schema) -> String {
    let mut text = format!("zksensor-schema/v1\t{}\t{}\n", schema.id, schema.name);
    for channel in schema.channels {
        let written = match &channel.quantity {
            Some(Quantity { unit, scale, low, high }) => {
                writeln!(text, "{}\t{unit}\t{scale}\t{low}\t{high}", channel.name)
            }
            None => writeln!(text, "{}", channel.name),
        };
        written.expect("writing to a string cannot fail");
    }
    text
}

/// What tells two schemas of one number apart: Keccak-256 of the [`canonical`] text.
pub fn digest(schema: &Schema) -> [u8; 32] {
    Keccak256::digest(canonical(schema)).into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a schema")]
struct File {
    number: u32,
    name: String,
    about: Option<String>,
    channel: Vec<ChannelSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [[channel]]")]
struct ChannelSection {
    name: String,
    unit: String,
    decimal_places: u32,
    lowest: Bound,
    highest: Bound,
    about: Option<String>,
}

impl ChannelSection {
    fn read(self) -> Result<OwnChannel, SchemaTomlError> {
        let name = name_of("channel.name", self.name)?;
        if TAKEN.contains(&name.as_str()) {
            return Err(SchemaTomlError::Taken { got: name });
        }
        let (unit, scale) = (unit_of(self.unit)?, self.decimal_places);
        if scale > MOST_DECIMAL_PLACES {
            return Err(SchemaTomlError::DecimalPlaces { channel: name, got: scale });
        }
        let bound = |key, bound: Bound| match bound {
            Bound::Fixed(value) => Ok(value),
            Bound::Decimal(number) => Err(SchemaTomlError::Decimal {
                key,
                channel: name.clone(),
                places: scale,
                got: format!("{number:?}"),
            }),
        };
        let (low, high) = (bound("lowest", self.lowest)?, bound("highest", self.highest)?);
        let values = -encoding::VALUE_OFFSET..encoding::VALUE_OFFSET;
        let fits = values.contains(&low) && values.contains(&high);
        if !fits || low > high || high - low >= encoding::VALUE_OFFSET {
            return Err(SchemaTomlError::Range { channel: name, low, high });
        }
        Ok(OwnChannel { name, about: about_of(self.about, "")?, unit, scale, low, high })
    }
}

#[cfg(test)]
mod tests;
