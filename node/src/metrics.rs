//! Metrics in Prometheus' text format. No label is of a device, a client or a path that somebody made up: labels are routes, rules, policies
//! and states, of which there are few.

mod counters;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write;

pub(crate) use counters::Metrics;
pub use table::{METRICS, Metric};

use crate::view::{EpochState, View};

/// What is measured at the moment of the answer.
pub(crate) struct Gauges {
    /// Bodies that are being stored.
    pub(crate) taking: u64,
    /// Bytes of bodies in memory.
    pub(crate) buffered_bytes: u64,
    /// Lines that the log left out.
    pub(crate) log_lost: u64,
}

/// The most values of a label that comes from the store.
const VALUES: usize = 256;

const READY: &str = "zksensor_node_ready";

/// All of it, in the order of [`METRICS`]; what is of the store is left out if it does not answer, but for that it is not ready.
pub(crate) fn text(view: Option<&View>, metrics: &Metrics, gauges: &Gauges) -> String {
    let mut text = String::new();
    for metric in METRICS {
        let mut values = String::new();
        match view {
            Some(view) if of_view(metric.name, view, &mut values) => {}
            // A store that does not answer takes nothing.
            None if metric.name == READY => {
                let _ = writeln!(values, "{READY} 0");
            }
            _ => metrics.of_process(metric.name, gauges, &mut values),
        }
        if !values.is_empty() {
            let Metric { name, kind, help, .. } = metric;
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{values}");
        }
    }
    text
}

/// Writes what the view has of a metric; whether it is one of the view.
fn of_view(name: &str, view: &View, out: &mut String) -> bool {
    let mut plain = |value: u64| {
        let _ = writeln!(out, "{name} {value}");
    };
    match name {
        READY => plain(view.ready.into()),
        "zksensor_node_accepted_total" => plain(view.accepted),
        "zksensor_node_duplicates_total" => plain(view.duplicates),
        "zksensor_node_equivocations_total" => plain(view.equivocations),
        "zksensor_node_jobs" => plain(view.queue),
        "zksensor_node_outbox" => plain(view.outbox),
        "zksensor_node_refused_total" => {
            for (rule, count) in view.refused.iter().take(VALUES) {
                let _ = writeln!(out, "{name}{{rule=\"{}\"}} {count}", label(rule));
            }
        }
        "zksensor_node_epochs" => {
            let mut counts: BTreeMap<(&str, EpochState), u64> = BTreeMap::new();
            for epoch in &view.epochs {
                *counts.entry((&epoch.policy, epoch.state)).or_default() += 1;
            }
            for ((policy, state), count) in counts.iter().take(VALUES) {
                let _ = writeln!(
                    out,
                    "{name}{{policy=\"{}\",state=\"{}\"}} {count}",
                    label(policy),
                    state_name(*state)
                );
            }
        }
        "zksensor_node_last_proof_timestamp_seconds"
        | "zksensor_node_last_proof_seconds"
        | "zksensor_node_last_proof_gas"
        | "zksensor_node_last_proof_fee_gwei" => {
            last_proofs(name, view, out);
        }
        _ => return false,
    }
    true
}

fn last_proofs(name: &str, view: &View, out: &mut String) {
    let mut seen: Vec<&str> = Vec::new();
    for proof in view.proofs.iter().take(VALUES) {
        if seen.contains(&proof.policy.as_str()) {
            continue;
        }
        seen.push(&proof.policy);
        let policy = label(&proof.policy);
        let number = if name == "zksensor_node_last_proof_gas" { proof.gas } else { proof.fee_gwei };
        let _ = match (name, number) {
            ("zksensor_node_last_proof_timestamp_seconds", _) => {
                writeln!(out, "{name}{{policy=\"{policy}\"}} {}", proof.at)
            }
            ("zksensor_node_last_proof_seconds", _) => {
                writeln!(
                    out,
                    "{name}{{policy=\"{policy}\"}} {}.{:03}",
                    proof.millis / 1000,
                    proof.millis % 1000
                )
            }
            (_, Some(number)) => writeln!(out, "{name}{{policy=\"{policy}\"}} {number}"),
            (_, None) => Ok(()),
        };
    }
}

/// As `View` writes it.
fn state_name(state: EpochState) -> &'static str {
    match state {
        EpochState::Open => "open",
        EpochState::Grace => "grace",
        EpochState::Proving => "proving",
        EpochState::Proven => "proven",
        EpochState::Final => "final",
        EpochState::Ended => "ended",
    }
}

/// The value of a label, with what would end it escaped.
fn label(value: &str) -> String {
    let short: String = value.chars().take(64).collect();
    short.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests;
