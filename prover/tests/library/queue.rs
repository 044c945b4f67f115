//! Many jobs at once: what becomes of each, how many there are at a time, and an end in the middle.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use zksensor_circuits::statement::{Claim, Job};
use zksensor_prover::{Cancel, Event, Phase, ProveError, Prover, ProverBuilder, ProvingKey, insecure_setup};
use zksensor_verifier::Proof;

use crate::rng;
use crate::square::{COUNT, GOOD, Says, Square, inputs};

const STATEMENT: Square = Square(Says::InARuleOfABlock);
/// No multiple of any number of threads here: the last are split.
const JOBS: usize = 17;

fn key() -> ProvingKey {
    insecure_setup(&STATEMENT, &mut rng(1), &()).unwrap()
}

fn on(threads: usize, key: &ProvingKey) -> ProverBuilder<Square> {
    Prover::builder(STATEMENT, key.clone()).threads(threads)
}

fn good() -> Job<Square> {
    Job::new(STATEMENT, inputs(), GOOD).unwrap()
}

fn bytes(outcomes: Vec<Result<Proof, ProveError>>) -> Vec<Vec<u8>> {
    outcomes.into_iter().map(|outcome| outcome.unwrap().to_bytes().to_vec()).collect()
}

#[test]
fn jobs_have_the_same_proofs_on_1_2_and_7_threads_and_those_of_their_turns() {
    let key = key();
    let prover = on(1, &key).build().unwrap();
    let mut turns = rng(2);
    let wanted: Vec<_> = (0..JOBS)
        .map(|_| prover.prove(&good().assignment(), &mut turns).unwrap().to_bytes().to_vec())
        .collect();
    for (threads, in_flight) in [(1, None), (2, None), (7, None), (7, Some(3)), (2, Some(1)), (2, Some(0))] {
        let mut builder = on(threads, &key);
        if let Some(in_flight) = in_flight {
            builder = builder.in_flight(in_flight);
        }
        let prover = builder.build().unwrap();
        let prove = || prover.prove_jobs((0..JOBS).map(|_| good()), &mut rng(2), &Cancel::default()).unwrap();
        assert!(bytes(prove()) == wanted, "on {threads} threads, {in_flight:?} in flight");
        for few in 0..4 {
            let jobs: Vec<_> = (0..few).map(|_| good()).collect();
            let outcomes = prover.prove_jobs(jobs, &mut rng(2), &Cancel::default()).unwrap();
            assert!(bytes(outcomes) == wanted[..few], "{few} on {threads} threads");
        }
    }
}

#[test]
fn jobs_of_a_caller_s_pool_are_proven() {
    let prover = Prover::builder(STATEMENT, key()).build().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let prove = |jobs: usize| prover.prove_jobs((0..jobs).map(|_| good()), &mut rng(2), &Cancel::default());
    let (left, right) = pool.install(|| rayon::join(|| prove(5).unwrap(), || prove(4).unwrap()));
    assert!(bytes(left)[..4] == bytes(right));
}

#[test]
fn a_job_that_fails_takes_no_other_with_it() {
    let key = key();
    let other = Square(Says::Nothing);
    let mut wrong = GOOD;
    wrong[COUNT - 1] = 8;
    let jobs = || -> Vec<Job<Square>> {
        let job = |index| match index {
            4 => Job::new(other, inputs(), GOOD),
            8 => Job::new(STATEMENT, inputs(), wrong),
            _ => Job::new(STATEMENT, inputs(), GOOD),
        };
        (0..JOBS).map(|index| job(index).unwrap()).collect()
    };
    for threads in [1, 2, 7] {
        let prover = on(threads, &key).build().unwrap();
        let outcomes = prover.prove_jobs(jobs(), &mut rng(3), &Cancel::default()).unwrap();
        assert_eq!(outcomes.len(), JOBS);
        for (index, outcome) in outcomes.into_iter().enumerate() {
            match (index, outcome) {
                (4, Err(ProveError::AssignmentMismatch { assignment, .. })) => {
                    assert_eq!(*assignment, other.id());
                }
                (8, Err(ProveError::CheckDisagrees { .. })) => {}
                (_, outcome) => {
                    assert!(index != 4 && index != 8);
                    prover.verifier().verify(&outcome.unwrap(), &inputs()).unwrap();
                }
            }
        }
    }
}

/// An iterator with a jobs in the middle of which the batch is cancelled: what was begun ends, nothing more is taken, all are told.
#[test]
fn a_batch_that_is_cancelled_in_the_middle_keeps_what_is_done() {
    const DONE: usize = 5;
    let key = key();
    for threads in [1, 2, 7] {
        let (cancel, verified) = (Cancel::default(), AtomicUsize::new(0));
        let switch = cancel.clone();
        let progress = move |event| {
            if matches!(event, Event::Finished(Phase::Verify, _))
                && verified.fetch_add(1, Ordering::SeqCst) + 1 == DONE
            {
                switch.cancel();
            }
        };
        let prover = on(threads, &key).progress(Box::new(progress)).build().unwrap();
        let taken = AtomicUsize::new(0);
        let jobs = (0..100usize).map(|_| {
            taken.fetch_add(1, Ordering::SeqCst);
            good()
        });
        let outcomes = prover.prove_jobs(jobs, &mut rng(4), &cancel).unwrap();
        assert_eq!(outcomes.len(), 100);
        let proofs: Vec<_> = outcomes.iter().flatten().collect();
        // On each thread one more that was being verified.
        assert!((DONE..DONE + threads).contains(&proofs.len()), "{} on {threads} threads", proofs.len());
        proofs.iter().for_each(|proof| prover.verifier().verify(proof, &inputs()).unwrap());
        let ends = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
        assert!(ends.into_iter().all(|error| *error == ProveError::Cancelled));
        let taken = taken.into_inner();
        assert!((DONE..=DONE + threads).contains(&taken), "{taken} were taken on {threads} threads");
        // From another thread, before the first is begun.
        let none = prover.prove_jobs((0..3).map(|_| good()), &mut rng(4), &cancel).unwrap();
        assert!(none.iter().all(|outcome| *outcome == Err(ProveError::Cancelled)) && none.len() == 3);
    }
}

#[test]
fn a_batch_of_nothing_is_done() {
    let prover = on(2, &key()).build().unwrap();
    let outcomes = prover.prove_jobs(Vec::new(), &mut rng(5), &Cancel::default()).unwrap();
    assert!(outcomes.is_empty());
    let never = |_, _| panic!("nobody is told of anything");
    prover.prove_jobs_each(Vec::new(), &mut rng(5), &Cancel::default(), never).unwrap();
}

/// Jobs that were taken and did not end, at most as many as there are workers; each job is told of once, and on its thread.
#[test]
fn there_are_no_more_jobs_at_a_time_than_workers() {
    let key = key();
    for (threads, in_flight, most) in
        [(1, None, 1), (2, None, 2), (7, None, 7), (7, Some(3), 3), (2, Some(9), 2)]
    {
        let mut builder = on(threads, &key);
        if let Some(in_flight) = in_flight {
            builder = builder.in_flight(in_flight);
        }
        let prover = builder.build().unwrap();
        let (now, peak, told) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
        let jobs = (0..2 * JOBS).map(|_| {
            peak.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            good()
        });
        let each = |index, outcome: Result<Proof, ProveError>| {
            now.fetch_sub(1, Ordering::SeqCst);
            told.lock().unwrap().push((index, outcome.is_ok()));
        };
        prover.prove_jobs_each(jobs, &mut rng(6), &Cancel::default(), each).unwrap();
        let peak = peak.load(Ordering::SeqCst);
        assert!((1..=most).contains(&peak), "{peak} jobs at a time on {threads} threads, {in_flight:?}");
        let mut told = told.into_inner().unwrap();
        told.sort_unstable();
        assert_eq!(told, (0..2 * JOBS).map(|index| (index, true)).collect::<Vec<_>>());
    }
}

/// The caller hears of it; nobody waits for jobs that are not proven any more.
#[test]
#[should_panic(expected = "scoped thread panicked")]
fn a_panic_of_who_is_told_ends_the_batch() {
    let prover = on(2, &key()).build().unwrap();
    let each = |index: usize, _| assert!(index != 3, "the third is too much");
    let _ = prover.prove_jobs_each((0..6).map(|_| good()), &mut rng(7), &Cancel::default(), each);
}
