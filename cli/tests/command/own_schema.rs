//! A schema of the project's own: its names and units from the table of a sensor to the verified mean, and what it cannot be.

use std::fs;

use serde_json::{Value, json};

use crate::workshop::{Workshop, policy};

const MAST: &str = "number = 65_540\nname = \"weather_mast\"\n\
     [[channel]]\nname = \"gust\"\nunit = \"m/s\"\ndecimal_places = 2\nlowest = 0\nhighest = 12_000\n\
     [[channel]]\nname = \"salt\"\nunit = \"g.m-3\"\ndecimal_places = 1\nlowest = 0\nhighest = 500\n";
const NAMED: &str = "schema = \"weather_mast\"\nschema_file = \"mast.toml\"\nchannel = \"gust\"\nunit = \"m/s\"\nlow = 0\nhigh = 6_000\n";
const GENERIC: &str = "schema = \"generic\"\nchannel = \"value\"\nlow = -40_000\nhigh = 60_000\n";

/// A policy of the family with such lines about its readings.
fn about(family: &str, reading: &str) -> String {
    let k = if family == "aggregate" { 2 } else { 1 };
    let policy = policy(family, k);
    assert!(policy.contains(GENERIC));
    policy.replace(GENERIC, reading) + if k == 2 { "insecure_small_k = true\n" } else { "" }
}

fn masts(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("mast.toml", MAST);
    workshop.put("policy.toml", about("aggregate", NAMED));
    for index in 0..2 {
        workshop.good(&format!("device new --out d{index}.json --leaf-out l{index}.json --class 7"));
        workshop.good(&format!("registry enrol --registry reg.bin --leaf l{index}.json"));
        workshop.put(
            &format!("{index}.csv"),
            format!("when,y,x,acc,wind,sea\n2026-01-01T02:10:00Z,48.11,11.51,2,3{index}.6,1.5\n"),
        );
    }
    workshop
}

fn sign(index: usize, of: &str, map: &str) -> String {
    format!(
        "device sign --key d{index}.json {of} --csv {index}.csv --columns time=when,lat=y,lon=x,accuracy_m=acc,{map} --out r{index}.ndjson"
    )
}

const OF_POLICY: &str = "--policy policy.toml --fence fence.geojson";

#[test]
fn names_and_units_go_all_the_way() {
    let workshop = masts("own-schema");
    let shown = workshop.good("schema show --schema-file mast.toml");
    assert_eq!((&shown["number"], &shown["channels"][1]["unit"]), (&65_540.into(), &"g.m-3".into()));
    let checked = workshop.good(&format!("policy check {OF_POLICY}"));
    let own = json!({ "number": 65_540, "name": "weather_mast", "digest": shown["digest"], "bound": false });
    assert_eq!(checked["own_schema"], own);
    // 36 km/h is 10 m/s.
    let made = workshop.good(&sign(0, OF_POLICY, "gust:km/h=wind,salt:g.m-3=sea"));
    assert!(made.get("assumed_units").is_none(), "{made}");
    let made = workshop.good(&sign(1, OF_POLICY, "gust=wind"));
    assert_eq!(made["assumed_units"], json!({ "gust": "m/s" }));
    workshop
        .good("setup --statement aggregate --capacity 2 --triangles 8 --levels 7 --insecure --out-dir keys");
    let key = "keys/aggregate-v2-2x8x7.INSECURE";
    let proved = workshop.good(&format!(
        "prove --key {key}.pk {OF_POLICY} --registry reg.bin --readings r0.ndjson r1.ndjson --epoch 2 --out proof.json"
    ));
    // 8.50 (30.6 km/h) and 31.60 m/s.
    assert_eq!((&proved["fields"]["sum"], &proved["meaning"]["schema"]), (&"4010".into(), &own));
    let verified = workshop.good(&format!("verify --key {key}.vk --proof proof.json {OF_POLICY}"));
    let meaning = &verified["meaning"];
    assert_eq!(*meaning, proved["meaning"]);
    assert_eq!(
        (&meaning["mean"], &meaning["channel"]),
        (&json!({ "value": "20.05", "unit": "m/s" }), &"gust".into())
    );
    assert!(meaning["text"].as_str().unwrap().starts_with("20.05 m/s, mean gust of 2 devices"), "{meaning}");
    let said = String::from_utf8(workshop.run(&format!("inspect proof.json {OF_POLICY}")).stdout).unwrap();
    assert!(said.contains("20.05 m/s") && said.contains(shown["digest"].as_str().unwrap()), "{said}");
    workshop.good(&format!("report --proof proof.json {OF_POLICY} --key {key}.vk --html report.html"));
    let page = workshop.text("report.html");
    for shown in [
        "20.05",
        "m/s",
        "gust",
        "weather_mast (65540)",
        shown["digest"].as_str().unwrap(),
        "the number alone",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    without_names(&workshop, key, &proved);
    another_description(&workshop, key, &proved);
    workshop.done();
}

/// The policy is the same one, and says less.
fn without_names(workshop: &Workshop, key: &str, proved: &Value) {
    workshop.put("plain.toml", about("aggregate", "schema = 65_540\nchannel = 0\nlow = 0\nhigh = 6_000\n"));
    let of = "--policy plain.toml --fence fence.geojson";
    let id = workshop.good(&format!("policy id {of}"))["policy_id"].clone();
    assert_eq!(id, proved["fields"]["policy_id"]);
    let verified = workshop.good(&format!("verify --key {key}.vk --proof proof.json {of}"));
    assert_eq!(verified["meaning"]["mean"], json!({ "value": "2005" }));
    assert!(verified["meaning"].get("schema").is_none());
    let message = workshop.refused(&sign(1, of, "gust=wind").replace("r1.", "none."));
    assert!(message.contains("or the name of a channel, got `gust`"), "{message}");
}

/// No proof binds what a number means: the same one reads otherwise, and the digest says that it does.
fn another_description(workshop: &Workshop, key: &str, proved: &Value) {
    workshop.put("mast.toml", MAST.replace("decimal_places = 2", "decimal_places = 1"));
    let verified = workshop.good(&format!("verify --key {key}.vk --proof proof.json {OF_POLICY}"));
    assert_eq!(verified["meaning"]["mean"], json!({ "value": "200.5", "unit": "m/s" }));
    assert_ne!(verified["meaning"]["schema"]["digest"], proved["meaning"]["schema"]["digest"]);
    workshop.put("mast.toml", MAST);
}

#[test]
fn one_reading_is_signed_and_opened_by_its_names() {
    let workshop = masts("own-schema-opened");
    workshop.put("one.toml", about("reading", NAMED));
    let network = "--network-chain-id 80002 --registry-address 0x1111111111111111111111111111111111111111";
    let signed =
        workshop.good(&sign(0, &format!("{network} --schema-file mast.toml"), "gust:km/h=wind,salt=sea"));
    assert_eq!(signed["assumed_units"], json!({ "salt": "g.m-3" }));
    workshop.good("setup --statement reading --insecure --out-dir keys");
    workshop.good(
        "prove --key keys/reading-v2.INSECURE.pk --policy one.toml --fence fence.geojson --registry reg.bin --readings r0.ndjson \
         --epoch 2 --device d0.json --opening opening.json --out proof.json",
    );
    let open = "open --proof proof.json --opening opening.json --reveal salt --reveal gust";
    for by in ["--policy one.toml --fence fence.geojson", "--schema-file mast.toml"] {
        let opened = workshop.good(&format!("{open} {by}"));
        assert_eq!(
            opened["revealed"]["salt"],
            json!({ "channel": "salt", "value": "1.5", "unit": "g.m-3", "fixed_point": "15" })
        );
        assert_eq!(opened["revealed"]["gust"]["value"], "8.5");
    }
    assert!(workshop.refused(open).contains("channel0"));
    workshop.put("other.toml", MAST.replace("65_540", "65_541"));
    let message = workshop.refused(&format!("{open} --schema-file other.toml"));
    assert!(message.contains("expected the schema of the reading, got that of number 65541"), "{message}");
    for wrong in [
        "",
        &format!("{network} --schema weather_mast"),
        &format!("{network} --schema generic --schema-file mast.toml"),
    ] {
        workshop.refused(&sign(0, wrong, "gust=wind").replace("r0.", "none."));
    }
    workshop.done();
}

#[test]
fn what_a_schema_of_ones_own_cannot_be() {
    let workshop = masts("own-schema-refused");
    let show = "schema show --schema-file mast.toml";
    let long = format!("{MAST}#{}", "x".repeat(10_000));
    for (text, said) in [
        (MAST.replace("65_540", "7"), "expected `number` from 65536"),
        (MAST.replace("weather_mast", "weather"), "got `weather`, which is a schema of the registry"),
        (MAST.replace("\"gust\"", "\"value\""), "expected another `channel.name` than `value`"),
        (MAST.replace("m/s", "<script>"), "expected `channel.unit` to be"),
        (
            MAST.replace("lowest = 0", "lowest = 0.5"),
            "in fixed point with 2 decimal places, where 100 is 1, got 0.5",
        ),
        (MAST.replace("[[channel]]", "[[channels]]"), "line 3"),
        (long, "expected a schema of at most 8192 bytes"),
        (String::new(), "missing field `number`"),
    ] {
        workshop.put("mast.toml", text);
        for line in [show, &format!("policy check {OF_POLICY}")] {
            let message = workshop.refused(line);
            assert!(
                message.starts_with("mast.toml: expected a schema: ") && message.contains(said),
                "{message}"
            );
            assert_eq!(workshop.run(line).status.code(), Some(3));
        }
    }
    workshop.put("mast.toml", vec![b' '; 2 << 20]);
    assert!(workshop.refused(show).contains("expected a schema of at most 1048576 bytes"));
    workshop.put("mast.toml", [0xff, 0xfe, b'n', 0]);
    assert!(workshop.refused(show).contains("UTF-16"));
    fs::remove_file(workshop.0.join("mast.toml")).unwrap();
    assert!(workshop.refused(&format!("policy check {OF_POLICY}")).starts_with("mast.toml: "));
    // A policy of somebody else has no file read but beside it.
    workshop.put("mast.toml", MAST);
    fs::create_dir(workshop.0.join("theirs")).unwrap();
    for path in ["../mast.toml", "/etc/hostname", "theirs/../mast.toml"] {
        workshop.put("theirs/policy.toml", about("aggregate", &NAMED.replace("mast.toml", path)));
        let message = workshop.refused("policy check --policy theirs/policy.toml --fence fence.geojson");
        assert!(
            message.contains("expected `reading.schema_file` to be the name of a file beside the policy"),
            "{message}"
        );
    }
    workshop.put("theirs/policy.toml", about("aggregate", NAMED));
    let line = "policy check --policy theirs/policy.toml --fence fence.geojson";
    assert!(workshop.refused(line).starts_with("theirs/mast.toml: "));
    workshop.put("theirs/mast.toml", MAST);
    workshop.good(line);
    listed(&workshop);
    workshop.done();
}

fn listed(workshop: &Workshop) {
    workshop.put("buoy.toml", MAST.replace("65_540", "65_541").replace("weather_mast", "buoy"));
    let both = "schema list --schema-file mast.toml buoy.toml";
    let schemas = workshop.good(both)["schemas"].as_array().unwrap().clone();
    let own: Vec<&Value> = schemas.iter().filter(|schema| schema["digest"].is_string()).collect();
    assert_eq!(own.len(), 2);
    assert_ne!(own[0]["digest"], own[1]["digest"]);
    let said = String::from_utf8(workshop.run(both).stdout).unwrap();
    assert!(said.contains("65541   buoy          gust [m/s], salt [g.m-3]"), "{said}");
    for (from, to) in [("65_541", "65_540"), ("\"buoy\"", "\"weather_mast\"")] {
        let other = workshop.text("buoy.toml").replace(from, to);
        workshop.put("clash.toml", other);
        let message = workshop.refused("schema list --schema-file mast.toml clash.toml");
        assert!(message.starts_with("expected schemas of different numbers and names"), "{message}");
    }
}
