//! The place of an antenna in the messages of RTCM 3.

use map_3d::{Ellipsoid, ecef2geodetic};
use rtcm_rs::{Message, MessageFrame};

use super::{Place, PlaceError};
use crate::import::Decimal;

/// The byte that a message begins with.
const PREAMBLE: u8 = 0xd3;
/// How far from the ellipsoid an antenna may be, in metres.
const MAX_HEIGHT_M: f64 = 20_000.0;

impl Place {
    /// The place that messages 1005 or 1006 say. Messages of other kinds and bytes between messages are passed over.
    ///
    /// # Errors
    /// [`PlaceError::NoMessage`], [`PlaceError::Moved`] or [`PlaceError::Height`].
    pub fn from_rtcm(log: &[u8]) -> Result<Place, PlaceError> {
        let mut found: Option<Antenna> = None;
        let (mut at, mut messages) = (0, 0);
        while let Some(rest) = log.get(at..).filter(|rest| !rest.is_empty()) {
            // The checksum of 24 bits says whether a preamble was one.
            let begins = rest[0] == PREAMBLE && rest.get(1).is_some_and(|reserved| reserved & 0xfc == 0);
            let frame = begins.then(|| MessageFrame::new(rest).ok()).flatten();
            let Some(frame) = frame else {
                at += 1;
                continue;
            };
            at += frame.frame_len();
            messages += 1;
            let Some(antenna) = Antenna::of(&frame.get_message()) else { continue };
            if antenna.computed {
                return Err(PlaceError::Computed { message: messages });
            }
            if found.as_ref().is_some_and(|before| *before != antenna) {
                return Err(PlaceError::Moved { message: messages });
            }
            found = Some(antenna);
        }
        found.ok_or(PlaceError::NoMessage { got: messages })?.place()
    }
}

/// An antenna reference point.
#[derive(Debug, PartialEq)]
struct Antenna {
    station: u16,
    /// Whether it stands nowhere: a network computes it.
    computed: bool,
    /// X, Y and Z of the Earth-centred frame, in metres.
    point: [f64; 3],
}

impl Antenna {
    fn of(message: &Message) -> Option<Antenna> {
        let (station, indicator, x, y, z) = match message {
            Message::Msg1005(said) => (
                said.reference_station_id,
                said.reference_station_ind,
                said.antenna_ref_point_ecef_x_m,
                said.antenna_ref_point_ecef_y_m,
                said.antenna_ref_point_ecef_z_m,
            ),
            Message::Msg1006(said) => (
                said.reference_station_id,
                said.reference_station_ind,
                said.antenna_ref_point_ecef_x_m,
                said.antenna_ref_point_ecef_y_m,
                said.antenna_ref_point_ecef_z_m,
            ),
            _ => return None,
        };
        Some(Antenna { station, computed: indicator != 0, point: [x, y, z] })
    }

    fn place(&self) -> Result<Place, PlaceError> {
        let [x, y, z] = self.point;
        let (latitude, longitude, height) = ecef2geodetic(x, y, z, Ellipsoid::WGS84);
        if !(latitude.is_finite() && longitude.is_finite() && height.abs() <= MAX_HEIGHT_M) {
            return Err(PlaceError::Height { x, y, z });
        }
        Place::new(&decimal(latitude), &decimal(longitude))
    }
}

/// Degrees of a finite number of radians: all digits of it.
fn decimal(radians: f64) -> Decimal {
    format!("{:e}", radians.to_degrees()).parse().expect("a finite number is written as a decimal")
}

#[cfg(test)]
mod tests {
    use map_3d::geodetic2ecef;
    use proptest::prelude::*;
    use rtcm_rs::MessageBuilder;
    use rtcm_rs::msg::{Msg1005T, Msg1006T};

    use super::*;

    fn message(kind: u16, station: u16, [x, y, z]: [f64; 3]) -> Vec<u8> {
        let message = match kind {
            1005 => Message::Msg1005(Msg1005T {
                reference_station_id: station,
                reserved_24_6: 0,
                gps_flag: 1,
                glonass_flag: 0,
                galileo_flag: 0,
                reference_station_ind: 0,
                antenna_ref_point_ecef_x_m: x,
                single_receiver_osc_ind: 0,
                reserved_73_1: 0,
                antenna_ref_point_ecef_y_m: y,
                quarter_cycle_ind: 0,
                antenna_ref_point_ecef_z_m: z,
            }),
            _ => Message::Msg1006(Msg1006T {
                reference_station_id: station,
                reserved_24_6: 0,
                gps_flag: 1,
                glonass_flag: 0,
                galileo_flag: 0,
                reference_station_ind: 0,
                antenna_ref_point_ecef_x_m: x,
                single_receiver_osc_ind: 0,
                reserved_73_1: 0,
                antenna_ref_point_ecef_y_m: y,
                quarter_cycle_ind: 0,
                antenna_ref_point_ecef_z_m: z,
                antenna_height_m: 0.0,
            }),
        };
        MessageBuilder::new().build_message(&message).unwrap().to_vec()
    }

    fn degrees(place: Place) -> (f64, f64) {
        let (latitude, longitude) = place.position();
        (f64::from(latitude) / 1e7, f64::from(longitude) / 1e7)
    }

    /// A message that was published: SNIP's and others' example of 1005, station 2003.
    const PUBLISHED: [u8; 25] = [
        0xd3, 0x00, 0x13, 0x3e, 0xd7, 0xd3, 0x02, 0x02, 0x98, 0x0e, 0xde, 0xef, 0x34, 0xb4, 0xbd, 0x62, 0xac,
        0x09, 0x41, 0x98, 0x6f, 0x33, 0x36, 0x0b, 0x98,
    ];

    #[test]
    fn a_published_message_is_read() {
        // X 1114104.5999, Y -4850729.7108, Z 3975521.4643 m.
        let place = Place::from_rtcm(&PUBLISHED).unwrap();
        let (x, y, z) = (1_114_104.599_9_f64, -4_850_729.710_8_f64, 3_975_521.464_3);
        let (latitude, longitude, _) = ecef2geodetic(x, y, z, Ellipsoid::WGS84);
        let (got_latitude, got_longitude) = degrees(place);
        assert!((got_latitude - latitude.to_degrees()).abs() < 1e-7);
        assert!((got_longitude - longitude.to_degrees()).abs() < 1e-7);
        // In Virginia, as its publisher says.
        assert!((38.0..39.5).contains(&got_latitude) && (-78.0..-76.0).contains(&got_longitude), "{place:?}");
    }

    #[test]
    fn one_station_that_stands_still_has_a_place() {
        let point = [1_114_104.6, -4_850_729.7, 3_975_521.4];
        let noise = [0xd3, 0x00, 0x13, 0x3e, 0xd3, b'$', b'G'];
        let log = [&noise[..], &message(1005, 7, point), &noise, &message(1006, 7, point), &noise].concat();
        assert!(Place::from_rtcm(&log).is_ok());
        let refused = |log: &[u8]| Place::from_rtcm(log).unwrap_err();
        assert_eq!(refused(&noise), PlaceError::NoMessage { got: 0 });
        for other in [message(1005, 8, point), message(1005, 7, [1_114_104.7, -4_850_729.7, 3_975_521.4])] {
            let log = [&log[..], &other].concat();
            assert_eq!(refused(&log), PlaceError::Moved { message: 3 });
        }
        for nowhere in [[0.0; 3], [4_000_000.0, 0.0, 0.0], [6_378_137.0, 0.0, 600_000.0]] {
            let message = refused(&message(1005, 7, nowhere)).to_string();
            assert!(message.contains("was the station's position set?"), "{message}");
        }
        let mut builder = MessageBuilder::new();
        let Message::Msg1005(mut said) = MessageFrame::new(&message(1005, 7, point)).unwrap().get_message()
        else {
            panic!("it is one of 1005")
        };
        said.reference_station_ind = 1;
        let computed = builder.build_message(&Message::Msg1005(said)).unwrap().to_vec();
        assert_eq!(refused(&computed), PlaceError::Computed { message: 1 });
        let mut altered = PUBLISHED;
        altered[9] ^= 1;
        assert_eq!(refused(&altered), PlaceError::NoMessage { got: 0 });
    }

    proptest! {
        #[test]
        fn every_place_is_found_again(latitude in -89.9_f64..89.9, longitude in -179.9_f64..179.9, height in -400.0_f64..9_000.0) {
            let (x, y, z) = geodetic2ecef(latitude.to_radians(), longitude.to_radians(), height, Ellipsoid::WGS84);
            let (got_latitude, got_longitude) = degrees(Place::from_rtcm(&message(1005, 1, [x, y, z])).unwrap());
            // Half of 0.1 mm along each axis, and half of 1e-7 degree.
            prop_assert!((got_latitude - latitude).abs() < 5.2e-8, "{} {}", got_latitude, latitude);
            let wide = latitude.to_radians().cos();
            prop_assert!((got_longitude - longitude).abs() < 5.01e-8 + 2e-9 / wide, "{} {}", got_longitude, longitude);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100), at in 0usize..25, byte: u8) {
            let _ = Place::from_rtcm(&bytes);
            let mut altered = PUBLISHED;
            altered[at] = byte;
            let _ = Place::from_rtcm(&[&altered[..], &bytes].concat());
        }
    }
}
