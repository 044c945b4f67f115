use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network, PayloadHash};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{ImportError, Row, Target};

fn rows(lines: &str, schema: &str) -> Vec<Result<Row, ImportError>> {
    let schema = Schema::named(schema).unwrap();
    let target = Target { network: Network::new(137, [1; 20]), schema, first_sequence: 10 };
    NdjsonReader::new(lines.as_bytes(), &target).collect()
}

fn refused(line: &str) -> String {
    let rows = rows(line, "vehicle");
    assert_eq!(rows.len(), 1, "{line}");
    rows[0].as_ref().unwrap_err().to_string()
}

const PLACE: &str = r#""time":1767225600000,"latitude":48.10000005,"longitude":-1.15e1"#;

#[test]
fn lines_become_readings() {
    let lines = format!(
        "\u{feff}{{{PLACE},\"accuracy_m\":2.5001,\"speed\":13.88888,\"energy\":null,\"payload\":{{\"a\": [1]}}}}\r\n\n\
         {{\"time\":\"2026-01-01T00:00:00.25Z\",\"latitude\":0,\"longitude\":0,\"sequence\":7,\"odometer\":12.5}}"
    );
    let rows: Vec<Row> = rows(&lines, "vehicle").into_iter().map(Result::unwrap).collect();
    let first = rows[0].reading;
    assert_eq!((first.location.latitude(), first.location.longitude()), (481_000_001, -115_000_000));
    assert_eq!((first.accuracy_mm, first.channels), (2_501, [13_889, ABSENT, ABSENT, ABSENT]));
    assert_eq!((first.payload_hash, first.sequence), (PayloadHash::of(br#"{"a": [1]}"#), 10));
    let second = rows[1];
    assert_eq!(
        (second.number, second.reading.sequence, second.reading.time.get()),
        (3, 7, 1_767_225_600_250)
    );
    assert_eq!((second.reading.channels[1], second.reading.accuracy_mm), (13, ACCURACY_UNKNOWN));
}

#[test]
fn times_are_text_with_a_zone_or_a_number_of_a_unit() {
    for time in [
        r#""time":1767232860000.0"#,
        r#""time":"2026-01-01T03:01:00+01:00""#,
        r#""time_s":1767232860"#,
        r#""time_s":"1767232860""#,
        r#""time_us":1767232860000000"#,
        r#""time_ns":1767232860000000001"#,
    ] {
        let line = format!("{{{time},\"latitude\":0,\"longitude\":0,\"speed\":1}}");
        assert_eq!(
            rows(&line, "vehicle")[0].as_ref().unwrap().reading.time.get(),
            1_767_232_860_000,
            "{time}"
        );
    }
}

#[test]
fn channels_without_unit_take_whole_numbers() {
    let line = |value: &str| format!("{{{PLACE},\"value2\":{value}}}");
    assert_eq!(
        rows(&line("-5"), "generic")[0].as_ref().unwrap().reading.channels,
        [ABSENT, ABSENT, -5, ABSENT]
    );
    assert!(rows(&line("0.5"), "generic")[0].is_err());
}

#[test]
fn a_refused_line_names_its_field() {
    for (fields, wanted) in [
        (r#""spede":1"#, "expected one of the fields time (or time_s, time_us, time_ns), latitude"),
        (r#""spede":1"#, "engine_speed, got `spede`"),
        (r#""speed":1,"speed":2"#, "every key once, got `speed` again"),
        (r#""speed":"1""#, "column `speed`: expected a decimal number"),
        (r#""speed":-1"#, "column `speed`: expected 0 to 100 m/s"),
        (r#""speed":1,"sequence":-1"#, "column `sequence`: expected a whole number"),
        (r#""speed":1,"accuracy_m":0"#, "column `accuracy_m`: expected 1 to"),
        (
            r#""speed":null"#,
            "at least one channel of the schema vehicle (speed, odometer, energy, engine_speed)",
        ),
        (r#""speed":1]"#, "expected an object with time"),
    ] {
        let message = refused(&format!("{{{PLACE},{fields}}}"));
        assert!(message.starts_with("row 1") && message.contains(wanted), "{wanted}: {message}");
    }
    assert!(refused(r#"{"time":1e12,"latitude":0,"speed":1}"#).contains("a field `longitude`"));
    assert!(refused(r#"{"time":0.5,"latitude":0,"longitude":0,"speed":1}"#).contains("column `time`"));
    assert!(refused(r#"{"time":1e12,"time_s":1e9,"latitude":0}"#).contains("expected `time` once"));
    assert!(refused(r#"{"time":1767232860,"latitude":0}"#).contains("the number looks like Unix seconds"));
    assert!(
        refused(r#"{"time":"1767232860000","latitude":0}"#).contains("column `time`: expected a time like")
    );
    assert!(
        refused(r#"{"time":"2026-01-01T00:00:00","latitude":0}"#).contains("expected a time with its zone")
    );
    assert!(refused(r#"{"time":"2026-01-01","latitude":0,"longitude":0}"#).contains("column `time`"));
    assert!(
        refused(r#"{"time":1e12,"latitude":90.1,"longitude":0}"#).contains("`latitude`: expected -90 to 90")
    );
    assert!(refused("null").contains("an object"));
    assert!(refused("[{}]").contains("an object in each line, got a list"));
    let long = format!("{{\"payload\":\"{}\"}}", "a".repeat(1 << 16));
    assert!(refused(&long).contains("at most 65536 bytes in a line"));
}

#[test]
fn a_monitor_of_clean_air_is_a_little_below_nothing() {
    let air = |value: &str| rows(&format!("{{{PLACE},\"pm2_5\":{value}}}"), "air_quality").remove(0);
    assert_eq!(air("-0.25").unwrap().reading.channels, [ABSENT, -3, ABSENT, ABSENT]);
    assert_eq!(air("-10").unwrap().reading.channels[1], -100);
    assert!(air("-10.1").unwrap_err().to_string().contains("expected -10 to 10000 ug/m3"));
}

#[test]
fn a_line_after_a_refused_one_is_read() {
    let rows = rows(&format!("{{\n{{{PLACE},\"speed\":1}}\n"), "vehicle");
    assert!(rows[0].is_err());
    assert_eq!(rows[1].as_ref().unwrap().number, 2);
}

proptest! {
    #[test]
    fn arbitrary_values_never_panic(name in "time|latitude|accuracy_m|sequence|speed|payload|x", value in "[-0-9.eE]{1,40}|\"[^\"]{0,30}\"|null|\\{\\}") {
        let line = format!("{{\"{name}\":{value},\"longitude\":1,\"odometer\":1}}");
        rows(&line, "vehicle").into_iter().for_each(drop);
    }
}
