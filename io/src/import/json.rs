//! Readings from any JSON, by a mapping: which member of a record is what. For what ChirpStack, The Things Network, Helium,
//! OwnTracks or Traccar send there is no reader of its own; this one is told.
//!
//! A file is objects one after the other, each on one line or on many, or arrays of at most 1,024 of them. A mapping names
//! members by their path, `object.lat`: names with points between, and a number for an item of a list (`rxInfo.0.lat`); a point
//! in a name has a backslash before it. What is not named is passed over. A member that is absent or `null` is an absent
//! channel; without time, latitude or longitude there is no reading.
//!
//! A number is read from its digits, in quotes or without. Times are text with their zone or numbers of a unit that the mapping
//! names (`time_s=..`; milliseconds without one); a channel is converted from the unit that the mapping says
//! (`speed:km/h=..`), and rounded once. The payload hash is that of the bytes of the record, as they stand in the file.
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_model::schema::Schema;
//! use zksensor_io::import::{JsonReader, Target};
//!
//! let uplink = r#"{"time":"2026-01-01T02:15:00.25+00:00","fCnt":7,"object":{"lat":48.1,"lon":11.5,"temp":21.25,"bat":3.6}}"#;
//! let schema = Schema::named("air_quality").expect("it is in the registry");
//! let target = Target { network: Network::new(137, [0x11; 20]), schema, first_sequence: 0 };
//! let fields = "time=time,latitude=object.lat,longitude=object.lon,temperature:Cel=object.temp,sequence=fCnt".parse()?;
//! let row = JsonReader::new(uplink.as_bytes(), &target, &fields)?.next().expect("a record")?;
//! assert_eq!((row.reading.sequence, row.reading.channels[2]), (7, 2_125));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings, SettingsError};

mod path;
mod reader;

pub use reader::JsonReader;

/// The format.
#[derive(Debug)]
pub(super) struct Json;

impl Format for Json {
    fn about(&self) -> &'static About {
        &About {
            name: "json",
            title: "Any JSON, by a mapping: ChirpStack, The Things Network, Helium, OwnTracks, Traccar",
            record: "an object, or an item of a list; members that are not mapped are passed over",
            channels: "mapped members, with a unit each",
            accuracy: "a member",
            takes: &[Setting::Fields, Setting::Zone, Setting::Place],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        let target = settings.target(self)?;
        let missing = SettingsError::Fields { format: self.about().name };
        let fields = settings.fields.as_ref().ok_or(missing)?;
        Ok(Box::new(JsonReader::at(input, &target, fields, settings.place)?.in_zone(settings.zone)))
    }
}

#[cfg(test)]
mod tests;
