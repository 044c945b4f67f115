//! `report`: what the page holds, and what is refused.

use crate::workshop::{Workshop, aggregate, device, keys, policy};

const SENTENCE: &str = "2500, mean value of 5 devices (at least 5), inside fence.geojson, from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z";

fn key() -> String {
    format!("{}/aggregate-v2-8x8x3.INSECURE.vk", keys())
}

#[test]
fn a_report_holds_what_is_public_and_escapes_names() {
    let workshop = Workshop::new("report");
    aggregate(&workshop);
    let line = "report --proof proof.json --policy policy.toml --fence fence.geojson --html";
    let made = workshop.good(&format!("{line} a.html --key {}", key()));
    assert_eq!(
        (&made["text"], &made["verified"], &made["html"]),
        (&SENTENCE.into(), &true.into(), &"a.html".into())
    );
    let html = workshop.text("a.html");
    let network = "Polygon Amoy (chain 80002), registry 0x1111111111111111111111111111111111111111";
    for shown in
        [SENTENCE, network, "not asked for", "at least 5", "355,000 on Polygon", "INSECURE", "id=\"verify\""]
    {
        assert!(html.contains(shown), "{shown}");
    }
    let policy = html.split("Content-Security-Policy\" content=\"").nth(1).unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy:.200}");
    assert!(!html.contains("http") || !html.contains("src="), "nothing is loaded");
    // Nobody's key, signature or secret: the network and zeros are no secret of anybody.
    for (file, names) in [("r0.ndjson", ["key", "signature"]), ("d0.json", ["seed", "identity_secret"])] {
        let text = workshop.text(file);
        for name in names {
            let after = text.split(&format!("\"{name}\"")).nth(1).unwrap();
            let secret = &after[after.find("0x").unwrap()..][..66];
            assert!(!html.contains(&secret[2..]), "{name} of {file}");
        }
    }

    // Without a key there is no button, and it is said.
    let without = workshop.good(&format!("{line} b.html"));
    assert_eq!(without["verified"], false);
    let html = workshop.text("b.html");
    assert!(
        html.contains("nothing was verified") && !html.contains("id=\"verify\"") && !html.contains("<script")
    );

    // A name is text.
    let name = "<img onerror=alert(1)>\"'&.geojson";
    workshop.put(name, workshop.text("fence.geojson"));
    let mut command =
        workshop.command("report --proof proof.json --policy policy.toml --html c.html --fence");
    assert!(command.arg(name).status().unwrap().success());
    let html = workshop.text("c.html");
    assert!(!html.contains("<img") && html.contains("img onerror"), "a name is escaped");
    workshop.done();
}

#[test]
fn a_report_is_refused_of_what_does_not_belong_together() {
    let workshop = Workshop::new("report-refused");
    aggregate(&workshop);
    let line = "report --html page.html --proof proof.json --fence fence.geojson --policy";
    workshop.put("other.toml", policy("aggregate", 6));
    let message = workshop.refused(&format!("{line} other.toml"));
    assert!(message.starts_with("the proof is not of the policy: expected"), "{message}");
    let other =
        workshop.good("setup --statement aggregate --capacity 8 --triangles 8 --insecure --out-dir other");
    let other = other["verifying_key"].as_str().unwrap();
    let message = workshop.refused(&format!("{line} policy.toml --key {other}"));
    assert!(message.contains("expected a proof under the key"), "{message}");
    let proof = workshop.text("proof.json");
    workshop.put("cut.json", &proof[..proof.len() / 2]);
    for (file, wanted) in
        [("cut.json", "expected a proof"), ("fence.geojson", "expected a proof"), ("none.json", "none.json")]
    {
        let message = workshop.refused(&format!(
            "report --html page.html --policy policy.toml --fence fence.geojson --proof {file}"
        ));
        assert!(message.contains(wanted), "{message}");
    }
    assert!(!workshop.0.join("page.html").exists(), "a refusal leaves no page");
    workshop.put("page.html", "old");
    let message = workshop.refused(&format!("{line} policy.toml"));
    assert!(
        message.ends_with("page.html: expected a new file for a report, but this one exists"),
        "{message}"
    );
    assert_eq!(workshop.text("page.html"), "old");
    workshop.good(&format!("{line} policy.toml --force"));
    workshop.done();
}

/// Of the other proof system the page has no verifier: it has no button, and says who says what.
#[test]
fn a_report_of_halo2_says_that_nothing_is_verified_there() {
    let workshop = Workshop::new("report-halo2");
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    let made = workshop.good(
        "setup --backend halo2 --statement aggregate --capacity 1 --triangles 8 --levels 7 --insecure --out-dir keys",
    );
    let [pk, vk] = ["proving_key", "verifying_key"].map(|key| made[key].as_str().unwrap().to_owned());
    workshop.good(&format!(
        "prove --key {pk} --policy policy.toml --fence fence.geojson --registry reg.bin --readings r0.ndjson --epoch 2 --out proof.json"
    ));
    let line = "report --proof proof.json --policy policy.toml --fence fence.geojson --html";
    for (file, key, verified, said) in [
        ("with.html", format!("--key {vk}"), true, "says that it holds, which is their word and no proof"),
        ("without.html", String::new(), false, "was given, so that nothing was verified"),
    ] {
        let reported = workshop.good(&format!("{line} {file} {key}"));
        assert_eq!((&reported["backend"], &reported["verified"]), (&"halo2".into(), &verified.into()));
        let page = workshop.text(file);
        assert!(page.contains("21500, mean value of 1 devices") && page.contains("INSECURE"), "{file}");
        assert!(
            page.contains(said) && !page.contains("id=\"verify\"") && !page.contains("<script"),
            "{file}"
        );
        assert!(!page.contains("355,000"), "{file}: gas is that of groth16");
    }
    // A key that is not the proof's still makes no page.
    let message = workshop.refused(&format!("{line} none.html --key {}", key()));
    assert!(!workshop.0.join("none.html").exists(), "{message}");
    workshop
        .put("altered.json", workshop.text("proof.json").replace("\"sum\": \"21500\"", "\"sum\": \"21501\""));
    workshop.refused(&format!("{line} none.html --key {vk}").replace("proof.json", "altered.json"));
    workshop.done();
}
