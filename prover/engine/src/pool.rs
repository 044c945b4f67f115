//! The threads that everything runs on. Results do not depend on their number.

use std::sync::{Mutex, PoisonError};

/// Values of a chunk.
pub(crate) const CHUNK: usize = 1 << 14;

/// Where a computation works.
#[derive(Debug)]
pub struct Pool {
    #[cfg(feature = "parallel")]
    pool: Option<rayon::ThreadPool>,
}

/// The threads of a pool could not be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("could not start {threads} threads; ask for fewer")]
pub struct NoThreads {
    /// How many were asked for.
    pub threads: usize,
}

/// The most threads of a pool: no machine that proves has more cores, and a system that starts more does nothing else.
#[cfg(feature = "parallel")]
const MAX_THREADS: usize = 1024;

impl Pool {
    /// A pool of so many threads; the process-wide one if `None`. Without the feature `parallel` there is one thread.
    ///
    /// # Errors
    /// [`NoThreads`] if the system does not give them, or there are more than 1,024.
    pub fn new(threads: Option<usize>) -> Result<Self, NoThreads> {
        #[cfg(feature = "parallel")]
        {
            let pool = threads
                .map(|threads| {
                    if threads > MAX_THREADS {
                        return Err(NoThreads { threads });
                    }
                    rayon::ThreadPoolBuilder::new()
                        .num_threads(threads.max(1))
                        .build()
                        .map_err(|_| NoThreads { threads })
                })
                .transpose()?;
            Ok(Pool { pool })
        }
        #[cfg(not(feature = "parallel"))]
        {
            let _ = threads;
            Ok(Pool {})
        }
    }

    /// Threads of the pool.
    pub fn threads(&self) -> usize {
        #[cfg(feature = "parallel")]
        {
            self.pool.as_ref().map_or_else(rayon::current_num_threads, rayon::ThreadPool::current_num_threads)
        }
        #[cfg(not(feature = "parallel"))]
        {
            1
        }
    }

    /// Runs `f` in the pool.
    pub fn install<T: Send>(&self, f: impl FnOnce() -> T + Send) -> T {
        let (mut f, mut result) = (Some(f), None);
        self.run(&mut || result = f.take().map(|f| f()));
        result.expect("the pool runs what it is given once")
    }

    /// Knows nothing of what it runs, so that the pool is compiled here, and not in every crate that hands it something.
    fn run(&self, f: &mut (dyn FnMut() + Send)) {
        #[cfg(feature = "parallel")]
        if let Some(pool) = &self.pool {
            return pool.install(f);
        }
        f();
    }
}

/// Runs `work` beside itself, once for each of the numbers, on so many threads of its own each; [`map`] and sums within it stay on
/// these. One after the other without the feature `parallel`.
///
/// # Errors
/// [`NoThreads`] if the system does not give all of them; nothing was run then.
///
/// # Panics
/// If `work` does, when all others have ended.
pub fn beside(threads: &[usize], work: impl Fn() + Sync) -> Result<(), NoThreads> {
    beside_dyn(threads, &work)
}

/// As [`Pool::run`].
fn beside_dyn(threads: &[usize], work: &(dyn Fn() + Sync)) -> Result<(), NoThreads> {
    #[cfg(feature = "parallel")]
    {
        let pools: Vec<Pool> =
            threads.iter().map(|threads| Pool::new(Some(*threads))).collect::<Result<_, _>>()?;
        let started = std::sync::OnceLock::new();
        std::thread::scope(|scope| {
            // Not from the thread that calls: if it is of a pool itself, it would take up that pool's work while it waits.
            let all_started = pools.iter().all(|pool| {
                let run = || {
                    if *started.wait() {
                        pool.install(work);
                    }
                };
                std::thread::Builder::new().spawn_scoped(scope, run).is_ok()
            });
            let _ = started.set(all_started);
        });
        if started.get() == Some(&true) { Ok(()) } else { Err(NoThreads { threads: threads.iter().sum() }) }
    }
    #[cfg(not(feature = "parallel"))]
    {
        threads.iter().for_each(|_| work());
        Ok(())
    }
}

/// Both, in parallel on the pool that it is called in if it has a thread that waits.
pub fn join<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    #[cfg(feature = "parallel")]
    {
        rayon::join(a, b)
    }
    #[cfg(not(feature = "parallel"))]
    {
        (a(), b())
    }
}

/// `f` of every index below `count`, in parallel on the pool that it is called in, results in order. It is for jobs of some length: each
/// takes a lock of its own for its result.
pub fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    let slots: Vec<Mutex<Option<T>>> = (0..count).map(|_| Mutex::new(None)).collect();
    each(count, &|index| {
        let result = f(index);
        *slots[index].lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    });
    let results = slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    results.map(|result| result.expect("every index was run")).collect()
}

/// As [`Pool::run`].
fn each(count: usize, f: &(dyn Fn(usize) + Sync)) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().for_each(f);
    }
    #[cfg(not(feature = "parallel"))]
    {
        (0..count).for_each(f);
    }
}

/// As [`map`], with something to work with that a thread makes now and then and keeps for several indices.
pub(crate) fn map_with<W, T: Send>(
    count: usize,
    make: impl Fn() -> W + Sync + Send,
    f: impl Fn(&mut W, usize) -> T + Sync + Send,
) -> Vec<T> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().map_init(make, f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        let mut with = make();
        (0..count).map(|index| f(&mut with, index)).collect()
    }
}

/// `f` of every one of the items and its index, in parallel on the pool that it is called in, with something to work with as
/// [`map_with`] has it.
pub(crate) fn each_with<I: Send, W>(
    items: Vec<I>,
    make: impl Fn() -> W + Sync + Send,
    f: impl Fn(&mut W, usize, I) + Sync + Send,
) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.into_par_iter().enumerate().for_each_init(make, |with, (index, item)| f(with, index, item));
    }
    #[cfg(not(feature = "parallel"))]
    {
        let mut with = make();
        items.into_iter().enumerate().for_each(|(index, item)| f(&mut with, index, item));
    }
}

/// `f` of every chunk of the values and where it begins, in parallel on the pool that it is called in.
pub(crate) fn each_chunk<T: Send>(values: &mut [T], f: impl Fn(usize, &mut [T]) + Sync + Send) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        values.par_chunks_mut(CHUNK).enumerate().for_each(|(index, chunk)| f(index * CHUNK, chunk));
    }
    #[cfg(not(feature = "parallel"))]
    {
        values.chunks_mut(CHUNK).enumerate().for_each(|(index, chunk)| f(index * CHUNK, chunk));
    }
}

#[cfg(all(test, feature = "parallel"))]
mod tests {
    use super::*;

    #[test]
    fn work_runs_beside_itself_on_threads_of_its_own() {
        let seen = Mutex::new(Vec::new());
        let met = std::sync::Barrier::new(3);
        let run = || {
            // Nobody is there alone.
            met.wait();
            let threads: std::collections::HashSet<_> =
                map(1000, |_| std::thread::current().id()).into_iter().collect();
            seen.lock()
                .unwrap_or_else(|error| error.into_inner())
                .push((rayon::current_num_threads(), threads));
        };
        assert_eq!(beside(&[2, 1, 1], run), Ok(()));
        let mut seen = seen.into_inner().unwrap_or_default();
        seen.sort_by_key(|(threads, _)| *threads);
        assert_eq!(seen.iter().map(|(threads, _)| *threads).collect::<Vec<_>>(), [1, 1, 2]);
        let all: std::collections::HashSet<_> = seen.iter().flat_map(|(_, ids)| ids).collect();
        assert_eq!(all.len(), seen.iter().map(|(_, ids)| ids.len()).sum::<usize>(), "no thread is of two");
        assert_eq!(beside(&[], || panic!("nothing is to be run")), Ok(()));
    }

    #[test]
    fn nothing_runs_where_threads_are_too_many() {
        let refused = beside(&[1, MAX_THREADS + 1], || panic!("it has too few threads"));
        assert_eq!(refused, Err(NoThreads { threads: MAX_THREADS + 1 }));
    }
}
