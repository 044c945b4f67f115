//! What a report says in words: numbers, terms and whom a reader trusts for what, each with an explanation.

use zksensor_model::field;
use zksensor_model::hex;
use zksensor_model::meaning::Figure;
use zksensor_model::policy::Devices;
use zksensor_model::policy::time::format_rfc3339_millis;

use super::super::text::{between, distance, grouped};
use super::proven::System;
use super::{Gas, Report};
use crate::schema;

/// A name, what it has, and what that means.
pub(super) struct Fact {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) about: &'static str,
}

fn fact(name: &str, value: impl Into<String>, about: &'static str) -> Fact {
    Fact { name: name.to_owned(), value: value.into(), about }
}

/// The number that a report is about.
pub(super) struct Headline {
    pub(super) number: String,
    pub(super) unit: String,
    pub(super) of: String,
}

/// The mean, the range of a reading, or the distance of a track.
pub(super) fn headline(report: &Report) -> Headline {
    let figures = report.meaning.figures();
    let figure =
        |name: &str| figures.iter().find(|(figure, _)| *figure == name).and_then(|(_, figure)| *figure);
    let number = |figure: Option<Figure>| figure.map(|figure| figure.decimal()).unwrap_or_default();
    let unit =
        |figure: Option<Figure>| figure.map(|figure| usual(figure.unit()).to_owned()).unwrap_or_default();
    if let Some(statistic) = report.meaning.statistic() {
        let samples = match statistic.left_out() {
            Some(_) => format!("{} samples of ", grouped(statistic.values().into())),
            None => String::new(),
        };
        return Headline {
            number: number(figure("mean")),
            unit: unit(figure("mean")),
            of: format!(
                "mean {} of {samples}{} devices",
                statistic.channel(),
                grouped(statistic.devices().into())
            ),
        };
    }
    if let Some(noisy) = report.meaning.noisy() {
        return Headline {
            number: number(figure("mean")),
            unit: unit(figure("mean")),
            of: format!(
                "mean {} of {} devices, with noise that nobody chose",
                noisy.channel(),
                grouped(noisy.devices().into())
            ),
        };
    }
    if let Some(binned) = report.meaning.binned() {
        let (least, most) = (figure("median_at_least"), figure("median_at_most"));
        let devices = grouped(binned.devices().into());
        return Headline {
            number: format!("{} to {}", number(least), number(most)),
            unit: unit(least),
            of: format!("the median {} of {devices} devices lies in this range", binned.channel()),
        };
    }
    if figure("distance").is_some() {
        let of = "at least so far, by one device".to_owned();
        return Headline { number: number(figure("distance")), unit: unit(figure("distance")), of };
    }
    let (low, high) = (figure("at_least"), figure("at_most"));
    Headline {
        number: format!("{} to {}", number(low), number(high)),
        unit: unit(low),
        of: "one device's reading lies in this range".to_owned(),
    }
}

/// A unit of SenML as people write it.
fn usual(unit: &str) -> &str {
    match unit {
        "Cel" => "°C",
        "ug/m3" => "µg/m³",
        "/100" => "%",
        "%RH" => "% RH",
        other => other,
    }
}

/// The numbers, in their units.
pub(super) fn figures(report: &Report) -> Vec<Fact> {
    let text = |figure: Option<Figure>| {
        figure.map_or_else(|| "not asked for".to_owned(), |figure| figure.to_string())
    };
    let about = |name: &str| match name {
        "mean" => "The sum over the number of values, rounded where it is shown. The sum is what is proven.",
        "sum" if report.meaning.noisy().is_some() => {
            "The sum of all values and the noise: a public input of the proof."
        }
        "sum" => "The sum of all values: a public input of the proof, exact.",
        "noise_scale" => {
            "Of the discrete Laplace noise in the sum: it is beyond three times as much once in 20 times. Nobody chose it."
        }
        "epsilon" => {
            "What this release costs of a device's privacy: what it measured changes no probability by more than exp(epsilon)."
        }
        "minimum" => "The least value. Somebody's exact one, so a policy has to ask for it.",
        "maximum" => "The greatest value. Somebody's exact one, so a policy has to ask for it.",
        "deviation" => "How far values are from their mean, from the sum of their squares.",
        "devices" => "Different devices of the registry: no device counts twice.",
        "least_devices" => "k: the policy admits no statistic of fewer devices.",
        "samples" => "Samples that are counted.",
        "left_out" => "Samples that the prover did not count; the policy says how many may be.",
        "at_least" => "The policy's lower bound: the value itself stays secret.",
        "at_most" => "The policy's upper bound: the value itself stays secret.",
        "distance" => "What can be shown at the least; rounded down before it was proven.",
        "observed" => "Time within legs, at the least.",
        "legs" => "Stretches without a longer gap than the policy allows, at the most.",
        "slots" => "Slots of the epoch in which a sample shows the device, at the least.",
        "slot" => "Length of a slot, by the policy.",
        "median_at_least" => {
            "The median is no less, whatever the values are: it lies in a bin whose least value this is."
        }
        "median_at_most" => "The median is no more, whatever the values are.",
        "low" => "Where bin 0 begins, by the policy.",
        "bin_width" => "Width of every bin but the last, which takes what is above it.",
        name if name.starts_with("bin_") => {
            "Devices whose value is in this bin, the bins being numbered from 0."
        }
        _ => "A public number of the proof.",
    };
    let figures = report.meaning.figures().into_iter();
    figures.map(|(name, figure)| fact(&name.replace('_', " "), text(figure), about(name))).collect()
}

/// When, where, of whom and what it costs.
pub(super) fn terms(report: &Report) -> Vec<Fact> {
    let (parts, interval) = (report.policy.parts(), report.meaning.interval());
    let amount = |value: i64| match report.policy.channel() {
        Some(channel) => channel.amount(value).to_string(),
        None => value.to_string(),
    };
    let channel =
        report.policy.channel().map_or_else(|| parts.channel.to_string(), |channel| channel.name.to_owned());
    let accuracy = match parts.max_accuracy_mm {
        u32::MAX => "any".to_owned(),
        millimetres => format!("{} or better", distance(f64::from(millimetres) / 1000.0)),
    };
    let mut terms = vec![
        fact(
            "interval",
            between(interval.start().get(), interval.end_ms()),
            "The epoch: every reading that counts was taken in it, its end not included.",
        ),
        fact(
            "k",
            format!("at least {}", grouped(parts.k.into())),
            "Fewest devices of which the policy publishes a statistic; 1 of one device's own proof.",
        ),
        fact("channel", channel, "What of a reading is proven, by its schema."),
        fact(
            "range",
            format!("{} to {}", amount(parts.low), amount(parts.high)),
            "A value outside of it does not count.",
        ),
        fact("accuracy", accuracy, "What each reading says of the accuracy of its own place."),
        network(report),
    ];
    if let Some(own) = report.policy.own_schema() {
        terms.push(fact(
            "schema",
            format!("{} ({}), {}", own.name, own.id, hex::encode(&schema::digest(own))),
            "The project's own word for what channels are, by its file with this digest. The proof has the number alone: units and decimal \
             places are as good as the file.",
        ));
    }
    if let Some(class) = parts.device_class {
        terms.push(fact(
            "device class",
            class.to_string(),
            "The registry's word for a kind of device; no other counts.",
        ));
    }
    if let Some(gas) = &report.gas {
        terms.extend(costs(report, gas));
    }
    terms
}

/// The network in words, where they are known.
fn network(report: &Report) -> Fact {
    match report.network {
        Some(network) => fact(
            "network",
            network.to_string(),
            "The chain and the registry contract that devices sign their readings for.",
        ),
        None => fact(
            "network",
            field::to_hex(&report.policy.parts().network.to_field()),
            "A hash of the chain and the registry contract that devices sign their readings for.",
        ),
    }
}

/// Gas, and what it costs at two prices.
fn costs(report: &Report, gas: &Gas) -> [Fact; 3] {
    let values = u64::from(report.meaning.values().max(1));
    let pol = |gas: u64, gwei: u64| {
        let nano = gas * gwei;
        format!("{}.{:06}", nano / 1_000_000_000, nano % 1_000_000_000 / 1_000)
    };
    let each = gas.polygon.div_ceil(values);
    let grouped = |gas: u64| grouped(gas.into());
    [
        fact(
            "gas",
            format!("{} on Polygon, {} on Ethereum", grouped(gas.polygon), grouped(gas.ethereum)),
            "Of a whole transaction that verifies this kind of proof, measured in an EVM with each chain's schedule.",
        ),
        fact(
            "gas a value",
            format!(
                "{} of {}; in a batch of {} proofs {}",
                grouped(each),
                grouped(values),
                gas.batch.0,
                grouped(gas.batch.1.div_ceil(values))
            ),
            "The transaction's gas, shared by the values that the proof counts, on Polygon.",
        ),
        fact(
            "cost",
            format!("{} POL at 25 gwei, {} at 150", pol(gas.polygon, 25), pol(gas.polygon, 150)),
            "Of that transaction on Polygon: at the least tip, and at a price that is rarely exceeded. What POL is worth a page cannot know.",
        ),
    ]
}

/// Who has to be honest, for what.
pub(super) fn trust(report: &Report) -> Vec<Fact> {
    let interval = report.meaning.interval();
    let many = report.policy.parts().family.devices() == Devices::AtLeastK;
    let moment = if many { interval.end_ms() } else { interval.start().get() };
    let key = match &report.key {
        None if matches!(report.proven.system, System::Other { .. }) => match report.proven.insecure {
            true => "INSECURE: one machine made its parameters, and whoever ran that can forge. For development.".to_owned(),
            false => "As good as the parameters that it was made with, powers of tau: one honest contributor to them is enough.".to_owned(),
        },
        None => "No verifying key was given for this page: nothing can be verified on it.".to_owned(),
        Some(key) => match key.ceremony() {
            Some(ceremony) => format!(
                "Made by a ceremony with {} secret contributions: one honest contributor is enough.",
                ceremony.contributions()
            ),
            None => {
                "INSECURE: one machine made it, and whoever ran that can forge. For development.".to_owned()
            }
        },
    };
    vec![
        fact(
            "key",
            key,
            "The verifying key says which circuit a proof is of. Compare its id with one that you have from elsewhere.",
        ),
        fact(
            "registry root",
            format!(
                "Whoever owns the policy's registry posts its roots. The proof does not say that this is one: compare it with the \
                 registry contract's rootAt of {} ({moment}).",
                format_rfc3339_millis(moment)
            ),
            "The proof shows that the devices are under this root, and not who enrolled them.",
        ),
        fact(
            "devices",
            if many {
                "Counted by their keys: an owner may have many. Who aggregates sees the values, and may leave some out."
            } else {
                "Its key signed. That the sensor saw what it says is outside mathematics."
            },
            "A proof says that registered keys signed, not that the event happened.",
        ),
    ]
}
