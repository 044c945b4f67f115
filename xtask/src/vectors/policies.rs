//! Cases of policies.

use serde_json::Value;
use zksensor_model::field;
use zksensor_model::preimages::Policy;
use zksensor_model::reading::Network;

use super::table::{self, Fault, Of};
use super::{Cases, label, of_label};

const OF: Of = Of::Hash(const { &Policy::PREIMAGE });

/// No parameters.
const NONE: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";
/// 1.
const ONE: &str = "0x0000000000000000000000000000000000000000000000000000000000000001";

/// Of a track: 70 m/s, gaps of 30 s, jitter of 40 m, scales 11,370 and 7,500, slots of 10 minutes, 2 samples at least, 500 left out.
const TRACK: &str = "0x000000000000000000000000000222e003a9804e2058d4ea600927c0000201f4";
/// The same with slots of no length.
const NO_SLOT: &str = "0x000000000000000000000000000222e003a9804e2058d4ea60000000000201f4";
/// The same with slots of a millisecond.
const SHORT_SLOTS: &str = "0x000000000000000000000000000222e003a9804e2058d4ea60000001000201f4";
/// The same with gaps of 2^22 - 1 ms, in which such a device could come 293 km far.
const LONG_GAP: &str = "0x000000000000000000000000000222e1fffff84e2058d4ea600927c0000201f4";
/// The same without a scale of longitude.
const NO_SCALE: &str = "0x000000000000000000000000000222e003a9804e2058d400000927c0000201f4";
/// The same with one bit more than a lane of it has.
const WIDE: &str = "0x000000000000000000000000001222e003a9804e2058d4ea600927c0000201f4";

/// Of a survey: 10 samples of a device at least, 20 left out, a spread of 2, steps of 500.
const SURVEY: &str = "0x000000000000000000000000000000000000000a0014000000000200000001f4";
/// The same without quality.
const NO_QUALITY: &str = "0x000000000000000000000000000000000000000a001400000000000000000000";
/// The same with quality and no samples.
const NO_SAMPLES: &str = "0x00000000000000000000000000000000000000000014000000000200000001f4";
/// The same with a spread and no step.
const NO_STEP: &str = "0x000000000000000000000000000000000000000a001400000000020000000000";
/// The same with a spread of 100,001, which is one more than high - low.
const WIDE_SPREAD: &str = "0x000000000000000000000000000000000000000a001400000186a100000001f4";
/// The same with one bit more than a lane of it has.
const LONG_SURVEY: &str = "0x000000000000000000000000000000000001000a0014000000000200000001f4";

/// Of a histogram: bins of 6,250.
const HISTOGRAM: &str = "0x000000000000000000000000000000000000000000000000000000000000186a";
/// Bins as wide as there are.
const WIDEST_BINS: &str = "0x000000000000000000000000000000000000000000000000000000ffffffffff";
/// One more, which has a bit more than a lane of it.
const TOO_WIDE_BINS: &str = "0x0000000000000000000000000000000000000000000000000000010000000000";

/// Of a private sum: noise of scale 2^17.
const PRIVATE_SUM: &str = "0x0000000000000000000000000000000000000000000000000000000000000011";
/// The largest noise.
const LARGEST_NOISE: &str = "0x0000000000000000000000000000000000000000000000000000000000000028";
/// One bit more of scale.
const TOO_LARGE_NOISE: &str = "0x0000000000000000000000000000000000000000000000000000000000000029";
/// One more bit than a lane of it has.
const LONG_NOISE: &str = "0x0000000000000000000000000000000000000000000000000000000000000040";

/// Names and texts that replace those of the first case.
type Changes = &'static [(&'static str, &'static str)];

/// Changes that make of the first case a track with others, which come first.
macro_rules! of_track {
    ($first:expr $(, $change:expr)*) => {
        &[$first, $($change,)* ("family", "4"), ("statement_version", "1"), ("outputs", "0"), ("k", "1")]
    };
}

/// As `of_track`, of a survey.
macro_rules! of_survey {
    ($first:expr $(, $change:expr)*) => {
        &[$first, $($change,)* ("family", "3"), ("statement_version", "1")]
    };
}

/// As `of_track`, of a histogram.
macro_rules! of_histogram {
    ($first:expr $(, $change:expr)*) => {
        &[$first, $($change,)* ("family", "5"), ("statement_version", "1")]
    };
}

/// As `of_track`, of a private sum.
macro_rules! of_private_sum {
    ($first:expr $(, $change:expr)*) => {
        &[$first, $($change,)* ("family", "6"), ("statement_version", "1")]
    };
}

/// What fits its bits and is no policy: every change together, in the field that is named.
const REFUSED: [(&str, Changes); 43] = [
    ("low above high", &[("low", "60001")]),
    ("high - low = 2^40", &[("low", "-1"), ("high", "1099511627775")]),
    ("an epoch of no length", &[("epoch_length_ms", "0")]),
    ("epoch 0 ends after 2^48", &[("epoch_origin_unix_ms", "281474973110657")]),
    ("no reading has the accuracy 0", &[("max_accuracy_mm", "0")]),
    ("an aggregate has no parameters", &[("parameters", ONE)]),
    ("k = 0", &[("k", "0")]),
    (
        "k = 4: single values would show, unless the policy says `insecure_small_k`",
        &[("k", "4"), ("outputs", "0")],
    ),
    ("k = 7 with the sum of squares", &[("k", "7")]),
    ("no such statement", &[("family", "0")]),
    ("no such statement", &[("family", "127")]),
    ("a reading has one device", &[("family", "2"), ("outputs", "0"), ("k", "2")]),
    ("a reading publishes no statistics", &[("family", "2"), ("k", "1"), ("outputs", "1")]),
    ("65536 is any class; there is none above", &[("device_class", "65537")]),
    ("65536 is any class; there is none above", &[("device_class", "131071")]),
    ("low = -2^40 and high = 0: 2^40 apart", &[("low", "-1099511627776"), ("high", "0")]),
    ("a track has parameters", of_track!(("parameters", NONE))),
    ("a slot has a length", of_track!(("parameters", NO_SLOT))),
    (
        "an hour has 3,600,000 slots of a millisecond, and a slot's number has 16 bits",
        of_track!(("parameters", SHORT_SLOTS)),
    ),
    ("within the longest gap a device could come 68 km or further", of_track!(("parameters", LONG_GAP))),
    ("a unit of longitude has a length", of_track!(("parameters", NO_SCALE))),
    ("the parameters of a track have 148 bits", of_track!(("parameters", WIDE))),
    (
        "a track has one device",
        &[("k", "2"), ("family", "4"), ("statement_version", "1"), ("outputs", "0"), ("parameters", TRACK)],
    ),
    ("a sample has three channels", of_track!(("channel", "3"), ("parameters", TRACK))),
    (
        "-2^40 is an absent channel of a sample",
        of_track!(("low", "-1099511627776"), ("high", "-1"), ("parameters", TRACK)),
    ),
    ("a survey has parameters", of_survey!(("parameters", NONE))),
    ("of a device at least one sample is counted", of_survey!(("parameters", NO_SAMPLES))),
    ("quality has a step of 1 or more", of_survey!(("parameters", NO_STEP))),
    ("no two values of the policy are so far apart", of_survey!(("parameters", WIDE_SPREAD))),
    ("the parameters of a survey have 112 bits", of_survey!(("parameters", LONG_SURVEY))),
    (
        "a survey of few devices shows single values",
        of_survey!(("k", "4"), ("outputs", "0"), ("parameters", SURVEY)),
    ),
    ("a sample has three channels", of_survey!(("channel", "3"), ("parameters", SURVEY))),
    (
        "-2^40 is an absent channel of a sample",
        of_survey!(("low", "-1099511627776"), ("high", "-1"), ("parameters", SURVEY)),
    ),
    ("a bin has a width", of_histogram!(("parameters", NONE), ("outputs", "0"))),
    (
        "the parameters of a histogram have 40 bits",
        of_histogram!(("parameters", TOO_WIDE_BINS), ("outputs", "0")),
    ),
    (
        "a histogram publishes nothing but its bins",
        of_histogram!(("outputs", "1"), ("parameters", HISTOGRAM)),
    ),
    (
        "a histogram of few devices shows single values",
        of_histogram!(("k", "4"), ("outputs", "0"), ("parameters", HISTOGRAM)),
    ),
    (
        "the scale of a private sum has 40 bits at the most",
        of_private_sum!(("parameters", TOO_LARGE_NOISE), ("outputs", "0")),
    ),
    (
        "the parameters of a private sum have 6 bits",
        of_private_sum!(("parameters", LONG_NOISE), ("outputs", "0")),
    ),
    (
        "one value has nothing to hide",
        of_private_sum!(("low", "60000"), ("parameters", PRIVATE_SUM), ("outputs", "0")),
    ),
    (
        "a private sum publishes nothing but itself",
        of_private_sum!(("outputs", "1"), ("parameters", PRIVATE_SUM)),
    ),
    (
        "a private sum of few devices is known to be of them",
        of_private_sum!(("k", "4"), ("outputs", "0"), ("parameters", PRIVATE_SUM)),
    ),
    ("low = high + 1 at the far end", &[("low", "1099511627775"), ("high", "1099511627774")]),
];

/// The cases.
pub(super) fn cases() -> Cases {
    let network = field::to_hex(&Network::new(137, [0x11; 20]).to_field());
    let fence = field::to_hex(&of_label(&label("fence root", 0)));
    let (network, fence) = (&*network, &*fence);
    let base = OF.fields(&good(network, fence)[0].1);
    let about = "The id of a policy. `meaning`: every part fits its bits, and together they are no policy.";
    let mut cases = table::cases(OF, about, &good(network, fence), &[]);
    for (why, changes) in REFUSED {
        let mut fields = base.clone();
        for (name, text) in changes {
            fields.insert((*name).into(), Value::from(*text));
        }
        let (field, text) = changes[0];
        cases.bad.push(OF.bad(&fields, field, text.into(), Fault::Meaning, why));
    }
    cases
}

/// A case: what it is, and its fields.
type Case<'t> = (&'static str, Vec<&'t str>);

fn good<'t>(network: &'t str, fence: &'t str) -> Vec<Case<'t>> {
    let with_parameters =
        |rest: [&'static str; 12], parameters| [&[network, fence][..], &rest, &[parameters]].concat();
    let with = |rest| with_parameters(rest, NONE);
    [
        (
            "an aggregate of at least 8 temperatures, with sum of squares and maximum",
            with(["-40000", "60000", "10000", "1410323400000", "3600000", "8", "1", "2", "3", "2", "5", "5"]),
        ),
        (
            "one reading of a device of any class",
            with(["0", "0", "4294967295", "0", "1", "1", "2", "2", "1", "0", "65536", "0"]),
        ),
        (
            "a track of a device of any class",
            with_parameters(
                ["-1", "1", "10000", "1410323400000", "3600000", "1", "4", "1", "3", "2", "65536", "0"],
                TRACK,
            ),
        ),
        (
            "a survey of at least 8 devices, which are neither stuck nor jump, with all statistics",
            with_parameters(
                ["-40000", "60000", "10000", "1410323400000", "3600000", "8", "3", "1", "3", "2", "5", "7"],
                SURVEY,
            ),
        ),
        (
            "a survey without quality",
            with_parameters(
                ["-1099511627775", "0", "10000", "0", "1000", "5", "3", "1", "0", "0", "65536", "0"],
                NO_QUALITY,
            ),
        ),
        (
            "the greatest of everything",
            with([
                "1",
                "1099511627775",
                "4294967295",
                "280375465082881",
                "1099511627775",
                "2097151",
                "1",
                "65535",
                "4294967295",
                "3",
                "65535",
                "7",
            ]),
        ),
        (
            "the least value, and the widest range",
            with(["-1099511627776", "-1", "1", "0", "1", "5", "1", "2", "0", "0", "0", "3"]),
        ),
    ]
    .into_iter()
    .chain(of_bins_and_noise(network, fence))
    .collect()
}

fn of_bins_and_noise<'t>(network: &'t str, fence: &'t str) -> [Case<'t>; 4] {
    let with_parameters =
        |rest: [&'static str; 12], parameters| [&[network, fence][..], &rest, &[parameters]].concat();
    [
        (
            "a histogram of at least 8 temperatures",
            with_parameters(
                ["-40000", "60000", "10000", "1410323400000", "3600000", "8", "5", "1", "3", "2", "5", "0"],
                HISTOGRAM,
            ),
        ),
        (
            "a histogram of the widest bins",
            with_parameters(
                ["-1099511627776", "-1", "10000", "0", "1000", "5", "5", "1", "0", "3", "65536", "0"],
                WIDEST_BINS,
            ),
        ),
        (
            "a private sum of at least 8 temperatures",
            with_parameters(
                ["-40000", "60000", "10000", "1410323400000", "3600000", "8", "6", "1", "3", "2", "5", "0"],
                PRIVATE_SUM,
            ),
        ),
        (
            "a private sum with the largest noise",
            with_parameters(
                ["-1099511627776", "-1", "10000", "0", "1000", "5", "6", "1", "0", "3", "65536", "0"],
                LARGEST_NOISE,
            ),
        ),
    ]
}
