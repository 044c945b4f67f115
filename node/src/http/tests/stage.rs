//! A server on loopback, and a client that writes bytes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use zksensor::model::device::DeviceKey;
use zksensor::model::frame::{Frame, FrameHeader, FrameLink, Sample, SignedFrame};
use zksensor::model::reading::{Location, Network, PayloadHash, Reading, SignedReading, UnixMillis};

use crate::config::Config;
use crate::http::{Door, Settings, serve};
use crate::intake::{Answer, Intake, IntakeError, Item};
use crate::log::Log;
use crate::operator::{Left, Operate, OperatorToken};
use crate::seal::StoreKey;
use crate::trace::Trace;
use crate::view::{EpochState, EpochView, Show, View};

/// What the made-up intake does with a batch.
pub(crate) enum Does {
    Accept,
    /// Answers so.
    Answer(Vec<Answer>),
    Fail(IntakeError),
    Panic,
    /// Waits for the gate.
    Wait,
}

/// An intake and a store.
pub(crate) struct Fake {
    does: Mutex<Does>,
    waits: bool,
    pub(crate) taken: Mutex<Vec<Vec<Item>>>,
    pub(crate) refused: Mutex<Vec<(String, u64)>>,
    pub(crate) view: Mutex<View>,
    pub(crate) proofs: Mutex<Vec<String>>,
    pub(crate) asked: Mutex<Vec<(String, u32)>>,
    gate: Mutex<Receiver<()>>,
    /// Each message, and its end, lets one wait end.
    pub(crate) open: Mutex<Option<Sender<()>>>,
    pub(crate) view_waits: Mutex<bool>,
    /// Looks at the view.
    pub(crate) looks: AtomicUsize,
    quiesced: AtomicBool,
    pub(crate) left: Mutex<Result<Left, String>>,
}

impl Fake {
    pub(crate) fn new(does: Does) -> Arc<Fake> {
        let (open, gate) = channel();
        let epoch = EpochView {
            policy: "air".to_owned(),
            epoch: 3,
            state: EpochState::Grace,
            readings: 5,
            late: 1,
            proven: 0,
            chunks: 1,
            reason: None,
        };
        let view = View { ready: true, accepted: 5, epochs: vec![epoch], ..View::default() };
        Arc::new(Fake {
            waits: matches!(does, Does::Wait),
            does: Mutex::new(does),
            taken: Mutex::default(),
            refused: Mutex::default(),
            view: Mutex::new(view),
            proofs: Mutex::default(),
            asked: Mutex::default(),
            gate: Mutex::new(gate),
            open: Mutex::new(Some(open)),
            view_waits: Mutex::default(),
            looks: AtomicUsize::default(),
            quiesced: AtomicBool::default(),
            left: Mutex::new(Ok(Left { takes: true, epochs: Vec::new() })),
        })
    }

    fn wait(&self) {
        let _ = self.gate.lock().unwrap().recv();
    }

    pub(crate) fn batches(&self) -> usize {
        self.taken.lock().unwrap().len()
    }
}

impl Intake for Fake {
    fn take(&self, items: Vec<Item>) -> Result<Vec<Answer>, IntakeError> {
        let count = items.len();
        self.taken.lock().unwrap().push(items);
        let done = match &*self.does.lock().unwrap() {
            Does::Accept => Some(Ok(vec![Answer::Accepted; count])),
            Does::Answer(answers) => Some(Ok(answers.clone())),
            Does::Fail(error) => Some(Err(error.clone())),
            Does::Panic => None,
            // The lock is not held while it waits.
            Does::Wait => Some(Ok(Vec::new())),
        };
        let done = done.expect("as it was told");
        if done != Ok(Vec::new()) || count == 0 || !self.waits {
            return done;
        }
        self.wait();
        Ok(vec![Answer::Accepted; count])
    }

    fn refused(&self, rule: &str, count: u64) {
        self.refused.lock().unwrap().push((rule.to_owned(), count));
    }
}

impl Show for Fake {
    fn view(&self) -> View {
        self.looks.fetch_add(1, Ordering::SeqCst);
        let waits = *self.view_waits.lock().unwrap();
        if waits {
            self.wait();
        }
        self.view.lock().unwrap().clone()
    }

    fn proofs(&self, policy: &str, epoch: u32) -> Result<Vec<String>, String> {
        self.asked.lock().unwrap().push((policy.to_owned(), epoch));
        if policy == "broken" {
            return Err("/srv/node/data/store.redb: no space".to_owned());
        }
        Ok(self.proofs.lock().unwrap().clone())
    }

    fn proofs_from(
        &self,
        policy: &str,
        epoch: u32,
        from: u32,
        most: usize,
    ) -> Result<Vec<(u32, String)>, String> {
        let all = (0..).zip(self.proofs(policy, epoch)?);
        Ok(all.skip(from as usize).take(most).collect())
    }
}

impl Operate for Fake {
    fn quiesce(&self) {
        self.quiesced.store(true, Ordering::SeqCst);
        self.view.lock().unwrap().ready = false;
    }

    fn resume(&self) {
        self.quiesced.store(false, Ordering::SeqCst);
        self.view.lock().unwrap().ready = true;
    }

    fn is_quiesced(&self) -> bool {
        self.quiesced.load(Ordering::SeqCst)
    }

    fn left(&self) -> Result<Left, String> {
        let left = self.left.lock().unwrap().clone()?;
        Ok(Left { takes: !self.is_quiesced(), ..left })
    }
}

/// What whoever operates a server of the tests has.
pub(crate) fn operator() -> OperatorToken {
    OperatorToken::of(&StoreKey::from_bytes(&[0x5a; 32]))
}

/// A server; dropped, it stops.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) fake: Arc<Fake>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The settings of a configuration with these lines.
pub(crate) fn settings(lines: &str) -> Settings {
    let text = format!("{lines}\n[policies.air]\npolicy = \"a\"\n[policies.broken]\npolicy = \"b\"\n");
    let config = Config::parse(&text, Path::new(""), &[]).unwrap();
    Settings {
        limits: config.limits,
        trusted_proxies: config.trusted_proxies,
        tokens: None,
        tls: None,
        operator: Some(operator()),
        policies: config.policies.into_iter().map(|policy| policy.name).collect(),
        trace: Trace::default(),
    }
}

impl Server {
    pub(crate) fn start(lines: &str, does: Does) -> Server {
        Server::with(settings(lines), Fake::new(does))
    }

    pub(crate) fn with(settings: Settings, fake: Arc<Fake>) -> Server {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = channel();
        let door = {
            let log = Log::new(true, Box::new(std::io::sink()));
            Door::new(settings, fake.clone(), fake.clone(), fake.clone(), log)
        };
        let thread = thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                serve(listener, door, async move { drop(stopped.await) }).await;
            });
            // A thread that still waits in the intake is left behind.
            runtime.shutdown_background();
        });
        let address = told.recv().unwrap();
        Server { address, fake, stop: Some(stop), thread: Some(thread) }
    }

    /// Tells it to stop, and does not wait.
    pub(crate) fn tell_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Whether it ended within this time.
    pub(crate) fn ended_within(&self, time: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < time {
            if self.thread.as_ref().is_none_or(JoinHandle::is_finished) {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// What comes back to these bytes until the other end closes.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Reply {
        let mut stream = self.connect();
        // One that is refused before its end may not be read to its end.
        let _ = stream.write_all(bytes);
        Reply::read(&mut stream)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
    }

    pub(crate) fn post(&self, path: &str, content: &str, more: &str, body: &[u8]) -> Reply {
        self.raw(&request(path, content, more, body))
    }

    pub(crate) fn post_readings(&self, body: &[u8]) -> Reply {
        self.post("/v1/readings", BINARY, "", body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.fake.open.lock().unwrap().take());
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

pub(crate) const BINARY: &str = "application/octet-stream";
pub(crate) const LINES: &str = "application/x-ndjson";

/// A request with a body, of which `more` are lines of its head.
pub(crate) fn request(path: &str, content: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {content}\r\nContent-Length: {length}\r\n{more}\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// An answer, in parts.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn read(stream: &mut TcpStream) -> Reply {
        let mut bytes = Vec::new();
        // A reset after the answer is as good as an end.
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Fails unless it is a problem of this status and word.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, word: &str) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert!(self.head.contains("content-type: application/problem+json"), "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], status);
        assert!(json["type"].as_str().unwrap().ends_with(&format!("#{word}")), "{json}");
        json["detail"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn reading(sequence: u64) -> SignedReading {
    let reading = Reading {
        network: Network::new(80002, [0x11; 20]),
        schema: 1,
        sequence,
        time: UnixMillis::new(1_767_225_600_000).unwrap(),
        location: Location::from_e7(481_500_000, 115_500_000).unwrap(),
        accuracy_mm: 2_500,
        channels: [2150, i64::MIN, i64::MIN, i64::MIN],
        payload_hash: PayloadHash::NONE,
    };
    DeviceKey::from_seed([4; 32]).sign(&reading).unwrap()
}

pub(crate) fn readings(count: u64) -> Vec<u8> {
    (0..count).flat_map(|sequence| reading(sequence).encode()).collect()
}

pub(crate) fn frame(samples: usize) -> SignedFrame {
    let header = FrameHeader {
        network: Network::new(80002, [0x11; 20]),
        schema: 1,
        sequence: 1,
        start: UnixMillis::new(1_767_225_600_000).unwrap(),
        link: FrameLink::NONE,
        payload_hash: PayloadHash::NONE,
    };
    let sample = |index: usize| Sample {
        offset_ms: 1000 * u32::try_from(index).unwrap(),
        location: Location::from_e7(481_500_000, 115_500_000).unwrap(),
        accuracy_mm: 2_500,
        channels: [2150, i64::MIN, i64::MIN],
    };
    let frame = Frame::new(header, (0..samples).map(sample).collect()).unwrap();
    DeviceKey::from_seed([4; 32]).sign_frame(frame)
}
