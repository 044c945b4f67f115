//! Many proofs at once: how many are in flight, and what threads that share a generator do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use zksensor_circuits::statement::{Assignment, Claim};
use zksensor_prover::{Blinding, Event, Phase, ProveError, Prover, ProvingKey, insecure_setup};

use crate::rng;
use crate::square::{GOOD, Says, Square, inputs};

fn small() -> (Square, ProvingKey) {
    let statement = Square(Says::InARuleOfABlock);
    (statement, insecure_setup(&statement, &mut rng(1), &()).unwrap())
}

/// Proofs that were begun and are not finished: now, and at most.
#[derive(Default)]
struct InFlight {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl InFlight {
    fn hear(&self, event: Event) {
        match event {
            Event::Started(Phase::Witness) => {
                let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
                self.most.fetch_max(now, Ordering::SeqCst);
            }
            Event::Finished(Phase::Verify, _) => {
                self.now.fetch_sub(1, Ordering::SeqCst);
            }
            _ => {}
        }
    }
}

#[test]
fn no_more_proofs_are_in_flight_than_threads_or_than_asked_for() {
    const BATCH: usize = 24;
    let (statement, key) = small();
    let assignments: Vec<_> =
        (0..BATCH).map(|_| Assignment::new(&statement, inputs(), &GOOD).unwrap()).collect();
    let mut all = Vec::new();
    let cases = [(1, None, 1), (2, None, 2), (3, None, 3), (3, Some(1), 1), (1, Some(2), 2), (2, Some(0), 1)];
    for (threads, asked, bound) in cases {
        let heard = Arc::new(InFlight::default());
        let hear = heard.clone();
        let mut builder = Prover::builder(statement, key.clone())
            .threads(threads)
            .progress(Box::new(move |event| hear.hear(event)));
        if let Some(asked) = asked {
            builder = builder.in_flight(asked);
        }
        let proofs = builder.build().unwrap().prove_batch(&assignments, &mut rng(2)).unwrap();
        let most = heard.most.load(Ordering::SeqCst);
        assert!((1..=bound).contains(&most), "{most} in flight on {threads} threads, asked for {asked:?}");
        assert_eq!(heard.now.load(Ordering::SeqCst), 0);
        all.push(proofs.iter().map(|proof| proof.to_bytes()).collect::<Vec<_>>());
    }
    assert!(all.iter().all(|proofs| *proofs == all[0]), "a proof depends on threads or on what is in flight");
    // Each is the one that its turn at the generator gives, and no two are alike.
    let mut turns = rng(2);
    let prover = Prover::builder(statement, key.clone()).build().unwrap();
    let single: Vec<_> =
        assignments.iter().map(|claim| prover.prove(claim, &mut turns).unwrap().to_bytes()).collect();
    assert_eq!(single, all[0]);
    assert!((1..BATCH).all(|i| single[..i].iter().all(|earlier| *earlier != single[i])));
}

#[test]
fn a_batch_stops_at_its_first_error() {
    let (statement, key) = small();
    let other = Square(Says::Nothing);
    let good = || Assignment::new(&statement, inputs(), &GOOD).unwrap();
    let bad = Assignment::new(&other, inputs(), &GOOD).unwrap();
    let begun = Arc::new(AtomicUsize::new(0));
    let counter = begun.clone();
    let count = move |event| {
        if event == Event::Started(Phase::Witness) {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    };
    let prover =
        Prover::builder(statement, key.clone()).in_flight(1).progress(Box::new(count)).build().unwrap();
    let refused = prover.prove_batch(&[good(), bad, good(), good()], &mut rng(3)).unwrap_err();
    assert!(
        matches!(&refused, ProveError::AssignmentMismatch { assignment, .. } if **assignment == other.id())
    );
    assert_eq!(begun.load(Ordering::SeqCst), 1);
}

/// In one pool, so that a thread that waits within its proof takes up another's. With the lock held across the proof this
/// never ends.
#[test]
fn jobs_of_a_pool_share_a_generator_that_is_locked_for_the_draw() {
    const JOBS: usize = 24;
    let (statement, key) = small();
    let prover = Prover::builder(statement, key.clone()).build().unwrap();
    let assignment = Assignment::new(&statement, inputs(), &GOOD).unwrap();
    let shared = Mutex::new(rng(4));
    let proofs = pool_of_two(JOBS, &|| {
        let blinding = Blinding::draw(&mut *shared.lock().unwrap());
        prover.prove_with(&assignment, blinding).unwrap().to_bytes().to_vec()
    });
    let mut turns = rng(4);
    let mut wanted: Vec<_> =
        (0..JOBS).map(|_| prover.prove(&assignment, &mut turns).unwrap().to_bytes().to_vec()).collect();
    let mut came = proofs;
    came.sort();
    wanted.sort();
    assert_eq!(came, wanted);
}

fn pool_of_two(jobs: usize, job: &(dyn Fn() -> Vec<u8> + Sync)) -> Vec<Vec<u8>> {
    use rayon::prelude::*;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    pool.install(|| (0..jobs).into_par_iter().map(|_| job()).collect())
}

#[test]
fn a_blinding_is_silent() {
    assert_eq!(format!("{:?}", Blinding::draw(&mut rng(5))), "Blinding { .. }");
}
