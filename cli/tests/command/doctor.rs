//! `doctor`: what it says of this machine, and what it refuses.

use serde_json::Value;

use crate::workshop::Workshop;

/// What it says with the variable set.
fn with(workshop: &Workshop, value: &str) -> (Option<i32>, Value) {
    let output = workshop.run_with("doctor --json", "ZKSENSOR_ENGINE", value);
    assert!(output.stderr.is_empty(), "{output:?}");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_engine_is_named_with_its_reason_and_every_path_is_checked() {
    let workshop = Workshop::new("doctor");
    let (status, said) = with(&workshop, "");
    assert_eq!(status, Some(0), "{said}");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&said), ["version", "build", "system", "threads", "engine"]);
    let engine = &said["engine"];
    assert_eq!(keys(engine), ["path", "reason", "variable", "available", "checked", "check_ms"]);
    assert_eq!((&said["version"], &engine["variable"]), (&env!("CARGO_PKG_VERSION").into(), &"".into()));
    assert!(said["threads"].as_u64().unwrap() >= 1);
    let available = engine["available"].as_array().unwrap();
    // Unasked it is the best, and that is the first.
    assert_eq!((&engine["path"], available.last().unwrap()), (&available[0], &"portable".into()));
    assert_eq!(engine["checked"], engine["available"]);
    let reason = engine["reason"].as_str().unwrap();
    assert_eq!(reason.contains("the processor has AVX-512 IFMA"), engine["path"] == "ifma", "{reason}");
    workshop.done();
}

#[test]
fn what_is_asked_for_runs_or_is_refused() {
    let workshop = Workshop::new("doctor-asked");
    let available = with(&workshop, "").1["engine"]["available"].as_array().unwrap().clone();
    for path in ["portable", "ifma"] {
        let (status, said) = with(&workshop, path);
        if available.contains(&path.into()) {
            let engine = &said["engine"];
            assert_eq!((status, &engine["path"], &engine["variable"]), (Some(0), &path.into(), &path.into()));
            assert_eq!(engine["reason"], "ZKSENSOR_ENGINE asks for it");
            // The one that does not run is checked, too.
            assert_eq!(engine["checked"].as_array().unwrap(), &available);
        } else {
            let message = said["error"]["message"].as_str().unwrap();
            assert!(status == Some(2) && message.contains("cannot run: it has no AVX-512 IFMA"), "{message}");
        }
    }
    let (status, said) = with(&workshop, "fast");
    let error = &said["error"];
    assert_eq!((status, &error["code"]), (Some(2), &"zksensor::usage".into()));
    assert!(error["message"].as_str().unwrap().starts_with("ZKSENSOR_ENGINE is `fast`"), "{error}");
    assert!(error["help"].as_str().unwrap().contains("unset ZKSENSOR_ENGINE"), "{error}");
    // People still learn what there is.
    let plain = workshop.run_with("doctor", "ZKSENSOR_ENGINE", &"x".repeat(1000));
    let shown = String::from_utf8(plain.stdout).unwrap();
    assert!(plain.status.code() == Some(2) && shown.contains("available ") && shown.contains("portable"));
    assert!(!shown.contains("checked") && shown.lines().all(|line| line.len() < 100), "{shown}");
    workshop.done();
}

#[test]
fn threads_are_those_that_a_proof_has() {
    let workshop = Workshop::new("doctor-threads");
    let output = workshop.run_with("doctor --json", "RAYON_NUM_THREADS", "3");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["threads"], 3, "{said}");
    let quiet = workshop.run("doctor --quiet");
    assert!(quiet.status.success() && quiet.stdout.is_empty() && quiet.stderr.is_empty(), "{quiet:?}");
    workshop.done();
}
