//! Fences in two formats, one of several features, and policies that name schemas.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use super::workshop::{Workshop, device, keys, policy, verify_line};

/// A real outline, or `None` after saying so on standard error.
fn real_data(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
            assert!(!required, "ZKSENSOR_REQUIRE asks for data, but {}: {error}", path.display());
            // Straight to standard error: libtest captures `eprintln!`.
            let line = format!("skipped: what needs {name}: {}: {error}\n", path.display());
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            None
        }
    }
}

const COLLECTION: &str = r#"{"type":"FeatureCollection","features":[
  {"type":"Feature","id":"pier","properties":{},"geometry":{"type":"Polygon","coordinates":[[[11.50,48.10],[11.60,48.10],[11.60,48.17],[11.50,48.10]]]}},
  {"type":"Feature","properties":{"name":"shore"},"geometry":{"type":"Polygon","coordinates":[[[11.50,48.10],[11.60,48.17],[11.50,48.17],[11.50,48.10]]]}}]}"#;

const PIER_WKT: &str = "SRID=4326;POLYGON((11.50 48.10,11.60 48.10,11.60 48.17,11.50 48.10))";

fn id(workshop: &Workshop, options: &str) -> (Value, Value) {
    let facts = workshop.good(&format!("policy id --policy policy.toml {options}"));
    (facts["policy_id"].clone(), facts["union_of"].clone())
}

#[test]
fn a_feature_is_picked_or_the_union_is_taken_and_said() {
    let workshop = Workshop::new("features");
    workshop.put("all.geojson", COLLECTION);
    workshop.put("pier.wkt", PIER_WKT);
    let (pier, none) = id(&workshop, "--fence pier.wkt");
    assert_eq!(none, Value::Null);
    assert_eq!(id(&workshop, "--fence all.geojson --feature pier"), (pier.clone(), Value::Null));
    let (shore, _) = id(&workshop, "--fence all.geojson --feature shore");
    let (union, features) = id(&workshop, "--fence all.geojson");
    assert_eq!(features, 2);
    assert!(union != pier && union != shore && shore != pier);

    let said = |line: &str| String::from_utf8(workshop.run(line).stderr).unwrap();
    let note = "all.geojson: the fence is the union of 2 features; --feature NAME takes one\n";
    assert_eq!(said("policy check --policy policy.toml --fence all.geojson"), note);
    assert_eq!(said("policy check --policy policy.toml --fence all.geojson --feature pier"), "");

    let check = workshop.good("policy check --policy policy.toml --fence all.geojson");
    assert_eq!((&check["triangles"], &check["union_of"]), (&2.into(), &2.into()));
    let other = |feature: &str| {
        let line = format!(
            "policy check --policy policy.toml --fence all.geojson --feature pier --other-policy policy.toml \
             --other-fence all.geojson --other-feature {feature}"
        );
        workshop.good(&line)["warnings"].to_string()
    };
    assert!(other("pier").contains("overlap"), "the same feature");
    assert_eq!(other("shore"), "[]", "they share a border");

    let refused = |options: &str| workshop.refused(&format!("policy id --policy policy.toml {options}"));
    let message = refused("--fence all.geojson --feature Pier");
    assert!(message.ends_with("is `Pier`, got 2 of other names or none: `pier`, `shore`"), "{message}");
    workshop.put("twice.geojson", COLLECTION.replace("shore", "pier"));
    let message = refused("--fence twice.geojson --feature pier");
    assert!(message.contains("is `pier`, got 2; give the one that is meant"), "{message}");
    assert!(refused("--fence pier.wkt --feature pier").contains("an outline without features"));
    assert!(refused("--feature pier").contains("--fence <FILE>"));
    workshop.done();
}

/// The one Placemark of an archive: by Info-ZIP's zip, with a square at the equator.
const KMZ: &[u8] = include_bytes!("../../../io/src/fence/kmz/pier.kmz");

#[test]
fn kml_kmz_and_cells_are_fences() {
    let workshop = Workshop::new("kmz");
    workshop.put("pier.wkt", "POLYGON((0 0,9 0,9 9,0 9,0 0))");
    // What a file is called does not matter.
    for name in ["x.kmz", "x.geojson"] {
        workshop.put(name, KMZ);
        assert_eq!(id(&workshop, &format!("--fence {name}")), id(&workshop, "--fence pier.wkt"));
        let said = String::from_utf8(
            workshop.run(&format!("policy check --policy policy.toml --fence {name}")).stdout,
        )
        .unwrap();
        assert!(
            said.contains("where      latitude 0 to 9, longitude 0 to 9, around 4.5, 4.5; about "),
            "{said}"
        );
    }
    let refused = |options: &str| workshop.refused(&format!("policy check --policy policy.toml {options}"));
    assert_eq!(id(&workshop, "--fence x.kmz --feature pier"), id(&workshop, "--fence pier.wkt"));
    let message = refused("--fence x.kmz --feature quay");
    assert!(
        message.contains("`doc.kml` in the archive: ")
            && message.contains("got 1 of other names or none: `pier`"),
        "{message}"
    );
    workshop.put("cut.kmz", &KMZ[..KMZ.len() - 1]);
    assert!(refused("--fence cut.kmz").contains("got a damaged one or a part of one"));
    workshop.put(
        "x.kml",
        "<kml><Placemark>\n<name>pier</name><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9\n0,9 0,0</coordinates>\
         </LinearRing></outerBoundaryIs></Polygon></Placemark></kml>",
    );
    assert_eq!(id(&workshop, "--fence x.kml"), id(&workshop, "--fence pier.wkt"));
    workshop.put("cells.txt", "881f8d7a49fffff\n881f8d7a4bfffff\n");
    workshop.put("cells.json", r#"["881f8d7a4bfffff", "881f8d7a49fffff", "881f8d7a49fffff"]"#);
    assert_eq!(id(&workshop, "--fence cells.txt"), id(&workshop, "--fence cells.json"));
    let facts = workshop.good("policy fence --fence cells.txt --triangles-out cells.triangles.json");
    assert_eq!(facts["triangles"], 8);
    assert_eq!(id(&workshop, "--fence cells.triangles.json"), id(&workshop, "--fence cells.txt"));
    workshop.put("numbers.json", "[613044629362704383]");
    let message = refused("--fence numbers.json");
    assert!(
        message.contains("got the number 613044629362704383: programs whose numbers are doubles"),
        "{message}"
    );
    workshop.put("utf16.kml", [0xff, 0xfe, b'<', 0]);
    assert!(refused("--fence utf16.kml").contains("expected text in UTF-8, or a KMZ archive, got UTF-16"));
    workshop.done();
}

#[test]
fn a_policy_shows_where_its_fence_is() {
    let workshop = Workshop::new("extent");
    workshop.put("swapped.wkt", "POLYGON ((48.1 11.5, 48.1 11.6, 48.2 11.6, 48.2 11.5, 48.1 11.5))");
    let check = "policy check --policy policy.toml --fence swapped.wkt";
    let extent = &workshop.good(check)["extent"];
    assert_eq!((&extent["south_e7"], &extent["west_e7"]), (&115_000_000.into(), &481_000_000.into()));
    assert_eq!(extent["centre_e7"], Value::from(vec![115_500_000, 481_500_000]));
    let said = String::from_utf8(workshop.run(check).stdout).unwrap();
    assert!(
        said.contains(
            "where      latitude 11.5 to 11.6, longitude 48.1 to 48.2, around 11.55, 48.15; about 12"
        ),
        "{said}"
    );
    assert!(said.contains("setup --triangles 8 or more"), "{said}");
    workshop.put("reading.toml", policy("reading", 1));
    let said = String::from_utf8(workshop.run(&check.replace("policy.toml", "reading.toml")).stdout).unwrap();
    assert!(
        said.contains("triangles  2: a reading and a track take any fence") && !said.contains("setup"),
        "{said}"
    );
    workshop.done();
}

#[test]
fn a_proof_in_one_feature_of_two() {
    let workshop = Workshop::new("feature-proof");
    workshop.put("all.geojson", COLLECTION);
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.55,2,21.5");
    let prove = |fence: &str, out: &str| {
        format!(
            "prove --key {}/aggregate-v2-8x8x3.INSECURE.pk --policy policy.toml {fence} --registry reg.bin \
             --readings r0.ndjson --epoch 2 --out {out}",
            keys()
        )
    };
    let picked = workshop.good(&prove("--fence all.geojson --feature pier", "pier.json"));
    assert_eq!((&picked["fields"]["count"], &picked["union_of"]), (&1.into(), &Value::Null));
    assert_eq!(workshop.good(&verify_line("pier.json"))["verified"], true);
    let message = workshop.refused(&prove("--fence all.geojson --feature shore", "shore.json"));
    assert!(message.contains("reading 1 is outside the fence"), "{message}");
    let union = workshop.good(&prove("--fence all.geojson", "union.json"));
    assert_eq!(union["union_of"], 2);
    assert_ne!(union["fields"]["policy_id"], picked["fields"]["policy_id"]);
    assert!(workshop.refused(&prove("", "none.json")).contains("--fence <FILE>"));
    workshop.done();
}

#[test]
fn outlines_that_are_refused_say_why() {
    let workshop = Workshop::new("outlines");
    let refused = |text: &str| {
        workshop.put("f", text);
        workshop.refused("policy id --policy policy.toml --fence f")
    };
    let twice = r#"{"type":"Polygon","coordinates":[],
 "coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}"#;
    let message = refused(twice);
    assert!(message.contains("got `coordinates` again at line 2, column 2"), "{message}");
    for (text, wanted) in [
        ("SRID=25832;POLYGON((0 0,1 0,1 1,0 0))", "SRID=4326, got `SRID=25832`"),
        ("GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 0)))", "got a GEOMETRYCOLLECTION"),
        ("POLYGON((0 0,1 0,\n1 1 x,0 0))", "none of these at line 2, column 1: expected two numbers"),
        ("POLYGON((0 0,1 1,1 0,0 1,0 0))", "edges that cross: from polygon 0, ring 0, vertex 0"),
        ("what", "it begins with none of {, <, an H3 cell, POLYGON and MULTIPOLYGON"),
    ] {
        let message = refused(text);
        assert!(message.contains("expected a fence") && message.contains(wanted), "{message}");
    }
    workshop.done();
}

#[test]
fn real_outlines_in_both_formats() {
    let workshop = Workshop::new("real-outlines");
    let check = |name: &str, text: &str, options: &str| {
        workshop.put(name, text);
        workshop.good(&format!("policy check --policy policy.toml --fence {name} {options}"))
    };
    if let Some(text) = real_data("geofence_rome-rioni.geojson") {
        let all = check("rome.geojson", &text, "");
        assert_eq!(all["union_of"], 22);
        let triangles = |facts: &Value| facts["triangles"].as_u64().unwrap();
        assert!((500..=4096).contains(&triangles(&all)), "{all}");
        let one = check("rome.geojson", &text, "--feature Trastevere");
        assert_eq!(one["union_of"], Value::Null);
        assert!(triangles(&one) < triangles(&all) / 4, "{one}");
        let message = workshop.refused("policy id --policy policy.toml --fence rome.geojson --feature Rome");
        assert!(message.contains("got 22 of other names or none: `Castro Pretorio`"), "{message}");
    }
    if let Some(text) = real_data("geofence_louisiana_concave.wkt") {
        let polygon = format!("POLYGON({})", text.trim().strip_prefix("LINESTRING").unwrap());
        let facts = check("louisiana.wkt", &polygon, "");
        assert!(facts["triangles"].as_u64().is_some_and(|count| (1000..1350).contains(&count)), "{facts}");
        workshop.put("line.wkt", &text);
        let message = workshop.refused("policy id --policy policy.toml --fence line.wkt");
        assert!(message.contains("got a LINESTRING"), "{message}");
    }
    for name in ["geofence_ZAF_hole_lesotho.geo.json", "geofence_FJI_antimeridian.geo.json"] {
        if let Some(text) = real_data(name) {
            let facts = check(name, &text, "");
            assert!(facts["triangles"].as_u64().is_some_and(|count| count > 10), "{name}: {facts}");
        }
    }
    workshop.done();
}

#[test]
fn schemas_are_listed_and_shown() {
    let workshop = Workshop::new("schemas");
    let list = workshop.good("schema list");
    let names: Vec<&str> =
        list["schemas"].as_array().unwrap().iter().map(|schema| schema["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["generic", "vehicle", "air_quality", "gnss_station", "camera_event", "position", "weather"]
    );
    assert_eq!(list["first_own"], 65_536);
    let shown = String::from_utf8(workshop.run("schema list").stdout).unwrap();
    assert!(shown.contains("\n2       vehicle       speed [m/s], odometer [m], energy [/100]"), "{shown}");

    for name in names {
        let facts = workshop.good(&format!("schema show {name}"));
        assert_eq!(facts, workshop.good(&format!("schema show {}", facts["number"])));
    }
    let air = workshop.good("schema show air_quality");
    let temperature = &air["channels"][2];
    assert_eq!((&temperature["index"], &temperature["name"]), (&2.into(), &"temperature".into()));
    assert_eq!((&temperature["unit"], &temperature["decimal_places"]), (&"Cel".into(), &2.into()));
    assert_eq!((&temperature["low"], &temperature["low_in_units"]), (&(-9000).into(), &"-90".into()));
    assert_eq!(workshop.good("schema show generic")["channels"][0]["unit"], Value::Null);
    let shown = String::from_utf8(workshop.run("schema show vehicle").stdout).unwrap();
    assert!(
        shown.contains("\n0      speed         m/s    3               0 to 100              speed over"),
        "{shown}"
    );

    let message = workshop.refused("schema show car");
    assert!(
        message.starts_with("expected one of generic (1), vehicle (2), ") && message.ends_with("got `car`")
    );
    assert!(workshop.refused("schema show 8").ends_with("got `8`"));
    assert!(workshop.refused("schema show 70000").ends_with("schemas are the projects' own"));
    workshop.done();
}

#[test]
fn a_policy_has_to_name_the_unit_of_its_channel() {
    let workshop = Workshop::new("units");
    let with = |name: &str, value: &str| {
        let text = policy("aggregate", 5);
        let generic = "schema = \"generic\"\nchannel = \"value\"\nlow = -40_000\nhigh = 60_000";
        assert!(text.contains(generic), "{text}");
        workshop.put(name, text.replace(generic, value));
        format!("policy check --policy {name} --fence fence.geojson")
    };
    let speed = "schema = \"vehicle\"\nchannel = \"speed\"\nunit = \"m/s\"\nlow = 0\nhigh = 70_000";
    let line = with("speed.toml", speed);
    let numbered = "schema = 2\nchannel = 0\nunit = \"m/s\"\nlow = 0\nhigh = 70_000";
    assert_eq!(workshop.good(&line), workshop.good(&with("numbered.toml", numbered)));
    let shown = String::from_utf8(workshop.run(&line).stdout).unwrap();
    assert!(shown.contains("schema 2 (vehicle), channel 0 (speed), device class 7"), "{shown}");
    assert!(shown.contains("0 to 70000 (0 to 70 m/s)"), "{shown}");
    workshop.good(&with("own.toml", "schema = 65_536\nchannel = 3\nlow = -40_000\nhigh = 60_000"));
    for (from, to, wanted) in [
        ("unit = \"m/s\"\n", "", "`reading.unit` to be \"m/s\", as speed of vehicle has it, got none"),
        ("m/s", "km/h", "`reading.unit` to be \"m/s\", as speed of vehicle has it, got \"km/h\""),
        ("speed", "altitude", "`reading.channel` to be one of speed, odometer, energy, engine_speed"),
        ("\"vehicle\"", "8", "or a number from 65536 for a schema of your own, got 8"),
        ("70_000", "100_001", "`reading.high` from 0 to 100000 (0 to 100 m/s), the plausible range of speed"),
        ("\"vehicle\"", "65536", "`reading.unit`, as the registry of schemas gives none for schema 65536"),
    ] {
        let message = workshop.refused(&with("wrong.toml", &speed.replacen(from, to, 1)));
        assert!(message.contains("expected a policy") && message.contains(wanted), "{message}");
    }
    workshop.done();
}
