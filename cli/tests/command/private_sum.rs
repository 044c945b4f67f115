//! `prove` of a private sum: sealed first, proven under a beacon then, and what is refused on the way.

#[cfg(unix)]
use std::fs;

use serde_json::Value;

#[cfg(unix)]
use crate::pages::{blocks, read, run};
use crate::workshop::{Workshop, device, private_sum_policy};

const PROVE: &str = "prove --statement private-sum --key keys/private-sum-v1-8x8x3.INSECURE.pk --policy policy.toml --fence \
                     fence.geojson --registry reg.bin";
const VERIFY: &str = "verify --key keys/private-sum-v1-8x8x3.INSECURE.vk";
const BEACON: &str = "0x0000000000000000000000000000000000000000000000000000000000beac01";
const VALUES: [&str; 6] = ["-40.0", "-35.001", "-35.0", "34.999", "35.0", "60.0"];
/// Their sum, in thousandths.
const EXACT: i64 = 19_998;

fn workshop(name: &str) -> Workshop {
    let workshop = Workshop::new(name);
    workshop.put("policy.toml", private_sum_policy());
    for (index, value) in VALUES.iter().enumerate() {
        device(&workshop, index, &format!("2026-01-01T02:0{index}:00Z,48.11{index},11.51,2.5,{value}"));
    }
    workshop.good("setup --statement private-sum --capacity 8 --triangles 8 --insecure --out-dir keys");
    workshop
}

fn readings(of: std::ops::Range<usize>) -> String {
    of.map(|device| format!(" r{device}.ndjson")).collect()
}

#[test]
fn from_a_seal_to_a_sum_with_noise() {
    let workshop = workshop("private-sum");
    let all = format!("{PROVE} --readings{} --epoch 2", readings(0..6));
    let sealed = workshop.good(&format!("{all} --seal-out seal.json"));
    assert_eq!((&sealed["count"], &sealed["epoch"], &sealed["chunk"]), (&6.into(), &2.into(), &0.into()));
    assert!(!sealed.to_string().contains(&EXACT.to_string()), "the exact sum is a secret: {sealed}");
    let kept: Value = serde_json::from_str(&workshop.text("seal.json")).unwrap();
    assert_eq!((&kept["sum"], &kept["seal"]), (&EXACT.to_string().into(), &sealed["seal"]));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(workshop.0.join("seal.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // Another seal would be of another secret: the first is not lost by chance.
    let message = workshop.refused(&format!("{all} --seal-out seal.json"));
    assert!(message.contains("seal.json"), "{message}");

    let proved = workshop.good(&format!("{all} --seal seal.json --beacon {BEACON} --out p.json"));
    let fields = &proved["fields"];
    assert_eq!(
        (&fields["seal"], &fields["beacon"], &fields["count"]),
        (&sealed["seal"], &BEACON.into(), &6.into())
    );
    let sum: i64 =
        fields["sum"].as_str().map_or_else(|| fields["sum"].as_i64().unwrap(), |sum| sum.parse().unwrap());
    assert!(sum != EXACT && (sum - EXACT).abs() < 40 << 17, "noise of scale 2^17: {sum}");
    // Seal and beacon fix it: another proof says the same.
    let again = workshop.good(&format!("{all} --seal seal.json --beacon {BEACON} --out again.json"));
    assert_eq!(again["fields"], proved["fields"]);
    let verified = workshop.good(&format!(
        "{VERIFY} --proof p.json --policy policy.toml --fence fence.geojson --expect epoch=2 --expect count>=5 --expect beacon={BEACON}"
    ));
    let meaning = &verified["meaning"];
    assert_eq!(meaning["channel"], "value");
    let text = meaning["text"].as_str().unwrap();
    assert!(
        text.contains("mean value of 6 devices (at least 5) with noise of scale 131072 in the sum (epsilon 0.7630), inside fence.geojson"),
        "{text}"
    );
    workshop.good("inspect p.json");
    let shown = workshop.good("inspect seal.json");
    assert_eq!((&shown["kind"], &shown["seal"]), (&"seal".into(), &sealed["seal"]));
    assert!(!shown.to_string().contains(&EXACT.to_string()), "{shown}");
    workshop.good(
        "report --proof p.json --policy policy.toml --fence fence.geojson --key keys/private-sum-v1-8x8x3.INSECURE.vk --html page.html",
    );
    assert!(!workshop.text("page.html").contains(&EXACT.to_string()));
    workshop
        .good("export calldata --proof p.json --key keys/private-sum-v1-8x8x3.INSECURE.vk --out call.txt");
    what_does_not_belong_is_refused(&workshop, &all);
    workshop.done();
}

fn what_does_not_belong_is_refused(workshop: &Workshop, all: &str) {
    let refused = |line: &str| workshop.refused(&format!("{line} --out none.json"));
    // Data other than the sealed.
    let fewer = format!("{PROVE} --readings{} --epoch 2", readings(0..5));
    let message = refused(&format!("{fewer} --seal seal.json --beacon {BEACON}"));
    assert!(message.starts_with("P1: ") && message.contains("prove what was sealed"), "{message}");
    // A seal is for one epoch, chunk and policy.
    for line in [
        format!("{PROVE} --readings{} --epoch 3", readings(0..6)),
        format!("{all} --chunk 1"),
        all.replace("policy.toml", "other.toml"),
    ] {
        workshop.put("other.toml", private_sum_policy().replace("scale_bits = 17", "scale_bits = 18"));
        let message = refused(&format!("{line} --seal seal.json --beacon {BEACON}"));
        assert!(message.contains("a seal is for one release"), "{message}");
    }
    let message = refused(all);
    assert_eq!(message, "expected --seal to prove private-sum/v1/8x8x3, got none");
    let message =
        workshop.refused(&format!("{PROVE} --readings{} --epoch 2 --seal-out few.json", readings(0..4)));
    assert!(message.starts_with("C15: expected at least 5 devices"), "{message}");
    let message = workshop.refused(&format!("{all} --seal p.json --beacon {BEACON} --out none.json"));
    assert!(message.contains("expected the seal of a private sum, got a proof"), "{message}");
    for file in ["none.json", "few.json"] {
        assert!(!workshop.0.join(file).exists(), "{file}");
    }
}

#[test]
fn a_policy_for_private_sums_says_what_they_cost() {
    let workshop = Workshop::new("private-sum-policy");
    let check = "policy check --policy policy.toml --fence fence.geojson";
    workshop.put("policy.toml", private_sum_policy());
    let good = workshop.good(check);
    assert_eq!(good["warnings"], Value::Array(Vec::new()));
    let facts = &good["private_sum"];
    // 100,000 / 2^17
    assert_eq!((&facts["scale_bits"], &facts["epsilon"]), (&17.into(), &0.762_939_453_125.into()));
    let day = &facts["together"][0];
    assert_eq!((&day["epochs"], &day["basic"]["epsilon"]), (&24.into(), &18.310_546_875.into()));
    assert!(facts["delta"].as_f64().unwrap() < 1e-15, "{facts}");
    let said = String::from_utf8(workshop.run(check).stdout).unwrap();
    assert!(
        said.contains("epsilon    0.7630 a release") && said.contains("of 24 epochs 18.31 by adding up"),
        "{said}"
    );
    workshop.put("policy.toml", private_sum_policy().replace("= 17", "= 13"));
    let warned = workshop.good(check)["warnings"].to_string();
    assert!(warned.contains("epsilon is 12.21 a release, above 10"), "{warned}");
    for (from, to, wanted) in [
        ("= 17", "= 41", "expected scale_bits from 0 to 40, got 41"),
        ("= 17", "= -1", "expected u8"),
        ("k = 5", "k = 5\nminimum = true", "expected no outputs for the statement private-sum"),
        ("[private-sum]\nscale_bits = 17", "", "private-sum"),
        ("high = 60_000", "high = -40_000", "there is nothing to hide"),
    ] {
        let policy = private_sum_policy();
        assert!(policy.contains(from), "{from}");
        workshop.put("policy.toml", policy.replace(from, to));
        let message = workshop.refused(check);
        assert!(message.contains(wanted), "{message}");
    }
    workshop.done();
}

#[test]
fn the_demo_publishes_a_sum_with_noise() {
    let workshop = Workshop::new("private-sum-demo");
    let shown = workshop.good("demo --statement private-sum --html public.html --private own.html");
    assert_eq!(shown["verified"], true);
    assert!(shown["epsilon"].as_f64().unwrap() > 0.0 && shown["published_sum"].is_number(), "{shown}");
    let rules: Vec<&str> =
        shown["refused"].as_array().unwrap().iter().filter_map(|one| one["rule"].as_str()).collect();
    // The exact sum and the drawing are on the prover's page alone.
    let (public, own) = (workshop.text("public.html"), workshop.text("own.html"));
    assert!(
        own.contains("id=\"noise\"") && own.contains(">exact ") && own.contains(">published "),
        "the drawing"
    );
    assert!(!public.contains(">exact ") && public.contains("with noise that nobody chose"));
    let of =
        |page: &str, label: &str| page.split_once(label).unwrap().1.split_once('<').unwrap().0.to_owned();
    let (exact, published) = (of(&own, ">exact "), of(&own, ">published "));
    assert!(exact == published || !public.contains(&exact), "{exact} is a secret");
    for rule in ["P1", "P3", "C5"] {
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
    workshop.done();
}

/// The page's own words.
#[cfg(unix)]
#[test]
fn the_steps_of_the_page_run() {
    let workshop = Workshop::new("private-sum-page");
    fs::remove_file(workshop.0.join("policy.toml")).unwrap();
    let steps = blocks(&read("docs/private-sum.md"), "sh").concat();
    assert!(steps.contains("zksensor prove ") && steps.contains("zksensor verify "), "{steps}");
    run(&workshop, &steps);
    let inspected = workshop.good("inspect proof.json --policy policy.toml --fence fence.geojson");
    assert_eq!(
        (&inspected["fields"]["count"], &inspected["meaning"]["devices"]),
        (&6.into(), &6.into()),
        "{inspected}"
    );
    let kept: Value = serde_json::from_str(&workshop.text("seal.json")).unwrap();
    assert_eq!(
        (&kept["beacon"], &kept["seal"]),
        (&inspected["fields"]["beacon"], &inspected["fields"]["seal"])
    );
    workshop.done();
}
