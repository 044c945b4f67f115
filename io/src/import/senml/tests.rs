use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{ImportError, Row, Target};

fn target() -> Target {
    let schema = Schema::named("air_quality").unwrap();
    Target { network: Network::new(137, [1; 20]), schema, first_sequence: 10 }
}

fn rows(packs: &str) -> Vec<Result<Row, ImportError>> {
    SenmlReader::new(packs.as_bytes(), &target()).collect()
}

fn refused(pack: &str) -> String {
    let rows = rows(pack);
    assert_eq!(rows.len(), 1, "{pack}");
    rows[0].as_ref().unwrap_err().to_string()
}

const PLACE: &str = r#"{"n":"p","u":"lat","v":48.10000005},{"n":"p","u":"lon","v":-11.5}"#;

#[test]
fn base_fields_are_resolved_in_order() {
    let pack = format!(
        r#"[{{"bn":"urn:dev:ow:1:","bt":1.7672256005e+09,"bu":"Cel","bver":10,"n":"temperature","v":21.25}},{PLACE},
        {{"n":"accuracy","u":"cm","v":250.11}},{{"n":"note","vs":"x"}},{{"n":"humidity","u":"%RH","v":45.04}},
        {{"bt":1767225600,"bv":-20,"t":-60,"n":"temperature","v":20.5}},{{"t":-60,"n":"p","u":"lat","bv":0,"v":1}},
        {{"t":-60,"n":"p","u":"lon","v":2}},{{"bn":"urn:dev:ow:1:no2","bu":"mg/m3","t":-60,"v":0.04}}]"#
    );
    let rows: Vec<Row> = rows(&pack).into_iter().map(Result::unwrap).collect();
    // By time: the later one comes first in the pack.
    let (early, late) = (rows[0].reading, rows[1].reading);
    assert_eq!((early.time.get(), late.time.get()), (1_767_225_540_000, 1_767_225_600_500));
    assert_eq!((early.channels, early.accuracy_mm), ([400, ABSENT, 50, ABSENT], ACCURACY_UNKNOWN));
    assert_eq!((late.channels, late.accuracy_mm), ([ABSENT, ABSENT, 2_125, 450], 2_502));
    assert_eq!((late.location.latitude(), late.location.longitude()), (481_000_001, -115_000_000));
    assert_eq!((rows[0].number, early.sequence, rows[1].number, late.sequence), (1, 10, 1, 11));
}

#[test]
fn units_are_checked_against_the_schema() {
    let pack = |unit: &str| format!(r#"[{{"bt":1e9,"n":"temperature"{unit},"v":1}},{PLACE}]"#);
    assert!(refused(&pack(r#","u":"K""#)).contains("column `[0].v`: expected the unit `Cel`"));
    assert!(refused(&pack("")).contains("expected the unit `Cel`"));
    assert!(rows(&pack(r#","u":"Cel""#))[0].is_ok());
    let message = refused(&format!(r#"[{{"bt":1e9,"n":"temperature","u":"Cel","v":70.01}},{PLACE}]"#));
    assert!(message.contains("expected -90 to 70 Cel: no working sensor"), "{message}");
}

#[test]
fn what_rfc_8428_wants_refused_is() {
    let with = |record: &str| format!("[{{\"bt\":1e9}},{PLACE},{record}]");
    for (pack, wanted) in [
        (with(r#"{"n":"no2","u":"ug/m3","v":1,"cold_":1}"#), "the field `cold_` must be understood"),
        (with(r#"{"bver":11,"n":"no2","u":"ug/m3","v":1}"#), "SenML of version 10"),
        (with(r#"{"n":"no2","u":"ug/m3","v":1,"vs":"1"}"#), "expected `[3].v` once"),
        (with(r#"{"n":"no2","u":"ug/m3","vs":"1"}"#), "expected a field `v`"),
        (with(r#"{"n":"no2","u":"ug/m3","v":"1"}"#), "column `[3].v`: expected a decimal number"),
        (with(r#"{"n":"_no2","u":"ug/m3","v":1}"#), "column `[3].n`: expected a name of letters"),
        (with(r#"{"u":"ug/m3","v":1}"#), "column `[3].n`: expected a name"),
        (with(r#"{"n":"no2","u":"ug/m3","v":1},{"n":"no2","u":"ug/m3","v":1}"#), "expected `[4].no2` once"),
        (with(r#"{"n":"other/no2","u":"ug/m3","v":1}"#), "of one device, ``, got `other/`"),
        (with(r#"{"n":"no2","n":"no2","u":"ug/m3","v":1}"#), "every key once, got `n` again"),
        (with(r#"{"n":"note","vs":"x"}"#), "at least one channel of the schema air_quality"),
        (r#"[{"n":"no2","u":"ug/m3","v":1,"t":-5}]"#.to_owned(), "expected an absolute time"),
        (r#"[{"n":"no2","u":"ug/m3","v":1}]"#.to_owned(), "got 0 s: relative to what is not known"),
        (r#"[{"n":"no2","u":"ug/m3","v":1,"t":1e9}]"#.to_owned(), "of the unit lat"),
        (
            r#"[{"n":"no2","u":"ug/m3","v":1,"t":268435456}]"#.to_owned(),
            "column `[0].t`: expected Unix seconds of the years 2000 to 2099, got `268435456`",
        ),
        (
            r#"[{"bt":1767232860000,"n":"no2","u":"ug/m3","v":1,"t":-1}]"#.to_owned(),
            "column `[0].bt`: expected Unix seconds of the years 2000 to 2099; the number looks like Unix milliseconds, got `1767232860000`",
        ),
        (r#"[{"n":"no2","u":"ug/m3","v":1,"t":1e80}]"#.to_owned(), "column `[0].t`"),
        ("{}".to_owned(), "expected an array of SenML records"),
    ] {
        let message = refused(&pack);
        assert!(message.starts_with("row 1") && message.contains(wanted), "{wanted}: {message}");
    }
    assert!(rows("[]").is_empty());
    assert!(refused("<sensml xmlns=\"urn:ietf:params:xml:ns:senml\"/>").contains("SenML in JSON, got XML"));
    let cbor = [0x81, 0xa3, 0x21, 0x61, 0x61];
    let message = SenmlReader::new(&cbor[..], &target()).next().unwrap().unwrap_err().to_string();
    assert!(message.contains("got bytes like CBOR"), "{message}");
}

#[test]
fn paths_of_lwm2m_name_no_device() {
    let pack = r#"[{"bn":"/3303/0/","bt":1767232860,"n":"temperature","u":"Cel","v":21.25},{"bn":"/3304/0/","n":"humidity","u":"%RH","v":45},
        {"bn":"/6/0/","n":"lat","u":"lat","v":48.1},{"n":"lon","u":"lon","v":11.5}]"#;
    assert_eq!(rows(pack)[0].as_ref().unwrap().reading.channels, [ABSENT, ABSENT, 2_125, 450]);
    let twice = pack.replace("/3304/0/", "/3303/1/").replace("humidity", "temperature").replace("%RH", "Cel");
    assert!(refused(&twice).contains("expected `[1].temperature` once"), "which of the two sensors?");
}

#[test]
fn a_pack_after_a_refused_one_is_read() {
    let good = format!(r#"[{{"bt":1e9,"n":"no2","u":"ug/m3","v":1}},{PLACE}]"#);
    let rows = rows(&format!("{good}\n[{{\"v\":}}]\n{good}"));
    let numbers: Vec<Option<u64>> = rows.iter().map(|row| row.as_ref().ok().map(|row| row.number)).collect();
    assert_eq!(numbers, [Some(1), None, Some(3)]);
    assert_eq!(rows[2].as_ref().unwrap().reading.sequence, 12, "refused packs are counted");
}

proptest! {
    #[test]
    fn arbitrary_records_never_panic(values in prop::collection::vec(("b?(n|t|u|v|s)|bver|ut|v[sbd]", "-?[0-9]{1,3}(\\.[0-9]{1,30})?(e-?[0-9]{1,2})?|\"[a-z:]{0,9}\"|null|\\[\\]"), 0..12)) {
        let fields: Vec<String> = values.iter().map(|(name, value)| format!("{{\"{name}\":{value},\"n\":\"no2\"}}")).collect();
        rows(&format!("[{{\"bt\":1e9}},{PLACE},{}]", fields.join(","))).into_iter().for_each(drop);
    }
}
