//! What `policy check` teaches and shows: the policy in its help, numbers with a point, and what an id is the hash of.

use zksensor::model::field::parse_hex;
use zksensor::model::primitives::poseidon::{self, Domain};

use super::workshop::{
    Workshop, device, histogram_policy, policy, private_sum_policy, survey_policy, track_policy,
};

/// The policies of the help: the first, and the first with each of the further sections.
fn in_the_help(workshop: &Workshop) -> [String; 5] {
    let help = String::from_utf8(workshop.run("policy check --help").stdout).unwrap();
    let (_, text) = help.split_once("\nA policy:\n").expect("the help has one");
    let [policy, survey, private_sum, histogram, track]: [&str; 5] = text
        .split("\n\n")
        .map(|part| part.split_once("[").unwrap().1)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    let first = format!("[{policy}\n");
    // The fence comes with the command.
    let (before, after) = first.split_once("[fence]").unwrap();
    let first = format!("{before}[epoch]{}", after.split_once("[epoch]").unwrap().1)
        .replace("0x...", &format!("0x{:064x}", 0));
    let with = |family: &str, section: &str| {
        let own = first.replace("\"aggregate\"", family).replace("version = 2", "version = 1");
        format!("{own}[{section}\n")
    };
    let (survey, track) = (with("\"survey\"", survey), with("\"track\"", track).replace("k = 5", "k = 1"));
    let histogram = with("\"histogram\"", histogram);
    let private_sum = with("\"private-sum\"", private_sum);
    [first, survey, private_sum, histogram, track]
}

/// Whoever copies it, or takes the `#` from what is optional, has a policy.
#[test]
fn the_policies_in_the_help_are_policies() {
    let workshop = Workshop::new("help");
    for text in in_the_help(&workshop) {
        let check = |text: &str| {
            workshop.put("help.toml", text);
            workshop.good("policy check --policy help.toml --fence fence.geojson")
        };
        check(&text);
        if ["\"track\"", "\"histogram\"", "\"private-sum\""].iter().any(|family| text.contains(family)) {
            continue; // publishes none of these
        }
        let options: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("# ")).collect();
        assert_eq!(options.len(), 5, "{text}");
        for option in options {
            let k = if option.starts_with("sum_of_squares") { "k = 8" } else { "k = 5" };
            if text.contains("\"survey\"") && option.starts_with("parameters") {
                continue; // it has them in its section
            }
            check(&text.replace(&format!("# {option}"), option).replace("k = 5", k));
        }
    }
    workshop.done();
}

#[test]
fn a_number_with_a_point_is_told_what_to_write() {
    let workshop = Workshop::new("point");
    let generic = "schema = \"generic\"\nchannel = \"value\"\nlow = -40_000";
    let air = "schema = \"air_quality\"\nchannel = \"temperature\"\nunit = \"Cel\"\nlow = -40.0";
    workshop.put("air.toml", policy("aggregate", 5).replace(generic, air));
    let message = workshop.refused("policy check --policy air.toml --fence fence.geojson");
    assert!(message.ends_with("where 100 is 1 Cel, got -40.0; write -4000"), "{message}");
    workshop.done();
}

/// Whoever computes an id elsewhere can compare lane by lane.
#[test]
fn the_preimage_is_what_the_id_is_the_hash_of() {
    let workshop = Workshop::new("preimage");
    for (name, text) in [
        ("a", policy("aggregate", 5)),
        ("t", track_policy()),
        ("s", survey_policy()),
        ("h", histogram_policy()),
        ("n", private_sum_policy()),
    ] {
        workshop.put("p.toml", text);
        let facts = workshop.good("policy check --policy p.toml --fence fence.geojson");
        let lanes = facts["preimage"]["lanes"].as_array().unwrap();
        let elements: Vec<_> =
            lanes.iter().map(|lane| parse_hex(lane["element"].as_str().unwrap()).unwrap()).collect();
        let id = parse_hex(facts["policy_id"].as_str().unwrap()).unwrap();
        assert_eq!(poseidon::hash(Domain::Policy, &elements), id, "{name}");
        assert_eq!(facts["preimage"]["domain"], Domain::Policy.name());
        assert_eq!(
            (&facts["network"]["chain"], &facts["network"]["chain_id"]),
            (&"Polygon Amoy".into(), &80_002.into())
        );
        let names: Vec<&str> = lanes.iter().map(|lane| lane["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["network", "fence_root", "ranges", "kind", "parameters"], "{name}");
        let parts = &lanes[2]["parts"];
        assert_eq!((&parts["low"], &parts["high"]), (&"-40000".into(), &"60000".into()), "{name}");
        assert_eq!(parts["epoch_length_ms"], "3600000");
        assert_eq!(lanes[3]["parts"]["device_class"], 7);
    }
    workshop.done();
}

/// The keys of a policy, as the documentation of the format has them.
fn keys() -> Vec<String> {
    let source = include_str!("../../../io/src/policy.rs");
    let shown = source.split("```").nth(1).unwrap();
    let words = shown
        .lines()
        .flat_map(|line| line.trim_start_matches("//!").split(['#', ' ', ';']).collect::<Vec<_>>());
    let is_key =
        |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    // A key is what stands before an equals sign.
    let pairs: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let keys = pairs.windows(2).filter(|pair| pair[1] == "=").map(|pair| pair[0]).filter(is_key);
    keys.map(str::to_owned).collect()
}

#[test]
fn the_help_has_every_key_that_there_is() {
    let workshop = Workshop::new("keys-of-policies");
    let help = String::from_utf8(workshop.run("policy check --help").stdout).unwrap();
    let keys = keys();
    assert!(keys.len() > 30, "{keys:?}");
    for optional in ["origin_unix_ms", "schema_file", "device_class", "insecure_small_k", "latitude_scale"] {
        assert!(keys.iter().any(|key| key == optional), "{optional}: {keys:?}");
    }
    // Named beside another, as one of two.
    for key in keys.into_iter().chain(["length_ms".to_owned()]) {
        let is_there =
            help.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_').any(|word| word == key);
        assert!(is_there, "{key} is not in the help of policy check");
    }
    // And what is no key is told those of its section.
    for (section, wrong, there) in
        [("[reading]", "chanel", "schema_file"), ("[statement]", "minimun", "insecure_small_k")]
    {
        workshop.put("p.toml", policy("aggregate", 5).replace(section, &format!("{section}\n{wrong} = 1")));
        let message = workshop.refused("policy check --policy p.toml --fence fence.geojson");
        assert!(
            message.contains(&format!("unknown field `{wrong}`")) && message.contains(there),
            "{message}"
        );
    }
    workshop.done();
}

#[test]
fn a_version_and_a_chunk_that_there_are_not() {
    let workshop = Workshop::new("no-such");
    let check = "policy check --policy policy.toml --fence fence.geojson";
    for version in [0, 1, 3, 65_535] {
        workshop.put(
            "policy.toml",
            policy("aggregate", 5).replace("version = 2", &format!("version = {version}")),
        );
        let message = workshop.refused(check);
        assert!(message.contains(&format!("expected version 2 of aggregate, got {version}")), "{message}");
    }
    workshop.put("policy.toml", policy("aggregate", 5));
    for (levels, last) in [(2, 32_767), (3, 4_095), (7, 0)] {
        let of = |chunk: u32| format!("{check} --levels {levels} --chunk {chunk}");
        workshop.good(&of(last));
        for none in [last + 1, u32::MAX] {
            let message = workshop.refused(&of(none));
            assert!(
                message.contains(&(last + 1).to_string()) && message.contains(&none.to_string()),
                "{message}"
            );
            assert_eq!(workshop.run(&of(none)).status.code(), Some(2));
        }
    }
    assert!(workshop.refused(&format!("{check} --levels 8")).contains("2..=7"));
    // Of one that there is, its devices.
    let position = device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.51,2,21.5");
    let of = |chunk: u64, more: &str| {
        workshop.good(&format!("{check} --registry reg.bin --levels 2 --chunk {chunk} {more}"))["warnings"]
            .to_string()
    };
    let (here, there) = (position / 64, 32_767 - position / 64);
    assert!(of(here, "").contains(&format!("chunk {here} of 64 positions has 1 devices: fewer than k = 5")));
    assert!(of(there, "").contains(&format!("chunk {there} of 64 positions has 0 devices")));
    assert!(of(here, "--capacity 0").contains("has 1 devices, but a proof holds 0"));
    assert!(!of(there, "--capacity 0").contains("but a proof holds 0: some"));
    workshop.done();
}
