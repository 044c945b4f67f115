//! What is measured, in which sizes and how often.

use zksensor_circuits::statement::aggregate::Aggregate;

use super::BenchError;

/// Threads that the goals of whole proofs are about.
pub(super) const THREADS: usize = 2;
/// Triangles of the aggregates' fence, and levels of their chunk.
const FENCE: (usize, usize) = (32, 3);

/// Which sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// To see that it runs.
    Quick,
    /// Those of the goals.
    Goals,
    /// Larger ones, too.
    Full,
}

impl Scale {
    /// Its name in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Scale::Quick => "quick",
            Scale::Goals => "goals",
            Scale::Full => "full",
        }
    }
}

/// Sizes and rounds. Sizes are exponents of 2 but for aggregates; of each list one is what a ratio is of.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) scale: Scale,
    pub(super) sums: Vec<u32>,
    pub(super) sum: u32,
    pub(super) transforms: Vec<u32>,
    pub(super) transform: u32,
    pub(super) denses: Vec<u32>,
    pub(super) dense: u32,
    pub(super) aggregates: Vec<Aggregate>,
    pub(super) aggregate: Aggregate,
    /// Rounds of what takes less than a second, and of whole proofs.
    pub(super) rounds: (usize, usize),
    /// Proofs of a batch, for each thread.
    pub(super) batch: usize,
    /// Threads that the dense circuit and the aggregate of the ratios are proven on.
    pub(super) threads: Vec<usize>,
}

impl Plan {
    /// # Errors
    /// [`BenchError::Shape`], never.
    pub(super) fn new(quick: bool, full: bool) -> Result<Plan, BenchError> {
        let aggregate = |capacity| Aggregate::new(capacity, FENCE.0, FENCE.1);
        if quick {
            let aggregate = Aggregate::new(1, 16, FENCE.1)?;
            return Ok(Plan {
                scale: Scale::Quick,
                sums: vec![10],
                sum: 10,
                transforms: vec![10],
                transform: 10,
                denses: vec![9, 10],
                dense: 10,
                aggregates: vec![aggregate],
                aggregate,
                rounds: (3, 1),
                batch: 1,
                threads: vec![1, THREADS],
            });
        }
        let mut plan = Plan {
            scale: Scale::Goals,
            sums: vec![14, 16],
            sum: 16,
            transforms: vec![14, 16, 18],
            transform: 18,
            denses: vec![14, 15, 16, 17],
            dense: 17,
            aggregates: vec![aggregate(16)?, aggregate(64)?],
            aggregate: aggregate(64)?,
            rounds: (5, 3),
            batch: 8,
            threads: threads(),
        };
        if full {
            plan.scale = Scale::Full;
            plan.sums = (14..=18).collect();
            plan.transforms = (14..=20).collect();
            plan.denses.extend([18, 19]);
            plan.aggregates.push(aggregate(256)?);
        }
        Ok(plan)
    }
}

/// 1, 2, 4, .. and all that the machine has.
fn threads() -> Vec<usize> {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let mut threads = vec![1, THREADS];
    threads.extend(std::iter::successors(Some(4), |count| Some(count * 2)).take_while(|count| *count < all));
    if all > THREADS {
        threads.push(all);
    }
    threads
}

#[cfg(test)]
mod tests {
    use zksensor_testkit::FENCE_TRIANGLES;

    use super::*;

    #[test]
    fn what_a_ratio_is_of_is_measured() {
        for (quick, full) in [(true, false), (false, false), (false, true)] {
            let plan = Plan::new(quick, full).unwrap();
            assert!(plan.sums.contains(&plan.sum) && plan.transforms.contains(&plan.transform));
            assert!(plan.denses.contains(&plan.dense) && plan.aggregates.contains(&plan.aggregate));
            assert!(plan.threads.contains(&1) && plan.threads.contains(&THREADS));
            assert!(plan.aggregates.iter().all(|shape| shape.triangles() >= FENCE_TRIANGLES.len()));
            assert!(plan.threads.is_sorted() && plan.rounds.0.min(plan.rounds.1) >= 1);
        }
    }
}
