//! The threads that everything runs on. Results do not depend on their number.

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
        #[cfg(feature = "parallel")]
        if let Some(pool) = &self.pool {
            return pool.install(f);
        }
        f()
    }
}

/// `f` of every index below `count`, in parallel on the pool that it is called in, results in order.
pub fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().map(f).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        (0..count).map(f).collect()
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
