//! Readings from SenML (RFC 8428) in JSON or CBOR: packs, one after the other.
//!
//! A pack is an array of records. Base fields are resolved in order; the records of one time are one reading. What follows
//! the last `:` or `/` of a record's name is the channel, what comes before it the device, which has to be the same throughout
//! the file. A position is two records with the units `lat` and `lon`, an accuracy a record named `accuracy` in m, cm, mm or km,
//! rounded up to the millimetre. Records of other names are passed over, and so are sums (`s`, `bs`) and `ut`.
//!
//! A name may end in a path of LwM2M, which names no device: `/3303/0/5700` (temperature), `/3304/0/5700` (humidity), `/6/0/0`
//! to `/6/0/6` (latitude, longitude, altitude, radius as the accuracy, speed), `/3336/0/5514` and `5515` (latitude, longitude),
//! or `/3303/0/temperature`. A sensor's unit is that of its record, or what its resource 5701 says in the same pack.
//!
//! Refused, the pack as a whole: times relative to now (below 2^28 s: there is no clock here), another version than 10, a
//! channel in another unit, and fields whose name ends in `_` (section 4.4: they must be understood).
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_model::schema::Schema;
//! use zksensor_io::import::{SenmlReader, Target};
//!
//! let pack = r#"[{"bn":"urn:dev:ow:10e2073a01080063:","bt":1.767225600e9,"n":"temperature","u":"Cel","v":21.25},
//!                {"n":"position","u":"lat","v":48.1}, {"n":"position","u":"lon","v":11.5}]"#;
//! let schema = Schema::named("air_quality").expect("it is in the registry");
//! let target = Target { network: Network::new(137, [0x11; 20]), schema, first_sequence: 0 };
//! let row = SenmlReader::new(pack.as_bytes(), &target).next().expect("a reading")?;
//! assert_eq!((row.reading.time.get(), row.reading.channels[2]), (1_767_225_600_000, 2_125));
//! # Ok::<(), zksensor_io::import::ImportError>(())
//! ```

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings};

mod cbor;
mod error;
mod packs;
mod path;
mod reader;
mod record;

pub use error::SenmlError;
pub use reader::SenmlReader;

/// The format.
#[derive(Debug)]
pub(super) struct Senml;

impl Format for Senml {
    fn about(&self) -> &'static About {
        &About {
            name: "senml",
            title: "SenML (RFC 8428) in JSON or CBOR, with the paths of LwM2M",
            record: "the records of one time in a pack, base fields resolved; times absolute",
            channels: "records by name, units checked",
            accuracy: "a record named `accuracy`",
            takes: &[Setting::Place],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        Ok(Box::new(SenmlReader::new(input, &settings.target(self)?).at(settings.place)))
    }
}

#[cfg(test)]
mod tests;
