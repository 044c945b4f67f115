//! From a [`Page`] to text: what the template is filled with.

use std::collections::BTreeMap;
use std::time::Duration;

use askama::Template;
use serde_json::Value;
use zksensor_model::policy::Devices;
use zksensor_model::rule::Rule;
use zksensor_prover::Phase;

use super::map::{self, Dot, Map};
use super::noise::{self, Drawn};
use super::text::{between, distance, duration, grouped, place, url_of_sibling};
use super::{Outcome, Page, Private, RefusedAttack};

/// The style sheet of the page; the template's policy admits it by its hash and nothing else.
pub(super) const STYLE: &str = include_str!("../../templates/page/style.css");
/// SHA-256 of [`STYLE`] in base64, as Content-Security-Policy wants it. A test says what it has to be.
pub(super) const STYLE_HASH: &str = "sha256-cMvMa2fI5mOnjSR3dCxEqCLzp5pMmbZFpxF1u1ZyIlo=";

pub(super) fn render(page: &Page) -> String {
    let document = Document {
        title: &page.title,
        summary: &page.summary,
        style: STYLE,
        style_hash: STYLE_HASH,
        version: env!("CARGO_PKG_VERSION"),
        made_up: page.private.made_up,
        private: PrivateHalf::of(&page.private).render().expect("writing to a string cannot fail"),
        public: page.public.as_deref().map(|name| (url_of_sibling(name), name)),
        time: Time::of(&page.phases),
        attacks: &page.attacks,
        many: page.private.policy.parts().family.devices() == Devices::AtLeastK,
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
    /// Where the page for everybody is, and what it is called.
    public: Option<(String, &'a str)>,
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
    noise: Option<Drawn>,
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
            noise: private.noised.as_ref().map(Drawn::of),
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
