//! Every command that writes, ended before each of its steps on the disk and in the middle of each write.
//!
//! What a killed process leaves is what is on the disk at that step, so that of a command which makes files one run shows all of it; it is
//! killed where that is compared with what was left, and where what it said matters.
//!
//! What has its final name is whole then, a registry is as it was or as it was to be, and the same command does its work the
//! next time and sweeps up. The steps are those of `io/src/files/disk/fault.rs`, which releases do not have.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use zksensor::files;

use crate::snapshots::{Files, Snapshots, files, is_temporary, restore};
use crate::workshop::{Workshop, aggregate, device, keys, policy, prove_line};

const SIGABRT: i32 = 6;

/// Fails unless the file within the folder is all of what its name says.
fn assert_whole(path: &Path, bytes: &[u8], folder: &Path) {
    let path = &folder.join(path);
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).is_ok();
    let whole = match path.extension().unwrap().to_str().unwrap() {
        "json" => json(bytes),
        "ndjson" => {
            bytes.ends_with(b"\n")
                && bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).all(json)
        }
        "pk" => files::load_proving_key(path).is_ok(),
        "vk" => files::load_verifying_key(path).is_ok(),
        "bin" => files::load_registry(path).is_ok(),
        "ptau" => zksensor_ceremony::Ptau::open(std::io::Cursor::new(bytes)).is_ok(),
        "sol" => bytes.ends_with(b"}\n"),
        "html" => bytes.trim_ascii_end().ends_with(b"</html>"),
        // Never trusted.
        "tree" => true,
        other => panic!("what is a whole {other}?"),
    };
    assert!(whole, "{} is not whole", path.display());
}

struct Kills {
    workshop: Workshop,
    base: Files,
}

impl Kills {
    fn new(workshop: Workshop) -> Kills {
        let base = files(&workshop.0);
        Kills { workshop, base }
    }

    /// Runs the command until it is killed at the step, or done.
    fn run(&self, line: &str, step: usize) -> Output {
        let output = self.workshop.run_until(line, step);
        if !output.status.success() {
            assert_eq!(
                output.status.signal(),
                Some(SIGABRT),
                "{line}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        output
    }

    fn assert_swept(&self, line: &str) {
        let left: Vec<PathBuf> =
            files(&self.workshop.0).into_keys().filter(|path| is_temporary(path)).collect();
        assert!(left.is_empty(), "after `{line}`: {left:?}");
    }

    /// Ends a command that makes files at each step, and runs it again after every `often`th and one in the middle. How many steps there are.
    fn files_of(&self, line: &str, often: usize) -> usize {
        self.each_step(line, often, &["--force"])
    }

    /// As [`Kills::files_of`], of a command that goes on where it was ended: run again as it is, it never fails. Its threads write beside each
    /// other, so that no two runs take the same steps in the same order.
    fn resumed(&self, line: &str, often: usize) -> usize {
        self.each_step(line, often, &[])
    }

    /// `more` is what it may take to run it again.
    fn each_step(&self, line: &str, often: usize, more: &[&str]) -> usize {
        restore(&self.workshop.0, &self.base);
        let watched = Snapshots::of(&self.workshop, self.workshop.watched(line));
        assert!(
            watched.output.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&watched.output.stderr)
        );
        self.assert_swept(line);
        // What was whole at the step before need not be read again.
        let mut whole = self.base.clone();
        for step in 1..=watched.steps {
            let left = files(&watched.at(step));
            for (path, bytes) in &left {
                if whole.get(path) != Some(bytes) && !is_temporary(path) {
                    assert_whole(path, bytes, &watched.at(step));
                    whole.insert(path.clone(), bytes.clone());
                }
            }
            // A proof without the opening of its commitment is never there.
            let [proof, opening] = ["p.json", "o.json"].map(|file| left.contains_key(Path::new(file)));
            assert!(opening || !proof, "{line} at step {step}");
            if step % often == 0 {
                restore(&self.workshop.0, &left);
                self.again(line, step, more);
            }
        }
        if more.is_empty() {
            self.assert_left_of_threads(line, &watched);
        } else {
            self.assert_left(line, &watched);
        }
        // Where it was killed, and to the end.
        self.again(line, watched.steps.div_ceil(2), more);
        watched.steps
    }

    /// Runs it again where it was ended.
    fn again(&self, line: &str, step: usize, more: &[&str]) {
        let again = self.workshop.run(line);
        if !again.status.success() {
            // Of several files one has its name already.
            let error = String::from_utf8_lossy(&again.stderr).into_owned();
            assert!(
                !more.is_empty() && error.contains("but this one exists"),
                "{line} after step {step}: {error}"
            );
            self.workshop.good(&format!("{line} {}", more.join(" ")));
        }
        self.assert_swept(line);
    }

    /// Kills it in the middle. The step.
    fn middle(&self, line: &str, watched: &Snapshots) -> usize {
        let step = watched.steps.div_ceil(2);
        restore(&self.workshop.0, &self.base);
        assert!(!self.run(line, step).status.success(), "{line} has no step {step}");
        step
    }

    /// Kills it in the middle: as many files are there as were at that step, of the same names where they have one.
    fn assert_left(&self, line: &str, watched: &Snapshots) {
        let step = self.middle(line, watched);
        let names = |folder: &Path| -> Vec<PathBuf> {
            // Names of what has none yet are drawn.
            let name = |part: &OsStr| {
                if is_temporary(Path::new(part)) { OsStr::new("").to_owned() } else { part.to_owned() }
            };
            let mut names: Vec<PathBuf> =
                files(folder).into_keys().map(|path| path.iter().map(name).collect()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&self.workshop.0), names(&watched.at(step)), "{line} at step {step}");
    }

    /// As [`Kills::assert_left`], where threads take the steps in any order: what has a name is what some step has under it.
    fn assert_left_of_threads(&self, line: &str, watched: &Snapshots) {
        let step = self.middle(line, watched);
        let seen: BTreeSet<PathBuf> =
            (1..=watched.steps).flat_map(|step| files(&watched.at(step)).into_keys()).collect();
        for (path, bytes) in files(&self.workshop.0) {
            if !is_temporary(&path) && self.base.get(&path) != Some(&bytes) {
                assert!(seen.contains(&path), "{line} at step {step}: {}", path.display());
                assert_whole(&path, &bytes, &self.workshop.0);
            }
        }
    }

    /// Root and number of devices of the registry; none if there is no file, or no device.
    fn state(&self) -> Option<(String, u64)> {
        if !self.workshop.0.join("reg.bin").exists() {
            return None;
        }
        let root = self.workshop.good("registry root --registry reg.bin");
        let state = (root["root"].as_str().unwrap().to_owned(), root["enrolled"].as_u64().unwrap());
        Some(state).filter(|(_, enrolled)| *enrolled > 0)
    }

    /// Kills a command that changes the registry at each step.
    fn registry(&self, line: &str) -> usize {
        restore(&self.workshop.0, &self.base);
        let before = self.state();
        assert!(self.workshop.run(line).status.success(), "{line}");
        let after = self.state();
        for step in 1.. {
            restore(&self.workshop.0, &self.base);
            let output = self.run(line, step);
            if output.status.success() {
                self.assert_swept(line);
                return step - 1;
            }
            let state = self.state();
            assert!(state == before || state == after, "{line} at step {step}: {state:?}");
            assert!(
                output.stdout.is_empty() || state == after,
                "{line} at step {step}: acknowledged and lost"
            );
            let again = self.workshop.run(line);
            if !again.status.success() {
                // It was done, and not acknowledged.
                let error = String::from_utf8_lossy(&again.stderr).into_owned();
                let says = ["got the key of the device at position", "whose device was revoked"];
                assert!(
                    state == after && says.iter().any(|say| error.contains(say)),
                    "{line} at {step}: {error}"
                );
            }
            assert_eq!(self.state(), after, "{line} after step {step}");
            self.workshop.good("registry compact --registry reg.bin");
            assert_eq!(self.state(), after, "{line} after step {step}");
            self.assert_swept(line);
        }
        unreachable!("a command ends")
    }
}

/// Registered devices 0 to 2, a leaf of a fourth, and a registry of the first format.
fn registered(name: &str) -> (Workshop, Vec<u64>) {
    let workshop = Workshop::new(name);
    let enrol = |index: usize| {
        workshop.good(&format!("device new --out d{index}.json --leaf-out l{index}.json --class 7"));
        let line = format!("registry enrol --registry reg.bin --leaf l{index}.json");
        workshop.good(&line)["positions"][0].as_u64().unwrap()
    };
    let positions = (0..3).map(enrol).collect();
    workshop.good("device new --out d3.json --leaf-out l3.json --class 7");
    (workshop, positions)
}

#[test]
fn changes_of_a_registry() {
    let (workshop, positions) = registered("kill-registry");
    let kills = Kills::new(workshop);
    let replace = format!("registry replace --registry reg.bin --position {} --leaf l3.json", positions[1]);
    let revoke = format!("registry revoke --registry reg.bin --position {}", positions[1]);
    for line in [
        "registry enrol --registry reg.bin --leaf l3.json",
        &revoke,
        &replace,
        "registry compact --registry reg.bin",
    ] {
        let steps = kills.registry(line);
        assert!(steps >= 6, "{line}: {steps} steps");
    }

    // After a record that was cut, and with no nodes beside the registry.
    let Kills { workshop, base } = kills;
    restore(&workshop.0, &base);
    let whole = workshop.get("reg.bin");
    workshop.put("reg.bin", [&whole[..], &[0, 0, 0, 50, 0xff]].concat());
    fs::remove_file(workshop.0.join("reg.bin.tree")).unwrap();
    let kills = Kills::new(workshop);
    assert!(kills.registry("registry enrol --registry reg.bin --leaf l3.json") >= 7);

    // A new one, and one of the first format.
    let Kills { workshop, base } = kills;
    restore(&workshop.0, &base);
    let registry = files::load_registry(&workshop.0.join("reg.bin")).unwrap();
    fs::remove_file(workshop.0.join("reg.bin")).unwrap();
    let kills = Kills::new(workshop);
    assert!(kills.registry("registry enrol --registry reg.bin --leaf l0.json l3.json") >= 10);
    restore(&kills.workshop.0, &kills.base);
    kills.workshop.put("reg.bin", registry.to_bytes());
    let kills = Kills::new(kills.workshop);
    for line in [&revoke, "registry compact --registry reg.bin"] {
        assert!(kills.registry(line) >= 6, "{line}");
    }
    kills.workshop.done();
}

#[test]
fn files_of_quick_commands() {
    let workshop = Workshop::new("kill-files");
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    let key = format!("{}/aggregate-v2-8x8x3.INSECURE.vk", keys());
    let kills = Kills::new(workshop);
    let sign = "device sign --key d0.json --policy policy.toml --fence fence.geojson --csv 0.csv --scale 3 \
                --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out signed.ndjson";
    let two = "device new --out new.json --leaf-out leaf.json";
    for (line, least) in [
        (two, 12),
        (sign, 6),
        (&format!("{sign} --frame"), 6),
        ("policy fence --fence fence.geojson --triangles-out triangles.json", 6),
        (&format!("registry prove --registry reg.bin --position {position} --out m.json"), 6),
        (&format!("export standard-json --key {key} --out input.json"), 6),
        (&format!("export snarkjs --key {key} --out-dir snarkjs"), 6),
        // As `export solidity` does, which writes many more.
        (&format!("export keyed --key {key} --out-dir keyed"), 12),
        // As every file of a ceremony is written.
        ("ceremony toy --power 4 --insecure --out toy.ptau", 6),
    ] {
        let steps = kills.files_of(line, if least > 6 { 4 } else { 1 });
        assert!(steps >= least, "{line}: {steps} steps");
    }
    kills.workshop.done();
}

/// Frames that are added to a file are there as a whole or not at all, and the next run goes on with the next number.
#[test]
fn frames_that_are_added() {
    let workshop = Workshop::new("kill-frames");
    workshop.good("device new --out d.json");
    workshop
        .put("t.csv", "t,y,x,v\n2026-01-01T02:30:00Z,48.11,11.51,1\n2026-01-01T02:30:01Z,48.11,11.51,2\n");
    let line = "device sign --key d.json --network-chain-id 1 --registry-address 0x1111111111111111111111111111111111111111 \
                --schema generic --csv t.csv --columns time=t,lat=y,lon=x,value=v --frame --frame-samples 1 --append --out f.ndjson";
    let numbers = |workshop: &Workshop| {
        let signed = workshop.good(line);
        ["first_sequence", "last_sequence"].map(|name| signed[name].as_str().unwrap().to_owned())
    };
    for present in [false, true] {
        if present {
            assert_eq!(numbers(&workshop), ["0", "1"]);
        }
        let base = files(&workshop.0);
        let mut done = workshop.good(line);
        let [before, after] = match present {
            false => [["0", "1"], ["2", "3"]],
            true => [["2", "3"], ["4", "5"]],
        };
        assert_eq!(done["first_sequence"].take(), before[0]);
        let mut steps = 0;
        for step in 1.. {
            restore(&workshop.0, &base);
            let output = workshop.run_until(line, step);
            if output.status.success() {
                break;
            }
            assert_eq!(output.status.signal(), Some(SIGABRT));
            assert!(output.stdout.is_empty(), "step {step}: acknowledged and perhaps lost");
            let path = Path::new("f.ndjson");
            let there = fs::read(workshop.0.join(path)).ok();
            let is_new = there.as_ref() != base.get(path);
            if let Some(bytes) = &there {
                assert_whole(path, bytes, &workshop.0);
            }
            assert_eq!(numbers(&workshop), if is_new { after } else { before }, "step {step}");
            assert_eq!(workshop.good("inspect f.ndjson")["breaks"], 0, "step {step}");
            assert!(!files(&workshop.0).into_keys().any(|path| is_temporary(&path)), "step {step}");
            steps = step;
        }
        assert!(steps >= 6, "{steps} steps");
        restore(&workshop.0, &base);
    }
    workshop.done();
}

#[test]
fn keys_and_proofs() {
    let workshop = Workshop::new("kill-proofs");
    let setup = "setup --statement aggregate --capacity 1 --triangles 8 --insecure --out-dir made";
    workshop.put("policy.toml", policy("reading", 1));
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop.good("setup --statement reading --insecure --out-dir keys");
    let prove = "prove --key keys/reading-v2.INSECURE.pk --policy policy.toml --fence fence.geojson --readings r0.ndjson \
                 --device d0.json --registry reg.bin --epoch 2 --out p.json --opening o.json";
    // The key is noted as checked before.
    workshop.good(prove);
    for file in ["p.json", "o.json"] {
        fs::remove_file(workshop.0.join(file)).unwrap();
    }
    let kills = Kills::new(workshop);
    assert!(kills.files_of(setup, 14) >= 12);
    assert!(kills.files_of(prove, 7) >= 12);
    kills.workshop.good("verify --key keys/reading-v2.INSECURE.vk --proof p.json");
    kills.workshop.done();
}

#[test]
fn what_an_aggregator_writes() {
    let workshop = Workshop::new("kill-aggregate");
    aggregate(&workshop);
    let key = format!("{}/aggregate-v2-8x8x3.INSECURE.vk", keys());
    let kills = Kills::new(workshop);
    let calldata = format!("export calldata --proof proof.json --key {key} --out calldata.json");
    assert!(kills.files_of(&calldata, 1) >= 6);
    let Kills { workshop, base } = kills;
    restore(&workshop.0, &base);
    fs::remove_file(workshop.0.join("proof.json")).unwrap();
    let kills = Kills::new(workshop);
    let prove = prove_line("r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson", "");
    assert!(kills.files_of(prove.trim_end(), 7) >= 6);
    kills.workshop.good(&format!("verify --key {key} --proof proof.json"));
    assert!(kills.files_of("demo --html page.html --private private.html", 27) >= 6);
    kills.workshop.done();
}

/// Of two policies each proof is there as a whole or not at all, and the same command proves what is left.
#[test]
fn proofs_of_all_chunks() {
    let workshop = Workshop::new("kill-chunks");
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    workshop.put("low.toml", workshop.text("policy.toml").replace("60_000", "50_000"));
    for index in 0..2 {
        device(&workshop, index, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    }
    workshop
        .good("setup --statement aggregate --capacity 2 --triangles 8 --levels 2 --insecure --out-dir keys");
    let line = "prove --key keys/aggregate-v2-2x8x2.INSECURE.pk --policy policy.toml --policy low.toml --fence fence.geojson --registry reg.bin \
                --readings r0.ndjson r1.ndjson --epoch 2 --all-chunks --out-dir proofs";
    // The key is noted as checked before.
    let chunks = |made: &Value| -> Vec<Value> {
        let policies = made["policies"].as_array().unwrap().iter();
        policies.flat_map(|policy| policy["chunks"].as_array().unwrap()).cloned().collect()
    };
    let count = chunks(&workshop.good(line)).len();
    assert!(count >= 2 && count % 2 == 0);
    fs::remove_dir_all(workshop.0.join("proofs")).unwrap();
    let kills = Kills::new(workshop);
    assert!(kills.resumed(line, 12) >= 6 * count);
    let kept = kills.workshop.good(line);
    assert!(chunks(&kept).iter().all(|one| one["kept"] == true), "{kept}");
    kills.workshop.done();
}
