//! Where a device stands that does not move: for records that have no position of their own.
//!
//! A station's place is written, as `48.1,11.5`, or is that of its antenna in RTCM 3 (10403.3), which base stations send:
//! messages 1005 or 1006, read with `rtcm-rs`, and turned from X, Y, Z into latitude and longitude of WGS 84 with `map_3d`. That
//! takes floating point, and is right to well below the 1e-7 degree that it is rounded to. What RTCM says may be in a datum of a
//! continent (ETRS89, NAD83), up to two metres from WGS 84: an accuracy that is given has to cover it.

use std::str::FromStr;

use zksensor_model::reading::ACCURACY_UNKNOWN;

#[cfg(feature = "formats")]
mod rtcm;

use super::target::{accuracy, degrees};
use super::{CellError, Decimal};

/// The place of a station, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Latitude in units of 1e-7 degree.
    latitude: i32,
    /// Longitude in units of 1e-7 degree.
    longitude: i32,
    accuracy_mm: u32,
}

/// Why there is no place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// No comma.
    #[error("expected latitude and longitude in degrees, LAT,LON, got `{got}`")]
    Form {
        /// What came, cut to 40 characters.
        got: String,
    },
    /// Something else than degrees.
    #[error("{coordinate}: {reason}")]
    Degrees {
        /// Which of the two.
        coordinate: &'static str,
        /// What was wanted.
        reason: CellError,
    },
    /// No position among the messages.
    #[error("expected RTCM 3 with a message 1005 or 1006, got {got} messages of other kinds")]
    NoMessage {
        /// Messages whose checksum holds.
        got: u64,
    },
    /// A station that is computed from others, somewhere near the receiver.
    #[error(
        "expected a station that stands somewhere, got a computed one (DF141 of message {message}): a network's virtual station is where its receiver asked for it"
    )]
    Computed {
        /// Number of the message in the log, from 1.
        message: u64,
    },
    /// Two positions.
    #[error(
        "expected one position, got another in message {message}, or of another station; take the log of one station that stood still"
    )]
    Moved {
        /// Number of the message in the log, from 1.
        message: u64,
    },
    /// Somewhere below or above.
    #[error(
        "expected an antenna within 20 km of the ellipsoid, got X, Y, Z of {x}, {y}, {z} m; was the station's position set?"
    )]
    Height {
        /// X in metres.
        x: f64,
        /// Y in metres.
        y: f64,
        /// Z in metres.
        z: f64,
    },
}

impl Place {
    /// A place, of an accuracy that nobody said.
    ///
    /// # Errors
    /// [`PlaceError::Degrees`] beyond 90 or 180 degrees.
    pub fn new(latitude: &Decimal, longitude: &Decimal) -> Result<Place, PlaceError> {
        let wrong = |coordinate| move |reason| PlaceError::Degrees { coordinate, reason };
        Ok(Place {
            latitude: degrees(latitude, 90).map_err(wrong("latitude"))?,
            longitude: degrees(longitude, 180).map_err(wrong("longitude"))?,
            accuracy_mm: ACCURACY_UNKNOWN,
        })
    }

    /// The place, known so well.
    ///
    /// # Errors
    /// [`CellError`] below 1 mm or beyond what a reading holds; it is rounded up to the millimetre.
    pub fn within(self, metres: &Decimal) -> Result<Place, CellError> {
        Ok(Place { accuracy_mm: accuracy(metres, 1, 3)?, ..self })
    }

    /// Latitude and longitude in units of 1e-7 degree.
    pub fn position(&self) -> (i32, i32) {
        (self.latitude, self.longitude)
    }

    /// How well it is known, in millimetres; [`ACCURACY_UNKNOWN`] if nobody said.
    pub fn accuracy_mm(&self) -> u32 {
        self.accuracy_mm
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    /// `LAT,LON` in decimal degrees.
    fn from_str(text: &str) -> Result<Place, PlaceError> {
        let form = || PlaceError::Form { got: text.chars().take(40).collect() };
        let (latitude, longitude) = text.split_once(',').ok_or_else(form)?;
        let number = |coordinate, text: &str| {
            let reason = |reason| PlaceError::Degrees { coordinate, reason: CellError::Decimal(reason) };
            text.trim().parse::<Decimal>().map_err(reason)
        };
        Place::new(&number("latitude", latitude)?, &number("longitude", longitude)?)
    }
}

#[cfg(test)]
mod tests {
    use zksensor_model::reading::Network;

    use super::*;
    use crate::import::{FORMATS, ImportError, Row, Setting, Settings, format_named};

    /// What a format makes of a file of a station.
    fn read(format: &str, file: &str, mapping: &str, place: Option<Place>) -> Result<Row, String> {
        let format = format_named(format).unwrap();
        let takes = |setting| format.about().takes.contains(&setting);
        let mapping = || mapping.parse().ok();
        let settings = Settings {
            columns: takes(Setting::Columns).then(mapping).flatten(),
            fields: takes(Setting::Fields).then(mapping).flatten(),
            place,
            ..Settings::new(Network::new(137, [1; 20]), 3, 0)
        };
        let open = format.open(Box::new(std::io::Cursor::new(file.as_bytes().to_vec())), &settings);
        let row = open.and_then(|mut rows| rows.next().unwrap());
        row.map_err(|error: ImportError| error.to_string())
    }

    #[test]
    fn every_format_that_takes_a_place_has_it_where_records_have_none() {
        let place: Place = "48.1,-11.5".parse().unwrap();
        let place = place.within(&"0.02".parse().unwrap()).unwrap();
        // A record, one with half a position or a whole one of its own, and one with an accuracy of its own.
        let cases = [
            (
                "csv",
                "t,no2\n1767232860000,1\n",
                "t,no2,y,x\n1767232860000,1,2,3\n",
                "t,no2,a\n1767232860000,1,2.5\n",
            ),
            (
                "senml",
                r#"[{"bt":1767232860,"n":"no2","u":"ug/m3","v":1}]"#,
                r#"[{"bt":1767232860,"n":"no2","u":"ug/m3","v":1},{"n":"p","u":"lon","v":1}]"#,
                r#"[{"bt":1767232860,"n":"no2","u":"ug/m3","v":1},{"n":"accuracy","u":"m","v":2.5}]"#,
            ),
            (
                "ndjson",
                r#"{"time":1767232860000,"no2":1}"#,
                r#"{"time":1767232860000,"no2":1,"latitude":1}"#,
                r#"{"time":1767232860000,"no2":1,"accuracy_m":2.5}"#,
            ),
            (
                "json",
                r#"{"t":1767232860000,"no2":1}"#,
                r#"{"t":1767232860000,"no2":1,"y":2,"x":3}"#,
                r#"{"t":1767232860000,"no2":1,"a":2.5}"#,
            ),
        ];
        let taking = FORMATS.iter().filter(|format| format.about().takes.contains(&Setting::Place));
        assert_eq!(taking.count(), cases.len());
        for (format, without, with, accurate) in cases {
            let (at, to) = ("time=t,no2=no2", "time=t,no2=no2,lat=y,lon=x");
            let reading = read(format, without, at, Some(place)).unwrap().reading;
            let position = (reading.location.latitude(), reading.location.longitude());
            assert_eq!((position, reading.accuracy_mm), (place.position(), 20), "{format}");
            let reading = read(format, accurate, "time=t,no2=no2,accuracy_m=a", Some(place)).unwrap().reading;
            assert_eq!(reading.accuracy_mm, 2_500, "{format}");
            let both = read(format, with, to, Some(place)).unwrap_err();
            assert!(both.contains("which of the two holds?"), "{format}: {both}");
            assert!(read(format, without, at, None).is_err(), "{format}");
        }
        assert!(
            read("csv", "", "time=t,no2=no2", None)
                .unwrap_err()
                .contains("lat and lon in the mapping, or the place")
        );
    }

    #[test]
    fn a_place_is_written_as_people_do() {
        let place: Place = "48.10000005, -11.5".parse().unwrap();
        assert_eq!((place.position(), place.accuracy_mm()), ((481_000_001, -115_000_000), ACCURACY_UNKNOWN));
        assert_eq!(place.within(&"0.0201".parse().unwrap()).unwrap().accuracy_mm(), 21);
        assert!(place.within(&"0".parse().unwrap()).is_err());
        let refused = |text: &str| text.parse::<Place>().unwrap_err().to_string();
        assert!(refused("48.1").contains("LAT,LON, got `48.1`"));
        assert!(refused("90.1,0").contains("latitude: expected -90 to 90"));
        assert!(refused("48,1,11,5").contains("longitude: expected a decimal number"));
    }
}
