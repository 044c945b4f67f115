//! Measurements that take turns.

use std::time::{Duration, Instant};

/// The median of some times, of an even number the mean of the middle two; zero of none.
pub fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    match (sorted.get(sorted.len() / 2), sorted.len().is_multiple_of(2)) {
        (None, _) => Duration::ZERO,
        (Some(upper), true) => (sorted[sorted.len() / 2 - 1] + *upper) / 2,
        (Some(middle), false) => *middle,
    }
}

/// The times of `N` that take turns.
///
/// ```
/// use zksensor_peers::Turns;
/// let mut turns = Turns::<2>::default();
/// for _ in 0..3 {
///     turns.take([&mut || Ok::<(), ()>(()), &mut || Ok(())]).unwrap();
/// }
/// assert_eq!(turns.rounds(), 3);
/// ```
#[derive(Debug, Clone)]
pub struct Turns<const N: usize> {
    times: [Vec<Duration>; N],
}

impl<const N: usize> Default for Turns<N> {
    fn default() -> Self {
        Turns { times: std::array::from_fn(|_| Vec::new()) }
    }
}

impl<const N: usize> Turns<N> {
    /// One round: each runs once, the first one first.
    ///
    /// # Errors
    /// The first that one of them has; the round does not count then.
    pub fn take<E>(&mut self, runs: [&mut dyn FnMut() -> Result<(), E>; N]) -> Result<(), E> {
        let mut round = [Duration::ZERO; N];
        for (time, run) in round.iter_mut().zip(runs) {
            let start = Instant::now();
            run()?;
            *time = start.elapsed();
        }
        self.note(round);
        Ok(())
    }

    /// Notes a round that somebody else timed.
    pub fn note(&mut self, round: [Duration; N]) {
        self.times.iter_mut().zip(round).for_each(|(times, time)| times.push(time));
    }

    /// How many rounds there were.
    pub fn rounds(&self) -> usize {
        self.times.iter().map(Vec::len).min().unwrap_or(0)
    }

    /// The median of each.
    pub fn medians(&self) -> [Duration; N] {
        std::array::from_fn(|index| median(&self.times[index]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn a_median_is_in_the_middle() {
        for (times, wanted) in
            [(&[] as &[u64], 0), (&[7], 7), (&[9, 1], 5), (&[9, 1, 4], 4), (&[100, 1, 2, 3], 2)]
        {
            let wanted =
                if times.len() == 4 { Duration::from_micros(2_500) } else { Duration::from_millis(wanted) };
            assert_eq!(median(&ms(times)), wanted, "{times:?}");
        }
    }

    #[test]
    fn a_round_that_failed_does_not_count() {
        let mut turns = Turns::<2>::default();
        let mut order = std::cell::RefCell::new(Vec::new());
        let round = turns.take([
            &mut || {
                order.borrow_mut().push("first");
                Ok(())
            },
            &mut || {
                order.borrow_mut().push("second");
                Err("no")
            },
        ]);
        assert_eq!((round, turns.rounds()), (Err("no"), 0));
        assert_eq!(order.get_mut(), &["first", "second"]);
        turns.note([Duration::from_millis(2), Duration::from_millis(6)]);
        turns.note([Duration::from_millis(4), Duration::from_millis(6)]);
        assert_eq!((turns.rounds(), turns.medians()), (2, [3, 6].map(Duration::from_millis)));
    }
}
