//! Jobs for workers: what is lost comes again, what cannot be proven is said, and nobody is believed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Assemble, SurveyAssembly, Take};
use zksensor::circuits::statement::Job;
use zksensor::circuits::statement::aggregate::Aggregate;
use zksensor::circuits::statement::survey::Survey;
use zksensor::mock::MockKey;
use zksensor::model::claim::Binding;
use zksensor::model::frame::SignedFrame;
use zksensor::model::registry::Chunk;
use zksensor::prover::Cancel;
use zksensor_node::cluster::{
    BusError, JobId, Jobs, KeyName, MOST_DELIVERIES, Note, Outcome, Remote, Task, TaskError, Tasked,
    WorkerSecret,
};
use zksensor_node::prove::{Proves, Why};
use zksensor_node::view::EpochState;

use crate::bus::{self, MemoryQueue};
use crate::ride::{self, ride, survey};
use crate::scene::{
    Counted, GRACE, LENGTH, NAMES, ORIGIN, PANICS, Scene, after_grace, decoded, fill, key, of, settle,
    statement, town,
};

/// A claim of the first epoch, of the first devices that speak.
fn job(k: usize) -> Job<Aggregate> {
    let (town, policy) = (town(), &town().policies[0]);
    let chunk = Chunk::new(statement().first_chunk().levels(), town.devices[0].1).unwrap();
    let target = AggregateTarget { epoch: 0, chunk, binding: Binding::NONE };
    let parts = (*policy.model(), policy.fence().model().clone());
    let assembly = AggregateAssembly::new(statement(), parts.0, parts.1, &town.registry, target);
    let mut assembly = assembly.taking(Take::Last);
    let readings = town.readings.iter().filter(|signed| signed.epoch == 0 && signed.device < k);
    for (row, signed) in (1..).zip(readings) {
        assembly.offer(row, decoded(&signed.bytes)).unwrap();
    }
    assembly.job().unwrap()
}

/// The same of frames.
fn survey_job() -> Job<Survey> {
    let (town, ride) = (town(), ride());
    let chunk = Chunk::new(survey().first_chunk().levels(), town.devices[0].1).unwrap();
    let target = AggregateTarget { epoch: 0, chunk, binding: Binding::NONE };
    let mut assembly = SurveyAssembly::new(survey(), ride.policy, ride.fence.clone(), &town.registry, target);
    let frames = ride.frames.iter().filter(|frame| frame.epoch == 0 && frame.device < 3);
    for (row, frame) in (1..).zip(frames.step_by(ride::FRAMES.len())) {
        assembly.offer(row, SignedFrame::decode(&frame.bytes).unwrap()).unwrap();
    }
    assembly.job().unwrap()
}

fn task(job: &Job<Aggregate>) -> (Task, String) {
    let key_id = key().key_id().to_string();
    (Task::new(job, &key_id), key_id)
}

#[test]
fn a_job_is_read_as_it_was_written() {
    let job = job(4);
    let (task, key_id) = task(&job);
    let read = Task::read(&statement(), task.document()).unwrap();
    assert_eq!(read.inputs(), job.inputs());
    assert_eq!(task_of(&read).document(), task.document());
    assert_eq!(task_of(&read).id, task.id);
    // It has the claim's and the key's name.
    assert_ne!(task_of(&self::job(3)).id, task.id);
    assert_ne!(Task::new(&job, "another").id, task.id);
    assert_eq!(JobId::parse(&task.id.to_string()), Some(task.id));
    let of_frames = Task::new(&survey_job(), &key_id);
    let read = Task::read(&survey(), of_frames.document()).unwrap();
    assert_eq!(read.inputs(), survey_job().inputs());
    assert_eq!(Task::new(&read, &key_id).document(), of_frames.document());
    assert_eq!(KeyName::parse(&KeyName::of(&key_id).to_string()), Some(KeyName::of(&key_id)));
    for text in ["", "0", &task.id.to_string().to_uppercase(), &format!("0x{}", task.id), &"g".repeat(64)] {
        assert_eq!(JobId::parse(text), None, "{text}");
    }
}

fn task_of(job: &Job<Aggregate>) -> Task {
    task(job).0
}

/// Every place of a document that somebody else wrote.
fn altered(value: &Value, at: &str, all: &mut Vec<(String, Value)>) {
    let mut put = |what: &str, changed: Value| all.push((format!("{at}{what}"), changed));
    match value {
        Value::Object(members) => {
            for name in members.keys() {
                let mut without = members.clone();
                without.shift_remove(name);
                put(&format!(" without {name}"), without.into());
            }
            let mut more = members.clone();
            more.insert("more".to_owned(), 1.into());
            put(" with another member", more.into());
            for (name, member) in members {
                let mut of_member = Vec::new();
                altered(member, &format!("{at}.{name}"), &mut of_member);
                for (at, changed) in of_member {
                    let mut changed_members = members.clone();
                    changed_members.insert(name.clone(), changed);
                    all.push((at, changed_members.into()));
                }
            }
        }
        Value::Array(items) => {
            put(" one short", items[1..].to_vec().into());
            let mut twice = items.clone();
            twice.push(items[0].clone());
            put(" with one twice", twice.into());
            // The first and the last of a kind.
            for index in [0, items.len() - 1] {
                let mut of_item = Vec::new();
                altered(&items[index], &format!("{at}[{index}]"), &mut of_item);
                for (at, changed) in of_item {
                    let mut changed_items = items.clone();
                    changed_items[index] = changed;
                    all.push((at, changed_items.into()));
                }
            }
        }
        Value::String(text) => {
            put(" empty", "".into());
            let digit = if text.ends_with('0') { "1" } else { "0" };
            put(" with another digit", format!("{}{digit}", &text[..text.len() - 1]).into());
            put(" as large as can be", format!("0x{}", "f".repeat(64)).into());
        }
        Value::Number(number) => {
            for changed in [0, 1, 7, i64::MAX] {
                if number.as_i64() != Some(changed) {
                    put(&format!(" as {changed}"), changed.into());
                }
            }
            put(" as text", number.to_string().into());
        }
        Value::Bool(is) => put(" turned", (!is).into()),
        Value::Null => put(" there", 70_000.into()),
    }
}

/// What changes nothing of a claim: what is in no policy's id, a class that is left out in place of none, and a triangle that a fence has anyway.
const OF_NO_CLAIM: [&str; 3] =
    [".policy.insecure_small_k", ".policy without device_class", ".fence with one twice"];
/// What makes it another claim that holds as well: what the proof is bound to. The job has another id then.
const BINDING: [&str; 1] = [".public_inputs[3]"];

#[test]
fn a_job_of_which_anything_was_changed_is_refused_and_nothing_panics() {
    changed_is_refused(&job(3), &key());
    changed_is_refused(&survey_job(), &ride::key());
    let other = Aggregate::new(16, 8, 2).unwrap();
    let task = task(&job(3)).0;
    assert!(matches!(Task::read(&other, task.document()), Err(TaskError::Statement { .. })));
    assert!(matches!(Task::read(&survey(), task.document()), Err(TaskError::Statement { .. })));
}

fn changed_is_refused<S: Tasked>(job: &Job<S>, key: &MockKey) {
    let key_id = key.key_id().to_string();
    let task = Task::new(job, &key_id);
    let document: Value = serde_json::from_slice(task.document()).unwrap();
    let mut all = Vec::new();
    altered(&document, "", &mut all);
    assert!(all.len() > 150, "{}", all.len());
    let (mut refused, mut taken) = (0, Vec::new());
    for (what, changed) in all {
        let text = serde_json::to_vec(&changed).unwrap();
        match Task::read(job.statement(), &text) {
            Err(_) => refused += 1,
            Ok(read) => {
                let is_same = JobId::of(&read, &key_id) == task.id;
                let free = if is_same { &OF_NO_CLAIM[..] } else { &BINDING };
                taken.extend((!free.iter().any(|free| what.starts_with(free))).then_some(what));
            }
        }
    }
    assert!(taken.is_empty() && refused > 150, "{refused} were refused, and not {taken:?}");
    for length in (0..task.document().len()).step_by(97) {
        let read = Task::read(job.statement(), &task.document()[..length]);
        assert_eq!(read.unwrap_err(), TaskError::Form, "{length}");
    }
}

/// Serves an epoch with this trouble, and says what the first policy's first epoch says of it.
fn reason(scene: &Scene) -> String {
    let core = scene.start();
    fill(scene, &core, 0);
    after_grace(scene, 0);
    core.step().unwrap();
    let reasons = NAMES.iter().filter_map(|name| of(&core, name, 0).reason);
    reasons.collect::<Vec<_>>().join("; ")
}

/// It goes well in the end.
fn goes_on(scene: &Scene) {
    let core = scene.start();
    for hours in 1..6 {
        scene.clock.set(ORIGIN + LENGTH + GRACE + hours * 3_600_000);
        settle(&core);
    }
    for name in NAMES {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2), "{name}");
    }
}

#[test]
fn a_job_that_no_worker_comes_to_an_end_with_is_a_dead_letter_and_is_tried_again() {
    for fails in [u32::MAX / 2, PANICS] {
        let (scene, queue) = bus::scene(None);
        *scene.prover.fails.lock().unwrap() = fails;
        // Of a prover that panics the first of its tries alone does.
        if fails == PANICS {
            assert!(!reason(&scene).contains("panicked"), "a worker's panic is not the node's");
        } else {
            // It waits for four slices, one try in each.
            assert!(reason(&scene).contains("no worker has proven it for 2 s"));
            scene.clock.set(ORIGIN + LENGTH + GRACE + 10_000);
            let core = scene.start();
            settle(&core);
            let wanted = format!("given to workers {MOST_DELIVERIES} times");
            let dead = queue.dead();
            assert!(!dead.is_empty() && dead.iter().all(|(_, reason)| reason.contains(&wanted)), "{dead:?}");
            assert!(of(&core, NAMES[0], 0).reason.unwrap().contains(&wanted));
        }
        *scene.prover.fails.lock().unwrap() = 0;
        goes_on(&scene);
        assert!(queue.is_empty());
    }
}

/// A queue that does something with what is handed in.
struct Crooked {
    queue: Arc<MemoryQueue>,
    instead: Instead,
}

type Instead = Box<dyn Fn(&MemoryQueue, &Note) + Send + Sync>;

impl Jobs for Crooked {
    fn submit(&self, note: &Note, sealed: &[u8]) -> Result<(), BusError> {
        self.queue.submit(note, sealed)?;
        (self.instead)(&self.queue, note);
        Ok(())
    }

    fn outcome(&self, id: &JobId, wait: Duration) -> Result<Option<Outcome>, BusError> {
        self.queue.outcome(id, wait)
    }

    fn forget(&self, id: &JobId) -> Result<(), BusError> {
        self.queue.forget(id)
    }
}

fn crooked(instead: impl Fn(&MemoryQueue, &Note) + Send + Sync + 'static) -> Scene {
    let (mut scene, queue) = bus::scene(None);
    let crooked = Crooked { queue, instead: Box::new(instead) };
    scene.proves = bus::remote(Arc::new(crooked), Duration::from_secs(2));
    scene
}

#[test]
fn what_workers_return_is_believed_if_it_verifies_and_nothing_else() {
    let other = Counted::new().prove(&job(4), &Cancel::default()).unwrap();
    let cases = [
        ("no proof", "hello".to_owned()),
        ("no proof", String::new()),
        ("no proof", "{".repeat(100_000)),
        ("of something else", other),
    ];
    for (wanted, file) in cases {
        let scene = crooked(move |queue, note| queue.answer(note.id, Outcome::Proven(file.clone())));
        let reason = reason(&scene);
        assert!(reason.contains(wanted), "{wanted}: {reason}");
        assert!(scene.shelves.0.lock().unwrap().is_empty());
    }
    // The right claim, and a proof that does not hold: a byte of it is another.
    let job = job(3);
    let good = Counted::new().prove(&job, &Cancel::default()).unwrap();
    let mut file: Value = serde_json::from_str(&good).unwrap();
    let proof = file["proof"].as_str().unwrap().to_owned();
    let last = if proof.ends_with('0') { "1" } else { "0" };
    file["proof"] = format!("{}{last}", &proof[..proof.len() - 1]).into();
    let (_, queue) = bus::scene(None);
    queue.answer(task_of(&job).id, Outcome::Proven(file.to_string()));
    let no = bus::remote(queue.clone(), Duration::ZERO).prove(&job, &Cancel::default()).unwrap_err();
    assert_eq!((no.why, no.reason.contains("worker returned")), (Why::Failed, true), "{no:?}");
    // What was wrong is forgotten.
    assert_eq!(queue.outcome(&task_of(&job).id, Duration::ZERO), Ok(None));
}

#[test]
fn a_witness_that_is_gone_or_altered_is_handed_in_again() {
    type Change = fn(&mut Option<Vec<u8>>);
    let changes: [(&str, Change); 4] = [
        ("its witness is gone", |sealed| *sealed = None),
        ("does not open", |sealed| sealed.as_mut().unwrap()[40] ^= 1),
        ("does not open", |sealed| sealed.as_mut().unwrap().truncate(9)),
        ("does not open", |sealed| {
            let other = WorkerSecret::from_bytes(&[1; 32]).public();
            *sealed = Some(other.seal(&JobId::from_bytes([0; 32]), b"{}"));
        }),
    ];
    for (wanted, change) in changes {
        let first = std::sync::atomic::AtomicU32::new(0);
        let scene = crooked(move |queue, _| {
            if first.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
                queue.alter(change);
            }
        });
        let reason = reason(&scene);
        assert!(reason.contains(wanted), "{wanted}: {reason}");
        goes_on(&scene);
    }
}

#[test]
fn a_node_that_ends_leaves_its_jobs_and_one_of_another_key_is_refused() {
    let (_, queue) = bus::scene(None);
    let (job, cancel) = (job(3), Cancel::default());
    cancel.cancel();
    let no = bus::remote(queue.clone(), Duration::from_secs(60)).prove(&job, &cancel).unwrap_err();
    assert_eq!(no.why, Why::Cancelled);
    assert!(!queue.is_empty());
    // After the next start.
    let file = bus::remote(queue.clone(), Duration::from_secs(60)).prove(&job, &Cancel::default()).unwrap();
    assert_eq!(crate::scene::inputs_of(&file), *job.inputs());
    // Another node with the same claim finds it.
    assert_eq!(bus::remote(queue.clone(), Duration::ZERO).prove(&job, &Cancel::default()).unwrap(), file);
    let other = Aggregate::new(16, 8, 2).unwrap();
    let refused = Remote::new(other, key(), bus::secret().public(), queue, Duration::ZERO).unwrap_err();
    assert_eq!(refused, *zksensor::prelude::backend::Key::of(&key()));
}
