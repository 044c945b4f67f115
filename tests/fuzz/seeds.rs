//! Small good inputs of every target, made by the code that writes such files.

use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha3::{Digest, Keccak256};
use zksensor::circuits::statement::aggregate::AggregateInputs;
use zksensor::circuits::statement::reading::Salt;
use zksensor::circuits::statement::{Assignment, Binding, Claim};
use zksensor::files::{DeviceFile, FenceFile, OpeningFile, ProofFile, RegistryWriter};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::field;
use zksensor::model::frame::{Frame, FrameHeader, FrameLink, Sample};
use zksensor::model::known::KnownStatement;
use zksensor::model::layout::PublicInputs;
use zksensor::model::reading::{Location, Network, PayloadHash, UnixMillis};
use zksensor::model::registry::Registry;
use zksensor::model::schema::ABSENT;
use zksensor::prover::{Prover, ProvingKey, insecure_setup};
use zksensor::snarkjs;
use zksensor::solidity::calldata;
use zksensor::verifier::{Proof, inputs_to_bytes};
use zksensor_testkit::{FENCE_GEOJSON, Fleet, FleetOptions, KeyFile};

mod ceremony_seeds;
mod element_seeds;
pub(crate) mod halo2_seeds;
mod track_seeds;

/// A target, a name, and bytes.
pub(crate) type Seed = (&'static str, &'static str, Vec<u8>);

/// The seeds of every target.
pub(crate) fn all() -> Vec<Seed> {
    let fleet = Fleet::new(&FleetOptions { devices: 3, k: 1, ..FleetOptions::default() });
    let mut seeds = Vec::new();
    seeds.extend(readings(&fleet));
    seeds.extend(frames());
    seeds.extend(proven(&fleet));
    seeds.extend(documents(&fleet));
    seeds.extend(registries(&fleet));
    seeds.extend(tables());
    seeds.extend(track_seeds::all());
    seeds.extend(element_seeds::all());
    seeds.extend(ceremony_seeds::all());
    seeds.extend(halo2_seeds::all(&fleet));
    seeds.extend(ids());
    seeds.extend(reverts());
    seeds
}

fn readings(fleet: &Fleet) -> Vec<Seed> {
    let [first, second] = [0, 1].map(|index| fleet.sign(index, &fleet.reading(index)));
    let mut file = b"{\"format\":\"zksensor-readings/v2\"}\n".to_vec();
    for reading in [&first, &second] {
        serde_json::to_writer(&mut file, reading).unwrap();
        file.push(b'\n');
    }
    // As earlier releases wrote them, carried by Windows, with lines that are none.
    let lines = [&first, &second].map(|reading| {
        let line = serde_json::to_string(reading).unwrap().replace("null", "-9223372036854775808");
        let start = line.find("\"sequence\"").unwrap();
        let (head, rest) = line.split_at(start);
        let end = rest.find(']').unwrap();
        let numbers = rest[..end].replace(":\"", ":").replace("\",\"time", ",\"time").replace("[\"", "[");
        format!("{head}{}{}", numbers.replace("\",\"", ",").trim_end_matches('"'), &rest[end..])
    });
    let older = format!(
        "\u{feff}{{\"format\":\"zksensor-readings/v1\"}}\r\n{}\r\n\r\n{{}}\r\n{}\n{}",
        lines[0],
        &lines[0][..50],
        lines[1]
    );
    let opening = OpeningFile::new(&first, Salt::insecure_from_field(7u64.into()));
    vec![
        ("readings_file", "older", older.into_bytes()),
        ("opening", "opening.json", opening.to_json().to_vec()),
        ("reading", "first", first.encode().to_vec()),
        ("reading", "second", second.encode().to_vec()),
        ("readings_file", "two", file),
    ]
}

/// Frames of one sample and of eight, alone and in a file with a line that is none.
fn frames() -> Vec<Seed> {
    let key = DeviceKey::from_seed([3; 32]);
    let header = FrameHeader {
        network: Network::new(137, [0x11; 20]),
        schema: 2,
        sequence: 1,
        start: UnixMillis::new(1_767_225_600_000).unwrap(),
        link: FrameLink::NONE,
        payload_hash: PayloadHash::NONE,
    };
    let samples = |count: u32| {
        let sample = |second| Sample {
            offset_ms: 1000 * second,
            location: Location::from_e7(525_200_000, -134_050_000).unwrap(),
            accuracy_mm: 3_500,
            channels: [13_900, -1, ABSENT],
        };
        (0..count).map(sample).collect()
    };
    let first = key.sign_frame(Frame::new(header, samples(1)).unwrap());
    let link = FrameLink::after(first.frame().summary());
    let second = key.sign_frame(Frame::new(FrameHeader { sequence: 2, link, ..header }, samples(8)).unwrap());
    let [one, other] = [&first, &second].map(|frame| serde_json::to_string(frame).unwrap());
    let half = &other[..other.len() / 2];
    let file = format!("{{\"format\":\"zksensor-frames/v1\"}}\n{one}\n{half}\n\r\n{other}\n");
    vec![
        ("frame", "one_sample", first.encode()),
        ("frame", "linked", second.encode()),
        ("frames_file", "two", file.into_bytes()),
    ]
}

/// Keys of the smallest aggregate, a proof, and what carries one.
fn proven(fleet: &Fleet) -> Vec<Seed> {
    let statement = fleet.statement(1);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let key = insecure_setup(&statement, &mut rng, &()).unwrap();
    let witness = fleet.aggregate(1);
    let inputs: AggregateInputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let words = inputs.to_words().unwrap();
    let prover = Prover::builder(statement, key.clone()).build().unwrap();
    let proof: Proof =
        prover.prove(&Assignment::new(&statement, inputs, &witness).unwrap(), &mut rng).unwrap();
    let (known, verifying) = (KnownStatement::Aggregate(statement), key.verifying_key());
    let file = ProofFile::new(known, verifying.key_id(), proof.clone(), words.clone()).unwrap();
    let single = fleet.single(0);
    let (alone, recipient) = (fleet.reading_statement(), [2; 20]);
    let reading = single.inputs(Fleet::EPOCH, Binding::new(137, [1; 20], recipient, &alone.id()));
    vec![
        ("proof", "aggregate", proof.to_bytes().to_vec()),
        ("proof_file", "aggregate.json", file.to_json().into_bytes()),
        ("proof_file", "other_order.json", backwards(&file).into_bytes()),
        ("verifying_key", "aggregate", verifying.to_bytes()),
        ("proving_key", "short", short_key(&key)),
        ("snarkjs", "key.json", snarkjs::key_to_json(verifying.points()).into_bytes()),
        ("snarkjs", "proof.json", snarkjs::proof_to_json(&proof).into_bytes()),
        ("snarkjs", "public.json", snarkjs::public_to_json(&words).into_bytes()),
        ("public_inputs", "aggregate", inputs_to_bytes(&words)),
        ("public_inputs", "reading", inputs_to_bytes(&reading.to_words().unwrap())),
        ("revert", "calldata", calldata::verify(&proof, &words)),
    ]
}

/// The members of a proof file from behind.
fn backwards(file: &ProofFile) -> String {
    let document: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&file.to_json()).unwrap();
    let members = document.iter().rev().map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// A proving key with two points of every kind. The whole one has megabytes.
fn short_key(whole: &ProvingKey) -> Vec<u8> {
    let mut file = KeyFile::of(&whole.to_bytes());
    for query in &mut file.queries {
        let first = query.iter().position(Option::is_some).unwrap();
        query.drain(..first);
        query.truncate(2);
    }
    let mut bytes = file.body();
    let digest = Keccak256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    assert_eq!(ProvingKey::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    bytes
}

/// The policy for a survey, for a histogram, and for a private sum.
fn of_many(policy: &str) -> [String; 3] {
    let survey = policy.replace("\"aggregate\"\nversion = 2", "\"survey\"\nversion = 1")
        + "[survey]\nleast_samples = 10\nmost_left_out = 20\nleast_spread = 2\nlargest_step = 5_00\n";
    let without_outputs = |family: &str, rules: &str| {
        let version = format!("\"{family}\"\nversion = 1");
        let text =
            policy.replace("\"aggregate\"\nversion = 2", &version).replace("sum_of_squares = true\n", "");
        format!("{text}[{family}]\n{rules}\n")
    };
    [
        survey,
        without_outputs("histogram", "bin_width = 6_25"),
        without_outputs("private-sum", "scale_bits = 1_4"),
    ]
}

/// A schema of a project's own.
const MAST: &str = "number = 65_540 # a mast\nname = 'weather_mast'\nabout = \"at the coast\"\n[[channel]]\nname = \"gust\"\nunit = \"m/s\"\n\
                decimal_places = 2\nlowest = 0\nhighest = 12_000\n[[channel]]\nname = \"dew_point\"\nunit = \"Cel\"\ndecimal_places = 1\n\
                lowest = -900\nhighest = 0x2BC\nabout = \"\"\n";

fn documents(fleet: &Fleet) -> Vec<Seed> {
    let attributes = Attributes { class: 7, expiry: UnixMillis::MAX, owner: 3 };
    let secret = DeviceSecret::from_be_bytes(&[1; 32]).unwrap();
    let device = DeviceFile::new(DeviceKey::from_seed([9; 32]), secret, attributes);
    let root = fleet.fence.root();
    let policy = format!(
        "[network]\nchain_id = 137\nregistry = \"0x{}\"\n[fence]\nroot = \"{root}\"\n[epoch]\n\
         origin = \"2026-01-01T00:00:00.5Z\" # UTC\nlength_s = 3_600\n[reading]\nschema = \"air_quality\"\n\
         channel = 'temperature'\nunit = \"Cel\"\nlow = -4_000\nhigh = 6_000\nmax_accuracy_mm = 10_000\ndevice_class = 7\n[statement]\n\
         family = \"aggregate\"\nversion = 2\nk = 8\nsum_of_squares = true\n",
        "11".repeat(20)
    );
    let single = policy
        .replace("\"aggregate\"", "'reading'")
        .replace("k = 8\nsum_of_squares = true", "k = 1")
        .replace("origin = \"2026-01-01T00:00:00.5Z\"", "origin_unix_ms = 0x1000")
        .replace("length_s = 3_600", "length_ms = 60000");
    let own =
        policy.replace("\"air_quality\"\nchannel = 'temperature'\nunit = \"Cel\"", "65536\nchannel = 3");
    let beside = own.replace("65536", "65536\nschema_file = \"mast.toml\"");
    let numbered = policy.replace("\"air_quality\"\nchannel = 'temperature'", "3\nchannel = 2");
    let track = policy
        .replace("\"aggregate\"\nversion = 2", "\"track\"\nversion = 1")
        .replace("k = 8\nsum_of_squares = true", "k = 1")
        + "[track]\ntop_speed_mm_s = 70_000\nlongest_gap_ms = 30_000\njitter_mm = 40_000\nslot_ms = 600_000\nleast_samples = 2\n\
           most_left_out = 500\nround_distance_cm = 10_000\nround_observed_ms = 60_000\nlatitude_scale = 11_370\n\
           longitude_scale = 7_500\n";
    let [survey, histogram, private_sum] = of_many(&policy);
    let several = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"pier"},"geometry":
        {"type":"MultiPolygon","coordinates":[[[[0,0],[2,0],[2,2],[1,1],[0,2],[0,0]]],
        [[[179.5,-1,7],[180,-1,7],[180,1e0,7],[179.5,-1,7]]]]}}]}"#;
    let features = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":"pier","properties":null,"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}},
        {"type":"Feature","id":7,"properties":{"NAME":"sh\u006fre"},"geometry":{"type":"Polygon","coordinates":[[[1,0],[3,0],[3,2],[1,0]]]}}]}"#;
    let wkt = "SRID=4326;POLYGON((11.50 48.10,11.60 48.10,11.60 48.17,11.50 48.17,11.50 48.10),\n\
               (11.51 48.11,11.51 48.12,11.53 48.12,11.51 48.11))";
    let wkt_several = "multipolygon z (((0 0 7, 2 0 7, 2 2 7, 1 1 7, 0 2 7, 0 0 7)),\
                       ((179.5 -1 0, +180 -1 0, 180. 1e0 0, 179.5 -1 0)))";
    let kml = "<?xml version='1.0' encoding='UTF-8'?>\n<kml xmlns='http://www.opengis.net/kml/2.2'><Document><name>a&amp;b</name>\
        <Placemark id='pier'><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0,7 2,0,7 2,2,7 0,0,7</coordinates></LinearRing>\
        </outerBoundaryIs></Polygon></Placemark><Folder><Placemark><name><![CDATA[shore]]></name><MultiGeometry><Polygon>\
        <outerBoundaryIs><LinearRing><coordinates>1,0 3,0 3,2\n1,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs>\
        <LinearRing><coordinates> 2.5,0.1 2.6,0.1 2.6,0.2 2.5,0.1 </coordinates></LinearRing></innerBoundaryIs></Polygon>\
        </MultiGeometry></Placemark></Folder></Document></kml>";
    let cells = format!("[\"{}\"]", H3_CELLS.trim().replace('\n', "\", \""));
    let degenerate = r#"{"type":"Polygon","coordinates":[[[0,0],[9e-1,0],[0.9,0.9],[0,0.9],[0,0]],
        [[0.1,0.1],[0.5,0.1],[0.5,0.5],[0.1,0.1]],[[0.5,0.5],[0.8,0.6],[0.6,0.8],[0.5,0.5]]]}"#;
    vec![
        ("device_file", "device.json", device.to_json().to_vec()),
        ("policy", "aggregate.toml", policy.into_bytes()),
        ("policy", "reading.toml", single.into_bytes()),
        ("policy", "track.toml", track.into_bytes()),
        ("policy", "survey.toml", survey.into_bytes()),
        ("policy", "histogram.toml", histogram.into_bytes()),
        ("policy", "private_sum.toml", private_sum.into_bytes()),
        ("policy", "own.toml", own.into_bytes()),
        ("policy", "numbered.toml", numbered.into_bytes()),
        ("schema", "mast.toml", MAST.as_bytes().to_vec()),
        ("schema", "policy.toml", beside.into_bytes()),
        ("fence", "hole.geojson", FENCE_GEOJSON.as_bytes().to_vec()),
        ("fence", "several.geojson", several.as_bytes().to_vec()),
        ("fence", "features.geojson", features.as_bytes().to_vec()),
        ("fence", "hole.triangles.json", FenceFile::new(fleet.fence.clone()).to_json().into_bytes()),
        ("fence", "hole.wkt", wkt.as_bytes().to_vec()),
        ("fence", "several.wkt", wkt_several.as_bytes().to_vec()),
        ("fence", "touching_holes.geojson", degenerate.as_bytes().to_vec()),
        ("fence", "placemarks.kml", kml.as_bytes().to_vec()),
        ("fence", "pier.kmz", KMZ.to_vec()),
        ("fence", "compacted.h3", H3_CELLS.as_bytes().to_vec()),
        ("fence", "cells.json", cells.into_bytes()),
    ]
}

/// A ring of cells around one, compacted.
const H3_CELLS: &str =
    "871f8d44affffff\n871f8d44bffffff\n871f8d7a4ffffff\n881f8d4485fffff\n881f8d4487fffff\n";

/// An archive that Info-ZIP's zip 3.0 made of one document, in which a Placemark is called `pier`.
const KMZ: &[u8] = include_bytes!("../../io/src/fence/kmz/pier.kmz");

fn registries(fleet: &Fleet) -> Vec<Seed> {
    let mut changed = fleet.registry.clone();
    let mut leaf = *changed.leaf(fleet.positions[1]).unwrap();
    leaf.key = *DeviceKey::from_seed([5; 32]).public();
    changed.replace(fleet.positions[1], leaf).unwrap();
    changed.revoke(fleet.positions[2]).unwrap();
    vec![
        ("registry", "empty", Registry::new().to_bytes()),
        ("registry", "three", fleet.registry.to_bytes()),
        ("registry", "replaced_and_revoked", changed.to_bytes()),
        ("registry", "journal", journal(fleet, &changed)),
        ("registry", "journal_torn", [journal(fleet, &changed), vec![0, 0, 0, 45, 255]].concat()),
    ]
}

/// A journal with every kind of change.
fn journal(fleet: &Fleet, first: &Registry) -> Vec<u8> {
    let folder = std::env::temp_dir().join(format!("zksensor-seeds-{:?}", std::thread::current().id()));
    let folder = folder.with_extension(std::process::id().to_string());
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("registry");
    std::fs::write(&path, first.to_bytes()).unwrap();
    let writer = || RegistryWriter::open(&path, Duration::ZERO).unwrap();
    let time = |millis| UnixMillis::new(millis).unwrap();
    let leaf = |seed: u8| {
        let key = *DeviceKey::from_seed([seed; 32]).public();
        Leaf { key, ..*fleet.registry.leaf(fleet.positions[0]).unwrap() }
    };
    writer().enrol(&[leaf(6), leaf(7)], time(1_790_000_000_000)).unwrap();
    writer().revoke(fleet.positions[0], time(1_790_000_000_001)).unwrap();
    writer().replace(fleet.positions[1], &leaf(8), time(1_790_000_000_002)).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    bytes
}

fn tables() -> Vec<Seed> {
    let table = |text: &str| text.as_bytes().to_vec();
    let all = "time=t,lat=y,lon=x,accuracy_mm=a,value=v,value1=w,value3=z,sequence=s\nt,y,x,a,v,w,z,s\n\
               2026-01-01T00:00:00.25Z,-89.99999995,1.8e2,1,1.5,-2,9223372036854775,7\n1767225600000,0,-0,,0,+.1,1.,8\n";
    let some = "time=time,lat=lat,lon=lon,accuracy_m=acc,value=\"temp\"\r\n\u{feff}time,lat,\"lon\", acc ,\"\"\"temp\"\"\"\r\n\
                2014-09-10T04:54:07Z, 48.1635066 ,11.5643883,2.5,21.25\r\n0,90.1,0,0,1e-4\r\n1,2\r\n";
    vec![("csv", "all", table(all)), ("csv", "some", table(some))]
}

fn ids() -> Vec<Seed> {
    vec![
        ("statement_id", "aggregate", b"aggregate/v2/64x32x3".to_vec()),
        ("statement_id", "reading", b"reading/v2".to_vec()),
        ("statement_id", "track", b"track/v1/126".to_vec()),
        ("statement_id", "survey", b"survey/v1/16x28x32x3x1".to_vec()),
        ("statement_id", "histogram", b"histogram/v1/64x32x3".to_vec()),
        ("statement_id", "private_sum", b"private-sum/v1/64x32x3".to_vec()),
        ("hex", "upper", format!("0x{}", "0aF9".repeat(16)).into_bytes()),
    ]
}

/// Revert data of every form: each error of the interface whose arguments are words, one with text, Solidity's own.
fn reverts() -> Vec<Seed> {
    let data = |signature: &str, words: &[u64]| {
        let mut data = Keccak256::digest(signature)[..4].to_vec();
        words.iter().for_each(|word| data.extend_from_slice(&field::to_be_bytes(&(*word).into())));
        data
    };
    let text = |signature: &str, head: &[u64], text: &str| {
        let mut padded = text.as_bytes().to_vec();
        padded.resize(text.len().next_multiple_of(32), 0);
        [data(signature, head), padded].concat()
    };
    vec![
        ("revert", "panic", data("Panic(uint256)", &[0x11])),
        ("revert", "message", text("Error(string)", &[32, 7], "too \"la")),
        ("revert", "calldata_length", data("CalldataLength(uint256,uint256)", &[4, 5])),
        ("revert", "not_canonical", data("InputNotCanonical(uint256,uint256)", &[1, 2])),
        ("revert", "rejected", data("ProofRejected()", &[])),
        ("revert", "key", data("KeyInvalid(uint8,uint256)", &[3, 9])),
        ("revert", "out_of_range", text("FieldOutOfRange(string,uint256,uint256)", &[96, 9, 8, 5], "epoch")),
        ("revert", "unknown", data("Unknown(uint256)", &[1])),
    ]
}
