//! What a schema says, and what is none.

use zksensor_model::fence::Fence;
use zksensor_model::policy::{Policy, PolicyError};
use zksensor_model::schema::AIR_QUALITY;

use super::*;
use crate::fence::from_geojson;
use crate::policy;

const MAST: &str = "number = 65_540\nname = \"weather_mast\"\nabout = \"a mast\"\n\
     [[channel]]\nname = \"gust\"\nunit = \"m/s\"\ndecimal_places = 2\nlowest = 0\nhighest = 12_000\nabout = \"strongest gust\"\n\
     [[channel]]\nname = \"dew_point\"\nunit = \"Cel\"\ndecimal_places = 1\nlowest = -900\nhighest = 700\n";

fn refused(from: &str, to: &str) -> String {
    assert!(MAST.contains(from), "{from}");
    parse(&MAST.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn what_a_text_says_is_what_there_is() {
    let schema = from_toml(MAST).unwrap();
    assert_eq!((schema.id, schema.name, schema.about), (65_540, "weather_mast", "a mast"));
    let (index, dew_point) = schema.channel("dew_point").unwrap();
    assert_eq!((index, dew_point.amount(-125).to_string()), (1, "-12.5 Cel".to_owned()));
    assert_eq!((dew_point.quantity.unwrap().low, dew_point.about), (-900, ""));
    // The same text is kept once, another one beside it.
    assert!(std::ptr::eq(schema, from_toml(MAST).unwrap()));
    let other = from_toml(&MAST.replace("decimal_places = 2", "decimal_places = 1")).unwrap();
    assert_eq!(other.channels[0].amount(1_234).to_string(), "123.4 m/s");
    assert_eq!(
        canonical(schema),
        "zksensor-schema/v1\t65540\tweather_mast\ngust\tm/s\t2\t0\t12000\ndew_point\tCel\t1\t-900\t700\n"
    );
    // What `about` says is of no digest, all else is.
    assert_eq!(digest(from_toml(&MAST.replace("a mast", "mine")).unwrap()), digest(schema));
    for (from, to) in [
        ("65_540", "65_541"),
        ("weather_mast", "mast"),
        ("gust", "wind"),
        ("m/s", "km/h"),
        ("places = 2", "places = 3"),
        ("lowest = 0", "lowest = 1"),
        ("12_000", "12_001"),
    ] {
        let other = from_toml(&MAST.replacen(from, to, 1)).unwrap();
        assert_ne!(digest(other), digest(schema), "{from}");
    }
}

#[test]
fn what_is_the_registrys_is_nobody_elses() {
    for number in ["0", "1", "7", "65_535"] {
        let message = refused("65_540", number);
        assert!(message.starts_with("expected `number` from 65536 to 4294967295, got "), "{message}");
    }
    assert!(
        parse(&MAST.replace("65_540", "65_536")).is_ok()
            && parse(&MAST.replace("65_540", "4294967295")).is_ok()
    );
    assert!(refused("65_540", "4294967296").starts_with("line 1, `number = 4294967296`: "));
    assert!(refused("65_540", "-1").starts_with("line 1"));
    for schema in SCHEMAS {
        let message = refused("weather_mast", schema.name);
        assert!(message.ends_with("which is a schema of the registry"), "{message}");
    }
    for taken in TAKEN {
        assert!(refused("gust", taken).starts_with("expected another `channel.name` than"), "{taken}");
    }
}

#[test]
fn names_and_units_are_plain() {
    let long = "x".repeat(33);
    for name in
        ["", "Gust", "1st", "_a", "gust speed", "g\u{f6}", "gust\\u202e", "a-b", "a\\nb", "a\\u0000", &long]
    {
        assert!(
            refused("\"gust\"", &format!("\"{name}\"")).starts_with("expected `channel.name` to be"),
            "{name}"
        );
        assert!(
            refused("\"weather_mast\"", &format!("\"{name}\"")).starts_with("expected `name` to be"),
            "{name}"
        );
    }
    for unit in ["", "m s", "\u{b0}C", "<b>", "m\\\"", "m\\u001b[31m", "m'", &"m".repeat(17)] {
        let message = refused("\"m/s\"", &format!("\"{unit}\""));
        assert!(
            message.starts_with("expected `channel.unit` to be 1 to 16") && message.is_ascii(),
            "{message}"
        );
    }
    for unit in ["m/s", "%RH", "ug/m3", "[degF]", "{count}", "kg.m-2", "10*3/uL"] {
        parse(&MAST.replacen("m/s", unit, 1)).unwrap();
    }
    for about in ["a\\nb", "\\u001b[2J", "\u{202e}", &"x".repeat(121)] {
        assert!(refused("a mast", about).starts_with("expected `about` to be at most 120"), "{about}");
    }
    assert_eq!(refused("dew_point", "gust"), "expected channels with different names, got two called `gust`");
}

#[test]
fn ranges_and_places_are_those_that_a_policy_can_have() {
    for (from, to) in [
        ("lowest = 0", "lowest = 12_001"),
        ("lowest = 0", "lowest = -1_099_511_627_777"),
        ("12_000", "1_099_511_627_776"),
        ("lowest = 0\nhighest = 12_000", "lowest = -549_755_813_888\nhighest = 549_755_813_888"),
        ("lowest = 0", "lowest = -9_223_372_036_854_775_808"),
        ("12_000", "9_223_372_036_854_775_807"),
    ] {
        assert!(
            refused(from, to).starts_with("expected -2^40 <= `lowest` <= `highest` < 2^40 of gust"),
            "{to}"
        );
    }
    assert!(refused("places = 2", "places = 10").contains("`decimal_places` of gust from 0 to 9, got 10"));
    let message = refused("lowest = 0", "lowest = -0.5");
    assert!(
        message.contains(
            "`lowest` of gust to be an integer, in fixed point with 2 decimal places, where 100 is 1"
        )
    );
    assert!(message.ends_with("got -0.5"), "{message}");
    for odd in ["nan", "-inf", "\"0\"", "true", "[]"] {
        refused("lowest = 0", &format!("lowest = {odd}"));
    }
}

#[test]
fn another_form_is_none() {
    for (from, to) in [
        ("number", "id"),
        ("decimal_places = 2\n", ""),
        ("unit = \"m/s\"\n", ""),
        ("[[channel]]", "[channel]"),
        ("name = \"gust\"", "name = \"gust\"\nname = \"gust\""),
        ("about = \"a mast\"", "colour = \"red\""),
    ] {
        let message = refused(from, to);
        assert!(message.starts_with("line ") || message.contains("missing"), "{message}");
    }
    let (head, channels) = MAST.split_at(MAST.find("[[").unwrap());
    let one = channels.split_at(channels.rfind("[[").unwrap()).0;
    let many = |count: usize| {
        let named = (0..count).map(|index| one.replace("gust", &format!("gust{index}")));
        format!("{head}{}", named.collect::<String>())
    };
    assert!(parse(&many(4)).is_ok());
    for count in [5, 40] {
        let message = parse(&many(count)).unwrap_err().to_string();
        assert_eq!(message, format!("expected 1 to 4 sections [[channel]], got {count}"));
    }
    assert!(parse(&format!("{head}channel = []\n")).unwrap_err().to_string().ends_with("got 0"));
    let long = format!("{MAST}#{}", "x".repeat(MAX_BYTES));
    assert!(
        parse(&long).unwrap_err().to_string().starts_with("expected a schema of at most 8192 bytes, got ")
    );
    // Depth and size of what is no schema are bounded by its length.
    for hostile in ["a=".to_owned() + &"[".repeat(4_000), "a.".repeat(4_000), "[[channel]]\n".repeat(600)] {
        parse(&hostile).unwrap_err();
    }
}

fn fence() -> Fence {
    from_geojson(r#"{"type":"Polygon","coordinates":[[[11,48],[12,48],[12,49],[11,48]]]}"#).unwrap()
}

fn text(reading: &str) -> String {
    format!(
        "[network]\nchain_id = 80002\nregistry = \"0x1111111111111111111111111111111111111111\"\n\
         [epoch]\norigin = \"2026-01-01T00:00:00Z\"\nlength_s = 3600\n[reading]\n{reading}max_accuracy_mm = 10_000\n\
         [statement]\nfamily = \"aggregate\"\nversion = 2\nk = 5\n"
    )
}

const NAMED: &str = "schema = \"weather_mast\"\nschema_file = \"mast.toml\"\nchannel = \"dew_point\"\nunit = \"Cel\"\nlow = -400\nhigh = 600\n";

#[test]
fn a_policy_is_the_same_with_names_and_without() {
    let (schema, fence) = (from_toml(MAST).unwrap(), fence());
    let of = |reading: &str| {
        policy::document_with(&text(reading), Some(&fence), Some(schema)).map(|file| file.policy)
    };
    let named = of(NAMED).unwrap();
    let plain =
        policy::from_toml(&text("schema = 65_540\nchannel = 1\nlow = -400\nhigh = 600\n"), Some(&fence))
            .unwrap();
    assert_eq!((named, named.id()), (plain, plain.id()));
    assert_eq!(named.channel().unwrap().name, "dew_point");
    assert_eq!((named.own_schema(), plain.own_schema(), plain.channel()), (Some(schema), None, None));
    assert!(named.to_string().contains("schema 65540 (weather_mast), channel 1 (dew_point)"), "{named}");
    assert!(named.to_string().contains("values     -400 to 600 (-40 to 60 Cel)"), "{named}");
    assert_eq!(policy::schema_file(&text(NAMED)).unwrap().as_deref(), Some("mast.toml"));
    assert_eq!(of(&NAMED.replace("\"weather_mast\"", "65_540")).unwrap(), named);
    for (from, to, said) in [
        ("\"Cel\"", "\"m/s\"", "expected `reading.unit` to be \"Cel\", as dew_point of weather_mast has it"),
        ("unit = \"Cel\"\n", "", "got none"),
        ("-400", "-901", "expected `reading.low` from -900 to 700 (-90 to 70 Cel)"),
        ("-400", "-40.0", "where 10 is 1 Cel, got -40.0; write -400"),
        (
            "\"dew_point\"",
            "2",
            "one of gust, dew_point, the channels of weather_mast, or an index below 2, got 2",
        ),
        (
            "\"weather_mast\"",
            "\"air_quality\"",
            "to be \"weather_mast\" or 65540, as `reading.schema_file` has it",
        ),
        ("\"weather_mast\"", "65_541", "got 65541"),
        ("schema_file = \"mast.toml\"\n", "", "expected `reading.schema_file` in the policy"),
    ] {
        let message = of(&NAMED.replace(from, to)).unwrap_err().to_string();
        assert!(message.contains(said), "{message}");
    }
    let alone = policy::from_toml(&text(NAMED), Some(&fence)).unwrap_err().to_string();
    assert!(
        alone.starts_with("expected the schema that `reading.schema_file` names, got the policy alone"),
        "{alone}"
    );
}

#[test]
fn a_schema_lies_beside_its_policy() {
    for path in
        ["", ".", "..", "../mast.toml", "/etc/passwd", "a/b", "a\\\\b", "C:mast.toml", "-", "a\\u0000"]
    {
        let message = policy::schema_file(&text(&NAMED.replace("mast.toml", path))).unwrap_err().to_string();
        assert!(
            message.starts_with("expected `reading.schema_file` to be the name of a file beside"),
            "{path}: {message}"
        );
    }
}

#[test]
fn a_policy_takes_no_other_schema() {
    let plain = |schema: &str| -> Policy {
        policy::from_toml(
            &text(&format!("schema = {schema}\nchannel = 3\nlow = 0\nhigh = 6\n")),
            Some(&fence()),
        )
        .unwrap()
    };
    let own = from_toml(MAST).unwrap();
    assert_eq!(
        plain("65_541").with_schema(own),
        Err(PolicyError::OtherSchema { wanted: 65_541, got: 65_540 })
    );
    assert_eq!(plain("65_540").with_schema(own), Err(PolicyError::NoChannel { channels: 2, got: 3 }));
    // What the registry says is not said anew.
    let generic = plain("1");
    assert_eq!(
        generic.with_schema(&zksensor_model::schema::GENERIC),
        Err(PolicyError::OtherSchema { wanted: 1, got: 1 })
    );
    assert_eq!(generic.with_schema(&AIR_QUALITY), Err(PolicyError::OtherSchema { wanted: 1, got: 3 }));
}
