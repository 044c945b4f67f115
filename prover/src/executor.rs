//! The blocks of a repeat on rayon, and the pool that everything runs in.

use zksensor_r1cs::{BlockResult, Executor};

use crate::error::ProveError;

/// Runs blocks on the pool that it is called in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Blocks;

#[cfg(feature = "parallel")]
impl Executor for Blocks {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        use rayon::prelude::*;
        (0..count).into_par_iter().map(job).collect()
    }
}

#[cfg(not(feature = "parallel"))]
impl Executor for Blocks {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        zksensor_r1cs::Sequential.run(count, job)
    }
}

/// Where a prover works.
pub(crate) struct Pool {
    #[cfg(feature = "parallel")]
    pool: Option<rayon::ThreadPool>,
}

impl Pool {
    /// A pool of so many threads; the process-wide one if `None`. Without the feature `parallel` there is one thread.
    pub(crate) fn new(threads: Option<usize>) -> Result<Self, ProveError> {
        #[cfg(feature = "parallel")]
        {
            let pool = threads
                .map(|threads| {
                    rayon::ThreadPoolBuilder::new()
                        .num_threads(threads.max(1))
                        .build()
                        .map_err(|_| ProveError::Threads { threads })
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
    pub(crate) fn threads(&self) -> usize {
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
    pub(crate) fn install<T: Send>(&self, f: impl FnOnce() -> T + Send) -> T {
        #[cfg(feature = "parallel")]
        if let Some(pool) = &self.pool {
            return pool.install(f);
        }
        f()
    }
}

/// `f` of every index below `count`, in parallel, results in order.
pub(crate) fn map<T: Send>(count: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
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
