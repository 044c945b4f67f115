use crc::{CRC_16_ARC, Crc};
use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{ImportError, Row, Rows, Target};

/// A file while it is written: messages behind a header of 12 or 14 bytes.
#[derive(Default, Clone)]
struct File {
    messages: Vec<u8>,
    big_endian: bool,
}

/// Number, size, base type.
type Fields = [(u8, u8, u8)];

const SINT32: u8 = 0x85;
const UINT32: u8 = 0x86;
const UINT16: u8 = 0x84;
const RECORD: &Fields = &[
    (253, 4, UINT32),
    (0, 4, SINT32),
    (1, 4, SINT32),
    (2, 2, UINT16),
    (6, 2, UINT16),
    (31, 1, 2),
    (13, 1, 1),
];

impl File {
    fn define(mut self, local: u8, global: u16, fields: &Fields) -> File {
        let global = if self.big_endian { global.to_be_bytes() } else { global.to_le_bytes() };
        let count = u8::try_from(fields.len()).unwrap();
        self.messages.extend([0x40 | local, 0, u8::from(self.big_endian), global[0], global[1], count]);
        self.messages.extend(fields.iter().flat_map(|(number, size, kind)| [*number, *size, *kind]));
        self
    }

    fn data(mut self, header: u8, values: &[(i64, u8)]) -> File {
        self.messages.push(header);
        for (value, size) in values {
            let bytes = value.to_le_bytes();
            let bytes = &bytes[..usize::from(*size)];
            if self.big_endian {
                self.messages.extend(bytes.iter().rev());
            } else {
                self.messages.extend(bytes);
            }
        }
        self
    }

    /// A record of [`RECORD`] with all fields.
    fn record(self, time: i64, place: (i64, i64), values: [i64; 4]) -> File {
        let [altitude, speed, accuracy, temperature] = values;
        let fields = [
            (time, 4),
            (place.0, 4),
            (place.1, 4),
            (altitude, 2),
            (speed, 2),
            (accuracy, 1),
            (temperature, 1),
        ];
        self.data(0, &fields)
    }

    fn finish(&self, header: u8) -> Vec<u8> {
        let crc = Crc::<u16>::new(&CRC_16_ARC);
        let size = u32::try_from(self.messages.len()).unwrap().to_le_bytes();
        let mut file = vec![header, 0x10, 0x6c, 0x08, size[0], size[1], size[2], size[3]];
        file.extend(b".FIT");
        if header == 14 {
            file.extend(crc.checksum(&file).to_le_bytes());
        }
        file.extend(&self.messages);
        file.extend(crc.checksum(&file).to_le_bytes());
        file
    }
}

fn reader(file: &[u8], schema: &str) -> FitReader<std::io::BufReader<std::io::Cursor<Vec<u8>>>> {
    let target = Target {
        network: Network::new(137, [1; 20]),
        schema: Schema::named(schema).unwrap(),
        first_sequence: 5,
    };
    // A buffer of three bytes: no state is lost between them.
    FitReader::new(std::io::BufReader::with_capacity(3, std::io::Cursor::new(file.to_vec())), &target)
}

fn rows(file: &[u8]) -> Vec<Result<Row, String>> {
    reader(file, "vehicle").map(|row| row.map_err(|error| error.to_string())).collect()
}

/// 2026-01-01T02:01:00Z in seconds since the end of 1989.
const TIME: i64 = 1_767_232_860 - 631_065_600;
/// 48.1 and -11.5 degrees in semicircles.
const PLACE: (i64, i64) = (573_855_353, -137_200_344);

fn file() -> File {
    File::default().define(0, 20, RECORD).record(TIME, PLACE, [5_501, 1_234, 3, 21])
}

#[test]
fn a_record_becomes_a_reading() {
    for (header, big_endian) in [(12, false), (14, false), (14, true)] {
        let file = File { big_endian, ..File::default() }
            .define(1, 0, &[(4, 4, UINT32)])
            .data(1, &[(TIME, 4)])
            .define(0, 20, RECORD)
            .record(TIME, PLACE, [5_501, 1_234, 3, 21])
            .record(TIME + 1, (0x7fff_ffff, 0x7fff_ffff), [5_501, 1_234, 3, 21])
            .record(TIME + 2, PLACE, [0xffff, 0xffff, 0xff, 21]);
        let written = file.finish(header);
        let mut reader = reader(&[&written[..], &written].concat(), "gnss_station");
        let row = reader.next().unwrap().unwrap();
        let reading = row.reading;
        assert_eq!((row.number, reading.sequence, reading.time.get()), (1, 5, 1_767_232_860_000));
        assert_eq!((reading.location.latitude(), reading.location.longitude()), (481_000_000, -115_000_000));
        assert_eq!(reading.accuracy_mm, 3_000);
        // An altitude of 5501 / 5 - 500 m.
        assert_eq!(reading.channels, [ABSENT, ABSENT, 600_200, 1_234]);
        // The one without a place is passed over; the one without channels is refused and named.
        let error = reader.next().unwrap().unwrap_err().to_string();
        assert!(error.starts_with("row 3: expected at least one channel"), "{error}");
        assert_eq!(reader.next().unwrap().unwrap().number, 4, "a file behind a file");
        assert_eq!(reader.by_ref().count(), 1);
        assert_eq!(reader.passed_over().unwrap().0, 4);
    }
}

#[test]
fn enhanced_fields_come_before_the_others() {
    let fields = &[(253, 4, UINT32), (0, 4, SINT32), (1, 4, SINT32), (6, 2, UINT16), (73, 4, UINT32)];
    let values = |enhanced| [(TIME, 4), (PLACE.0, 4), (PLACE.1, 4), (1_000, 2), (enhanced, 4)];
    let file = File::default().define(0, 20, fields).data(0, &values(70_001)).data(0, &values(0xffff_ffff));
    let rows = rows(&file.finish(14));
    let speed = |row: &Result<Row, String>| row.as_ref().unwrap().reading.channels[0];
    assert_eq!((speed(&rows[0]), speed(&rows[1])), (70_001, 1_000));
    assert_eq!(rows[0].as_ref().unwrap().reading.accuracy_mm, ACCURACY_UNKNOWN);
}

#[test]
fn times_of_five_bits_go_on_from_the_last_whole_one() {
    let fields = &[(0, 4, SINT32), (1, 4, SINT32), (6, 2, UINT16)];
    let values = [(PLACE.0, 4), (PLACE.1, 4), (1, 2)];
    let low = u8::try_from(TIME & 31).unwrap();
    let mut file = File::default().define(0, 20, fields).define(1, 21, &[(253, 4, UINT32)]);
    file = file.data(0x80 | low, &values).data(1, &[(TIME, 4)]).data(0, &values);
    for offset in [low, (low + 3) % 32, (low + 2) % 32] {
        file = file.data(0x80 | offset, &values);
    }
    let rows = rows(&file.finish(12));
    for without in [0, 1] {
        assert_eq!(
            rows[without].as_ref().unwrap_err(),
            &format!("row {}: expected a field `timestamp`, got none", without + 1)
        );
    }
    let seconds: Vec<u64> =
        rows[2..].iter().map(|row| row.as_ref().unwrap().reading.time.get() / 1000 - 1_767_232_860).collect();
    assert_eq!(seconds, [0, 3, 34]);
}

#[test]
fn a_file_behind_another_has_times_of_its_own() {
    let fields = &[(0, 4, SINT32), (1, 4, SINT32), (6, 2, UINT16)];
    let values = [(PLACE.0, 4), (PLACE.1, 4), (1, 2)];
    let behind = File::default().define(0, 20, fields).data(0x83, &values).finish(12);
    let rows = rows(&[&file().finish(14)[..], &behind].concat());
    assert!(rows[0].is_ok());
    assert_eq!(rows[1].as_ref().unwrap_err(), "row 2: expected a field `timestamp`, got none");
}

#[test]
fn what_cannot_be_a_reading_is_named() {
    let record =
        |time, place, values| rows(&file().record(time, place, values).finish(14))[1].clone().unwrap_err();
    let good = [5_501, 1_234, 3, 21];
    for (message, wanted) in [
        (record(TIME, (PLACE.0, 0x7fff_ffff), good), "row 2: expected a field `position_long`"),
        (record(TIME, (1 << 30 | 1, 0), good), "row 2: expected a latitude"),
        (record(1_000, PLACE, good), "column `timestamp`: expected a time in seconds since the end of 1989"),
        (record(4_000_000_000, PLACE, good), "column `timestamp`: expected"),
        (record(0xffff_ffff, PLACE, good), "expected a field `timestamp`"),
        (record(TIME, PLACE, [5_501, 1_234, 0, 21]), "column `gps_accuracy`: expected 1 to"),
    ] {
        assert!(message.contains(wanted), "{wanted}: {message}");
    }
    let unsigned = &[(253, 4, UINT32), (0, 4, UINT32), (1, 4, UINT32), (6, 2, UINT16)];
    let values = [(TIME, 4), (1 << 31 | 1, 4), (PLACE.1, 4), (1, 2)];
    let message =
        rows(&File::default().define(0, 20, unsigned).data(0, &values).finish(14))[0].clone().unwrap_err();
    assert!(
        message.starts_with("row 1, column `position_lat`: expected -2147483648 to 2147483648"),
        "{message}"
    );
    let twice = &[(253, 4, UINT32), (0, 4, SINT32), (0, 4, SINT32), (1, 4, SINT32), (6, 2, UINT16)];
    let values = [(TIME, 4), (PLACE.0, 4), (PLACE.0 + 9, 4), (PLACE.1, 4), (1, 2)];
    let message =
        rows(&File::default().define(0, 20, twice).data(0, &values).finish(14))[0].clone().unwrap_err();
    assert_eq!(message, "row 1: expected `field 0` once, got it again");
}

#[test]
fn nothing_is_read_after_a_file_that_is_none() {
    let good = file().finish(14);
    let last = |bytes: &[u8]| {
        let mut reader = reader(bytes, "vehicle");
        let error = reader.by_ref().filter_map(Result::err).find(ImportError::is_last);
        let error = error.unwrap_or_else(|| panic!("{bytes:x?}"));
        assert!(reader.next().is_none(), "{error}");
        error.to_string()
    };
    for length in 0..good.len() {
        let message = last(&good[..length]);
        let header = matches!(length, 0..=7);
        assert!(
            message.contains("was it cut?") || header && message.contains("expected a FIT file"),
            "{length}: {message}"
        );
    }
    for at in 0..good.len() {
        let mut other = good.clone();
        other[at] ^= 0x10;
        last(&other);
    }
    assert!(last(&[&good[..], b"x"].concat()).contains("expected a FIT file"));
    assert!(last(b"<gpx/>, or what else there may be").contains("expected a FIT file"));
    assert!(last(&File::default().data(3, &[]).finish(14)).contains("a definition of the local message 3"));
    let long = File::default().define(0, 20, &[(0, 255, 13)]).data(0, &[(0, 1)]);
    assert!(last(&long.finish(12)).contains("at most 1 bytes, which the header leaves, got one of 255"));
    // Four gigabytes that nobody has sent are not reserved.
    let mut endless = file().finish(12);
    endless[4..8].copy_from_slice(&[0xff; 4]);
    assert!(
        last(&endless).contains("definition of the local message") || last(&endless).contains("was it cut?")
    );
}

#[test]
fn fields_of_developers_are_passed_over() {
    let mut file = File::default();
    file.messages.extend([0x60, 0, 0, 20, 0, 4]);
    file.messages.extend([253, 4, UINT32, 0, 4, SINT32, 1, 4, SINT32, 6, 2, UINT16]);
    // One of them, of five bytes, and nothing that describes it.
    file.messages.extend([1, 9, 5, 0]);
    let values = [(TIME, 4), (PLACE.0, 4), (PLACE.1, 4), (77, 2), (0, 5)];
    let rows = rows(&file.data(0, &values).data(0, &values).finish(14));
    assert!(rows.len() == 2 && rows.iter().all(|row| row.as_ref().unwrap().reading.channels[0] == 77));
}

/// What another reader makes of the records with a position: time, latitude, longitude.
fn oracle(file: &[u8]) -> Vec<(i64, i64, i64)> {
    let records = fitparser::from_bytes(file).unwrap();
    let integer = |record: &fitparser::FitDataRecord, name: &str| {
        let field = record.fields().iter().find(|field| field.name() == name)?;
        match field.value() {
            fitparser::Value::Timestamp(time) => Some(time.timestamp()),
            fitparser::Value::SInt32(value) => Some((*value).into()),
            _ => None,
        }
    };
    let place = |record: &fitparser::FitDataRecord| {
        Some((
            integer(record, "timestamp")?,
            integer(record, "position_lat")?,
            integer(record, "position_long")?,
        ))
    };
    records.iter().filter_map(place).collect()
}

proptest! {
    #[test]
    fn agrees_with_another_reader(
        records in prop::collection::vec((0i64..1000, -(1i64 << 30)..(1 << 30), -(1i64 << 31) + 1..(1 << 31) - 1), 1..20),
        big_endian: bool,
        long: bool,
    ) {
        let mut file = File { big_endian, ..File::default() }.define(0, 20, RECORD);
        for (time, latitude, longitude) in &records {
            file = file.record(TIME + time, (*latitude, *longitude), [5_000, 1_000, 3, 20]);
        }
        let written = file.finish(if long { 14 } else { 12 });
        let wanted: Vec<(i64, i32, i32)> = oracle(&written)
            .into_iter()
            .map(|(time, latitude, longitude)| {
                let units = |semicircles: i64| {
                    let magnitude = (semicircles.unsigned_abs() * 3_600_000_000 + (1 << 31)) >> 32;
                    i32::try_from(magnitude).unwrap() * if semicircles < 0 { -1 } else { 1 }
                };
                (time, units(latitude), units(longitude))
            })
            .collect();
        let got: Vec<(i64, i32, i32)> = rows(&written)
            .into_iter()
            .map(|row| {
                let reading = row.unwrap().reading;
                let time = i64::try_from(reading.time.get() / 1000).unwrap();
                (time, reading.location.latitude(), reading.location.longitude())
            })
            .collect();
        prop_assert_eq!(wanted.len(), records.len());
        prop_assert_eq!(got, wanted);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..100, byte: u8) {
        // Behind a header, and with a checksum that holds.
        let mut file = file();
        let at = at % file.messages.len();
        file.messages[at] = byte;
        file.messages.extend(&bytes);
        rows(&file.finish(14)).into_iter().for_each(drop);
        rows(&bytes).into_iter().for_each(drop);
    }
}
