//! Why text is not a schema.

use zksensor_model::schema::FIRST_OWN;

use super::{MAX_BYTES, MOST_CHANNELS, MOST_DECIMAL_PLACES};

/// Why text is not a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaTomlError {
    /// Longer than any schema.
    #[error("expected a schema of at most {MAX_BYTES} bytes, got {got}; leave comments out")]
    TooLong {
        /// Bytes that came.
        got: usize,
    },
    /// Not TOML, a key that is missing or unknown, or a value of another type.
    #[error("line {line}, `{source_line}`: {reason}")]
    Toml {
        /// Line, from 1.
        line: usize,
        /// The text of that line.
        source_line: String,
        /// What was wanted.
        reason: String,
    },
    /// A number of the registry of schemas.
    #[error(
        "expected `number` from {FIRST_OWN} to 4294967295, got {got}; numbers below are not for you to define"
    )]
    Number {
        /// Number that came.
        got: u32,
    },
    /// The name of a schema of the registry.
    #[error("expected a `name` of your own, got `{got}`, which is a schema of the registry")]
    OfTheRegistry {
        /// Name that came.
        got: String,
    },
    /// Not a name.
    #[error(
        "expected `{key}` to be a lower-case letter and then letters, digits or _, 32 at most, got `{got}`"
    )]
    Name {
        /// The key.
        key: &'static str,
        /// What came, escaped and cut to 40 characters.
        got: String,
    },
    /// A name that means something else where channels are named.
    #[error("expected another `channel.name` than `{got}`, which is a field of tables or a part of readings")]
    Taken {
        /// Name that came.
        got: String,
    },
    /// Two channels of one name.
    #[error("expected channels with different names, got two called `{got}`")]
    Repeated {
        /// The name.
        got: String,
    },
    /// Not a unit.
    #[error(
        "expected `channel.unit` to be 1 to 16 letters, digits or signs of /%.^*()-_[]{{}}, such as m/s, got `{got}`"
    )]
    Unit {
        /// What came, escaped and cut to 40 characters.
        got: String,
    },
    /// Not a line.
    #[error("expected `about` to be at most 120 printable characters of ASCII in one line, got `{got}`")]
    About {
        /// What came, escaped and cut to 40 characters.
        got: String,
    },
    /// No channel, or more than a reading has.
    #[error("expected 1 to {MOST_CHANNELS} sections [[channel]], got {got}")]
    Channels {
        /// How many came.
        got: usize,
    },
    /// More decimal places than a channel has.
    #[error("expected `decimal_places` of {channel} from 0 to {MOST_DECIMAL_PLACES}, got {got}")]
    DecimalPlaces {
        /// Name of the channel.
        channel: String,
        /// What came.
        got: u32,
    },
    /// A number with a point, where the point is fixed.
    #[error(
        "expected `{key}` of {channel} to be an integer, in fixed point with {places} decimal places, where {} is 1, got {got}",
        10u64.pow(*places)
    )]
    Decimal {
        /// `lowest` or `highest`.
        key: &'static str,
        /// Name of the channel.
        channel: String,
        /// Its decimal places.
        places: u32,
        /// Number that came.
        got: String,
    },
    /// A range that no policy can have.
    #[error(
        "expected -2^40 <= `lowest` <= `highest` < 2^40 of {channel}, less than 2^40 apart, got {low} and {high}"
    )]
    Range {
        /// Name of the channel.
        channel: String,
        /// `lowest`.
        low: i64,
        /// `highest`.
        high: i64,
    },
    /// More schemas than a process keeps.
    #[error("expected at most {limit} different schemas in the life of a process, got one more")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
}
