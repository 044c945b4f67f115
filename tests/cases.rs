//! Small inputs after public bug reports and files of people who do this job, with the right value of each: read in place from
//! `../shared/cases` beside the repository. The tests of the importers, fences and files have inputs of their own for the same
//! kinds; what only the command can answer is in `cli/tests/command/cases.rs`.

#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

use std::io::Write;
use std::path::{Path, PathBuf};

use zksensor::files::{self, FileError, Kind, ProofFile, ReadingsReader, Reason};
use zksensor::import::{Settings, Zone, format_named};
use zksensor::io::fence::{Extent, FenceDocument, OutlineError};
use zksensor::model::device::Leaf;
use zksensor::model::reading::{ACCURACY_UNKNOWN, Location, Network, SignedReading};
use zksensor::model::schema::{ABSENT, Schema};
use zksensor::snarkjs;

/// The bytes of a case, or `None` after saying so on standard error.
fn case(name: &str) -> Option<Vec<u8>> {
    read(&format!("inputs/{name}"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases")
}

/// A file below the folder, or `None` after saying so on standard error.
fn read(name: &str) -> Option<Vec<u8>> {
    let path = folder().join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
            assert!(!required, "ZKSENSOR_REQUIRE asks for data, but {}: {error}", path.display());
            // Straight to standard error: libtest captures `eprintln!`.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "skipped: what needs {name}: {}: {error}", path.display()).unwrap();
            None
        }
    }
}

/// Time in milliseconds, latitude and longitude in 1e-7 degree, accuracy in millimetres, channels.
type Values = (u64, i32, i32, u32, [i64; 4]);

/// What the records of a file are; a file that is not opened is one error.
fn records(
    name: &str,
    format: &str,
    schema: &str,
    tell: impl FnOnce(&mut Settings),
) -> Option<Vec<Result<Values, String>>> {
    let bytes = case(name)?;
    let schema = Schema::named(schema).unwrap().id;
    let mut settings = Settings::new(Network::new(137, [0x11; 20]), schema, 0);
    tell(&mut settings);
    let opened = format_named(format).unwrap().open(Box::new(&bytes[..]), &settings);
    let rows = match opened {
        Ok(rows) => rows,
        Err(error) => return Some(vec![Err(error.to_string())]),
    };
    let values = rows.map(|row| {
        let reading = row.map_err(|error| error.to_string())?.reading;
        let (latitude, longitude) = (reading.location.latitude(), reading.location.longitude());
        Ok((reading.time.get(), latitude, longitude, reading.accuracy_mm, reading.channels))
    });
    Some(values.collect())
}

/// Asserts that a file has these records, or errors that say so.
#[track_caller]
fn expect(found: Option<Vec<Result<Values, String>>>, wanted: &[Result<Values, &str>]) {
    let Some(found) = found else { return };
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        match (found, wanted) {
            (Ok(found), Ok(wanted)) => assert_eq!(found, wanted),
            (Err(found), Err(wanted)) => assert!(found.contains(wanted), "{wanted}: {found}"),
            (found, wanted) => panic!("wanted {wanted:?}, got {found:?}"),
        }
    }
}

const A: i64 = ABSENT;
const U: u32 = ACCURACY_UNKNOWN;

#[test]
fn logs_of_receivers() {
    let fix: Values = (1_767_233_700_000, 481_020_575, 115_090_535, 4_000, [12, 80, 520_000, 5_144]);
    let log = |name: &str, wanted: &[Result<Values, &str>]| {
        expect(records(name, "nmea", "gnss_station", |_| {}), wanted);
    };
    log("01-nmea-simulator.nmea", &[Err("a simulator")]);
    log("02-nmea-estimated.nmea", &[Err("dead reckoning")]);
    let estimated = records("02-nmea-estimated.nmea", "nmea", "gnss_station", |settings| {
        settings.dead_reckoning = true;
    });
    expect(estimated, &[Ok((fix.0, fix.1, fix.2, U, [12, A, 520_000, 5_144]))]);
    let two = [Ok((fix.0, fix.1, fix.2, fix.3, [9, 80, 520_000, 5_144]))];
    log("04-nmea-two-talkers.nmea", &two);
    for name in [
        "03-nmea-time-text.nmea",
        "05-nmea-pgrmc.nmea",
        "06-nmea-after-binary.nmea",
        "07-nmea-double-dollar.nmea",
        "08-nmea-prefixed.nmea",
        "09-nmea-cr-only.nmea",
        "10-nmea-dos-eof.nmea",
    ] {
        log(name, &[Ok(fix)]);
    }
    log("11-nmea-gga-zda.nmea", &[Ok((fix.0, fix.1, fix.2, fix.3, [12, 80, 520_000, A]))]);
}

#[test]
fn tracks() {
    let track = |name: &str, schema: &str| records(name, "gpx", schema, |_| {});
    let at = (481_000_000, 115_000_000);
    expect(
        track("12-gpx-offset.gpx", "gnss_station"),
        &[Ok((1_767_233_700_250, at.0, at.1, U, [A, A, 519_200, A]))],
    );
    let alone = "13-gpx-position-only.gpx";
    expect(track(alone, "gnss_station"), &[Err("sign place and time alone in the schema position")]);
    expect(track(alone, "position"), &[Ok((1_767_233_700_000, at.0, at.1, U, [1, 0, 0, 0]))]);
    expect(
        track("14-gpx-speed-in-extensions.gpx", "gnss_station"),
        &[Ok((1_767_233_700_000, at.0, at.1, U, [A, A, A, 1_200]))],
    );
    // The command says so, and fails.
    expect(track("15-gpx-routes-only.gpx", "gnss_station"), &[]);
}

#[test]
fn tables() {
    let table = |name: &str, schema: &str, columns: &str| {
        let columns = columns.parse().unwrap();
        records(name, "csv", schema, |settings| settings.columns = Some(columns))
    };
    let of = |name: &str, time: &str| {
        table(name, "vehicle", &format!("{time}=time,lat=lat,lon=lon,accuracy_m=acc,value=v"))
    };
    let row = |time: u64, speed: i64| Ok((time, 481_101_000, 115_101_000, 4_500, [speed, A, A, A]));
    let seconds = "the number looks like Unix seconds";
    expect(of("16-csv-epoch-seconds.csv", "time"), &[Err(seconds), Err(seconds)]);
    let named = [row(1_767_232_860_000, 13_900), row(1_767_232_861_000, 13_900)];
    expect(of("16-csv-epoch-seconds.csv", "time_s"), &named);
    expect(of("17-csv-excel-day.csv", "time"), &[Err("the days of a spreadsheet")]);
    let short = "row 2: expected 5 cells as in the header, got 2";
    let (first, third) = (row(1_767_232_860_000, 13_900), row(1_767_232_980_000, 13_900));
    expect(of("18-csv-short-row.csv", "time"), &[first, Err(short), third]);
    expect(of("19-csv-cut-last-row.csv", "time"), &[first, Err(short)]);
    let openaq = table("20-csv-openaq-time.csv", "air_quality", "time=datetime,lat=lat,lon=lon,value1=value");
    expect(openaq, &[Ok((1_767_232_800_000, 481_353_000, 115_847_000, U, [A, 102, A, A]))]);
    expect(of("21-csv-microseconds.csv", "time"), &[row(1_767_232_860_123, 13_900)]);
    expect(of("22-csv-places.csv", "time"), &[row(1_767_232_860_000, 13_889)]);

    let semicolon = |tell: fn(&mut Settings)| {
        records("23-csv-semicolon.csv", "csv", "air_quality", |settings| {
            settings.columns = Some("time=timestamp,lat=lat,lon=lon,pm2_5=P2".parse().unwrap());
            tell(settings);
        })
    };
    expect(semicolon(|_| {}), &[Err("name `;` as the delimiter")]);
    let delimiter = |settings: &mut Settings| settings.delimiter = Some(";".parse().unwrap());
    expect(semicolon(delimiter), &[Err("expected a time with its zone")]);
    let utc = |settings: &mut Settings| {
        (settings.delimiter, settings.zone) = (Some(";".parse().unwrap()), Zone::Utc);
    };
    expect(semicolon(utc), &[Ok((1_767_232_818_000, 481_350_000, 115_850_000, U, [A, 51, A, A]))]);

    let speed = |field: &str| {
        table("24-csv-kmh.csv", "vehicle", &format!("time=time,lat=lat,lon=lon,{field}=Speed (OBD)(km/h)"))
    };
    expect(speed("value"), &[Err("says km/h: map it as speed:km/h=..")]);
    expect(speed("value:km/h"), &[Ok((1_767_232_860_000, 481_000_000, 115_000_000, U, [13_889, A, A, A]))]);
}

#[test]
fn json() {
    let lines = |name: &str, schema: &str| records(name, "ndjson", schema, |_| {});
    let at = |time: u64, channels: [i64; 4]| Ok((time, 481_000_000, 115_000_000, U, channels));
    expect(lines("25-ndjson-epoch-seconds.ndjson", "vehicle"), &[Err("looks like Unix seconds")]);
    expect(lines("26-ndjson-float-millis.ndjson", "vehicle"), &[at(1_767_232_860_000, [13_900, A, A, A])]);
    expect(lines("27-ndjson-negative-pm.ndjson", "air_quality"), &[at(1_767_232_800_000, [A, -3, A, A])]);
    let lwm2m = records("28-senml-lwm2m.json", "senml", "air_quality", |_| {});
    expect(lwm2m, &[at(1_767_232_860_000, [A, A, 2_125, A])]);
    let milliseconds = "column `[0].bt`: expected Unix seconds of the years 2000 to 2099; the number looks like Unix \
                        milliseconds, got `1767232860000`";
    expect(records("29-senml-milliseconds.json", "senml", "air_quality", |_| {}), &[Err(milliseconds)]);
}

#[test]
fn vehicles() {
    let payload = |name: &str| records(name, "dimo", "vehicle", |_| {});
    let at = (481_000_000, 115_000_000);
    expect(
        payload("30-dimo-default-module.json"),
        &[Ok((1_767_233_700_250, at.0, at.1, U, [10_000, A, A, A]))],
    );
    let stale = "31-dimo-stale-speed.json";
    expect(payload(stale), &[Err("at least one channel of the schema vehicle")]);
    let place = records(stale, "dimo", "position", |_| {});
    expect(place, &[Ok((1_767_233_700_000, at.0, at.1, U, [1, 0, 0, 0]))]);
}

/// The fence of a case.
fn fence(name: &str) -> Option<Result<FenceDocument, OutlineError>> {
    Some(FenceDocument::parse(case(name)?, None))
}

#[test]
fn fences() {
    let root = |name: &str| fence(name).map(|document| document.unwrap().fence.root());
    let refused = |name: &str, wanted: &str| {
        if let Some(document) = fence(name) {
            let message = document.unwrap_err().to_string();
            assert!(message.contains(wanted), "{name}: {message}");
        }
    };
    assert_eq!(root("40-fence-bom.geojson"), root("47-fence-ccw.geojson"));
    assert_eq!(
        root("47-fence-ccw.geojson"),
        root("47-fence-cw.geojson"),
        "the direction of a ring says nothing"
    );
    refused("41-fence-crs-ed50.geojson", "got `urn:ogc:def:crs:EPSG::4230`");
    refused("42-fence-crs-mercator.geojson", "got `EPSG:3857`");
    assert_eq!(root("44-fence-17-digits.geojson"), root("44-fence-17-digits.wkt"));
    let north = |name: &str| {
        let document = fence(name)?.unwrap();
        let corners = document.fence.triangles().iter().flat_map(|triangle| triangle.corners());
        corners.map(|corner| corner.signed().0).max()
    };
    assert!(north("43-fence-tie.geojson").is_none_or(|north| north == 476_079_231));
    assert!(north("44-fence-17-digits.wkt").is_none_or(|north| north == 161_723_153));
    refused("45-fence-over-180.geojson", "got 180.5; split the polygon at the antimeridian");
    refused("48-fence-nan.wkt", "expected two numbers");
}

#[test]
fn a_reading_on_the_edge_is_inside() {
    let (Some(document), Some(rows)) =
        (fence("43-fence-tie.geojson"), records("43-on-its-edge.ndjson", "ndjson", "gnss_station", |_| {}))
    else {
        return;
    };
    let (_, latitude, longitude, ..) = *rows[0].as_ref().unwrap();
    assert_eq!(latitude, 476_079_231);
    assert!(document.unwrap().fence.locate(&Location::from_e7(latitude, longitude).unwrap()).is_some());
}

#[test]
fn swapped_coordinates_are_seen_by_where_they_are() {
    let Some(document) = fence("46-fence-latitude-first.wkt") else { return };
    let extent = Extent::of(&document.unwrap().fence);
    assert!(extent.north < 200_000_000 && extent.west > 400_000_000, "{extent}: off Somalia, not in Bavaria");
    assert!(extent.area_km2 > 0.0 && extent.to_string().contains("km2"), "{extent}");
}

/// Signed readings, each or why it is none.
fn signed(name: &str) -> Option<Vec<Result<SignedReading, FileError>>> {
    let bytes = read(name)?;
    Some(ReadingsReader::new(Path::new(name), std::io::Cursor::new(bytes)).unwrap().collect())
}

#[test]
fn readings_that_were_carried() {
    let (Some(rounded), Some(lines)) = (
        signed("library/readings1-through-node.ndjson"),
        signed("library/readings-one-malformed-line.ndjson"),
    ) else {
        return;
    };
    let [Err(error)] = &rounded[..] else { panic!("{rounded:?}") };
    let message = error.to_string();
    assert!(message.contains("rewritten by a program that rounds numbers"), "{message}");
    let (good, bad): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.is_ok());
    assert_eq!((good.len(), bad.len(), lines[5].is_err()), (5, 1, true));
    assert!(matches!(lines[5].as_ref().unwrap_err().reason, Reason::Json { line: 11, .. }));
    let first = signed("library/flow/readings1.ndjson").unwrap().remove(0).unwrap();
    assert_eq!(lines[0].as_ref().unwrap(), &first);
    assert_eq!(first.reading().channels, [A, A, 2_110, A]);
    for number in 2..=5 {
        let alone = signed(&format!("library/flow/readings{number}.ndjson")).unwrap();
        assert_eq!(alone[0].as_ref().unwrap(), lines[number - 1].as_ref().unwrap());
    }
}

#[test]
fn documents_that_were_carried() {
    let Some(_) = read("library/proof-jsonb-order.json") else { return };
    let at = |name: &str| folder().join("library").join(name);
    // Of version 1 of the statement: refused by its name and version, in whichever order the members are.
    for name in ["proof-jsonb-order.json", "flow/proof.json"] {
        let refused = ProofFile::load(&at(name)).unwrap_err().to_string();
        assert!(refused.contains("got `aggregate/v1/8x8`; use the release that made it"), "{refused}");
    }
    let key = files::load_verifying_key(&at("flow/aggregate-v1-8x8.INSECURE.vk")).unwrap();
    assert_eq!(key.statement().to_string(), "aggregate/v1/8x8");
    let leaf = |name: &str| files::load_json::<Leaf>(&at(name), Kind::Leaf).unwrap();
    assert_eq!(leaf("leaf-utf8-bom.json"), leaf("flow/leaf1.json"));
    let fence = files::load_fence(&at("flow/fence.geojson")).unwrap();
    assert_eq!(files::load_fence(&at("fence-utf8-bom.geojson")).unwrap().root(), fence.root());
    let policy = files::load_policy(&at("flow/policy.toml"), Some(&fence)).unwrap_err().to_string();
    assert!(policy.contains("expected version 2 of aggregate, got 1"), "{policy}");
    let registry = files::load_registry(&at("flow/registry.bin")).unwrap_err().to_string();
    assert!(registry.contains("got version 1; leaves and positions have changed"), "{registry}");
}

#[test]
fn proofs_of_other_circuits() {
    for (name, signals, unbound) in [
        ("mut-10", 4, None),
        ("mut-12", 4, None),
        ("mut-19", 4, None),
        ("symmetric-IC", 2, Some("the public signals 0 and 1: a proof shows their sum alone")),
        ("zero-public", 0, None),
    ] {
        let part = |part: &str| read(&format!("library/snarkjs-{name}/{part}.json"));
        let (Some(key), Some(proof), Some(words)) = (part("k"), part("p"), part("s")) else { return };
        let verifier = snarkjs::key_from_json(&key).unwrap();
        let words = snarkjs::public_from_json(&words).unwrap();
        assert_eq!((verifier.public_inputs(), words.len()), (signals, signals), "{name}");
        assert_eq!(verifier.verify(&snarkjs::proof_from_json(&proof).unwrap(), &words), Ok(()), "{name}");
        let said = verifier.unbound().map(|unbound| unbound.to_string());
        assert_eq!(said.is_some(), unbound.is_some(), "{name}");
        assert!(unbound.is_none_or(|wanted| said.unwrap().contains(wanted)));
    }
}

/// A case that nobody reads would be missed by nobody.
#[test]
fn every_case_is_read() {
    let tests = [include_str!("cases.rs"), include_str!("../cli/tests/command/cases.rs")].concat();
    for (kind, ends) in [("inputs", &["README.md", "run.sh"][..]), ("library", &["src"])] {
        let Ok(entries) = std::fs::read_dir(folder().join(kind)) else {
            read(kind);
            return;
        };
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        for name in names.filter(|name| !ends.contains(&name.as_str())) {
            let short = name.strip_prefix("snarkjs-").unwrap_or(&name);
            assert!(tests.contains(short), "{kind}/{name} is read by no test");
        }
    }
}
