//! Spans on their way to a collector: one request of protobuf over a connection of its own, in bounded time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::log::{Level, Log};

/// How long a collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of its answer.
const MOST: usize = 1 << 16;

/// Sends spans to a collector. Those that it does not take are lost: they matter less than the memory that they would fill.
pub(super) struct Exporter {
    /// Host and port.
    endpoint: String,
    resource: ResourceAttributesWithSchema,
    log: Log,
    /// Whether the last ones were not taken, which is told once.
    is_down: AtomicBool,
}

impl std::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

impl Exporter {
    /// To the collector at HOST:PORT.
    pub(super) fn new(endpoint: &str, resource: &Resource, log: Log) -> Self {
        Exporter {
            endpoint: endpoint.to_owned(),
            resource: resource.into(),
            log,
            is_down: AtomicBool::new(false),
        }
    }

    fn told(&self, sent: Result<(), &'static str>) -> OTelSdkResult {
        let was_down = self.is_down.swap(sent.is_err(), Ordering::Relaxed);
        match sent {
            Ok(()) if was_down => {
                self.log.line(Level::Info, "otel", &[("what", "the collector takes spans again".into())]);
                Ok(())
            }
            Ok(()) => Ok(()),
            Err(reason) => {
                if !was_down {
                    self.log.line(Level::Warn, "otel", &[("reason", reason.into())]);
                }
                Err(OTelSdkError::InternalFailure(reason.to_owned()))
            }
        }
    }
}

impl SpanExporter for Exporter {
    /// It is called on a thread that does nothing else, without a runtime.
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let sent = match runtime {
            Ok(runtime) => {
                let sent = runtime.block_on(async { timeout(PATIENCE, send(&self.endpoint, body)).await });
                // A name that is still being looked up is not waited for.
                runtime.shutdown_background();
                sent.unwrap_or(Err(
                    "expected the collector to take spans, but it does not answer in time; they are lost",
                ))
            }
            Err(_) => Err(
                "expected to send spans to the collector, but the system has no means for it; they are lost",
            ),
        };
        self.told(sent)
    }
}

/// What went wrong has no part of what came: anybody may be at the other end.
async fn send(endpoint: &str, body: Vec<u8>) -> Result<(), &'static str> {
    const GONE: &str =
        "expected the collector to take spans, but nobody answers at `otel.endpoint`; they are lost";
    let stream = TcpStream::connect(endpoint).await.map_err(|_| GONE)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| GONE)?;
    let request = Request::builder()
        .method(Method::POST)
        .uri("/v1/traces")
        .header(header::HOST, endpoint)
        .header(header::CONNECTION, "close")
        .header(header::CONTENT_TYPE, "application/x-protobuf")
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| GONE)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|_| GONE)?;
        let is_good = response.status().is_success();
        // It is read so that the other end sees no connection that breaks.
        let _ = Limited::new(response.into_body(), MOST).collect().await;
        is_good
            .then_some(())
            .ok_or("expected the collector to take spans, but it refuses them; they are lost")
    };
    let mut answer = std::pin::pin!(answer);
    tokio::select! {
        biased;
        answered = &mut answer => answered,
        _ = connection => answer.await,
    }
}
