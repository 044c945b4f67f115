//! A ceremony through the command: from powers of tau to a proof under its key, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
#[cfg(unix)]
use std::process::Stdio;

use serde_json::Value;

use crate::pages;
use crate::snapshots::{Snapshots, temporary};
use crate::workshop::{Workshop, device, policy};

/// The powers of tau of the page.
const POWERS: &str = "powersOfTau28_hez_final_14.ptau";

/// What `finish` writes that somebody reads again. Of all that it writes, the record gets its name last.
const KEYS: [&str; 4] =
    ["reading-v2.INSECURE.pk", "reading-v2.INSECURE.vk", "reading-v2.layout.json", "ceremony.json"];

/// What a command that has to fail says, and its exit status.
fn refused(workshop: &Workshop, line: &str, status: i32) -> String {
    assert_eq!(workshop.run(line).status.code(), Some(status), "{line}");
    workshop.refused(line)
}

/// The steps of docs/ceremony.md as they stand there, with fewer contributors and powers of tau that are a toy.
#[test]
fn from_powers_of_tau_to_a_proof() {
    let workshop = Workshop::new("ceremony");
    let page = pages::read("docs/ceremony.md");
    let [new, contribute, end, stranger, rows] = <[String; 5]>::try_from(pages::blocks(&page, "sh")).unwrap();
    workshop.good(&format!("ceremony toy --power 14 --insecure --out {POWERS}"));
    watched(&workshop, &new, &["reading-0.zkey"]);
    // What the page says twice is run once, of the last key and for the first folder.
    let [verify, contribute] = lines(&contribute);
    steps(&workshop, &contribute);
    workshop.put("dice", "3 1 4 1 5 9 2 6 5 3 5");
    let added = workshop
        .good("ceremony contribute --zkey reading-1.zkey --name last --entropy dice --out reading-5.zkey");
    assert_eq!((&added["number"], &added["typed"]), (&2.into(), &true.into()));
    assert!(end.contains("--hash 0123... "));
    let [beacon, last] = lines(&end.replace("0123...", "0x00ff"));
    watched(&workshop, &beacon, &["reading-final.zkey"]);
    let finished = watched(&workshop, &last, &KEYS.map(|name| format!("keys/{name}")));
    ended_between_names(&workshop, &finished, &last);
    let [again, finish] = lines(&stranger);
    assert_eq!(again.replace("reading-final", "reading-0"), verify);
    assert_eq!(finish.replace("mine", "keys"), lines::<2>(&end)[1]);
    steps(&workshop, &again);
    steps(&workshop, &rows);
    what_was_written(&workshop, &added);
    what_is_shown(&workshop, &added);

    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop.good(
        "prove --statement reading --key keys/reading-v2.INSECURE.pk --policy policy.toml --fence fence.geojson \
         --readings r0.ndjson --device d0.json --registry reg.bin --epoch 2 --out p.json --opening o.json",
    );
    let verify = "verify --key keys/reading-v2.INSECURE.vk --proof p.json";
    workshop.good(verify);
    // As a key of `setup`: nobody vouches for the powers.
    refused(&workshop, &format!("{verify} --require-secure"), 5);
    cut_and_altered_files_are_refused(&workshop);
    #[cfg(unix)]
    interrupted(&workshop);
    workshop.done();
}

/// Runs a step of the page. Wherever it ends, what it makes is whole or not there, and the last of it is there last.
fn watched(workshop: &Workshop, line: &str, made: &[impl AsRef<Path>]) -> Snapshots {
    let watched = Snapshots::of(workshop, shell(workshop, line));
    assert!(watched.output.status.success(), "{line}: {:?}", watched.output);
    let whole: Vec<Vec<u8>> = made.iter().map(|name| fs::read(workshop.0.join(name)).unwrap()).collect();
    let mut before = vec![false; made.len()];
    for step in 1..=watched.steps {
        let there = made.iter().map(|name| fs::read(watched.at(step).join(name)).ok());
        let there: Vec<Option<Vec<u8>>> = there.collect();
        for ((there, whole), before) in there.iter().zip(&whole).zip(&before) {
            assert!(there.is_some() >= *before, "{line}, step {step}: a file is gone");
            assert!(
                there.as_ref().is_none_or(|there| there == whole),
                "{line}, step {step}: a part of a file"
            );
        }
        before = there.iter().map(Option::is_some).collect();
        assert!(!before[made.len() - 1] || before.iter().all(|there| *there), "{line}, step {step}");
        assert!(step > 1 || before.iter().all(|there| !there), "{line} begins with nothing");
    }
    watched
}

/// `finish` that ended when it gave some of its files their names: it says so, and what had its name was whole. ceremony.json is the last.
fn ended_between_names(workshop: &Workshop, finished: &Snapshots, line: &str) {
    let named = (1..=finished.steps).map(|step| finished.at(step).join("keys"));
    let named: Vec<PathBuf> = named
        .filter(|keys| KEYS[..3].iter().all(|name| keys.join(name).exists()) && temporary(keys).len() == 3)
        .collect();
    let [keys, ..] = &named[..] else { panic!("all files have their names at once") };
    let there = workshop.0.join("keys");
    fs::remove_dir_all(&there).unwrap();
    fs::create_dir(&there).unwrap();
    for entry in fs::read_dir(keys).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, there.join(path.file_name().unwrap())).unwrap();
    }
    // The same line says what is in its way, before any work.
    let again = workshop.refused(line.strip_prefix("zksensor ").unwrap());
    assert!(again.contains("but this one exists"), "{again}");
    steps(workshop, &format!("{line} --force"));
    for name in &KEYS[..3] {
        assert!(
            fs::read(keys.join(name)).unwrap() == fs::read(there.join(name)).unwrap(),
            "{name} was another"
        );
    }
    assert!(temporary(&there).is_empty(), "what was ended is swept up");
}

/// Runs steps of the page as a shell would, a line each. What has spaces is in quotes.
fn steps(workshop: &Workshop, block: &str) {
    for line in block.lines() {
        let output = shell(workshop, line).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The command of a line.
fn shell(workshop: &Workshop, line: &str) -> Command {
    let parts = line.trim().split('"').enumerate();
    let mut words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    assert_eq!(words.next(), Some("zksensor"), "{line}");
    let mut command = workshop.watched("");
    command.args(words);
    command
}

/// The record and the page.
fn what_was_written(workshop: &Workshop, added: &Value) {
    let record: Value = serde_json::from_str(&workshop.text("keys/ceremony.json")).unwrap();
    let steps = record["contributions"].as_array().unwrap();
    assert_eq!((&steps[0]["name"], &steps[1]["hash"]), (&"Who you are".into(), &added["hash"]));
    assert_eq!((steps.len(), &record["secrets"], &record["insecure"]), (3, &2.into(), &true.into()));
    assert_eq!((&steps[2]["kind"], &steps[2]["beacon"]["hash"]), (&"beacon".into(), &"00ff".into()));
    assert_eq!((&record["powers"]["trusted"], &record["powers"]["published"]), (&false.into(), &Value::Null));
    assert_eq!(record["powers"]["contributions_verified"], false);
    let page = workshop.text("keys/ceremony.html");
    assert!(page.contains("whose own chain of contributions was not verified"), "{page}");
    for shown in [&added["hash"], &record["transcript"], &record["files"][1]["blake2b"]] {
        assert!(page.contains(shown.as_str().unwrap()), "{shown}");
    }
    let dice = b"3 1 4 1 5 9";
    for name in ["reading-5.zkey", "keys/ceremony.json", "keys/transcript.bin"] {
        assert!(!workshop.get(name).windows(dice.len()).any(|window| window == dice), "{name}");
    }
}

/// The steps of a block, a line each.
fn lines<const N: usize>(block: &str) -> [String; N] {
    let lines: Vec<String> = block.lines().map(str::to_owned).collect();
    lines.try_into().unwrap()
}

/// What `inspect` says of each file.
fn what_is_shown(workshop: &Workshop, added: &Value) {
    let powers = workshop.good(&format!("inspect {POWERS}"));
    assert_eq!((&powers["power"], &powers["prepared"]), (&14.into(), &true.into()));
    assert_eq!((&powers["contributions"], &powers["published"]), (&Value::Array(Vec::new()), &Value::Null));
    assert!(powers["verified"].as_str().unwrap().contains("listed and not verified"));
    let key = workshop.good("inspect reading-final.zkey");
    let rows = workshop.good("inspect reading.r1cs");
    assert_eq!(key["contributions"][1]["hash"], added["hash"]);
    assert_eq!((&key["rows"], &key["columns"]), (&(1 << 14).into(), &rows["columns"]));
    assert_eq!(key["public_inputs"], rows["public_inputs"]);
    assert!(rows["constraints"].as_u64().unwrap() > 1000 && rows["private_inputs"] == 0);
    let shown = String::from_utf8(workshop.run("inspect reading-final.zkey").stdout).unwrap();
    assert!(shown.contains("Who you are") && shown.contains("no: run zksensor ceremony verify"), "{shown}");
    workshop.put("cut.r1cs", &workshop.get("reading.r1cs")[..200]);
    assert!(refused(workshop, "inspect cut.r1cs", 3).contains("cut off"));
    workshop.put("cut.ptau", &workshop.get(POWERS)[..200]);
    assert!(refused(workshop, "inspect cut.ptau", 3).contains("cut off"));
}

/// What would be written is there as a whole or not at all, and what is there is as it was.
#[cfg(unix)]
fn interrupted(workshop: &Workshop) {
    let before = workshop.get("reading-1.zkey");
    let line = "ceremony contribute --zkey reading-1.zkey --name next --out next.zkey";
    let watched = watched(workshop, &format!("zksensor {line}"), &["next.zkey"]);
    fs::remove_file(workshop.0.join("next.zkey")).unwrap();
    // When all of it but its name is there.
    let steps = 1..=watched.steps;
    let unnamed = steps.rev().find(|step| !watched.at(*step).join("next.zkey").exists()).unwrap();
    let output = workshop.run_until(line, unnamed);
    assert!(output.status.code().is_none() && output.stdout.is_empty(), "{output:?}");
    assert!(!workshop.0.join("next.zkey").exists() && !temporary(&workshop.0).is_empty());
    // Two at once: of one nothing is there.
    let started = |line: &str| {
        let mut command = workshop.command(line);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = [line, line].map(started).map(|child| child.wait_with_output().unwrap());
    let [lost] =
        <[_; 1]>::try_from(both.iter().filter(|one| !one.status.success()).collect::<Vec<_>>()).unwrap();
    assert!(String::from_utf8_lossy(&lost.stderr).contains("but this one exists"), "{lost:?}");
    assert_eq!(workshop.good("inspect next.zkey")["contributions"][1]["name"], "next");
    assert!(workshop.get("reading-1.zkey") == before);
    assert!(temporary(&workshop.0).is_empty(), "what was killed is swept up");

    if fs::metadata("/dev/full").is_ok() {
        for line in [
            line.replace("next.zkey", "/dev/full"),
            "ceremony toy --power 4 --insecure --out /dev/full".into(),
        ] {
            let said = refused(workshop, &line, 7);
            assert!(said.contains("/dev/full: ") && said.contains("No space left"), "{said}");
        }
    }
}

fn cut_and_altered_files_are_refused(workshop: &Workshop) {
    let contribute = |more: &str| format!("ceremony contribute --name second --out none.zkey --zkey {more}");
    let bytes = workshop.get("reading-1.zkey");
    workshop.put("cut.zkey", &bytes[..bytes.len() - 1]);
    assert!(refused(workshop, &contribute("cut.zkey"), 3).contains("cut off"));
    assert!(refused(workshop, &contribute(POWERS), 3).contains("got powers of tau (.ptau)"));
    assert!(refused(workshop, &contribute("dice"), 3).contains("expected a proving key (.zkey)"));
    // The contribution's transcript.
    let mut altered = bytes.clone();
    let at = altered.len() - 40;
    altered[at] ^= 1;
    workshop.put("altered.zkey", altered);
    let message = refused(workshop, &contribute("altered.zkey"), 4);
    assert!(message.contains("contribution 1: "), "{message}");
    refused(workshop, &contribute("none"), 7);
    let long = contribute("reading-1.zkey").replace("second", &"n".repeat(65));
    assert!(refused(workshop, &long, 2).contains("at most 64 bytes, got 65"));
    let digest =
        format!("ceremony new --statement reading --ptau {POWERS} --ptau-digest {} --out n", "00".repeat(64));
    assert!(refused(workshop, &digest, 4).contains("somebody contributed to"));
    assert!(!workshop.0.join("none.zkey").exists() && !workshop.0.join("n").exists());
}

#[test]
fn options_that_make_no_ceremony_are_refused() {
    let workshop = Workshop::new("ceremony-options");
    assert!(refused(&workshop, "ceremony toy --power 4 --out t.ptau", 2).contains("expected --insecure"));
    refused(&workshop, "ceremony toy --power 21 --insecure --out t.ptau", 3);
    workshop.good("ceremony toy --power 4 --insecure --out t.ptau");
    let message = refused(&workshop, "ceremony new --statement reading --ptau t.ptau --out 0.zkey", 3);
    assert!(message.contains("expected powers of tau for 2^") && message.contains("2^4"), "{message}");
    for (more, status) in [
        ("--hash 0xf --iterations 10", 2),
        ("--hash ff --iterations 31", 2),
        ("--hash ff --iterations 10", 7),
    ] {
        refused(&workshop, &format!("ceremony beacon --zkey none.zkey --out n.zkey {more}"), status);
    }
    let rows = workshop.good("export r1cs --statement reading --out reading.r1cs");
    assert!(
        workshop.get("reading.r1cs").starts_with(b"r1cs\x01\0\0\0")
            && rows["constraints"].as_u64().unwrap() > 1000
    );
    workshop.done();
}
