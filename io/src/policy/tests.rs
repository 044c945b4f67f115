use proptest::prelude::*;

use super::*;

mod histogram;
mod private_sum;
mod survey;
mod track;

use zksensor_model::claim::ClaimFamily;
use zksensor_model::claim::aggregate::Aggregate;
use zksensor_model::fence::Triangle;
use zksensor_model::field::Fr;
use zksensor_model::policy::PolicyError;
use zksensor_model::reading::Network;

const TEXT: &str = r#"
[network]
chain_id = 137
registry = "0x00112233445566778899aaBBccDDeeff00112233"

[fence]
root = "0x0000000000000000000000000000000000000000000000000000000000000007"

[epoch]
origin = "2014-09-10T04:30:00Z"
length_s = 3600

[reading]
schema = 1
channel = 2
low = -40_000
high = 60_000
max_accuracy_mm = 10_000

[statement]
family = "aggregate"
version = 2
k = 8
sum_of_squares = true
"#;

/// A fence of a tenth of a degree, from this latitude on.
fn fence(south: i32) -> Fence {
    let at = |north: i32, east: i32| [south * 10_000_000 + north, 110_000_000 + east];
    let corners = [at(0, 0), at(0, 1_000_000), at(1_000_000, 0)];
    Fence::new(vec![Triangle::try_from(corners).unwrap()]).unwrap()
}

fn replaced(from: &str, to: &str) -> Result<Policy, PolicyTomlError> {
    assert!(TEXT.contains(from), "{from}");
    from_toml(&TEXT.replacen(from, to, 1), None)
}

/// Policies of version 1 had other ids: they are not read as if nothing had changed.
#[test]
fn another_version_is_refused_by_its_line_with_what_to_do() {
    for version in [0, 1, 3, u16::MAX] {
        let error = replaced("version = 2", &format!("version = {version}")).unwrap_err();
        let wanted =
            format!("line 22, `version = {version}`: expected version 2 of aggregate, got {version}; write");
        assert!(error.to_string().starts_with(&wanted), "{error}");
    }
}

#[test]
fn a_bound_with_a_point_is_told_its_fixed_point() {
    let error = replaced("low = -40_000", "low = -40.0").unwrap_err().to_string();
    assert!(error.contains("`reading.low` to be an integer") && error.ends_with("got -40.0"), "{error}");
    let error = replaced("low = -40_000", "low = \"-40\"").unwrap_err().to_string();
    assert!(
        error.contains("line 16, `low = \"-40\"`") && error.contains("expected an integer, in fixed point"),
        "{error}"
    );
}

/// Families with parameters have a section for them.
#[test]
fn parameters_are_a_field_element_and_of_a_family_that_has_them() {
    let with = |text: &str| replaced("k = 8", &format!("k = 8\nparameters = \"{text}\""));
    assert!(matches!(with("7"), Err(PolicyTomlError::Parameters { .. })));
    let seven = format!("0x{:064x}", 7);
    assert!(matches!(with(&seven), Err(PolicyTomlError::Policy(PolicyError::Parameters { .. }))));
    assert!(with(&format!("0x{:064x}", 0)).is_ok());
}

#[test]
fn every_key_arrives() {
    let parts = *from_toml(TEXT, None).unwrap().parts();
    let registry = [
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00,
        0x11, 0x22, 0x33,
    ];
    let expected = PolicyParts {
        network: Network::new(137, registry),
        fence: FenceRoot::from_field(Fr::from(7u64)),
        low: -40_000,
        high: 60_000,
        max_accuracy_mm: 10_000,
        epoch_origin: UnixMillis::new(1_410_323_400_000).unwrap(),
        epoch_length_ms: 3_600_000,
        k: 8,
        family: Aggregate::FAMILY,
        statement_version: 2,
        schema: 1,
        channel: 2,
        device_class: None,
        outputs: Outputs { sum_of_squares: true, minimum: false, maximum: false },
        parameters: Parameters::NONE,
        insecure_small_k: false,
    };
    assert_eq!(parts, expected);
    let other = replaced("max_accuracy_mm", "device_class = 9\nmax_accuracy_mm").unwrap();
    assert_eq!(other.parts().device_class, Some(9));
    let other = replaced("length_s = 3600", "length_ms = 3600000").unwrap();
    assert_eq!(*other.parts(), expected);
    let other = replaced(r#"origin = "2014-09-10T04:30:00Z""#, "origin_unix_ms = 1410323400000").unwrap();
    assert_eq!(*other.parts(), expected);
    let small = "k = 2\ninsecure_small_k = true\nminimum = true\nmaximum = true";
    let small = *replaced("k = 8\nsum_of_squares = true", small).unwrap().parts();
    assert_eq!((small.k, small.outputs.flags(), small.insecure_small_k), (2, 0b011, true));
    assert_eq!(replaced("k = 8\nsum_of_squares = true", "k = 2"), Err(PolicyError::SmallK { got: 2 }.into()));
}

#[test]
fn errors_name_the_key_and_what_came() {
    for (from, to, expected) in [
        (
            "low = -40_000",
            "low = 1.5",
            "expected `reading.low` to be an integer, in the fixed point that the schema's author says, got 1.5",
        ),
        ("high = 60_000", "heigh = 60_000", "line 17, `heigh = 60_000`: unknown field `heigh`"),
        ("high = 60_000", "", "missing field `high`"),
        (
            "channel = 2",
            "channel = -1",
            "line 15, `channel = -1`: invalid value: integer `-1`, expected a name, or a number from 0 to 2^32 - 1",
        ),
        (
            "schema = 1",
            "schema = 1.5",
            "line 14, `schema = 1.5`: invalid type: floating point `1.5`, expected a name",
        ),
        ("schema = 1", "schema = [1]", "line 14, `schema = [1]`: invalid type: sequence, expected a name"),
        ("schema = 1", "schema = 4_294_967_296", "`schema = 4_294_967_296`: invalid value"),
        (
            "channel = 2",
            "channel = 256",
            "expected `reading.channel` to be one of value, value1, value2, value3",
        ),
        (
            "schema = 1",
            "schema = 2",
            "expected `reading.unit` to be \"/100\", as energy of vehicle has it, got none",
        ),
        (
            "schema = 1",
            "schema = 2\nunit = 5",
            "line 15, `unit = 5`: invalid type: integer `5`, expected a string",
        ),
        (
            "\"aggregate\"",
            "\"sum\"",
            "line 21, `family = \"sum\"`: expected `aggregate` or `reading` or `track` or `survey` or `histogram` or `private-sum`, got `sum`",
        ),
        ("[network]", "[network", "line 2, `[network`: "),
        ("length_s = 3600", "", "expected exactly one of `epoch.length_s` and `epoch.length_ms`, got 0"),
        (
            "length_s = 3600",
            "length_s = 1\nlength_ms = 1000",
            "`epoch.length_s` and `epoch.length_ms`, got 2",
        ),
        (
            "length_s = 3600",
            "length_s = 9_223_372_036_854_775_807",
            "expected an epoch length from 1 to 2^40 - 1",
        ),
        ("04:30:00Z", "25:30:00Z", "`epoch.origin`: expected an hour from 0 to 23, got 25"),
        ("2014-09-10T04:30:00Z", "yesterday", "`epoch.origin`: expected a UTC time like"),
        ("aaBB", "aaB", "expected `network.registry` to be `0x` and 40 hexadecimal digits, got `0x0011"),
        ("root = \"0x0", "root = \"0xf", "`fence.root`: expected a field element below"),
        ("root = \"0x0", "root = \"0", "`fence.root`: expected `0x` followed by 64"),
    ] {
        let error = replaced(from, to).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn schema_and_channel_may_be_names() {
    let expected = from_toml(TEXT, None);
    assert_eq!(replaced("schema = 1\nchannel = 2", "schema = \"generic\"\nchannel = \"value2\""), expected);
    let air =
        "schema = \"air_quality\"\nchannel = \"temperature\"\nunit = \"Cel\"\nlow = -4_000\nhigh = 6_000";
    let policy = replaced("schema = 1\nchannel = 2\nlow = -40_000\nhigh = 60_000", air).unwrap();
    let parts = policy.parts();
    assert_eq!((parts.schema, parts.channel, parts.low, parts.high), (3, 2, -4_000, 6_000));
    let refused = replaced("schema = 1\nchannel = 2\nlow = -40_000", &air.replace("high = 6_000", ""));
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .starts_with("expected `reading.high` from -9000 to 7000 (-90 to 70 Cel)")
    );
    let own = replaced("schema = 1", "schema = 65_536").unwrap();
    assert_eq!((own.parts().schema, own.parts().channel), (65_536, 2));
}

#[test]
fn the_fence_root_comes_from_one_place_or_both_agree() {
    let without: String = TEXT
        .lines()
        .filter(|line| !line.contains("fence") && !line.contains("root"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(from_toml(&without, None), Err(PolicyTomlError::NoFence));
    let (given, named) = (fence(48), FenceRoot::from_field(Fr::from(7u64)));
    let policy = from_toml(&without, Some(&given)).unwrap();
    assert_eq!(policy.parts().fence, given.root());
    let both = TEXT.replace(&named.to_string(), &given.root().to_string());
    assert_eq!(from_toml(&both, None).unwrap(), policy);
    assert_eq!(from_toml(&both, Some(&given)).unwrap(), policy);
    let other = PolicyTomlError::OtherFence { given: given.root(), named };
    assert_eq!(from_toml(TEXT, Some(&given)), Err(other));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", lines in "([a-z_\\[\\]=\"0-9é.\\-]{0,12}\n){0,6}") {
        let _ = from_toml(&text, None);
        let _ = from_toml(&lines, None);
    }

    #[test]
    fn damaged_policies_never_panic(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut text: Vec<char> = TEXT.chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let _ = from_toml(&text.into_iter().collect::<String>(), None);
    }
}
