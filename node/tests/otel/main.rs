//! A collector hears what a node does, and nothing else.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "the town has more than these tests look at")]

mod collector;
#[path = "../node/disk.rs"]
mod disk;
#[path = "../node/ride.rs"]
mod ride;
#[path = "../node/scene.rs"]
mod scene;

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::oneshot;
use zksensor_node::config::Config;
use zksensor_node::core::Core;
use zksensor_node::http::{Door, Settings, serve};
use zksensor_node::log::Log;
use zksensor_node::operator::OperatorToken;
use zksensor_node::trace::{SPANS, Trace};

use collector::{Collector, of, text};
use scene::{NAMES, Scene, after_grace, fill, settle, town};

const ALL: u32 = 1_000_000;

/// A log that is looked at.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn log(&self) -> Log {
        Log::new(false, Box::new(self.clone()))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Sends a body to the node's door: the status of the answer.
fn post(address: SocketAddr, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /v1/readings HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer[9..12].to_owned()
}

/// Sends bodies to a node, one after the other, through its door: the answers.
fn through_its_door(scene: &Scene, core: &Arc<Core>, trace: &Trace, bodies: &[&[u8]]) -> Vec<String> {
    let text = "listen = \"127.0.0.1:0\"\n[policies.air]\npolicy = \"a\"\n";
    let config = Config::parse(text, Path::new(""), &[]).unwrap();
    let settings = Settings {
        limits: config.limits,
        trusted_proxies: Vec::new(),
        tokens: None,
        tls: None,
        operator: Some(OperatorToken::of(&scene.key)),
        policies: vec![NAMES[0].to_owned()],
        trace: trace.clone(),
    };
    let log = Log::new(false, Box::new(io::sink()));
    let door = Door::new(settings, core.clone(), core.clone(), core.clone(), log);
    let (stop, stopped) = oneshot::channel::<()>();
    let (told, listening) = std::sync::mpsc::channel();
    let served = thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            told.send(listener.local_addr().unwrap()).unwrap();
            serve(listener, door, async move { drop(stopped.await) }).await;
        });
    });
    let address = listening.recv().unwrap();
    let answers = bodies.iter().map(|body| post(address, body)).collect();
    drop(stop);
    served.join().unwrap();
    answers
}

/// The spans of a kind, by their attributes.
fn kind<'s>(spans: &'s [Span], name: &str) -> Vec<&'s Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[test]
fn spans_have_what_the_table_says_and_nothing_that_is_secret() {
    let (collector, scene) = (Collector::answering(200), Scene::new());
    let trace = Trace::to(&collector.settings(ALL), &Lines::default().log());
    let core = Arc::new(scene.start().traced(trace.clone()));
    let readings: Vec<_> = town().readings.iter().filter(|signed| signed.epoch == 0).collect();
    let body: Vec<u8> = readings.iter().flat_map(|signed| signed.bytes.clone()).collect();
    scene.clock.set(scene::ORIGIN + scene::LENGTH - 1);
    assert_eq!(through_its_door(&scene, &core, &trace, &[&body, b"no reading"]), ["200", "400"]);
    after_grace(&scene, 0);
    settle(&core);
    trace.end();

    let spans = collector.spans();
    let [ingest, refused] = kind(&spans, "ingest")[..] else { panic!("{spans:?}") };
    assert_eq!((of(ingest, "route"), of(ingest, "status")), ("/v1/readings".to_owned(), "200".to_owned()));
    assert_eq!(of(ingest, "items"), readings.len().to_string());
    assert_eq!(of(refused, "status"), "400");
    let [store] = kind(&spans, "store")[..] else { panic!("{spans:?}") };
    assert_eq!((&store.parent_span_id, &store.trace_id), (&ingest.span_id, &ingest.trace_id));
    let of_all = |name: &str, keys: &[&str]| -> BTreeSet<Vec<String>> {
        kind(&spans, name).iter().map(|span| keys.iter().map(|key| of(span, key)).collect()).collect()
    };
    let wanted = |rows: &[&[&str]]| -> BTreeSet<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|text| (*text).to_owned()).collect()).collect()
    };
    assert_eq!(
        of_all("close", &["policy", "epoch", "chunks"]),
        wanted(&[&["air", "0", "2"], &["warm", "0", "2"]])
    );
    assert_eq!(kind(&spans, "prove").len(), 4);
    assert_eq!(
        of_all("prove", &["policy", "epoch", "result"]),
        wanted(&[&["air", "0", "proven"], &["warm", "0", "proven"]])
    );
    assert_eq!(of_all("prove", &["chunk"]).len(), 2, "each of its chunk");
    assert_eq!(
        of_all("bring", &["policy", "epoch", "result"]),
        wanted(&[&["air", "0", "brought"], &["warm", "0", "brought"]])
    );
    let brought: u32 =
        kind(&spans, "bring").iter().map(|span| of(span, "count").parse::<u32>().unwrap()).sum();
    assert_eq!(brought, 4);
    nothing_else(&collector, &scene);
}

/// No span has more than the table says, and nothing of what was sent is in what the collector was.
fn nothing_else(collector: &Collector, scene: &Scene) {
    for span in collector.spans() {
        let kind = SPANS.iter().find(|kind| kind.name == span.name).unwrap();
        for attribute in &span.attributes {
            assert!(kind.attributes.contains(&&*attribute.key), "{span:?}");
        }
        assert!(span.events.is_empty() && span.links.is_empty(), "{span:?}");
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    for request in collector.requests() {
        for resource in request.resource_spans {
            let mut said: Vec<String> = resource.resource.unwrap().attributes.iter().map(text).collect();
            said.sort();
            assert_eq!(said, [env!("CARGO_PKG_VERSION"), "zksensor-node"]);
        }
    }
    let token = OperatorToken::of(&scene.key);
    let mut secrets: Vec<Vec<u8>> = vec![token.text().into(), vec![0x5a; 16], b"127.0.0.1".to_vec()];
    secrets.extend([b"48.15".to_vec(), b"481500000".to_vec(), b"115500000".to_vec()]);
    secrets.extend([481_500_000_i32.to_be_bytes().to_vec(), 481_500_000_i32.to_le_bytes().to_vec()]);
    // Keys of devices, places, values and signatures: all that was sent.
    let sent = town().readings.iter().filter(|signed| signed.epoch == 0);
    let parts = sent.flat_map(|signed| signed.bytes.chunks(12).map(<[u8]>::to_vec));
    secrets.extend(parts.filter(|part| part.len() == 12 && part.iter().any(|byte| *byte != 0)));
    for body in collector.sent.0.lock().unwrap().iter() {
        for secret in &secrets {
            assert!(!body.windows(secret.len()).any(|window| window == secret), "{secret:?}");
        }
    }
}

#[test]
fn as_many_traces_are_sent_as_the_configuration_says() {
    let collector = Collector::answering(200);
    for (sample, most) in [(0, 0), (ALL / 2, 29)] {
        let scene = Scene::new();
        let trace = Trace::to(&collector.settings(sample), &Lines::default().log());
        fill(&scene, &scene.start().traced(trace.clone()), 0);
        trace.end();
        let count = collector.spans().len();
        assert!(count <= most && (count > 0) == (sample > 0), "{sample}: {count} of 30");
    }
}

#[test]
fn a_collector_that_hangs_or_is_gone_slows_nothing() {
    let gone = Collector {
        address: TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(),
        sent: collector::Sent::default(),
    };
    for (collector, said) in [
        (gone, "nobody answers"),
        (Collector::hanging(), "does not answer in time"),
        (Collector::answering(503), "refuses them"),
    ] {
        let (scene, lines) = (Scene::new(), Lines::default());
        let log = lines.log();
        let trace = Trace::to(&collector.settings(ALL), &log);
        let core = scene.start().traced(trace.clone());
        let mut slowest = Duration::ZERO;
        // More spans than wait.
        for nth in 0..3000 {
            let start = Instant::now();
            let signed = &town().readings[nth % town().readings.len()];
            scene::send(&core, &signed.bytes);
            slowest = slowest.max(start.elapsed());
        }
        fill(&scene, &core, 1);
        after_grace(&scene, 1);
        let start = Instant::now();
        settle(&core);
        slowest = slowest.max(start.elapsed());
        assert!(slowest < Duration::from_secs(2), "{said}: {slowest:?}");
        let start = Instant::now();
        trace.end();
        assert!(start.elapsed() < Duration::from_secs(5), "{said}: {:?}", start.elapsed());
        drop((core, trace, log));
        // The thread that sends has a log, too, and may be waiting still.
        for _ in 0..500 {
            if !lines.text().is_empty() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        let told = lines.text();
        assert_eq!(told.lines().count(), 1, "{said}: {told}");
        assert!(told.contains("warn otel reason=") && told.contains(said), "{told}");
    }
}
