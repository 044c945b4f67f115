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
    assert!(refused("<sensml xmlns=\"urn:ietf:params:xml:ns:senml\"/>").contains("JSON or CBOR, got XML"));
}

#[test]
fn paths_of_lwm2m_name_no_device() {
    let pack = r#"[{"bn":"/3303/0/","bt":1767232860,"n":"temperature","u":"Cel","v":21.25},{"bn":"/3304/0/","n":"humidity","u":"%RH","v":45},
        {"bn":"/6/0/","n":"lat","u":"lat","v":48.1},{"n":"lon","u":"lon","v":11.5}]"#;
    assert_eq!(rows(pack)[0].as_ref().unwrap().reading.channels, [ABSENT, ABSENT, 2_125, 450]);
    let twice = pack.replace("/3304/0/", "/3303/1/").replace("humidity", "temperature").replace("%RH", "Cel");
    let message = refused(&twice);
    assert!(message.contains("expected temperature of one sensor, `/3303/0`, got `/3303/1`"), "{message}");
    // Names that begin with a slash and are none of LwM2M: two streets are two devices.
    let streets = pack.replace("/3303/0/", "/street/12/").replace("/3304/0/", "/street/13/");
    assert!(refused(&streets).contains("expected records of one device, `/street/12/`, got `/street/13/`"));
}

#[test]
fn numbers_of_lwm2m_are_quantities() {
    // As a client answers that reads its location as numbers, or as the text of version 1.0, with its name before or without.
    for device in ["", "urn:dev:os:1", "urn:dev:os:1:"] {
        for (latitude, longitude) in [(r#""v":48.1"#, r#""v":-11.5"#), (r#""vs":"48.1""#, r#""vs":"-11.5""#)]
        {
            let pack = format!(
                r#"[{{"bn":"{device}/3303/0/","bt":1767232860,"n":"5700","u":"Cel","v":21.25}},{{"n":"5601","u":"Cel","v":-5}},
                {{"bn":"{device}","n":"/3304/1/5700","v":45}},{{"n":"/3304/1/5701","vs":"%RH"}},{{"n":"/3/0/9","v":80}},
                {{"bn":"{device}/6/0/","n":"0",{latitude}}},{{"n":"1",{longitude}}},{{"n":"3","v":2.5}},{{"n":"5","v":1767232860}}]"#
            );
            // An object of which nothing is known is a name like others, and so is its device.
            let reading = rows(&pack.replace(r#"{"n":"/3/0/9","v":80},"#, ""))[0].as_ref().unwrap().reading;
            assert_eq!(
                (reading.location.latitude(), reading.location.longitude()),
                (481_000_000, -115_000_000)
            );
            assert_eq!((reading.accuracy_mm, reading.channels), (2_500, [ABSENT, ABSENT, 2_125, 450]));
        }
    }
    let at = |records: &str| {
        format!(r#"[{{"bt":1767232860}},{{"n":"/6/0/0","v":1}},{{"n":"/6/0/1","v":2}},{records}]"#)
    };
    assert!(
        refused(&at(r#"{"n":"/3303/0/5700","v":21}"#)).contains("column `[3].v`: expected the unit `Cel`")
    );
    assert!(
        refused(&at(r#"{"n":"/3303/0/5700","v":21},{"n":"/3303/0/5701","vs":"K"}"#))
            .contains("expected the unit `Cel`")
    );
    assert!(
        refused(&at(r#"{"n":"/3303/0/5700","v":21},{"n":"/3303/1/5701","vs":"Cel"}"#))
            .contains("expected the unit `Cel`"),
        "the unit of another sensor"
    );
    assert!(
        refused(r#"[{"n":"/6/0/0","vs":"48,1","t":1767232860}]"#)
            .contains("column `[0].vs`: expected a decimal number")
    );
    for other in [r#"{"n":"/6/1/0","v":3}"#, r#"{"n":"/3336/0/5514","v":3}"#, r#"{"n":"/6/1/3","v":3}"#] {
        let message = refused(&at(other));
        assert!(message.contains("expected the place of one sensor, `/6/0`, got"), "{message}");
    }
    let later = r#"[{"bt":1767232860},{"n":"/3303/0/5700","u":"Cel","v":1},{"n":"/6/0/0","v":1},{"n":"/6/0/1","v":2}]"#;
    let rows =
        rows(&format!("{later}{}", later.replace("/3303/0", "/3303/1").replace("1767232860", "1767232861")));
    assert!(
        rows[0].is_ok() && rows[1].as_ref().is_err_and(|error| error.to_string().contains("of one sensor"))
    );
    assert!(
        refused(&at(
            r#"{"n":"/3303/0/5700","v":1},{"n":"/3303/0/5701","vs":"Cel"},{"n":"/3303/0/5701","vs":"K"}"#
        ))
        .contains("expected the unit `Cel`")
    );
    assert!(
        refused(r#"[{"n":"/6/0/0","u":"rad","v":1,"t":1767232860}]"#)
            .contains("column `[0].u`: expected the unit `lat`")
    );
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

mod cbor {
    use minicbor::Encoder;
    use minicbor::data::Tag;

    use super::*;
    use crate::import::senml::cbor::{CborPacks, to_json};

    fn encoded(write: impl FnOnce(&mut Encoder<Vec<u8>>) -> Option<()>) -> Vec<u8> {
        let mut encoder = Encoder::new(Vec::new());
        write(&mut encoder).unwrap();
        encoder.into_writer()
    }

    fn rows_of(file: &[u8]) -> Vec<Result<Row, String>> {
        // A buffer of three bytes: no state is lost between them.
        let input = std::io::BufReader::with_capacity(3, file);
        SenmlReader::new(input, &target()).map(|row| row.map_err(|error| error.to_string())).collect()
    }

    /// Two records of the pack that section 6 of RFC 8428 shows.
    const RFC_8428: &[u8] =
        b"\x82\xa7\x21\x78\x1curn:dev:ow:10e2073a01080063:\x22\xfb\x41\xd3\x03\xa1\x5b\x00\x10\x62\
        \x23\x61A\x20\x05\x00\x67voltage\x01\x61V\x02\xfb\x40\x5e\x06\x66\x66\x66\x66\x66\
        \xa3\x00\x67current\x06\x24\x02\xfb\x3f\xf3\x33\x33\x33\x33\x33\x33";

    #[test]
    fn the_pack_of_rfc_8428_is_its_json() {
        let json: Vec<serde_json::Value> = serde_json::from_slice(&to_json(RFC_8428).unwrap()).unwrap();
        let wanted: Vec<serde_json::Value> = serde_json::from_str(
            r#"[{"bn":"urn:dev:ow:10e2073a01080063:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
                {"n":"current","t":-5,"v":1.2}]"#,
        )
        .unwrap();
        assert_eq!(json, wanted);
        assert!(rows_of(RFC_8428)[0].as_ref().unwrap_err().contains("SenML of version 10"));
    }

    /// A pack of four records, its place in numbers of these kinds.
    fn pack(value: impl FnOnce(&mut Encoder<Vec<u8>>) -> Option<()>) -> Vec<u8> {
        encoded(|e| {
            e.begin_array().ok()?.map(5).ok()?.i8(-2).ok()?.str("urn:dev:ow:1:").ok()?;
            e.i8(-3).ok()?.u64(1_767_232_860).ok()?.u8(0).ok()?.str("temperature").ok()?;
            e.u8(1).ok()?.str("Cel").ok()?.u8(2).ok()?;
            value(e)?;
            e.begin_map()
                .ok()?
                .str("n")
                .ok()?
                .begin_str()
                .ok()?
                .str("pl")
                .ok()?
                .str("ace")
                .ok()?
                .end()
                .ok()?;
            e.u8(1).ok()?.str("lat").ok()?.u8(2).ok()?.f32(48.1).ok()?.end().ok()?;
            e.map(4)
                .ok()?
                .u8(0)
                .ok()?
                .str("place")
                .ok()?
                .u8(1)
                .ok()?
                .str("lon")
                .ok()?
                .u8(2)
                .ok()?
                .f64(-11.500_000_05)
                .ok()?;
            e.u8(17).ok()?.array(1).ok()?.null().ok()?.end().ok()?;
            Some(())
        })
    }

    #[test]
    fn one_pack_has_one_meaning_in_both_forms() {
        let twice = |e: &mut Encoder<Vec<u8>>| {
            e.tag(Tag::new(4)).ok()?.array(2).ok()?.i8(-3).ok()?.i64(21_255).ok().map(drop)
        };
        for (written, channel) in [
            (pack(|e| e.u8(21).ok().map(drop)), 2_100),
            (pack(|e| e.i16(-21).ok().map(drop)), -2_100),
            (pack(|e| e.f16(21.5).ok().map(drop)), 2_150),
            (pack(|e| e.f32(21.3).ok().map(drop)), 2_130),
            (pack(|e| e.f64(21.255).ok().map(drop)), 2_126),
            (pack(twice), 2_126),
        ] {
            let rows = rows_of(&[&written[..], &written].concat());
            assert_eq!(rows.len(), 2);
            let reading = rows[1].as_ref().unwrap().reading;
            assert_eq!(reading.channels[2], channel);
            assert_eq!(
                (reading.location.latitude(), reading.location.longitude()),
                (481_000_000, -115_000_001)
            );
            assert_eq!(reading.time.get(), 1_767_232_860_000);
            let json = String::from_utf8(to_json(&written).unwrap()).unwrap();
            let same = super::rows(&json)[0].as_ref().unwrap().reading;
            assert_eq!(same, rows[0].as_ref().unwrap().reading, "{json}");
        }
    }

    #[test]
    fn what_is_no_pack_is_refused_and_named() {
        let item =
            |write: fn(&mut Encoder<Vec<u8>>) -> Option<()>| rows_of(&encoded(write))[0].clone().unwrap_err();
        for (message, wanted) in [
            (
                item(|e| e.array(1).ok()?.u8(1).ok().map(drop)),
                "row 1: byte 1 of the record: expected a SenML record: a map",
            ),
            (
                item(|e| e.array(1).ok()?.map(1).ok()?.bool(true).ok()?.u8(1).ok().map(drop)),
                "byte 2 of the record: expected a label",
            ),
            (
                item(|e| e.array(1).ok()?.map(1).ok()?.u8(2).ok()?.f64(f64::NAN).ok().map(drop)),
                "byte 3 of the record: expected a finite number",
            ),
            (
                item(|e| {
                    e.array(1).ok()?.map(1).ok()?.u8(2).ok()?.tag(Tag::new(4)).ok()?.u8(1).ok().map(drop)
                }),
                "expected a decimal fraction",
            ),
            (
                item(|e| {
                    e.array(1)
                        .ok()?
                        .map(2)
                        .ok()?
                        .u8(0)
                        .ok()?
                        .str("no2")
                        .ok()?
                        .str("n")
                        .ok()?
                        .str("no2")
                        .ok()
                        .map(drop)
                }),
                "row 1: expected `n` once",
            ),
            (
                item(|e| e.array(1).ok()?.map(1).ok()?.str("cold_").ok()?.u8(1).ok().map(drop)),
                "expected an array of SenML records: the field `cold_` must be",
            ),
            (
                item(|e| {
                    e.array(1)
                        .ok()?
                        .map(2)
                        .ok()?
                        .u8(6)
                        .ok()?
                        .u8(1)
                        .ok()?
                        .u8(2)
                        .ok()?
                        .bytes(b"1")
                        .ok()
                        .map(drop)
                }),
                "column `[0].v`: expected a decimal number",
            ),
            (item(|e| e.tag(Tag::new(24)).ok()?.array(0).ok().map(drop)), "without a tag"),
        ] {
            assert!(message.contains(wanted), "{wanted}: {message}");
        }
    }

    #[test]
    fn a_pack_that_ends_early_or_holds_too_much_is_refused() {
        assert!(rows_of(&encoded(|e| e.tag(Tag::new(55_799)).ok()?.array(0).ok().map(drop))).is_empty());
        let whole = pack(|e| e.u8(21).ok().map(drop));
        let rows = rows_of(&whole[..whole.len() - 1]);
        assert!(rows.len() == 1 && rows[0].as_ref().unwrap_err().contains("was it cut?"), "{rows:?}");
        let rows = rows_of(b"\x81\x1c");
        assert!(
            rows.len() == 1 && rows[0].as_ref().unwrap_err().contains("got bytes that are none"),
            "{rows:?}"
        );
        let many = encoded(|e| {
            e.begin_array().ok()?;
            (0..1_025).try_for_each(|_| e.map(0).ok().map(drop))?;
            e.end().ok().map(drop)
        });
        assert!(rows_of(&many)[0].as_ref().unwrap_err().contains("at most 1024 records"));
    }

    #[test]
    fn a_record_of_too_much_is_refused_and_one_of_as_much_as_there_may_be_is_not() {
        let fields = |count: u64| {
            encoded(|e| {
                e.array(1).ok()?.map(count).ok()?;
                (0..count).try_for_each(|label| e.u64(100 + label).ok()?.u8(1).ok().map(drop))
            })
        };
        let text = |pieces: &[&str]| {
            encoded(|e| {
                e.array(1).ok()?.map(1).ok()?.u8(0).ok()?.begin_str().ok()?;
                pieces.iter().try_for_each(|piece| e.str(piece).ok().map(drop))?;
                e.end().ok().map(drop)
            })
        };
        let piece = "a".repeat(4_096);
        for (most, more, wanted) in [
            (fields(64), fields(65), "expected at most 64 fields in a record"),
            (text(&[&piece]), text(&[&piece, "b"]), "expected text of at most 4096 bytes"),
        ] {
            assert!(to_json(&most).is_ok(), "{wanted}");
            let message = rows_of(&more)[0].clone().unwrap_err();
            assert!(message.contains(wanted), "{wanted}: {message}");
        }
    }

    #[test]
    fn an_item_without_end_takes_no_more_than_a_document() {
        let endless = std::io::Read::chain(&b"\x9f"[..], std::io::BufReader::new(std::io::repeat(0xa0)));
        let mut packs = CborPacks::new(std::io::BufReader::new(endless));
        let error = packs.next().unwrap().unwrap_err();
        assert!(error.is_last() && error.to_string().contains("within 1048576 bytes"), "{error}");
        assert!(packs.next().is_none());
        // A length that nobody has sent is not reserved.
        assert!(
            rows_of(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff")[0].as_ref().unwrap_err().contains("was it cut?")
        );
        let deep = [&[0x81][..], &vec![0x9f; 100_000], b"\xff"].concat();
        assert!(rows_of(&deep)[0].is_err());
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), at in 0usize..120, byte: u8) {
            rows_of(&[&[0x81][..], &bytes].concat()).into_iter().for_each(drop);
            let mut whole = pack(|e| e.f32(21.3).ok().map(drop));
            let at = at % whole.len();
            whole[at] = byte;
            rows_of(&whole).into_iter().for_each(drop);
        }
    }
}
