use std::format;

use super::*;
use crate::claim::aggregate::Aggregate;
use crate::claim::histogram::{Histogram, HistogramInputs};
use crate::claim::reading::{Commitment, Nullifier, SingleReading};
use crate::claim::survey::Survey;
use crate::claim::track::Track;
use crate::claim::{Binding, Claim, ClaimFamily, StatementFamily};
use crate::fence::FenceRoot;
use crate::histogram::HistogramRules;
use crate::policy::{Outputs, Parameters, PolicyParts};
use crate::reading::Network;
use crate::registry::RegistryRoot;
use crate::schema;
use crate::survey::{SurveyParts, SurveyRules};
use crate::track::{Scales, TrackRules};

const EPOCH: u32 = 2;
const HOUR: &str = "from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z";

fn policy_of(family: StatementFamily, version: u16, change: impl FnOnce(&mut PolicyParts)) -> Policy {
    let mut parts = PolicyParts {
        network: Network::new(137, [0x11; 20]),
        fence: FenceRoot::from_field(Fr::from(7u64)),
        low: -4_000,
        high: 6_000,
        max_accuracy_mm: 10_000,
        epoch_origin: "2026-01-01T00:00:00Z".parse().unwrap(),
        epoch_length_ms: 3_600_000,
        k: 5,
        family,
        statement_version: version,
        schema: schema::AIR_QUALITY.id,
        channel: 2,
        device_class: None,
        outputs: Outputs::default(),
        parameters: Parameters::NONE,
        insecure_small_k: false,
    };
    change(&mut parts);
    Policy::new(parts).unwrap()
}

/// Of these values, as a circuit publishes them.
fn aggregate(policy: &Policy, values: &[i64]) -> AggregateInputs {
    let PolicyParts { low, outputs, .. } = *policy.parts();
    let above = |value: &i64| u64::try_from(value - low).unwrap();
    let asked = |asked: bool, value: u64| if asked { value } else { 0 };
    AggregateInputs {
        registry_root: RegistryRoot::from_field(Fr::from(1u64)),
        policy_id: policy.id(),
        epoch: EPOCH,
        chunk_bits: 9,
        chunk: 0,
        count: u32::try_from(values.len()).unwrap(),
        sum: values.iter().sum(),
        sum_of_squares: if outputs.sum_of_squares {
            values.iter().map(|value| u128::from(above(value)).pow(2)).sum()
        } else {
            0
        },
        minimum: asked(outputs.minimum, values.iter().map(above).min().unwrap()),
        maximum: asked(outputs.maximum, values.iter().map(above).max().unwrap()),
        binding: Binding::NONE,
    }
}

fn of_aggregate(policy: &Policy, values: &[i64]) -> Meaning {
    let words = aggregate(policy, values).to_words().unwrap();
    Meaning::of(&Aggregate::new(64, 32, 3).unwrap().id(), &words, policy).unwrap()
}

const ALL: Outputs = Outputs { sum_of_squares: true, minimum: true, maximum: true };

/// The text of each figure, and a dash for what is not asked for.
fn shown(meaning: &Meaning) -> Vec<(&'static str, String)> {
    let text = |figure: Option<Figure>| figure.map_or_else(|| "-".to_string(), |figure| figure.to_string());
    meaning.figures().into_iter().map(|(name, figure)| (name, text(figure))).collect()
}

fn owned(rows: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    rows.iter().map(|(name, text)| (*name, (*text).to_string())).collect()
}

/// -1.8 to -1.1 Cel: the public inputs say 3820 and 3890.
#[test]
fn extremes_are_values_and_what_is_not_asked_for_is_none() {
    let values = [-180, -160, -150, -140, -130, -120, -110, -110];
    let all = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |parts| (parts.outputs, parts.k) = (ALL, 8));
    let meaning = of_aggregate(&all, &values);
    let rows = [
        ("mean", "-1.38 Cel"),
        ("sum", "-11.00 Cel"),
        ("minimum", "-1.80 Cel"),
        ("maximum", "-1.10 Cel"),
        ("deviation", "0.23 Cel"),
        ("devices", "8"),
        ("least_devices", "8"),
    ];
    assert_eq!(shown(&meaning), owned(&rows));
    let none = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |_| ());
    let rows = rows.map(|(name, text)| match name {
        "minimum" | "maximum" | "deviation" => (name, "-"),
        "least_devices" => (name, "5"),
        _ => (name, text),
    });
    assert_eq!(shown(&of_aggregate(&none, &values)), owned(&rows));
    let bare: Vec<String> = meaning.figures().iter().map(|(_, figure)| figure.unwrap().decimal()).collect();
    assert_eq!(bare, ["-1.38", "-11.00", "-1.80", "-1.10", "0.23", "8", "8"]);
    let sentence = format!(
        "-1.38 Cel, mean temperature of 8 devices (at least 8), inside the fence of the policy, {HOUR}"
    );
    assert_eq!(meaning.to_string(), sentence);
}

/// By its definition, and with the largest numbers that there are.
#[test]
fn a_deviation_is_rounded_once() {
    let policy =
        policy_of(Aggregate::FAMILY, Aggregate::VERSION, |parts| (parts.outputs, parts.k) = (ALL, 8));
    for (values, wanted) in [
        ([0i64; 8], "0.00 Cel"),
        ([-4_000, -4_000, -4_000, -4_000, 6_000, 6_000, 6_000, 6_000], "50.00 Cel"),
        ([0, 0, 0, 0, 0, 0, 0, 2], "0.01 Cel"), // 0.66
        ([0, 0, 0, 0, 0, 0, 0, 1], "0.00 Cel"), // 0.33
        ([0, 1, 0, 1, 0, 1, 0, 1], "0.01 Cel"), // 0.5
    ] {
        let meaning = of_aggregate(&policy, &values);
        assert_eq!(meaning.statistic().unwrap().deviation().unwrap().to_string(), wanted, "{values:?}");
    }
    let wide = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |parts| {
        (parts.outputs, parts.k) = (ALL, 8);
        (parts.schema, parts.low, parts.high) = (schema::FIRST_OWN, -(1 << 39), (1 << 39) - 1);
    });
    let count = (1u32 << 21) - 1;
    let [low, high] = [i64::from(count / 2 + 1) * -(1 << 39), i64::from(count / 2) * ((1 << 39) - 1)];
    let inputs = AggregateInputs {
        count,
        sum: low + high,
        sum_of_squares: u128::from(count / 2) * ((1u128 << 40) - 1).pow(2),
        ..aggregate(&wide, &[0; 8])
    };
    let deviation = Statistic::of_aggregate(&wide, &inputs).deviation().unwrap();
    assert!((deviation.value() - ((1 << 39) - 1)).abs() <= 1, "{deviation}");
    // What no proof shows is no panic.
    let impossible = AggregateInputs { sum: i64::MIN, sum_of_squares: 0, count: u32::MAX, ..inputs };
    assert_eq!(Statistic::of_aggregate(&wide, &impossible).deviation().unwrap().value(), 0);
    let impossible = AggregateInputs { sum_of_squares: u128::MAX, count: 0, ..inputs };
    assert!(Statistic::of_aggregate(&wide, &impossible).deviation().unwrap().value() > 0);
}

#[test]
fn every_statement_has_a_meaning() {
    let parameters = SurveyRules::new(SurveyParts { least_samples: 1, most_left_out: 9, quality: None });
    let parameters = parameters.unwrap().parameters();
    let policy = policy_of(Survey::FAMILY, Survey::VERSION, |parts| parts.parameters = parameters);
    let inputs = SurveyInputs {
        registry_root: RegistryRoot::from_field(Fr::from(1u64)),
        policy_id: policy.id(),
        epoch: EPOCH,
        chunk_bits: 9,
        chunk: 0,
        devices: 6,
        counted: 10,
        left_out: 3,
        sum: 21_304,
        minimum: 0,
        maximum: 0,
        sum_of_squares: 0,
        binding: Binding::NONE,
    };
    let (statement, words) = (Survey::new(16, 28, 32, 3, false).unwrap().id(), inputs.to_words().unwrap());
    let meaning = Meaning::of(&statement, &words, &policy).unwrap();
    let wanted = "21.30 Cel, mean temperature of 10 samples of 6 devices (at least 5), 3 samples left out, inside a.kml, ";
    assert_eq!(meaning.inside("a.kml").to_string(), format!("{wanted}{HOUR}"));
    assert_eq!(shown(&meaning)[7..], owned(&[("samples", "10"), ("left_out", "3")]));

    let policy = policy_of(SingleReading::FAMILY, SingleReading::VERSION, |parts| parts.k = 1);
    let inputs = ReadingInputs {
        registry_root: RegistryRoot::from_field(Fr::from(1u64)),
        policy_id: policy.id(),
        nullifier: Nullifier::from_field(Fr::from(2u64)),
        commitment: Commitment::from_field(Fr::from(3u64)),
        epoch: EPOCH,
        binding: Binding::NONE,
    };
    let meaning = Meaning::of(&SingleReading.id(), &inputs.to_words().unwrap(), &policy).unwrap();
    let wanted = "a reading of one device, its temperature from -40.00 Cel to 60.00 Cel, inside the fence of the policy, ";
    assert_eq!(meaning.to_string(), format!("{wanted}{HOUR}"));
    assert_eq!(shown(&meaning), owned(&[("at_least", "-40.00 Cel"), ("at_most", "60.00 Cel")]));
    assert_eq!(meaning.statistic(), None);

    let rules = TrackRules::new(TrackParts {
        top_speed_mm_s: 70_000,
        longest_gap_ms: 60_000,
        jitter_mm: 10_000,
        scales: Scales { latitude: 11_380, longitude: 7_600 },
        slot_ms: 600_000,
        least_samples: 2,
        most_left_out: 20,
    });
    let parameters = rules.unwrap().parameters();
    let policy =
        policy_of(Track::FAMILY, Track::VERSION, |parts| (parts.k, parts.parameters) = (1, parameters));
    let inputs = TrackInputs {
        registry_root: RegistryRoot::from_field(Fr::from(1u64)),
        policy_id: policy.id(),
        nullifier: Nullifier::from_field(Fr::from(2u64)),
        epoch: EPOCH,
        samples: 90,
        left_out: 4,
        legs: 1,
        distance_cm: 1_230_000,
        observed_ms: 1_260_000,
        slots: 3,
        binding: Binding::NONE,
    };
    let meaning = Meaning::of(&Track::new(126).unwrap().id(), &inputs.to_words().unwrap(), &policy).unwrap();
    let wanted = "at least 12300.00 m by one device, in at least 1260.000 s on at most 1 leg, by at least 90 samples (4 left out at the \
                  most), inside the fence of the policy, ";
    assert_eq!(meaning.to_string(), format!("{wanted}{HOUR}"));
    assert_eq!(shown(&meaning)[5..], owned(&[("slots", "3"), ("slot", "600.000 s")]));
}

#[test]
fn a_schema_of_the_projects_own_has_numbers_without_a_unit() {
    let policy = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |parts| {
        (parts.schema, parts.channel) = (schema::FIRST_OWN + 1, 3);
    });
    let meaning = of_aggregate(&policy, &[1, 2, 3, 4, 6]);
    let wanted =
        "3, mean channel 3 of schema 65537 of 5 devices (at least 5), inside the fence of the policy, ";
    assert_eq!(meaning.to_string(), format!("{wanted}{HOUR}"));
    assert_eq!(meaning.figures()[0].1.unwrap().unit(), "");
}

#[test]
fn another_policy_or_statement_is_refused() {
    let policy = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |_| ());
    let statement = Aggregate::new(64, 32, 3).unwrap().id();
    let words = aggregate(&policy, &[0; 5]).to_words().unwrap();
    let other = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |parts| parts.k = 6);
    let (wanted, got) = (other.id().into(), policy.id().into());
    assert_eq!(Meaning::of(&statement, &words, &other), Err(MeaningError::OtherPolicy { wanted, got }));
    let reading = policy_of(SingleReading::FAMILY, SingleReading::VERSION, |parts| parts.k = 1);
    let track = Track::new(126).unwrap().id();
    for (statement, words, policy) in
        [(&statement, &words[..], &reading), (&track, &[Fr::from(0u64); 5][..], &policy)]
    {
        let error = Meaning::of(statement, words, policy).unwrap_err();
        assert!(matches!(error, MeaningError::Statement { .. }), "{error}");
    }
    let late = AggregateInputs { epoch: u32::MAX, ..aggregate(&policy, &[0; 5]) }.to_words().unwrap();
    let error = Meaning::of(&statement, &late, &policy);
    assert_eq!(error, Err(MeaningError::NoEpoch { got: u32::MAX }));
    assert!(matches!(Meaning::of(&statement, &words[1..], &policy), Err(MeaningError::Inputs(_))));
    let unknown = "aggregate/v9/64x32x3".parse().unwrap();
    assert!(matches!(Meaning::of(&unknown, &words, &policy), Err(MeaningError::Unknown(_))));
}

/// Bins of 6.25 Cel from -40 Cel on: bin 9 begins at 16.25 Cel, bin 10 at 22.50 Cel.
#[test]
fn a_histogram_is_read_in_bins_of_its_unit() {
    let policy = policy_of(Histogram::FAMILY, Histogram::VERSION, |parts| {
        parts.parameters = HistogramRules::new(625).unwrap().parameters();
    });
    let mut bins = [0; 16];
    (bins[9], bins[10], bins[15]) = (3, 2, 1);
    let none = HistogramInputs::decode(&[Fr::from(0u64); 23]).unwrap();
    let inputs = HistogramInputs {
        registry_root: RegistryRoot::from_field(Fr::from(1u64)),
        policy_id: policy.id(),
        epoch: EPOCH,
        chunk_bits: 9,
        count: 6,
        ..none
    };
    let statement = Histogram::new(64, 32, 3).unwrap().id();
    let words = inputs.with_bins(bins).to_words().unwrap();
    let meaning = Meaning::of(&statement, &words, &policy).unwrap();
    assert_eq!((meaning.statistic(), meaning.values()), (None, 6));
    assert_eq!(
        meaning.to_string(),
        format!(
            "temperature of 6 devices (at least 5) in 16 bins of 6.25 Cel from -40.00 Cel on, median from 16.25 Cel to 28.74 Cel, \
             inside the fence of the policy, {HOUR}"
        )
    );
    let rows = shown(&meaning);
    let first = [
        ("median_at_least", "16.25 Cel"),
        ("median_at_most", "28.74 Cel"),
        ("devices", "6"),
        ("least_devices", "5"),
        ("low", "-40.00 Cel"),
        ("bin_width", "6.25 Cel"),
        ("bin_0", "0"),
    ];
    assert_eq!(rows[..7], owned(&first));
    assert_eq!(rows.len(), 6 + 16);
    for (bin, count) in bins.iter().enumerate() {
        assert_eq!(rows[6 + bin], (rows[6 + bin].0, count.to_string()));
        assert_eq!(rows[6 + bin].0, format!("bin_{bin}"));
    }
    // Of counts that no values have there is no median, and of another statement's policy no meaning.
    let mut wide = inputs;
    let other = policy_of(Histogram::FAMILY, Histogram::VERSION, |parts| {
        parts.parameters = HistogramRules::new(9_999).unwrap().parameters();
    });
    wide.policy_id = other.id();
    let said = Meaning::of(&statement, &wide.with_bins(bins).to_words().unwrap(), &other).unwrap();
    assert_eq!(shown(&said)[0], ("median_at_least", "-".to_string()));
    let aggregate = policy_of(Aggregate::FAMILY, Aggregate::VERSION, |_| ());
    let error = Meaning::of(&statement, &words, &aggregate).unwrap_err();
    assert!(matches!(error, MeaningError::Statement { .. }), "{error}");
}
