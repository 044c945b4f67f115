//! A collector on loopback: it takes spans, or does something else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use zksensor_node::config::OtelSettings;

/// What it was sent: bodies as they came.
#[derive(Clone, Default)]
pub(crate) struct Sent(pub(crate) Arc<Mutex<Vec<Vec<u8>>>>);

pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    pub(crate) sent: Sent,
}

impl Collector {
    /// One that answers each request with this status.
    pub(crate) fn answering(status: u16) -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let collector = Collector { address: listener.local_addr().unwrap(), sent: Sent::default() };
        let sent = collector.sent.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
                }
                let head = head.to_ascii_lowercase();
                assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
                assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
                let length = head.split("content-length: ").nth(1).unwrap().split('\r').next().unwrap();
                let mut body = vec![0; length.parse().unwrap()];
                stream.read_exact(&mut body).unwrap();
                sent.0.lock().unwrap().push(body);
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.get_mut().write_all(answer.as_bytes()).unwrap();
            }
        });
        collector
    }

    /// One that takes connections and never answers.
    pub(crate) fn hanging() -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let held: Vec<_> = listener.incoming().collect();
            drop(held);
        });
        Collector { address, sent: Sent::default() }
    }

    pub(crate) fn settings(&self, sample_ppm: u32) -> OtelSettings {
        OtelSettings { endpoint: self.address.to_string(), sample_ppm }
    }

    /// The requests, of protobuf.
    pub(crate) fn requests(&self) -> Vec<ExportTraceServiceRequest> {
        let bodies = self.sent.0.lock().unwrap();
        bodies.iter().map(|body| ExportTraceServiceRequest::decode(&body[..]).unwrap()).collect()
    }

    pub(crate) fn spans(&self) -> Vec<Span> {
        let resources = self.requests().into_iter().flat_map(|request| request.resource_spans);
        let scopes = resources.flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }
}

/// An attribute as text.
pub(crate) fn text(attribute: &KeyValue) -> String {
    match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

/// An attribute of a span.
pub(crate) fn of(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == name);
    text(found.unwrap_or_else(|| panic!("{name}: {span:?}")))
}
