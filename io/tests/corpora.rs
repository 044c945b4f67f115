//! Files that others wrote, where a package at hand has them: read in place, beside what that package makes of them.

#![cfg(feature = "formats")]
#![allow(clippy::unwrap_used, reason = "test code: a failure is a failed test")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use fitparser::{FitDataRecord, Value};
use zksensor_io::import::{FitReader, Rows, Target};
use zksensor_model::reading::Network;
use zksensor_model::schema::Schema;

/// The files of FIT activities that come with the other reader, MIT.
fn activities() -> Vec<(String, Vec<u8>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "fitparser").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let folder = manifest.parent().unwrap().join("tests/fixtures");
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "fit"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn field<'a>(record: &'a FitDataRecord, name: &str) -> Option<&'a Value> {
    record.fields().iter().find(|field| field.name() == name).map(fitparser::FitDataField::value)
}

/// Seconds of 1970, latitude and longitude in semicircles of the records that have all three.
fn oracle(file: &[u8]) -> Vec<(i64, i64, i64)> {
    let place = |record: &FitDataRecord| {
        let Value::Timestamp(time) = field(record, "timestamp")? else { return None };
        let (Value::SInt32(latitude), Value::SInt32(longitude)) =
            (field(record, "position_lat")?, field(record, "position_long")?)
        else {
            return None;
        };
        let is_record = record.kind().to_string() == "record";
        is_record.then_some((time.timestamp(), i64::from(*latitude), i64::from(*longitude)))
    };
    fitparser::from_bytes(file).unwrap().iter().filter_map(place).collect()
}

#[test]
fn activities_of_others_are_read_as_their_reader_does() {
    let (mut read, mut files) = (0, 0);
    for (name, file) in activities() {
        let schema = Schema::named("position").unwrap();
        let target = Target { network: Network::new(137, [1; 20]), schema, first_sequence: 0 };
        let mut reader = FitReader::new(&file[..], &target);
        let rows: Vec<_> = reader
            .by_ref()
            .map(|row| row.unwrap_or_else(|error| panic!("{name}: {error}")).reading)
            .collect();
        let wanted = oracle(&file);
        assert_eq!(rows.len(), wanted.len(), "{name}");
        for (reading, (time, latitude, longitude)) in rows.iter().zip(wanted) {
            assert_eq!(i64::try_from(reading.time.get()).unwrap(), time * 1000, "{name}");
            let near = |units: i32, semicircles: i64| {
                (i64::from(units) * (1 << 31) - semicircles * 1_800_000_000).abs() <= 1 << 30
            };
            assert!(near(reading.location.latitude(), latitude), "{name}");
            assert!(near(reading.location.longitude(), longitude), "{name}");
        }
        assert!(reader.passed_over().unwrap().0 > 0, "{name} has other messages, too");
        (read, files) = (read + rows.len(), files + 1);
    }
    assert!(files > 10 && read > 1000, "{read} records of {files} files");
}
