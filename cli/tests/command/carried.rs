//! Files that other programs carried: in other orders, with marks, with lines that are none, with numbers that were rounded.

use serde_json::Value;

use crate::workshop::{Workshop, aggregate, prove_line, verify_line};

/// A document of the same members as jsonb orders them: by length, then by letters.
fn as_jsonb(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| (name.len(), (*name).clone()));
            let members = members.iter().map(|(name, value)| format!("\"{name}\": {}", as_jsonb(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(as_jsonb).collect::<Vec<_>>().join(", ")),
        scalar => scalar.to_string(),
    }
}

/// Numbers in the place of decimal text and of null, as earlier releases wrote them.
fn as_numbers(line: &str) -> String {
    let mut document: Value = serde_json::from_str(line).unwrap();
    let number = |value: &Value| match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap(),
        None => i64::MIN.into(),
    };
    let reading = &mut document["reading"];
    reading["sequence"] = number(&reading["sequence"]);
    for channel in reading["channels"].as_array_mut().unwrap() {
        *channel = number(channel);
    }
    document.to_string()
}

#[test]
fn files_survive_programs_that_do_not_round() {
    let workshop = Workshop::new("carried");
    aggregate(&workshop);
    let proof: Value = serde_json::from_str(&workshop.text("proof.json")).unwrap();
    workshop.put("jsonb.json", as_jsonb(&proof));
    let verified = workshop.good(&format!("{} --expect count>=5", verify_line("jsonb.json")));
    assert_eq!(verified["fields"], proof["fields"]);
    assert_eq!(workshop.good("inspect jsonb.json")["kind"], "proof");
    let leaf: Value = serde_json::from_str(&workshop.text("l0.json")).unwrap();
    workshop.put("leaf.json", format!("\u{feff}{}", as_jsonb(&leaf)));
    workshop.good("registry enrol --registry other.bin --leaf leaf.json");
    let device: Value = serde_json::from_str(&workshop.text("d0.json")).unwrap();
    workshop.put("device.json", as_jsonb(&device));
    assert_eq!(workshop.good("inspect device.json")["leaf"], leaf);
    workshop.put("fence.bom", format!("\u{feff}{}", workshop.text("fence.geojson")));
    let id = |fence: &str| {
        workshop.good(&format!("policy id --policy policy.toml --fence {fence}"))["policy_id"].clone()
    };
    assert_eq!(id("fence.bom"), id("fence.geojson"));

    // Readings as this release writes them are text for JavaScript; as earlier ones did, exact numbers.
    let text = workshop.text("r0.ndjson");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], r#"{"format":"zksensor-readings/v2"}"#);
    let document: Value = serde_json::from_str(lines[1]).unwrap();
    assert_eq!(document["reading"]["channels"], serde_json::json!(["500", "0", "0", "0"]));
    let older = format!("{{\"format\":\"zksensor-readings/v1\"}}\n{}\n", as_numbers(lines[1]));
    assert!(older.contains("\"channels\":[500,0,0,0]"), "{older}");
    workshop.put("r0.ndjson", older);
    let rest = "r1.ndjson r2.ndjson r3.ndjson r4.ndjson --force";
    assert_eq!(workshop.good(&prove_line("r0.ndjson", &format!("--readings {rest}")))["refused"], 0);
    workshop
        .put("r0.ndjson", as_jsonb(&document).replacen('{', "{\"format\":\"zksensor-readings/v2\"}\n{", 1));
    assert_eq!(workshop.good("inspect r0.ndjson")["signatures_hold"], 1);
    workshop.done();
}

#[test]
fn one_bad_line_stops_nobody() {
    let workshop = Workshop::new("malformed");
    aggregate(&workshop);
    let mut all = String::new();
    for index in 0..5 {
        all += &workshop.text(&format!("r{index}.ndjson"));
    }
    let first = workshop.text("r0.ndjson");
    let line = first.lines().nth(1).unwrap();
    let numbers = as_numbers(line);
    let rounded = numbers.replace("[500,0,", "[500,-9223372036854776000,");
    assert_ne!(rounded, numbers);
    // A mark and Windows' ends of lines; an object of nothing, a cut line, a rounded one, blank ones; no end of the last.
    let bad = format!(
        "\u{feff}{}\r\n{{}}\r\n\r\n{}\r\n{rounded}",
        all.trim_end().replace('\n', "\r\n"),
        &line[..99]
    );
    workshop.put("all.ndjson", &bad);
    let proved = workshop.good(&prove_line("all.ndjson", "--force"));
    assert_eq!(
        (&proved["readings"], &proved["refused"], &proved["malformed"]),
        (&8.into(), &3.into(), &3.into())
    );
    let rows = proved["refused_rows"].as_array().unwrap();
    for (row, (number, line, why)) in rows.iter().zip([
        (6, 11, "reading 6 cannot be read: expected signed readings, but line 11, column 2: missing field `reading`"),
        (7, 13, "reading 7 cannot be read: expected signed readings, but line 13, column "),
        (8, 14, "reading 8 cannot be read: expected signed readings whose last line, 14, is whole"),
    ]) {
        assert_eq!((&row["row"], &row["line"], &row["file"]), (&number.into(), &line.into(), &"all.ndjson".into()));
        assert!(row["why"].as_str().unwrap().starts_with(why), "{row}");
        assert!(row["rule"].is_null());
    }
    let shown = workshop.run(&prove_line("all.ndjson", "--force"));
    let (out, notes) = (String::from_utf8(shown.stdout).unwrap(), String::from_utf8(shown.stderr).unwrap());
    assert!(out.contains("3 readings were refused, of which 3 are lines that cannot be read"), "{out}");
    assert!(notes.contains("refused: all.ndjson, line 11: reading 6 cannot be read"), "{notes}");
    let facts = workshop.good("inspect all.ndjson");
    assert_eq!(
        (&facts["signatures_hold"], &facts["malformed"], &facts["first_bad_line"]),
        (&5.into(), &3.into(), &11.into())
    );

    // With its end the last line says what was done to it.
    workshop.put("all.ndjson", format!("{bad}\n"));
    let proved = workshop.good(&prove_line("all.ndjson", "--force"));
    let why = proved["refused_rows"][2]["why"].as_str().unwrap();
    assert!(why.contains("was this file rewritten by a program that rounds numbers"), "{why}");
    // What is no file of readings at all is a mistake of whoever calls, and stops everything.
    let message = workshop.refused(&prove_line("all.ndjson d0.json", "--force"));
    assert!(message.contains("d0.json: expected signed readings, got"), "{message}");
    workshop.done();
}
