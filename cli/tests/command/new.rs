//! New projects: what is in them, and what is refused. `.ci/templates` builds them and has them prove.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::workshop::Workshop;

/// Paths of all files of a folder, within it.
fn files(folder: &Path) -> BTreeSet<String> {
    let (mut folders, mut found) = (vec![folder.to_owned()], BTreeSet::new());
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// What the command says that it made is there, and nothing else.
fn made(workshop: &Workshop, line: &str) -> (Value, BTreeSet<String>) {
    let made = workshop.good(line);
    let folder = made["folder"].as_str().unwrap();
    let there = files(&workshop.0.join(folder));
    let said = made["files"].as_array().unwrap().iter();
    let said = said.map(|path| path.as_str().unwrap().strip_prefix(folder).unwrap()[1..].to_owned());
    assert_eq!(said.collect::<BTreeSet<_>>(), there);
    (made, there)
}

#[test]
fn a_crate_has_its_name_and_depends_on_what_was_said() {
    let workshop = Workshop::new("new-crate");
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_str().unwrap();
    let repository = env!("CARGO_PKG_REPOSITORY");
    let version = env!("CARGO_PKG_VERSION");
    for (line, name, wanted) in [
        ("fleet town-air".to_owned(), "town-air", format!("version = \"{version}\", git = \"{repository}\"")),
        ("station roof --zksensor-version =0.1.0".to_owned(), "roof", "version = \"=0.1.0\"".to_owned()),
        (format!("station base --zksensor-path {here}"), "base", format!("path = \"{here}\"")),
    ] {
        let (told, files) = made(&workshop, &format!("new {line}"));
        assert_eq!((&told["name"], &told["next"]), (&name.into(), &"cargo run --release".into()));
        let manifest = workshop.text(&format!("{name}/Cargo.toml"));
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{manifest}");
        let dependency = format!("zksensor = {{ {wanted}, features = [\"insecure-setup\"] }}\n");
        assert!(manifest.contains(&dependency), "{manifest}");
        for file in [".gitignore", "README.md", "policy.toml", "src/main.rs"] {
            assert!(files.contains(file), "{file}");
        }
    }
    // What the two ask is a policy about their place.
    for (name, place) in [("town-air", "fence.geojson"), ("roof", "cell.txt")] {
        let check = format!("policy check --policy {name}/policy.toml --fence {name}/{place}");
        let checked = workshop.good(&check);
        assert_eq!(checked["warnings"].as_array().unwrap().len(), 0, "{checked}");
    }
    workshop.done();
}

#[test]
fn a_contract_has_all_that_it_imports() {
    let workshop = Workshop::new("new-contract");
    fs::create_dir(workshop.0.join("reader")).unwrap();
    let (told, files) = made(&workshop, "new consumer-contract reader");
    assert_eq!((&told["zksensor"], &told["next"]), (&Value::Null, &"forge test".into()));
    let lines = workshop.text("reader/remappings.txt");
    let remapped = |import: &str| {
        let mut pairs = lines.lines().map(|line| line.split_once('=').unwrap());
        pairs.find_map(|(from, to)| import.strip_prefix(from).map(|rest| format!("{to}{rest}")))
    };
    let mut imports = 0;
    for file in files.iter().filter(|file| file.ends_with(".sol")) {
        for line in
            workshop.text(&format!("reader/{file}")).lines().filter(|line| line.starts_with("import "))
        {
            let import = line.split('"').nth(1).unwrap();
            let Some(path) = remapped(import) else {
                assert!(import.starts_with('.'), "{file}: {line}");
                continue;
            };
            assert!(files.contains(&path), "{file}: {line}");
            imports += 1;
        }
    }
    assert!(imports > 10, "{imports}");
    assert!(files.contains("lib/zksensor-contracts/artifacts/AggregateFeed.json"));
    let message = workshop.refused("new consumer-contract other --zksensor-version 0.1");
    assert!(message.contains("expected no --zksensor-path and no --zksensor-version"), "{message}");
    assert!(!workshop.0.join("other").exists());
    workshop.done();
}

#[test]
fn what_is_refused_writes_nothing() {
    let workshop = Workshop::new("new-refused");
    fs::create_dir(workshop.0.join("used")).unwrap();
    workshop.put("used/mine", "mine");
    workshop.put("file", "mine");
    fs::create_dir(workshop.0.join("other-crate")).unwrap();
    workshop.put("other-crate/Cargo.toml", "[package]\nname = \"other\"\n");
    let before = files(&workshop.0);
    for (line, wanted, status) in [
        ("fleet used", "used: expected a folder for a project that is new or empty", 3),
        ("fleet file", "file: expected a folder for a project that is new or empty", 3),
        ("fleet missing/town", "missing/town: expected to write a project", 7),
        ("fleet 2town", "begins with a letter from a to z as the name of the project", 2),
        ("fleet ..", "got `..`", 2),
        ("station self", "a name that Rust, Cargo or a dependency has no other use for", 2),
        ("fleet -", "this has to be a file or a folder", 2),
        ("garden town", "invalid value 'garden'", 2),
        ("fleet town --zksensor-version 1\",git=\"x", "expected a version such as 0.1", 2),
        ("fleet town --zksensor-version 0.1 --zksensor-path .", "cannot be used with", 2),
        ("fleet town --zksensor-path missing", "Cargo.toml: expected to read a project", 7),
        ("fleet town --zksensor-path other-crate", "expected the manifest of the crate zksensor", 3),
    ] {
        let message = workshop.refused(&format!("new {line}"));
        assert!(message.contains(wanted), "{line}: {message}");
        assert_eq!(workshop.run(&format!("new {line}")).status.code(), Some(status), "{line}");
        assert_eq!(files(&workshop.0), before, "{line}");
    }
    workshop.done();
}

/// Ended before each of its steps on the disk and in the middle of each write, the command leaves no project or all of it.
#[cfg(unix)]
#[test]
fn a_kill_leaves_no_part_of_a_project() {
    use std::os::unix::process::ExitStatusExt;
    const SIGABRT: i32 = 6;
    let workshop = Workshop::new("new-killed");
    let (_, whole) = made(&workshop, "new fleet whole");
    let folder = workshop.0.join("town");
    let mut steps = 0;
    for step in 1.. {
        let output = workshop.run_until("new fleet town", step);
        if folder.exists() {
            assert_eq!(files(&folder), whole, "step {step}");
            for file in &whole {
                let [one, other] = ["whole", "town"].map(|name| workshop.text(&format!("{name}/{file}")));
                assert_eq!(
                    one.replace("whole", "town"),
                    other.replace("whole", "town"),
                    "{file} at step {step}"
                );
            }
            fs::remove_dir_all(&folder).unwrap();
        }
        if output.status.success() {
            break;
        }
        assert_eq!(output.status.signal(), Some(SIGABRT), "step {step}");
        steps = step;
    }
    assert!(steps > 4 * whole.len(), "{steps} steps");
    // The last one has swept up what the others left.
    let left =
        fs::read_dir(&workshop.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with(".zksensor-")).collect();
    assert!(left.is_empty(), "{left:?}");
    workshop.done();
}
