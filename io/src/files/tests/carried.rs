//! Files that other programs carried: lines that are none, marks, encodings, orders of members, rounded numbers.

use std::path::Path;

use zksensor_model::device::Leaf;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::DeviceMembership;
use zksensor_testkit::{Fleet, FleetOptions};

use super::super::*;
use super::{FileResult, Scratch, device, proven, refused, signed_by};

/// A file of three readings, as text.
fn three() -> String {
    let fleet = Fleet::new(&FleetOptions { devices: 3, ..FleetOptions::default() });
    let line = |index| serde_json::to_string(&fleet.sign(index, &fleet.reading(index))).unwrap();
    let lines: Vec<String> = (0..3).map(line).collect();
    format!("{{\"format\":\"zksensor-readings/v2\"}}\n{}\n", lines.join("\n"))
}

fn read_all(text: impl AsRef<[u8]>) -> Vec<Result<SignedReading, FileError>> {
    let input = std::io::Cursor::new(text.as_ref().to_vec());
    ReadingsReader::new(Path::new("r.ndjson"), input).unwrap().collect()
}

#[test]
fn a_line_that_is_no_reading_ends_nothing() {
    let text = three();
    let lines: Vec<&str> = text.lines().collect();
    let device =
        serde_json::to_string(&serde_json::from_slice::<serde_json::Value>(&device().to_json()).unwrap());
    let (device, long) = (device.unwrap(), "9".repeat(1 << 17));
    let listed = "[1,2]";
    let bad = [
        "{}",
        "x",
        listed,
        "\u{0}",
        &lines[1][..40],
        "{\"format\":\"zksensor-readings/v9\"}",
        &device,
        &long,
    ];
    for bad in bad {
        let with = [lines[0], lines[1], bad, lines[2], lines[3]].join("\n");
        let mut reader =
            ReadingsReader::new(Path::new("r.ndjson"), std::io::Cursor::new(with.into_bytes())).unwrap();
        assert!(reader.next().unwrap().is_ok());
        let error = reader.next().unwrap().unwrap_err();
        assert!(error.is_of_a_row() && (reader.row(), reader.line()) == (2, 3), "{error}");
        let message = error.to_string();
        assert!(message.len() < 400 && message.starts_with("r.ndjson: expected "), "{message}");
        assert!(!message.contains("ReadingText") && !message.contains("0x0909"), "{message}");
        assert!(reader.next().unwrap().is_ok() && reader.next().unwrap().is_ok() && reader.next().is_none());
        assert_eq!(reader.row(), 4);
    }
    // A place is quoted to nobody.
    let place = serde_json::to_string(&signed_by(3)).unwrap().replace("481234567", "\"481234567\"");
    let message = refused(read_all(format!("{text}{place}\n")).remove(3));
    assert!(
        message.contains("expected i32, got something else") && !message.contains("481234567"),
        "{message}"
    );
    let listed = read_all(format!("{text}{listed}\n"));
    assert!(refused(listed.into_iter().nth(3).unwrap()).contains("expected an object with named members"));
}

#[test]
fn marks_blank_lines_and_ends_of_lines_say_nothing() {
    let text = three();
    for same in [
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\n\n \t\r\n"),
        format!("\u{feff}{text}"),
        format!("\n\n{text}"),
        text.replace("readings/v2", "readings/v1"),
    ] {
        let read = read_all(&same);
        assert!(read.len() == 3 && read.iter().all(Result::is_ok), "{read:?}");
        let twice = read_all(format!("{}\n{same}", same.trim_end()));
        assert!(twice.len() == 6 && twice.iter().all(Result::is_ok), "{twice:?}");
    }
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error = ReadingsReader::new(Path::new("r.ndjson"), std::io::Cursor::new(utf16));
    assert!(refused(error).ends_with("expected signed readings as text in UTF-8, got UTF-16"));
}

#[test]
fn numbers_that_were_rounded_are_named() {
    let (signed, number) = (signed_by(3), 1_234_567_890_123_456_789i64);
    let line = serde_json::to_string(&signed).unwrap();
    let sequence = format!("\"{}\"", signed.reading().sequence);
    let header = "{\"format\":\"zksensor-readings/v1\"}\n";
    let with = |from: &str, to: &str| {
        assert!(line.contains(from), "{from} in {line}");
        read_all(format!("{header}{}\n", line.replacen(from, to, 1))).remove(0)
    };
    let rounded = "was this file rewritten by a program that rounds numbers";
    assert!(with("null", &i64::MIN.to_string()).is_ok());
    assert!(refused(with("null", "-9223372036854776000")).contains(rounded));
    assert!(with(&format!("\"{number}\""), &number.to_string()).is_ok());
    for written in ["1234567890123456800", "1234567890123456768"] {
        let message = refused(with(&format!("\"{number}\""), written));
        assert!(message.contains("reading 1: ") && message.contains(rounded), "{message}");
        // Text was rounded by nobody.
        let message = refused(with(&format!("\"{number}\""), &format!("\"{written}\"")));
        assert!(!message.contains(rounded), "{message}");
    }
    assert!(!refused(with(&sequence, "6")).contains(rounded));
}

/// Every document of the same members, in other orders: as jsonb and jq -S have it, and from behind.
fn reordered(json: &[u8]) -> Vec<String> {
    type Members<'a> = Vec<(&'a String, &'a serde_json::Value)>;
    fn write(value: &serde_json::Value, order: &dyn Fn(&mut Members<'_>)) -> String {
        match value {
            serde_json::Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                order(&mut members);
                let members =
                    members.iter().map(|(name, value)| format!("\"{name}\": {}", write(value, order)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
            serde_json::Value::Array(items) => {
                let items = items.iter().map(|item| write(item, order));
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            scalar => scalar.to_string(),
        }
    }
    let value = serde_json::from_slice(json).unwrap();
    vec![
        write(&value, &|members| members.sort_by_key(|(name, _)| (*name).clone())),
        write(&value, &|members| members.sort_by_key(|(name, _)| (name.len(), (*name).clone()))),
        write(&value, &|members| members.reverse()),
    ]
}

#[test]
fn the_order_of_members_has_no_meaning() {
    let (path, (_, proof)) = (Path::new("x.json"), proven());
    for json in reordered(proof.to_json().as_bytes()) {
        assert_eq!(Kind::of(json.as_bytes()), Some(Kind::Proof), "{json}");
        assert_eq!(&ProofFile::from_json(path, json.as_bytes()).unwrap(), proof);
        let marked = format!("\u{feff}{json}");
        assert_eq!(&ProofFile::from_json(path, marked.as_bytes()).unwrap(), proof);
        for (from, to, wanted) in [
            ("\"key_id\":", "\"key_id\": \"\", \"key_id\":", "duplicate field `key_id`"),
            ("\"key_id\":", "\"note\": 1, \"key_id\":", "unknown field `note`"),
            ("\"epoch\":", "\"epoch\": 2, \"epoch\":", "field `epoch` comes twice"),
            ("\"epoch\":", "\"era\": 2, \"epoch\":", "got a field `era`, too"),
            ("INSECURE-0x", "INSECURE-0xAB", "expected `key_id`"),
        ] {
            let changed = json.replacen(from, to, 1);
            let message = refused(ProofFile::from_json(path, changed.as_bytes()));
            assert!(changed != json && message.contains(wanted), "{message}");
        }
    }
    let json = proof.to_json();
    let digits = |text: &str| format!("0x{}", text[2..].to_uppercase());
    let words: Vec<String> = proof.words().iter().map(zksensor_model::field::to_hex).collect();
    for (field, text) in [("proof", proof.proof().to_hex()), ("public_inputs", words[0].clone())] {
        let message = refused(ProofFile::from_json(path, json.replacen(&text, &digits(&text), 1).as_bytes()));
        assert!(message.contains(&format!("`{field}`: expected lower-case hexadecimal digits")), "{message}");
    }
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
    let listed = serde_json::to_vec(&members.values().collect::<Vec<_>>()).unwrap();
    assert!(refused(ProofFile::from_json(path, &listed)).contains("expected an object with named members"));

    let device = device();
    for json in reordered(&device.to_json()) {
        assert_eq!(Kind::of(json.as_bytes()), Some(Kind::DeviceKey), "{json}");
        assert_eq!(DeviceFile::from_json(path, json.as_bytes()).unwrap().leaf(), device.leaf());
        // A secret in another place is refused before anything in it can be quoted, wherever it says what it is.
        let scratch = Scratch::new();
        let path = scratch.put(json.as_bytes());
        let leaf: FileResult<Leaf> = load_json(&path, Kind::Leaf);
        assert!(refused(leaf).ends_with("expected a device's leaf, got a device key"));
        assert!(refused(load_policy(&path, None)).ends_with("expected a policy, got a device key"));
        assert!(refused(open_table(&path)).ends_with("expected a table, got a device key"));
        assert!(refused(ProofFile::load(&path)).ends_with("expected a proof, got a device key"));
    }
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::default() });
    let membership = fleet.registry.membership(fleet.positions[1]).unwrap();
    for json in reordered(&serde_json::to_vec(&membership).unwrap()) {
        assert_eq!(serde_json::from_str::<DeviceMembership>(&json).unwrap(), membership);
    }
    for json in reordered(&serde_json::to_vec(&device.leaf()).unwrap()) {
        assert_eq!(serde_json::from_str::<Leaf>(&json).unwrap(), device.leaf());
    }
    let fence = FenceFile::new(fleet.fence.clone());
    for json in reordered(fence.to_json().as_bytes()) {
        assert_eq!(FenceFile::from_json(path, json.as_bytes()).unwrap(), fence);
        let scratch = Scratch::new();
        assert_eq!(load_fence(&scratch.put(json.as_bytes())).unwrap(), fleet.fence);
    }
    for json in reordered(zksensor_testkit::FENCE_GEOJSON.as_bytes()) {
        let scratch = Scratch::new();
        assert_eq!(load_fence(&scratch.put(json.as_bytes())).unwrap().root(), fleet.fence.root());
    }
}

#[test]
fn text_in_another_encoding_is_named_and_a_mark_is_passed_over() {
    let scratch = Scratch::new();
    let leaf = serde_json::to_string(&device().leaf()).unwrap();
    let marked: Leaf = load_json(&scratch.put(format!("\u{feff}{leaf}").as_bytes()), Kind::Leaf).unwrap();
    assert_eq!(marked, device().leaf());
    let utf16 = |text: &str| {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        scratch.put(&bytes)
    };
    let fence = FenceFile::new(Fleet::new(&FleetOptions::default()).fence).to_json();
    for (message, kind) in [
        (refused(load_json::<Leaf>(&utf16(&leaf), Kind::Leaf)), Kind::Leaf),
        (refused(load_policy(&utf16("[network]"), None)), Kind::Policy),
        (refused(FenceFile::load(&utf16(&fence))), Kind::FenceTriangles),
        (refused(ProofFile::load(&utf16(&proven().1.to_json()))), Kind::Proof),
        (refused(DeviceFile::load(&utf16("{}"))), Kind::DeviceKey),
        (refused(OpeningFile::load(&utf16("{}"))), Kind::Opening),
        (refused(open_table(&utf16("time,lat,lon"))), Kind::Table),
    ] {
        assert!(message.ends_with(&format!("expected {kind} as text in UTF-8, got UTF-16")), "{message}");
    }
    let fence = refused(load_fence(&utf16("POLYGON((0 0,1 0,1 1,0 0))")));
    assert!(
        fence.ends_with("expected text in UTF-8, or a KMZ archive, got UTF-16; save it as UTF-8"),
        "{fence}"
    );
    let latin1 = refused(load_policy(&scratch.put(b"# caf\xe9\n"), None));
    assert!(
        latin1.ends_with("expected a policy as text in UTF-8, got bytes that are no text in it"),
        "{latin1}"
    );
}
