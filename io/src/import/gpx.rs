//! Readings from the track points of GPX 1.0 and 1.1 (<https://www.topografix.com/GPX/1/1/>).
//!
//! Of a `trkpt` are read: `lat`, `lon`, `time` with its zone, `ele` (channel `altitude`, m), `hdop` (channel `hdop`, and the accuracy),
//! `sat` (channel `satellites`), and `speed` in m/s, of GPX 1.0, or in `extensions`, there in a `TrackPointExtension` or not. A point whose `fix` is `none` is
//! refused. Nothing else becomes part of a
//! reading; a heart rate is nobody's business. Waypoints and routes are passed over.
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_model::schema::Schema;
//! use zksensor_io::import::{GpxReader, RangeError, Target};
//!
//! let track = "<gpx><trk><trkseg><trkpt lat='48.1' lon='11.5'><ele>519.25</ele><time>2026-01-01T00:00:00Z</time>\
//!              </trkpt></trkseg></trk></gpx>";
//! let schema = Schema::named("gnss_station").expect("it is in the registry");
//! let target = Target { network: Network::new(137, [0x11; 20]), schema, first_sequence: 0 };
//! let row = GpxReader::new(track.as_bytes(), &target, RangeError::default()).next().expect("a point")?;
//! assert_eq!((row.reading.location.latitude(), row.reading.channels[2]), (481_000_000, 519_250));
//! # Ok::<(), zksensor_io::import::ImportError>(())
//! ```

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings};

mod error;
mod reader;

pub use error::XmlError;
pub use reader::GpxReader;

/// The format.
#[derive(Debug)]
pub(super) struct Gpx;

impl Format for Gpx {
    fn about(&self) -> &'static About {
        &About {
            name: "gpx",
            title: "A track, GPX 1.0 or 1.1",
            record: "a track point",
            channels: "speed, altitude, hdop, satellites",
            accuracy: "hdop x range error",
            takes: &[Setting::RangeError, Setting::Zone],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        let range_error = settings.range_error.unwrap_or_default();
        Ok(Box::new(GpxReader::new(input, &settings.target(self)?, range_error).in_zone(settings.zone)))
    }
}

#[cfg(test)]
mod tests;
