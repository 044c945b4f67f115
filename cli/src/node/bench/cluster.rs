//! Workers of a queue, each on a core of its own: how much faster two are than one.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble as _, Take};
use zksensor::circuits::statement::Job;
use zksensor::files::{self, Overwrite};
use zksensor::model::claim::Binding;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::prover::Cancel;
use zksensor_node::cluster::nats::{Nats, Settings};
use zksensor_node::cluster::{BusError, Remote, WorkerSecret};
use zksensor_node::prove::Proves as _;

use super::town::{Town, otherwise};
use super::{BenchError, system};
use crate::folder::Folder;
use crate::node::init::key_line;

/// Claims that are proven, by one worker and then by two.
const JOBS: u32 = 6;
/// How long one of them may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// How long so many claims took.
pub(super) struct Cluster {
    pub(super) jobs: u32,
    pub(super) one: Duration,
    pub(super) two: Duration,
}

impl Cluster {
    /// Makes a key, and has other claims of one town proven by one worker, and by two.
    pub(super) fn measure(folder: &Folder, server: &str) -> Result<Cluster, BenchError> {
        let (town, files) = (Town::new()?, Files::of(folder));
        let key = town.key()?;
        files::save_proving_key(&files.key, &key, Overwrite::Replace).map_err(otherwise)?;
        let secret = WorkerSecret::random_bytes();
        files::write(&files.secret, files::Kind::Typed, Overwrite::Replace, key_line(&secret).as_bytes())
            .map_err(otherwise)?;
        let url = server.to_owned();
        let settings = Settings { url, credentials: None, name: "zksensor-bench".to_owned() };
        let nats = Nats::new(settings, Arc::new(|_| {})).map_err(|BusError(reason)| otherwise(reason))?;
        let public = WorkerSecret::from_bytes(&secret).public();
        let remote = Remote::new(town.shape, key.verifying_key().clone(), public, nats, PATIENCE);
        let remote = remote.map_err(|got| otherwise(got.title()))?;
        let mut took = [Duration::ZERO; 2];
        for (round, took) in (1..).zip(&mut took) {
            let claims = (0..JOBS).map(|job| claim(&town, JOBS * round + job));
            let claims = claims.collect::<Result<Vec<_>, _>>()?;
            let _workers =
                (0..round).map(|core| Worker::start(server, &files, core)).collect::<Result<Vec<_>, _>>()?;
            let start = Instant::now();
            thread::scope(|scope| {
                let prove = |claim| remote.prove(claim, &Cancel::default()).map(drop).map_err(otherwise);
                let proving: Vec<_> = claims.iter().map(|claim| scope.spawn(move || prove(claim))).collect();
                proving.into_iter().try_for_each(|one| one.join().expect("a wait panics nowhere"))
            })?;
            *took = start.elapsed();
        }
        let [one, two] = took;
        Ok(Cluster { jobs: JOBS, one, two })
    }

    /// How many times as fast two are.
    pub(super) fn times(&self) -> f64 {
        self.one.as_secs_f64() / self.two.as_secs_f64()
    }
}

fn claim(town: &Town, epoch: u32) -> Result<Job<Aggregate>, BenchError> {
    let parts = (*town.policy.model(), town.policy.fence().model().clone());
    let target = AggregateTarget { epoch, chunk: town.chunk, binding: Binding::NONE };
    let assembly = AggregateAssembly::new(town.shape, parts.0, parts.1, &town.registry, target);
    let mut assembly = assembly.taking(Take::Last);
    for (row, signed) in (1..).zip(town.readings(epoch)?) {
        assembly.offer(row, signed).map_err(otherwise)?;
    }
    assembly.job().map_err(otherwise)
}

/// What a worker reads.
struct Files {
    key: PathBuf,
    secret: PathBuf,
}

impl Files {
    fn of(folder: &Folder) -> Self {
        Files { key: folder.file("cluster.pk"), secret: folder.file("cluster.key") }
    }
}

/// A process that ends with its value.
struct Worker(Child);

impl Worker {
    /// One that has loaded its key, on this core.
    fn start(server: &str, files: &Files, core: u32) -> Result<Worker, BenchError> {
        let program = std::env::current_exe().map_err(system("find this program"))?;
        let child = Command::new("taskset")
            .args(["-c", &core.to_string()])
            .arg(program)
            .args(["node", "worker", "--nats", server, "--key"])
            .arg(&files.key)
            .arg("--secret")
            .arg(format!("file:{}", files.secret.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.map_err(system("start a worker with taskset, which is of util-linux"))?;
        let said = child.stdout.take();
        let worker = Worker(child);
        let mut line = String::new();
        let read = said.map(|said| BufReader::new(said).read_line(&mut line));
        match read {
            Some(Ok(_)) if line.starts_with("works for") => Ok(worker),
            _ => Err(otherwise("a worker that ended")),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Nothing is in its hands: every claim has its proof.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
