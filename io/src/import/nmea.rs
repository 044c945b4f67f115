//! Readings from the log of a receiver that speaks NMEA 0183.
//!
//! A reading is a fix: the sentences RMC and GGA of one talker and one time, in either order; their positions have to agree. Of
//! several talkers that say a fix of one time the first is read, and nothing of it comes from another. A GGA without RMC is a
//! fix, too, if a ZDA of its talker and time says the date; the speed is absent then.
//!
//! The date is RMC's; a year of two digits is 1983 to 2082, unless a ZDA of the same day before it says its century; one before
//! 2000 is refused, as a clock that nobody set or whose week number rolled over. GGA has satellites, HDOP and
//! altitude, RMC the speed (1 kn = 1852 m/h). Latitude and longitude are GGA's: 48 degrees 7.038 minutes, `4807.038`, are
//! (48 x 60 + 7.038) / 60 degrees, rounded once to 1e-7, half away from zero. The accuracy is HDOP times the
//! [`RangeError`](crate::import::RangeError), rounded up to the millimetre.
//!
//! Every sentence has to have its checksum, also those that are passed over. It begins at the last `$` of its line: the time that
//! a terminal wrote before it, a TAG block, or another protocol's bytes are passed over. A fix counts if satellites measured it: status
//! A with mode A, D, F, P, R or none, and quality 1 to 5. Refused are those that the receiver calls invalid (status V, mode N,
//! quality 0), simulated (S, 8), put in by hand (M, 7) or unsafe (navigational status U), and half of a fix, too. Those that
//! it estimated (E, 6) are read with [`NmeaReader::with_dead_reckoning`] alone, their accuracy unknown.
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_model::schema::Schema;
//! use zksensor_io::import::{NmeaReader, RangeError, Target};
//!
//! let log = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230326,003.1,W*63\n\
//!            $GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\n";
//! let schema = Schema::named("gnss_station").expect("it is in the registry");
//! let target = Target { network: Network::new(137, [0x11; 20]), schema, first_sequence: 0 };
//! let row = NmeaReader::new(log.as_bytes(), &target, RangeError::default()).next().expect("a fix")?;
//! assert_eq!((row.reading.location.latitude(), row.reading.accuracy_mm), (481_173_000, 4_500));
//! assert_eq!(row.reading.channels, [8, 90, 545_400, 11_524]); // satellites, HDOP, altitude, speed
//! # Ok::<(), zksensor_io::import::ImportError>(())
//! ```

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings};

mod error;
mod fields;
mod pairs;
mod quality;
mod reader;
mod sentences;

pub use error::NmeaError;
pub use reader::NmeaReader;

/// The format.
#[derive(Debug)]
pub(super) struct Nmea;

impl Format for Nmea {
    fn about(&self) -> &'static About {
        &About {
            name: "nmea",
            title: "The log of a receiver, NMEA 0183",
            record: "RMC and GGA (or GGA and ZDA) of one talker and time, measured by satellites, every sentence with its checksum",
            channels: "satellites, hdop, altitude, speed",
            accuracy: "HDOP x range error",
            takes: &[Setting::RangeError, Setting::DeadReckoning],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        let range_error = settings.range_error.unwrap_or_default();
        let reader = NmeaReader::new(input, &settings.target(self)?, range_error);
        Ok(Box::new(if settings.dead_reckoning { reader.with_dead_reckoning() } else { reader }))
    }
}

#[cfg(test)]
mod tests;
