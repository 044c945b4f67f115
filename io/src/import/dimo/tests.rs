use k256::ecdsa::SigningKey;
use proptest::prelude::*;
use sha3::{Digest, Keccak256};
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network, PayloadHash};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{ImportError, RangeError, Row, Target};

fn target(schema: &str) -> Target {
    let schema = Schema::named(schema).unwrap();
    Target { network: Network::new(137, [1; 20]), schema, first_sequence: 10 }
}

fn rows(documents: &str, schema: &str) -> Vec<Result<Row, ImportError>> {
    DimoReader::new(documents.as_bytes(), &target(schema), RangeError::default()).collect()
}

fn refused(document: &str) -> String {
    let rows = rows(document, "vehicle");
    assert_eq!(rows.len(), 1, "{document}");
    rows[0].as_ref().unwrap_err().to_string()
}

/// When the signals of these tests begin, in milliseconds.
const FROM: u64 = 1_767_225_600_000;

fn autopi(signals: &[(u64, &str, &str)]) -> String {
    let signal = |(time, name, value): &(u64, &str, &str)| {
        let time = FROM + time;
        format!("{{\"timestamp\":{time},\"name\":\"{name}\",\"value\":{value}}}")
    };
    let signals: Vec<String> = signals.iter().map(signal).collect();
    format!("{{\"data\":{{\"vehicle\":{{\"signals\":[{}]}}}}}}", signals.join(",\n"))
}

#[test]
fn a_fix_of_an_autopi_takes_the_newest_signals_before_it() {
    let document = autopi(&[
        (3000, "latitude", "48.3"),
        (3000, "longitude", "11.3"),
        (1000, "vehicleSpeed", "36"),
        (2000, "vehicleSpeed", "39"),
        (2500, "vehicleSpeed", "90"),
        (2000, "latitude", "48.10000005"),
        (2000, "longitude", "-56.50151833333334"),
        (2000, "hdop", "1.4"),
        (1500, "soc", "80.5"),
        (4000, "rpm", "900"),
        (2000, "latitude_of_another", "1"),
    ]);
    let rows: Vec<Row> = rows(&document, "vehicle").into_iter().map(Result::unwrap).collect();
    let (first, second) = (rows[0].reading, rows[1].reading);
    assert_eq!((first.time.get(), second.time.get()), (FROM + 2000, FROM + 3000));
    assert_eq!((first.location.latitude(), first.location.longitude()), (481_000_001, -565_015_183));
    assert_eq!((first.channels, first.accuracy_mm), ([10_833, ABSENT, 805, ABSENT], 7_000));
    assert_eq!(second.channels[0], 25_000);
    let data = &document["{\"data\":".len()..document.len() - 1];
    assert_eq!(first.payload_hash, PayloadHash::of(data.as_bytes()));
    assert_eq!((rows[1].number, second.sequence), (1, 11));
}

#[test]
fn what_was_measured_long_before_is_absent() {
    let six_hours = 6 * 3600 * 1000;
    let fix = [(six_hours, "latitude", "48.1"), (six_hours, "longitude", "11.5")];
    let with = |more: &[(u64, &str, &str)]| autopi(&[more, &fix].concat());
    let channels = |document: &str, age: Option<u64>| {
        let reader = DimoReader::new(document.as_bytes(), &target("vehicle"), RangeError::default());
        let reader = match age {
            Some(seconds) => reader.with_max_age(std::time::Duration::from_secs(seconds)),
            None => reader,
        };
        reader
            .map(|row| row.map(|row| row.reading.channels).map_err(|error| error.to_string()))
            .next()
            .unwrap()
    };
    let rpm = (six_hours, "rpm", "900");
    let old = with(&[(0, "vehicleSpeed", "90"), rpm]);
    assert_eq!(channels(&old, None), Ok([ABSENT, ABSENT, ABSENT, 900]));
    assert_eq!(channels(&old, Some(6 * 3600)), Ok([25_000, ABSENT, ABSENT, 900]));
    assert_eq!(channels(&with(&[(six_hours - 60_000, "vehicleSpeed", "90")]), None).unwrap()[0], 25_000);
    assert!(
        channels(&with(&[(six_hours - 60_001, "vehicleSpeed", "90")]), None).unwrap_err().contains("channel")
    );
    // An old dilution is no accuracy of now.
    let reading = rows(&with(&[(0, "hdop", "1"), rpm]), "vehicle").remove(0).unwrap().reading;
    assert_eq!(reading.accuracy_mm, ACCURACY_UNKNOWN);
    // Redacted stays redacted until a signal says otherwise.
    assert!(
        channels(&with(&[(0, "isRedacted", "true"), rpm]), None).unwrap_err().contains("it was redacted")
    );
}

#[test]
fn the_default_module_is_read() {
    let at = "2026-01-01T02:15:00.250Z";
    let signal =
        |name: &str, value: &str| format!(r#"{{"name":"{name}","value":{value},"timestamp":"{at}"}}"#);
    let place = [signal("currentLocationLatitude", "48.1"), signal("currentLocationLongitude", "11.5")];
    let document = |more: &[String]| {
        format!(r#"{{"time":"{at}","data":{{"signals":[{}]}}}}"#, [&place, more].concat().join(","))
    };
    let all = document(&[
        signal("speed", "36"),
        signal("powertrainTransmissionTravelledDistance", "12.5"),
        signal("powertrainTractionBatteryStateOfChargeCurrent", "80.5"),
        signal("dimoAftermarketHDOP", "1.4"),
        r#"{"name":"somethingElse","value":{},"timestamp":0}"#.to_owned(),
    ]);
    let reading = rows(&all, "vehicle").remove(0).unwrap().reading;
    assert_eq!((reading.time.get(), reading.accuracy_mm), (1_767_233_700_250, 7_000));
    assert_eq!(reading.channels, [10_000, 12_500, 805, ABSENT]);
    assert_eq!((reading.location.latitude(), reading.location.longitude()), (481_000_000, 115_000_000));
    for redacted in ["true", "1", "\"true\"", "\"yes\""] {
        let signals = [signal("currentLocationIsRedacted", redacted)];
        assert!(refused(&document(&signals)).contains("it was redacted"), "{redacted}");
    }
    assert!(
        refused(&document(&[signal("speed", "361")]))
            .contains("column `data.signals.speed`: expected 0 to 100 m/s")
    );
    assert!(refused(r#"{"data":{"signals":{}}}"#).contains("a list of signals"));
}

#[test]
fn a_fix_that_is_none_is_refused() {
    let fix = [(1, "latitude", "1"), (1, "longitude", "2")];
    let with = |more: &[(u64, &str, &str)]| refused(&autopi(&[&fix, more].concat()));
    assert!(with(&[(1, "vehicleSpeed", "1"), (1, "isRedacted", "true")]).contains("it was redacted"));
    assert!(
        with(&[(1, "vehicleSpeed", "1"), (1, "latitude", "1")])
            .contains("expected `latitude at 1767225600001` once")
    );
    assert!(with(&[(2, "vehicleSpeed", "1")]).contains("at least one channel"));
    assert!(
        with(&[(1, "vehicleSpeed", "361")])
            .contains("column `data.vehicle.signals.vehicleSpeed`: expected 0 to 100 m/s")
    );
    assert!(with(&[(1, "vehicleSpeed", "\"1\"")]).contains("expected a decimal number"));
    assert!(
        refused(&autopi(&[(1, "latitude", "1"), (2, "longitude", "1")]))
            .contains("latitude and longitude of one time")
    );
    let old = r#"{"data":{"vehicle":{"signals":[{"timestamp":1767225600,"name":"latitude","value":1},{"timestamp":1767225600,"name":"longitude","value":1},{"timestamp":1767225600,"name":"rpm","value":1}]}}}"#;
    assert!(refused(old).contains("column `data.vehicle.signals.timestamp`: expected Unix milliseconds of the years 2000 to 2099; the number looks like Unix seconds"));
    let locations = r#"{"data":{"location":[{"ts":1767225600000,"lat":1,"lon":2}]}}"#;
    assert!(refused(locations).contains("column `data.location[0].ts`: expected Unix seconds of the years 2000 to 2099; the number looks like Unix milliseconds"));
    assert!(refused("{\"data\":{}}").contains("data with `vehicle`"));
    assert!(refused("{}").contains("expected a field `data`"));
    assert!(refused("[1]").contains("a CloudEvent of DIMO"));
}

fn ruptela(pos: &str, signals: &str) -> String {
    format!(
        r#"{{"time":"2026-01-01T00:00:00Z","data":{{"pos":{{"lat":481000001,"lon":-115000000{pos}}},"signals":{{{signals}}}}}}}"#
    )
}

#[test]
fn a_ruptela_status_is_integers_with_scales() {
    let reading = |document: &str, schema: &str| rows(document, schema).remove(0).unwrap().reading;
    let all = ruptela(r#","alt":-15,"hdop":6,"sat":20,"spd":39"#, r#""114":"F4240","207":"64","197":"1F21""#);
    let vehicle = reading(&all, "vehicle");
    assert_eq!((vehicle.location.latitude(), vehicle.location.longitude()), (481_000_001, -115_000_000));
    // 39 km/h; 1,000,000 x 5 m; 100 x 0.4 %; 7969 / 8.
    assert_eq!((vehicle.channels, vehicle.accuracy_mm), ([10_833, 5_000_000, 400, 996], 3_000));
    assert_eq!(reading(&all, "gnss_station").channels, [20, 60, -1_500, 10_833]);

    // All bits set, and a 0 that is none.
    let none = ruptela(
        r#","hdop":255,"spd":65535"#,
        r#""210":"FFFF","95":"48","645":"FFFFFFFF","98":"0","722":"FF","515":"A1","94":"0""#,
    );
    let vehicle = reading(&none, "vehicle");
    assert_eq!((vehicle.channels, vehicle.accuracy_mm), ([20_000, ABSENT, 805, ABSENT], ACCURACY_UNKNOWN));

    for (pos, signals, wanted) in [
        (r#","spd":1.5"#, "", "column `data.pos.spd`: expected at most 0 decimal places"),
        (r#","spd":"1""#, "", "column `data.pos.spd`"),
        ("", r#""95":"0x1""#, "column `data.signals.95`: expected 1 to 16 hexadecimal digits"),
        ("", r#""95":1"#, "column `data.signals.95`: expected 1 to 16 hexadecimal digits"),
        ("", r#""95":"1","95":"2""#, "every key once, got `95` again"),
    ] {
        let message = refused(&ruptela(pos, signals));
        assert!(message.contains(wanted), "{wanted}: {message}");
    }
    assert!(refused(&ruptela("", "").replace("481000001", "-2147483648")).contains("a field `lat`"));
    assert!(
        refused(&ruptela("", "").replace("481000001", "900000001"))
            .contains("`data.pos.lat`: expected -90 to 90")
    );
}

#[test]
fn each_location_is_a_fix_or_refused_by_itself() {
    let document = r#"{"data":{"location":[{"ts":1767225600,"lat":1,"lon":2,"hdop":50,"alt":7},{"lat":1,"lon":2},
        {"ts":"2026-01-01T00:00:01Z","lat":1,"lon":2,"hdop":0,"alt":7}]}}"#;
    let rows = rows(document, "gnss_station");
    let first = rows[0].as_ref().unwrap().reading;
    assert_eq!((first.channels, first.accuracy_mm), ([ABSENT, 500, 700, ABSENT], 25_000));
    assert_eq!(rows[1].as_ref().unwrap_err().to_string(), "row 1: expected a field `ts`, got none");
    let third = rows[2].as_ref().unwrap().reading;
    assert_eq!(
        (third.time.get(), third.accuracy_mm, third.channels[1]),
        (1_767_225_601_000, ACCURACY_UNKNOWN, ABSENT)
    );
}

#[test]
fn with_an_address_nothing_unsigned_is_read() {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let data = r#"{"location":[{"ts":1767225600,"lat":1,"lon":2,"alt":7}]}"#;
    let sign = |prefix: &str, data: &str| {
        let (numbers, id) =
            key.sign_prehash_recoverable(&Keccak256::digest(format!("{prefix}{data}"))).unwrap();
        let bytes: [u8; 65] = [numbers.to_bytes().as_slice(), &[id.to_byte()]].concat().try_into().unwrap();
        bytes
    };
    let signature = sign("", data);
    let device = recover(data.as_bytes(), &signature, Scheme::Keccak256).unwrap();
    let text = zksensor_model::hex::encode(&signature);
    let eip =
        zksensor_model::hex::encode(&sign(&format!("\x19Ethereum Signed Message:\n{}", data.len()), data));
    let read = |documents: &str| {
        let reader = DimoReader::new(documents.as_bytes(), &target("gnss_station"), RangeError::default());
        let mut reader = reader.attested_by(device);
        let rows: Vec<_> = reader.by_ref().map(|row| row.map_err(|error| error.to_string())).collect();
        (rows, reader.schemes().to_vec())
    };
    let good = format!("{{\"signature\":\"{text}\",\"data\": {data} }}");
    let (rows, schemes) = read(&format!("{good}\n{}", good.replace(&text, &eip)));
    assert!(rows.iter().all(Result::is_ok) && rows.len() == 2);
    assert_eq!(schemes, [Scheme::Keccak256, Scheme::Eip191]);
    for (document, wanted) in [
        (good.replace("\"alt\":7", "\"alt\":8"), "they were altered, or another key signed"),
        (good.replace("\"alt\":7", "\"alt\": 7"), "they were altered, or another key signed"),
        (good.replace("signature", "sig"), "expected a signature of the device 0x"),
        (good.replace(&text, "0x00"), "expected a signature of 0x and 130 hexadecimal digits"),
    ] {
        let (rows, schemes) = read(&document);
        assert!(rows[0].as_ref().unwrap_err().starts_with("row 1, column `signature`: expected a signature"));
        assert!(rows[0].as_ref().unwrap_err().contains(wanted), "{wanted}: {rows:?}");
        assert!(rows.len() == 1 && schemes.is_empty());
    }

    // A status says when it was beside what was signed: an old one could be passed on as new.
    let data = r#"{"pos":{"lat":1,"lon":2,"alt":7}}"#;
    let text = zksensor_model::hex::encode(&sign("", data));
    let status = format!("{{\"signature\":\"{text}\",\"time\":\"2026-01-01T00:00:00Z\",\"data\":{data}}}");
    assert!(self::rows(&status, "gnss_station")[0].is_ok());
    let (rows, _) = read(&status);
    assert!(
        rows.len() == 1
            && rows[0].as_ref().unwrap_err().contains("expected `time` within what the device signed")
    );
}

proptest! {
    #[test]
    fn arbitrary_values_never_panic(name in "lat|lon|alt|hdop|sat|spd|ts", value in "-?[0-9]{1,25}(\\.[0-9]{1,3})?(e-?[0-9]{1,3})?|\"[0-9A-F]{0,20}\"|null") {
        let position = format!("{{\"lat\":1,\"ts\":1,\"{name}_\":1,\"{name}\":{value}}}").replace("\"lat\":1,\"ts\":1,\"lat", "\"ts\":1,\"lat");
        rows(&format!("{{\"data\":{{\"location\":[{position}]}}}}"), "gnss_station").into_iter().for_each(drop);
        rows(&format!("{{\"time\":\"2026-01-01T00:00:00Z\",\"data\":{{\"pos\":{position},\"signals\":{{\"95\":{value}}}}}}}"), "vehicle").into_iter().for_each(drop);
    }
}
