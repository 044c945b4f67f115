//! Cases of every preimage, and of the packed triangle.

use zksensor_model::field::{self, Fr};
use zksensor_model::preimages::{
    Challenge, Commitment, Corners, FENCE_NODE, Frame, Identity, Leaf, Message, NODE, Nullifier, Sample,
    Samples,
};
use zksensor_model::reading::{Network, PayloadHash};

use super::table::{Of, cases};
use super::{Cases, device_key, device_secret, label, noise, of_label, policies};

/// 0.
const ZERO: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";
/// r - 1.
pub(super) const LAST: &str = "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000";
/// 2^248 - 1.
const LAST_248: &str = "0x00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

/// What fits its part and is in no reading.
const NO_READINGS: [(&str, &str, &str); 7] = [
    ("version", "0", "no such version"),
    ("version", "2", "no such version"),
    ("latitude_e7", "900000001", "beyond the pole"),
    ("latitude_e7", "-900000001", "beyond the pole"),
    ("longitude_e7", "1800000001", "beyond 180 degrees"),
    ("longitude_e7", "-1800000001", "beyond 180 degrees"),
    ("accuracy_mm", "0", "an unknown accuracy is 4294967295, never 0"),
];

/// The file of each, without its ending.
pub(super) fn all() -> Vec<(&'static str, Cases)> {
    vec![
        ("message", message()),
        ("challenge", challenge()),
        ("leaf", leaf()),
        ("node", node(&Of::Hash(const { &NODE }))),
        ("identity", identity()),
        ("nullifier", nullifier()),
        ("commitment", commitment()),
        ("policy", policies::cases()),
        ("fence_node", node(&Of::Hash(const { &FENCE_NODE }))),
        ("triangle", triangle()),
        ("frame", frame()),
        ("samples", samples()),
        ("sample", sample()),
        ("seal", noise::seal()),
        ("noise_seed", noise::seed()),
        ("noise_words", noise::words()),
    ]
}

/// An element by a label.
pub(super) fn element(what: &str, number: u32) -> String {
    field::to_hex(&of_label(&label(what, number)))
}

fn message() -> Cases {
    const OF: Of = Of::Hash(const { &Message::PREIMAGE });
    let network = field::to_hex(&Network::new(137, [0x11; 20]).to_field());
    let payload = field::to_hex(&PayloadHash::of(b"battery: good").to_field());
    let (network, payload) = (&*network, &*payload);
    let (least, most) = ("-9223372036854775808", "9223372036854775807");
    cases(
        OF,
        "Poseidon of a reading: what a device signs. `meaning`: fits its bits, and is no reading.",
        &[
            (
                "a temperature in Berlin; three channels are absent, which is written -2^63",
                vec![
                    network,
                    payload,
                    "1",
                    "1",
                    "42",
                    "1767225600000",
                    "525200000",
                    "134050000",
                    "3500",
                    "21500",
                    least,
                    least,
                    least,
                ],
            ),
            (
                "everything at its least",
                vec![
                    ZERO,
                    ZERO,
                    "1",
                    "0",
                    "0",
                    "0",
                    "-900000000",
                    "-1800000000",
                    "1",
                    least,
                    least,
                    least,
                    least,
                ],
            ),
            (
                "everything at its most; the accuracy is the unknown one",
                vec![
                    LAST_248,
                    LAST_248,
                    "1",
                    "4294967295",
                    "18446744073709551615",
                    "281474976710655",
                    "900000000",
                    "1800000000",
                    "4294967295",
                    most,
                    most,
                    most,
                    most,
                ],
            ),
            (
                "signs: just below and above 0",
                vec![network, ZERO, "1", "2", "1", "1", "-1", "1", "2", "-1", "0", "1", "-2"],
            ),
        ],
        &NO_READINGS,
    )
}

fn challenge() -> Cases {
    const OF: Of = Of::Hash(const { &Challenge::PREIMAGE });
    let point = device_key(&label("device", 0)).public().point().to_owned();
    let [x, y] = [point.x, point.y].map(|value| field::to_hex(&value));
    let message = element("message", 0);
    cases(
        OF,
        "The challenge of a signature, circomlib's: the tag is 0. Whether the points are any is not asked here.",
        &[
            ("R = A", vec![&x, &y, &x, &y, &message]),
            ("zeros", vec![ZERO; 5]),
            ("r - 1 everywhere", vec![LAST; 5]),
        ],
        &[],
    )
}

fn leaf() -> Cases {
    const OF: Of = Of::Hash(const { &Leaf::PREIMAGE });
    let point = |number| {
        let point = device_key(&label("device", number)).public().point().to_owned();
        [point.x, point.y].map(|value| field::to_hex(&value))
    };
    let identity =
        |number| field::to_hex(&device_secret(&label("device secret", number)).identity().to_field());
    let ([x0, y0], [x1, y1], [i0, i1]) = (point(0), point(1), [identity(0), identity(1)]);
    cases(
        OF,
        "A leaf of the registry. `meaning`: the key is no point of prime order, see device_keys.json.",
        &[
            ("a device of class 3", vec![&x0, &y0, &i0, "3", "1798761600000", "7"]),
            ("the least attributes", vec![&x1, &y1, &i1, "0", "0", "0"]),
            (
                "the greatest attributes",
                vec![&x1, &y1, &i1, "65535", "281474976710655", "340282366920938463463374607431768211455"],
            ),
        ],
        &[("key_x", ZERO, "off the curve"), ("key_y", LAST, "off the curve")],
    )
}

fn node(of: &Of) -> Cases {
    let numbered: Vec<String> = (1..=8u64).map(|child| field::to_hex(&Fr::from(child))).collect();
    let drawn: Vec<String> = (0..8).map(|child| element("child", child)).collect();
    cases(
        *of,
        "An inner node of an 8-ary tree: the children in index order. The two trees differ in the tag alone.",
        &[
            ("1 to 8", numbered.iter().map(String::as_str).collect()),
            ("children that are hashes", drawn.iter().map(String::as_str).collect()),
            ("eight absent leaves of the registry", vec![ZERO; 8]),
            ("r - 1 everywhere", vec![LAST; 8]),
        ],
        &[],
    )
}

fn identity() -> Cases {
    const OF: Of = Of::Hash(const { &Identity::PREIMAGE });
    let secrets = [element("device secret", 0), element("device secret", 1)];
    cases(
        OF,
        "The commitment to a device secret.",
        &[("of a label", vec![&secrets[0]]), ("of another", vec![&secrets[1]]), ("r - 1", vec![LAST])],
        &[],
    )
}

fn nullifier() -> Cases {
    const OF: Of = Of::Hash(const { &Nullifier::PREIMAGE });
    let (secret, policy) = (element("device secret", 0), element("policy", 0));
    cases(
        OF,
        "The nullifier of a device for a policy in an epoch.",
        &[
            ("epoch 2", vec![&secret, &policy, "2"]),
            ("the first epoch", vec![&secret, &policy, "0"]),
            ("the last epoch", vec![&secret, &policy, "4294967295"]),
            ("r - 1", vec![LAST, LAST, "1"]),
        ],
        &[],
    )
}

fn commitment() -> Cases {
    const OF: Of = Of::Hash(const { &Commitment::PREIMAGE });
    let (message, salt) = (element("message", 0), element("salt", 0));
    cases(
        OF,
        "The commitment to the message of a reading.",
        &[
            ("with a salt of 248 bits", vec![&message, &salt]),
            ("zeros: any element is a salt, few are secret", vec![ZERO, ZERO]),
            ("r - 1", vec![LAST, LAST]),
        ],
        &[],
    )
}

fn triangle() -> Cases {
    const OF: Of = Of::Packed(const { &Corners::LANE });
    cases(
        OF,
        "A triangle of a fence: three corners, counter-clockwise with x = longitude and y = latitude, in one element. \
         `meaning`: a corner outside of WGS 84, or no area, or clockwise.",
        &[
            ("around the origin", vec!["-10", "-10", "-10", "30", "40", "-10"]),
            ("in Berlin", vec!["525000000", "133000000", "525000000", "134000000", "526000000", "134000000"]),
            (
                "half the world",
                vec!["-900000000", "-1800000000", "-900000000", "1800000000", "900000000", "1800000000"],
            ),
        ],
        &[
            ("latitude_a_e7", "-900000001", "beyond the pole"),
            ("longitude_b_e7", "1800000001", "beyond 180 degrees"),
            ("latitude_c_e7", "-10", "the corners are on one line: points outside would pass"),
            ("latitude_c_e7", "-11", "clockwise"),
        ],
    )
}

fn frame() -> Cases {
    const OF: Of = Of::Hash(const { &Frame::PREIMAGE });
    let network = field::to_hex(&Network::new(137, [0x11; 20]).to_field());
    let payload = field::to_hex(&PayloadHash::of(b"battery: good").to_field());
    let (link, chain) = (element("frame before", 0), element("chain", 0));
    cases(
        OF,
        "Poseidon of a frame: what a device signs. `meaning`: fits its bits, and is no frame.",
        &[
            (
                "60 samples, linked",
                vec![&network, &payload, "1", "2", "42", "1767225600000", "60", &link, &chain],
            ),
            ("everything at its least", vec![ZERO, ZERO, "1", "0", "0", "0", "1", ZERO, ZERO]),
            (
                "everything at its most",
                vec![
                    LAST_248,
                    LAST_248,
                    "1",
                    "4294967295",
                    "18446744073709551615",
                    "281474976710655",
                    "1001",
                    LAST_248,
                    LAST,
                ],
            ),
        ],
        &[
            ("version", "0", "no such version"),
            ("version", "2", "no such version"),
            ("count", "0", "a frame has a sample"),
            ("count", "1002", "a frame has at most 1001 samples"),
        ],
    )
}

/// A sample in Berlin, packed, by its offset.
fn packed_sample(offset_ms: u64) -> String {
    let [latitude, longitude] = [525_200_000u64, 134_050_000].map(|degrees| Fr::from(degrees + (1 << 31)));
    let channel = |value: u64| (Fr::from(value + (1 << 40)), 41);
    let place = [(Fr::from(offset_ms), 32), (latitude, 32), (longitude, 32), (Fr::from(3_500u64), 32)];
    field::to_hex(&field::pack(&[&place[..], &[channel(13_900), channel(0), (0u64.into(), 41)]].concat()))
}

fn samples() -> Cases {
    const OF: Of = Of::Hash(const { &Samples::PREIMAGE });
    let drawn: Vec<String> = (0..7).map(|second| packed_sample(1000 * second)).collect();
    let chain = element("chain", 0);
    let of = |chain, count: usize| {
        let mut inputs: Vec<&str> = vec![chain];
        inputs.extend(drawn.iter().take(count).map(String::as_str));
        inputs.resize(8, ZERO);
        inputs
    };
    let beyond = field::to_hex(&field::power_of_two(251));
    cases(
        OF,
        "A step of the chain of samples. `meaning`: an element that is neither a sample nor 0.",
        &[
            ("the first step of seven samples", of(ZERO, 7)),
            ("a step that follows", of(&chain, 7)),
            ("the last step, of one sample", of(&chain, 1)),
            ("a last step that lacks one", of(ZERO, 6)),
        ],
        &[
            ("sample_0", &beyond, "a sample has 251 bits"),
            ("sample_6", LAST, "a sample has 251 bits"),
            ("sample_6", &field::to_hex(&Fr::from(1u64)), "beyond the pole, and an accuracy of 0"),
        ],
    )
}

fn sample() -> Cases {
    const OF: Of = Of::Packed(const { &Sample::LANE });
    let absent = "-1099511627776";
    let (least, most) = ("-1099511627775", "1099511627775");
    cases(
        OF,
        "A sample of a frame in one element; -2^40 stands for an absent channel. `meaning`: outside of WGS 84, or no accuracy.",
        &[
            (
                "a car in Berlin; the last channel is absent",
                vec!["1000", "525200000", "134050000", "3500", "13900", "0", absent],
            ),
            ("everything at its least", vec!["0", "-900000000", "-1800000000", "1", least, least, least]),
            (
                "everything at its most; the accuracy is the unknown one",
                vec!["4294967295", "900000000", "1800000000", "4294967295", most, most, most],
            ),
            ("signs: just below and above 0", vec!["1", "-1", "1", "2", "-1", "0", "1"]),
        ],
        &[
            ("latitude_e7", "900000001", "beyond the pole"),
            ("latitude_e7", "-900000001", "beyond the pole"),
            ("longitude_e7", "1800000001", "beyond 180 degrees"),
            ("longitude_e7", "-1800000001", "beyond 180 degrees"),
            ("accuracy_mm", "0", "an unknown accuracy is 4294967295, never 0"),
        ],
    )
}
