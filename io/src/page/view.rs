//! From a [`Page`] to text: what the templates are filled with.
//!
//! The public half is a template of its own, filled from a [`Public`] alone.

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use serde_json::Value;
use zksensor_model::known::KnownFamily;
use zksensor_model::policy::Devices;
use zksensor_model::rule::Rule;
use zksensor_prover::Phase;

use super::map::{self, Dot, Map};
use super::text::{between, distance, duration, grouped, place, superscript};
use super::{Measure, Outcome, Page, Private, Public, RefusedAttack};

/// The style sheet of the page; the template's policy admits it by its hash and nothing else.
pub(super) const STYLE: &str = include_str!("../../templates/page/style.css");
/// SHA-256 of [`STYLE`] in base64, as Content-Security-Policy wants it. A test says what it has to be.
pub(super) const STYLE_HASH: &str = "sha256-xWrIu4SwEoC17vR3sCaTyaJ5i4zGd2CaWSLbORuPBkc=";

pub(super) fn render(page: &Page) -> String {
    let document = Document {
        title: &page.title,
        summary: &page.summary,
        style: STYLE,
        style_hash: STYLE_HASH,
        version: env!("CARGO_PKG_VERSION"),
        made_up: page.private.made_up,
        private: PrivateHalf::of(&page.private).render().expect("writing to a string cannot fail"),
        public: PublicHalf::of(&page.public).render().expect("writing to a string cannot fail"),
        time: Time::of(&page.phases),
        attacks: &page.attacks,
        many: KnownFamily::named(&page.public.file().statement().id().name)
            .is_some_and(|known| known.family().devices() == Devices::AtLeastK),
    };
    document.render().expect("writing to a string cannot fail")
}

#[derive(Template)]
#[template(path = "page.html")]
struct Document<'a> {
    title: &'a str,
    summary: &'a str,
    style: &'a str,
    style_hash: &'a str,
    version: &'a str,
    made_up: bool,
    private: String,
    public: String,
    time: Time,
    attacks: &'a [RefusedAttack],
    /// Whether the proof is of many devices together.
    many: bool,
}

#[derive(Template)]
#[template(path = "page/private.html")]
struct PrivateHalf {
    width: f64,
    map: Map,
    counted: usize,
    spare: usize,
    left_out: Vec<Tally>,
    terms: Vec<(&'static str, String)>,
    places: Vec<MarkText>,
}

/// Readings that one rule keeps out.
struct Tally {
    rule: Rule,
    why: &'static str,
    count: usize,
}

/// A reading as text.
struct MarkText {
    /// Latitude and longitude in units of 1e-7 degree.
    units: String,
    degrees: String,
    outcome: String,
}

impl PrivateHalf {
    fn of(private: &Private) -> PrivateHalf {
        let mut rules: BTreeMap<Rule, usize> = BTreeMap::new();
        let (mut counted, mut spare) = (0, 0);
        for mark in &private.marks {
            match mark.outcome {
                Outcome::Counted => counted += 1,
                Outcome::Spare => spare += 1,
                Outcome::LeftOut(rule) => *rules.entry(rule).or_default() += 1,
            }
        }
        let places = private.marks.iter().map(|mark| MarkText {
            units: format!("{},{}", mark.location.latitude(), mark.location.longitude()),
            degrees: place(&mark.location),
            outcome: said(mark.outcome),
        });
        PrivateHalf {
            width: map::WIDTH,
            map: Map::of(private),
            counted,
            spare,
            left_out: rules.into_iter().map(|(rule, count)| Tally { rule, why: why(rule), count }).collect(),
            terms: terms(private),
            places: places.collect(),
        }
    }

    /// Whether each reading that this rule keeps out has it beside it.
    fn named(&self, rule: &Rule) -> bool {
        self.left_out.iter().any(|tally| tally.rule == *rule && tally.count <= map::FEW)
    }

    /// What the pointer shows over a dot.
    fn hint(&self, dot: &Dot) -> String {
        format!("{}: {}", place(&dot.location), said(dot.outcome))
    }
}

/// What the policy asks for, in words.
fn terms(private: &Private) -> Vec<(&'static str, String)> {
    let (policy, parts) = (&private.policy, private.policy.parts());
    let epoch = match (policy.epoch_start(private.epoch), policy.epoch_end_ms(private.epoch)) {
        (Some(start), Some(end)) => between(start.get(), end),
        _ => private.epoch.to_string(),
    };
    vec![
        ("Fence", format!("{} triangles", private.fence.triangles().len())),
        ("Epoch", epoch),
        ("Values", format!("{} to {}", grouped(i128::from(parts.low)), grouped(i128::from(parts.high)))),
        ("Accuracy", format!("{} or better", distance(f64::from(parts.max_accuracy_mm) / 1000.0))),
        ("Devices", format!("at least {}", grouped(i128::from(parts.k)))),
    ]
}

fn said(outcome: Outcome) -> String {
    match outcome {
        Outcome::Counted => "counted".to_owned(),
        Outcome::Spare => "not needed".to_owned(),
        Outcome::LeftOut(rule) => format!("left out by {rule}, {}", why(rule)),
    }
}

/// What is wrong with a reading that breaks a rule.
fn why(rule: Rule) -> &'static str {
    match rule {
        Rule::SIGNATURE => "signature does not hold",
        Rule::MEMBERSHIP => "device not enrolled",
        Rule::FENCE => "outside the fence",
        Rule::EPOCH => "not in the epoch",
        Rule::VALUE => "value out of range",
        Rule::ACCURACY => "place too coarse",
        Rule::CLASS => "other class of device",
        Rule::EXPIRY => "registration expired",
        Rule::NETWORK => "signed for another network",
        Rule::SCHEMA => "other kind of sensor",
        Rule::ORDER => "second reading of a device",
        Rule::CHUNK => "in another chunk",
        _ => "against the policy",
    }
}

#[derive(Template)]
#[template(path = "page/public.html")]
struct PublicHalf {
    /// Count, sum and mean.
    figures: Vec<(&'static str, String)>,
    rows: Vec<(String, String)>,
    statement: String,
    key_id: String,
    insecure: bool,
    proof: String,
    proof_bytes: usize,
    input_bytes: usize,
}

impl PublicHalf {
    fn of(Public { file, measure }: &Public) -> PublicHalf {
        let fields = file.fields();
        let integer = |name: &str| {
            fields.iter().find(|(field, _)| *field == name).and_then(|(_, value)| integer(value))
        };
        let figures = figures(integer, measure);
        let shown = |(name, value): &(&'static str, Value)| match *name {
            "count" | "counted" | "sum" if !figures.is_empty() => None,
            "chunk_bits" => None,
            "chunk" => {
                let bits = integer("chunk_bits").unwrap_or_default();
                Some(("chunk".to_owned(), format!("{} of 2{} positions", plain(value), superscript(bits))))
            }
            _ => Some((name.replace('_', " "), plain(value))),
        };
        PublicHalf {
            rows: fields.iter().filter_map(shown).collect(),
            figures,
            statement: file.statement().id().to_string(),
            key_id: file.key_id().to_owned(),
            insecure: file.is_insecure(),
            proof: file.proof().to_hex(),
            proof_bytes: file.proof().to_bytes().len(),
            input_bytes: 32 * file.words().len(),
        }
    }
}

/// Count, sum and mean: of readings, or of the counted samples of a survey.
fn figures(integer: impl Fn(&str) -> Option<i128>, measure: &Measure) -> Vec<(&'static str, String)> {
    let of = [("count", "readings"), ("counted", "samples")];
    let count = of.into_iter().find_map(|(field, what)| Some((what, integer(field)?)));
    let (Some((what, count)), Some(sum)) = (count, integer("sum")) else { return Vec::new() };
    let mean = u32::try_from(count).ok().zip(i64::try_from(sum).ok());
    let mean = mean.map(|(count, sum)| ("mean", measure.mean(sum, count)));
    [(what, grouped(count)), ("sum", grouped(sum))].into_iter().chain(mean).collect()
}

/// A public field's number, if it is one.
fn integer(value: &Value) -> Option<i128> {
    match value {
        Value::Number(number) => number.as_i64().map(i128::from),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A public field as text: numbers with commas, hexadecimal as it is.
pub(super) fn plain(value: &Value) -> String {
    match (integer(value), value) {
        (Some(integer), _) => grouped(integer),
        (None, Value::String(text)) => text.clone(),
        (None, other) => other.to_string(),
    }
}

/// Where the time went.
struct Time {
    /// The phases of the proof, in order.
    proof: Vec<Span>,
    total: String,
    /// What is done once for all proofs.
    once: Vec<(String, String)>,
}

/// A part of the bar, of which the whole is 1,000 wide.
struct Span {
    name: String,
    does: &'static str,
    time: String,
    start: String,
    width: String,
    percent: String,
}

impl Time {
    fn of(phases: &[(Phase, Duration)]) -> Time {
        let sum = |phase: Phase| {
            phases.iter().filter(|(heard, _)| *heard == phase).map(|(_, time)| *time).sum::<Duration>()
        };
        let heard = |phase: &Phase| phases.iter().any(|(heard, _)| heard == phase);
        let parts = [
            (Phase::Witness, "runs the circuit on the readings"),
            (Phase::Transform, "divides the polynomials"),
            (Phase::Multiexp, "sums the curve points"),
            (Phase::Verify, "checks the finished proof"),
        ];
        let parts = parts.iter().filter(|(phase, _)| heard(phase));
        let total: Duration = parts.clone().map(|(phase, _)| sum(*phase)).sum();
        let part = |time: Duration| time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
        let mut before = 0.0;
        let spans = parts.map(|(phase, does)| {
            let share = part(sum(*phase));
            let start = before;
            before += share;
            Span {
                name: phase.to_string(),
                does,
                time: duration(sum(*phase)),
                start: format!("{:.1}", start * 1000.0),
                width: format!("{:.1}", share * 1000.0),
                percent: format!("{:.0} %", share * 100.0),
            }
        });
        let proof = spans.collect();
        let once = [Phase::Compile, Phase::Setup].iter().filter(|phase| heard(phase));
        let once = once.map(|phase| (phase.to_string(), duration(sum(*phase)))).collect();
        Time { proof, total: duration(total), once }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_of_what_is_counted() {
        let measure = Measure { unit: "Cel".to_owned(), scale: 2 };
        let of = |fields: &'static [(&'static str, i128)]| {
            figures(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value), &measure)
        };
        let aggregate = of(&[("count", 4), ("sum", 8_000)]);
        let survey = of(&[("devices", 2), ("counted", 4), ("sum", 8_000)]);
        assert_eq!(aggregate[0], ("readings", "4".to_owned()));
        assert_eq!(survey[0], ("samples", "4".to_owned()));
        assert_eq!(survey[1..], aggregate[1..]);
        assert_eq!(survey[2], ("mean", measure.mean(8_000, 4)));
        assert_eq!(of(&[("samples", 4), ("distance_cm", 9)]), []);
    }
}
