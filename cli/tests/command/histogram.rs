//! `prove` of a histogram: from readings to bins in words and units, and what is refused on the way.

#[cfg(unix)]
use std::fs;

use serde_json::Value;

#[cfg(unix)]
use crate::pages::{blocks, read, run};
use crate::workshop::{Workshop, device, histogram_policy, policy};

const PROVE: &str = "prove --statement histogram --key keys/histogram-v1-8x8x3.INSECURE.pk --policy policy.toml --fence fence.geojson \
                     --registry reg.bin";
const VERIFY: &str = "verify --key keys/histogram-v1-8x8x3.INSECURE.vk";
/// What the devices measure; bins are of 5 from -40 on, and the last one is from 35 to 60.
const VALUES: [&str; 6] = ["-40.0", "-35.001", "-35.0", "34.999", "35.0", "60.0"];
const BINS: [(usize, u64); 4] = [(0, 2), (1, 1), (14, 1), (15, 2)];

fn workshop(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("policy.toml", histogram_policy());
    for (index, value) in VALUES.iter().enumerate() {
        device(&workshop, index, &format!("2026-01-01T02:0{index}:00Z,48.11{index},11.51,2.5,{value}"));
    }
    workshop.good("setup --statement histogram --capacity 8 --triangles 8 --insecure --out-dir keys");
    workshop
}

fn readings(of: std::ops::Range<usize>) -> String {
    of.map(|device| format!(" r{device}.ndjson")).collect()
}

fn bins(fields: &Value) -> Vec<u64> {
    (0..16).map(|bin| fields[format!("bin_{bin}")].as_u64().unwrap_or_else(|| panic!("{fields}"))).collect()
}

#[test]
fn from_readings_to_bins() {
    let workshop = workshop("histogram");
    let proved = workshop.good(&format!("{PROVE} --readings{} --epoch 2 --out p.json", readings(0..6)));
    assert_eq!((&proved["statement"], &proved["refused"]), (&"histogram/v1/8x8x3".into(), &0.into()));
    let all = format!("{PROVE} --readings{} --epoch 2 --all-chunks --out-dir all", readings(0..6));
    assert_eq!(workshop.good(&all)["chunks"][0]["fields"], proved["fields"]);
    let verified = workshop.good(&format!(
        "{VERIFY} --proof p.json --policy policy.toml --fence fence.geojson --expect epoch=2 --expect count>=5 --expect bin_15=2"
    ));
    let mut wanted = vec![0; 16];
    BINS.iter().for_each(|(bin, count)| wanted[*bin] = *count);
    assert_eq!(bins(&verified["fields"]), wanted);
    let meaning = &verified["meaning"];
    assert_eq!(bins(meaning), wanted, "{meaning}");
    assert_eq!(meaning["channel"], "value");
    assert_eq!(
        meaning["text"],
        "value of 6 devices (at least 5) in 16 bins of 5000 from -40000 on, median from -35000 to 34999, inside fence.geojson, from \
         2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z"
    );
    assert_eq!(
        (&meaning["median_at_least"]["value"], &meaning["median_at_most"]["value"]),
        (&"-35000".into(), &"34999".into())
    );

    another_bin_is_not_shown(&workshop);
    what_does_not_belong_is_refused(&workshop);
    workshop.good("inspect p.json");
    workshop.good(
        "report --proof p.json --policy policy.toml --fence fence.geojson --key keys/histogram-v1-8x8x3.INSECURE.vk --html page.html",
    );
    let page = workshop.text("page.html");
    assert!(page.contains("the median value of 6 devices lies in this range"), "the headline");
    assert!(
        (page.contains("-35000 to 34999") || page.contains("-35,000 to 34,999"))
            && page.contains("Devices whose value is in this bin")
    );
    workshop.good("export calldata --proof p.json --key keys/histogram-v1-8x8x3.INSECURE.vk --out call.txt");
    workshop.good("export solidity --key keys/histogram-v1-8x8x3.INSECURE.vk --out-dir contracts");
    assert!(workshop.0.join("contracts/contracts/generated/HistogramV1.sol").is_file());
    workshop.done();
}

fn another_bin_is_not_shown(workshop: &Workshop) {
    let proof = workshop.text("p.json");
    let from = "\"bin_15\": 2";
    assert!(proof.contains(from), "{proof}");
    workshop.put("more.json", proof.replace(from, "\"bin_15\": 3"));
    let message = workshop.refused(&format!("{VERIFY} --proof more.json"));
    assert!(message.contains("field `bin_15`"), "{message}");
}

fn what_does_not_belong_is_refused(workshop: &Workshop) {
    let refused = |line: &str| workshop.refused(&format!("{line} --out none.json"));
    let message = refused(&format!("{PROVE} --readings{} --epoch 2", readings(0..4)));
    assert!(message.starts_with("C15: expected at least 5 devices"), "{message}");
    let message = refused(&format!("{PROVE} --frames{} --epoch 2", readings(0..5)));
    assert_eq!(message, "expected --readings to prove histogram/v1/8x8x3, got --frames");
    // A narrower range leaves one out, by C7.
    workshop.put("narrow.toml", histogram_policy().replace("high = 60_000", "high = 59_999"));
    let narrow = PROVE.replace("policy.toml", "narrow.toml");
    let proved = workshop.good(&format!("{narrow} --readings{} --epoch 2 --out narrow.json", readings(0..6)));
    assert_eq!(proved["refused_rows"][0]["rule"], "C7", "{proved}");
    // Bins of another width are another policy, for readings as for who verifies.
    workshop.put("other.toml", histogram_policy().replace("5_000", "5_001"));
    let message =
        workshop.refused(&format!("{VERIFY} --proof p.json --policy other.toml --fence fence.geojson"));
    assert!(message.contains("expected public inputs of the policy"), "{message}");
    workshop.put("sum.toml", policy("aggregate", 5));
    let message = refused(&format!(
        "{} --readings{} --epoch 2",
        PROVE.replace("policy.toml", "sum.toml"),
        readings(0..5)
    ));
    assert_eq!(message, "C1: the policy is for another statement or version");
    assert!(!workshop.0.join("none.json").exists());
}

#[test]
fn a_policy_for_histograms_says_what_its_bins_are() {
    let workshop = Workshop::new("histogram-policy");
    let check = "policy check --policy policy.toml --fence fence.geojson";
    workshop.put("policy.toml", histogram_policy().replace("5_000", "6_251"));
    let good = workshop.good(check);
    assert_eq!(good["warnings"], Value::Array(Vec::new()));
    assert_eq!(good["histogram"]["bin_width"], 6_251);
    let bins = good["histogram"]["bins"].as_array().unwrap();
    assert_eq!(
        (bins.len(), bins[0].to_string(), bins[15].to_string()),
        (16, "[-40000,-33750]".into(), "[53765,60000]".into())
    );
    let said = String::from_utf8(workshop.run(check).stdout).unwrap();
    assert!(said.contains("bins       16 of 6251 from low on, the last one up to high"), "{said}");
    assert!(
        said.contains("the first bin from -40000 to -33750, the last of 16 from 53765 to 60000"),
        "{said}"
    );
    for (width, wanted) in [
        ("10_000", "so that 5 of 16 bins begin above high and hold no value; 6251 has the range fill them"),
        ("5_000", "the last bin holds 25001 values"),
        ("1_099_511_627_775", "15 of 16 bins begin above high"),
    ] {
        workshop.put("policy.toml", histogram_policy().replace("5_000", width));
        let warned = workshop.good(check)["warnings"].clone();
        assert!(
            warned.as_array().unwrap().len() == 1 && warned.to_string().contains(wanted),
            "{width}: {warned}"
        );
    }
    workshop.put("policy.toml", histogram_policy().replace("5_000", "1"));
    let warned = workshop.good(check)["warnings"].clone();
    assert!(
        warned.as_array().unwrap().len() == 2 && warned.to_string().contains("one exact value"),
        "{warned}"
    );
    workshop.put("policy.toml", histogram_policy().replace("k = 5", "k = 5\nminimum = true"));
    let message = workshop.refused(check);
    assert!(message.contains("expected no outputs for the statement histogram"), "{message}");
    workshop.done();
}

/// The page's own words: what it says of the median is so.
#[cfg(unix)]
#[test]
fn the_steps_of_the_page_run() {
    let workshop = Workshop::new("histogram-page");
    fs::remove_file(workshop.0.join("policy.toml")).unwrap();
    let steps = blocks(&read("docs/histogram.md"), "sh").concat();
    assert!(steps.contains("zksensor prove ") && steps.contains("zksensor verify "), "{steps}");
    let said = run(&workshop, &steps);
    assert!(said.contains("the registry says nothing of 2026-01-01T03:00:00"), "{said}");
    let inspected = workshop.good("inspect proof.json --policy policy.toml --fence fence.geojson");
    let mut wanted = vec![0; 16];
    (wanted[7], wanted[8], wanted[12]) = (2, 3, 1);
    assert_eq!(bins(&inspected["fields"]), wanted, "{inspected}");
    let meaning = &inspected["meaning"];
    let median = [&meaning["median_at_least"]["value"], &meaning["median_at_most"]["value"]];
    assert_eq!(median, ["20.00", "22.49"], "{meaning}");
    workshop.done();
}
