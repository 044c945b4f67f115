//! A fence as triangles: written, read back, proven under, and the largest shapes that `policy check` recommends.

use std::f64::consts::TAU;

use serde_json::Value;

use super::workshop::{Workshop, device};

/// A regular polygon around the readings, which makes two triangles fewer than it has corners.
fn polygon(corners: u32) -> String {
    let corner = |index: u32| {
        let angle = TAU * f64::from(index % corners) / f64::from(corners);
        format!("[{:.7},{:.7}]", 11.51 + 0.05 * angle.cos(), 48.11 + 0.05 * angle.sin())
    };
    let ring: Vec<String> = (0..=corners).map(corner).collect();
    format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(","))
}

#[test]
fn triangles_are_published_and_checked_without_the_outline() {
    let workshop = Workshop::new("triangles");
    let made = workshop.good("policy fence --fence fence.geojson --triangles-out triangles.json");
    let root = made["fence_root"].as_str().unwrap();
    assert_eq!((&made["triangles"], &made["triangles_file"]), (&4.into(), &"triangles.json".into()));
    let plain = workshop.run("policy fence --fence fence.geojson --quiet");
    assert_eq!(String::from_utf8(plain.stdout).unwrap(), format!("{root}\n"));
    let file: Value = serde_json::from_str(&workshop.text("triangles.json")).unwrap();
    assert_eq!((&file["root"], file["triangles"].as_array().unwrap().len()), (&root.into(), 4));

    // The file stands for the outline: the same root, and the same policy.
    assert_eq!(workshop.good("policy fence --fence triangles.json")["fence_root"], root);
    let id = |fence: &str| {
        workshop.good(&format!("policy id --policy policy.toml --fence {fence}"))["policy_id"].clone()
    };
    assert_eq!(id("triangles.json"), id("fence.geojson"));
    let named = format!("[fence]\nroot = \"{root}\"\n{}", workshop.text("policy.toml"));
    workshop.put("named.toml", &named);
    workshop.good("policy check --policy named.toml --fence triangles.json");
    let facts = workshop.good("inspect triangles.json");
    assert_eq!((&facts["kind"], &facts["root"]), (&"triangles of a fence".into(), &root.into()));

    // Nothing in it may be altered, and it is overwritten only if that is said.
    assert!(workshop.refused("policy fence --fence triangles.json --feature x").contains("feature"));
    let again = "policy fence --fence triangles.json --triangles-out triangles.json";
    assert!(workshop.refused(again).contains("expected a new file for the triangles of a fence"));
    workshop.good(&format!("{again} --force"));
    assert_eq!(serde_json::from_str::<Value>(&workshop.text("triangles.json")).unwrap(), file);
    let text = workshop.text("triangles.json");
    workshop.put("moved.json", text.replacen("481000000", "481000001", 1));
    let message = workshop.refused("policy check --policy named.toml --fence moved.json");
    assert!(message.contains("expected the triangles of a fence: expected `root` as 0x"), "{message}");
    // A file of another fence, with its own root, is not the policy's.
    workshop.put("other.geojson", polygon(5));
    workshop.good("policy fence --fence other.geojson --triangles-out other.json");
    let message = workshop.refused("policy check --policy named.toml --fence other.json");
    assert!(message.contains("expected a policy"), "{message}");
    workshop.done();
}

/// The outline may start anywhere and run either way.
#[test]
fn an_outline_written_otherwise_is_the_same_policy() {
    let workshop = Workshop::new("written");
    let reversed = r#"{"type":"Polygon","coordinates":[[[11.60,48.13],[11.60,48.10],[11.50,48.10],[11.50,48.17],
        [11.55,48.17],[11.55,48.13],[11.60,48.13]]]}"#;
    workshop.put("reversed.geojson", reversed);
    let root = |fence: &str| workshop.good(&format!("policy fence --fence {fence}"))["fence_root"].clone();
    assert_eq!(root("reversed.geojson"), root("fence.geojson"));
    workshop.done();
}

/// 64 triangles fill two levels of the fence's tree: what `policy check` recommends proves.
#[test]
fn a_shape_of_whole_levels_proves() {
    let workshop = Workshop::new("whole");
    workshop.put("fence.geojson", polygon(66));
    let checked = workshop.run("policy check --policy policy.toml --fence fence.geojson");
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(said.contains("triangles  64: setup --triangles 64 or more"), "{said}");
    let mut all = String::new();
    for index in 0..5 {
        device(&workshop, index, &format!("2026-01-01T02:0{index}:00Z,48.11{index},11.51,2.5,{index}.5"));
        all += &workshop.text(&format!("r{index}.ndjson"));
    }
    workshop.put("all.ndjson", all);
    workshop.good("policy fence --fence fence.geojson --triangles-out triangles.json");
    workshop.good("setup --statement aggregate --capacity 5 --triangles 64 --insecure --out-dir keys");
    // Proven by whoever has the triangles alone.
    workshop.good(
        "prove --statement aggregate --key keys/aggregate-v2-5x64x3.INSECURE.pk --policy policy.toml \
         --fence triangles.json --registry reg.bin --readings all.ndjson --epoch 2 --out proof.json",
    );
    let verified = workshop
        .good("verify --key keys/aggregate-v2-5x64x3.INSECURE.vk --proof proof.json --expect count=5");
    assert_eq!(verified["fields"]["sum"], "12500");
    workshop.done();
}

/// No shape is recommended that `setup` refuses.
#[test]
fn a_fence_of_too_many_triangles_for_an_aggregate_is_said_to_be_one() {
    let workshop = Workshop::new("large");
    for (corners, wanted) in [
        (258, "triangles  256: setup --triangles 256 or more"),
        (
            259,
            "triangles  257: too many for a statement about many devices; a reading and a track take any fence",
        ),
    ] {
        workshop.put("large.geojson", polygon(corners));
        let checked = workshop.run("policy check --policy policy.toml --fence large.geojson");
        let said = String::from_utf8(checked.stdout).unwrap();
        assert!(said.contains(wanted), "{said}");
    }
    workshop.done();
}
