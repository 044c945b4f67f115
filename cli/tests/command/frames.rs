//! `device sign --frame`: where a file is cut, how frames go on, and what is refused.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::workshop::{Workshop, policy};

const NETWORK: &str = "--network-chain-id 1 --registry-address 0x1111111111111111111111111111111111111111";
const TABLE: &str = "--csv t.csv --columns time=t,lat=y,lon=x,accuracy_m=a,value=v --scale 3";

/// A workshop with a device and a table of `count` records from 01:59 on, one a second.
fn workshop(name: &str, count: u32) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.good("device new --out d.json");
    workshop.put("t.csv", table(0, count));
    workshop
}

/// Records `from` to `to`, the first of which were before 02:00.
fn table(from: u32, to: u32) -> String {
    let row = |second: u32| {
        let at = 59 * 60 + second;
        let (hour, minute, second) = (1 + at / 3600, at % 3600 / 60, at % 60);
        format!("2026-01-01T{hour:02}:{minute:02}:{second:02}Z,48.11,11.51,2.5,21.5\n")
    };
    "t,y,x,a,v\n".to_owned() + &(from..to).map(row).collect::<String>()
}

fn sign(more: &str) -> String {
    format!("device sign --key d.json {NETWORK} --schema generic {TABLE} --frame --out f.ndjson {more}")
}

/// The frames of a file.
fn frames(workshop: &Workshop, name: &str) -> Vec<Value> {
    let text = workshop.text(name);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("{\"format\":\"zksensor-frames/v1\"}"));
    lines.map(|line| serde_json::from_str::<Value>(line).unwrap()["frame"].take()).collect()
}

fn counts(frames: &[Value]) -> Vec<usize> {
    frames.iter().map(|frame| frame["samples"].as_array().unwrap().len()).collect()
}

#[test]
fn a_table_is_cut_by_count_by_time_and_by_epochs() {
    let workshop = workshop("frames-cut", 1100);
    let signed = workshop.good(&sign(""));
    assert_eq!(
        (&signed["frames"], &signed["samples"], &signed["skipped"]),
        (&2.into(), &1100.into(), &0.into())
    );
    assert_eq!((&signed["first_sequence"], &signed["last_sequence"]), (&"0".into(), &"1".into()));
    assert_eq!((&signed["fourth_channels_left_out"], signed.get("signed")), (&0.into(), None));
    let found = frames(&workshop, "f.ndjson");
    assert_eq!(counts(&found), [1001, 99]);
    let sample = &found[1]["samples"][1];
    assert_eq!((&sample["offset_ms"], &sample["accuracy_mm"]), (&1000.into(), &2500.into()));
    assert_eq!(sample["channels"], serde_json::json!(["21500", "0", "0"]));
    let cut = |more: &str| {
        workshop.good(&sign(&format!("--force {more}")));
        counts(&frames(&workshop, "f.ndjson"))
    };
    assert_eq!(cut("--frame-samples 500"), [500, 500, 100]);
    assert_eq!(cut("--frame-span-s 600"), [600, 500]);
    assert_eq!(cut("--frame-span-s 600 --frame-samples 400"), [400, 400, 300]);
    let of_policy = sign("--force --policy policy.toml --fence fence.geojson");
    let of_policy = of_policy.replace(&format!("{NETWORK} --schema generic"), "");
    workshop.good(&of_policy);
    assert_eq!(counts(&frames(&workshop, "f.ndjson")), [60, 1001, 39]);
    let shown = workshop.good("inspect f.ndjson");
    for (name, wanted) in [
        ("kind", Value::from("signed frames")),
        ("signatures_hold", 3.into()),
        ("signatures_do_not_hold", 0.into()),
        ("malformed", 0.into()),
        ("samples", 1100.into()),
        ("breaks", 0.into()),
    ] {
        assert_eq!(shown[name], wanted, "{name} of {shown}");
    }
    let text = workshop.text("f.ndjson");
    let lines: Vec<&str> = text.lines().collect();
    workshop.put(
        "gap.ndjson",
        [lines[0], lines[1], lines[3], &lines[2].replacen("48", "49", 1), "{}"].join("\n"),
    );
    let shown = workshop.good("inspect gap.ndjson");
    let found = ["signatures_hold", "signatures_do_not_hold", "malformed", "breaks", "first_bad_line"];
    assert_eq!(found.map(|name| shown[name].as_u64().unwrap()), [2, 1, 1, 1, 4], "{shown}");
    // Frames are no readings.
    let prove = workshop.refused(
        "prove --key k --policy policy.toml --fence fence.geojson --readings f.ndjson --registry r --epoch 2 --out p",
    );
    assert!(!prove.is_empty());
    workshop.done();
}

#[test]
fn frames_go_on_where_the_last_run_ended() {
    let workshop = workshop("frames-append", 10);
    let numbers = |line: &str| {
        let signed = workshop.good(line);
        ["first_sequence", "last_sequence"].map(|name| signed[name].as_str().unwrap().to_owned())
    };
    let add = sign("--append --frame-samples 4");
    assert_eq!(numbers(&add), ["0", "2"]);
    assert_eq!(numbers(&add), ["3", "5"]);
    assert_eq!(numbers(&format!("{add} --first-sequence 100")), ["100", "102"]);
    assert_eq!(numbers(&format!("{add} --first-sequence 7")), ["103", "105"]);
    // Another device in the same file has numbers of its own.
    workshop.good("device new --out e.json");
    assert_eq!(numbers(&add.replace("d.json", "e.json")), ["0", "2"]);
    assert_eq!(numbers(&add), ["106", "108"]);
    let shown = workshop.good("inspect f.ndjson");
    assert_eq!((&shown["signatures_hold"], &shown["breaks"]), (&18.into(), &0.into()));
    let found = frames(&workshop, "f.ndjson");
    let links: BTreeSet<&str> = found.iter().map(|frame| frame["link"].as_str().unwrap()).collect();
    assert_eq!(
        links.len(),
        15,
        "both first frames have the link 0, and e signs what d signed: the same messages"
    );

    // Nothing is added by whoever fails.
    let before = workshop.get("f.ndjson");
    workshop.put("t.csv", "t,y,x,a,v\nyesterday,1,1,1,1\n");
    assert!(workshop.refused(&add).starts_with("t.csv: row 1"));
    workshop.put("t.csv", "t,y,x,a,v\n");
    assert!(workshop.refused(&add).contains("expected at least one reading"));
    workshop.put("t.csv", table(0, 1));
    let held = fs::File::open(workshop.0.join("f.ndjson")).unwrap();
    held.lock().unwrap();
    let message = workshop.refused(&format!("{add} --wait 0"));
    assert!(message.contains("expected signed frames that nobody else is changing"), "{message}");
    drop(held);
    assert!(
        workshop.refused(&add.replace("f.ndjson", "t.csv")).contains("expected signed frames, got bytes")
    );
    assert!(workshop.refused(&add.replace("f.ndjson", "/dev/null")).contains("it is no regular file"));
    let dash = workshop.run(&add.replace("f.ndjson", "-"));
    assert!(
        String::from_utf8_lossy(&dash.stderr).contains("it is no regular file") && dash.stdout.is_empty()
    );
    let last = format!("{add} --first-sequence 18446744073709551615");
    assert_eq!(workshop.get("f.ndjson"), before);
    assert_eq!(numbers(&last), ["18446744073709551615"; 2]);
    assert!(workshop.refused(&add).contains("a sequence number below 2^64 - 1"));
    workshop.done();
}

#[test]
fn of_many_commands_at_once_no_two_give_a_number() {
    let workshop = workshop("frames-together", 6);
    let line = sign("--append --frame-samples 2 --wait 60 --json");
    workshop.good(&sign("--append --frame-samples 2"));
    let running: Vec<_> = (0..6)
        .map(|_| {
            let mut command = workshop.command(&line);
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut command in running {
        assert!(command.wait().unwrap().success());
    }
    let found = frames(&workshop, "f.ndjson");
    let numbers: Vec<String> =
        found.iter().map(|frame| frame["sequence"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers, (0..21).map(|number: u32| number.to_string()).collect::<Vec<_>>());
    assert_eq!(workshop.good("inspect f.ndjson")["breaks"], 0);
    workshop.done();
}

#[test]
fn frames_go_to_the_standard_output_too() {
    let workshop = workshop("frames-dash", 20);
    let line = sign("--frame-samples 7 --first-sequence 9");
    workshop.good(&line);
    let output = workshop.run(&line.replace("f.ndjson", "-"));
    assert!(output.status.success());
    assert_eq!(output.stdout, workshop.get("f.ndjson"));
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("signed 3 frames of 20 records"), "{shown}");
    workshop.done();
}

#[test]
fn records_out_of_order_or_beyond_a_channel_are_refused_or_left_out() {
    let workshop = workshop("frames-refused", 3);
    let late = "2026-01-01T01:58:00Z,48.11,11.51,2.5,21.5\n";
    let wide = "2026-01-01T02:58:00Z,48.11,11.51,2.5,2000000000\n";
    workshop.put("t.csv", table(0, 3) + late + wide);
    let message = workshop.refused(&sign(""));
    let wanted = "row 4: expected records in the order of their time, from 2026-01-01T01:59:02Z on";
    assert!(message.starts_with(wanted), "{message}");
    assert!(!workshop.0.join("f.ndjson").exists());
    let signed = workshop.good(&sign("--skip-bad-rows"));
    assert_eq!((&signed["samples"], &signed["skipped"]), (&3.into(), &2.into()));
    let why = signed["why"][1].as_str().unwrap();
    assert!(why.starts_with("row 5: expected channel 0 from -1099511627775 to 1099511627775"), "{why}");
    // Readings take both.
    assert_eq!(workshop.good(&sign("--force").replace("--frame ", ""))["signed"], 5);

    let mapped = "--columns time=t,lat=y,lon=x,value=v,value3=v";
    workshop.put("t.csv", table(0, 3));
    let line = sign("--force").replace("--columns time=t,lat=y,lon=x,accuracy_m=a,value=v", mapped);
    assert_eq!(workshop.good(&line)["fourth_channels_left_out"], 3);
    workshop.put("policy.toml", policy("reading", 1).replace("\"value\"", "\"value3\""));
    let of_policy = sign("--force --policy policy.toml --fence fence.geojson");
    let message = workshop.refused(&of_policy.replace(&format!("{NETWORK} --schema generic"), ""));
    assert!(message.contains("one of the channels 0 to 2, which frames have, got channel 3"), "{message}");
    workshop.done();
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    let workshop = workshop("frames-options", 3);
    for more in [
        "--frame-samples 0",
        "--frame-samples 1002",
        "--frame-samples -1",
        "--frame-span-s 0",
        "--frame-span-s 1.5",
        "--append --force",
        "--wait 1",
    ] {
        assert_eq!(workshop.run(&sign(more)).status.code(), Some(2), "{more}");
    }
    for more in ["--frame-samples 5", "--frame-span-s 5", "--append"] {
        let line = sign(more).replace("--frame ", "");
        assert_eq!(workshop.run(&line).status.code(), Some(2), "{line}");
    }
    workshop.done();
}
