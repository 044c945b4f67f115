//! What `policy check` teaches and shows: the policy in its help, numbers with a point, and what an id is the hash of.

use zksensor::model::field::parse_hex;
use zksensor::model::primitives::poseidon::{self, Domain};

use super::workshop::{Workshop, policy, survey_policy, track_policy};

/// The policies of the help: the first, and the first with each of the further sections.
fn in_the_help(workshop: &Workshop) -> [String; 3] {
    let help = String::from_utf8(workshop.run("policy check --help").stdout).unwrap();
    let (_, text) = help.split_once("\nA policy:\n").expect("the help has one");
    let [policy, survey, track]: [&str; 3] = text
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
    [first, survey, track]
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
        if text.contains("\"track\"") {
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
    for (name, text) in [("a", policy("aggregate", 5)), ("t", track_policy()), ("s", survey_policy())] {
        workshop.put("p.toml", text);
        let facts = workshop.good("policy check --policy p.toml --fence fence.geojson");
        let lanes = facts["preimage"]["lanes"].as_array().unwrap();
        let elements: Vec<_> =
            lanes.iter().map(|lane| parse_hex(lane["element"].as_str().unwrap()).unwrap()).collect();
        let id = parse_hex(facts["policy_id"].as_str().unwrap()).unwrap();
        assert_eq!(poseidon::hash(Domain::Policy, &elements), id, "{name}");
        assert_eq!(facts["preimage"]["domain"], Domain::Policy.name());
        let names: Vec<&str> = lanes.iter().map(|lane| lane["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["network", "fence_root", "ranges", "kind", "parameters"], "{name}");
        let parts = &lanes[2]["parts"];
        assert_eq!((&parts["low"], &parts["high"]), (&"-40000".into(), &"60000".into()), "{name}");
        assert_eq!(parts["epoch_length_ms"], "3600000");
        assert_eq!(lanes[3]["parts"]["device_class"], 7);
    }
    workshop.done();
}
