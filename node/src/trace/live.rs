//! Spans as they are, with the library of OpenTelemetry.

use std::time::Duration;

use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, ContextGuard, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanLimits,
};

use super::SpanKind;
use super::export::Exporter;
use crate::config::OtelSettings;
use crate::log::Log;

/// Spans that wait for the collector. Those beyond are left out.
const WAITING: usize = 2048;
/// Spans of one request to it.
const TOGETHER: usize = 512;
/// How long a span waits for others, at most.
const GATHERS: Duration = Duration::from_secs(5);
/// How long the last spans are waited for at the end.
const END: Duration = Duration::from_secs(3);

/// Who is told of spans: nobody, unless there is a collector. What is cloned is the same.
#[derive(Clone, Debug, Default)]
pub struct Trace(Option<Live>);

#[derive(Clone, Debug)]
struct Live {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// A piece of work. It ends when the last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Span(Option<Context>);

impl Trace {
    /// The collector of the settings, which hears of spans from now on. It need not be there: the log hears of that once.
    pub fn to(settings: &OtelSettings, log: &Log) -> Self {
        let resource = Resource::builder_empty()
            .with_attributes([
                KeyValue::new("service.name", "zksensor-node"),
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            ])
            .build();
        let exporter = Exporter::new(&settings.endpoint, &resource, log.clone());
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(WAITING)
            .with_max_export_batch_size(TOGETHER)
            .with_scheduled_delay(GATHERS)
            .build();
        let sampler = Sampler::TraceIdRatioBased(f64::from(settings.sample_ppm) / 1e6);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(config).build())
            .with_sampler(Sampler::ParentBased(Box::new(sampler)))
            .with_span_limits(SpanLimits::default())
            .with_resource(resource)
            .build();
        let tracer = provider.tracer("zksensor-node");
        Trace(Some(Live { provider, tracer }))
    }

    /// A piece of work that begins now, as a part of what this thread [is in](Span::enter).
    pub(crate) fn span(&self, kind: &SpanKind) -> Span {
        Span(self.0.as_ref().map(|live| {
            let span = live.tracer.start(kind.name);
            Context::current_with_span(span)
        }))
    }

    /// Sends what waits, and waits for that for some seconds at most. Nothing is told of what ends later.
    pub fn end(&self) {
        if let Some(live) = &self.0 {
            // Who does not take spans now has told the log.
            let _ = live.provider.shutdown_with_timeout(END);
        }
    }
}

impl Span {
    pub(crate) fn number(&self, name: &'static str, value: u64) -> &Self {
        if let Some(context) = &self.0 {
            let value = i64::try_from(value).unwrap_or(i64::MAX);
            context.span().set_attribute(KeyValue::new(name, value));
        }
        self
    }

    pub(crate) fn text(&self, name: &'static str, value: &str) -> &Self {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(name, value.to_owned()));
        }
        self
    }

    /// What begins on this thread is a part of it, as long as the guard is there.
    pub(crate) fn enter(&self) -> Option<ContextGuard> {
        self.0.clone().map(Context::attach)
    }
}
