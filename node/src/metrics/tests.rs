use std::time::Duration;

use super::*;
use crate::view::{EpochView, ProofView};

fn view() -> View {
    let epoch = |policy: &str, epoch, state| EpochView {
        policy: policy.to_owned(),
        epoch,
        state,
        readings: 1,
        late: 0,
        proven: 0,
        chunks: 1,
        reason: None,
    };
    let proof = |policy: &str, at, gas| ProofView {
        policy: policy.to_owned(),
        epoch: 1,
        chunk: 0,
        at,
        millis: 1005,
        gas,
        fee_gwei: gas.map(|gas| 30 * gas),
    };
    View {
        ready: true,
        accepted: 7,
        refused: [("C3".to_owned(), 2), ("x\"} 1\nevil 1".to_owned(), 1)].into(),
        epochs: vec![
            epoch("air", 2, EpochState::Open),
            epoch("air", 1, EpochState::Final),
            epoch("air", 0, EpochState::Final),
        ],
        proofs: vec![proof("air", 99, Some(300_000)), proof("air", 50, None), proof("land", 60, None)],
        ..View::default()
    }
}

fn all() -> String {
    let metrics = Metrics::default();
    metrics.request("/v1/readings", 200, Duration::from_millis(3));
    let _open = metrics.connection();
    text(Some(&view()), &metrics, &Gauges { taking: 1, buffered_bytes: 2048, log_lost: 3 })
}

#[test]
fn every_metric_of_the_table_comes_and_no_other() {
    let text = all();
    for Metric { name, kind, help, labels } in METRICS {
        assert_eq!(text.matches(&format!("# TYPE {name} {kind}\n")).count(), 1, "{name}");
        assert!(text.contains(&format!("# HELP {name} {help}\n")));
        let line = text.lines().find(|line| line.starts_with(name) && !line.starts_with('#')).unwrap();
        assert_eq!(line.contains('{'), !labels.is_empty(), "{line}");
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let stem = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        assert!(METRICS.iter().any(|metric| metric.name == name || Some(metric.name) == stem), "{line}");
        assert!(line.rsplit_once(' ').unwrap().1.parse::<f64>().is_ok(), "{line}");
    }
}

#[test]
fn values_are_those_of_the_view() {
    let text = all();
    for line in [
        "zksensor_node_ready 1",
        "zksensor_node_accepted_total 7",
        "zksensor_node_refused_total{rule=\"C3\"} 2",
        "zksensor_node_epochs{policy=\"air\",state=\"final\"} 2",
        "zksensor_node_last_proof_timestamp_seconds{policy=\"air\"} 99",
        "zksensor_node_last_proof_seconds{policy=\"land\"} 1.005",
        "zksensor_node_last_proof_gas{policy=\"air\"} 300000",
        "zksensor_node_last_proof_fee_gwei{policy=\"air\"} 9000000",
        "zksensor_http_request_seconds_bucket{route=\"/v1/readings\",le=\"0.0025\"} 0",
        "zksensor_http_request_seconds_bucket{route=\"/v1/readings\",le=\"0.005\"} 1",
        "zksensor_http_request_seconds_sum{route=\"/v1/readings\"} 0.003000",
        "zksensor_http_connections 1",
        "zksensor_http_buffered_bytes 2048",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
    assert!(!text.contains("\nevil"), "a label cannot begin a line of its own");
}

#[test]
fn a_store_that_does_not_answer_takes_only_its_own_metrics_away() {
    let text = text(None, &Metrics::default(), &Gauges { taking: 64, buffered_bytes: 0, log_lost: 0 });
    assert!(text.contains("zksensor_http_taking 64\n"));
    let of_store = |line: &&str| line.starts_with("zksensor_node_");
    assert_eq!(text.lines().filter(of_store).collect::<Vec<_>>(), ["zksensor_node_ready 0"]);
}

/// The book has every metric.
#[test]
fn every_metric_is_documented() {
    let page = include_str!("../../../docs/node.md");
    for Metric { name, kind, labels, help } in METRICS {
        let labels: Vec<_> = labels.iter().map(|label| format!("`{label}`")).collect();
        let row = format!("| `{name}` | {kind} | {} | {help} |", labels.join(", "));
        assert!(page.contains(&row), "docs/node.md has to have the row\n{row}");
    }
}
