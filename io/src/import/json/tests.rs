use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network, PayloadHash};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{Columns, ImportError, Row, Target, Zone};

fn target(schema: &str) -> Target {
    let schema = Schema::named(schema).unwrap();
    Target { network: Network::new(137, [1; 20]), schema, first_sequence: 10 }
}

fn rows(text: &str, schema: &str, fields: &str) -> Vec<Result<Row, ImportError>> {
    let fields: Columns = fields.parse().unwrap();
    JsonReader::new(text.as_bytes(), &target(schema), &fields).unwrap().collect()
}

fn good(text: &str, schema: &str, fields: &str) -> (u64, i32, i32, u32, [i64; 4]) {
    let rows = rows(text, schema, fields);
    assert_eq!(rows.len(), 1, "{text}");
    let reading = rows[0].as_ref().unwrap().reading;
    let (latitude, longitude) = (reading.location.latitude(), reading.location.longitude());
    (reading.time.get(), latitude, longitude, reading.accuracy_mm, reading.channels)
}

/// In the form of each, with numbers of our own.
#[test]
fn what_programs_send_is_read_by_a_mapping() {
    let (time, lat, lon, unknown) = (1_767_233_700_250, 481_000_001, 115_000_000, ACCURACY_UNKNOWN);
    let a = ABSENT;
    for (text, schema, fields, wanted) in [
        (
            // ChirpStack
            r#"{"deduplicationId":"x","time":"2026-01-01T02:15:00.250999+00:00","fCnt":7,"rxInfo":[{"location":{"latitude":1}}],
                "object":{"position":{"lat":48.10000005,"lon":11.5},"temperature":21.25,"battery":3.6}}"#,
            "air_quality",
            "time=time,latitude=object.position.lat,longitude=object.position.lon,temperature=object.temperature",
            (time, lat, lon, unknown, [a, a, 2_125, a]),
        ),
        (
            // The Things Network
            r#"{"received_at":"2026-01-01T02:15:00.250999999Z","uplink_message":{"decoded_payload":{"pm25":"10.25"},
                "locations":{"user":{"latitude":48.10000005,"longitude":11.5,"source":"SOURCE_REGISTRY"}}}}"#,
            "air_quality",
            "time=received_at,lat=uplink_message.locations.user.latitude,lon=uplink_message.locations.user.longitude,\
             pm2_5:µg/m³=uplink_message.decoded_payload.pm25",
            (time, lat, lon, unknown, [a, 103, a, a]),
        ),
        (
            // Helium
            r#"{"reported_at":1767233700250,"decoded":{"payload":{"latitude":48.10000005,"longitude":11.5,"speed":50,"sats":9}}}"#,
            "vehicle",
            "time=reported_at,lat=decoded.payload.latitude,lon=decoded.payload.longitude,speed:km/h=decoded.payload.speed",
            (time, lat, lon, unknown, [13_889, a, a, a]),
        ),
        (
            // OwnTracks
            r#"{"_type":"location","tst":1767233700,"lat":48.10000005,"lon":11.5,"acc":12,"alt":519,"vel":36,"batt":80}"#,
            "gnss_station",
            "time_s=tst,lat=lat,lon=lon,accuracy_m=acc,altitude=alt,speed:km/h=vel",
            (1_767_233_700_000, lat, lon, 12_000, [a, a, 519_000, 10_000]),
        ),
        (
            // Traccar
            r#"[{"id":1,"fixTime":"2026-01-01T02:15:00.250+0000","latitude":48.10000005,"longitude":11.5,"speed":10.0,"accuracy":0.0}]"#,
            "position",
            "time=fixTime,lat=latitude,lon=longitude",
            (time, lat, lon, unknown, [1, 0, 0, 0]),
        ),
    ] {
        assert_eq!(good(text, schema, fields), wanted, "{text}");
    }
}

const FIELDS: &str = "time=t,lat=p.y,lon=p.x,speed=v,odometer:km=o,sequence=n,accuracy_m=a";

#[test]
fn records_stand_alone_or_in_lists() {
    let record = |n: u64| {
        format!("{{\"t\":1767233700250,\"p\":{{\"y\":1,\"x\":2}},\"v\":1,\"n\":{n},\"rest\":[{{}}]}}")
    };
    let text = format!("\u{feff}{}\n[{},\n {}] {}", record(1), record(2), record(3), record(4));
    let rows: Vec<Row> = rows(&text, "vehicle", FIELDS).into_iter().map(Result::unwrap).collect();
    assert_eq!(
        rows.iter().map(|row| (row.number, row.reading.sequence)).collect::<Vec<_>>(),
        [(1, 1), (2, 2), (3, 3), (4, 4)]
    );
    assert_eq!(rows[1].reading.payload_hash, PayloadHash::of(record(2).as_bytes()));
    assert!(self::rows("[]", "vehicle", FIELDS).is_empty());
}

#[test]
fn a_refused_record_names_its_member_and_the_next_is_read() {
    let good = r#"{"t":1767233700250,"p":{"y":1,"x":2},"v":1,"n":1}"#;
    for (from, to, wanted) in [
        ("\"y\":1", "\"y\":91", "column `p.y`: expected -90 to 90, got `91`"),
        ("\"y\":1,", "", "expected a member `p.y`, got none"),
        ("\"y\":1", "\"y\":null", "expected a member `p.y`, got none"),
        ("{\"y\":1,\"x\":2}", "7", "expected a member `p.y`, got none"),
        (
            "1767233700250",
            "1767233700",
            "column `t`: expected Unix milliseconds of the years 2000 to 2099; the number looks like Unix seconds",
        ),
        ("1767233700250", "\"2026-01-01T02:15:00\"", "expected a time with its zone"),
        ("\"v\":1", "\"v\":true", "column `v`: expected a decimal number"),
        ("\"v\":1", "\"v\":101", "column `v`: expected 0 to 100 m/s"),
        ("\"v\":1", "\"w\":1", "at least one channel of the schema vehicle"),
        ("\"v\":1", "\"v\":1,\"v\":2", "every key once, got `v` again"),
        ("\"n\":1", "\"n\":-1", "column `n`: expected a whole number"),
        ("\"n\":1", "\"a\":0,\"n\":1", "column `a`: expected 1 to"),
    ] {
        let bad = good.replace(from, to);
        let rows = rows(&format!("{bad}\n{good}"), "vehicle", FIELDS);
        let message = rows[0].as_ref().unwrap_err().to_string();
        assert!(message.starts_with("row 1") && message.contains(wanted), "{wanted}: {message}");
        assert_eq!(rows[1].as_ref().unwrap().number, 2);
    }
    let rows = rows(&format!("[7,{good}] 7\n{good}"), "vehicle", FIELDS);
    let good: Vec<bool> = rows.iter().map(Result::is_ok).collect();
    assert_eq!(good, [false, true, false, true]);
}

#[test]
fn a_mapping_fits_the_schema_and_says_its_units() {
    let refused = |fields: &str| {
        let fields: Columns = fields.parse().unwrap();
        JsonReader::new(&b""[..], &target("vehicle"), &fields).err().unwrap().to_string()
    };
    assert!(refused("time=t,lat=y,lon=x,no2=v").contains("got `no2`"));
    assert!(refused("time=t,lat=y,lon=x").contains("for one of the channels speed"));
    assert!(
        refused("time=t,lat=y,lon=x,speed=obd.speed_kmh")
            .contains("expected `speed` in m/s, the name says km/h")
    );
    let local = r#"{"t":"2026-01-01T02:15:00","y":1,"x":2}"#;
    let fields = "time=t,lat=y,lon=x".parse().unwrap();
    let reader = JsonReader::new(local.as_bytes(), &target("position"), &fields).unwrap().in_zone(Zone::Utc);
    assert!(reader.map(|row| row.unwrap().reading.time.get()).eq([1_767_233_700_000]));
}

proptest! {
    #[test]
    fn arbitrary_records_never_panic(path in "[a-b.\\\\0-1]{1,6}", text in "[\\[\\]{}\"ab:01,.]{0,40}", value in "[-0-9.eE]{1,30}|\"[^\"]{0,20}\"|null|\\{\\}") {
        let fields: Columns = format!("time={path},lat=a,lon=b,speed=a.0").parse().unwrap();
        for text in [text, format!("{{\"a\":{value},\"b\":[{value}]}}")] {
            JsonReader::new(text.as_bytes(), &target("vehicle"), &fields).unwrap().for_each(drop);
        }
    }
}
