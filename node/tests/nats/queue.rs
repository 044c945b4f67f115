//! Jobs on a real server: two workers, one that dies, a server that is ended, jobs that nobody can prove.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use zksensor_node::cluster::nats::Queue;
use zksensor_node::cluster::{Delivery as _, JobId, Jobs as _, Note, Outcome, Worked};
use zksensor_node::view::EpochState;

use crate::bus;
use crate::scene::{NAMES, Scene, after_grace, fill, of, settle};
use crate::server::{PATIENCE, Server, Working};

/// What both policies come to with readings of every device: two chunks each.
fn is_proven(scene: &Scene) {
    let core = scene.start();
    for name in NAMES {
        assert_eq!((of(&core, name, 0).state, of(&core, name, 0).proven), (EpochState::Final, 2), "{name}");
    }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(50));
    }
}

fn scene_on(server: &Arc<Server>) -> Scene {
    let mut scene = Scene::new();
    scene.proves = bus::remote(server.connect(), PATIENCE);
    scene
}

#[test]
fn two_nodes_and_two_workers_prove_each_claim_once() {
    let Some(server) = Server::start("two") else { return };
    let nodes = [scene_on(&server), scene_on(&server)];
    let workers = nodes.each_ref().map(|scene| Working::start(&server.connect(), scene));
    std::thread::scope(|scope| {
        for scene in &nodes {
            scope.spawn(move || {
                let core = scene.start();
                fill(scene, &core, 0);
                after_grace(scene, 0);
                settle(&core);
            });
        }
    });
    nodes.iter().for_each(is_proven);
    // Four claims, which both nodes have. That a claim is handed in by the second when the first has its proof is not excluded, and finds it.
    let made: usize = nodes.iter().map(|scene| scene.prover.made.lock().unwrap().len()).sum();
    assert_eq!(made, 4);
    let proven = |worked: &Worked| *worked == Worked::Proven;
    let worked: usize =
        workers.iter().map(|of| of.worked.lock().unwrap().iter().filter(|of| proven(of)).count()).sum();
    assert_eq!(worked, 4);
}

#[test]
fn a_server_that_is_killed_and_comes_again_loses_no_job() {
    let Some(server) = Server::start("killed") else { return };
    let scene = scene_on(&server);
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    std::thread::scope(|scope| {
        let proving = scope.spawn(|| {
            while !matches!(of(&core, NAMES[1], 0).state, EpochState::Final) {
                // It does not answer at times, which is tried again when its time has come.
                scene.clock.set(zksensor_node::clock::Clock::now_ms(&*scene.clock) + 6_000);
                core.step().unwrap();
            }
        });
        // A job is in the queue, and nobody works.
        let looks = server.connect();
        until("no job was handed in", || looks.waiting().is_ok_and(|jobs| jobs > 0));
        server.kill();
        sleep(Duration::from_millis(500));
        server.again();
        let _working = Working::start(&server.connect(), &scene);
        proving.join().unwrap();
    });
    settle(&core);
    drop(core);
    is_proven(&scene);
    assert_eq!(scene.prover.made.lock().unwrap().len(), 4);
}

#[test]
fn a_worker_that_dies_leaves_its_job_to_the_next() {
    let Some(server) = Server::start("dies") else { return };
    let nats = server.connect();
    let scene = Scene::new();
    let worker = bus::worker(&scene.prover, &scene.surveys.surveyor);
    let key = worker.keys().next().unwrap();
    let note = Note { id: JobId::from_bytes([7; 32]), key };
    nats.submit(&note, b"sealed").unwrap();
    // Twice, by two nodes: it is there once.
    server.connect().submit(&note, b"sealed otherwise").unwrap();
    let mut queue = Queue::new(nats.clone(), [key]);
    let first = queue.take().unwrap().unwrap();
    assert_eq!((first.note(), first.times()), (note, 1));
    assert_eq!(first.witness().unwrap().as_deref(), Some(&b"sealed"[..]));
    assert!(queue.take().unwrap().is_none(), "one job, and two of it");
    // It ends without a word: given back here, as the queue's own waiting takes half a minute.
    first.give_back(Duration::ZERO).unwrap();
    drop(first);
    for times in 2..=5 {
        let again = queue.take().unwrap().unwrap();
        assert_eq!((again.note(), again.times()), (note, times));
        again.alive();
        again.give_back(Duration::ZERO).unwrap();
    }
    // What comes a sixth time is not tried.
    let last = queue.take().unwrap().unwrap();
    let worked = worker.work(&last, &zksensor::prover::Cancel::default()).unwrap();
    let Worked::Refused(reason) = worked else { panic!("{worked:?}") };
    assert!(reason.contains("5 times"), "{reason}");
    assert_eq!(nats.outcome(&note.id, Duration::ZERO).unwrap(), Some(Outcome::Refused(reason.clone())));
    assert_eq!(
        nats.outcome(&note.id, Duration::from_secs(5)).unwrap(),
        Some(Outcome::Refused(reason.clone()))
    );
    assert_eq!(last.witness().unwrap(), None, "the witness is erased with its job");
    assert!(queue.take().unwrap().is_none());
    let letters = nats.dead_letters(10).unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].job, letters[0].deliveries, &letters[0].reason), (note.id, 6, &reason));
    // Forgotten, it can be handed in again.
    nats.forget(&note.id).unwrap();
    assert_eq!(nats.outcome(&note.id, Duration::ZERO).unwrap(), None);
    assert_eq!(nats.outcome(&note.id, Duration::from_millis(300)).unwrap(), None);
    nats.submit(&note, b"again").unwrap();
    let again = queue.take().unwrap().unwrap();
    assert_eq!((again.times(), again.witness().unwrap().as_deref()), (1, Some(&b"again"[..])));
    // What came of it is put down, and the worker dies before it says so: the next finds it.
    again.done(Some(&Outcome::Proven("a proof".to_owned()))).unwrap();
    assert!(again.is_done().unwrap());
}

#[test]
fn a_job_that_many_workers_leave_as_they_end_is_none_that_kills_them() {
    let Some(server) = Server::start("leaves") else { return };
    let scene = scene_on(&server);
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    let ends = zksensor::prover::Cancel::default();
    ends.cancel();
    let nats = server.connect();
    let worker = bus::worker(&scene.prover, &scene.surveys.surveyor);
    let mut queue = Queue::new(nats.clone(), worker.keys().collect::<Vec<_>>());
    std::thread::scope(|scope| {
        let proving = scope.spawn(|| settle(&core));
        until("no job was handed in", || nats.waiting().is_ok_and(|jobs| jobs > 0));
        // Each end of a worker leaves the one job that there is.
        for _ in 0..12 {
            let job = queue.take().unwrap().unwrap();
            let worked = worker.work(&job, &ends).unwrap();
            assert!(matches!(worked, Worked::GivenBack(_)), "{worked:?}");
        }
        let _working = Working::start(&server.connect(), &scene);
        proving.join().unwrap();
    });
    drop(core);
    is_proven(&scene);
    assert_eq!(nats.dead_letters(10).unwrap().len(), 0);
}

#[test]
fn a_server_that_is_not_there_is_said_and_one_that_comes_is_found() {
    let Some(server) = Server::start("away") else { return };
    server.kill();
    let nats = server.connect();
    let start = Instant::now();
    let id = JobId::from_bytes([1; 32]);
    let error = nats.outcome(&id, Duration::ZERO).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(20), "{error}");
    let scene = Scene { proves: bus::remote(nats.clone(), PATIENCE), ..Scene::new() };
    let core = scene.start();
    fill(&scene, &core, 0);
    after_grace(&scene, 0);
    let _ = core.step();
    assert!(of(&core, NAMES[0], 0).reason.unwrap().contains("the queue of the workers"));
    server.again();
    until("it is not found again", || nats.outcome(&id, Duration::ZERO).is_ok());
}
