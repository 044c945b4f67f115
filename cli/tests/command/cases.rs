//! Cases of `../shared/cases` that only the command can answer: what it prints, and how it ends.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::workshop::Workshop;

/// The folder of the cases, or `None` after saying so on standard error.
fn cases() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/cases");
    if path.is_dir() {
        return Some(path);
    }
    let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
    assert!(!required, "ZKSENSOR_REQUIRE asks for data, but there is no {}", path.display());
    // Straight to standard error: libtest captures `eprintln!`.
    let line = format!("skipped: what needs the cases: there is no {}\n", path.display());
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    None
}

#[test]
fn inputs_end_as_they_should() {
    let Some(cases) = cases() else { return };
    let workshop = Workshop::new("cases-inputs");
    let inputs = cases.join("inputs");
    workshop.good("device new --out d.json");
    let sign = |name: &str, schema: &str, options: &str| {
        format!(
            "device sign --key d.json --network-chain-id 137 --registry-address 0x1111111111111111111111111111111111111111 \
             --schema {schema} --input {}/{name} --out r.ndjson --force {options}",
            inputs.display()
        )
    };
    let routes = sign("15-gpx-routes-only.gpx", "gnss_station", "--format gpx");
    let message = workshop.refused(&routes);
    assert!(message.contains("got none; 1 waypoints or points of routes were passed over"), "{message}");
    assert_eq!(workshop.run(&routes).status.code(), Some(3));
    for (name, signed) in [("18-csv-short-row.csv", 2), ("19-csv-cut-last-row.csv", 1)] {
        let columns = "--format csv --columns time=time,lat=lat,lon=lon,accuracy_m=acc,value=v";
        assert!(workshop.refused(&sign(name, "vehicle", columns)).contains("row 2: expected 5 cells"));
        let facts = workshop.good(&sign(name, "vehicle", &format!("{columns} --skip-bad-rows")));
        assert_eq!((&facts["signed"], &facts["skipped"]), (&signed.into(), &1.into()), "{name}");
        assert!(facts["why"][0].as_str().unwrap().starts_with("row 2: "), "{facts}");
    }
    // Swapped coordinates cannot be known; bounds, centre and area show them.
    // The policy is one for version 1.
    let policy = std::fs::read_to_string(inputs.join("policy.toml")).unwrap();
    workshop.put("policy.toml", policy.replace("version = 1", "version = 2"));
    let check =
        format!("policy check --policy policy.toml --fence {}/46-fence-latitude-first.wkt", inputs.display());
    let extent = workshop.good(&check)["extent"].clone();
    assert!(
        extent["north_e7"].as_i64().unwrap() < 200_000_000
            && extent["east_e7"].as_i64().unwrap() > 400_000_000,
        "{extent}"
    );
    assert!(extent["area_km2"].as_f64().unwrap() > 0.0 && extent["centre_e7"].is_array(), "{extent}");
    let shown = String::from_utf8(workshop.run(&check).stdout).unwrap();
    assert!(shown.contains("where      latitude ") && shown.contains("km2"), "{shown}");
    workshop.done();
}

#[test]
fn the_library_of_files_is_read() {
    let Some(cases) = cases() else { return };
    let workshop = Workshop::new("cases-library");
    let library = cases.join("library");
    let flow = library.join("flow");
    let (library, flow) = (library.display(), flow.display());
    // What version 1 made is refused by its name and version.
    for proof in [format!("{library}/proof-jsonb-order.json"), format!("{flow}/proof.json")] {
        let line = format!("verify --key {flow}/aggregate-v1-8x8.INSECURE.vk --proof {proof}");
        let refused = workshop.refused(&line);
        assert!(refused.contains("got `aggregate/v1/8x8`"), "{refused}");
    }
    let of_before = std::fs::read_to_string(format!("{flow}/policy.toml")).unwrap();
    workshop.put("old.toml", &of_before);
    let refused = workshop.refused(&format!("policy id --policy old.toml --fence {flow}/fence.geojson"));
    assert!(refused.contains("expected version 2 of aggregate, got 1"), "{refused}");
    let line = format!("registry root --registry {flow}/registry.bin");
    let refused = workshop.refused(&line);
    assert!(refused.contains("got version 1; leaves and positions have changed"), "{refused}");

    // The policy as this release has it, for the one device whose leaf is here.
    let alone =
        of_before.replace("version = 1", "version = 2").replace("k = 5", "k = 1\ninsecure_small_k = true");
    workshop.put("policy.toml", alone);
    let id = |fence: &str| -> Value {
        workshop.good(&format!("policy id --policy policy.toml --fence {fence}"))["policy_id"].clone()
    };
    assert_eq!(id(&format!("{library}/fence-utf8-bom.geojson")), id(&format!("{flow}/fence.geojson")));
    let enrolled = |leaf: &str, registry: &str| {
        workshop.good(&format!("registry enrol --registry {registry} --leaf {leaf}"))["root"].clone()
    };
    let (marked, same) = (
        enrolled(&format!("{library}/leaf-utf8-bom.json"), "a.bin"),
        enrolled(&format!("{flow}/leaf1.json"), "b.bin"),
    );
    assert!(marked.is_string() && marked == same, "the mark says nothing");

    // Five readings, four of them of devices that are not enrolled here, and a line that is none: the aggregate is proven all the
    // same.
    let facts = workshop.good(&format!("inspect {library}/readings-one-malformed-line.ndjson"));
    assert_eq!((&facts["signatures_hold"], &facts["malformed"]), (&5.into(), &1.into()));
    workshop.good("setup --statement aggregate --capacity 8 --triangles 8 --insecure --out-dir keys");
    let prove = |readings: &str| {
        format!(
            "prove --key keys/aggregate-v2-8x8x3.INSECURE.pk --policy policy.toml --fence {flow}/fence.geojson --registry \
             a.bin --readings {readings} --epoch 2 --out p.json --force"
        )
    };
    let proved = workshop.good(&prove(&format!("{library}/readings-one-malformed-line.ndjson")));
    assert_eq!(
        (&proved["fields"]["count"], &proved["refused"], &proved["malformed"]),
        (&1.into(), &5.into(), &1.into())
    );
    let last = &proved["refused_rows"][4];
    assert_eq!((&last["row"], &last["line"]), (&6.into(), &11.into()));
    let four = (2..=5).map(|number| format!("{flow}/readings{number}.ndjson")).collect::<Vec<_>>().join(" ");
    let rounded = workshop.refused(&prove(&format!("{library}/readings1-through-node.ndjson {four}")));
    assert!(
        rounded.contains("got 0 of 5 readings") && rounded.contains("a program that rounds numbers"),
        "{rounded}"
    );
    assert_eq!(workshop.good(&prove(&format!("{flow}/readings1.ndjson {four}")))["refused"], 4);

    for (name, signals) in
        [("mut-10", 4), ("mut-12", 4), ("mut-19", 4), ("symmetric-IC", 2), ("zero-public", 0)]
    {
        let folder = format!("{library}/snarkjs-{name}");
        let line = format!(
            "verify --snarkjs --key {folder}/k.json --proof {folder}/p.json --public {folder}/s.json"
        );
        let facts = workshop.good(&line);
        assert_eq!(facts["public"].as_array().unwrap().len(), signals, "{name}");
        let note = facts["unbound"].as_str().unwrap_or_default();
        assert_eq!(note.contains("their sum alone"), name == "symmetric-IC", "{name}: {note}");
    }
    workshop.done();
}
