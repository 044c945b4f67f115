//! Readings from JSON, one object a line: the format for whoever writes an adapter of their own.
//!
//! | field | value |
//! |---|---|
//! | `time` | a date and time with its zone as text (RFC 3339), or Unix milliseconds as a number |
//! | `time_s`, `time_us`, `time_ns` | in the place of `time`: Unix seconds, microseconds, nanoseconds |
//! | `latitude`, `longitude` | decimal degrees, rounded to 1e-7, half away from zero |
//! | `accuracy_m` | metres, rounded up to the millimetre; unknown without it |
//! | `sequence` | sequence number; without it records are counted |
//! | a channel's name | a number in the unit of the schema, rounded to its scale; `null` is absent |
//! | `payload` | any JSON; the low 248 bits of keccak256 of its bytes, as they stand in the line, are signed |
//!
//! Any other field is refused: it is a channel misspelt. A line has at most 64 KiB; empty ones are passed over.
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_model::schema::Schema;
//! use zksensor_io::import::{NdjsonReader, Target};
//!
//! let lines = r#"{"time":"2026-01-01T00:00:00Z","latitude":48.1,"longitude":11.5,"accuracy_m":2.5,"speed":13.9}"#;
//! let schema = Schema::named("vehicle").expect("it is in the registry");
//! let target = Target { network: Network::new(137, [0x11; 20]), schema, first_sequence: 0 };
//! let row = NdjsonReader::new(lines.as_bytes(), &target).next().expect("a line")?;
//! assert_eq!((row.reading.accuracy_mm, row.reading.channels[0]), (2_500, 13_900));
//! # Ok::<(), zksensor_io::import::ImportError>(())
//! ```

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings};

mod reader;

pub use reader::NdjsonReader;

/// The format.
#[derive(Debug)]
pub(super) struct Ndjson;

impl Format for Ndjson {
    fn about(&self) -> &'static About {
        &About {
            name: "ndjson",
            title: "One JSON object a line: time, latitude, longitude, accuracy_m, and the channels by name",
            record: "a line; it may have `sequence` and `payload`, too",
            channels: "by name",
            accuracy: "a field",
            takes: &[Setting::Zone, Setting::Place],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        let reader = NdjsonReader::new(input, &settings.target(self)?);
        Ok(Box::new(reader.in_zone(settings.zone).at(settings.place)))
    }
}

#[cfg(test)]
mod tests;
