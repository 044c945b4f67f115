//! A queue in memory, whose worker works while a node waits for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::claim::survey::Survey;
use zksensor::prover::Cancel;
use zksensor::rand::{Rng, SeedableRng};
use zksensor_node::cluster::{
    BusError, Delivery, JobId, Jobs, KeyName, Note, Outcome, Remote, Worker, WorkerSecret,
};
use zksensor_node::prove::Proves;

use crate::ride::{self, Surveyor, survey};
use crate::scene::{Counted, Scene, key, statement};

/// How long a node waits for a worker before it says so.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn secret() -> WorkerSecret {
    WorkerSecret::from_bytes(&[0x33; 32])
}

pub(crate) fn worker(prover: &Counted, surveyor: &Surveyor) -> Worker {
    let of_readings: Arc<dyn Proves<Aggregate>> = Arc::new(prover.clone());
    let of_frames: Arc<dyn Proves<Survey>> = Arc::new(surveyor.clone());
    let ids = [key(), ride::key()].map(|key| key.key_id().to_string());
    Worker::new(secret(), ids.into_iter().zip([of_readings.into(), of_frames.into()]))
}

/// A prover whose proofs come from a queue.
pub(crate) fn remote(jobs: Arc<dyn Jobs>, patience: Duration) -> Arc<dyn Proves<Aggregate>> {
    Arc::new(Remote::new(statement(), key(), secret().public(), jobs, patience).unwrap())
}

/// The same of surveys.
pub(crate) fn remote_surveys(jobs: Arc<dyn Jobs>, patience: Duration) -> Arc<dyn Proves<Survey>> {
    Arc::new(Remote::new(survey(), ride::key(), secret().public(), jobs, patience).unwrap())
}

/// A scene whose proofs are made by a worker of a queue in memory, which goes wrong as the seed says.
pub(crate) fn scene(trouble: Option<u64>) -> (Scene, Arc<MemoryQueue>) {
    let mut scene = Scene::new();
    let trouble = trouble.map(ChaCha8Rng::seed_from_u64);
    let queue = Arc::new(MemoryQueue {
        state: Mutex::default(),
        worker: worker(&scene.prover, &scene.surveys.surveyor),
        trouble: Mutex::new(trouble),
    });
    scene.proves = remote(queue.clone(), PATIENCE);
    scene.surveys.proves = remote_surveys(queue.clone(), PATIENCE);
    (scene, queue)
}

#[derive(Clone)]
struct Waiting {
    key: KeyName,
    sealed: Option<Vec<u8>>,
    times: u32,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<JobId, Waiting>,
    outcomes: BTreeMap<JobId, Outcome>,
    dead: Vec<(JobId, String)>,
}

/// Jobs and what came of them.
pub(crate) struct MemoryQueue {
    state: Mutex<State>,
    worker: Worker,
    trouble: Mutex<Option<ChaCha8Rng>>,
}

impl MemoryQueue {
    /// Nothing goes wrong from now on.
    pub(crate) fn end_trouble(&self) {
        *self.trouble.lock().unwrap() = None;
    }

    /// What is among the dead letters.
    pub(crate) fn dead(&self) -> Vec<(JobId, String)> {
        self.state.lock().unwrap().dead.clone()
    }

    /// Whether nothing waits, and no witness is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.state.lock().unwrap().jobs.is_empty()
    }

    /// Changes the witnesses of all jobs that wait.
    pub(crate) fn alter(&self, change: impl Fn(&mut Option<Vec<u8>>)) {
        self.state.lock().unwrap().jobs.values_mut().for_each(|job| change(&mut job.sealed));
    }

    /// Puts this down as what came of every job that is asked for from now on.
    pub(crate) fn answer(&self, id: JobId, outcome: Outcome) {
        self.state.lock().unwrap().outcomes.insert(id, outcome);
    }

    /// Something goes wrong this time: one of so many.
    fn fails(&self, of: u32) -> bool {
        self.trouble.lock().unwrap().as_mut().is_some_and(|rng| rng.gen_ratio(1, of))
    }

    fn fail(&self, of: u32) -> Result<(), BusError> {
        if self.fails(of) { Err(BusError("no answer".to_owned())) } else { Ok(()) }
    }

    /// A worker takes a job, and dies at times.
    fn work(&self) {
        let taken = {
            let mut state = self.state.lock().unwrap();
            let nth = match self.trouble.lock().unwrap().as_mut() {
                Some(rng) if !state.jobs.is_empty() => rng.gen_range(0..state.jobs.len()),
                _ => 0,
            };
            let taken = state.jobs.iter_mut().nth(nth);
            taken.map(|(id, job)| {
                job.times += 1;
                (*id, job.clone())
            })
        };
        let Some((id, job)) = taken else { return };
        let dies = self.trouble.lock().unwrap().as_mut().map_or(0, |rng| rng.gen_range(0..12));
        let delivery = Held { queue: self, id, job, dies };
        // What it says of it is on its log.
        let _ = self.worker.work(&delivery, &Cancel::default());
    }
}

impl Jobs for MemoryQueue {
    fn submit(&self, note: &Note, sealed: &[u8]) -> Result<(), BusError> {
        self.fail(10)?;
        let waiting = Waiting { key: note.key, sealed: Some(sealed.to_vec()), times: 0 };
        self.state.lock().unwrap().jobs.entry(note.id).or_insert(waiting);
        // It is in the queue, and nobody hears of it.
        self.fail(10)
    }

    fn outcome(&self, id: &JobId, wait: Duration) -> Result<Option<Outcome>, BusError> {
        self.fail(20)?;
        if !wait.is_zero() {
            self.work();
        }
        Ok(self.state.lock().unwrap().outcomes.get(id).cloned())
    }

    fn forget(&self, id: &JobId) -> Result<(), BusError> {
        self.fail(10)?;
        self.state.lock().unwrap().outcomes.remove(id);
        Ok(())
    }
}

/// A job in the worker's hands, which dies at a step of its own: 1 before anything, 2 with the proof made, 3 with it put down.
struct Held<'q> {
    queue: &'q MemoryQueue,
    id: JobId,
    job: Waiting,
    dies: u32,
}

impl Held<'_> {
    fn die(&self, step: u32) -> Result<(), BusError> {
        if self.dies == step { Err(BusError("the worker died".to_owned())) } else { Ok(()) }
    }
}

impl Delivery for Held<'_> {
    fn note(&self) -> Note {
        Note { id: self.id, key: self.job.key }
    }

    fn times(&self) -> u32 {
        self.job.times
    }

    fn witness(&self) -> Result<Option<Vec<u8>>, BusError> {
        self.die(1)?;
        Ok(self.job.sealed.clone())
    }

    fn is_done(&self) -> Result<bool, BusError> {
        Ok(self.queue.state.lock().unwrap().outcomes.contains_key(&self.id))
    }

    fn heartbeat(&self) -> Option<Duration> {
        None
    }

    fn alive(&self) {}

    fn done(&self, outcome: Option<&Outcome>) -> Result<(), BusError> {
        self.die(2)?;
        let mut state = self.queue.state.lock().unwrap();
        if let Some(outcome) = outcome {
            if let Outcome::Refused(reason) = outcome {
                state.dead.push((self.id, reason.clone()));
            }
            state.outcomes.insert(self.id, outcome.clone());
        }
        self.die(3)?;
        state.jobs.remove(&self.id);
        Ok(())
    }

    fn give_back(&self, _: Duration) -> Result<(), BusError> {
        Ok(())
    }

    fn leave(&self) -> Result<(), BusError> {
        if let Some(job) = self.queue.state.lock().unwrap().jobs.get_mut(&self.id) {
            job.times -= 1;
        }
        Ok(())
    }
}
