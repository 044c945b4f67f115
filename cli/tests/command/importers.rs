//! `device sign` of every format, and what it refuses.

use k256::ecdsa::SigningKey;
use serde_json::Value;
use sha3::{Digest, Keccak256};
use zksensor::model::schema::ABSENT;

use crate::workshop::Workshop;

const NETWORK: &str = "--network-chain-id 1 --registry-address 0x1111111111111111111111111111111111111111";

/// A workshop with a device.
fn workshop(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.good("device new --out d.json");
    workshop
}

/// Signs a file; its options follow.
fn sign(schema: &str, more: &str) -> String {
    format!("device sign --key d.json {NETWORK} --schema {schema} --out r.ndjson --force {more}")
}

/// The fields of every reading in the file that was written.
fn readings(workshop: &Workshop) -> Vec<Value> {
    let text = workshop.text("r.ndjson");
    text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap()["reading"].clone()).collect()
}

/// A sentence with `$` and checksum.
fn sentence(text: &str) -> String {
    format!("${text}*{:02X}\r\n", text.bytes().fold(0, |sum, byte| sum ^ byte))
}

fn channels(reading: &Value) -> Vec<i64> {
    let channels = reading["channels"].as_array().unwrap();
    let whole = |value: &Value| value.as_str().map_or(ABSENT, |text| text.parse().unwrap());
    channels.iter().map(whole).collect()
}

#[test]
fn every_format_is_signed() {
    let workshop = workshop("formats");
    let fix = [
        sentence("GPRMC,120000,A,4806.00000,N,01130.00000,E,1.000,,010126,,,A"),
        sentence("GPGGA,120000,4806.00000,N,01130.00000,E,1,09,1.5,520.0,M,47.0,M,,"),
    ];
    workshop.put("log.nmea", fix.concat());
    workshop.put(
        "track.gpx",
        "<gpx><trk><trkseg><trkpt lat='48.1' lon='11.5'><ele>520</ele><hdop>1.5</hdop>\
         <time>2026-01-01T12:00:00Z</time></trkpt></trkseg></trk></gpx>",
    );
    workshop.put(
        "pack.senml",
        r#"[{"bn":"a:","bt":1767268800,"n":"temperature","u":"Cel","v":21.25},{"n":"p","u":"lat","v":48.1},{"n":"p","u":"lon","v":11.5}]"#,
    );
    workshop.put(
        "lines.ndjson",
        r#"{"time":"2026-01-01T12:00:00Z","latitude":48.1,"longitude":11.5,"accuracy_m":2.5,"speed":13.9}"#,
    );
    workshop.put(
        "status.json",
        "{\n \"time\": \"2026-01-01T12:00:00Z\",\n \"data\": {\"pos\": {\"lat\": 481000000, \"lon\": 115000000, \"hdop\": 15,\n  \"spd\": 36}}}\n",
    );
    workshop.put("uplink.json", r#"{"ts":1767268800,"rest":{},"object":{"lat":48.1,"lon":"11.5","v":50}}"#);
    workshop.put("table.csv", "t,y,x,v\n2026-01-01T12:00:00Z,48.1,11.5,21.25\n");
    for (schema, options, accuracy, wanted) in [
        ("gnss_station", "--format nmea --input log.nmea", Some(7_500), [9, 150, 520_000, 514]),
        ("4", "--format gpx --input track.gpx --uere-m 4", Some(6_000), [ABSENT, 150, 520_000, ABSENT]),
        ("air_quality", "--format senml --input pack.senml", None, [ABSENT, ABSENT, 2_125, ABSENT]),
        ("vehicle", "--format ndjson --input lines.ndjson", Some(2_500), [13_900, ABSENT, ABSENT, ABSENT]),
        (
            "vehicle",
            "--format json --input uplink.json --fields time_s=ts,latitude=object.lat,longitude=object.lon,speed:km/h=object.v",
            None,
            [13_889, ABSENT, ABSENT, ABSENT],
        ),
        ("vehicle", "--format dimo --input status.json", Some(7_500), [10_000, ABSENT, ABSENT, ABSENT]),
        (
            "air_quality",
            "--format csv --input table.csv --columns time=t,lat=y,lon=x,value2=v",
            None,
            [ABSENT, ABSENT, 2_125, ABSENT],
        ),
        ("generic", "--csv table.csv --columns time=t,lat=y,lon=x,value=v --scale 2", None, [2_125, 0, 0, 0]),
    ] {
        let signed = workshop.good(&sign(schema, options));
        assert_eq!((&signed["signed"], &signed["skipped"]), (&1.into(), &0.into()), "{options}");
        let checked = signed.get("device_signatures");
        assert_eq!(checked, options.contains("dimo").then(|| Value::from("not checked")).as_ref());
        let readings = readings(&workshop);
        assert_eq!(channels(&readings[0]), wanted, "{options}");
        let accuracy = Value::from(accuracy.unwrap_or(u32::MAX));
        assert_eq!(readings[0]["accuracy_mm"], accuracy, "{options}");
        assert_eq!(workshop.good("inspect r.ndjson")["signatures_hold"], 1);
    }
    workshop.done();
}

/// A message 1005 that was published: an antenna in Virginia.
const RTCM_1005: [u8; 25] = [
    0xd3, 0x00, 0x13, 0x3e, 0xd7, 0xd3, 0x02, 0x02, 0x98, 0x0e, 0xde, 0xef, 0x34, 0xb4, 0xbd, 0x62, 0xac,
    0x09, 0x41, 0x98, 0x6f, 0x33, 0x36, 0x0b, 0x98,
];

#[test]
fn a_station_signs_with_the_place_of_its_antenna() {
    let workshop = workshop("station");
    workshop.put("log.rtcm3", [&RTCM_1005[..], b"$GNGGA", &RTCM_1005].concat());
    workshop.put("t.csv", "t,v\n2026-01-01T12:00:00Z,21.25\n");
    let table = "--csv t.csv --columns time=t,temperature=v";
    for (place, latitude, accuracy) in [
        ("--place-rtcm log.rtcm3 --place-accuracy-m 0.0201", 388_047_594..388_047_595, 21),
        ("--place -48.1,-11.5", -481_000_000..-480_999_999, u32::MAX),
    ] {
        assert_eq!(workshop.good(&sign("air_quality", &format!("{table} {place}")))["signed"], 1);
        let reading = readings(&workshop).remove(0);
        assert_eq!(reading["accuracy_mm"], accuracy);
        let signed = reading["latitude_e7"].as_i64().unwrap();
        assert!(latitude.contains(&signed), "{signed}");
    }
    workshop.done();
}

/// Options that do not fit: the schema, the options, and what is said.
const MISFITS: [(&str, &str, &str); 28] = [
    (
        "vehicle",
        "--format gpx --input f --scale 2",
        "expected --scale with --format csv only, got it with gpx",
    ),
    ("vehicle", "--format nmea --input f --columns time=t,lat=y,lon=x,value=v", "expected --columns with"),
    (
        "vehicle",
        "--format senml --input f --uere-m 4",
        "with --format gpx, nmea or dimo only, got it with senml",
    ),
    (
        "vehicle",
        "--format gpx --input f --dead-reckoning",
        "expected --dead-reckoning with --format nmea only",
    ),
    ("vehicle", "--format nmea --input f --assume-utc", "with --format csv, gpx, ndjson or json only"),
    ("vehicle", "--format json --input f", "expected --fields with --format json"),
    ("vehicle", "--format gpx --input f --max-age-s 5", "expected --max-age-s with --format dimo only"),
    ("vehicle", "--format gpx --input f --decimal-comma", "expected --decimal-comma with --format csv only"),
    ("vehicle", "--format csv --input f --columns time=t,lat=y,lon=x,value=v --delimiter 1", "--delimiter"),
    ("vehicle", "--format csv --input f --columns time=t,lat=y,lon=x,no2=v", "got `no2`"),
    (
        "vehicle",
        "--format gpx --input f --device-address 0x1111111111111111111111111111111111111111",
        "with --format dimo only",
    ),
    ("vehicle", "--format csv --input f", "expected --columns with --format csv"),
    ("70000", "--format gpx --input f", "expected a schema of the registry with --format gpx, got 70000"),
    ("cars", "--format gpx --input f", "one of generic, vehicle, air_quality"),
    (
        "vehicle",
        "--format kml --input f",
        "[possible values: csv, gpx, fit, nmea, senml, ndjson, json, dimo]",
    ),
    ("vehicle", "--format gpx --input f --place 1,2", "with --format csv, senml, ndjson or json only"),
    ("vehicle", "--format senml --input f --place 1", "expected latitude and longitude in degrees"),
    ("vehicle", "--format senml --input f --place 1,2 --place-rtcm f", "--place-rtcm"),
    ("vehicle", "--format senml --input f --place-rtcm f", "f: expected RTCM 3 with a message 1005 or 1006"),
    ("vehicle", "--format senml --input f --place-accuracy-m 1", "expected --place or --place-rtcm"),
    ("vehicle", "--format senml --input f --place 1,2 --place-accuracy-m 0", "--place-accuracy-m: expected"),
    ("vehicle", "--csv f --columns time=t,speed=v", "expected lat and lon in the mapping, or the place"),
    ("vehicle", "--csv f --columns time=t,lat=y,lon=x,speed=v --place 1,2", "which of the two holds?"),
    ("vehicle", "--input f", "--format"),
    ("vehicle", "--format gpx --input f --csv f", "--csv"),
    ("vehicle", "", "--csv"),
    ("vehicle", "--csv f", "--columns"),
    ("vehicle", "--format nmea --input f --uere-m 0", "--uere-m"),
];

#[test]
fn options_have_to_fit() {
    let workshop = workshop("options");
    workshop.put("f", "");
    let columns = "--columns time=t,lat=y,lon=x,value=v";
    for (schema, options, wanted) in MISFITS {
        let message = workshop.refused(&sign(schema, options));
        assert!(message.contains(wanted), "{options}: {message}");
    }
    let message = workshop.refused(&sign("vehicle", &format!("--csv f {columns} --scale 3")));
    assert_eq!(message, "expected no --scale with the schema vehicle: its channels have their own");
    workshop.done();
}

#[test]
fn nothing_read_is_no_success() {
    let workshop = workshop("nothing");
    workshop.put("route", "<gpx><rte><rtept lat='48.1' lon='11.5'/></rte><wpt lat='1' lon='1'/></gpx>");
    let message = workshop.refused(&sign("gnss_station", "--format gpx --input route"));
    let wanted = "route: expected at least one reading (a track point), got none; 2 waypoints or points of routes were passed over";
    assert_eq!(message, wanted);
    workshop.put("empty", "");
    assert!(workshop.refused(&sign("vehicle", "--format ndjson --input empty")).contains("got none"));
    workshop.put("bad", "{}\n{}\n");
    let message = workshop.refused(&sign("vehicle", "--format ndjson --input bad --skip-bad-rows"));
    assert!(message.ends_with("got none; 2 rows were left out"), "{message}");
    assert!(!workshop.0.join("r.ndjson").exists());
    workshop.done();
}

#[test]
fn place_and_time_alone_are_a_reading() {
    let workshop = workshop("position");
    workshop.put("t", "<gpx><trk><trkseg><trkpt lat='48.1' lon='11.5'><time>2026-01-01T02:15:00Z</time></trkpt></trkseg></trk></gpx>");
    workshop.put("c", "t,y,x\n2026-01-01T02:15:00Z,48.1,11.5\n");
    for options in ["--format gpx --input t", "--csv c --columns time=t,lat=y,lon=x"] {
        assert_eq!(workshop.good(&sign("position", options))["signed"], 1, "{options}");
        assert_eq!(channels(&readings(&workshop)[0]), [1, 0, 0, 0], "{options}");
    }
    assert!(
        workshop
            .refused(&sign("gnss_station", "--format gpx --input t"))
            .contains("sign place and time alone in the schema position")
    );
    workshop.done();
}

#[test]
fn bad_records_are_left_out_or_stop_everything() {
    let workshop = workshop("bad-records");
    let good = r#"{"time":1767225600000,"latitude":1,"longitude":2,"speed":1}"#;
    workshop.put("l", format!("{good}\n{{\"speed\":1,\"speed\":2}}\n{good}\n"));
    let line = sign("vehicle", "--format ndjson --input l");
    let message = workshop.refused(&line);
    assert!(
        message.contains("row 2: line 1, column 12 of the record: expected every key once, got `speed`"),
        "{message}"
    );
    assert!(!workshop.0.join("r.ndjson").exists(), "nothing is written when a record is refused");
    let signed = workshop.good(&format!("{line} --skip-bad-rows"));
    assert_eq!((&signed["signed"], &signed["skipped"]), (&2.into(), &1.into()));
    // One attempt names all that is wrong.
    workshop.put("more", format!("{{}}\n{good}\n{}", "{\"time\":0}\n".repeat(30)));
    let output = workshop.run(&sign("vehicle", "--format ndjson --input more"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("row 1:") && said.contains("also: row 3, column `time`"),
        "{said}"
    );
    assert!(
        said.contains("also: row 22,") && !said.contains("also: row 23,") && said.contains("and 10 more"),
        "{said}"
    );
    // What ends the file is no bad row.
    workshop.put("t", "<gpx><trkpt lat='1' lon='1'>");
    let message = workshop.refused(&sign("gnss_station", "--format gpx --input t --skip-bad-rows"));
    assert!(message.contains("the file ends before; was it cut?"), "{message}");
    // A device's secrets are no readings.
    let message = workshop.refused(&sign("vehicle", "--format ndjson --input d.json"));
    assert!(message.contains("got a device key"), "{message}");
    workshop.done();
}

/// The address of a key, and its signature over keccak256 of the bytes.
fn attest(data: &str) -> (String, String) {
    let hex = |bytes: &[u8]| zksensor::model::hex::encode(bytes);
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = key.verifying_key().to_encoded_point(false);
    let address = hex(&Keccak256::digest(&point.as_bytes()[1..])[12..]);
    let (numbers, id) = key.sign_prehash_recoverable(&Keccak256::digest(data)).unwrap();
    (address, hex(&[numbers.to_bytes().as_slice(), &[27 + id.to_byte()]].concat()))
}

const DATA: &str = r#"{"location":[{"ts":1767268800,"lat":481000000,"lon":115000000,"alt":5200}]}"#;

#[test]
fn payloads_are_signed_on_the_word_of_their_device() {
    let workshop = workshop("attested");
    let (address, signature) = attest(DATA);
    workshop.put("p.json", format!("{{\"data\": {DATA},\n\"signature\": \"{signature}\"}}"));
    let line = sign("gnss_station", "--format dimo --input p.json");
    let signed = workshop.good(&format!("{line} --device-address {address}"));
    assert_eq!((&signed["attested_by"], &signed["scheme"]), (&address.as_str().into(), &"keccak256".into()));
    assert_eq!(signed.get("device_signatures"), None);
    let shown = workshop.run(&format!("{line} --device-address {address}"));
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&format!("on the word of device {address}")), "{shown}");
    assert_eq!(workshop.good(&line)["device_signatures"], "not checked");

    std::fs::remove_file(workshop.0.join("r.ndjson")).unwrap();
    let other = "0x2222222222222222222222222222222222222222";
    let message = workshop.refused(&format!("{line} --device-address {other}"));
    assert!(message.contains(&format!("expected a signature of the device {other}")), "{message}");
    workshop.put("q.json", workshop.text("p.json").replace("5200", "5201"));
    let line = sign("gnss_station", &format!("--format dimo --input q.json --device-address {address}"));
    assert!(workshop.refused(&line).contains("they were altered, or another key signed"));
    assert!(!workshop.0.join("r.ndjson").exists(), "nothing is signed on a word that nobody gave");
    workshop.done();
}
