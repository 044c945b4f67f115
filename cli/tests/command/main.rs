//! The compiled command, from new devices to a verified proof, and what it refuses.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod all_chunks;
mod bench;
mod carried;
mod cases;
mod ceremony;
#[cfg(unix)]
mod ceremony_parts;
mod contracts_page;
mod doctor;
mod estimate;
mod exits;
mod export;
mod fence_triangles;
mod fences_and_schemas;
mod frames;
mod halo2;
mod halo2_contract;
mod halo2_powers;
mod histogram;
mod importers;
#[cfg(unix)]
mod kills;
mod many_policies;
mod meaning;
mod messages;
mod mock;
mod new;
mod node;
mod open;
mod own_schema;
mod page;
mod pages;
#[cfg(unix)]
mod paths;
mod policies;
mod private_sum;
mod registry;
mod report;
mod secrets;
mod snapshots;
mod snarkjs;
mod survey;
mod take;
mod track;
mod workshop;

use std::fs;

use serde_json::Value;

use workshop::{Workshop, device, keys, policy, prove_line, verify_line};

/// Six good devices, one whose reading is outside, with all readings in one file.
fn fleet(workshop: &Workshop) {
    let mut all = String::new();
    for index in 0..7 {
        let x = if index == 6 { "11.7" } else { "11.51" };
        device(workshop, index, &format!("2026-01-01T02:0{index}:00Z,48.11{index},{x},2.5,{index}.5"));
        all += &workshop.text(&format!("r{index}.ndjson"));
    }
    // Altered after it was signed, and one device again.
    all += &workshop.text("r0.ndjson").replace("\"sequence\":\"0\"", "\"sequence\":\"1\"");
    all += &workshop.text("r1.ndjson");
    workshop.put("all.ndjson", all);
}

#[test]
fn from_devices_to_a_verified_proof() {
    let workshop = Workshop::new("flow");
    fleet(&workshop);
    let root = workshop.good("registry root --registry reg.bin")["root"].clone();
    let id = workshop.good("policy id --policy policy.toml --fence fence.geojson")["policy_id"].clone();
    let binding = "--chain-id 80002 --contract 0x2222222222222222222222222222222222222222 \
                   --recipient 0x3333333333333333333333333333333333333333";
    let proved = workshop.good(&prove_line("all.ndjson", binding));
    let refused: Vec<(u64, &str)> = proved["refused_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["row"].as_u64().unwrap(), row["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(refused, [(7, "C5"), (8, "C3")]);
    assert_eq!((&proved["readings"], &proved["passed_over"]), (&9.into(), &1.into()));
    assert!(proved["refused_rows"][0]["why"].as_str().unwrap().contains("reading 7 is outside the fence"));

    let verified = workshop.good(&format!("{} --expect epoch=2 --expect count=6", verify_line("proof.json")));
    let fields = &verified["fields"];
    assert_eq!(
        (&verified["verified"], &fields["registry_root"], &fields["policy_id"]),
        (&true.into(), &root, &id)
    );
    assert_eq!((&fields["count"], &fields["sum"]), (&6.into(), &"18000".into()));
    assert_ne!(fields["binding"].as_str().unwrap(), format!("0x{}", "0".repeat(64)));
    let message = workshop.refused(&format!("{} --expect epoch=3", verify_line("proof.json")));
    assert_eq!(message, "the proof holds, but its epoch is 2, not 3");

    altered_proofs_are_refused(&workshop, root.as_str().unwrap(), id.as_str().unwrap());
    wrong_and_damaged_files_are_refused(&workshop);
    what_is_there_stays_and_what_is_too_little_is_said(&workshop);
    files_say_what_they_are(&workshop);
    workshop.done();
}

fn altered_proofs_are_refused(workshop: &Workshop, root: &str, id: &str) {
    let proof = workshop.text("proof.json");
    let altered = |name: &str, from: &str, to: &str| {
        assert!(proof.contains(from), "{from} in {proof}");
        workshop.put(name, proof.replacen(from, to, 1));
        workshop.refused(&verify_line(name))
    };
    assert!(altered("a.json", "\"count\": 6", "\"count\": 7").contains("field `count`: expected 6"));
    workshop.put("b.json", proof.replace(root, id));
    assert!(workshop.refused(&verify_line("b.json")).contains("the proof does not show this statement"));
    assert!(altered("c.json", "\"proof\": \"0x", "\"proof\": \"0xf").contains("512 hexadecimal digits"));
    assert!(altered("d.json", "8x8", "8x16").contains("the key is for aggregate/v2/8x8x3"));
    workshop.put("e.json", &proof[..proof.len() / 2]);
    assert!(workshop.refused(&verify_line("e.json")).contains("expected a proof, but line"));
}

fn wrong_and_damaged_files_are_refused(workshop: &Workshop) {
    let keys = keys();
    let other =
        workshop.good("setup --statement aggregate --capacity 1 --triangles 8 --insecure --out-dir other");
    let other = other["verifying_key"].as_str().unwrap();
    let message = workshop.refused(&format!("verify --key {other} --proof proof.json"));
    assert!(
        message.contains("the key is for aggregate/v2/1x8x3, the statement is aggregate/v2/8x8x3"),
        "{message}"
    );
    let message =
        workshop.refused(&format!("verify --key {keys}/aggregate-v2-8x8x3.INSECURE.pk --proof proof.json"));
    assert!(message.contains("expected a verifying key"), "{message}");
    let key = fs::read(format!("{keys}/aggregate-v2-8x8x3.INSECURE.vk")).unwrap();
    workshop.put("cut.vk", &key[..key.len() - 1]);
    assert!(workshop.refused("verify --key cut.vk --proof proof.json").contains("it was cut or added to"));
    let registry = workshop.get("reg.bin");
    let mut damaged = registry.clone();
    damaged[registry.len() / 2] ^= 1;
    workshop.put("damaged.bin", damaged);
    assert!(workshop.refused("registry root --registry damaged.bin").contains("the file is damaged"));
    // A change that was cut short was never acknowledged.
    workshop.put("cut.bin", &registry[..registry.len() - 1]);
    let output = workshop.run("registry root --registry cut.bin");
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("a change that was never finished, or the file was cut short")
    );
}

fn what_is_there_stays_and_what_is_too_little_is_said(workshop: &Workshop) {
    assert!(workshop.refused(&prove_line("all.ndjson", "")).contains("expected a new file for a proof"));
    let message = workshop.refused(&prove_line("r0.ndjson r1.ndjson", "--force"));
    assert!(message.starts_with("C15: expected at least 5 devices"), "{message}");
    let message = workshop.refused(
        "prove --key other/aggregate-v2-1x8x3.INSECURE.pk --policy policy.toml --fence fence.geojson --registry reg.bin \
         --readings all.ndjson --epoch 2 --out full.json",
    );
    assert!(
        message.starts_with("C2: expected at most 1 devices") && message.contains("reading 2"),
        "{message}"
    );
    let message = workshop.refused(&prove_line("all.ndjson", "--epoch 2"));
    assert!(message.contains("--epoch"), "{message}");
}

fn files_say_what_they_are(workshop: &Workshop) {
    let keys = keys();
    let facts = workshop.good("inspect proof.json");
    assert_eq!((&facts["kind"], &facts["fields"]["count"]), (&"proof".into(), &6.into()));
    let facts = workshop.good(&format!("inspect {keys}/aggregate-v2-8x8x3.INSECURE.vk"));
    assert_eq!((&facts["statement"], &facts["insecure"]), (&"aggregate/v2/8x8x3".into(), &true.into()));
    assert!(facts["constraints"].as_u64().unwrap() > 8 * 5000 && facts["rows"].is_null());
    let proving = format!("{keys}/aggregate-v2-8x8x3.INSECURE.pk");
    let facts = workshop.good(&format!("inspect {proving}"));
    assert_eq!((facts["rows"].as_str().unwrap().len(), &facts["rows_of_this_release"]), (66, &true.into()));

    // The key was checked once, and that is noted in the user's folder, not beside the key.
    let bytes = std::fs::read(&proving).unwrap();
    let digest = zksensor::model::hex::encode(&bytes[bytes.len() - 32..]);
    assert!(workshop::cache().join("zksensor/checked-keys").join(digest).is_file());
    assert_eq!(std::fs::read_dir(keys).unwrap().count(), 3, "two keys and their layout");
    let layout = format!("{keys}/aggregate-v2-8x8x3.layout.json");
    let facts = workshop.good(&format!("inspect {layout}"));
    assert_eq!((&facts["statement"], &facts["public_inputs"]), (&"aggregate/v2/8x8x3".into(), &4.into()));
    assert_eq!(facts["fields"]["policy_id"], "public input 1 as uint256");
    workshop.put(
        "layout.json",
        std::fs::read_to_string(&layout).unwrap().replacen("\"word\":1", "\"word\":0", 1),
    );
    let message = workshop.refused("inspect layout.json");
    assert!(
        message.contains("expected the layout of aggregate/v2/8x8x3 as this release has it"),
        "{message}"
    );
    assert_eq!(workshop.good("inspect reg.bin")["devices"], 7);
    let facts = workshop.good("inspect all.ndjson");
    assert_eq!((&facts["signatures_hold"], &facts["signatures_do_not_hold"]), (&8.into(), &1.into()));
}

#[test]
fn a_reading_of_the_own_device() {
    let workshop = Workshop::new("reading");
    workshop.put("policy.toml", policy("reading", 1));
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop.good(&format!("registry prove --registry reg.bin --position {position} --out m.json"));
    workshop.good("setup --statement reading --insecure --out-dir keys");
    let prove = "prove --statement reading --key keys/reading-v2.INSECURE.pk --policy policy.toml --fence fence.geojson \
                 --readings r0.ndjson r0.ndjson --device d0.json";
    let message = workshop.refused(&format!("{prove} --registry reg.bin --epoch 3 --out p.json"));
    assert!(message.contains("C6: reading 1 was taken at 1767234600000 ms"), "{message}");
    workshop.good(&format!("{prove} --registry reg.bin --epoch 2 --out p.json --opening opening.json"));
    let again = workshop.good(&format!("{prove} --membership m.json --epoch 2 --out q.json"));
    assert_eq!((&again["passed_over"], &again["refused"]), (&1.into(), &0.into()));
    let other = device(&workshop, 1, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    workshop.good(&format!("registry prove --registry reg.bin --position {other} --out other.json"));
    let message = workshop.refused(&format!("{prove} --membership other.json --epoch 2 --out none.json"));
    assert!(message.contains("refused by C4"), "{message}");
    let verify = "verify --key keys/reading-v2.INSECURE.vk --expect epoch=2 --proof";
    let first = workshop.good(&format!("{verify} p.json"));
    let second = workshop.good(&format!("{verify} q.json"));
    assert_eq!(second["fields"], again["fields"]);
    assert_eq!(first["fields"]["nullifier"], second["fields"]["nullifier"]);
    assert_ne!(first["fields"]["commitment"], second["fields"]["commitment"]);
    let opening: Value = serde_json::from_str(&workshop.text("opening.json")).unwrap();
    assert_eq!(opening["commitment"], first["fields"]["commitment"]);
    workshop.done();
}

#[test]
fn devices_and_registry() {
    let workshop = Workshop::new("devices");
    let position = device(&workshop, 0, "1767232800000,48.11,11.51,2,1");
    assert!(workshop.refused("device new --out d0.json").contains("expected a new file for a device key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(workshop.0.join("d0.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let seed = workshop.text("d0.json").split("\"seed\": \"").nth(1).unwrap()[..66].to_owned();
    let facts = workshop.run("inspect d0.json");
    let shown = String::from_utf8(facts.stdout).unwrap();
    assert!(shown.contains("device key") && !shown.contains(&seed), "{shown}");

    workshop.good(&format!("registry prove --registry reg.bin --position {position} --out membership.json"));
    assert!(workshop.text("membership.json").contains("\"path\""));
    let message = workshop.refused("registry enrol --registry reg.bin --leaf l0.json");
    assert!(message.contains("got the key of the device at position"), "{message}");
    assert_eq!(
        workshop.good(&format!("registry revoke --registry reg.bin --position {position}"))["devices"],
        0
    );
    let message =
        workshop.refused(&format!("registry prove --registry reg.bin --position {position} --out m.json"));
    assert!(message.contains("whose device was revoked"), "{message}");
    let message = workshop.refused("registry enrol --registry reg.bin --leaf d0.json");
    assert!(message.ends_with("d0.json: expected a device's leaf, got a device key"), "{message}");
    workshop.done();
}

#[test]
fn tables_are_read_strictly() {
    let workshop = Workshop::new("tables");
    workshop.good("device new --out d.json");
    let sign = |table: &str, more: &str| {
        workshop.put("t.csv", table);
        let network =
            "--network-chain-id 1 --registry-address 0x1111111111111111111111111111111111111111 --schema 1";
        format!(
            "device sign --key d.json {network} --csv t.csv --columns time=t,lat=y,lon=x,value=v --out r.ndjson {more}"
        )
    };
    let bad = "t,y,x,v\n1e12,1,2,3\n1e12,1,2,0.5\n1e12,95,2,3\n";
    let message = workshop.refused(&sign(bad, ""));
    assert!(message.contains("row 2, column `v`: expected at most 0 decimal places"), "{message}");
    assert!(!workshop.0.join("r.ndjson").exists(), "nothing is written when a row is refused");
    let signed = workshop.good(&sign(bad, "--skip-bad-rows"));
    assert_eq!((&signed["signed"], &signed["skipped"]), (&1.into(), &2.into()));
    assert!(signed["why"][1].as_str().unwrap().starts_with("row 3, column `y`: expected -90 to 90"));
    let message = workshop.refused(&sign("t,y,v\n", "--force"));
    assert!(message.contains("expected a column `x`, the header has `t`, `y`, `v`"), "{message}");
    workshop.done();
}

#[test]
fn policies_are_checked_and_warned_of() {
    let workshop = Workshop::new("policies");
    let check = "policy check --policy policy.toml --fence fence.geojson";
    assert_eq!(workshop.good(check)["warnings"].as_array().unwrap().len(), 0);
    workshop.put("small.toml", policy("aggregate", 2) + "insecure_small_k = true\n");
    let small = workshop.good(
        "policy check --policy small.toml --fence fence.geojson --other-policy policy.toml --other-fence fence.geojson \
         --capacity 1",
    );
    let warnings = small["warnings"].to_string();
    for wanted in ["k is 2: with k = 1", "no proof can ever reach it", "overlap: who sees both statistics"] {
        assert!(warnings.contains(wanted), "{wanted}: {warnings}");
    }
    workshop.put("wrong.toml", policy("aggregate", 2));
    let message = workshop.refused("policy id --policy wrong.toml --fence fence.geojson");
    assert!(message.contains("expected k of at least 5, got 2"), "{message}");
    assert!(workshop.refused("policy id --policy policy.toml").contains("expected a fence, got none"));
    for index in 0..3 {
        workshop.good(&format!("device new --out d{index}.json --leaf-out l{index}.json"));
    }
    workshop.good("registry enrol --registry reg.bin --leaf l0.json l1.json l2.json");
    let full = workshop.good(&format!("{check} --registry reg.bin --capacity 2"));
    let warned = full["warnings"][1].as_str().unwrap();
    assert!(warned.contains("chunk 0 of 512 positions has 3 devices, but a proof holds 2"), "{full}");
    // At positions 106, 23 and 299: each alone in a chunk of 64.
    let few = workshop.good(&format!("{check} --registry reg.bin --levels 2"))["warnings"].to_string();
    assert!(few.contains("chunk 0 of 64 positions has 1 devices, and 2 more chunks likewise"), "{few}");
    workshop.done();
}

#[test]
fn usage_errors_and_completions() {
    let workshop = Workshop::new("usage");
    assert!(workshop.refused("prove").contains("required"));
    assert!(workshop.refused("bogus").contains("unrecognized subcommand"));
    assert!(workshop.good("completions bash")["script"].as_str().unwrap().contains("_zksensor"));
    let plain = workshop.run("registry root --registry none.bin");
    assert!(!plain.status.success() && plain.stdout.is_empty());
    let shown = String::from_utf8(plain.stderr).unwrap();
    assert!(
        shown.contains("expected to read a registry") && shown.contains("help: check the path"),
        "{shown}"
    );
    assert!(workshop.run("--help").status.success());
    assert!(workshop.run("--version").status.success());
    workshop.done();
}
