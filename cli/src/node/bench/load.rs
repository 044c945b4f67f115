//! A node that is sent readings: as fast as it takes them, and at a steady rate.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use zksensor_node::config::Config;
use zksensor_node::log::Log;
use zksensor_node::run::{self, Mocks, RunError};

use super::fleet::Fleet;
use super::{BenchError, process, system};
use crate::folder::Folder;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of an answer.
const MOST: u64 = 8 << 20;
/// Readings of a request at the steady rate.
const STEADY_BATCH: u32 = 10;
/// Who sends at the steady rate.
const STEADY_CLIENTS: u32 = 4;
/// No limit of a client: the machine is what is measured.
const CONFIG: &str = "listen = \"127.0.0.1:0\"\nstore.key = \"file:store.key\"\n\
    [limits]\nrequests_per_s = 1000000\nburst = 1000000\nitems_per_s = 1000000\nitems_burst = 1000000\n\
    [policies.bench]\npolicy = \"policy.toml\"\nfence = \"fence.geojson\"\ngrace_s = 86400\n";

/// A node that runs in this process.
pub(super) struct Server {
    address: SocketAddr,
    stop: mpsc::Sender<()>,
    thread: JoinHandle<Result<(), Box<RunError>>>,
}

impl Server {
    /// Starts it over the folder, in which a fleet has put its files.
    pub(super) fn start(folder: &Folder) -> Result<Server, BenchError> {
        let key = folder.file("store.key");
        fs::write(&key, "5a".repeat(32)).map_err(system("write the node's files"))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&key, fs::Permissions::from_mode(0o600))
                .map_err(system("write the node's files"))?;
        }
        let checked = Config::parse(CONFIG, folder.path(), &[])?.check()?;
        let (stop, stopped) = mpsc::channel();
        let (told, listening) = mpsc::channel();
        let work = move || {
            let log = Log::new(false, Box::new(std::io::sink()));
            let tell = |address| {
                // If nobody waits for it, nothing is measured.
                let _ = told.send(address);
            };
            run::run(&checked, (Mocks::Refused, 1), &log, tell, stopped).map(drop).map_err(Box::new)
        };
        let thread =
            thread::Builder::new().name("node".to_owned()).spawn(work).map_err(system("start a thread"))?;
        match listening.recv() {
            Ok(address) => Ok(Server { address, stop, thread }),
            // It ended before it listened, and says why.
            Err(_) => Err(match thread.join() {
                Ok(Err(error)) => BenchError::Run(error),
                _ => otherwise("a node that listens", "one that ended".to_owned()),
            }),
        }
    }

    /// Ends it.
    pub(super) fn stop(self) -> Result<(), BenchError> {
        drop(self.stop);
        match self.thread.join() {
            Ok(ended) => ended.map_err(BenchError::Run),
            Err(_) => Err(otherwise("a node that ends", "one that panicked".to_owned())),
        }
    }

    /// Posts readings, each of which has to be accepted.
    fn post(&self, body: &[u8], readings: usize) -> Result<(), BenchError> {
        let answer = self.exchange(body).map_err(system("send readings to the node of this process"))?;
        let at = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        let receipt: Value = serde_json::from_slice(&answer[at..]).unwrap_or_default();
        if receipt["accepted"] == readings {
            return Ok(());
        }
        let got = String::from_utf8_lossy(&answer).chars().take(300).collect();
        Err(otherwise("a node that accepts good readings", got))
    }

    fn exchange(&self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (address, length) = (self.address, body.len());
        let head = format!(
            "POST /v1/readings HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/octet-stream\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut answer = Vec::new();
        stream.take(MOST).read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// Readings that were sent as fast as they were taken.
pub(super) struct Ingest {
    pub(super) readings: usize,
    wall: Duration,
    processor: Option<Duration>,
}

impl Ingest {
    /// Sends all of the bodies, which are of as many readings each, from so many clients.
    pub(super) fn measure(
        server: &Server,
        bodies: &[Vec<u8>],
        batch: usize,
        clients: usize,
    ) -> Result<Self, BenchError> {
        let next = AtomicUsize::new(0);
        let (start, before) = (Instant::now(), process::processor());
        thread::scope(|scope| {
            let send = || -> Result<(), BenchError> {
                while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                    server.post(body, batch)?;
                }
                Ok(())
            };
            let senders: Vec<_> = (0..clients).map(|_| scope.spawn(send)).collect();
            senders.into_iter().try_for_each(|sender| sender.join().expect("a sender panics nowhere"))
        })?;
        let wall = start.elapsed();
        let processor = process::processor().zip(before).map(|(after, before)| after.saturating_sub(before));
        Ok(Ingest { readings: bodies.len() * batch, wall, processor })
    }

    pub(super) fn a_second(&self) -> f64 {
        self.readings as f64 / self.wall.as_secs_f64()
    }

    /// For a second of one core, of the node and of who sends.
    pub(super) fn a_core_second(&self) -> Option<f64> {
        self.processor.map(|processor| self.readings as f64 / processor.as_secs_f64())
    }
}

/// Readings that were sent at a steady rate.
pub(super) struct Steady {
    /// How long each answer took, the quickest first.
    latencies: Vec<Duration>,
    /// Requests that were sent after their time, as answers before them came late.
    pub(super) late: usize,
    /// Bytes of memory after a fifth of the time, and at its end.
    pub(super) memory: Option<(u64, u64)>,
}

impl Steady {
    /// Sends so many readings a second, signed as they are sent, for so many seconds.
    pub(super) fn measure(
        server: &Server,
        fleet: &Fleet,
        rate: u32,
        seconds: u32,
    ) -> Result<Self, BenchError> {
        let requests = u64::from(rate) * u64::from(seconds) / u64::from(STEADY_BATCH);
        let pace = Duration::from_secs(1) * STEADY_BATCH / rate;
        let (latencies, late) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
        let start = Instant::now();
        let early = thread::scope(|scope| {
            let (latencies, late) = (&latencies, &late);
            let send = move |client: u32| -> Result<(), BenchError> {
                for request in (u64::from(client)..requests).step_by(STEADY_CLIENTS as usize) {
                    let body = fleet.body(STEADY_BATCH as usize)?;
                    let due = start + Duration::from_secs_f64(pace.as_secs_f64() * request as f64);
                    match due.checked_duration_since(Instant::now()) {
                        Some(wait) => thread::sleep(wait),
                        None => _ = late.fetch_add(1, Ordering::Relaxed),
                    }
                    // From when it was to be sent: who waits behind a slow answer waits, too.
                    server.post(&body, STEADY_BATCH as usize)?;
                    latencies.lock().unwrap_or_else(PoisonError::into_inner).push(due.elapsed());
                }
                Ok(())
            };
            let senders: Vec<_> =
                (0..STEADY_CLIENTS).map(|client| scope.spawn(move || send(client))).collect();
            thread::sleep(Duration::from_secs(u64::from(seconds)) / 5);
            let early = process::memory();
            senders.into_iter().try_for_each(|sender| sender.join().expect("a sender panics nowhere"))?;
            Ok::<_, BenchError>(early)
        })?;
        let mut latencies = latencies.into_inner().unwrap_or_else(PoisonError::into_inner);
        latencies.sort_unstable();
        Ok(Steady { latencies, late: late.into_inner(), memory: early.zip(process::memory()) })
    }

    pub(super) fn requests(&self) -> usize {
        self.latencies.len()
    }

    /// Milliseconds within which so many of a hundred answers came.
    pub(super) fn percentile(&self, of: usize) -> f64 {
        let at = (self.latencies.len() * of).div_ceil(100).saturating_sub(1);
        self.latencies.get(at).map_or(f64::NAN, |latency| 1000.0 * latency.as_secs_f64())
    }

    pub(super) fn said_memory(&self) -> String {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        self.memory.map_or_else(
            || "is not said by this system".to_owned(),
            |(early, late)| format!("{:.0} MB, and {:.0} at the end", megabytes(early), megabytes(late)),
        )
    }
}

fn otherwise(wanted: &'static str, got: String) -> BenchError {
    BenchError::Otherwise { wanted, got }
}
