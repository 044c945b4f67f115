//! Jobs that are sent to other threads, how far their proofs are, and proofs that nobody wants any more.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use zksensor_circuits::statement::Binding;
use zksensor_circuits::statement::aggregate::AggregateInputs;
use zksensor_circuits::statement::{Assignment, Job, Violation};
use zksensor_prover::{Blinding, Cancel, Event, Phase, ProveError, Prover, ProvingKey, insecure_setup};
use zksensor_testkit::{Fleet, FleetOptions};
use zksensor_verifier::Proof;

use crate::rng;
use crate::square::{COUNT, GOOD, Says, Square, inputs};

fn small() -> (Square, ProvingKey) {
    let statement = Square(Says::InARuleOfABlock);
    (statement, insecure_setup(&statement, &mut rng(1), &()).unwrap())
}

fn job(statement: Square) -> Job<Square> {
    Job::new(statement, inputs(), GOOD).unwrap()
}

/// A queue needs no more than that a job owns what it is about.
#[test]
fn a_job_is_proven_on_another_thread_and_the_proof_is_that_of_its_claim() {
    let (statement, key) = small();
    let prover = Prover::builder(statement, key).build().unwrap();
    let expected = {
        let assignment = Assignment::new(&statement, inputs(), &GOOD).unwrap();
        prover.prove_with(&assignment, Blinding::draw(&mut rng(5))).unwrap()
    };
    let (queue, jobs) = mpsc::channel::<Job<Square>>();
    let worker = thread::spawn(move || -> Vec<Proof> {
        let prove = |job| prover.prove_job(&job, Blinding::draw(&mut rng(5)), &Cancel::default());
        jobs.into_iter().map(|job| prove(job).unwrap()).collect()
    });
    for _ in 0..3 {
        queue.send(job(statement)).unwrap();
    }
    drop(queue);
    let proofs = worker.join().unwrap();
    assert_eq!(proofs.len(), 3);
    assert!(proofs.iter().all(|proof| proof.to_bytes() == expected.to_bytes()));
}

#[test]
fn a_job_exists_only_for_a_claim_that_holds() {
    let fleet = Fleet::new(&FleetOptions::default());
    let witness = fleet.aggregate(16);
    let inputs = AggregateInputs { sum: 1, ..witness.inputs(Fleet::EPOCH, Binding::NONE) };
    let refused = Job::new(fleet.statement(16), inputs, witness);
    assert!(matches!(refused.map(|_| ()), Err(Violation::Sum { claimed: 1, .. })));
}

/// Events of a proof that is cancelled as soon as it is so far.
fn cancelled_at(
    at: impl Fn(Event) -> bool + Send + Sync + 'static,
) -> (Result<Proof, ProveError>, Vec<Event>) {
    let (statement, key) = small();
    let (cancel, heard) = (Cancel::default(), Arc::new(Mutex::new(Vec::new())));
    let (switch, hear) = (cancel.clone(), heard.clone());
    let progress = move |event: Event| {
        hear.lock().unwrap().push(event);
        if at(event) {
            switch.cancel();
        }
    };
    let prover = Prover::builder(statement, key).progress(Box::new(progress)).build().unwrap();
    let proof = prover.prove_job(&job(statement), Blinding::draw(&mut rng(5)), &cancel);
    let events = heard.lock().unwrap().clone();
    (proof, events)
}

#[test]
fn a_cancelled_proof_ends_with_its_phase_or_with_a_part_of_it() {
    let after = |phase| move |event: Event| matches!(event, Event::Finished(ended, _) if ended == phase);
    let begun = |events: &[Event], phase| events.contains(&Event::Started(phase));
    let phases = [Phase::Compile, Phase::Witness, Phase::Transform, Phase::Multiexp, Phase::Verify];
    for (phase, next) in phases.into_iter().zip(&phases[1..]).take(3) {
        let (proof, events) = cancelled_at(after(phase));
        assert_eq!(proof.map(|_| ()), Err(ProveError::Cancelled), "{phase}");
        assert!(!begun(&events, *next), "{phase}");
    }
    // In the middle of a phase: nothing more of it is told.
    for phase in [Phase::Witness, Phase::Transform, Phase::Multiexp] {
        let in_phase = move |event: &Event| matches!(event, Event::Advanced(of, _) if *of == phase);
        let (proof, events) = cancelled_at(move |event| in_phase(&event));
        assert_eq!(proof.map(|_| ()), Err(ProveError::Cancelled), "{phase}");
        let told = events.iter().filter(|event| in_phase(event)).count();
        // Blocks that run on the other threads tell, too.
        assert!(told >= 1 && (phase == Phase::Witness || told == 1), "{phase}: {events:?}");
        assert!(told < COUNT / 2, "{phase}: {told} were told after it was cancelled");
        assert!(matches!(events.last(), Some(Event::Finished(ended, _)) if *ended == phase), "{events:?}");
    }
    let (proof, events) =
        cancelled_at(|event| matches!(event, Event::Advanced(Phase::Multiexp, percent) if percent >= 28));
    assert_eq!(proof.map(|_| ()), Err(ProveError::Cancelled));
    let sums = |event: &&Event| matches!(event, Event::Advanced(Phase::Multiexp, _));
    // One of the sums is as much, and any two are.
    assert!((1..=2).contains(&events.iter().filter(sums).count()), "{events:?}");
    let (proof, _) = cancelled_at(|event| event == Event::Started(Phase::Verify));
    assert!(proof.is_ok(), "a proof that is there is given");
    // And the prover is as good as before.
    let (statement, key) = small();
    let prover = Prover::builder(statement, key).build().unwrap();
    let cancel = Cancel::default();
    cancel.cancel();
    let prove = |cancel: &Cancel| prover.prove_job(&job(statement), Blinding::draw(&mut rng(5)), cancel);
    assert_eq!(prove(&cancel).map(|_| ()), Err(ProveError::Cancelled));
    assert!(prove(&Cancel::default()).is_ok());
}

#[test]
fn percent_rise_to_a_hundred() {
    let (proof, events) = cancelled_at(|_| false);
    assert!(proof.is_ok());
    let percent: Vec<u8> = events.iter().filter_map(Event::percent).collect();
    assert!(percent.is_sorted(), "{percent:?}");
    assert_eq!((percent.first(), percent.last()), (Some(&0), Some(&100)));
    assert!(percent.iter().filter(|percent| (13..99).contains(*percent)).count() >= 2, "{percent:?}");
    for phase in [Phase::Witness, Phase::Transform, Phase::Multiexp] {
        let told = events.iter().filter(|event| matches!(event, Event::Advanced(of, _) if *of == phase));
        assert!(told.count() >= 2, "{phase}");
    }
    assert_eq!(Event::Started(Phase::Compile).percent(), None);
}
