//! Work that is shared among threads.

use std::num::NonZero;
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
    let run = |worker: usize| {
        let mut tally = T::default();
        items.iter().skip(worker).step_by(workers).for_each(|item| job(item, &mut tally));
        tally
    };
    let mut total = T::default();
    thread::scope(|scope| {
        let run = &run;
        let running: Vec<_> = (0..workers).map(|worker| scope.spawn(move || run(worker))).collect();
        for worker in running {
            join(&mut total, worker.join().expect("a worker panics only where a job does"));
        }
    });
    total
}
