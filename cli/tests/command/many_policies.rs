//! `prove --all-chunks` for several policies: files are read once, and each policy has what it would have by itself.

use std::fs;

use serde_json::Value;

use crate::workshop::{Workshop, policy};

/// Enrolled. Of those with an odd number the second channel is below its range, and the last one is in the east.
const DEVICES: usize = 5;
const KEY: &str = "keys/aggregate-v2-5x8x7.INSECURE";
const WEST: &str = r#"{"type":"Polygon","coordinates":[[[11.50,48.10],[11.55,48.10],[11.55,48.13],[11.50,48.13],[11.50,48.10]]]}"#;
const AWAY: &str =
    r#"{"type":"Polygon","coordinates":[[[1.5,48.1],[1.6,48.1],[1.6,48.2],[1.5,48.2],[1.5,48.1]]]}"#;

/// Three policies, devices with their readings, and a key whose chunk is the whole registry.
fn fleet(workshop: &Workshop) {
    let heat = policy("aggregate", 2) + "insecure_small_k = true\n";
    workshop.put("policy.toml", &heat);
    workshop.put("heat.toml", &heat);
    workshop.put("wind.toml", heat.replace("channel = \"value\"\nlow = -40_000", "channel = 1\nlow = 0"));
    workshop.put("west.toml", &heat);
    workshop.put("west.geojson", WEST);
    workshop.put("away.geojson", AWAY);
    for index in 0..DEVICES {
        workshop.good(&format!("device new --out d{index}.json --leaf-out l{index}.json --class 7"));
        workshop.good(&format!("registry enrol --registry reg.bin --leaf l{index}.json"));
        let wind = if index % 2 == 0 { format!("{index}.25") } else { "-1.5".to_owned() };
        let x = if index == DEVICES - 1 { "11.58" } else { "11.51" };
        let row = format!("2026-01-01T02:1{index}:00Z,48.11,{x},2.5,{index}.5,{wind}\n");
        let again = if index == 0 { "2026-01-01T02:50:00Z,48.11,11.51,2.5,9,9\n" } else { "" };
        workshop.put(&format!("{index}.csv"), format!("when,y,x,acc,celsius,wind\n{row}{again}"));
        workshop.good(&format!(
            "device sign --key d{index}.json --policy policy.toml --fence fence.geojson --csv {index}.csv --scale 3 \
             --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius,value1=wind --out r{index}.ndjson"
        ));
    }
    let with_a_line = [workshop.get("r0.ndjson"), b"no reading\n".to_vec()].concat();
    workshop.put("r0.ndjson", with_a_line);
    workshop
        .good("setup --statement aggregate --capacity 5 --triangles 8 --levels 7 --insecure --out-dir keys");
}

fn line(key: &str, more: &str) -> String {
    let readings: Vec<String> = (0..DEVICES).map(|device| format!("r{device}.ndjson")).collect();
    format!(
        "prove --all-chunks --key {key}.pk --registry reg.bin --epoch 2 --readings {} {more}",
        readings.join(" ")
    )
}

const THREE: &str = "--policy heat.toml --policy wind.toml --policy west.toml \
                     --fence fence.geojson --fence fence.geojson --fence west.geojson";

#[test]
fn each_policy_has_what_it_would_have_by_itself() {
    let workshop = Workshop::new("many-policies");
    fleet(&workshop);
    let all = line(KEY, &format!("{THREE} --out-dir proofs"));
    let made = workshop.good(&all);
    let policies = made["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 3);
    for (policy, name, fence, count, sum) in [
        (&policies[0], "heat", "fence", 5, 12_500),
        (&policies[1], "wind", "fence", 3, 6_750),
        (&policies[2], "west", "west", 4, 8_000),
    ] {
        assert_eq!(policy["policy"], format!("{name}.toml"));
        let [chunk] = &policy["chunks"].as_array().unwrap()[..] else { panic!("{policy}") };
        let fields = &chunk["fields"];
        assert_eq!((&fields["count"], &fields["sum"]), (&count.into(), &sum.to_string().into()), "{policy}");
        assert_eq!(fields["policy_id"], policy["policy_id"]);
        let file = format!("proofs/{name}-epoch-2-chunk-0.json");
        assert_eq!((&chunk["out"], &chunk["kept"]), (&Value::from(file.clone()), &false.into()));
        let policy_of = format!("--policy {name}.toml --fence {fence}.geojson");
        let verified = workshop.good(&format!("verify --key {KEY}.vk --proof {file} {policy_of}"));
        assert_eq!(verified["meaning"], chunk["meaning"]);
        let alone = workshop.good(&line(KEY, &format!("{policy_of} --out-dir {name}")));
        assert_eq!(alone["chunks"][0]["out"], format!("{name}/epoch-2-chunk-0.json"));
        for (key, value) in policy.as_object().unwrap() {
            match key.as_str() {
                "policy" => assert!(alone.get(key).is_none()),
                "chunks" => assert_eq!(value[0]["fields"], alone["chunks"][0]["fields"]),
                _ => assert_eq!(*value, alone[key], "{name}: {key}"),
            }
        }
        let both = (&policy["malformed"], &policy["readings"]);
        assert_eq!(both, (&1.into(), &(DEVICES + 2).into()));
    }
    let rules = |index: usize| &policies[index]["refused_by_rule"];
    assert_eq!(
        [rules(0), rules(1), rules(2)],
        [&serde_json::json!({}), &serde_json::json!({"C7": 2}), &serde_json::json!({"C5": 1})]
    );
    let counts = |key: &str| [0, 1, 2].map(|index| policies[index][key].as_u64().unwrap());
    assert_eq!((counts("refused"), counts("passed_over")), ([1, 3, 2], [1, 1, 1]));
    told(&workshop);
    proven_once(&workshop, &all, policies);
    one_that_has_too_few(&workshop, policies);
    one_that_is_overfull(&workshop);
    workshop.done();
}

/// For people: of each policy, by its file; of what is no reading once.
fn told(workshop: &Workshop) {
    let output = workshop.run(&line(KEY, &format!("{THREE} --out-dir told")));
    let [said, noted] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(said.starts_with("proved 3 chunks for 3 policies in "), "{said}");
    for (policy, refused) in [
        (
            "heat",
            "1 readings were refused, of which 1 are lines that cannot be read; 1 more were passed over",
        ),
        ("wind", "3 readings were refused (C7: 2), of which 1 are"),
        ("west", "2 readings were refused (C5: 1), of which 1 are"),
    ] {
        let head = format!("\n{policy}.toml:\nproved 1 of 1 chunks of epoch 2; {refused}");
        assert!(said.contains(&head), "{head}: {said}");
        assert!(said.contains(&format!("  wrote told/{policy}-epoch-2-chunk-0.json\n")), "{said}");
    }
    assert!(noted.contains("refused under wind.toml: r1.ndjson, line 2: C7: "), "{noted}");
    assert!(noted.contains("refused under west.toml: r4.ndjson, line 2: C5: "), "{noted}");
    assert_eq!(noted.matches("cannot be read").count(), 1, "{noted}");
    // Of one channel in two fences, one of which is in the other, the difference is that of a few.
    let overlap = "warning: heat.toml and west.toml: the fences of the two policies overlap";
    assert!(noted.contains(overlap) && noted.matches("overlap").count() == 1, "{noted}");
}

/// What is there is kept, whichever policy's it is.
fn proven_once(workshop: &Workshop, all: &str, made: &[Value]) {
    let files = ["heat", "wind", "west"].map(|name| format!("proofs/{name}-epoch-2-chunk-0.json"));
    let before = files.each_ref().map(|file| workshop.get(file));
    fs::remove_file(workshop.0.join(&files[1])).unwrap();
    let again = workshop.good(all);
    for (index, policy) in again["policies"].as_array().unwrap().iter().enumerate() {
        let chunk = &policy["chunks"][0];
        assert_eq!(
            (&chunk["kept"], &chunk["fields"]),
            (&(index != 1).into(), &made[index]["chunks"][0]["fields"])
        );
        assert_eq!(workshop.get(&files[index]) == before[index], index != 1);
    }
    // Of another policy is what has the name of one.
    workshop.put(&files[1], &before[0]);
    let message = workshop.refused(all);
    assert!(message.contains(&files[1]) && message.contains("shows other public inputs"), "{message}");
    workshop.put(&files[1], &before[1]);
}

/// Of which nothing is proven: the others are.
fn one_that_has_too_few(workshop: &Workshop, made: &[Value]) {
    let two =
        "--policy west.toml --policy wind.toml --fence away.geojson --fence fence.geojson --out-dir few";
    let output = workshop.run(&format!("{} --json", line(KEY, two)));
    assert!(output.status.success());
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (few, wind) = (&all["policies"][0], &all["policies"][1]);
    assert_eq!((few["chunks"].as_array().unwrap().len(), &few["too_few"][0]["taken"]), (0, &0.into()));
    assert_eq!(wind["chunks"][0]["fields"], made[1]["chunks"][0]["fields"]);
    let warned = String::from_utf8(output.stderr).unwrap();
    let wanted = "warning: west.toml: C15: expected a chunk with at least 2 devices";
    assert!(warned.contains(wanted), "{warned}");
    // If it is so of all, there is nothing to be glad of.
    let none = "--policy west.toml --policy wind.toml --fence away.geojson --out-dir none";
    let message = workshop.refused(&line(KEY, none));
    assert!(message.starts_with("wind.toml: C15: expected a chunk"), "{message}");
    assert_eq!(workshop.run(&line(KEY, none)).status.code(), Some(6));
}

/// With more devices than a proof holds: it is named at the end, and the others are proven.
fn one_that_is_overfull(workshop: &Workshop) {
    workshop
        .good("setup --statement aggregate --capacity 3 --triangles 8 --levels 7 --insecure --out-dir keys");
    let two = "--policy heat.toml --policy wind.toml --fence fence.geojson --out-dir over";
    let message = workshop.refused(&line("keys/aggregate-v2-3x8x7.INSECURE", two));
    assert!(
        message.starts_with("heat.toml: C2: expected at most 3 devices with a good reading"),
        "{message}"
    );
    assert!(message.ends_with("of 1 chunks that can be proven 1 have their proof in over"), "{message}");
    let made: Vec<_> =
        fs::read_dir(workshop.0.join("over")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(made, ["wind-epoch-2-chunk-0.json"]);
}

#[test]
fn policies_that_cannot_be_proven_together() {
    let workshop = Workshop::new("many-policies-refused");
    fleet(&workshop);
    workshop.put("again.toml", workshop.get("heat.toml"));
    fs::create_dir(workshop.0.join("other")).unwrap();
    workshop.put("other/heat.toml", workshop.get("wind.toml"));
    workshop.put("one.toml", policy("reading", 1));
    let of = |policies: &str, more: &str| {
        let policies: Vec<String> = policies.split(' ').map(|policy| format!("--policy {policy}")).collect();
        line(KEY, &format!("{} {more}", policies.join(" ")))
    };
    let fence = "--fence fence.geojson --out-dir proofs";
    for (line, said) in [
        (
            of("heat.toml wind.toml", "--fence fence.geojson --out one.json").replace("--all-chunks ", ""),
            "expected --all-chunks with a statement about many devices to prove 2 policies, or one --policy",
        ),
        (
            of("heat.toml wind.toml west.toml", &format!("{fence} --fence west.geojson")),
            "expected one --fence for all 3 policies, or one for each, got 2",
        ),
        (
            of("heat.toml wind.toml", &format!("{fence} --feature a --feature b --feature c")),
            "expected one --feature for all 2 policies, or one for each, got 3",
        ),
        (
            of("heat.toml wind.toml again.toml", fence),
            "expected different policies, but heat.toml and again.toml have the same id",
        ),
        (
            of("heat.toml wind.toml other/heat.toml", fence),
            "expected policies with different file names, which name their proofs, got heat.toml and other/heat.toml",
        ),
        (of("heat.toml one.toml", fence), "one.toml: C1"),
        (of("heat.toml none.toml", fence), "none.toml: "),
    ] {
        let message = workshop.refused(&line);
        assert!(message.contains(said), "{line}: {message}");
    }
    let code = |line: &str| workshop.run(line).status.code();
    assert_eq!(code(&of("heat.toml again.toml", fence)), Some(2));
    assert_eq!(code(&of("heat.toml one.toml", fence)), Some(6));
    let proofs = workshop.0.join("proofs");
    assert!(!proofs.exists() || fs::read_dir(proofs).unwrap().count() == 0);
    workshop.done();
}
