//! Importers on files that nobody here made, read from `../shared/data` beside the repository.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

use std::io::{BufReader, Cursor, Write};
use std::path::Path;

use zksensor::hex;
use zksensor::import::{
    AttestationError, CsvReader, DimoReader, FORMATS, GpxReader, ImportError, Mapping, NmeaReader,
    RangeError, Row, Scheme, Target, recover, verify,
};
use zksensor::model::reading::{ACCURACY_UNKNOWN, Network, PayloadHash};
use zksensor::model::schema::{ABSENT, Schema};

/// The bytes of a file, or `None` after saying so on standard error.
fn data(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
            assert!(!required, "ZKSENSOR_REQUIRE asks for data, but {}: {error}", path.display());
            // Straight to standard error: libtest captures `eprintln!`.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "skipped: what needs {name}: {}: {error}", path.display()).unwrap();
            None
        }
    }
}

fn target(schema: &str) -> Target {
    Target { network: Network::new(137, [1; 20]), schema: Schema::named(schema).unwrap(), first_sequence: 0 }
}

/// A reader without more than a few bytes at a time.
fn stream(bytes: Vec<u8>) -> BufReader<Cursor<Vec<u8>>> {
    BufReader::with_capacity(61, Cursor::new(bytes))
}

fn dimo(bytes: &[u8], schema: &str) -> Vec<Result<Row, ImportError>> {
    DimoReader::new(bytes, &target(schema), RangeError::default()).collect()
}

/// The bytes of `data` as they stand in a document: from after its key to the brace that closes it.
fn raw_data(document: &str) -> &str {
    let from = document.find("\"data\":").unwrap() + "\"data\":".len();
    let text = document[from..].trim_start();
    let mut depth = 0;
    let end = text.bytes().position(|byte| {
        depth += i32::from(byte == b'{') - i32::from(byte == b'}');
        depth == 0
    });
    &text[..=end.unwrap()]
}

/// What stands outside of the list: a program of `fuzz/` with seeds, and a row of the table in the documentation.
#[test]
fn every_format_is_fuzzed_and_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let (programs, page) = (text("fuzz/Cargo.toml"), text("docs/inputs.md"));
    let names: Vec<&str> = FORMATS.iter().map(|format| format.about().name).collect();
    for name in &names {
        let program = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert!(programs.contains(&program), "{name} is no program of fuzz/Cargo.toml");
        assert!(root.join(format!("fuzz/fuzz_targets/{name}.rs")).is_file(), "{name} has no fuzz target");
        let mut seeds = std::fs::read_dir(root.join("fuzz/seeds").join(name)).unwrap();
        assert!(seeds.next().is_some(), "{name} has no seeds");
    }
    let (_, rows) = page.split_once("<!-- formats begin -->").unwrap();
    let (rows, _) = rows.split_once("<!-- formats end -->").unwrap();
    let rows: Vec<&str> = rows.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(rows[1..], names, "`cargo run --release -p xtask -- update` writes the table");
}

#[test]
fn a_walk_of_988_points() {
    let Some(track) = data("walk_garmin-activity.gpx") else { return };
    let points = track.windows(7).filter(|window| window == b"<trkpt ").count();
    let rows = GpxReader::new(stream(track), &target("gnss_station"), RangeError::default());
    let rows: Vec<Row> = rows.map(Result::unwrap).collect();
    assert_eq!((rows.len(), points), (988, 988));
    let first = rows[0].reading;
    assert_eq!((first.location.latitude(), first.location.longitude()), (372_417_382, -1_219_723_242));
    assert_eq!((first.time.get(), first.accuracy_mm), (1_501_339_595_000, ACCURACY_UNKNOWN));
    // The altitude alone: the heart rate of 74 is nowhere.
    assert_eq!(first.channels, [ABSENT, ABSENT, 104_000, ABSENT]);
    assert!(
        rows.iter().all(|row| row.reading.channels.iter().filter(|value| **value != ABSENT).count() == 1)
    );
    assert!(rows.windows(2).all(|pair| pair[0].reading.time < pair[1].reading.time));
    let sequences = rows.iter().map(|row| row.reading.sequence);
    assert!(sequences.eq(0..988));
}

#[test]
fn a_receiver_that_stands_still() {
    let Some(log) = data("nmea_ublox-neo-m9n_stationary.log") else { return };
    let text = String::from_utf8(log.clone()).unwrap();
    let of_kind = |kind: &str| text.lines().filter(|line| line.starts_with(kind)).count();
    let rows = NmeaReader::new(stream(log), &target("gnss_station"), RangeError::default());
    let rows: Vec<Row> = rows.map(Result::unwrap).collect();
    assert_eq!((rows.len(), of_kind("$GNRMC"), of_kind("$GNGGA")), (61, 61, 61));
    let first = rows[0].reading;
    // 38 + 6.62964 / 60 and 122 + 37.61382 / 60 degrees; HDOP 0.54, 5 m.
    assert_eq!((first.location.latitude(), first.location.longitude()), (381_104_940, -1_226_268_970));
    assert_eq!((first.time.get(), first.accuracy_mm), (1_594_507_065_000, 2_700));
    assert_eq!(first.channels, [12, 54, 83_100, 21]);
    for row in &rows {
        // 400 units of 1e-7 degree are at most 4.5 m.
        assert!((row.reading.location.latitude() - first.location.latitude()).abs() < 400);
        assert!((row.reading.location.longitude() - first.location.longitude()).abs() < 400);
        assert!(row.reading.channels[3] < 500, "slower than 0.5 m/s");
    }
    assert!(rows.windows(2).all(|pair| pair[1].reading.time.get() - pair[0].reading.time.get() == 1000));
}

#[test]
fn an_autopi_status() {
    let Some(document) = data("dimo_autopi_v2_status.json") else { return };
    let row = dimo(&document, "vehicle").remove(0).unwrap();
    let reading = row.reading;
    assert_eq!(reading.time.get(), 1_713_460_846_435);
    // 56.27014 and -56.50151833333334 degrees; hdop 1.4.
    assert_eq!((reading.location.latitude(), reading.location.longitude()), (562_701_400, -565_015_183));
    assert_eq!(reading.accuracy_mm, 7_000);
    // 39 km/h, no odometer, 50 percent, 2000 a minute.
    assert_eq!(reading.channels, [10_833, ABSENT, 500, 2_000]);
    let text = String::from_utf8(document.clone()).unwrap();
    assert_eq!(reading.payload_hash, PayloadHash::of(raw_data(&text).as_bytes()));
    let station = dimo(&document, "gnss_station").remove(0).unwrap().reading;
    assert_eq!(station.channels, [6, 140, ABSENT, 10_833]);
}

#[test]
fn a_ruptela_status_with_keys_that_come_twice() {
    let Some(document) = data("dimo_ruptela_v1_status.json") else { return };
    let rows = dimo(&document, "vehicle");
    assert_eq!(rows.len(), 1);
    let message = rows[0].as_ref().unwrap_err().to_string();
    assert!(message.contains("every key once, got `645` again; which of the two holds?"), "{message}");

    // Whichever of the two is left out, the other says what holds.
    let text = String::from_utf8(document).unwrap();
    let first = text.replace("\"645\": \"FFFFFFFF\",", "");
    let message = dimo(first.as_bytes(), "vehicle")[0].as_ref().unwrap_err().to_string();
    assert!(message.contains("got `722` again"), "{message}");
    let reading = |text: &str| dimo(text.as_bytes(), "vehicle").remove(0).unwrap().reading;
    let first = reading(&first.replace("\"722\": \"FF\",", ""));
    // No speed of 65535; 0x1F3F / 256 km/h; 8 km; 0x30 x 0.4 percent; 0x1F21 / 8 a minute.
    assert_eq!(first.channels, [8_679, 8_000, 192, 996]);
    assert_eq!((first.location.latitude(), first.location.longitude()), (522_721_466, -9_014_316));
    assert_eq!((first.accuracy_mm, first.time.get()), (3_000, 1_727_426_006_000));
    let last = text.replace("\"645\": \"8\",", "").replace("\"722\": \"37\",", "");
    assert_eq!(reading(&last).channels[1], ABSENT);
}

#[test]
fn ruptela_locations() {
    let Some(document) = data("dimo_ruptela_location_plausible.json") else { return };
    let rows: Vec<Row> = dimo(&document, "gnss_station").into_iter().map(Result::unwrap).collect();
    let fixes: Vec<_> = rows
        .iter()
        .map(|row| {
            let location = row.reading.location;
            (row.reading.time.get(), location.latitude(), location.longitude(), row.reading.accuracy_mm)
        })
        .collect();
    assert_eq!(
        fixes,
        [
            (1_727_712_225_000, 522_784_033, -9_085_750, 25_000),
            (1_727_712_226_000, 522_783_650, -9_086_150, 25_000)
        ]
    );
    assert_eq!(rows[0].reading.channels, [ABSENT, 500, 104_900, ABSENT]);
    assert_eq!(rows[0].reading.payload_hash, rows[1].reading.payload_hash);
    // A vehicle's channels are not there.
    assert!(dimo(&document, "vehicle").iter().all(Result::is_err));
}

/// Three fixes that are a degree of latitude apart in a second each: an importer reads what is well-formed, and whether a
/// vehicle can be there is for a policy's fence to say.
#[test]
fn an_implausible_jump_is_three_readings() {
    let Some(document) = data("dimo_ruptela_location_IMPLAUSIBLE_jump.json") else { return };
    let rows: Vec<Row> = dimo(&document, "gnss_station").into_iter().map(Result::unwrap).collect();
    let latitudes: Vec<i32> = rows.iter().map(|row| row.reading.location.latitude()).collect();
    assert_eq!(latitudes, [432_699_983, 442_699_983, 452_699_983]);
    // A dilution of 0 is an unknown one.
    let accuracies: Vec<u32> = rows.iter().map(|row| row.reading.accuracy_mm).collect();
    assert_eq!(accuracies, [ACCURACY_UNKNOWN, 500, 1_000]);
    assert_eq!(rows[0].reading.channels[1], ABSENT);
}

#[test]
fn signatures_of_devices() {
    let Some(vectors) = data("dimo_signed_vectors.json") else { return };
    let vectors: serde_json::Value = serde_json::from_slice(&vectors).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert_eq!(vectors.len(), 2);
    for (vector, scheme) in vectors.iter().zip([Scheme::Keccak256, Scheme::Eip191]) {
        let text = |field: &str| vector[field].as_str().unwrap();
        let data = text("data").as_bytes();
        let signature: [u8; 65] = hex::parse(text("signature")).unwrap();
        let address: [u8; 20] = hex::parse(text("address")).unwrap();
        assert_eq!(verify(data, &signature, &address).unwrap().scheme, scheme);
        assert_eq!(recover(data, &signature, scheme), Ok(address));
        for index in 0..data.len() {
            let mut altered = data.to_vec();
            altered[index] ^= 1;
            let refused = Err(AttestationError::Address { wanted: address });
            assert_eq!(verify(&altered, &signature, &address), refused, "byte {index} of the data");
        }
        for index in 0..signature.len() {
            let mut altered = signature;
            altered[index] ^= 4;
            assert!(verify(data, &altered, &address).is_err(), "byte {index} of the signature");
        }
        for index in 0..address.len() {
            let mut altered = address;
            altered[index] ^= 1;
            assert!(verify(data, &signature, &altered).is_err(), "byte {index} of the address");
        }
    }
}

#[test]
fn a_car_in_munich() {
    let Some(table) = data("munich_car_trace.csv") else { return };
    let columns = "time=time,lat=lat,lon=lon,value=lat".parse().unwrap();
    let mapping = Mapping { scale: 9, ..Mapping::new(columns, Network::new(137, [1; 20]), 1) };
    let rows: Vec<Row> = CsvReader::new(&table[..], &mapping).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1194);
    let first = rows[0].reading;
    assert_eq!((first.location.latitude(), first.location.longitude()), (481_635_066, 115_643_883));
    assert_eq!((first.time.get(), first.channels), (1_410_324_847_000, [48_163_506_600, 0, 0, 0]));
}

/// The table of a year of air has gaps: an empty cell is absent, and a row of gaps is refused.
#[test]
fn air_with_gaps() {
    let Some(table) = data("air_quality_no2_openaq.csv") else { return };
    let table = String::from_utf8(table).unwrap();
    let mut rows = table.lines();
    assert_eq!(rows.next().unwrap(), "datetime,station_antwerp,station_paris,station_london");
    let (mut filled, mut made) = (0, "time,lat,lon,no2\n".to_owned());
    for row in rows {
        let cells: Vec<&str> = row.split(',').collect();
        filled += usize::from(!cells[2].is_empty());
        made += &format!("{}Z,48.72,2.13,{}\n", cells[0].replace(' ', "T"), cells[2]);
    }
    let columns = "time=time,lat=lat,lon=lon,value=no2".parse().unwrap();
    let schema = Schema::named("air_quality").unwrap().id;
    let mapping = Mapping::new(columns, Network::new(137, [1; 20]), schema);
    let (good, bad): (Vec<_>, Vec<_>) =
        CsvReader::new(made.as_bytes(), &mapping).unwrap().partition(Result::is_ok);
    assert_eq!(good.len(), filled);
    assert!(!bad.is_empty());
    for row in bad {
        assert!(row.unwrap_err().to_string().contains("at least one channel of the schema air_quality"));
    }
}
