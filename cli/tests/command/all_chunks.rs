//! `prove --all-chunks`: every chunk of an epoch at once, and again where it was left.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::workshop::{Workshop, device, policy};

/// Enrolled; their chunks are of 64 positions and drawn.
const DEVICES: usize = 12;
const KEY: &str = "keys/aggregate-v2-12x8x2.INSECURE";
const K: usize = 2;
/// 2026-01-01, in Unix seconds: where epochs of [`policy`] begin.
const ORIGIN: u64 = 1_767_225_600;

fn all_line(key: &str, more: &str) -> String {
    format!(
        "prove --all-chunks --key {key}.pk --policy policy.toml --fence fence.geojson --registry reg.bin --readings {} {more}",
        (0..DEVICES).map(|device| format!("r{device}.ndjson")).collect::<Vec<_>>().join(" ")
    )
}

/// Devices with a good reading each, and one with another that is outside; the devices of each chunk.
fn devices(workshop: &Workshop) -> BTreeMap<u64, Vec<usize>> {
    workshop.put("policy.toml", policy("aggregate", 2) + "insecure_small_k = true\n");
    let mut chunks = BTreeMap::<u64, Vec<usize>>::new();
    for index in 0..DEVICES {
        let row = format!("2026-01-01T02:{:02}:00Z,48.11,11.51,2.5,{index}.5", index + 10);
        let position = device(workshop, index, &row);
        chunks.entry(position / 64).or_default().push(index);
    }
    workshop.put(
        "stray.csv",
        "when,y,x,acc,celsius\n2026-01-01T02:05:00Z,50,11,2,1\n2026-01-01T02:55:00Z,48.11,11.51,2.5,9\n",
    );
    let signed = workshop.good(
        "device sign --key d0.json --policy policy.toml --fence fence.geojson --csv stray.csv --scale 3 \
         --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out stray.ndjson",
    );
    assert_eq!(signed["signed"], 2);
    let both = [workshop.get("r0.ndjson"), workshop.get("stray.ndjson"), b"no reading\n".to_vec()].concat();
    workshop.put("r0.ndjson", both);
    chunks
}

fn setup(workshop: &Workshop) {
    workshop
        .good("setup --statement aggregate --capacity 12 --triangles 8 --levels 2 --insecure --out-dir keys");
}

fn of(list: &Value, chunk: u64) -> Option<&Value> {
    list.as_array().unwrap().iter().find(|one| one["chunk"] == chunk)
}

#[test]
fn every_chunk_is_proven_once() {
    let workshop = Workshop::new("all-chunks");
    let chunks = devices(&workshop);
    setup(&workshop);
    let line = all_line(KEY, "--epoch 2 --out-dir proofs");
    let made = workshop.good(&line);
    assert_eq!(
        (&made["passed_over"], &made["refused"], &made["malformed"]),
        (&1.into(), &2.into(), &1.into())
    );
    assert_eq!(
        (&made["epoch"], &made["out_dir"], &made["readings"]),
        (&2.into(), &"proofs".into(), &15.into())
    );
    for (chunk, devices) in &chunks {
        let (proven, few) = (of(&made["chunks"], *chunk), of(&made["too_few"], *chunk));
        assert_eq!((proven.is_some(), few.is_some()), (devices.len() >= K, devices.len() < K), "{made}");
        let Some(proven) = proven else {
            let few = few.unwrap();
            assert_eq!(
                (&few["registered"], &few["taken"], &few["wanted"]),
                (&1.into(), &1.into(), &2.into())
            );
            continue;
        };
        let sum: usize = devices.iter().map(|device| 1000 * device + 500).sum();
        let file = format!("proofs/epoch-2-chunk-{chunk}.json");
        assert_eq!((&proven["out"], &proven["kept"]), (&Value::from(file.clone()), &false.into()));
        let verified = workshop.good(&format!(
            "verify --key {KEY}.vk --proof {file} --policy policy.toml --fence fence.geojson"
        ));
        assert_eq!(verified["fields"], proven["fields"]);
        assert_eq!(verified["meaning"], proven["meaning"]);
        let fields = &proven["fields"];
        assert_eq!(
            (&fields["chunk"], &fields["count"], &fields["sum"]),
            (&(*chunk).into(), &devices.len().into(), &sum.to_string().into())
        );
    }
    assert_eq!(
        made["chunks"].as_array().unwrap().len() + made["too_few"].as_array().unwrap().len(),
        chunks.len()
    );
    as_one_by_one(&workshop, &made);
    two_at_once(&workshop, &made);
    one_that_is_overfull(&workshop, &chunks);
    what_is_there_is_kept(&workshop, &line, &made);
    others_are_refused(&workshop, &line, &made);
    workshop.done();
}

/// A chunk by itself shows the same.
fn as_one_by_one(workshop: &Workshop, made: &Value) {
    let first = &made["chunks"][0];
    let one = all_line(KEY, &format!("--epoch 2 --chunk {} --out one.json", first["chunk"]));
    let one = workshop.good(&one.replace("--all-chunks ", ""));
    assert_eq!(one["fields"], first["fields"]);
    let said = String::from_utf8(workshop.run(&all_line(KEY, "--epoch 2 --out-dir said")).stdout).unwrap();
    let (proven, few) = (made["chunks"].as_array().unwrap(), made["too_few"].as_array().unwrap());
    let head = format!("proved {} of {} chunks of epoch 2 in ", proven.len(), proven.len() + few.len());
    assert!(said.starts_with(&head), "{said}");
    for chunk in proven {
        let text = chunk["meaning"]["text"].as_str().unwrap();
        assert!(said.contains(&format!("chunk {} of 64 positions: {text}\n", chunk["chunk"])), "{said}");
    }
    assert_eq!(
        said.matches("nothing is proven, as 1 of 1 devices have a good reading").count(),
        few.len(),
        "{said}"
    );
}

fn what_is_there_is_kept(workshop: &Workshop, line: &str, made: &Value) {
    let files: Vec<&str> =
        made["chunks"].as_array().unwrap().iter().map(|one| one["out"].as_str().unwrap()).collect();
    let contents = || files.iter().map(|file| workshop.get(file)).collect::<Vec<_>>();
    let before = contents();
    let all = workshop.good(line);
    assert!(all["chunks"].as_array().unwrap().iter().all(|one| one["kept"] == true), "{all}");
    assert_eq!(contents(), before);
    // What is missing is proven, and nothing else.
    fs::remove_file(workshop.0.join(files[0])).unwrap();
    let again = workshop.good(line);
    for (index, one) in again["chunks"].as_array().unwrap().iter().enumerate() {
        assert_eq!((&one["kept"], &one["fields"]), (&(index > 0).into(), &made["chunks"][index]["fields"]));
    }
    assert_eq!(contents()[1..], before[1..]);
    assert_ne!(contents()[0], before[0]);
}

/// What has the name of a proof and is another one stays, and is named; nothing is proven.
fn others_are_refused(workshop: &Workshop, line: &str, made: &Value) {
    let file = made["chunks"][0]["out"].as_str().unwrap();
    let good = workshop.text(file);
    let mut proof: Value = serde_json::from_str(&good).unwrap();
    // The negative of a point is one, and of another proof: C of one is taken for A.
    let points = proof["proof"].as_str().unwrap().to_owned();
    proof["proof"] = format!("0x{}{}", &points[points.len() - 128..], &points[130..]).into();
    let altered = proof.to_string();
    let reading = made["chunks"][0]["chunk"].to_string();
    let moved = good.replace(&format!("\"chunk\": {reading}"), "\"chunk\": 77");
    for (bytes, said) in [
        (altered.as_str(), "a proof that does not hold"),
        ("{}", "got none that can be read ("),
        (&good[..good.len() / 2], "got none that can be read ("),
        ("", "got none that can be read ("),
        (moved.as_str(), "field `chunk`"),
    ] {
        workshop.put(file, bytes);
        let message = workshop.refused(line);
        assert!(message.contains(said) && message.contains(file), "{said}: {message}");
        assert_eq!(workshop.text(file), bytes);
    }
    fs::remove_file(workshop.0.join(file)).unwrap();
    fs::create_dir(workshop.0.join(file)).unwrap();
    assert!(workshop.refused(line).contains("got something that is no file"));
    assert!(workshop.refused(&format!("{line} --force")).contains(file));
    fs::remove_dir(workshop.0.join(file)).unwrap();
    workshop.put(file, &good);
    workshop.put("other.toml", workshop.text("policy.toml").replace("60_000", "50_000"));
    let message = workshop.refused(&line.replace("policy.toml", "other.toml"));
    assert!(message.contains("a proof that shows other public inputs"), "{message}");
    // What is other is replaced, if that is asked for, and nothing else.
    workshop.put(file, &altered);
    let forced = workshop.good(&format!("{line} --force"));
    for (index, one) in forced["chunks"].as_array().unwrap().iter().enumerate() {
        assert_eq!((&one["kept"], &one["fields"]), (&(index > 0).into(), &made["chunks"][index]["fields"]));
    }
    let kept = workshop.good(line);
    assert!(kept["chunks"].as_array().unwrap().iter().all(|one| one["kept"] == true), "{kept}");
}

/// Into one folder: neither takes anything from the other.
fn two_at_once(workshop: &Workshop, made: &Value) {
    let line = all_line(KEY, "--epoch 2 --out-dir both --json");
    let start = || workshop.command(&line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    for one in [start(), start()] {
        let output = one.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let all: Value = serde_json::from_slice(&output.stdout).unwrap();
        let fields = |all: &Value| -> Vec<Value> {
            all["chunks"].as_array().unwrap().iter().map(|one| one["fields"].clone()).collect()
        };
        assert_eq!(fields(&all), fields(made));
    }
    let kept = workshop.good(line.trim_end_matches(" --json"));
    assert!(kept["chunks"].as_array().unwrap().iter().all(|one| one["kept"] == true), "{kept}");
}

/// A chunk with more good devices than a proof holds is named, and takes no other with it.
fn one_that_is_overfull(workshop: &Workshop, chunks: &BTreeMap<u64, Vec<usize>>) {
    let (fullest, devices) = chunks.iter().max_by_key(|(_, devices)| devices.len()).unwrap();
    let others = chunks.iter().filter(|(chunk, devices)| *chunk != fullest && devices.len() >= K).count();
    let capacity = devices.len() - 1;
    assert!(capacity >= K && others > 0, "{chunks:?}");
    workshop.good(&format!(
        "setup --statement aggregate --capacity {capacity} --triangles 8 --levels 2 --insecure --out-dir keys"
    ));
    let key = format!("keys/aggregate-v2-{capacity}x8x2.INSECURE");
    let line = all_line(&key, "--epoch 2 --out-dir over");
    let message = workshop.refused(&line);
    let said = format!(
        "C2: expected at most {capacity} devices with a good reading in chunk {fullest}, got one more"
    );
    assert!(message.starts_with(&said), "{message}");
    assert!(
        message
            .ends_with(&format!("of {others} chunks that can be proven {others} have their proof in over")),
        "{message}"
    );
    assert_eq!(workshop.run(&line).status.code(), Some(6));
    assert_eq!(fs::read_dir(workshop.0.join("over")).unwrap().count(), others);
}

#[test]
fn what_no_chunk_can_be_proven_of() {
    let workshop = Workshop::new("all-chunks-none");
    workshop.put("policy.toml", policy("aggregate", 2) + "insecure_small_k = true\n");
    for index in 0..2 {
        device(&workshop, index, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    }
    workshop
        .good("setup --statement aggregate --capacity 2 --triangles 8 --levels 2 --insecure --out-dir keys");
    workshop.good("setup --statement reading --insecure --out-dir keys");
    let line = |more: &str| {
        format!(
            "prove --policy policy.toml --fence fence.geojson --registry reg.bin --readings r0.ndjson {more}"
        )
    };
    let all = line("--key keys/aggregate-v2-2x8x2.INSECURE.pk --epoch 2 --all-chunks");
    let message = workshop.refused(&format!("{all} --out-dir proofs"));
    assert!(
        message.starts_with("C15: expected a chunk with at least 2 devices with a reading that obeys the policy, got none among"),
        "{message}"
    );
    assert!(message.contains("has 1, of 1 readings"), "{message}");
    for (line, said) in [
        (all.clone(), "--out-dir"),
        (format!("{all} --out-dir proofs --chunk 0"), "--chunk"),
        (format!("{all} --out-dir proofs --out proof.json"), "--out"),
        (line("--key keys/aggregate-v2-2x8x2.INSECURE.pk --epoch 2 --out-dir proofs"), "--all-chunks"),
        (line("--key keys/aggregate-v2-2x8x2.INSECURE.pk --epoch 2"), "--out"),
        (
            line(
                "--key keys/reading-v2.INSECURE.pk --epoch 2 --all-chunks --out-dir proofs --device d0.json",
            ),
            "expected no --all-chunks to prove reading/v2",
        ),
        (format!("{all} --out-dir proofs --device d0.json"), "expected no --device"),
        (format!("{all} --out-dir policy.toml"), "policy.toml: expected a folder"),
        (all.replace("--epoch 2", "--epoch latest --out-dir proofs"), "last-closed"),
    ] {
        let message = workshop.refused(&line);
        assert!(message.contains(said), "{line}: {message}");
    }
    assert_eq!(fs::read_dir(workshop.0.join("proofs")).unwrap().count(), 0);
    workshop.done();
}

/// The epoch that ended last, whenever this runs: epochs of such a length that the first one is over and the second is not.
#[test]
fn the_last_epoch_that_is_over() {
    let workshop = Workshop::new("last-closed");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let length = (now - ORIGIN) * 2 / 3;
    let lasting = |length: u64| {
        policy("aggregate", 1).replace("3600", &length.to_string()) + "insecure_small_k = true\n"
    };
    workshop.put("policy.toml", lasting(length));
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop
        .good("setup --statement aggregate --capacity 1 --triangles 8 --levels 2 --insecure --out-dir keys");
    let line = "prove --key keys/aggregate-v2-1x8x2.INSECURE.pk --policy policy.toml --fence fence.geojson --registry reg.bin \
                --registry-at now --readings r0.ndjson --epoch last-closed --all-chunks --out-dir proofs";
    let made = workshop.good(line);
    assert_eq!((&made["epoch"], &made["chunks"][0]["fields"]["epoch"]), (&0.into(), &0.into()));
    assert_eq!(made["chunks"][0]["fields"]["sum"], "21500");
    // Nothing is over yet.
    workshop.put("policy.toml", lasting((now - ORIGIN) * 2));
    let message = workshop.refused(line);
    assert!(message.contains("but its first one ends at 20"), "{message}");
    workshop.done();
}

/// Of halo2 as of Groth16.
#[test]
fn of_the_other_proof_system() {
    let workshop = Workshop::new("all-chunks-halo2");
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop.good(
        "setup --backend halo2 --statement aggregate --capacity 1 --triangles 8 --levels 2 --insecure --out-dir keys",
    );
    let keys: Vec<String> = fs::read_dir(workshop.0.join("keys"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let key_of = |end: &str| format!("keys/{}", keys.iter().find(|name| name.ends_with(end)).unwrap());
    let line = format!(
        "prove --key {} --policy policy.toml --fence fence.geojson --registry reg.bin --readings r0.ndjson --epoch 2 \
         --all-chunks --out-dir proofs",
        key_of(".pk")
    );
    let made = workshop.good(&line);
    assert_eq!((&made["backend"], &made["chunks"][0]["chunk"]), (&"halo2".into(), &(position / 64).into()));
    let file = made["chunks"][0]["out"].as_str().unwrap();
    workshop.good(&format!("verify --key {} --proof {file} --expect sum=21500", key_of(".vk")));
    assert_eq!(workshop.good(&line)["chunks"][0]["kept"], true);
    workshop.done();
}
