//! A ceremony through the command: from powers of tau to a proof under its key, and what is refused.

#[cfg(unix)]
use std::process::Stdio;

use serde_json::Value;

use crate::pages;
use crate::workshop::{Workshop, device, policy};

/// The powers of tau of the page.
const POWERS: &str = "powersOfTau28_hez_final_14.ptau";

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
    #[cfg(unix)]
    killed(&workshop, &new, &[1, 6], "reading-0.zkey");
    steps(&workshop, &new);
    // What the page says twice is run once, of the last key and for the first folder.
    let [verify, contribute] = lines(&contribute);
    steps(&workshop, &contribute);
    workshop.put("dice", "3 1 4 1 5 9 2 6 5 3 5");
    let added = workshop
        .good("ceremony contribute --zkey reading-1.zkey --name last --entropy dice --out reading-5.zkey");
    assert_eq!((&added["number"], &added["typed"]), (&2.into(), &true.into()));
    assert!(end.contains("--hash 0123... "));
    let [beacon, last] = lines(&end.replace("0123...", "0x00ff"));
    #[cfg(unix)]
    killed(&workshop, &beacon, &[1, 2, 18, 34], "reading-final.zkey");
    steps(&workshop, &beacon);
    #[cfg(unix)]
    let named = killed_between_names(&workshop, &last);
    steps(&workshop, &format!("{last} --force"));
    #[cfg(unix)]
    for (name, bytes) in named {
        assert!(workshop.get(&format!("keys/{name}")) == bytes, "{name} was whole when it got its name");
    }
    #[cfg(unix)]
    assert_eq!(named_in(&workshop.0.join("keys")).1, 0, "what was killed is swept up");
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

/// Kills a step of the page before each of these steps on the disk: of the file that it makes, nothing is there.
#[cfg(unix)]
fn killed(workshop: &Workshop, line: &str, steps: &[u32], made: &str) {
    for step in steps {
        let line = line.trim().strip_prefix("zksensor ").unwrap();
        let output = workshop.run_with(line, "ZKSENSOR_KILL_AT", &step.to_string());
        assert!(
            output.status.code().is_none() && output.stdout.is_empty(),
            "{line}, step {step}: {output:?}"
        );
        assert!(!workshop.0.join(made).exists(), "{line}, step {step}");
    }
}

/// Kills `finish` before its work, and when it gave some of its files their names: these are returned. ceremony.json is the last.
#[cfg(unix)]
fn killed_between_names(workshop: &Workshop, line: &str) -> Vec<(String, Vec<u8>)> {
    let keys = workshop.0.join("keys");
    killed(workshop, line, &[1], "keys/ceremony.json");
    assert_eq!(named_in(&keys).0, [""; 0]);
    killed(workshop, line, &[28], "keys/ceremony.json");
    let (names, temporary) = named_in(&keys);
    assert_eq!(
        (&names[..], temporary),
        (
            &["reading-v2.INSECURE.pk", "reading-v2.INSECURE.vk", "reading-v2.layout.json"]
                .map(str::to_owned)[..],
            3
        )
    );
    // The same line says what is in its way, before any work.
    let again = workshop.refused(line.strip_prefix("zksensor ").unwrap());
    assert!(again.contains("but this one exists"), "{again}");
    names.into_iter().map(|name| (name.clone(), workshop.get(&format!("keys/{name}")))).collect()
}

/// The files of a folder that have their names, in order, and how many have none yet.
#[cfg(unix)]
fn named_in(folder: &std::path::Path) -> (Vec<String>, usize) {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let (temporary, mut named): (Vec<_>, Vec<_>) = names.partition(|name| name.starts_with(".zksensor-"));
    named.sort();
    (named, temporary.len())
}

/// Runs steps of the page as a shell would, a line each. What has spaces is in quotes.
fn steps(workshop: &Workshop, block: &str) {
    for line in block.lines() {
        let parts = line.split('"').enumerate();
        let mut words = parts.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        assert_eq!(words.next(), Some("zksensor"), "{line}");
        let output = workshop.command("").args(words).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
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
    // While it starts, in the middle, and when all of it but its name is there.
    for step in ["1", "2", "15", "34"] {
        let output = workshop.run_with(line, "ZKSENSOR_KILL_AT", step);
        assert!(output.status.code().is_none() && output.stdout.is_empty(), "step {step}: {output:?}");
        assert!(!workshop.0.join("next.zkey").exists(), "step {step}");
    }
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
    let left = std::fs::read_dir(&workshop.0).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with(".zksensor-")).collect();
    assert!(left.is_empty(), "what was killed is swept up: {left:?}");

    if std::fs::metadata("/dev/full").is_ok() {
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
