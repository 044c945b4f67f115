//! Traces: what the node does and how long it takes, as spans that a collector of OpenTelemetry is sent by OTLP over HTTP.
//!
//! Without the feature `otel` all of it does nothing, and with it nothing unless the configuration names a collector. Whoever does the work never
//! waits for the collector: spans wait in a queue, those beyond it are left out, and a thread of its own sends them. An attribute is one that
//! [`SPANS`] has: a number, a policy's name or a word of this crate, never a coordinate, a value, a device, a key, a token, an address or a path.

#[cfg(feature = "otel")]
mod export;
#[cfg(feature = "otel")]
mod live;
#[cfg(not(feature = "otel"))]
mod none;

#[cfg(feature = "otel")]
pub(crate) use live::Span;
#[cfg(feature = "otel")]
pub use live::Trace;
#[cfg(not(feature = "otel"))]
pub(crate) use none::Span;
#[cfg(not(feature = "otel"))]
pub use none::Trace;

/// A kind of span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanKind {
    /// Its name.
    pub name: &'static str,
    /// The attributes that it may have.
    pub attributes: &'static [&'static str],
    /// What it is of.
    pub about: &'static str,
}

const fn kind(name: &'static str, attributes: &'static [&'static str], about: &'static str) -> SpanKind {
    SpanKind { name, attributes, about }
}

pub(crate) const INGEST: SpanKind = kind(
    "ingest",
    &["route", "status", "items"],
    "a request with readings or frames, from its head to its answer",
);
pub(crate) const STORE: SpanKind = kind(
    "store",
    &["items"],
    "a transaction of what several requests may have sent; it is within the request that wrote it",
);
pub(crate) const CLOSE: SpanKind =
    kind("close", &["policy", "epoch", "chunks"], "the choice of an epoch's readings");
pub(crate) const PROVE: SpanKind = kind(
    "prove",
    &["policy", "epoch", "chunk", "result"],
    "a proof: `proven`, `failed`, `refused`, `cancelled`, `missing`, `ended` (nobody can make it) or `damaged`",
);
pub(crate) const BRING: SpanKind = kind(
    "bring",
    &["policy", "epoch", "count", "result"],
    "proofs of an epoch that are handed to their place: `brought`, `partly` or `kept`",
);

/// Every kind of span, in the order of docs/node.md.
pub const SPANS: [SpanKind; 5] = [INGEST, STORE, CLOSE, PROVE, BRING];

#[cfg(test)]
mod tests {
    use super::*;

    /// The book has every kind of span with its attributes.
    #[test]
    fn every_span_is_documented() {
        let page = include_str!("../../docs/node.md");
        for SpanKind { name, attributes, about } in SPANS {
            let attributes: Vec<String> = attributes.iter().map(|name| format!("`{name}`")).collect();
            let row = format!("| `{name}` | {} | {about} |", attributes.join(", "));
            assert!(page.contains(&row), "docs/node.md has to have the row\n{row}");
        }
    }
}
