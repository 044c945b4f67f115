//! Work that is shared among threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does a job for every item, on as many threads as there are, each with a tally of its own; joins the tallies.
///
/// # Panics
/// If a job does.
pub(super) fn share<I: Sync, T: Default + Send>(
    items: &[I],
    job: impl Fn(&I, &mut T) + Sync,
    join: impl Fn(&mut T, T),
) -> T {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    // Each takes the next: some items take a thousand times as long as others.
    let run = || {
        let mut tally = T::default();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            job(item, &mut tally);
        }
        tally
    };
    let mut total = T::default();
    thread::scope(|scope| {
        let run = &run;
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        for worker in running {
            join(&mut total, worker.join().expect("a worker panics only where a job does"));
        }
    });
    total
}
