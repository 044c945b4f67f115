//! Paths that are no text, `-`, devices, pipes and links, and commands that are told to end.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileTypeExt;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::workshop::{Workshop, device, policy};

/// A word of a command, in which `%` stands for a byte that is in no text.
fn raw(word: &str) -> OsString {
    OsString::from_vec(word.bytes().map(|byte| if byte == b'%' { 0xff } else { byte }).collect())
}

fn run_raw(workshop: &Workshop, line: &str) -> Output {
    let mut command = workshop.command("");
    command.args(line.split_whitespace().map(raw)).output().unwrap()
}

/// Runs with bytes on the standard input.
fn run_with_input(workshop: &Workshop, line: &str, input: &[u8]) -> Output {
    let mut command = workshop.command(line);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_path_that_is_no_text_is_a_path_of_every_command() {
    let workshop = Workshop::new("paths-raw");
    a_device_signs_and_is_enrolled(&workshop);
    its_reading_is_proven(&workshop);
    its_proof_is_verified_and_exported(&workshop);
    for line in ["inspect %none", "registry root --registry %none", "verify --key %none --proof %none"] {
        let output = run_raw(&workshop, &format!("{line} --json"));
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(value["error"]["message"].as_str().unwrap().starts_with("\u{fffd}none: "), "{line}: {value}");
    }
    workshop.done();
}

/// What a command says that works, and again with what it wrote in its way.
fn good_raw(workshop: &Workshop, line: &str) -> Value {
    let output = run_raw(workshop, &format!("{line} --json"));
    let text = String::from_utf8(output.stdout).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}: {text}"));
    assert!(output.status.success(), "{line}: {value}");
    assert!(run_raw(workshop, &format!("{line} --force")).status.code() != Some(101), "{line} panics");
    value
}

fn a_device_signs_and_is_enrolled(workshop: &Workshop) {
    let good = |line: &str| good_raw(workshop, line);
    let put = |name: &str, content: &[u8]| fs::write(workshop.0.join(raw(name)), content).unwrap();
    put("%policy.toml", policy("reading", 1).as_bytes());
    put("%fence.geojson", &workshop.get("fence.geojson"));
    put("%0.csv", b"when,y,x,acc,celsius\n2026-01-01T02:30:00Z,48.11,11.51,2,21.5\n");
    let made = good("device new --out %d.json --leaf-out %l.json --class 7");
    assert_eq!(made["key_file"], "\u{fffd}d.json");
    workshop.good("device new --out d.json --leaf-out l.json --class 7");
    good(
        "device sign --key %d.json --policy %policy.toml --fence %fence.geojson --csv %0.csv --scale 3 \
          --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out %r.ndjson",
    );
    good("device new --out %d.json --leaf-out %l.json --class 7 --force");
    good(
        "device sign --key %d.json --policy %policy.toml --fence %fence.geojson --csv %0.csv --scale 3 \
          --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out %r.ndjson --force",
    );
    let leaf = run_raw(workshop, "inspect %d.json --json");
    let leaf: Value = serde_json::from_slice(&leaf.stdout).unwrap();
    put("%l.json", leaf["leaf"].to_string().as_bytes());
    let readings = run_raw(
        workshop,
        "device sign --key %d.json --policy %policy.toml --fence %fence.geojson --csv %0.csv --scale 3 \
         --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out %r.ndjson --force",
    );
    assert!(readings.status.success());
    let enrolled = good("registry enrol --registry %reg.bin --leaf %l.json");
    assert_eq!(enrolled["registry"], "\u{fffd}reg.bin");
    let position = &enrolled["positions"][0];
    for line in ["root", "list", "history", "compact", "find --leaf %l.json"] {
        good(&format!("registry {line} --registry %reg.bin"));
    }
    good(&format!("registry prove --registry %reg.bin --position {position} --out %m.json"));
    good("policy check --policy %policy.toml --fence %fence.geojson --registry %reg.bin");
    good("policy id --policy %policy.toml --fence %fence.geojson");
    good("policy fence --fence %fence.geojson --triangles-out %t.json");
}

fn its_reading_is_proven(workshop: &Workshop) {
    good_raw(workshop, "setup --statement reading --insecure --out-dir %keys");
    good_raw(
        workshop,
        "prove --key %keys/reading-v2.INSECURE.pk --policy %policy.toml --fence %fence.geojson --readings %r.ndjson \
          --device %d.json --registry %reg.bin --epoch 2 --out %p.json --opening %o.json",
    );
    // Whatever takes the proof as it is written gets it when its opening is safe.
    let prove = |out: &str, opening: &str| {
        let line = format!(
            "prove --key %keys/reading-v2.INSECURE.pk --policy %policy.toml --fence %fence.geojson --readings %r.ndjson \
             --device %d.json --registry %reg.bin --epoch 2 --quiet --out {out} --opening {opening}"
        );
        run_raw(workshop, &line)
    };
    if fs::metadata("/dev/full").is_ok() {
        let lost = prove("-", "/dev/full");
        assert!(lost.status.code() == Some(7) && lost.stdout.is_empty(), "{lost:?}");
        let full = prove("/dev/full", "%o2.json");
        let said = String::from_utf8_lossy(&full.stderr).into_owned();
        assert!(full.status.code() == Some(7) && said.contains("the new proof has no file"), "{said}");
        assert!(workshop.0.join(raw("%o2.json")).exists());
    }
    let piped = prove("-", "%o3.json");
    assert!(piped.status.success() && workshop.0.join(raw("%o3.json")).exists());
    assert!(serde_json::from_slice::<Value>(&piped.stdout).unwrap()["fields"].is_object());
}

fn its_proof_is_verified_and_exported(workshop: &Workshop) {
    let good = |line: &str| good_raw(workshop, line);
    let key = "--key %keys/reading-v2.INSECURE.vk";
    good(&format!("verify {key} --proof %p.json"));
    for file in ["%p.json", "%reg.bin", "%keys/reading-v2.INSECURE.vk", "%r.ndjson"] {
        good(&format!("inspect {file}"));
    }
    good(&format!("export snarkjs {key} --proof %p.json --out-dir %snarkjs"));
    good(
        "verify --snarkjs --key %snarkjs/verification_key.INSECURE.json --proof %snarkjs/proof.json --public %snarkjs/public.json",
    );
    good(&format!("export solidity {key} --out-dir %solidity"));
    good(&format!("export keyed {key} --out-dir %keyed"));
    good(&format!("export standard-json {key} --out %input.json"));
    good(&format!("export calldata {key} --proof %p.json --out %call.json"));
}

#[test]
fn a_dash_is_the_standard_input_or_output() {
    let workshop = Workshop::new("paths-dash");
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    let good = |line: &str, input: &[u8]| {
        let output = run_with_input(&workshop, line, input);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let id = "policy id --policy FILE --fence fence.geojson";
    let wanted = good(&id.replace("FILE", "policy.toml"), b"");
    assert_eq!(good(&id.replace("FILE", "-"), &workshop.get("policy.toml")), wanted);
    let sign = "device sign --key d0.json --policy policy.toml --fence fence.geojson --csv - --scale 3 \
                --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out -";
    assert_eq!(good(sign, &workshop.get("0.csv")), workshop.get("r0.ndjson"));
    let sign = sign.replace("--out -", "--frame --out");
    good(&format!("{sign} f.ndjson"), &workshop.get("0.csv"));
    assert_eq!(good(&format!("{sign} -"), &workshop.get("0.csv")), workshop.get("f.ndjson"));
    let prove = format!("registry prove --registry reg.bin --position {position} --out");
    good(&format!("{prove} m.json"), b"");
    assert_eq!(good(&format!("{prove} -"), b""), workshop.get("m.json"));
    assert_eq!(
        good("registry root --registry -", &workshop.get("reg.bin")),
        good("registry root --registry reg.bin", b"")
    );
    let output = run_with_input(&workshop, "device new --out -", b"");
    let secret: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(secret["seed"].is_string());
    assert!(String::from_utf8(output.stderr).unwrap().contains("\"identity\""));
    good("registry enrol --registry reg.bin --leaf -", secret["leaf"].to_string().as_bytes());

    for (line, says) in [
        (format!("{prove} - --json"), "with --json the standard output is the result's"),
        ("device new --out - --leaf-out -".to_owned(), "`-` names the standard output once"),
        ("policy id --policy - --fence -".to_owned(), "`-` names the standard input once"),
        ("inspect -".to_owned(), "this has to be a file"),
        ("setup --statement reading --insecure --out-dir -".to_owned(), "this has to be a file"),
    ] {
        let output = run_with_input(&workshop, &line, b"");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!output.status.success() && text.contains(says), "{line}: {text}");
    }
    assert!(!run_with_input(&workshop, "registry enrol --registry - --leaf l0.json", b"").status.success());
    assert!(!workshop.0.join("-").exists());
    workshop.done();
}

#[test]
fn devices_pipes_and_links_stay_what_they_are() {
    let workshop = Workshop::new("paths-devices");
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    let prove = format!("registry prove --registry reg.bin --position {position} --out");
    workshop.good(&format!("{prove} m.json"));
    for more in ["", "--force"] {
        assert!(workshop.run(&format!("{prove} /dev/null {more}")).status.success());
        assert!(fs::symlink_metadata("/dev/null").unwrap().file_type().is_char_device());
        let through = workshop.run(&format!("{prove} /dev/stdout --quiet {more}"));
        assert_eq!(through.stdout, workshop.get("m.json"));
    }
    // The standard output by its path, when it is a file: it is written, and not replaced.
    let file = fs::File::create(workshop.0.join("stdout")).unwrap();
    let mut command = workshop.command(&format!("{prove} /dev/stdout --quiet --force"));
    assert!(command.stdout(file.try_clone().unwrap()).status().unwrap().success());
    assert_eq!(workshop.get("stdout"), workshop.get("m.json"));
    assert_eq!(file.metadata().unwrap().len(), workshop.get("m.json").len() as u64);

    if fs::File::options().append(true).open("/dev/ptmx").is_ok() {
        let message = workshop.refused("device new --out /dev/ptmx --force");
        assert!(message.contains("this is a terminal"), "{message}");
    }
    let pipe = workshop.0.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || fs::read(pipe).unwrap()
    });
    assert!(workshop.run(&format!("{prove} pipe --force")).status.success());
    assert_eq!(reader.join().unwrap(), workshop.get("m.json"));
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    std::os::unix::fs::symlink("reg.bin", workshop.0.join("link.bin")).unwrap();
    workshop.good("device new --out d1.json --leaf-out l1.json");
    workshop.good("registry enrol --registry link.bin --leaf l1.json");
    assert_eq!(workshop.good("registry root --registry reg.bin")["devices"], 2);
    workshop.done();
}

#[test]
fn of_two_writers_of_one_file_one_is_refused() {
    let workshop = Workshop::new("paths-two");
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    let prove = format!("registry prove --registry reg.bin --position {position} --out m.json --json");
    let children: Vec<_> =
        (0..8).map(|_| workshop.command(&prove).stdout(Stdio::piped()).spawn().unwrap()).collect();
    let outputs: Vec<Output> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    let (won, lost): (Vec<&Output>, Vec<&Output>) =
        outputs.iter().partition(|output| output.status.success());
    assert_eq!(won.len(), 1);
    for lost in lost {
        assert!(String::from_utf8_lossy(&lost.stdout).contains("this one exists"));
    }
    workshop.done();
}

#[test]
fn what_cannot_be_written_is_said_before_the_work() {
    let workshop = Workshop::new("paths-before");
    let prove = "prove --key none.pk --policy policy.toml --fence fence.geojson --registry none.bin --readings none --epoch 2";
    let message = workshop.refused(&format!("{prove} --out missing/p.json"));
    assert!(message.starts_with("missing/p.json: expected to write a proof"), "{message}");
    workshop.put("p.json", "there");
    let message = workshop.refused(&format!("{prove} --out p.json"));
    assert!(message.contains("but this one exists"), "{message}");
    workshop.put("o.json", "there");
    let message = workshop.refused(&format!("{prove} --out q.json --device none --opening o.json"));
    assert!(message.starts_with("o.json: ") && message.contains("but this one exists"), "{message}");
    let message = workshop.refused(&format!("{prove} --out q.json"));
    assert!(message.starts_with("none.pk: "), "{message}");
    assert!(!workshop.0.join("q.json").exists());
    workshop.done();
}

#[test]
fn two_outputs_do_not_go_to_one_place() {
    let workshop = Workshop::new("paths-one-place");
    let prove = "prove --key none.pk --policy policy.toml --fence fence.geojson --registry none.bin --readings none --epoch 2 \
                 --device none";
    std::os::unix::fs::symlink("x.json", workshop.0.join("link.json")).unwrap();
    for force in ["", "--force"] {
        for (out, other) in [("x.json", "x.json"), ("x.json", "./x.json")] {
            for line in [
                format!("{prove} --out {out} --opening {other} {force}"),
                format!("device new --out {out} --leaf-out {other} {force}"),
            ] {
                let output = workshop.run(&line);
                let said = String::from_utf8(output.stderr).unwrap();
                assert_eq!(output.status.code(), Some(2), "{line}: {said}");
                assert!(said.contains("x.json are one place"), "{line}: {said}");
                assert!(!workshop.0.join("x.json").exists());
            }
        }
    }
    let message = workshop.refused(&format!("{prove} --out link.json --opening x.json --force"));
    assert!(message.contains("link.json and x.json are one place"), "{message}");
    fs::create_dir(workshop.0.join("keys")).unwrap();
    for end in ["pk", "vk"] {
        std::os::unix::fs::symlink("one", workshop.0.join(format!("keys/reading-v2.INSECURE.{end}")))
            .unwrap();
    }
    let message = workshop.refused("setup --statement reading --insecure --out-dir keys --force");
    assert!(message.contains("are one place"), "{message}");
    workshop.done();
}

/// Signals that whoever runs the tests has them ignore are no longer ignored in what `env` starts.
#[cfg(target_os = "linux")]
#[test]
fn a_command_that_is_told_to_end_leaves_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let workshop = Workshop::new(&format!("paths-{signal}"));
        let line = "setup --statement aggregate --capacity 256 --triangles 32 --insecure --out-dir keys";
        let mut command = Command::new("env");
        command.args(["--default-signal", env!("CARGO_BIN_EXE_zksensor")]).args(line.split_whitespace());
        command.current_dir(&workshop.0).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let keys = workshop.0.join("keys");
        let start = Instant::now();
        while fs::read_dir(&keys).map_or(0, Iterator::count) < 3 {
            assert!(start.elapsed() < Duration::from_secs(60), "no file was started");
            thread::sleep(Duration::from_millis(5));
        }
        let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "SIG{signal}");
        assert_eq!(fs::read_dir(&keys).unwrap().count(), 0, "SIG{signal}");
        workshop.done();
    }
}
