//! `bench`: that every figure is measured, and what it refuses. Sizes are small: no figure here says how fast anything is.

use serde_json::Value;

use crate::workshop::Workshop;

const KEYS: [&str; 15] = [
    "msm_g1_x",
    "msm_g2_x",
    "fft_x",
    "dense_x_1t",
    "dense_x_2t",
    "aggregate64_x",
    "taceo_x_1t",
    "taceo_x_2t",
    "portable_x",
    "key_ratio",
    "reading_ms",
    "aggregate64_ms",
    "readings_per_s",
    "key_load_ms",
    "peak_mb",
];

fn positive(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number > 0.0 && number.is_finite())
}

/// Each proof is verified as it is made: a run that ends well has verified all of them.
#[test]
fn a_quick_run_measures_everything_and_judges_nothing() {
    let workshop = Workshop::new("bench");
    let said = workshop.good("bench --quick --html page.html --svg charts.svg");
    for key in KEYS {
        // Only Linux says how much memory a process had.
        let known = key != "peak_mb" || cfg!(target_os = "linux");
        assert!(positive(&said[key]) || !known, "{key} in {said}");
    }
    assert_eq!(
        (&said["scale"], &said["goals"], &said["threads"]),
        (&"quick".into(), &Value::Null, &2.into())
    );
    assert_eq!((&said["sizes"]["dense"], &said["sizes"]["msm"]), (&"2^10".into(), &"2^10".into()));
    assert_eq!(said["sizes"]["aggregate64"], "aggregate/v2/1x16x3");

    let work = said["work"].as_array().unwrap();
    let proofs = ["reading", "aggregate", "dense"];
    for name in ["product", "addition_g1", "addition_g2", "msm_g1", "msm_g2", "fft", "dense, portable"] {
        let of: Vec<&Value> = work.iter().filter(|work| work["work"] == name).collect();
        assert!(!of.is_empty() && of.iter().all(|work| positive(&work["ark_x"])), "{name} in {said}");
    }
    for (name, threads) in proofs.into_iter().flat_map(|name| [(name, 1), (name, 2)]) {
        let of: Vec<&Value> =
            work.iter().filter(|work| work["work"] == name && work["threads"] == threads).collect();
        assert!(!of.is_empty(), "{name} on {threads} threads in {said}");
        for key in ["zksensor_ms", "ark_ms", "taceo_ms", "ark_x", "taceo_x"] {
            assert!(of.iter().all(|work| positive(&work[key])), "{name} {key}");
        }
    }
    let ratio = |name: &str, threads: u64| {
        let of = work.iter().find(|work| {
            (&work["work"], &work["threads"]) == (&name.into(), &threads.into())
                && work["size"] == said["sizes"][if name == "dense" { "dense" } else { "aggregate64" }]
        });
        of.unwrap()["taceo_x"].as_f64().unwrap()
    };
    let least = ratio("dense", 1).min(ratio("aggregate", 1));
    assert_eq!(said["taceo_x_1t"].as_f64(), Some(least));
    let phases: Vec<&str> =
        said["phases"].as_array().unwrap().iter().map(|phase| phase["phase"].as_str().unwrap()).collect();
    assert_eq!(phases, ["witness", "transform", "multiexp", "verify"]);

    assert_eq!((&said["html"], &said["svg"]), (&"page.html".into(), &"charts.svg".into()));
    let (page, charts) = (workshop.text("page.html"), workshop.text("charts.svg"));
    assert!(page.contains(charts.trim_end()) && page.trim_end().ends_with("</html>"));
    assert!(KEYS.iter().all(|key| page.contains(&format!("<th scope=\"row\">{key}</th>"))));
    assert!(charts.starts_with("<svg") && charts.contains("taceo-groth16"));
    workshop.done();
}

#[test]
fn outputs_are_asked_for_before_the_work() {
    let workshop = Workshop::new("bench-outputs");
    let message = workshop.refused("bench --quick --html missing/page.html");
    assert!(message.starts_with("missing/page.html: expected"), "{message}");
    workshop.put("page.html", "old");
    let message = workshop.refused("bench --quick --html page.html");
    let wanted = "page.html: expected a new file for measured figures, but this one exists";
    assert!(message.ends_with(wanted), "{message}");
    let message = workshop.refused("bench --quick --html new.html --svg ./new.html");
    assert!(message.contains("are one place"), "{message}");
    assert_eq!(workshop.text("page.html"), "old");
    let message = workshop.refused("bench --quick --full");
    assert!(message.contains("cannot be used with"), "{message}");
    workshop.done();
}

#[test]
fn an_engine_that_there_is_not_is_refused() {
    let workshop = Workshop::new("bench-engine");
    let output = workshop.run_with("bench --quick --json", "ZKSENSOR_ENGINE", "fast");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &said["error"]["code"]), (Some(2), &"zksensor::usage".into()));
    assert!(said["error"]["help"].as_str().unwrap().contains("unset ZKSENSOR_ENGINE"), "{said}");
    workshop.done();
}

/// Without a folder for a key nothing can be said of one.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let workshop = Workshop::new("bench-folder");
    let output = workshop.run_with("bench --quick --json", "TMPDIR", "nowhere");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &said["error"]["code"]), (Some(7), &"zksensor::system".into()));
    let message = said["error"]["message"].as_str().unwrap();
    assert!(
        message.starts_with(
            "expected to make a folder for files that are gone with this command, nowhere/zksensor-"
        ),
        "{message}"
    );
    assert!(said["error"]["help"].as_str().unwrap().contains("TMPDIR"), "{said}");
    workshop.done();
}

/// Told to end, it leaves no key behind.
#[cfg(unix)]
#[test]
fn its_folder_goes_with_it() {
    let workshop = Workshop::new("bench-told");
    let temporary = workshop.0.join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let mut child = workshop.command("bench --quick --json").env("TMPDIR", &temporary).spawn().unwrap();
    let is_empty = || std::fs::read_dir(&temporary).unwrap().next().is_none();
    while is_empty() {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it made a folder");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let told = std::process::Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status();
    assert!(told.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15));
    assert!(is_empty());
    workshop.done();
}
