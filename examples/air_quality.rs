//! The mean nitrogen dioxide of three stations, proven from a real table, with the hours that a stuck sensor spoils refused.
//!
//! ```text
//! cargo run --release --example air_quality [-- TABLE.csv] [--json]
//! ```
//!
//! The table is that of OpenAQ in `../shared/data`, or one like it: a column `datetime` (UTC), and `station_antwerp`,
//! `station_paris`, `station_london` in micrograms a cubic metre, empty where an hour is missing. Each station signs its own
//! rows at its own place; epochs are hours. Paris reads 0.0 for three hours of 15 May 2019: the policy's range begins
//! above that, so a stuck zero is no reading. Of the first hour that all three stations have, the mean is proven.
//!
//! Three stations that everybody knows are no crowd to hide in: k is 3 here, and the policy says that it is insecure.

#[path = "shared/command.rs"]
mod command;
#[path = "shared/data.rs"]
mod data;

use std::collections::BTreeMap;
use std::process::ExitCode;

use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor::circuits::statement::{Assignment, Binding, EnrolledReading, Rule, Violation};
use zksensor::import::{CsvReader, Mapping};
use zksensor::io::{fence, policy};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::model::reading::UnixMillis;
use zksensor::model::registry::Registry;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::verifier::inputs_to_bytes;

use command::{Failure, Report};

/// Column, and where the station stands (WGS 84, as OpenAQ lists it).
const STATIONS: [(&str, &str); 3] = [
    ("station_antwerp", "51.20966,4.43182"),
    ("station_paris", "48.83722,2.39390"),
    ("station_london", "51.49467,-0.13193"),
];
/// A box around each of the three cities.
const CITIES: &str = r#"{"type":"MultiPolygon","coordinates":[
  [[[4.2,51.1],[4.6,51.1],[4.6,51.4],[4.2,51.4],[4.2,51.1]]],
  [[[2.2,48.8],[2.5,48.8],[2.5,49.0],[2.2,49.0],[2.2,48.8]]],
  [[[-0.5,51.3],[0.3,51.3],[0.3,51.7],[-0.5,51.7],[-0.5,51.3]]]]}"#;
const POLICY: &str = r#"
[network]
chain_id = 80002
registry = "0x1111111111111111111111111111111111111111"
[epoch]
origin = "2019-01-01T00:00:00Z"
length_s = 3600
[reading]
schema = "air_quality"
channel = "no2"
unit = "ug/m3"
low = 1           # 0.1: a sensor that reads 0.0 is stuck
high = 4_000      # 400.0
max_accuracy_mm = 10_000
[statement]
family = "aggregate"
version = 2
k = 3
insecure_small_k = true
"#;

fn main() -> ExitCode {
    let usage = "cargo run --release --example air_quality [-- TABLE.csv] [--json]";
    command::run(usage, 0..=1, |paths| {
        prove(&data::read(&data::path_or_data(paths, "air_quality_no2_openaq.csv"))?)
    })
}

fn prove(table: &str) -> Result<Report, Failure> {
    let fence = fence::from_geojson(CITIES)?;
    let policy = policy::from_toml(POLICY, Some(&fence))?;
    let keys: Vec<DeviceKey> = STATIONS.iter().map(|_| DeviceKey::generate(&mut OsRng)).collect();
    let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
    let mut registry = Registry::new();
    let positions = registry.enrol_all(keys.iter().map(|key| {
        let identity = DeviceSecret::generate(&mut OsRng).identity();
        Leaf { key: *key.public(), identity, attributes }
    }))?;
    let statement = Aggregate::new(4, 8, 3)?;
    let cap = registry.cap(statement.first_chunk());
    let mut witness = AggregateWitness { policy, fence, cap, readings: Vec::new() };

    // Every row is signed and put to the policy, in the hour that it is of.
    let (mut hours, mut stuck) = (BTreeMap::<u32, Vec<EnrolledReading>>::new(), Vec::new());
    let (mut rows, mut refused) = (0u64, 0u64);
    for ((station, place), (key, position)) in STATIONS.iter().zip(keys.iter().zip(&positions)) {
        let membership = registry.membership(*position)?;
        let columns = "time=time,lat=lat,lon=lon,accuracy_m=accuracy_m,value=no2".parse()?;
        let mapping = Mapping::new(columns, policy.parts().network, policy.parts().schema);
        for row in CsvReader::new(rows_of(table, station, place)?.as_bytes(), &mapping)? {
            let reading = row?.reading;
            rows += 1;
            let epoch = policy.epoch_of(reading.time).ok_or("a time before the policy's first epoch")?;
            let enrolled = EnrolledReading::new(key.sign(&reading)?, &membership);
            match witness.check_reading(epoch, &enrolled) {
                Ok(()) => hours.entry(epoch).or_default().push(enrolled),
                Err(violation) => {
                    refused += 1;
                    if let Violation::Value { value: 0, .. } = violation {
                        let time = format_rfc3339_millis(reading.time.get());
                        let rule = violation.rule().as_ref().map(Rule::to_string);
                        stuck.push(json!({ "station": station, "time": time, "rule": rule }));
                    }
                }
            }
        }
    }

    let whole = hours.into_iter().find(|(_, readings)| readings.len() == STATIONS.len());
    let (epoch, mut readings) =
        whole.ok_or("expected an hour in which all three stations report, found none")?;
    readings.sort_by_key(|reading| reading.position);
    witness.readings = readings;
    let inputs = witness.inputs(epoch, Binding::NONE);
    let assignment = Assignment::new(&statement, inputs, &witness)?;
    let prover = Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let proof = prover.prove(&assignment, &mut OsRng)?.to_bytes();
    let inputs = prover.verifier().verify_bytes(&proof, &inputs_to_bytes(assignment.words()))?;

    let hour = policy.epoch_start(epoch).ok_or("the policy has no such epoch")?.get();
    let hour = format_rfc3339_millis(hour);
    let mean = inputs.sum as f64 / f64::from(inputs.count) / 10.0;
    Ok(Report {
        people: format!(
            "{rows} rows signed, {refused} refused, of them {} stuck zeros\nproven: a mean of {mean:.2} ug/m3 NO2 over {} \
             stations in the hour from {hour}, in {} bytes; verified",
            stuck.len(),
            inputs.count,
            proof.len()
        ),
        json: json!({
            "verified": true, "rows": rows, "refused": refused, "stuck": stuck, "hour": hour, "count": inputs.count,
            "mean_ug_m3": mean, "proof_bytes": proof.len(),
        }),
    })
}

/// The rows of one station, as a table with its place.
fn rows_of(table: &str, station: &str, place: &str) -> Result<String, Failure> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers()?.clone();
    let find = |name: &str| {
        let found = header.iter().position(|column| column == name);
        found.ok_or_else(|| format!("expected a column `{name}`, the header has {header:?}"))
    };
    let (time, value) = (find("datetime")?, find(station)?);
    let mut rows = String::from("time,lat,lon,accuracy_m,no2\n");
    for record in reader.records() {
        let record = record?;
        if !record[value].is_empty() {
            rows.push_str(&format!("{}Z,{place},5,{}\n", record[time].replace(' ', "T"), &record[value]));
        }
    }
    Ok(rows)
}
