//! What a node is started from: the folder of `node init`, and what `node check` says of a configuration.

use std::fs;

use serde_json::Value;

use crate::workshop::Workshop;

/// Paths of the folder, as the command says them, sorted.
fn said(told: &Value) -> Vec<String> {
    let mut paths: Vec<String> =
        told["files"].as_array().unwrap().iter().map(|path| path.as_str().unwrap().to_owned()).collect();
    paths.sort();
    paths
}

fn there(workshop: &Workshop, folder: &str) -> Vec<String> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(workshop.0.join(&next)).unwrap() {
            let name = format!("{next}/{}", entry.unwrap().file_name().into_string().unwrap());
            if workshop.0.join(&name).is_dir() { folders.push(name) } else { found.push(name) }
        }
    }
    found.sort();
    found
}

#[test]
fn a_node_can_run_with_what_init_writes() {
    let workshop = Workshop::new("node-init");
    let told = workshop.good("node init town");
    assert_eq!(said(&told), there(&workshop, "town"));
    let checked = workshop.good("node check --config town/node.toml");
    assert_eq!((&checked["devices"], &checked["listen"]), (&5.into(), &"127.0.0.1:8080".into()));
    assert_eq!(checked["policies"][0]["name"], "air");
    assert_eq!(checked["warnings"].as_array().unwrap().len(), 1, "it has no proving key: {checked}");

    // No two have one key, and the secrets are the owner's.
    workshop.good("node init other");
    for secret in ["store.key", "fleet/device-1.json", "fleet/device-5.json"] {
        let [one, other] = ["town", "other"].map(|folder| workshop.text(&format!("{folder}/{secret}")));
        assert_ne!(one, other);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(workshop.0.join("town").join(secret)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{secret}");
        }
    }
    let key = workshop.text("town/store.key");
    assert!(!workshop.text("town/node.toml").contains(key.trim()));
    assert!(workshop.refused("node init town").contains("town"), "what is there stays");
    assert_eq!(workshop.text("town/store.key"), key);
    workshop.done();
}

#[test]
fn a_toy_device_signs_what_the_policy_takes() {
    let workshop = Workshop::new("node-sign");
    workshop.good("node init town");
    workshop.put("one.csv", "t,y,x,a,v\n2026-02-01T00:00:00Z,48.15,11.55,2.5,21.50\n");
    let signed = workshop.good(
        "device sign --key town/fleet/device-3.json --policy town/policies/air.toml --fence town/policies/fence.geojson --csv one.csv \
         --columns time=t,lat=y,lon=x,accuracy_m=a,temperature=v --out one.ndjson",
    );
    assert_eq!(signed["signed"], 1, "{signed}");
    workshop.done();
}

#[test]
fn check_names_every_mistake_and_starts_nothing() {
    let workshop = Workshop::new("node-check");
    workshop.good("node init town");
    let config = workshop.text("town/node.toml");
    let wrong = config.replace("queue = 64", "queue = 0").replace("data = \"data\"", "date = \"data\"");
    workshop.put("town/wrong.toml", &wrong);
    let message = workshop.refused("node check --config town/wrong.toml");
    assert!(message.contains("`limits.queue`: expected an integer from 1 to 400, got 0"), "{message}");
    assert!(message.contains("`date`: expected a key that there is"), "{message}");
    assert_eq!(message.lines().count(), 3, "{message}");
    assert_eq!(workshop.run("node check --config town/wrong.toml").status.code(), Some(3));

    let gone = config
        .replace("policies/air.toml", "policies/none.toml")
        .replace("registry.bin", "none.bin")
        .replace("file:store.key", "env:ZKSENSOR_TEST_NO_SUCH_KEY");
    workshop.put("town/gone.toml", &gone);
    let message = workshop.refused("node check --config town/gone.toml");
    for key in ["`policies.air.policy`", "`registry`", "`store.key`"] {
        assert!(message.contains(key), "{message}");
    }
    workshop.refused("node check --config town/nothing.toml");

    let overridden = |name: &str, value: &str| {
        let output = workshop.run_with("node check --config town/node.toml --json", name, value);
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), serde_json::from_str::<Value>(&text).unwrap())
    };
    let (code, value) = overridden("ZKSENSOR_NODE_LISTEN", "127.0.0.1:9");
    assert_eq!((code, &value["listen"]), (Some(0), &"127.0.0.1:9".into()));
    let (code, value) = overridden("ZKSENSOR_NODE_LISTN", "127.0.0.1:9");
    assert_eq!(code, Some(3));
    assert!(
        value["error"]["message"].as_str().unwrap().contains("environment, ZKSENSOR_NODE_LISTN"),
        "{value}"
    );
    assert!(!workshop.0.join("town/data").exists(), "nothing was started");
    workshop.done();
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let workshop = Workshop::new("node-shared-key");
    workshop.good("node init town");
    let key = workshop.0.join("town/store.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let message = workshop.refused("node check --config town/node.toml");
    assert!(message.contains("mode 640") && message.contains("chmod 600"), "{message}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let secret = "ab".repeat(31);
    fs::write(&key, &secret).unwrap();
    assert!(!workshop.refused("node check --config town/node.toml").contains(&secret));
    workshop.done();
}

/// Ended before each of its steps on the disk and in the middle of each write, the command leaves no folder or all of it.
#[cfg(unix)]
#[test]
fn a_kill_leaves_no_part_of_a_folder() {
    use std::os::unix::process::ExitStatusExt;
    const SIGABRT: i32 = 6;
    let workshop = Workshop::new("node-killed");
    workshop.good("node init whole");
    let whole = there(&workshop, "whole").len();
    let mut steps = 0;
    for step in 1.. {
        let output = workshop.run_until("node init town", step);
        if workshop.0.join("town").exists() {
            assert_eq!(there(&workshop, "town").len(), whole, "step {step}");
            workshop.good("node check --config town/node.toml");
            fs::remove_dir_all(workshop.0.join("town")).unwrap();
        }
        if output.status.success() {
            break;
        }
        assert_eq!(output.status.signal(), Some(SIGABRT), "step {step}");
        steps = step;
    }
    assert!(steps > 4 * whole, "{steps} steps");
    let left = fs::read_dir(&workshop.0)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".zksensor-"));
    assert_eq!(left.count(), 0, "the last one has swept up");
    workshop.done();
}

#[test]
fn the_secret_of_workers_is_made_once_and_is_its_owners() {
    let workshop = Workshop::new("node-worker-key");
    let made = workshop.good("node worker-key worker.key");
    assert_eq!(made["made"], true);
    let file = workshop.0.join("worker.key");
    let secret = fs::read_to_string(&file).unwrap();
    let read = workshop.good("node worker-key worker.key");
    assert_eq!((&read["made"], &read["workers"]), (&false.into(), &made["workers"]));
    assert_eq!(fs::read_to_string(&file).unwrap(), secret, "one that is there is not changed");
    assert!(!made.to_string().contains(secret.trim()), "the secret is not shown");
    assert_ne!(workshop.good("node worker-key other.key")["workers"], made["workers"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let said = workshop.refused("node worker-key worker.key");
        assert!(said.contains("chmod 600"), "{said}");
    }
    fs::write(workshop.0.join("short.key"), "abcd").unwrap();
    #[cfg(unix)]
    fs::set_permissions(workshop.0.join("short.key"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    let said = workshop.refused("node worker-key short.key");
    assert!(said.contains("64 hexadecimal digits") && !said.contains("abcd"), "{said}");
}

/// A node that runs, and where.
struct Running(std::process::Child, String);

impl Running {
    fn start(workshop: &Workshop) -> Running {
        use std::io::BufRead;
        use std::process::Stdio;
        let mut command = workshop.command("node run --config town/node.toml");
        command.env("ZKSENSOR_NODE_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Running(child, address)
    }

    /// Sends a file of lines: the answer.
    fn send(&self, lines: &[u8]) -> String {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(&self.1).unwrap();
        let length = lines.len();
        write!(
            stream,
            "POST /v1/readings HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(lines).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_node_that_runs_is_drained_by_who_has_the_key_of_its_store() {
    let workshop = Workshop::new("node-drain");
    workshop.good("node init town");
    workshop.good("node init other");
    let node = Running::start(&workshop);
    let asked = |line: &str| {
        let output = workshop.run_with(&format!("{line} --json"), "ZKSENSOR_NODE_LISTEN", &node.1);
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), serde_json::from_str::<Value>(&text).unwrap())
    };
    let now = zksensor::model::policy::time::format_rfc3339_millis(
        std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64,
    );
    workshop.put("one.csv", format!("t,y,x,a,v\n{now},48.15,11.55,2.5,21.50\n"));
    for device in [1, 2] {
        workshop.good(&format!(
            "device sign --key town/fleet/device-{device}.json --policy town/policies/air.toml --fence town/policies/fence.geojson \
             --csv one.csv --columns time=t,lat=y,lon=x,accuracy_m=a,temperature=v --out {device}.ndjson"
        ));
    }
    assert!(node.send(&workshop.get("1.ndjson")).contains("\"accepted\":1"));

    let (code, refused) = asked("node drain --config other/node.toml");
    assert_eq!((code, &refused["error"]["code"]), (Some(7), &"zksensor::system".into()), "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("got one with another"), "{refused}");
    let (code, drained) = asked("node drain --config town/node.toml --wait 30");
    assert_eq!((code, &drained["takes"]), (Some(0), &false.into()), "{drained}");
    let open = &drained["open"][0];
    assert_eq!((&open["policy"], &open["readings"]), (&"air".into(), &1.into()), "{drained}");
    assert!(node.send(&workshop.get("2.ndjson")).starts_with("HTTP/1.1 503"));
    let (_, status) = asked("node status --config town/node.toml");
    assert!(status["waiting_for"][0].as_str().unwrap().contains("drained"), "{status}");

    assert_eq!(asked("node drain --config town/node.toml --undo").1["takes"], true);
    assert!(node.send(&workshop.get("2.ndjson")).contains("\"accepted\":1"));
    let gone = node.1.clone();
    drop(node);
    let output =
        workshop.run_with("node drain --config town/node.toml --json", "ZKSENSOR_NODE_LISTEN", &gone);
    assert_eq!(output.status.code(), Some(7));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("expected a node that answers on"), "{said}");
    workshop.done();
}
