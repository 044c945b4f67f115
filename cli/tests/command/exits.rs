//! What a script is told by the exit status, one test for each class, and standard output that is full or closed.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use crate::workshop::{Workshop, aggregate, verify_line};

/// The exit status of a command.
fn status(workshop: &Workshop, line: &str) -> i32 {
    let (plain, json) = (workshop.run(line), workshop.run(&format!("{line} --json")));
    assert_eq!(plain.status.code(), json.status.code(), "{line}");
    plain.status.code().unwrap()
}

#[test]
fn each_class_has_its_status() {
    let workshop = Workshop::new("exits");
    aggregate(&workshop);
    let verify = verify_line("proof.json");
    let proof = workshop.text("proof.json");
    let (root, id) = (between(&proof, "registry_root"), between(&proof, "policy_id"));
    workshop.put("false.json", proof.replace(&root, &id));
    workshop.put("cut.json", &proof[..proof.len() / 2]);
    workshop.put("held.bin", workshop.get("reg.bin"));
    let held = std::fs::File::open(workshop.0.join("held.bin")).unwrap();
    held.lock().unwrap();
    for (line, wanted) in [
        (verify.clone(), 0),
        ("--version".to_owned(), 0),
        (format!("{verify} --expect count>=5 --expect sum!=0 --expect policy_id={id}"), 0),
        ("bogus".to_owned(), 2),
        (format!("{verify} --expect count"), 2),
        (format!("{verify} --expect members>=5"), 2),
        ("schema show none".to_owned(), 2),
        (
            crate::workshop::prove_line(
                "r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson",
                "--threads 99999 --force",
            ),
            2,
        ),
        ("device new --out new/".to_owned(), 7),
        ("setup --statement reading --triangles 8 --insecure --out-dir k".to_owned(), 2),
        (verify_line("cut.json"), 3),
        (verify_line("policy.toml"), 3),
        ("policy id --policy fence.geojson".to_owned(), 3),
        ("device new --out d0.json".to_owned(), 3),
        (verify_line("false.json"), 4),
        (format!("{verify} --expect count>5"), 5),
        (format!("{verify} --expect epoch=3"), 5),
        (format!("{verify} --require-secure"), 5),
        // A false proof is that, whatever is expected of it.
        (format!("{} --require-secure --expect epoch=3", verify_line("false.json")), 4),
        (crate::workshop::prove_line("r0.ndjson", "--force"), 6),
        (verify_line("none.json"), 7),
        ("device new --out none/d.json".to_owned(), 7),
        ("registry enrol --registry held.bin --leaf l0.json --wait 0".to_owned(), 7),
    ] {
        assert_eq!(status(&workshop, &line), wanted, "{line}");
    }
    // An engine that there is not is a mistake of the caller's, too.
    let line = crate::workshop::prove_line("r0.ndjson r1.ndjson r2.ndjson r3.ndjson r4.ndjson", "--force");
    let output = workshop.run_with(&line, "ZKSENSOR_ENGINE", "fast");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("ZKSENSOR_ENGINE is `fast`") && said.contains("unset ZKSENSOR_ENGINE"), "{said}");
    let message = workshop.refused(&format!("{verify} --expect members>=5"));
    assert!(message.contains("count, sum, sum_of_squares"), "{message}");
    let message = workshop.refused(&format!("{verify} --expect count>=0x10"));
    assert_eq!(message, "the proof holds, but its count is 5, not >= 0x10");
    let message = workshop.refused(&format!("{verify} --require-secure"));
    assert!(message.contains("under the insecure key INSECURE-0x"), "{message}");
    let help = String::from_utf8(workshop.run("--help").stdout).unwrap();
    assert!(
        help.contains("Exit status:") && help.contains("a proof or a ceremony that does not hold"),
        "{help}"
    );
    workshop.done();
}

/// The text of a field of a proof.
fn between(proof: &str, field: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(proof).unwrap();
    document["fields"][field].as_str().unwrap().to_owned()
}

/// What prints: the version, which the option parser does, a script, an answer and a JSON object.
const PRINTING: [&str; 5] = [
    "--version",
    "completions bash",
    "schema list",
    "policy id --policy policy.toml --fence fence.geojson",
    "schema list --json",
];

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_a_failure() {
    let workshop = Workshop::new("full");
    for line in PRINTING {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_zksensor"))
            .args(line.split_whitespace())
            .current_dir(&workshop.0)
            .stdout(Stdio::from(full))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(8), "{line}: {said}");
        assert!(said.contains("expected standard output to take what was written, but: "), "{line}: {said}");
    }
    workshop.done();
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let workshop = Workshop::new("closed");
    for line in PRINTING {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_zksensor"))
            .args(line.split_whitespace())
            .current_dir(&workshop.0)
            .stdout(writer)
            .output()
            .unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    }
    workshop.done();
}
