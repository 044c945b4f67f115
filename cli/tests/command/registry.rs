//! The registry: many who change it at once, what it says of itself and of its past.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::workshop::{Workshop, device, prove_line};

/// Makes the leaves of `count` devices, l0.json and on.
fn leaves(workshop: &Workshop, count: usize) {
    for index in 0..count {
        workshop.good(&format!("device new --out d{index}.json --leaf-out l{index}.json --class {index}"));
    }
}

fn start(workshop: &Workshop, line: &str) -> Child {
    let mut command = workshop.command(&format!("{line} --json"));
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn end(child: Child) -> Value {
    let output = child.wait_with_output().unwrap();
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{value}");
    value
}

#[test]
fn twenty_enrolments_at_once_are_all_stored_each_at_a_position_of_its_own() {
    let workshop = Workshop::new("registry-twenty");
    leaves(&workshop, 20);
    let line = |index| format!("registry enrol --registry reg.bin --leaf l{index}.json --wait 120");
    let children: Vec<Child> = (0..20).map(|index| start(&workshop, &line(index))).collect();
    let printed: Vec<u64> =
        children.into_iter().map(|child| end(child)["positions"][0].as_u64().unwrap()).collect();
    let different: BTreeSet<u64> = printed.iter().copied().collect();
    assert_eq!(different.len(), 20);
    for (index, position) in printed.iter().enumerate() {
        let found = workshop.good(&format!("registry find --registry reg.bin --leaf l{index}.json"));
        assert_eq!((&found["position"], &found["state"]), (&(*position).into(), &"registered".into()));
    }
    let compact = workshop.good("registry compact --registry reg.bin");
    assert_eq!((&compact["devices"], &compact["changes"]), (&20.into(), &20.into()));
    workshop.done();
}

#[test]
fn a_revocation_beside_an_enrolment_is_never_lost() {
    let workshop = Workshop::new("registry-beside");
    leaves(&workshop, 16);
    let mut positions = Vec::new();
    for index in 0..8 {
        let enrolled = workshop.good(&format!("registry enrol --registry reg.bin --leaf l{index}.json"));
        positions.push(enrolled["positions"][0].as_u64().unwrap());
    }
    for (round, revoked) in positions.iter().enumerate() {
        let enrol = start(
            &workshop,
            &format!("registry enrol --registry reg.bin --leaf l{}.json --wait 120", 8 + round),
        );
        let revoke = start(
            &workshop,
            &format!("registry revoke --registry reg.bin --position {} --wait 120", revoked),
        );
        let (enrol, _) = (end(enrol), end(revoke));
        let found = workshop.good(&format!("registry find --registry reg.bin --position {}", revoked));
        assert_eq!(found["state"], "revoked");
        let found =
            workshop.good(&format!("registry find --registry reg.bin --position {}", enrol["positions"][0]));
        assert_eq!(found["state"], "registered");
    }
    let compact = workshop.good("registry compact --registry reg.bin");
    assert_eq!((&compact["devices"], &compact["enrolled"]), (&8.into(), &16.into()));
    workshop.done();
}

#[test]
fn list_find_replace_and_the_past() {
    let workshop = Workshop::new("registry-past");
    leaves(&workshop, 4);
    let enrolled = workshop.good("registry enrol --registry reg.bin --leaf l0.json l1.json");
    let positions = enrolled["positions"].as_array().unwrap().clone();
    assert_eq!(enrolled["created"], true);
    let first = enrolled["root"].clone();
    thread::sleep(Duration::from_millis(5));
    let replaced = workshop
        .good(&format!("registry replace --registry reg.bin --position {} --leaf l2.json", positions[0]));
    let new = &replaced["positions"][0];
    assert!(positions.iter().all(|position| position != new));
    assert_eq!((&replaced["revoked"], &replaced["devices"]), (&positions[0], &2.into()));

    let history = workshop.good("registry history --registry reg.bin");
    let history = history["history"].as_array().unwrap();
    let whats: Vec<&str> = history.iter().map(|change| change["what"].as_str().unwrap()).collect();
    assert_eq!(whats, ["enrol", "replace"]);
    assert_eq!((&history[0]["root"], &history[1]["root"]), (&first, &replaced["root"]));
    // A state is that after the last change before the time.
    let at = history[1]["time"].as_str().unwrap();
    let root = workshop.good(&format!("registry root --registry reg.bin --at {at}"));
    assert_eq!((&root["root"], &root["time"]), (&first, &history[0]["time"]));
    let prove = format!("registry prove --registry reg.bin --position {} --out m.json", positions[0]);
    assert!(workshop.refused(&prove).contains("was revoked"));
    assert_eq!(workshop.good(&format!("{prove} --at {at}"))["root"], first);
    let membership: Value = serde_json::from_str(&workshop.text("m.json")).unwrap();
    assert_eq!(membership["root"], first);
    let before = history[0]["time"].as_str().unwrap();
    let message = workshop.refused(&format!("registry root --registry reg.bin --at {before}"));
    assert!(message.contains("expected a time after the registry's history begins"), "{message}");
    // Long after, or never: as it is.
    let line =
        "registry root --registry reg.bin --policy policy.toml --fence fence.geojson --epoch 4294967295";
    assert_eq!(workshop.good(line)["root"], replaced["root"]);

    let list = workshop.good("registry list --registry reg.bin");
    let list = list["list"].as_array().unwrap();
    let states: Vec<(&Value, &str, u64)> = list
        .iter()
        .map(|device| {
            (&device["position"], device["state"].as_str().unwrap(), device["class"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(
        states,
        [(&positions[0], "revoked", 0), (&positions[1], "registered", 1), (new, "registered", 2)]
    );
    let text = String::from_utf8(workshop.run("registry list --registry reg.bin --quiet").stdout).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(
        text.starts_with(&format!("{} ", positions[0]))
            && text.contains(" revoked ")
            && text.contains(" never ")
    );
    let key = list[0]["key"].as_str().unwrap();
    for option in
        [format!("--key {key}"), "--leaf l0.json".to_owned(), format!("--position {}", positions[0])]
    {
        let found = workshop.good(&format!("registry find --registry reg.bin {option}"));
        assert_eq!(
            (&found["position"], &found["state"], &found["key"]),
            (&positions[0], &"revoked".into(), &key.into())
        );
        assert_eq!(found["until"].as_str(), Some(at));
    }
    assert!(
        workshop.refused("registry find --registry reg.bin --leaf l3.json").contains("expected a device")
    );
    assert!(workshop.refused("registry find --registry reg.bin --position 3").contains("position 3"));
    let message = workshop.refused("registry enrol --registry reg.bin --leaf l0.json");
    assert!(message.contains("one that was retired at position"), "{message}");
    workshop.done();
}

#[test]
fn a_registry_of_before_is_read_and_taken_over() {
    let workshop = Workshop::new("registry-before");
    leaves(&workshop, 2);
    workshop.good("registry enrol --registry reg.bin --leaf l0.json");
    let registry = zksensor::files::load_registry(&workshop.0.join("reg.bin")).unwrap();
    workshop.put("old.bin", registry.to_bytes());
    let root = registry.root().to_string();
    assert_eq!(workshop.good("registry root --registry old.bin")["root"], root.as_str());
    assert_eq!(workshop.good("registry history --registry old.bin")["history"], Value::Array(Vec::new()));
    assert!(
        workshop
            .refused("registry root --registry old.bin --at 2030-01-01T00:00:00Z")
            .contains("of the first format, which has none")
    );
    let output = workshop.run("registry enrol --registry old.bin --leaf l1.json");
    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("it becomes a journal"));
    let history = workshop.good("registry history --registry old.bin");
    assert_eq!(
        (&history["history"][0]["what"], &history["history"][0]["root"]),
        (&"take over".into(), &root.into())
    );
    assert_eq!(history["history"][1]["devices"], 2);
    workshop.done();
}

#[test]
fn a_proof_takes_the_registry_as_it_was_where_the_file_says_so() {
    let workshop = Workshop::new("registry-epoch");
    for index in 0..5 {
        device(&workshop, index, &format!("2026-01-01T02:0{index}:00Z,48.11{index},11.51,2.5,{index}.5"));
    }
    let readings: Vec<String> = (0..5).map(|index| format!("r{index}.ndjson")).collect();
    let five = workshop.good("registry root --registry reg.bin");
    thread::sleep(Duration::from_millis(5));
    workshop.good("device new --out d5.json --leaf-out l5.json --class 7");
    let six = workshop.good("registry enrol --registry reg.bin --leaf l5.json");
    assert_ne!(five["root"], six["root"]);
    let time = workshop.good("registry history --registry reg.bin")["history"][5]["time"]
        .as_str()
        .unwrap()
        .to_owned();
    let then = workshop.good(&prove_line(&readings.join(" "), &format!("--registry-at {time}")));
    assert_eq!((&then["fields"]["registry_root"], &then["registry_time"]), (&five["root"], &five["time"]));
    assert_eq!(then["registry_fallback"], false);
    let output = workshop.run(&prove_line(&readings.join(" "), "--quiet --force"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("warning: the registry says nothing of"), "{said}");
    assert_eq!(workshop.good(&prove_line(&readings.join(" "), "--force"))["registry_fallback"], true);
    let now = workshop.good(&prove_line(&readings.join(" "), "--registry-at now --force"));
    assert_eq!(now["fields"]["registry_root"], six["root"]);
    let early =
        workshop.refused(&prove_line(&readings.join(" "), "--registry-at 2020-01-01T00:00:00Z --force"));
    assert!(early.contains("history begins"), "{early}");
    workshop.done();
}

#[test]
fn a_clock_that_is_behind_the_last_change_is_told() {
    let workshop = Workshop::new("registry-clock");
    leaves(&workshop, 2);
    workshop.put("none.ndjson", "");
    let message = workshop.refused("registry enrol --registry reg.bin --leaves none.ndjson");
    assert!(message.contains("expected at least one leaf"), "{message}");
    assert!(!workshop.0.join("reg.bin").exists());
    let leaf = zksensor::files::load_json(&workshop.0.join("l0.json"), zksensor::files::Kind::Leaf).unwrap();
    let writer = zksensor::files::RegistryWriter::open_or_start(&workshop.0.join("reg.bin"), Duration::ZERO);
    // The year 2100.
    let late = zksensor::model::reading::UnixMillis::new(4_102_444_800_000).unwrap();
    writer.unwrap().enrol(&[leaf], late).unwrap();
    let output = workshop.run("registry enrol --registry reg.bin --leaf l1.json --quiet");
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("warning: the clock says 20") && said.contains("made at 2100-01-01T00:00:00"),
        "{said}"
    );
    let history = workshop.good("registry history --registry reg.bin");
    assert_eq!(history["history"][0]["time"], history["history"][1]["time"]);
    workshop.done();
}
