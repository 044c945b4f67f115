//! Every metric, once.

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it counts, with its unit.
    pub help: &'static str,
}

const fn metric(
    name: &'static str,
    kind: &'static str,
    labels: &'static [&'static str],
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, help }
}

/// Every metric, in the order of the answer.
pub const METRICS: &[Metric] = &[
    metric("zksensor_node_ready", "gauge", &[], "1 if readings are taken, else 0"),
    metric(
        "zksensor_node_accepted_total",
        "counter",
        &[],
        "items that were stored, since the store was made",
    ),
    metric("zksensor_node_duplicates_total", "counter", &[], "items that were stored before"),
    metric(
        "zksensor_node_refused_total",
        "counter",
        &["rule"],
        "items that were not stored, by the rule that they broke",
    ),
    metric(
        "zksensor_node_equivocations_total",
        "counter",
        &[],
        "devices of which one sequence number came with two contents",
    ),
    metric("zksensor_node_jobs", "gauge", &[], "jobs that wait for the prover"),
    metric("zksensor_node_outbox", "gauge", &[], "proofs that wait for their place"),
    metric("zksensor_node_epochs", "gauge", &["policy", "state"], "epochs that the status shows, by state"),
    metric(
        "zksensor_node_last_proof_timestamp_seconds",
        "gauge",
        &["policy"],
        "when the last proof was done, in seconds since 1970",
    ),
    metric("zksensor_node_last_proof_seconds", "gauge", &["policy"], "how long the last proof took"),
    metric(
        "zksensor_node_last_proof_gas",
        "gauge",
        &["policy"],
        "gas of the last proof's part of its transaction",
    ),
    metric(
        "zksensor_node_last_proof_fee_gwei",
        "gauge",
        &["policy"],
        "what that cost in the chain's coin, in units of 10^-9",
    ),
    metric("zksensor_http_requests_total", "counter", &["route", "status"], "requests that were answered"),
    metric(
        "zksensor_http_request_seconds",
        "histogram",
        &["route"],
        "how long an answer took, from the head of the request to that of the answer",
    ),
    metric("zksensor_http_body_bytes_total", "counter", &[], "bytes of the bodies that came, as they came"),
    metric(
        "zksensor_http_limited_total",
        "counter",
        &[],
        "requests that were not let in: more than a client may send, or without a token",
    ),
    metric("zksensor_http_connections", "gauge", &[], "connections that are open"),
    metric(
        "zksensor_http_connections_refused_total",
        "counter",
        &[],
        "connections of addresses that had as many as they may",
    ),
    metric(
        "zksensor_tls_handshakes_failed_total",
        "counter",
        &[],
        "handshakes that failed, or took longer than a head may",
    ),
    metric("zksensor_http_taking", "gauge", &[], "bodies that are being stored"),
    metric("zksensor_http_buffered_bytes", "gauge", &[], "bytes that bodies have in memory"),
    metric("zksensor_log_lost_total", "counter", &[], "lines of the log that nobody took in time"),
];
