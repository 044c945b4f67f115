//! A server on this machine, and a worker of its queue.

use std::fs::{self, File};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

use zksensor::prover::Cancel;
use zksensor_node::cluster::nats::{Nats, Queue, Settings};
use zksensor_node::cluster::{BusError, JobId, Jobs, Note, Outcome, Worked};

use crate::bus;
use crate::scene::Scene;

/// How long a node waits for a worker before it says so.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server that ends with its value, and its folder with it.
pub(crate) struct Server {
    child: Mutex<Child>,
    folder: PathBuf,
    pub(crate) port: u16,
    pub(crate) mqtt: u16,
}

/// A port that no other server of this process gets, below those that the system gives to connections.
fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id().wrapping_mul(97).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = 20_000 + (next % 12_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn run(folder: &Path) -> Child {
    Command::new("nats-server")
        .arg("--config")
        .arg(folder.join("nats.conf"))
        .stdin(Stdio::null())
        .stdout(File::options().create(true).append(true).open(folder.join("log")).unwrap())
        .stderr(File::options().create(true).append(true).open(folder.join("log")).unwrap())
        .spawn()
        .unwrap()
}

impl Server {
    /// Starts one; `None`, loudly, where it is not installed.
    pub(crate) fn start(name: &str) -> Option<Arc<Server>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if Command::new("nats-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|wanted| wanted.contains("nats"));
            assert!(!required, "ZKSENSOR_REQUIRE asks for nats, but there is no nats-server: install it");
            // Past the capture of the harness, so that nobody takes it for a test that ran.
            let mut stderr = std::io::stderr().lock();
            let _ = writeln!(stderr, "skipped: {name}: there is no nats-server: install it");
            return None;
        }
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("zksensor-nats-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (port, mqtt) = (free_port(), free_port());
        let config = format!(
            "server_name: {name}\nlisten: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\" }}\nmqtt {{ listen: \"127.0.0.1:{mqtt}\" }}\n",
            folder.join("store").display()
        );
        fs::write(folder.join("nats.conf"), config).unwrap();
        let server = Server { child: Mutex::new(run(&folder)), folder, port, mqtt };
        server.wait();
        Some(Arc::new(server))
    }

    /// Waits until it answers.
    fn wait(&self) {
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "nats-server did not start: {}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Starts it over what is there.
    pub(crate) fn again(&self) {
        *self.child.lock().unwrap() = run(&self.folder);
        self.wait();
    }

    pub(crate) fn connect(&self) -> Arc<Nats> {
        let url = format!("nats://127.0.0.1:{}", self.port);
        let settings = Settings { url, credentials: None, name: "test".to_owned() };
        Nats::new(settings, Arc::new(|_: &str| {})).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A worker on a thread. It ends when this is dropped.
pub(crate) struct Working {
    cancel: Cancel,
    thread: Option<JoinHandle<()>>,
    pub(crate) worked: Arc<Mutex<Vec<Worked>>>,
}

impl Working {
    pub(crate) fn start(nats: &Arc<Nats>, scene: &Scene) -> Working {
        let (cancel, worked) = (Cancel::default(), Arc::new(Mutex::new(Vec::new())));
        let (worker, nats) = (bus::worker(&scene.prover, &scene.surveys.surveyor), nats.clone());
        let (ends, done) = (cancel.clone(), worked.clone());
        let thread = std::thread::spawn(move || {
            let mut queue = Queue::new(nats, worker.keys().collect::<Vec<_>>());
            while !ends.is_cancelled() {
                match queue.take() {
                    Ok(Some(delivery)) => {
                        if let Ok(worked) = worker.work(&delivery, &ends) {
                            done.lock().unwrap().push(worked);
                        }
                    }
                    Ok(None) => {}
                    // The server is away.
                    Err(_) => sleep(Duration::from_millis(100)),
                }
            }
        });
        Working { cancel, thread: Some(thread), worked }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.cancel.cancel();
        let _ = self.thread.take().unwrap().join();
    }
}

/// A queue with all that it needs, in the order in which it goes.
struct Kept {
    nats: Arc<Nats>,
    _working: Working,
    _server: Arc<Server>,
}

impl Jobs for Kept {
    fn submit(&self, note: &Note, sealed: &[u8]) -> Result<(), BusError> {
        self.nats.submit(note, sealed)
    }

    fn outcome(&self, id: &JobId, wait: Duration) -> Result<Option<Outcome>, BusError> {
        self.nats.outcome(id, wait)
    }

    fn forget(&self, id: &JobId) -> Result<(), BusError> {
        self.nats.forget(id)
    }
}

/// A scene with a server and a worker of its own; one that proves by itself, loudly, where there is no server.
pub(crate) fn scene() -> Scene {
    let mut scene = Scene::new();
    if let Some(server) = Server::start("scene") {
        let nats = server.connect();
        let working = Working::start(&nats, &scene);
        let kept = Kept { nats, _working: working, _server: server };
        let kept = Arc::new(kept);
        scene.proves = bus::remote(kept.clone(), PATIENCE);
        scene.surveys.proves = bus::remote_surveys(kept, PATIENCE);
    }
    scene
}
