//! Messages that misled somebody: each says what is wrong, of which value, and what to do, and never names a type of ours.

use crate::workshop::{Workshop, policy};

const NETWORK: &str = "--network-chain-id 1 --registry-address 0x1111111111111111111111111111111111111111";

/// Puts `input` into a file and signs it: the message and the advice.
fn refused(workshop: &Workshop, format: &str, schema: &str, input: &[u8]) -> (String, String) {
    workshop.put("input", input);
    let mapped = match format {
        "csv" => "--columns time=time,lat=lat,lon=lon,value=v",
        "json" => "--fields time=time,latitude=lat,longitude=lon,speed=v",
        _ => "",
    };
    let line = format!(
        "device sign --key d.json {NETWORK} --schema {schema} --format {format} --input input {mapped} --out o --force"
    );
    said(workshop, &line)
}

fn said(workshop: &Workshop, line: &str) -> (String, String) {
    let (success, value) = workshop.json(line);
    assert!(!success, "{line}: {value}");
    let part = |name: &str| value["error"][name].as_str().unwrap().to_owned();
    let (message, help) = (part("message"), part("help"));
    // A type of this code is nobody's business.
    assert!(!message.contains("expected struct") && !message.contains("Text"), "{message}");
    (message, help)
}

fn workshop(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.good("device new --out d.json --leaf-out l.json");
    workshop
}

fn sentence(text: &str) -> String {
    format!("${text}*{:02X}\r\n", text.bytes().fold(0, |sum, byte| sum ^ byte))
}

/// A fix at this time of the last day of 2026.
fn fix(time: &str) -> String {
    sentence(&format!("GNGGA,{time},4806.12345,N,01130.54321,E,1,12,0.8,520.0,M,47.0,M,,"))
        + &sentence(&format!("GNRMC,{time},A,4806.12345,N,01130.54321,E,10.0,0.0,311226,,,A"))
}

#[test]
fn times_are_wanted_in_the_form_of_the_format() {
    let workshop = workshop("messages-times");
    let gpx = "<gpx version=\"1.1\"><trk><trkseg><trkpt lat=\"48.1\" lon=\"11.5\"><ele>519.2</ele>\
               <time>1767225600000</time></trkpt></trkseg></trk></gpx>";
    let (message, _) = refused(&workshop, "gpx", "gnss_station", gpx.as_bytes());
    assert!(
        message.contains("expected a time like `2026-01-01T02:15:00Z`")
            && message.ends_with("got `1767225600000`"),
        "{message}"
    );
    assert!(!message.contains("milliseconds"), "GPX takes none: {message}");

    let line =
        |time: &str| format!("{{\"time\":{time},\"latitude\":48.1,\"longitude\":11.5,\"speed\":13.9}}\n");
    for time in ["1767225600000.0", "1.7672256e12", "\"2026-01-01T01:00:00+01:00\""] {
        workshop.put("input", line(time));
        let options = format!("{NETWORK} --schema vehicle --format ndjson --input input --out o --force");
        assert_eq!(workshop.good(&format!("device sign --key d.json {options}"))["signed"], 1, "{time}");
    }
    for (time, wanted) in [
        ("\"2026-01-01T00:00:00\"", "expected a time with its zone, `Z` or an offset"),
        ("true", "or a number of Unix milliseconds, got `true`"),
        ("-5", "of the years 2000 to 2099, got `-5`"),
    ] {
        let (message, _) = refused(&workshop, "ndjson", "vehicle", line(time).as_bytes());
        assert!(message.contains(wanted) && !message.contains("bytes of another form"), "{message}");
    }
    let (message, _) = refused(&workshop, "nmea", "gnss_station", fix("235960.00").as_bytes());
    assert!(
        message.contains("leap seconds have no Unix time") && message.ends_with("got `235960.00`"),
        "{message}"
    );
    workshop.done();
}

#[test]
fn tables_name_what_is_in_the_way() {
    let workshop = workshop("messages-tables");
    // A scale is named only where there is one to raise.
    let table = "time,lat,lon,v\n1767232860000,48.1,11.5,13.8888888\n";
    for schema in ["vehicle", "air_quality", "gnss_station", "camera_event", "position", "weather"] {
        workshop.put("input", table);
        let line = format!(
            "device sign --key d.json {NETWORK} --schema {schema} --csv input --columns time=time,lat=lat,lon=lon,value=v --out o \
             --force"
        );
        let (_, said) = workshop.json(&line);
        assert!(!said.to_string().contains("raise the scale"), "{said}");
    }
    let (message, _) = refused(&workshop, "csv", "generic", table.as_bytes());
    assert!(
        message.contains("expected at most 0 decimal places; raise the scale, or round the data"),
        "{message}"
    );
    let (message, help) = refused(&workshop, "csv", "vehicle", table.replace(',', ";").as_bytes());
    assert!(
        message.contains("name `;` as the delimiter") && help.contains("--delimiter ';'"),
        "{message} {help}"
    );
    let short = "time,lat,lon,v\n1767232860000,48.1,11.5,1\n1767232860000,48.1\n1767232860000,48.1,11.5,1\n";
    let (message, help) = refused(&workshop, "csv", "vehicle", short.as_bytes());
    assert!(message.contains("row 2: expected 4 cells as in the header, got 2"), "{message}");
    assert!(help.contains("--skip-bad-rows") && !help.contains("nothing after this"), "{help}");
    workshop.done();
}

#[test]
fn fences_have_reasons() {
    let workshop = workshop("messages-fences");
    let of = |text: &str| {
        workshop.put("f", text);
        said(&workshop, "policy id --policy policy.toml --fence f").0
    };
    let polygon = |first: &str, last: &str| {
        format!(
            "{{\"type\":\"Polygon\",\"coordinates\":[[[{first}],[11.6,48.1],[11.6,48.2],[11.5,48.1]{last}]]}}"
        )
    };
    for (text, wanted) in [
        (polygon("NaN,48.1", ""), "line 1, column 36: expected value"),
        (polygon("11.5,48.1", ","), "trailing comma"),
        (polygon("\"11.5\",48.1", ""), "expected a number of degrees at polygon 0, ring 0, vertex 0, got "),
        (polygon("11.5,48.1", "").replace("Polygon", "polygon"), "spelt so, got `polygon`"),
        (polygon("180.5,48.1", ""), "got 180.5; split the polygon at the antimeridian"),
        (polygon("181,48.1", ""), "split the polygon at the antimeridian"),
        (polygon("11.5,95", ""), "the longitude comes first"),
        ("5".to_owned(), "expected an H3 cell in hexadecimal"),
        ("x".to_owned(), "begins with none of {, <, an H3 cell, POLYGON"),
        ("{\"type\":\"Feature\",\"geometry\":5}".to_owned(), "expected a GeoJSON object"),
        ("POLYGON((11.5 nan, 11.6 48.1, 11.6 48.2, 11.5 48.1))".to_owned(), "expected two numbers"),
        ("POLYGON((11.5 inf, 11.6 48.1, 11.6 48.2, 11.5 48.1))".to_owned(), "expected two numbers"),
        ("POLYGON((180.5 1, 179 1, 179 2, 180.5 1))".to_owned(), "split the polygon at the antimeridian"),
    ] {
        let message = of(&text);
        assert!(
            message.contains(wanted) && !message.contains("Missing closing parenthesis"),
            "{text}: {message}"
        );
    }
    workshop.done();
}

#[test]
fn documents_of_another_kind_are_named() {
    let workshop = workshop("messages-documents");
    let pack = |times: &str| format!("[{{\"bn\":\"a\",{times},\"n\":\"lat\",\"u\":\"lat\",\"v\":48.1}}]");
    for (times, field, value) in [
        ("\"bt\":1767232860000", "bt", "1767232860000"),
        ("\"t\":1767232860000", "t", "1767232860000"),
        ("\"bt\":1767232860,\"t\":1767232860000", "t", "1767232860000"),
        ("\"bt\":1767232860000,\"t\":5", "bt", "1767232860000"),
    ] {
        let (message, _) = refused(&workshop, "senml", "air_quality", pack(times).as_bytes());
        let wanted = format!("column `[0].{field}`: expected Unix seconds of the years 2000 to 2099");
        assert!(
            message.contains(&wanted) && message.ends_with(&format!("got `{value}`")),
            "{times}: {message}"
        );
    }
    let (message, _) =
        refused(&workshop, "senml", "air_quality", b"<sensml xmlns=\"urn:ietf:params:xml:ns:senml\"/>");
    assert!(message.contains("XML") && !message.contains("was it cut"), "{message}");
    for (format, input, wanted) in [
        ("dimo", "[{\"data\":{}}]", "got a list: write its items one after the other"),
        ("dimo", "\"x\"", "expected an object with data"),
        ("dimo", "{\"data\":1}", "expected an object with vehicle, location, pos or signals"),
        ("dimo", "{\"data\":{\"vehicle\":1}}", "expected an object with signals"),
        ("ndjson", "[{\"time\":1}]\n", "got a list: write each of its items in a line of its own"),
        ("ndjson", "5\n", "expected an object"),
        ("json", "[5]", "expected an object as a record, got something else"),
        ("senml", "{\"a\":1}", "expected a list"),
        ("senml", "[5]", "expected a SenML record"),
    ] {
        let schema = if format == "senml" { "air_quality" } else { "vehicle" };
        let (message, _) = refused(&workshop, format, schema, input.as_bytes());
        assert!(message.contains(wanted), "{format} {input}: {message}");
    }
    // Nobody altered these on their way, and they are read.
    for log in [fix("021500.00").replace("\r\n", "\r"), fix("021500.00").replace('$', "$$")] {
        workshop.put("input", log);
        let options = format!("{NETWORK} --schema gnss_station --format nmea --input input --out o --force");
        assert_eq!(workshop.good(&format!("device sign --key d.json {options}"))["signed"], 1);
    }
    let utf16: Vec<u8> = "time,lat,lon,v\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (message, help) = refused(&workshop, "csv", "vehicle", &[&[0xff, 0xfe][..], &utf16].concat());
    assert!(
        message.ends_with("expected a table as text in UTF-8, got UTF-16")
            && help.contains("save the file as UTF-8")
    );
    workshop.done();
}

#[test]
fn files_of_ours_name_no_type() {
    let workshop = workshop("messages-files");
    let every = [
        "verify --key f --proof f",
        "verify --key f --proof f --snarkjs --public f",
        "registry enrol --registry reg.bin --leaf f",
        "policy id --policy f --fence fence.geojson",
        "policy id --policy policy.toml --fence f",
        "device sign --key f --schema 1 --format ndjson --input f --out o",
        "open --proof f --opening f",
        "inspect f",
    ];
    for text in [
        "[]",
        "[1]",
        "5",
        "\"x\"",
        "null",
        "{}",
        "{\"format\":\"zksensor-proof/v1\"}",
        "{\"format\":5}",
        "reading = 5\n",
        "[reading]\nschema = []\n",
    ] {
        workshop.put("f", text);
        for line in every {
            let line = line.replace("device sign", &format!("device sign {NETWORK}"));
            let (message, _) = said(&workshop, &line);
            assert!(!message.contains("Incoming") && !message.contains("Section"), "{line}: {message}");
        }
    }
    // A proof in another order is none of these any more; what differs is named.
    workshop.put("f", "reading = 5\n");
    let (message, _) = said(&workshop, "policy id --policy f --fence fence.geojson");
    assert!(message.contains("expected a section [reading]"), "{message}");
    workshop.done();
}

#[test]
fn a_policy_of_a_reading_is_not_sent_to_a_shape() {
    let workshop = workshop("messages-policy");
    workshop.put("reading.toml", policy("reading", 1));
    let check = |policy: &str| {
        let output = workshop.run(&format!("policy check --policy {policy} --fence fence.geojson"));
        String::from_utf8(output.stdout).unwrap()
    };
    let (reading, aggregate) = (check("reading.toml"), check("policy.toml"));
    assert!(
        reading.contains("a reading and a track take any fence") && !reading.contains("setup"),
        "{reading}"
    );
    assert!(aggregate.contains("setup --triangles 8 or more"), "{aggregate}");
    let (message, help) = said(&workshop, "setup --statement reading --triangles 8 --insecure --out-dir k");
    assert!(
        message.contains("expected no shape with reading") && help == "leave --triangles out",
        "{message} {help}"
    );
    workshop.done();
}
